"""
Conditions as Polars expressions over nullable Boolean columns: Polars' `&`, `|` and `~` are Kleene's.

What the columns at hand already decide is decided here: a finding without a column is unknown in every row, so
a condition may turn out constant, and rules that can never fire cost nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from typing import TypeAlias

import polars as pl

from spinefoot.model.conditions import (
    AllOf,
    AnyOf,
    Condition,
    Count,
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

__all__ = [
    "SPINE_LINK_RANK",
    "URGENCY_RANK",
    "Truth",
    "Truths",
    "all_of",
    "any_of",
    "at_least",
    "best_level_of",
    "best_score_of",
    "is_true",
    "level_of",
    "negate",
    "root_fits",
    "score_of",
]

Truth: TypeAlias = pl.Expr | bool | None
"""The truth of a condition: a Boolean expression, or one value for every row (None: unknown)."""

_FEW = 8

URGENCY_RANK = "urgency:rank"
"""Column of the rank of the urgency (0 is the highest)."""

SPINE_LINK_RANK = "spine_link:rank"
"""Column of the place of the spine link among the verdicts of the rule base."""


def level_of(cause: str) -> str:
    """Return the name of the column that holds the level of *cause*, as its place in `LEVELS`; null where withheld."""
    return f"{cause}:level"


def score_of(cause: str) -> str:
    """Return the name of the column that holds the score of *cause* in decibans; null where it has none."""
    return f"{cause}:score"


def best_level_of(origin: str) -> str:
    """Return the name of the column that holds the best level among the causes of *origin*."""
    return f"origin:{origin}"


def best_score_of(origins: Sequence[str]) -> str:
    """Return the name of the column that holds the best score among the causes of *origins*; null where none has one."""
    return "best:" + "+".join(origins)


def root_fits(root: str) -> str:
    """Return the name of the column that tells whether *root* was concluded."""
    return f"root:{root}"


class Truths:
    """
    Translates conditions.

    Patterns and red flags are read from columns of their own name, unless `define` made them constant.
    """

    def __init__(self, rulebase: RuleBase, columns: Iterable[str]) -> None:
        self.rulebase = rulebase
        self._columns = set(columns)
        self._constant: dict[str, bool | None] = {}

    def define(self, name: str, truth: Truth) -> pl.Expr | None:
        """Remember what *name* stands for, and return the expression of its column if it needs one."""
        if isinstance(truth, pl.Expr):
            self._columns.add(name)
            return truth.alias(name)
        self._constant[name] = truth
        return None

    def named(self, name: str) -> Truth:
        """Return the truth of a finding, pattern or rule by name; unknown where there is no such column."""
        if name in self._constant:
            return self._constant[name]
        return pl.col(name) if name in self._columns else None

    def of(self, condition: Condition) -> Truth:
        """Return the truth of *condition*."""
        if isinstance(condition, Holds):
            return self.named(condition.id)
        if isinstance(condition, AllOf):
            return all_of([self.of(child) for child in condition.of])
        if isinstance(condition, AnyOf):
            return any_of([self.of(child) for child in condition.of])
        if isinstance(condition, Not):
            return negate(self.of(condition.of))
        if isinstance(condition, Count):
            return at_least(condition.at_least, [self.of(child) for child in condition.of])
        if isinstance(condition, NumberIs | IsOneOf):
            column = self.named(condition.finding)
            return _compare(condition, column) if isinstance(column, pl.Expr) else None
        return self._concluded(condition)

    def fires(self, when: Condition, unless: Condition | None = None) -> pl.Expr | bool:
        """Return where a rule fires: *when* is true and *unless* is not true. Never null."""
        truth = is_true(self.of(self.rulebase.expand(when)))
        gate = False if unless is None else is_true(self.of(self.rulebase.expand(unless)))
        return is_true(all_of([truth, negate(gate)]))

    def _concluded(self, condition: Condition) -> Truth:
        if isinstance(condition, IsUnknown):
            column = self.named(condition.finding)
            return column.is_null() if isinstance(column, pl.Expr) else column is None
        if isinstance(condition, RedFlagFired):
            return self.named(condition.id)
        if isinstance(condition, LevelIs):
            return _is_level(pl.col(level_of(condition.cause)), condition.levels)
        if isinstance(condition, OriginLevelIs):
            return _is_level(pl.col(best_level_of(condition.origin)), condition.levels)
        if isinstance(condition, ScoreLead):
            lead = pl.col(best_score_of(condition.of)) - pl.col(best_score_of(condition.over))
            return is_true(lead >= condition.at_least)
        if isinstance(condition, RootLevelFits):
            return self.named(root_fits(condition.root))
        if isinstance(condition, UrgencyIs):
            return _is_one_of(pl.col(URGENCY_RANK), [self.rulebase.urgency_rank[level] for level in condition.levels])
        if isinstance(condition, SpineLinkIs):
            order = [verdict.id for verdict in self.rulebase.verdicts]
            return _is_one_of(pl.col(SPINE_LINK_RANK), [order.index(verdict) for verdict in condition.verdicts])
        raise AssertionError(f"a condition that no stage may read: {type(condition).__name__}")


def is_true(truth: Truth) -> pl.Expr | bool:
    """Return where *truth* is true; false where it is false or unknown."""
    return truth.fill_null(False) if isinstance(truth, pl.Expr) else truth is True


def all_of(truths: Iterable[Truth]) -> Truth:
    """Kleene conjunction."""
    return _join(list(truths), neutral=True, operator=lambda a, b: a & b, many=pl.all_horizontal)


def any_of(truths: Iterable[Truth]) -> Truth:
    """Kleene disjunction."""
    return _join(list(truths), neutral=False, operator=lambda a, b: a | b, many=pl.any_horizontal)


def at_least(number: int, truths: Sequence[Truth]) -> Truth:
    """
    Return whether at least *number* of *truths* are true.

    Built from `&` and `|` alone: after each member, whether 1, 2, ... of those so far hold. As both are monotone, the
    unknown comes out as Kleene's count: true where enough are true, false where too few could be.
    """
    reached: list[Truth] = [True, *[False] * number]
    for truth in truths:
        for count in range(number, 0, -1):
            reached[count] = any_of([reached[count], all_of([reached[count - 1], truth])])
    return reached[number]


def _join(
    truths: list[Truth],
    *,
    neutral: bool,
    operator: Callable[[pl.Expr, pl.Expr], pl.Expr],
    many: Callable[[list[pl.Expr]], pl.Expr],
) -> Truth:
    if any(truth is (not neutral) for truth in truths):
        return not neutral
    expressions = [truth for truth in truths if isinstance(truth, pl.Expr)]
    unknown = any(truth is None for truth in truths)
    if not expressions:
        return None if unknown else neutral
    if unknown:
        expressions.append(pl.lit(None, dtype=pl.Boolean))
    # Hundreds of operands in one node: a chain as deep as that takes longer to prepare than to run.
    return reduce(operator, expressions) if len(expressions) <= _FEW else many(expressions)


def negate(truth: Truth) -> Truth:
    """Kleene negation."""
    if isinstance(truth, pl.Expr):
        return ~truth
    return None if truth is None else not truth


def _compare(condition: NumberIs | IsOneOf, column: pl.Expr) -> pl.Expr:
    if isinstance(condition, IsOneOf):
        return _is_one_of(column, condition.options)
    bounds = (
        (condition.at_least, pl.Expr.ge),
        (condition.at_most, pl.Expr.le),
        (condition.above, pl.Expr.gt),
        (condition.below, pl.Expr.lt),
    )
    return reduce(lambda a, b: a & b, [compare(column, bound) for bound, compare in bounds if bound is not None])


def _is_one_of(column: pl.Expr, values: Sequence[str | int]) -> pl.Expr:
    return reduce(lambda a, b: a | b, [column == value for value in values])


def _is_level(column: pl.Expr, levels: Sequence[str]) -> pl.Expr:
    order: Sequence[str] = LEVELS
    return reduce(lambda a, b: a | b, [column.eq_missing(order.index(level)) for level in levels])
