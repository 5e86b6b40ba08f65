"""The verdicts that a case may still come to, whatever else is answered: urgency, spine link, roots, likely causes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import cached_property
from typing import NamedTuple

from spinefoot.model.assessment import Answers
from spinefoot.model.conditions import (
    Condition,
    LevelIs,
    OriginLevelIs,
    RedFlagFired,
    RootLevelFits,
    ScoreLead,
    SpineLinkIs,
    UrgencyIs,
)
from spinefoot.model.knowledge import LEVELS, AdviceRule, Cause, RedFlag, RootLevelRule, SpineLinkRule, UrgencyRule
from spinefoot.model.rulebase import RuleBase
from spinefoot.planning.possible import FALSE, TRUE, Possible, both
from spinefoot.planning.score_bounds import ScoreBounds, bound_score
from spinefoot.verdict import withholds_causes

__all__ = ["Outlook", "Reach"]


class Reach(NamedTuple):
    """Values of a verdict that some completion of the answers may reach; settled where each has one value."""

    urgencies: tuple[str, ...]
    spine_links: tuple[str, ...]
    roots: dict[str, int]
    likely: dict[str, int]

    @property
    def urgency_is_settled(self) -> bool:
        """Tell whether no further answer can change the urgency."""
        return len(self.urgencies) == 1

    @property
    def is_settled(self) -> bool:
        """Tell whether no further answer can change the verdict."""
        open_bits = [*self.roots.values(), *self.likely.values()]
        return self.urgency_is_settled and len(self.spine_links) == 1 and both not in open_bits


class Outlook:
    """
    What may still become of one case. See `Possible` for the arguments.

    Everything is worked out when first asked for, and then kept.
    """

    def __init__(self, rulebase: RuleBase, answers: Answers, declined: Collection[str] = (), *, examined: bool = False) -> None:
        self.rulebase = rulebase
        self.possible = Possible(rulebase, answers, declined, examined=examined, late=self._late)
        self._fires: dict[str, int] = {}
        self._scores: dict[str, ScoreBounds] = {}

    def fires(self, rule: RedFlag | UrgencyRule | RootLevelRule | SpineLinkRule | AdviceRule) -> int:
        """Return whether *rule* may fire (`TRUE`) and may stay silent (`FALSE`)."""
        if rule.id not in self._fires:
            self._fires[rule.id] = self.possible.fires(rule.when, rule.unless)
        return self._fires[rule.id]

    def score(self, cause: Cause) -> ScoreBounds:
        """Return the bounds of a cause, should causes be scored."""
        if cause.id not in self._scores:
            groups = self.rulebase.clinician_groups[cause.id]
            self._scores[cause.id] = bound_score(cause, self.rulebase.scoring, self.possible.truth, groups)
        return self._scores[cause.id]

    def likely(self, cause: Cause) -> int:
        """Return whether *cause* may (`TRUE`) and may not (`FALSE`) come out as likely."""
        return self._level_bits(cause, ("likely",))

    def root(self, root: str) -> int:
        """Return whether *root* may and may not be concluded."""
        return _any(self.fires(rule) for rule in self.rulebase.root_level_rules if rule.root == root)

    @cached_property
    def withholds(self) -> int:
        """Whether causes may be withheld, and may be scored."""
        flags = [self.fires(flag) for flag in self.rulebase.red_flags if withholds_causes(flag, self.rulebase)]
        return _any([*flags, *(self.possible.fires(scope.when, scope.unless) for scope in self.rulebase.scope)])

    @cached_property
    def reach(self) -> Reach:
        """The verdicts within reach."""
        return Reach(
            urgencies=self._urgencies,
            spine_links=self._spine_links,
            roots={root.id: self.root(root.id) for root in self.rulebase.roots},
            likely={cause.id: self.likely(cause) for cause in self.rulebase.causes},
        )

    @cached_property
    def _urgencies(self) -> tuple[str, ...]:
        rules: list[tuple[str, int]] = [(rule.urgency, self.fires(rule)) for rule in self.setting_urgency()]
        return _first_values([u.id for u in self.rulebase.urgencies], rules, self.rulebase.default_urgency)

    @cached_property
    def _spine_links(self) -> tuple[str, ...]:
        rules = [(rule.verdict, self.fires(rule)) for rule in self.rulebase.spine_link_rules]
        return _first_values([v.id for v in self.rulebase.verdicts], rules, self.rulebase.default_spine_link)

    def setting_urgency(self) -> list[RedFlag | UrgencyRule]:
        """Return the rules that set an urgency, in the order of the rule base."""
        return [*self.rulebase.red_flags, *self.rulebase.urgency_rules]

    def _late(self, condition: Condition) -> int:
        """Bound a condition on conclusions: two-valued, so never unknown."""
        if isinstance(condition, RedFlagFired):
            return self.fires(self.rulebase.red_flag[condition.id])
        if isinstance(condition, LevelIs):
            return self._level_bits(self.rulebase.cause[condition.cause], condition.levels)
        if isinstance(condition, OriginLevelIs):
            return self._origin_bits(condition)
        if isinstance(condition, ScoreLead):
            return self._lead_bits(condition)
        if isinstance(condition, RootLevelFits):
            return self.root(condition.root)
        if isinstance(condition, UrgencyIs):
            return _among(self._urgencies, condition.levels)
        if isinstance(condition, SpineLinkIs):
            return _among(self._spine_links, condition.verdicts)
        raise AssertionError(f"a condition that no stage may read: {type(condition).__name__}")

    def _level_bits(self, cause: Cause, levels: Sequence[str]) -> int:
        if not self.withholds & FALSE:
            return FALSE
        bits = _among(self.score(cause).levels, levels)
        return bits | FALSE if self.withholds & TRUE else bits

    def _origin_bits(self, condition: OriginLevelIs) -> int:
        within = [self.score(cause).levels for cause in self.rulebase.causes if cause.origin == condition.origin]
        if not within or not self.withholds & FALSE:
            return FALSE
        # The best level is at best the best of any cause, and at worst the best of each cause's worst.
        best = min(LEVELS.index(level) for levels in within for level in levels)
        worst = min(max(LEVELS.index(level) for level in levels) for levels in within)
        reachable = [level for levels in within for level in levels if best <= LEVELS.index(level) <= worst]
        bits = _among(reachable, condition.levels)
        return bits | FALSE if self.withholds & TRUE else bits

    def _lead_bits(self, lead: ScoreLead) -> int:
        ours, theirs = self._best_score(lead.of), self._best_score(lead.over)
        if ours is None or theirs is None or not self.withholds & FALSE:
            return FALSE
        bits = TRUE if ours.highest - theirs.lowest >= lead.at_least else 0
        may_lack = self.withholds & TRUE or ours.may_lack or theirs.may_lack
        return bits | FALSE if may_lack or ours.lowest - theirs.highest < lead.at_least else bits

    def _best_score(self, origins: Collection[str]) -> _BestScore | None:
        bounds = [self.score(cause) for cause in self.rulebase.causes if cause.origin in origins]
        taking_part = [b for b in bounds if b.may_compare]
        if not taking_part:
            return None
        sure = [b for b in taking_part if b.must_compare]
        lowest = max(b.lowest for b in sure) if sure else min(b.lowest for b in taking_part)
        return _BestScore(lowest, max(b.highest for b in taking_part), may_lack=not sure)


class _BestScore(NamedTuple):
    lowest: int
    highest: int
    may_lack: bool


def _any(parts: Iterable[int]) -> int:
    """Bound "at least one fires": parts are two-valued."""
    found = list(parts)
    may = any(bits & TRUE for bits in found)
    may_not = all(bits & FALSE for bits in found)
    return (TRUE if may else 0) | (FALSE if may_not else 0)


def _among(reachable: Collection[str], wanted: Collection[str]) -> int:
    inside = any(value in wanted for value in reachable)
    outside = any(value not in wanted for value in reachable)
    return (TRUE if inside else 0) | (FALSE if outside else 0)


def _first_values(order: Sequence[str], rules: Sequence[tuple[str, int]], default: str) -> tuple[str, ...]:
    """Return the values that may come first: those for which a rule may fire, down to one that must; else the default too."""
    reachable: list[str] = []
    for value in order:
        bits = [fires for sets, fires in rules if sets == value]
        if any(fires & TRUE for fires in bits):
            reachable.append(value)
        if any(fires == TRUE for fires in bits):
            return tuple(reachable)
    return tuple(dict.fromkeys([*reachable, default]))
