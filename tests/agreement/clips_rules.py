"""
The rules that fire, translated to CLIPS: a third opinion by an engine that nobody here wrote.

Answers are facts: (answer foot_drop yes), (number age_years 52), and (known age_years) for whatever is answered. Kleene's
three values are two kinds of facts: (holds n TRUE) says that condition n is true, (holds n FALSE) that it is false, and
neither that it is unknown. So a conjunction is false as soon as one part is, and `not` swaps the two. All this is
positive and CLIPS may fire it in any order. Only a gate and "is unknown" ask for what is absent; rules with these have a
lower salience, so that all that can hold is there before they look.

`at least k of n` is written out as its combinations, unlike in the executors, which count.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

import clips

from spinefoot.model.assessment import Answers
from spinefoot.model.conditions import (
    AllOf,
    AnyOf,
    Condition,
    Count,
    Holds,
    IsOneOf,
    IsUnknown,
    Not,
    NumberIs,
)
from spinefoot.model.rulebase import RuleBase

__all__ = ["ALL_KINDS", "ClipsRules", "Fired", "facts_of"]

ALL_KINDS = ("pattern", "red_flag", "scope", "evidence")
_FIRST, _LAST = 10, 0
_BOUNDS = (("at_least", ">="), ("at_most", "<="), ("above", ">"), ("below", "<"))


class Fired(NamedTuple):
    """
    What CLIPS concluded of a case, by rule id.

    *patterns* and *evidence* give the truth of what is known, *red_flags* and *scope* are those that fired.
    """

    patterns: dict[str, bool]
    red_flags: set[str]
    scope: set[str]
    evidence: dict[str, bool]


class ClipsRules:
    """The rules of *rulebase* in a CLIPS environment of their own; of patterns those that the other *kinds* read."""

    def __init__(self, rulebase: RuleBase, kinds: Collection[str] = ALL_KINDS) -> None:
        self._environment = clips.Environment()
        # The facts that rules match on must be known to CLIPS before it reads the rules.
        for fact in ("answer", "number", "known", "holds", "concluded"):
            self._environment.build(f"(deffacts {fact}-exists ({fact} nothing nothing))")
        self.rules = 0
        for rule in _Translation(rulebase, kinds).rules():
            self._environment.build(rule)
            self.rules += 1

    def fire(self, answers: Answers) -> Fired:
        """Run CLIPS on *answers*, which must be settled."""
        self._environment.reset()
        self._environment.load_facts(facts_of(answers))
        self._environment.run()
        fired = Fired({}, set(), set(), {})
        concluded: dict[str, dict[str, bool] | set[str]] = {
            "pattern": fired.patterns,
            "red_flag": fired.red_flags,
            "scope": fired.scope,
            "evidence": fired.evidence,
        }
        for fact in self._environment.find_template("concluded").facts():
            if len(fact) != 3:  # the fact that says that there are such facts
                continue
            kind, rule, truth = (str(word) for word in fact)
            kept = concluded[kind]
            if isinstance(kept, dict):
                assert rule not in kept, f"{rule} is both true and false"
                kept[rule] = truth == "TRUE"
            else:
                kept.add(rule)
        return fired


def facts_of(answers: Answers) -> str:
    """Return *answers* as facts of CLIPS."""
    return "\n".join(_facts(answers))


def _facts(answers: Answers) -> Iterator[str]:
    for name, value in answers.items():
        yield f"(known {name})"
        if isinstance(value, bool):
            yield f"(answer {name} {'yes' if value else 'no'})"
        elif isinstance(value, str):
            yield f"(answer {name} {value})"
        else:
            yield f"(number {name} {value})"


class _Translation:
    def __init__(self, rulebase: RuleBase, kinds: Collection[str]) -> None:
        self._rulebase = rulebase
        self._kinds = kinds
        self._nodes: dict[Condition, int] = {}
        self._patterns: set[str] = set()
        self._rules: list[str] = []

    def rules(self) -> Sequence[str]:
        for flag in self._rulebase.red_flags if "red_flag" in self._kinds else ():
            self._conclude("red_flag", flag.id, "TRUE", self._when(flag.when, True) + self._gate(flag.unless), _LAST)
        for scope in self._rulebase.scope if "scope" in self._kinds else ():
            self._conclude("scope", scope.id, "TRUE", self._when(scope.when, True) + self._gate(scope.unless), _LAST)
        for cause in self._rulebase.causes if "evidence" in self._kinds else ():
            for item in cause.evidence:
                applies = "" if item.only_if is None else _apart(self._when(item.only_if, True), 1)
                for truth in (True, False):
                    self._conclude("evidence", item.id, _symbol(truth), applies + self._when(item.when, truth), _LAST)
        for pattern in self._rulebase.patterns if "pattern" in self._kinds else ():
            self._pattern(pattern.id)
        return self._rules

    def _gate(self, unless: Condition | None) -> str:
        return "" if unless is None else f"(not {_apart(self._when(unless, True), 1)})"

    def _conclude(self, kind: str, rule: str, truth: str, when: str, salience: int) -> None:
        self._add(f"{kind}-{rule}-{truth}", when, f"(concluded {kind} {rule} {truth})", salience)

    def _add(self, name: str, when: str, then: str, salience: int = _FIRST) -> None:
        self._rules.append(f"(defrule {name} (declare (salience {salience})) {when} => (assert {then}))")

    def _when(self, condition: Condition, truth: bool) -> str:
        """Return what CLIPS must match for *condition* to be true or, if not *truth*, false."""
        condition = self._rulebase.expand(condition)
        if isinstance(condition, Not):
            return self._when(condition.of, not truth)
        if isinstance(condition, Holds):
            if condition.id in self._rulebase.pattern:
                self._pattern(condition.id)
                return f"(concluded pattern {condition.id} {_symbol(truth)})"
            return f"(answer {condition.id} {'yes' if truth else 'no'})"
        if isinstance(condition, IsUnknown):
            return f"(not (known {condition.finding}))" if truth else f"(known {condition.finding})"
        if isinstance(condition, IsOneOf):
            options = "|".join(condition.options) if truth else "&".join(f"~{option}" for option in condition.options)
            return f"(answer {condition.finding} {options})"
        if isinstance(condition, NumberIs):
            return self._number(condition, truth)
        return f"(holds {self._node(condition)} {_symbol(truth)})"

    def _number(self, condition: NumberIs, truth: bool) -> str:
        bounds = [(sign, getattr(condition, name)) for name, sign in _BOUNDS if getattr(condition, name) is not None]
        within = "(and " + " ".join(f"({sign} ?x {value})" for sign, value in bounds) + " TRUE)"
        return f"(number {condition.finding} ?x&:{within if truth else f'(not {within})'})"

    def _pattern(self, name: str) -> None:
        if name in self._patterns:
            return
        self._patterns.add(name)
        for truth in (True, False):
            self._conclude("pattern", name, _symbol(truth), self._when(self._rulebase.pattern[name].when, truth), _FIRST)

    def _node(self, condition: Condition) -> int:
        """Return the number of a conjunction, disjunction or count, with rules that make it true and false."""
        if condition not in self._nodes:
            number = self._nodes[condition] = len(self._nodes)
            for truth in (True, False):
                for place, parts in enumerate(_ways(condition, truth)):
                    when = "".join(_apart(self._when(part, truth), n) for n, part in enumerate(parts))
                    self._add(f"node-{number}-{truth}-{place}", when, f"(holds {number} {_symbol(truth)})")
        return self._nodes[condition]


def _ways(condition: Condition, truth: bool) -> Iterator[Sequence[Condition]]:
    """Yield the sets of parts of *condition* that, all of them being *truth*, make it so."""
    if isinstance(condition, AllOf | AnyOf):
        together = isinstance(condition, AllOf) is truth
        yield from [condition.of] if together else [[part] for part in condition.of]
    elif isinstance(condition, Count):
        needed = condition.at_least if truth else len(condition.of) - condition.at_least + 1
        yield from combinations(condition.of, needed)
    else:
        raise AssertionError(f"findings and patterns alone decide what fires, not {type(condition).__name__}")


def _apart(pattern: str, number: int) -> str:
    """Give the variable of a number its own name, so that two numbers in one rule need not be equal."""
    return pattern.replace("?x", f"?x{number}")


def _symbol(truth: bool) -> str:
    return "TRUE" if truth else "FALSE"
