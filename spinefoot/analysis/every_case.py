"""Every case there can be, as far as some conditions can tell cases apart: a truth table in sets of cases."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from spinefoot.analysis.bits import Bits, CaseBits, Truth
from spinefoot.analysis.view import CasesView
from spinefoot.model.conditions import Condition, Holds, IsOneOf, IsUnknown, NumberIs, leaves
from spinefoot.model.findings import Finding, Value
from spinefoot.model.rulebase import RuleBase

__all__ = ["every_case", "telling_values"]

_MOST_CASES = 2_000_000

_ON_ANSWERS = (Holds, NumberIs, IsOneOf, IsUnknown)


def every_case(conditions: Sequence[Condition], rulebase: RuleBase, *, into_patterns: bool) -> tuple[CasesView, Bits] | None:
    """
    Return all combinations of what *conditions* read, and those of them that can occur.

    Args:
        conditions: They must read answers and patterns only.
        rulebase: The vocabulary and the patterns.
        into_patterns: Whether to combine the answers that patterns read. Otherwise each pattern is taken as true,
            false or unknown whatever else holds, which is a wider set of cases, and often a much smaller table.

    Returns:
        None where a condition reads a conclusion, or where the combinations are too many.
    """
    if any(not isinstance(leaf, _ON_ANSWERS) for condition in conditions for leaf in leaves(condition)):
        return None
    numbers = list(_numbers(conditions, rulebase, into_patterns))
    columns: dict[str, Sequence[Value | None]] = {}
    for condition in conditions:
        for name in rulebase.reads(condition) if into_patterns else _named(condition):
            finding = rulebase.finding.get(name)
            columns[name] = (True, False, None) if finding is None else (*telling_values(finding, numbers), None)
    height = 1
    for values in columns.values():
        height *= len(values)
    if height > _MOST_CASES:
        return None
    view = _table(columns, height, rulebase)
    return view, view.bits.everyone & ~_impossible(view, columns)


def telling_values(finding: Finding, numbers: Sequence[NumberIs]) -> tuple[Value, ...]:
    """Return answers to *finding*, one for each way in which conditions with *numbers* can see it."""
    if finding.kind == "yes_no":
        return True, False
    if finding.kind == "choice":
        return finding.option_ids
    low, high = finding.min or 0, finding.max or 0
    marks = {low, high}
    for node in numbers:
        if node.finding == finding.id:
            marks |= {b for b in (node.at_least, node.at_most, node.above, node.below) if b is not None and low <= b <= high}
    points = sorted(marks)
    return tuple(sorted({*points, *(_between(a, b) for a, b in pairwise(points))}))


def _between(low: float, high: float) -> float:
    """Return a number between two others, whole where there is one."""
    whole = math.floor(low) + 1
    return whole if whole < high else (low + high) / 2


def _named(condition: Condition) -> Iterator[str]:
    for leaf in leaves(condition):
        if isinstance(leaf, Holds):
            yield leaf.id
        elif isinstance(leaf, NumberIs | IsOneOf | IsUnknown):
            yield leaf.finding


def _numbers(conditions: Sequence[Condition], rulebase: RuleBase, into_patterns: bool) -> Iterator[NumberIs]:
    for condition in conditions:
        for leaf in leaves(condition):
            if isinstance(leaf, NumberIs):
                yield leaf
            elif isinstance(leaf, Holds) and into_patterns and leaf.id in rulebase.pattern:
                yield from _numbers([rulebase.pattern[leaf.id].when], rulebase, True)


def _table(columns: dict[str, Sequence[Value | None]], height: int, rulebase: RuleBase) -> CasesView:
    answers: dict[str, dict[Value, Bits]] = {}
    patterns: dict[str, Truth] = {}
    run = 1
    for name, values in columns.items():
        period = run * len(values)
        repeats = ((1 << height) - 1) // ((1 << period) - 1)
        rows = {value: (((1 << run) - 1) << (place * run)) * repeats for place, value in enumerate(values)}
        run = period
        if name in rulebase.pattern:
            patterns[name] = Truth(rows[True], rows[False])
        else:
            answers[name] = {value: cases for value, cases in rows.items() if value is not None}
    view = CasesView(rulebase, CaseBits.of_columns(answers, height))
    view.patterns.update(patterns)
    return view


def _impossible(view: CasesView, columns: dict[str, Sequence[Value | None]]) -> Bits:
    """Return the cases that the implications rule out, read forwards and backwards (`assessment.intake`)."""
    impossible = 0
    for implication in view.rulebase.implications:
        if implication.when in columns and implication.then in columns:
            source, follows = view.truth(Holds(implication.when)), view.truth(Holds(implication.then))
            impossible |= source.yes & ~follows.yes
            if implication.when in view.rulebase.finding:
                impossible |= follows.no & ~source.no
    return impossible
