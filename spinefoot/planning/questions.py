"""
Which open questions could still change the verdict, and how much each may be expected to settle.

Sets of findings are bit masks: bit n stands for the n-th finding of the rule base.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from spinefoot.model.assessment import Conclusions
from spinefoot.model.conditions import (
    Condition,
    EveryDangerNo,
    Holds,
    IsOneOf,
    IsUnknown,
    LevelIs,
    NumberIs,
    OriginLevelIs,
    RedFlagFired,
    RootLevelFits,
    ScoreLead,
    SpineLinkIs,
    UrgencyIs,
    children,
)
from spinefoot.model.knowledge import Cause, RedFlag, RootLevelRule, ScopeRule, SpineLinkRule, UrgencyRule
from spinefoot.planning.outlook import Outlook
from spinefoot.planning.possible import FALSE, TRUE, both, is_settled
from spinefoot.verdict import withholds_causes

__all__ = ["OpenQuestion", "Questions"]

GATE, DANGER, REST = range(3)
"""What comes first: gates of red flags that have fired, then dangers to life and limb, then the rest by worth."""

_WITHHOLDING = "withholding of causes"
"""Stands among ids, of which none has a space, for what decides whether causes are shown."""

_WORTH_OF_URGENCY = (30.0, 20.0, 10.0)
"""Worth of settling a rule that sets the highest, second and any further urgency, in decibans of evidence."""

_WORTH_OF_RULE = 6.0
"""Worth of settling a rule about roots or the spine link, or whether a cause applies at all."""


class OpenQuestion(NamedTuple):
    """
    A finding that is open and could change the verdict.

    *turn* is `GATE`, `DANGER` or `REST`; *worth* is what an answer may be expected to settle, in decibans;
    *is_next* tells whether it makes sense to ask it now: what it depends on is known.
    """

    finding: str
    turn: int
    worth: float
    is_next: bool


class Questions:
    """
    The open questions of one case.

    Args:
        outlook: What may still become of the case.
        conclusions: What is concluded of it now.
    """

    def __init__(self, outlook: Outlook, conclusions: Conclusions) -> None:
        self._outlook = outlook
        self._possible = outlook.possible
        self._rulebase = outlook.rulebase
        self._conclusions = conclusions
        self._undecided: dict[str, int] = {}
        self._turns: dict[str, int] = {}
        self._worth: dict[int, float] = {}
        self._circular = dict.fromkeys(self._rulebase.circular_findings, 0)
        self._settle_circles()

    def relevant(self) -> list[OpenQuestion]:
        """Return every open finding that could still change the verdict, most useful first."""
        reach = self._outlook.reach
        if not reach.urgency_is_settled:
            self._weigh_urgency()
        if len(reach.spine_links) > 1:
            self._weigh_spine_link()
        for rule in self._rulebase.root_level_rules:
            if reach.roots[rule.root] == both and self._outlook.fires(rule) == both:
                self._add(_WORTH_OF_RULE, self._of_rule(rule.id, rule.when, rule.unless))
        if both in reach.likely.values():
            self._add(_WORTH_OF_RULE, self._of_withholding())
        for cause in self._rulebase.causes:
            if reach.likely[cause.id] == both:
                plausible = self._plausibility(cause)
                for weight, mask in self._parts(cause):
                    self._add(weight * plausible, mask)
        found = [
            OpenQuestion(name, self._turns.get(name, REST), worth, self._is_next(name)) for name, worth in self._shares().items()
        ]
        return sorted(found, key=lambda question: (question.turn, -question.worth, question.finding))

    def _settle_circles(self) -> None:
        """Find what findings that depend on themselves depend on: assume what was found last time, until no more is."""
        while True:
            self._undecided = {}
            found = {name: self._of_name(name) for name in self._circular}
            if found == self._circular:
                return
            self._circular = found

    def _of(self, *conditions: Condition | None) -> int:
        """Return the open findings on which the undecided ones of *conditions* depend, and those that decide if they apply."""
        mask = 0
        for condition in conditions:
            if condition is not None and not is_settled(self._possible.truth(condition)):
                mask |= self._of_undecided(condition)
        return mask

    def _of_undecided(self, condition: Condition) -> int:
        if isinstance(condition, Holds):
            return self._of_name(condition.id)
        if isinstance(condition, NumberIs | IsOneOf | IsUnknown):
            return self._of_name(condition.finding)
        if isinstance(condition, EveryDangerNo):
            return self._of(self._rulebase.every_danger_no)
        return self._of(*inside) if (inside := children(condition)) else self._of_conclusion(condition)

    def _of_name(self, name: str) -> int:
        if name not in self._undecided:
            self._undecided[name] = self._circular.get(name, 0)  # while it is worked out, should that lead back here
            pattern = self._rulebase.pattern.get(name)
            self._undecided[name] = self._of_finding(name) if pattern is None else self._of(pattern.when)
        return self._undecided[name]

    def _of_finding(self, name: str) -> int:
        finding = self._rulebase.finding[name]
        if name in self._possible.answers:
            return self._of(finding.no_not_trusted_if)
        implied = (Holds(implication.when) for implication in self._rulebase.implied_by.get(name, ()))
        implying = (Holds(implication.then) for implication in self._rulebase.implies.get(name, ()))
        mask = self._of(*implied, *implying)
        if not self._possible.is_open(name):
            return mask
        return mask | 1 << self._rulebase.finding_number[name] | self._of(self._rulebase.applies_if.get(name))

    def _of_conclusion(self, condition: Condition) -> int:
        rulebase = self._rulebase
        if isinstance(condition, LevelIs):
            return self._of_cause(rulebase.cause[condition.cause])
        if isinstance(condition, OriginLevelIs | ScoreLead):
            origins = (condition.origin,) if isinstance(condition, OriginLevelIs) else (*condition.of, *condition.over)
            return _union(self._of_cause(cause) for cause in rulebase.causes if cause.origin in origins)
        rules: Iterable[RedFlag | UrgencyRule | RootLevelRule | SpineLinkRule] = ()
        if isinstance(condition, RedFlagFired):
            rules = (rulebase.red_flag[condition.id],)
        elif isinstance(condition, RootLevelFits):
            rules = (rule for rule in rulebase.root_level_rules if rule.root == condition.root)
        elif isinstance(condition, UrgencyIs):
            rules = self._outlook.setting_urgency()
        elif isinstance(condition, SpineLinkIs):
            rules = rulebase.spine_link_rules
        return _union(self._of_rule(rule.id, rule.when, rule.unless) for rule in rules)

    def _of_rule(self, name: str, when: Condition, unless: Condition | None) -> int:
        """Return the open findings on which the firing of a rule depends."""
        if name not in self._undecided:
            self._undecided[name] = self._of(when, unless)
        return self._undecided[name]

    def _of_cause(self, cause: Cause) -> int:
        """Return the open findings on which level and score of a cause depend."""
        if cause.id not in self._undecided:
            self._undecided[cause.id] = _union(mask for _, mask in self._parts(cause)) | self._of_withholding()
        return self._undecided[cause.id]

    def _of_withholding(self) -> int:
        """Return the open findings that decide whether any cause is shown at all."""
        if _WITHHOLDING not in self._undecided:
            flags = [flag for flag in self._rulebase.red_flags if withholds_causes(flag, self._rulebase)]
            rules: list[RedFlag | ScopeRule] = [*flags, *self._rulebase.scope]
            self._undecided[_WITHHOLDING] = _union(self._of_rule(rule.id, rule.when, rule.unless) for rule in rules)
        return self._undecided[_WITHHOLDING]

    def _parts(self, cause: Cause) -> Iterator[tuple[float, int]]:
        """Yield, for each part of a balance sheet, its weight in decibans and the open findings it depends on."""
        yield _WORTH_OF_RULE, self._of(cause.applies_if)
        for other in cause.prior_if:
            yield abs(other.prior - cause.prior), self._of(other.when)
        if cause.ceiling is not None:
            yield _WORTH_OF_RULE, self._of(cause.ceiling.unless)
        for item in cause.evidence:
            if item.only_if is None or self._possible.truth(item.only_if) & TRUE:
                yield max(abs(item.if_true), abs(item.if_false)), self._of(item.when, item.only_if)

    def _weigh_urgency(self) -> None:
        rank = self._rulebase.urgency_rank
        reachable = self._outlook.reach.urgencies
        for rule in self._outlook.setting_urgency():
            if self._outlook.fires(rule) != both or rule.urgency not in reachable:
                continue
            mask = self._of_rule(rule.id, rule.when, rule.unless)
            self._add(_WORTH_OF_URGENCY[min(rank[rule.urgency], len(_WORTH_OF_URGENCY) - 1)], mask)
            self._take_turns(rule, mask)

    def _take_turns(self, rule: RedFlag | UrgencyRule, mask: int) -> None:
        if rule.id in self._conclusions.red_flags and rule.urgency == self._conclusions.urgency:
            self._turns |= dict.fromkeys(self._names(mask), GATE)
        elif self._rulebase.urgency_rank[rule.urgency] == 0:
            for name in self._names(mask):
                if self._rulebase.finding[name].danger:
                    self._turns.setdefault(name, DANGER)

    def _weigh_spine_link(self) -> None:
        for rule in self._rulebase.spine_link_rules:
            if rule.verdict in self._outlook.reach.spine_links and self._outlook.fires(rule) == both:
                self._add(_WORTH_OF_RULE, self._of_rule(rule.id, rule.when, rule.unless))

    def _plausibility(self, cause: Cause) -> float:
        """Return odds of the present score as a share: 10 decibans are ten to one (Good)."""
        score = self._conclusions.scores.get(cause.id)
        decibans = cause.prior if score is None or score.score is None else score.score
        return float(1 / (1 + 10 ** (-decibans / 10)))

    def _add(self, worth: float, mask: int) -> None:
        """Note that the findings of *mask* settle *worth* together."""
        self._worth[mask] = self._worth.get(mask, 0.0) + worth

    def _shares(self) -> dict[str, float]:
        """Return for each finding its shares of all it could settle."""
        shares: dict[str, float] = {}
        for mask, worth in self._worth.items():
            for name in self._names(mask):
                shares[name] = shares.get(name, 0.0) + worth / mask.bit_count()
        return shares

    def _names(self, mask: int) -> Iterator[str]:
        findings = self._rulebase.findings
        while mask:
            lowest = mask & -mask
            yield findings[lowest.bit_length() - 1].id
            mask ^= lowest

    def _is_next(self, name: str) -> bool:
        return not self._possible.applies(name) & FALSE or not self._of(self._rulebase.applies_if.get(name))


def _union(masks: Iterable[int]) -> int:
    found = 0
    for mask in masks:
        found |= mask
    return found
