"""
The balance sheet of a cause as Polars expressions: the arithmetic of `spinefoot.scoring`, a column at a time.

Three steps, each reading the columns of the one before: totals of the groups; what the level needs of them; the level.
Weights are constants of the rule base, so what they rule out (a cap that cannot be reached, a second item to halve)
costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache, reduce
from typing import NamedTuple

import polars as pl

from spinefoot.executors.columns.truths import Truth, Truths, all_of, any_of, is_true, level_of, negate, score_of
from spinefoot.model.knowledge import LEVELS, Cause, Evidence, GroupCap, Limits, Scoring
from spinefoot.scoring import UNCAPPED, further_weight, shares_of

__all__ = ["Balance", "group_of"]

_DECIBANS = pl.Int16


class _Side(NamedTuple):
    """Where an item counts with a weight: rows (true, not null) in which it was answered so, and nothing replaces it."""

    holds: Truth
    weight: int


def group_of(cause: str, group: str) -> str:
    """Return the name of the column that holds the total of a group of a cause, in decibans; 0 where unanswered."""
    return f"{cause}:{group}"


class Balance:
    """
    The expressions that score one cause.

    Items whose columns are absent are left out. *withheld* is true where no cause is scored.
    """

    def __init__(self, cause: Cause, truths: Truths, withheld: pl.Expr | bool) -> None:
        self._cause = cause
        self._truths = truths
        self._withheld = withheld
        self._scoring: Scoring = truths.rulebase.scoring
        self._applies = True if cause.applies_if is None else truths.of(cause.applies_if)
        self._answered: dict[str, list[Evidence]] = {}
        for item in cause.evidence:
            if isinstance(truths.named(item.id), pl.Expr):
                self._answered.setdefault(item.group, []).append(item)
        self._bounds = {group: self._bounds_of(group) for group in self._answered}

    @staticmethod
    def items(cause: Cause, truths: Truths) -> Iterator[tuple[str, Truth]]:
        """Yield each item of *cause* with its truth where it applies; unknown elsewhere."""
        for item in cause.evidence:
            applies = True if item.only_if is None else is_true(truths.of(item.only_if))
            truth = truths.of(item.when)
            yield item.id, None if truth is None or applies is False else _where(applies, _expression(truth))

    def groups(self) -> Iterator[pl.Expr]:
        """Yield the total of each group that can be answered."""
        for group, items in self._answered.items():
            cap = self._cause.groups.get(group, UNCAPPED)
            sides = [self._sides(item) for item in items]
            yield _clip(_total(sides, cap), _bounds(items, cap), cap).alias(group_of(self._cause.id, group))

    def score(self) -> pl.Expr:
        """Return the score; null where the cause is not scored."""
        examined_groups = self._truths.rulebase.clinician_groups[self._cause.id]
        asked = [group for group in self._answered if group not in examined_groups]
        examined = [group for group in self._answered if group in examined_groups]
        low, high = self._sum_of_bounds(asked)
        total = self._sum(asked)
        if examined:
            lowest, highest = self._sum_of_bounds(examined)
            sum_examined = self._sum(examined)
            if highest > self._scoring.clinician_cap:
                sum_examined = pl.min_horizontal(sum_examined, _number(self._scoring.clinician_cap))
            total = total + sum_examined
            low, high = low + lowest, high + min(highest, self._scoring.clinician_cap)
        score = self._start() + _clip(total, (low, high), self._cause.limits)
        scored = all_of([negate(self._withheld), is_true(self._applies)])
        return _where(scored, score).alias(score_of(self._cause.id))

    def level(self) -> pl.Expr:
        """Return the level as its place in `LEVELS`; null where causes are withheld."""
        cause, scoring = self._cause, self._scoring
        score = pl.col(score_of(cause.id))
        answered = _how_many(any_of(pl.col(item.id).is_not_null() for item in items) for items in self._answered.values())
        contributing = _how_many(
            pl.col(group_of(cause.id, group)) >= scoring.group_counts_at_least
            for group, (_, high) in self._bounds.items()
            if high >= scoring.group_counts_at_least
        )
        barred = any_of(
            pl.col(group_of(cause.id, group)) <= scoring.group_bars_at_most
            for group, (low, _) in self._bounds.items()
            if low <= scoring.group_bars_at_most
        )
        steps: list[tuple[Truth, str]] = [
            (is_true(negate(self._applies)), "unlikely"),
            (negate(is_true(self._applies)), "not_enough_information"),
            (answered < cause.answered_groups, "not_enough_information"),
            (score <= scoring.unlikely_at_most, "unlikely"),
            (score < scoring.likely_at_least, "possible"),
            (contributing < cause.likely_groups, "possible"),
            (barred, "possible"),
        ]
        best = "likely"
        ceiling = cause.ceiling
        if ceiling is not None and LEVELS.index("likely") < LEVELS.index(ceiling.level):
            lifted = False if ceiling.unless is None else is_true(self._truths.of(ceiling.unless))
            steps.append((negate(lifted), ceiling.level))
        chain = _level(best)
        for truth, level in reversed(steps):
            chain = _choose(truth, _level(level), chain)
        return _where(negate(self._withheld), chain).alias(level_of(cause.id))

    def _start(self) -> pl.Expr:
        start = _number(self._cause.prior)
        for other in reversed(self._cause.prior_if):
            start = _choose(is_true(self._truths.of(other.when)), _number(other.prior), start)
        return start

    def _sides(self, item: Evidence) -> list[_Side]:
        column = pl.col(item.id)
        kept = negate(any_of(self._replacers(item)))
        return [
            _Side(all_of([truth, kept]), weight) for truth, weight in ((column, item.if_true), (~column, item.if_false)) if weight
        ]

    def _replacers(self, item: Evidence) -> Iterator[Truth]:
        for items in self._answered.values():
            for other in items:
                if item.id in other.replaces:
                    yield pl.col(other.id).is_not_null()
                if item.id in other.replaces_if_true:
                    yield is_true(pl.col(other.id))

    def _bounds_of(self, group: str) -> tuple[int, int]:
        cap = self._cause.groups.get(group, UNCAPPED)
        low, high = _bounds(self._answered[group], cap)
        return max(low, cap.min), min(high, cap.max)

    def _sum(self, groups: Sequence[str]) -> pl.Expr:
        return _add(pl.col(group_of(self._cause.id, group)) for group in groups)

    def _sum_of_bounds(self, groups: Sequence[str]) -> tuple[int, int]:
        bounds = [self._bounds[group] for group in groups]
        return sum(low for low, _ in bounds), sum(high for _, high in bounds)


def _bounds(items: Sequence[Evidence], cap: GroupCap) -> tuple[int, int]:
    """Return the lowest and highest total that *items* could give before the cap."""
    weights = [weight for item in items for weight in (item.if_true, item.if_false)]
    return sum(shares_of([w for w in weights if w < 0], cap)), sum(shares_of([w for w in weights if w > 0], cap))


def _total(items: Sequence[Sequence[_Side]], cap: GroupCap) -> pl.Expr:
    """Add the items of a group: for each sign the strongest in full, the others as the cap says."""
    if len(items) == 1:
        return reduce(lambda rest, side: _choose(side.holds, _number(side.weight), rest), items[0], _number(0))
    sides = [side for item in items for side in item]
    return _of_one_sign([s for s in sides if s.weight > 0], cap) + _of_one_sign([s for s in sides if s.weight < 0], cap)


def _of_one_sign(sides: Sequence[_Side], cap: GroupCap) -> pl.Expr:
    """Add weights of one sign: each as a further one, and what the strongest counts beyond that."""
    if len(sides) == 1:
        return _choose(sides[0].holds, _number(sides[0].weight), _number(0))
    further = [_Side(side.holds, further_weight(side.weight, cap)) for side in sides]
    total = _add(_choose(side.holds, _number(side.weight), _number(0)) for side in further if side.weight)
    beyond = _number(0)
    for side in sorted(sides, key=lambda side: abs(side.weight)):
        beyond = _choose(side.holds, _number(side.weight - further_weight(side.weight, cap)), beyond)
    return total if cap.further == "full" else total + beyond


def _clip(value: pl.Expr, bounds: tuple[int, int], limits: Limits | GroupCap) -> pl.Expr:
    """Clip *value*, whose own *bounds* are known, to *limits*."""
    low, high = bounds
    if high > limits.max:
        value = _choose(value > limits.max, _number(limits.max), value)
    return _choose(value < limits.min, _number(limits.min), value) if low < limits.min else value


def _how_many(truths: Iterable[Truth]) -> pl.Expr:
    return _add(_choose(truth, _number(1), _number(0)) for truth in truths)


def _add(terms: Iterable[pl.Expr]) -> pl.Expr:
    found = list(terms)
    return reduce(lambda a, b: a + b, found) if found else _number(0)


@cache
def _level(level: str) -> pl.Expr:
    order: Sequence[str] = LEVELS
    return pl.lit(order.index(level), dtype=pl.UInt8)


@cache
def _number(value: int) -> pl.Expr:
    return pl.lit(value, dtype=_DECIBANS)


def _choose(truth: Truth, then: pl.Expr, otherwise: pl.Expr) -> pl.Expr:
    """Return *then* where *truth* is true and *otherwise* where it is false or unknown."""
    if isinstance(truth, pl.Expr):
        return pl.when(truth).then(then).otherwise(otherwise)
    return then if truth else otherwise


def _where(truth: Truth, value: pl.Expr) -> pl.Expr:
    """Return *value* where *truth* is true, and null elsewhere."""
    if truth is True:
        return value
    return pl.when(_expression(truth)).then(value)


def _expression(truth: Truth) -> pl.Expr:
    return truth if isinstance(truth, pl.Expr) else pl.lit(truth, dtype=pl.Boolean)
