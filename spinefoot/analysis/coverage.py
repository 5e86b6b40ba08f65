"""
Which rules the written cases reach, from both sides, and which cases would reach the rest.

A condition is *reached* on a side where some case makes it true, or false. A rule with a gate is looked at where its
`when` is true: some case should open the gate, and some should keep it shut.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from spinefoot.analysis.bits import Bits, Truth
from spinefoot.analysis.outcome import Outcome
from spinefoot.analysis.parts import parts_of
from spinefoot.analysis.ways import answers_that_just_miss, answers_that_make
from spinefoot.analysis.written import Concluded
from spinefoot.errors import Location
from spinefoot.model.assessment import Answers
from spinefoot.model.conditions import AllOf, Condition, Holds, Not
from spinefoot.model.findings import Finding
from spinefoot.model.knowledge import Cause, Evidence, Pattern
from spinefoot.model.rulebase import Rule, RuleBase, kind_of

__all__ = ["Gap", "Reached", "coverage", "gaps"]

_LEVELS_TO_REACH = ("likely", "possible", "unlikely")


class Reached(msgspec.Struct, frozen=True, kw_only=True):
    """
    How many cases reach one condition of a rule, on each side.

    *part* names the condition; for a gate, only cases count in which the rule would fire without it. *fired* is
    given for the first part of a rule that fires: in how many cases it does. *condition* is what was counted.
    """

    rule: str
    kind: str
    part: str
    true: int
    false: int
    unknown: int
    condition: Condition | None = None
    fired: int | None = None
    where: Location | None = None

    @property
    def gaps(self) -> tuple[str, ...]:
        """What no case reaches, in words; empty where both sides are reached."""
        sides: tuple[tuple[int, str], ...]
        if self.part == "unless":
            sides = ((self.true, "gate never opened"), (self.false + self.unknown, "gate always open"))
        elif self.part.startswith("level "):
            sides = ((self.true, f"never {self.part.removeprefix('level ')}"),)
        elif self.true == self.false == 0:
            sides = ((0, "always unknown"),)
        else:
            sides = ((self.true, "never true"), (self.false, "never false"))
        found = [words for number, words in sides if number == 0]
        if self.fired == 0 and self.true:
            found.append("never fired")
        return tuple(found)


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """One side that no case reaches, and answers that would reach it; None where they cannot be told."""

    rule: str
    kind: str
    part: str
    gap: str
    answers: Answers | None
    where: Location | None = None


def coverage(concluded: Concluded) -> list[Reached]:
    """Return what the cases reach of every rule, in the order of the stages."""
    outcome, rulebase = concluded.outcome, concluded.outcome.rulebase
    reached = [row for rule in rulebase.rules() for row in _of_rule(rule, outcome)]
    reached += [row for finding in rulebase.findings for row in _of_finding(finding, outcome)]
    for implication in rulebase.implications:
        truth = outcome.truth(Holds(implication.when))
        reached.append(_row(implication.then, "implication", "when", truth, outcome, Holds(implication.when), implication.where))
    return reached


def gaps(reached: list[Reached], rulebase: RuleBase) -> list[Gap]:
    """Return the gaps of *reached*, each with answers for a case that would close it."""
    return [
        Gap(rule=row.rule, kind=row.kind, part=row.part, gap=gap, answers=_answers(row, gap, rulebase), where=row.where)
        for row in reached
        for gap in row.gaps
    ]


def _of_rule(rule: Rule, outcome: Outcome) -> Iterator[Reached]:
    parts = dict(parts_of(rule))
    for part, condition in parts.items():
        truth = outcome.truth(condition)
        among = outcome.bits.everyone
        if part == "unless":
            among = outcome.truth(parts["when"]).yes
        elif part == "when" and isinstance(rule, Evidence) and rule.only_if is not None:
            among = outcome.truth(rule.only_if).yes
        row = _row(
            rule.id, kind_of(rule), part, Truth(truth.yes & among, truth.no & among), outcome, condition, rule.where, among
        )
        fires = part == "when" and not isinstance(rule, Pattern | Evidence)
        yield msgspec.structs.replace(row, fired=outcome.fires[rule.id].bit_count()) if fires else row
    if isinstance(rule, Cause):
        for level in _LEVELS_TO_REACH:
            if level != "likely" or rule.ceiling is None or rule.ceiling.unless is not None:
                cases = outcome.levels[rule.id][level]
                truth = Truth(cases, outcome.bits.everyone & ~cases)
                yield _row(rule.id, "cause", f"level {level}", truth, outcome, None, rule.where)


def _of_finding(finding: Finding, outcome: Outcome) -> Iterator[Reached]:
    for part, condition in parts_of(finding):
        yield _row(finding.id, "finding", part, outcome.truth(condition), outcome, condition, finding.where)


def _row(
    rule: str,
    kind: str,
    part: str,
    truth: Truth,
    outcome: Outcome,
    condition: Condition | None,
    where: Location | None,
    among: Bits | None = None,
) -> Reached:
    everyone = outcome.bits.everyone if among is None else among
    return Reached(
        rule=rule,
        kind=kind,
        part=part,
        true=truth.yes.bit_count(),
        false=truth.no.bit_count(),
        unknown=(everyone & ~truth.yes & ~truth.no).bit_count(),
        condition=condition,
        where=where,
    )


def _answers(row: Reached, gap: str, rulebase: RuleBase) -> Answers | None:
    if row.condition is None:
        return None
    if row.part == "unless":
        when = getattr(rulebase.rule[row.rule], "when")  # noqa: B009
        wanted = row.condition if gap == "gate never opened" else Not(row.condition)
        return answers_that_make(AllOf((when, wanted)), True, rulebase)
    if gap == "never false":
        return answers_that_just_miss(row.condition, rulebase) or answers_that_make(row.condition, False, rulebase)
    if gap == "never fired":
        rule = rulebase.rule[row.rule]
        gate = getattr(rule, "unless", None)
        return answers_that_make(AllOf((row.condition, Not(gate))) if gate else row.condition, True, rulebase)
    return answers_that_make(row.condition, True, rulebase)
