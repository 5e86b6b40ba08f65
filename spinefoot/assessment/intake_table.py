"""What `intake.settle` does for one case, for a batch of rows: same rounds, same order, a column at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import polars as pl

from spinefoot.executors.columns.truths import Truths, is_true
from spinefoot.model.conditions import Condition, Holds
from spinefoot.model.rulebase import RuleBase

__all__ = ["TableSettler"]


class TableSettler:
    """
    Settles batches that share columns; without state between batches.

    Args:
        rulebase: The vocabulary and its implications.
        columns: Ids of the findings that the batches have as columns.
    """

    def __init__(self, rulebase: RuleBase, columns: Collection[str]) -> None:
        self._implications = rulebase.implications
        self._findings = rulebase.finding
        follow = {name for i in rulebase.implications for name in (i.when, i.then) if name in rulebase.finding}
        self._added = sorted(follow.difference(columns))
        known = follow.union(columns)
        self._whens = _Conditions({i.when: Holds(i.when) for i in rulebase.implications}, known, rulebase)
        doubts = {f.id: f.no_not_trusted_if for f in rulebase.findings if f.no_not_trusted_if is not None and f.id in known}
        self._doubts = _Conditions(doubts, known, rulebase)

    def settle(self, answers: pl.DataFrame) -> tuple[pl.DataFrame, pl.Series]:
        """
        Return the answers that rules may read, and which rows contradict themselves.

        Args:
            answers: One row a case; a column for each finding, of its `column_type`, null where unknown. Other columns
                are left as they are.

        Returns:
            All rows in their order with settled answers, and columns for findings that follow from others; and a Boolean
            series that is true where `intake.settle` would raise.
        """
        given = answers.with_columns(pl.lit(None, dtype=pl.Boolean).alias(name) for name in self._added)
        implied = self._implied(given)
        settled = given.with_columns(_set(name, rows, True) for name, rows in implied.items())
        distrusted = self._distrusted(given, settled)
        settled = settled.with_columns(
            _set(name, rows & ~implied[name] if name in implied else rows, None) for name, rows in distrusted.items()
        )
        contradicts = pl.Series([False]).new_from_index(0, given.height)
        for name, rows in implied.items():
            against = rows & ~given[name].fill_null(True)
            contradicts = contradicts | (against & ~distrusted[name] if name in distrusted else against)
        return self._noes_that_follow(settled), contradicts

    def _implied(self, given: pl.DataFrame) -> dict[str, pl.Series]:
        """Return for each finding that something implies, in which rows it must be yes."""
        implied = {i.then: pl.Series([False]).new_from_index(0, given.height) for i in self._implications}
        while implied:
            frame = given.with_columns(_set(name, rows, True) for name, rows in implied.items())
            holds = self._whens.where_true(frame)
            wider = dict(implied)
            for i in self._implications:
                wider[i.then] = wider[i.then] | holds[i.when]
            if all((wider[name] == rows).all() for name, rows in implied.items()):
                break
            implied = wider
        return implied

    def _distrusted(self, given: pl.DataFrame, settled: pl.DataFrame) -> dict[str, pl.Series]:
        """Return for each finding whose no needs trust, in which rows it was answered no and is not trusted."""
        holds = self._doubts.where_true(settled)
        return {name: holds[name] & ~given[name].fill_null(True) for name in holds.columns}

    def _noes_that_follow(self, settled: pl.DataFrame) -> pl.DataFrame:
        while True:
            changed = False
            before = settled
            for i in self._implications:
                if i.when not in self._findings:
                    continue
                rows = ~before[i.then].fill_null(True) & before[i.when].is_null()
                changed = changed or bool(rows.any())
                settled = settled.with_columns(_set(i.when, rows, False))
            if not changed:
                return settled


class _Conditions:
    """Conditions by name, compiled for frames that have the columns *known*; the patterns that they need come first."""

    def __init__(self, conditions: Mapping[str, Condition], known: Iterable[str], rulebase: RuleBase) -> None:
        truths = Truths(rulebase, known)
        needed = rulebase.patterns_behind(conditions.values())
        patterns = [pattern for pattern in rulebase.ordered_patterns if pattern.id in needed]
        defined = [truths.define(pattern.id, truths.of(pattern.when)) for pattern in patterns]
        self._patterns = [column for column in defined if column is not None]
        found = {name: is_true(truths.of(condition)) for name, condition in conditions.items()}
        self._columns = [pl.lit(rows).alias(name) if isinstance(rows, bool) else rows.alias(name) for name, rows in found.items()]
        self._names = list(found)

    def where_true(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return a Boolean column, without nulls, for each condition."""
        for pattern in self._patterns:
            frame = frame.with_columns(pattern)
        return frame.with_columns(self._columns).select(self._names)


def _set(name: str, rows: pl.Series, value: bool | None) -> pl.Expr:
    return pl.when(rows).then(pl.lit(value, dtype=pl.Boolean)).otherwise(pl.col(name)).alias(name)
