"""What `intake.settle` does for one case, for a batch of rows: same rounds, same order, a column at a time."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from spinefoot.executors.columns.truths import Truths, is_true
from spinefoot.model.conditions import Condition, Holds
from spinefoot.model.rulebase import RuleBase

__all__ = ["settle_table"]


def settle_table(answers: pl.DataFrame, rulebase: RuleBase) -> tuple[pl.DataFrame, pl.Series]:
    """
    Return the answers that rules may read, and which rows contradict themselves.

    Args:
        answers: One row a case; a column for each finding, of its `column_type`, null where unknown. Other columns
            are left as they are.
        rulebase: The vocabulary and its implications.

    Returns:
        All rows in their order with settled answers, and columns for findings that follow from others; and a Boolean
        series that is true where `intake.settle` would raise.
    """
    bound = {name for i in rulebase.implications for name in (i.when, i.then) if name in rulebase.finding}
    given = answers.with_columns(pl.lit(None, dtype=pl.Boolean).alias(n) for n in sorted(bound.difference(answers.columns)))
    implied = _implied(given, rulebase)
    settled = given.with_columns(_set(name, rows, True) for name, rows in implied.items())
    distrusted = _distrusted(given, settled, rulebase)
    settled = settled.with_columns(
        _set(name, rows & ~implied[name] if name in implied else rows, None) for name, rows in distrusted.items()
    )
    contradicts = pl.Series([False]).new_from_index(0, given.height)
    for name, rows in implied.items():
        against = rows & ~given[name].fill_null(True)
        contradicts = contradicts | (against & ~distrusted[name] if name in distrusted else against)
    return _noes_that_follow(settled, rulebase), contradicts


def _implied(given: pl.DataFrame, rulebase: RuleBase) -> dict[str, pl.Series]:
    """Return for each finding that something implies, in which rows it must be yes."""
    implied = {i.then: pl.Series([False]).new_from_index(0, given.height) for i in rulebase.implications}
    whens: dict[str, Condition] = {i.when: Holds(i.when) for i in rulebase.implications}
    while implied:
        frame = given.with_columns(_set(name, rows, True) for name, rows in implied.items())
        holds = _where_true(whens, frame, rulebase)
        wider = dict(implied)
        for i in rulebase.implications:
            wider[i.then] = wider[i.then] | holds[i.when]
        if all((wider[name] == rows).all() for name, rows in implied.items()):
            break
        implied = wider
    return implied


def _distrusted(given: pl.DataFrame, settled: pl.DataFrame, rulebase: RuleBase) -> dict[str, pl.Series]:
    """Return for each finding whose no needs trust, in which rows it was answered no and is not trusted."""
    conditions = {
        finding.id: finding.no_not_trusted_if
        for finding in rulebase.findings
        if finding.no_not_trusted_if is not None and finding.id in given.columns
    }
    holds = _where_true(conditions, settled, rulebase)
    return {name: holds[name] & ~given[name].fill_null(True) for name in conditions}


def _noes_that_follow(settled: pl.DataFrame, rulebase: RuleBase) -> pl.DataFrame:
    while True:
        changed = False
        before = settled
        for i in rulebase.implications:
            if i.when not in rulebase.finding:
                continue
            rows = ~before[i.then].fill_null(True) & before[i.when].is_null()
            changed = changed or bool(rows.any())
            settled = settled.with_columns(_set(i.when, rows, False))
        if not changed:
            return settled


def _where_true(conditions: Mapping[str, Condition], frame: pl.DataFrame, rulebase: RuleBase) -> pl.DataFrame:
    """Return a Boolean column, without nulls, for each of *conditions*."""
    needed: set[str] = set()
    for pattern in reversed(rulebase.order_of_patterns()):
        readers = [*conditions.values(), *(rulebase.pattern[name].when for name in needed)]
        if any(pattern.id in rulebase.patterns_in(condition) for condition in readers):
            needed.add(pattern.id)
    truths = Truths(rulebase, set(frame.columns) & set(rulebase.finding))
    for pattern in rulebase.order_of_patterns():
        if pattern.id in needed:
            column = truths.define(pattern.id, truths.of(pattern.when))
            frame = frame if column is None else frame.with_columns(column)
    found = {name: is_true(truths.of(condition)) for name, condition in conditions.items()}
    columns = [pl.lit(rows).alias(name) if isinstance(rows, bool) else rows.alias(name) for name, rows in found.items()]
    return frame.with_columns(columns).select(list(found))


def _set(name: str, rows: pl.Series, value: bool | None) -> pl.Expr:
    return pl.when(rows).then(pl.lit(value, dtype=pl.Boolean)).otherwise(pl.col(name)).alias(name)
