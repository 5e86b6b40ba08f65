"""The truth value of a condition: strong Kleene logic (K3), read plainly. The reference for every executor."""

from __future__ import annotations

from collections.abc import Mapping

from spinefoot.model.assessment import Answers, CauseScore
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
from spinefoot.model.rulebase import RuleBase
from spinefoot.verdict import best_level, score_lead

__all__ = ["View"]


class View:
    """
    What is known of one case so far: answers, and conclusions as stages are done.

    Conclusions are two-valued. They are set by whoever runs the stages; a condition that reads one
    before it is set sees it as not concluded.
    """

    def __init__(self, rulebase: RuleBase, answers: Answers) -> None:
        self.rulebase = rulebase
        self.answers = answers
        self.red_flags: set[str] = set()
        self.scores: Mapping[str, CauseScore] = {}
        self.root_levels: set[str] = set()
        self.urgency = ""
        self.spine_link = ""
        self._patterns: dict[str, bool | None] = {}

    def truth(self, condition: Condition) -> bool | None:
        """Return True, False or None (unknown)."""
        if isinstance(condition, Holds):
            return self._holds(condition.id)
        if isinstance(condition, AllOf | AnyOf):
            return self._joined(condition)
        if isinstance(condition, Not):
            inner = self.truth(condition.of)
            return None if inner is None else not inner
        if isinstance(condition, Count):
            return self._count(condition)
        if isinstance(condition, NumberIs):
            number = self.answers.get(condition.finding)
            return None if number is None else condition.admits(float(number))
        if isinstance(condition, IsOneOf):
            option = self.answers.get(condition.finding)
            return None if option is None else option in condition.options
        if isinstance(condition, EveryDangerNo):
            return self.truth(self.rulebase.every_danger_no)
        return self._concluded(condition)

    def fires(self, when: Condition, unless: Condition | None = None) -> bool:
        """Tell whether a rule fires: *when* is true and *unless* is not true."""
        return self.truth(when) is True and (unless is None or self.truth(unless) is not True)

    def _joined(self, condition: AllOf | AnyOf) -> bool | None:
        decisive = isinstance(condition, AnyOf)  # one true child decides an AnyOf, one false child an AllOf
        result: bool | None = not decisive
        for child in condition.of:
            value = self.truth(child)
            if value is decisive:
                return decisive
            if value is None:
                result = None
        return result

    def _holds(self, name: str) -> bool | None:
        pattern = self.rulebase.pattern.get(name)
        if pattern is None:
            answer = self.answers.get(name)
            return None if answer is None else bool(answer)
        if name not in self._patterns:
            self._patterns[name] = self.truth(pattern.when)
        return self._patterns[name]

    def _count(self, condition: Count) -> bool | None:
        values = [self.truth(child) for child in condition.of]
        sure = sum(value is True for value in values)
        possible = sum(value is not False for value in values)
        if sure >= condition.at_least:
            return True
        return None if possible >= condition.at_least else False

    def _concluded(self, condition: Condition) -> bool:
        if isinstance(condition, IsUnknown):
            return condition.finding not in self.answers
        if isinstance(condition, RedFlagFired):
            return condition.id in self.red_flags
        if isinstance(condition, LevelIs):
            score = self.scores.get(condition.cause)
            return score is not None and score.level in condition.levels
        if isinstance(condition, OriginLevelIs):
            return best_level(self.rulebase, self.scores, condition.origin) in condition.levels
        if isinstance(condition, ScoreLead):
            return score_lead(self.rulebase, self.scores, condition)
        if isinstance(condition, RootLevelFits):
            return condition.root in self.root_levels
        if isinstance(condition, UrgencyIs):
            return self.urgency in condition.levels
        if isinstance(condition, SpineLinkIs):
            return self.spine_link in condition.verdicts
        raise AssertionError(f"a condition that no stage may read: {type(condition).__name__}")
