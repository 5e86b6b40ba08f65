"""A batch of cases in, a batch of results out: `assess` for tables, by the columns executor."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import polars as pl

from spinefoot.assessment.intake_table import TableSettler
from spinefoot.executors.columns.plan import Plan, compile_plan
from spinefoot.executors.columns.results import conclusions_table, firings_table, scores_table
from spinefoot.model.rulebase import RuleBase

__all__ = ["TableAssessment", "TableAssessor"]


class TableAssessment(NamedTuple):
    """
    What is concluded of a batch.

    *results* has the rows of the batch in their order. *contradicts* is true for rows whose answers contradict each
    other: `assess` refuses them, and their results mean nothing. *firings* is a long table (`firings_table`), if asked for.
    """

    results: pl.DataFrame
    contradicts: pl.Series
    firings: pl.DataFrame | None


class TableAssessor:
    """
    Assesses batches that share columns. Without state between batches: it may be handed to a cluster's `mapInArrow`.

    Args:
        rulebase: The rules.
        columns: Ids of the findings that the batches have as columns; every other finding is unknown.
        scores: Add level and score of every cause.
        firings: Keep what fired.
    """

    def __init__(self, rulebase: RuleBase, columns: Collection[str], *, scores: bool = False, firings: bool = False) -> None:
        self._rulebase = rulebase
        self._scores = scores
        self._firings = firings
        self._settler = TableSettler(rulebase, columns)
        followed = {name for i in rulebase.implications for name in (i.when, i.then)}
        self._plan: Plan = compile_plan(rulebase, followed.union(columns), advice=firings)

    def assess(self, answers: pl.DataFrame) -> TableAssessment:
        """
        Assess one batch.

        Args:
            answers: A column for each of the *columns* given, of its `column_type`, null where unknown.
        """
        # Hundreds of small steps would each go through all chunks of the frame.
        settled, contradicts = self._settler.settle(answers.rechunk())
        concluded = self._plan.run(settled)
        results = conclusions_table(concluded, self._plan, self._rulebase)
        if self._scores:
            results = results.hstack(scores_table(concluded, self._rulebase))
        firings = firings_table(concluded, self._plan, self._rulebase) if self._firings else None
        return TableAssessment(results, contradicts, firings)
