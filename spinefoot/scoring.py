"""
Decibans: from answered items to a score and a level. Integers in, integers out.

Order, after lumbar-causes.md 5.3 and errata 89: replaced items drop out; within a group and for each
sign the strongest counts in full and the others half; group caps; clinician cap; limits of the cause; prior.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Final

from spinefoot.model.assessment import CauseScore, LimitedBy, WeighedItem
from spinefoot.model.knowledge import LEVELS, Cause, Evidence, GroupCap, Level, Limits, Scoring

__all__ = [
    "LIMITS_IN_WORDS",
    "UNCAPPED",
    "account_of",
    "add_group",
    "further_weight",
    "halve",
    "replaced_by",
    "score_cause",
    "shares_of",
]

UNCAPPED = GroupCap(min=-1000, max=1000)
"""For a group that its cause does not cap."""


def halve(weight: int) -> int:
    """
    Halve a weight, rounded towards zero.

    Examples:
        >>> halve(3), halve(-3), halve(1)
        (1, -1, 0)
    """
    return int(weight / 2)


def add_group(weights: Sequence[int], cap: GroupCap) -> int:
    """
    Add the weights of one group without counting one phenomenon twice.

    For each sign, the strongest weight counts in full and every other counts half, rounded
    towards zero. The two sums are added, then clipped to *cap*.

    Args:
        weights: Whole decibans of the answered items, in any order. Leave out items
            that are unknown; do not pass them as 0.
        cap: Lowest and highest total that this group may give, in decibans.

    Returns:
        Whole decibans within *cap*; 0 for no weights.

    Source:
        knowledge/lumbar-causes.md, section 5.3, rule 1.

    Examples:
        >>> add_group([5, 4, -3, -1], GroupCap(min=-3, max=7))
        4
        >>> add_group([-6, -3, -3], GroupCap(min=-9, max=6))
        -8
    """
    return _clip(sum(shares_of(weights, cap)), cap)


def score_cause(
    cause: Cause,
    scoring: Scoring,
    answered: Iterable[tuple[Evidence, bool]],
    *,
    applies: bool | None = True,
    prior: int | None = None,
    ceiling_lifted: bool = False,
    clinician_groups: frozenset[str] = frozenset(),
) -> CauseScore:
    """
    Weigh the answered items of a cause.

    Args:
        cause: Prior, limits, caps and what a level needs.
        scoring: Thresholds that all causes share.
        answered: Items whose condition is true or false and that apply, each with that truth.
        applies: Truth of `applies_if`; None is unknown.
        prior: Starting weight where a `prior_if` holds; the cause's own otherwise.
        ceiling_lifted: Whether the `unless` of the ceiling is true.
        clinician_groups: Groups whose items are all clinician findings.
    """
    start = cause.prior if prior is None else prior
    if applies is not True:
        level: Level = "unlikely" if applies is False else "not_enough_information"
        why: LimitedBy = "does_not_apply" if applies is False else "not_known_to_apply"
        return CauseScore(cause=cause.id, level=level, score=None, prior=start, limited_by=why)
    items, groups = _weigh(cause, list(answered))
    examined = sum(total for group, total in groups.items() if group in clinician_groups)
    asked = sum(total for group, total in groups.items() if group not in clinician_groups)
    score = start + _clip(asked + min(examined, scoring.clinician_cap), cause.limits)
    level, limited = _level(cause, scoring, score, groups, ceiling_lifted)
    return CauseScore(cause=cause.id, level=level, score=score, prior=start, items=items, groups=groups, limited_by=limited)


LIMITS_IN_WORDS: Final[Mapping[LimitedBy, str]] = {
    "does_not_apply": "it does not apply to these answers",
    "not_known_to_apply": "it is not known whether it applies",
    "too_few_groups": "too little is known",
    "few_groups_for": "too few different kinds of findings speak for it",
    "barred": "one finding speaks clearly against it",
    "ceiling": "questions alone cannot make it likely",
}
"""Why a level is not what the score alone would give, in plain words."""


def account_of(score: CauseScore, cause: Cause) -> str:
    """Return in a sentence or two how a balance sheet comes to its score and level."""
    level = score.level.replace("_", " ")
    limit = cause.ceiling.because if score.limited_by == "ceiling" and cause.ceiling else None
    why = limit or (LIMITS_IN_WORDS[score.limited_by] if score.limited_by else None)
    if score.score is None:
        return f"Not weighed, {level}: {why}."
    total = sum(item.counts for item in score.items)
    limits = "" if score.prior + total == score.score else ", after the limits for groups and for the whole"
    account = f"Starting point {score.prior:+d}, evidence {total:+d}{limits}: {score.score:+d} decibans"
    if score.limited_by == "too_few_groups":
        return f"{account}, but {why}."
    return f"{account}, {level}." if why is None else f"{account}. Not more than {level}: {why.removesuffix('.')}."


def _weigh(cause: Cause, answered: list[tuple[Evidence, bool]]) -> tuple[tuple[WeighedItem, ...], dict[str, int]]:
    replaced = replaced_by(answered)
    items: list[WeighedItem] = []
    groups: dict[str, int] = {}
    order = {item.id: number for number, item in enumerate(cause.evidence)}
    for group, members in groupby(
        sorted(answered, key=lambda pair: (pair[0].group, order[pair[0].id])), lambda pair: pair[0].group
    ):
        cap = cause.groups.get(group, UNCAPPED)
        rows = [(item, truth, item.if_true if truth else item.if_false, item.id in replaced) for item, truth in members]
        shares = iter(shares_of([weight for _, _, weight, out in rows if not out], cap))
        counted = [0 if out else next(shares) for _, _, _, out in rows]
        items += [
            WeighedItem(rule=item.id, group=group, weight=weight, counts=share, answered=truth, replaced=out)
            for (item, truth, weight, out), share in zip(rows, counted, strict=True)
        ]
        groups[group] = _clip(sum(counted), cap)
    items.sort(key=lambda item: order[item.rule])
    return tuple(items), groups


def replaced_by(answered: Iterable[tuple[Evidence, bool]]) -> set[str]:
    """Return the items that count nothing because of those that are answered."""
    return {name for item, truth in answered for name in (*item.replaces, *(item.replaces_if_true if truth else ()))}


def shares_of(weights: Sequence[int], cap: GroupCap) -> list[int]:
    """Return what each weight counts: the strongest of each sign in full, the others by *cap.further*."""
    strongest = {max((w for w in weights if w > 0), default=0), min((w for w in weights if w < 0), default=0)}
    shares = []
    for weight in weights:
        shares.append(weight if weight in strongest else further_weight(weight, cap))
        strongest.discard(weight)
    return shares


def further_weight(weight: int, cap: GroupCap) -> int:
    """Return what a weight counts beside a stronger one of the same sign in its group."""
    if cap.further == "half":
        return halve(weight)
    return weight if cap.further == "full" else 0


def _level(cause: Cause, scoring: Scoring, score: int, groups: dict[str, int], lifted: bool) -> tuple[Level, LimitedBy | None]:
    if len(groups) < cause.answered_groups:
        return "not_enough_information", "too_few_groups"
    if score <= scoring.unlikely_at_most:
        return "unlikely", None
    if score < scoring.likely_at_least:
        return "possible", None
    contributing = sum(total >= scoring.group_counts_at_least for total in groups.values())
    if contributing < cause.likely_groups:
        return "possible", "few_groups_for"
    if any(total <= scoring.group_bars_at_most for total in groups.values()):
        return "possible", "barred"
    ceiling = cause.ceiling
    if ceiling is not None and not lifted and LEVELS.index("likely") < LEVELS.index(ceiling.level):
        return ceiling.level, "ceiling"
    return "likely", None


def _clip(value: int, limits: Limits | GroupCap) -> int:
    return max(limits.min, min(limits.max, value))
