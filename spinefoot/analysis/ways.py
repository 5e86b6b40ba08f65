"""The fewest answers that make a condition true, make it false, or just miss it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, islice, product

from spinefoot.analysis.every_case import telling_values
from spinefoot.assessment.intake import settle
from spinefoot.errors import InputError
from spinefoot.model.assessment import Answers
from spinefoot.model.case import Case
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
    leaves,
)
from spinefoot.model.findings import Value
from spinefoot.model.rulebase import RuleBase
from spinefoot.truth import View

__all__ = ["answers_that_just_miss", "answers_that_make"]

_TRIED = 200
_TRIED_OF_EACH = 8


def answers_that_make(condition: Condition, wanted: bool, rulebase: RuleBase) -> Answers | None:
    """
    Return few answers under which *condition* is true, or false, as *wanted*.

    Returns:
        None where it reads conclusions, or where no simple combination of its parts does it.
    """
    condition = rulebase.expand(condition)
    for answers in islice(_ways(condition, wanted, rulebase), _TRIED):
        if _is(condition, answers, wanted, rulebase):
            return answers
    return None


def answers_that_just_miss(condition: Condition, rulebase: RuleBase) -> Answers | None:
    """Return answers under which *condition* is false only by one of them, or None."""
    condition = rulebase.expand(condition)
    for answers in islice(_ways(condition, True, rulebase), _TRIED):
        if not _is(condition, answers, True, rulebase):
            continue
        for name in reversed(answers):
            for other in telling_values(rulebase.finding[name], [n for n in _numbers(condition) if n.finding == name]):
                changed = {**answers, name: other}
                if other != answers[name] and _is(condition, changed, False, rulebase):
                    return changed
    return None


def _is(condition: Condition, answers: Answers, wanted: bool, rulebase: RuleBase) -> bool:
    try:
        settled, _ = settle(Case(findings=answers), rulebase)
    except InputError:
        return False
    return View(rulebase, settled).truth(condition) is wanted


def _ways(condition: Condition, wanted: bool, rulebase: RuleBase) -> Iterator[dict[str, Value]]:
    """Yield answers that may make *condition* be *wanted*; parts that contradict each other are for the caller to see."""
    if isinstance(condition, Not):
        yield from _ways(condition.of, not wanted, rulebase)
    elif isinstance(condition, Holds) and condition.id in rulebase.pattern:
        yield from _ways(rulebase.pattern[condition.id].when, wanted, rulebase)
    elif isinstance(condition, Holds):
        yield {condition.id: wanted}
    elif isinstance(condition, IsOneOf):
        options = rulebase.finding[condition.finding].option_ids
        for option in options:
            if (option in condition.options) is wanted:
                yield {condition.finding: option}
    elif isinstance(condition, NumberIs):
        for value in telling_values(rulebase.finding[condition.finding], [condition]):
            if condition.admits(float(value)) is wanted:
                yield {condition.finding: value}
    elif isinstance(condition, IsUnknown):
        yield {} if wanted else {condition.finding: telling_values(rulebase.finding[condition.finding], [])[0]}
    elif isinstance(condition, AllOf | AnyOf | Count):
        yield from _ways_of_list(condition, wanted, rulebase)


def _ways_of_list(condition: AllOf | AnyOf | Count, wanted: bool, rulebase: RuleBase) -> Iterator[dict[str, Value]]:
    parts = condition.of
    of_true = len(parts) if isinstance(condition, AllOf) else getattr(condition, "at_least", 1)
    needed = of_true if wanted else len(parts) - of_true + 1
    for chosen in combinations(parts, needed):
        each = [list(islice(_ways(part, wanted, rulebase), _TRIED_OF_EACH)) for part in chosen]
        for together in product(*each):
            merged: dict[str, Value] = {}
            for answers in together:
                merged.update(answers)
            yield merged


def _numbers(condition: Condition) -> Iterator[NumberIs]:
    return (leaf for leaf in leaves(condition) if isinstance(leaf, NumberIs))
