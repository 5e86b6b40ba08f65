"""The truth of a condition in many cases at once: `truth.View`, with sets of cases where that has one truth value."""

from __future__ import annotations

from collections.abc import Iterable

from spinefoot.analysis.bits import Bits, CaseBits, Truth, all_of, any_of, at_least, bits_of, negated
from spinefoot.model.assessment import CauseScore
from spinefoot.model.conditions import (
    AllOf,
    AnyOf,
    Condition,
    Count,
    EveryDangerNo,
    Holds,
    IsOneOf,
    IsUnknown,
    LevelIs,
    Not,
    NumberIs,
    OriginLevelIs,
    RedFlagFired,
    RootLevelFits,
    ScoreLead,
    SpineLinkIs,
    UrgencyIs,
)
from spinefoot.model.knowledge import LEVELS
from spinefoot.model.rulebase import RuleBase
from spinefoot.verdict import score_lead

__all__ = ["CasesView", "union"]


class CasesView:
    """
    What is known of many cases so far: answers, and conclusions as stages are done.

    Attributes:
        patterns: The truth of each pattern that was read.
        fires: By rule, the cases in which it holds: patterns and items of evidence that are true (and apply),
            instruments that are shown, causes that are scored, other rules that fire.
        scores: By cause and case, the balance sheet; cases in `withheld` have none.
        levels: By cause and level, the cases.
        urgency, spine_link, root_levels: By conclusion, the cases.
    """

    def __init__(self, rulebase: RuleBase, bits: CaseBits) -> None:
        self.rulebase = rulebase
        self.bits = bits
        self.patterns: dict[str, Truth] = {}
        self.fires: dict[str, Bits] = {}
        self.scores: dict[str, dict[int, CauseScore]] = {}
        self.levels: dict[str, dict[str, Bits]] = {}
        self.leads: dict[ScoreLead, Bits] = {}
        self.withheld: Bits = 0
        self.urgency: dict[str, Bits] = {}
        self.spine_link: dict[str, Bits] = {}
        self.root_levels: dict[str, Bits] = {}

    def truth(self, condition: Condition) -> Truth:
        """Return where *condition* is true and where it is false."""
        if isinstance(condition, Holds):
            return self._holds(condition.id)
        if isinstance(condition, AllOf):
            return all_of(map(self.truth, condition.of), self.bits.everyone)
        if isinstance(condition, AnyOf):
            return any_of(map(self.truth, condition.of), self.bits.everyone)
        if isinstance(condition, Not):
            return negated(self.truth(condition.of))
        if isinstance(condition, Count):
            return at_least(condition.at_least, list(map(self.truth, condition.of)), self.bits.everyone)
        if isinstance(condition, NumberIs):
            within = union(cases for value, cases in self.bits.where(condition.finding) if condition.admits(float(value)))
            return self._of_answered(condition.finding, within)
        if isinstance(condition, IsOneOf):
            chosen = union(cases for value, cases in self.bits.where(condition.finding) if value in condition.options)
            return self._of_answered(condition.finding, chosen)
        if isinstance(condition, EveryDangerNo):
            return self.truth(self.rulebase.every_danger_no)
        concluded = self._concluded(condition)
        return Truth(concluded, self.bits.everyone & ~concluded)

    def firing(self, when: Condition, unless: Condition | None = None) -> Bits:
        """Return the cases in which a rule fires: *when* is true and *unless* is not true."""
        true = self.truth(when).yes
        return true if unless is None else true & ~self.truth(unless).yes

    def score_lead(self, lead: ScoreLead, among: Bits) -> Bits:
        """Return those of the cases *among* in which some origins lead others (`verdict.score_lead`)."""
        causes = [cause.id for cause in self.rulebase.causes if cause.origin in (*lead.of, *lead.over)]
        return union(
            1 << case
            for case in bits_of(among & ~self.withheld)
            if score_lead(self.rulebase, {name: self.scores[name][case] for name in causes}, lead)
        )

    def _holds(self, name: str) -> Truth:
        if name in self.patterns:
            return self.patterns[name]
        if name in self.rulebase.pattern:
            self.patterns[name] = self.truth(self.rulebase.pattern[name].when)
            return self.patterns[name]
        return self._of_answered(name, union(cases for value, cases in self.bits.where(name) if value))

    def _of_answered(self, finding: str, yes: Bits) -> Truth:
        return Truth(yes, self.bits.known(finding) & ~yes)

    def _concluded(self, condition: Condition) -> Bits:
        if isinstance(condition, IsUnknown):
            return self.bits.everyone & ~self.bits.known(condition.finding)
        if isinstance(condition, RedFlagFired):
            return self.fires[condition.id]
        if isinstance(condition, LevelIs):
            return union(self.levels[condition.cause].get(level, 0) for level in condition.levels)
        if isinstance(condition, OriginLevelIs):
            return self._best_level(condition.origin, condition.levels)
        if isinstance(condition, ScoreLead):
            if condition not in self.leads:
                self.leads[condition] = self.score_lead(condition, self.bits.everyone)
            return self.leads[condition]
        if isinstance(condition, RootLevelFits):
            return self.root_levels[condition.root]
        if isinstance(condition, UrgencyIs):
            return union(self.urgency[level] for level in condition.levels)
        if isinstance(condition, SpineLinkIs):
            return union(self.spine_link[verdict] for verdict in condition.verdicts)
        raise AssertionError(f"a condition that no stage may read: {type(condition).__name__}")

    def _best_level(self, origin: str, wanted: tuple[str, ...]) -> Bits:
        causes = [cause.id for cause in self.rulebase.causes if cause.origin == origin]
        better = found = 0
        for level in LEVELS:
            at_this = union(self.levels[name].get(level, 0) for name in causes) & ~better
            found |= at_this if level in wanted else 0
            better |= at_this
        return found


def union(sets: Iterable[Bits]) -> Bits:
    """Return the cases that are in any of *sets*."""
    together = 0
    for cases in sets:
        together |= cases
    return together
