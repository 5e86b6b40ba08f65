"""What fired rules and scores come to: urgency, spine link, root levels, levels of origins, instruments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from spinefoot.model.assessment import CauseScore, InstrumentScore
from spinefoot.model.conditions import ScoreLead
from spinefoot.model.knowledge import LEVELS, Instrument, RedFlag, RootLevelRule, SpineLinkRule, UrgencyRule
from spinefoot.model.rulebase import RuleBase

__all__ = [
    "NOT_SCORED",
    "best_level",
    "first_verdict",
    "highest_urgency",
    "in_order",
    "instrument_score",
    "points_in_words",
    "roots_in_order",
    "score_lead",
    "withholds_causes",
]

NOT_SCORED = "not_scored"
"""The level of causes that a scope rule or an emergency withholds; no condition can name it."""


def withholds_causes(flag: RedFlag, rulebase: RuleBase) -> bool:
    """Tell whether *flag*, once fired, is shown instead of causes (errata, ruling 69)."""
    return flag.instead_of_causes and rulebase.urgency_rank[flag.urgency] == 0


def highest_urgency(fired: list[RedFlag | UrgencyRule], rulebase: RuleBase) -> tuple[str, tuple[str, ...]]:
    """Return the highest urgency that fired rules set, and which do; the default where none fired."""
    if not fired:
        return rulebase.default_urgency, ()
    highest = min((rule.urgency for rule in fired), key=rulebase.urgency_rank.__getitem__)
    return highest, tuple(rule.id for rule in fired if rule.urgency == highest)


def first_verdict(fired: list[SpineLinkRule], rulebase: RuleBase) -> tuple[str, tuple[str, ...]]:
    """Return the first listed verdict that a rule fired for, and these rules; the default where none fired."""
    for verdict in rulebase.verdicts:
        rules = tuple(rule.id for rule in fired if rule.verdict == verdict.id)
        if rules:
            return verdict.id, rules
    return rulebase.default_spine_link, ()


def roots_in_order(fired: list[RootLevelRule], rulebase: RuleBase) -> tuple[str, ...]:
    """Return the roots that rules fired for, in the order of the rule base."""
    found = {rule.root for rule in fired}
    return tuple(root.id for root in rulebase.roots if root.id in found)


def instrument_score(instrument: Instrument, truths: Mapping[str, bool | None]) -> InstrumentScore:
    """Add the points of items that are true; unanswered items widen the range (lumbar-causes.md, section 6)."""
    sure = [item for item in instrument.items if truths[item.id] is True]
    open_points = [item.points for item in instrument.items if truths[item.id] is None]
    total = sum(item.points for item in sure)
    return InstrumentScore(
        instrument=instrument.id,
        lowest=total + sum(points for points in open_points if points < 0),
        highest=total + sum(points for points in open_points if points > 0),
        met=tuple(item.id for item in sure),
        missing=tuple(item.id for item in instrument.items if truths[item.id] is None),
    )


def points_in_words(lowest: int, highest: int) -> str:
    """Return the points of a published score: one number, or the range that is still possible."""
    return str(lowest) if lowest == highest else f"{lowest} to {highest}"


def best_level(rulebase: RuleBase, scores: Mapping[str, CauseScore], origin: str) -> str:
    """Return the best level among the causes of *origin*; `NOT_SCORED` where none was scored."""
    levels = [scores[cause.id].level for cause in rulebase.causes if cause.origin == origin and cause.id in scores]
    return min(levels, key=LEVELS.index, default=NOT_SCORED)


def in_order(scores: Iterable[CauseScore]) -> tuple[CauseScore, ...]:
    """Return balance sheets as they are shown: by level, then score, then id."""
    return tuple(sorted(scores, key=lambda s: (LEVELS.index(s.level), s.score is None, -(s.score or 0), s.cause)))


def score_lead(rulebase: RuleBase, scores: Mapping[str, CauseScore], lead: ScoreLead) -> bool:
    """
    Tell whether the best score among some origins exceeds the best among others by enough.

    Causes without a score, or with too little information, do not take part; without a rival
    there is nothing to lead.
    """
    ours, theirs = (_best_score(rulebase, scores, origins) for origins in (lead.of, lead.over))
    return ours is not None and theirs is not None and ours - theirs >= lead.at_least


def _best_score(rulebase: RuleBase, scores: Mapping[str, CauseScore], origins: Sequence[str]) -> int | None:
    found = [
        score.score
        for cause in rulebase.causes
        if cause.origin in origins
        and (score := scores.get(cause.id)) is not None
        and score.score is not None
        and score.level != "not_enough_information"
    ]
    return max(found, default=None)
