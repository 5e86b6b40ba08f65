"""
The truth values that a condition may still take, whatever else is answered.

A set of truth values is three bits: `TRUE`, `FALSE`, `UNKNOWN`. Each part of a condition is bounded on its own, as if it did
not share findings with its neighbours, so a set may be too large but never too small (abstract interpretation of K3).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Final

from spinefoot.model.assessment import Answers
from spinefoot.model.conditions import (
    AllOf,
    AnyOf,
    Condition,
    Count,
    EveryDangerNo,
    Holds,
    IsOneOf,
    IsUnknown,
    Not,
    NumberIs,
)
from spinefoot.model.findings import Finding, Value
from spinefoot.model.rulebase import RuleBase

__all__ = ["ANY", "FALSE", "TRUE", "UNKNOWN", "Possible", "both", "fire_bits", "is_settled"]

TRUE: Final = 1
FALSE: Final = 2
UNKNOWN: Final = 4
ANY: Final = TRUE | FALSE | UNKNOWN

both: Final = TRUE | FALSE
_SETTLED: Final = frozenset((0, TRUE, FALSE, UNKNOWN))


def is_settled(bits: int) -> bool:
    """Tell whether at most one truth value is left."""
    return bits in _SETTLED


def fire_bits(when: int, unless: int | None) -> int:
    """Return whether a rule may fire (`TRUE`) and whether it may stay silent (`FALSE`); it fires where *unless* is not true."""
    may_fire = when & TRUE and (unless is None or unless & (FALSE | UNKNOWN))
    may_not = when & (FALSE | UNKNOWN) or (unless is not None and unless & TRUE)
    return (TRUE if may_fire else 0) | (FALSE if may_not else 0)


class Possible:
    """
    What may still become of each finding, pattern and condition of one case.

    Args:
        rulebase: The vocabulary and the patterns.
        answers: Settled answers.
        declined: Findings that were asked and are not known; they will not be asked again.
        examined: Whether findings of an examiner may still be answered.
        late: Bounds conditions on conclusions (`Outlook`); rules without such conditions need none.

    A finding is *open* if it has no answer, was not declined, can be observed by whoever answers, and the question may
    still apply to the case (`ask_if`).
    """

    def __init__(
        self,
        rulebase: RuleBase,
        answers: Answers,
        declined: Collection[str] = (),
        *,
        examined: bool = False,
        late: Callable[[Condition], int] | None = None,
    ) -> None:
        self.rulebase = rulebase
        self.answers = answers
        self.declined = frozenset(declined)
        self.examined = examined
        self._late = late
        self._open: dict[str, bool] = {}
        self._findings: dict[str, int] = {}
        self._patterns: dict[str, int] = {}
        # By id; each condition is kept beside its bits, so that no other can come to have its id.
        self._joined: dict[int, tuple[int, AllOf | AnyOf]] = {}
        self._circular = {name: (False, self._least(name)) for name in rulebase.circular_findings}
        self._settle_circles()

    def is_open(self, name: str) -> bool:
        """Tell whether a finding may still be asked and answered."""
        if name not in self._open:
            self._open[name] = self._circular[name][0] if name in self._circular else False
            self._open[name] = self._may_be_asked(self.rulebase.finding[name])
        return self._open[name]

    def applies(self, name: str) -> int:
        """Return the truth values that "the question applies to this case" may take (`RuleBase.applies_if`)."""
        condition = self.rulebase.applies_if.get(name)
        return TRUE if condition is None else self.truth(condition)

    def finding(self, name: str) -> int:
        """Return the truth values that a yes_no finding may take."""
        if name not in self._findings:
            self._findings[name] = self._circular[name][1] if name in self._circular else UNKNOWN
            self._findings[name] = self._finding(name)
        return self._findings[name]

    def truth(self, condition: Condition) -> int:
        """Return the truth values that *condition* may take."""
        if isinstance(condition, Holds):
            return self._holds(condition.id)
        if isinstance(condition, AllOf | AnyOf):
            known = self._joined.get(id(condition))
            if known is None:
                known = self._joined[id(condition)] = self._join(condition), condition
            return known[0]
        if isinstance(condition, Not):
            return _swap(self.truth(condition.of))
        if isinstance(condition, Count):
            return _count(condition.at_least, [self.truth(child) for child in condition.of])
        if isinstance(condition, NumberIs | IsOneOf):
            return self._compared(condition)
        if isinstance(condition, IsUnknown):
            return self._unknown(condition.finding)
        if isinstance(condition, EveryDangerNo):
            return self.truth(self.rulebase.every_danger_no)
        if self._late is None:
            raise AssertionError(f"a condition that no stage may read: {type(condition).__name__}")
        return self._late(condition)

    def _join(self, condition: AllOf | AnyOf) -> int:
        if isinstance(condition, AllOf):
            return _all([self.truth(child) for child in condition.of])
        return _swap(_all([_swap(self.truth(child)) for child in condition.of]))

    def fires(self, when: Condition, unless: Condition | None = None) -> int:
        """Return whether a rule may fire (`TRUE`) and may stay silent (`FALSE`)."""
        return fire_bits(self.truth(when), None if unless is None else self.truth(unless))

    def _settle_circles(self) -> None:
        """
        Work out the findings that depend on themselves: the least fixed point.

        At first none of them may be asked. What then may be, and what they may become, is assumed the next time, until
        nothing is added: a question is open only if some other answer opens it, never because it would open itself.
        """
        while True:
            self._open, self._findings, self._patterns, self._joined = {}, {}, {}, {}
            found = {name: (self.is_open(name), self.finding(name)) for name in self._circular}
            if found == self._circular:
                return
            self._circular = found

    def _least(self, name: str) -> int:
        answer = self.answers.get(name)
        return UNKNOWN if answer is None else TRUE if answer else FALSE

    def _may_be_asked(self, finding: Finding) -> bool:
        if finding.id in self.answers or finding.id in self.declined:
            return False
        if finding.observer == "clinician" and not self.examined:
            return False
        return bool(self.applies(finding.id) & (TRUE | UNKNOWN))

    def _finding(self, name: str) -> int:
        """A known yes stays; a no may turn out not to be trusted; what is unknown may also follow from another answer."""
        answer = self.answers.get(name)
        if answer is True:
            return TRUE
        if answer is False:
            doubt = self.rulebase.finding[name].no_not_trusted_if
            return FALSE | UNKNOWN if doubt is not None and self.truth(doubt) & TRUE else FALSE
        if self.is_open(name):
            return ANY
        follows_yes = any(self._holds(i.when) & TRUE for i in self.rulebase.implied_by.get(name, ()))
        follows_no = any(self._holds(i.then) & FALSE for i in self.rulebase.implies.get(name, ()))
        return UNKNOWN | (TRUE if follows_yes else 0) | (FALSE if follows_no else 0)

    def _holds(self, name: str) -> int:
        pattern = self.rulebase.pattern.get(name)
        if pattern is None:
            return self.finding(name)
        if name not in self._patterns:
            self._patterns[name] = self.truth(pattern.when)
        return self._patterns[name]

    def _compared(self, condition: NumberIs | IsOneOf) -> int:
        answer = self.answers.get(condition.finding)
        if answer is not None:
            return TRUE if _admits(condition, answer) else FALSE
        return ANY if self.is_open(condition.finding) else UNKNOWN

    def _unknown(self, name: str) -> int:
        if self.rulebase.finding[name].kind == "yes_no":
            bits = self.finding(name)
            return (TRUE if bits & UNKNOWN else 0) | (FALSE if bits & both else 0)
        if name in self.answers:
            return FALSE
        return both if self.is_open(name) else TRUE


def _admits(condition: NumberIs | IsOneOf, answer: Value) -> bool:
    if isinstance(condition, IsOneOf):
        return answer in condition.options
    return condition.admits(float(answer))


def _swap(bits: int) -> int:
    return (bits & UNKNOWN) | (bits & TRUE) << 1 | (bits & FALSE) >> 1


def _all(parts: Sequence[int]) -> int:
    true, unknown, false, not_false = TRUE, 0, 0, True
    for bits in parts:
        true &= bits
        false |= bits & FALSE
        unknown |= bits & UNKNOWN
        not_false = not_false and bool(bits & (TRUE | UNKNOWN))
    return true | false | (unknown if not_false else 0)


def _count(at_least: int, parts: Iterable[int]) -> int:
    """Bound a count: exact for independent parts, since unknown or true raise what is possible and only true what is sure."""
    found = list(parts)
    may_be_true = sum(bool(bits & TRUE) for bits in found)
    never_false = sum(not bits & FALSE for bits in found)
    may_be_unknown = sum(bool(bits & UNKNOWN) for bits in found)
    surely_true = sum(bits == TRUE for bits in found)
    either = sum(bits == both for bits in found)
    fewest = max(0, at_least - may_be_unknown - surely_true)
    most = min(either, at_least - 1 - surely_true)
    return (
        (TRUE if may_be_true >= at_least else 0)
        | (FALSE if never_false < at_least else 0)
        | (UNKNOWN if may_be_unknown and fewest <= most else 0)
    )
