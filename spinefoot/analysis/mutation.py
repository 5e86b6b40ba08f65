"""
Mutation testing of a rule base: put in one fault after another, and see which ones no written case notices.

A fault is *noticed* where a case that comes out as it expects no longer does; *refused* where the checks of
`spinefoot rules check` would report it; *equivalent* where it can be shown to change nothing; *explained* where
the file of explained faults says why no case should notice it; else it is *unnoticed*.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Literal, TypeAlias

import msgspec

from spinefoot.analysis.bits import Bits, CaseBits, bits_of
from spinefoot.analysis.equivalent import is_equivalent
from spinefoot.analysis.expectations import Expectations
from spinefoot.analysis.mutants import LISTS_OF_RULES, Mutant
from spinefoot.analysis.outcome import Reading, conclude
from spinefoot.analysis.parts import parts_of
from spinefoot.analysis.view import union
from spinefoot.analysis.written import Concluded
from spinefoot.assessment.intake import settle
from spinefoot.errors import InputError, Location
from spinefoot.model.assessment import Answers
from spinefoot.model.case import Case
from spinefoot.model.conditions import NumberIs, leaves
from spinefoot.model.knowledge import Cause
from spinefoot.model.rulebase import RuleBase
from spinefoot.rulebase.check import check
from spinefoot.rulebase.condition_reader import Reference

__all__ = ["FATES", "Fate", "Tried", "noticing", "try_mutants"]

Fate: TypeAlias = Literal["noticed", "refused", "equivalent", "explained", "unnoticed"]

FATES: tuple[Fate, ...] = ("noticed", "refused", "equivalent", "explained", "unnoticed")


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """A mutant and what became of it; *cases* says how many notice it, *by* names the first, or what speaks for it."""

    mutant: Mutant
    fate: Fate
    cases: int = 0
    by: str = ""


def try_mutants(
    mutants: Iterable[Mutant], concluded: Concluded, explain: Callable[[Mutant], str | None] = lambda mutant: None
) -> Iterator[Tried]:
    """
    Yield each mutant with its fate.

    Args:
        mutants: Of the rule base that *concluded* was made with.
        concluded: The written cases; those that fail already cannot notice anything.
        explain: Returns why no case should notice a mutant, None where nothing says so. It is asked only about
            those that are neither noticed nor refused nor equivalent.
    """
    rulebase = concluded.outcome.rulebase
    for mutant in mutants:
        noticed = noticing(mutant, concluded)
        if noticed:
            first = concluded.written.cases[next(bits_of(noticed))].id
            yield Tried(mutant=mutant, fate="noticed", cases=noticed.bit_count(), by=first)
        elif (refusal := _refusal(mutant, rulebase)) is not None:
            yield Tried(mutant=mutant, fate="refused", by=refusal)
        elif is_equivalent(mutant, rulebase):
            yield Tried(mutant=mutant, fate="equivalent")
        elif (reason := explain(mutant)) is not None:
            yield Tried(mutant=mutant, fate="explained", by=reason)
        else:
            yield Tried(mutant=mutant, fate="unnoticed")


def noticing(mutant: Mutant, concluded: Concluded) -> Bits:
    """Return the passing cases that do not come out as they expect with *mutant*."""
    rulebase = mutant.applied_to(concluded.outcome.rulebase)
    if mutant.in_intake:
        return _noticing_in_intake(rulebase, concluded) & concluded.passing
    if mutant.field == "patterns" and mutant.rule in concluded.outcome.rulebase.patterns_of_intake:
        return _noticing_in_intake(rulebase, concluded, every=True) & concluded.passing
    edited = [cause.id for cause in rulebase.causes] if mutant.field == "scoring" else [mutant.rule]
    outcome = conclude(rulebase, concluded.bits, concluded.reading, concluded.outcome, edited)
    return concluded.expectations.failing(outcome) & concluded.passing


def _noticing_in_intake(rulebase: RuleBase, concluded: Concluded, *, every: bool = False) -> Bits:
    """Settle all answers again, and conclude anew where that gives others, or for *every* case."""
    contradicting: Bits = 0
    differing: dict[int, tuple[Case, Answers]] = {}
    for place, case in enumerate(concluded.written.cases):
        try:
            answers = settle(case, rulebase)[0]
        except InputError:
            contradicting |= 1 << place
            continue
        if every or answers != concluded.written.answers[place]:
            differing[place] = case, answers
    outcome = conclude(rulebase, CaseBits([answers for _, answers in differing.values()]), Reading(rulebase))
    failing = Expectations([case for case, _ in differing.values()], rulebase).failing(outcome)
    places = list(differing)
    return contradicting | union(1 << places[number] for number in bits_of(failing))


def _refusal(mutant: Mutant, rulebase: RuleBase) -> str | None:
    """Return the first problem that the checks of rule files find with *mutant*."""
    value = mutant.new
    if value is None or mutant.field == "scoring":
        return None
    where = mutant.where or Location(rulebase.directory)
    rules = [value, *(value.evidence if isinstance(value, Cause) else ())]
    # A fault brings in no new name; of the leaves, only a shifted number can now be out of its range.
    numbers = [
        Reference(leaf, where, mutant.rule)
        for rule in rules
        for _, condition in parts_of(rule)
        for leaf in leaves(condition)
        if isinstance(leaf, NumberIs)
    ]
    problems = check(_what_it_can_spoil(mutant, rulebase), numbers, [])
    return str(problems[0]) if problems else None


def _what_it_can_spoil(mutant: Mutant, rulebase: RuleBase) -> RuleBase:
    """Return the changed rule base without what no check can find worse than before, which saves most of the time."""
    without: dict[str, tuple[Any, ...]] = dict.fromkeys(LISTS_OF_RULES, ())
    if mutant.field == "patterns":
        return msgspec.structs.replace(mutant.applied_to(rulebase), **{**without, "red_flags": rulebase.red_flags})
    if mutant.field in LISTS_OF_RULES:
        return msgspec.structs.replace(rulebase, **{**without, mutant.field: (mutant.new,)})
    return msgspec.structs.replace(mutant.applied_to(rulebase), **without)
