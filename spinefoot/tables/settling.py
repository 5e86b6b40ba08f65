"""Why rows contradict themselves: the reason that `intake.settle` gives, once for all rows that answer alike."""

from __future__ import annotations

from typing import Any

import polars as pl

from spinefoot.assessment.intake import settle
from spinefoot.errors import InputError
from spinefoot.model.case import Case
from spinefoot.model.conditions import Holds
from spinefoot.model.rulebase import RuleBase
from spinefoot.tables.faults import ROW, faults_of_rows, no_faults

__all__ = ["Contradictions"]


class Contradictions:
    """Explains rows that contradict themselves."""

    def __init__(self, rulebase: RuleBase) -> None:
        self._rulebase = rulebase
        conditions = [Holds(i.when) for i in rulebase.implications] + [Holds(i.then) for i in rulebase.implications]
        doubts = [finding.no_not_trusted_if for finding in rulebase.findings]
        self._reads = rulebase.reads(*conditions, *doubts)

    def faults(self, rows: pl.DataFrame) -> pl.DataFrame:
        """
        Return the faults (`FAULTS`) of *rows*, each of which contradicts itself.

        Args:
            rows: `ROW` and answers, typed.
        """
        if not rows.height:
            return no_faults()
        read = [name for name in self._reads if name in rows.columns]
        alike = rows.select(ROW, *read).group_by(read, maintain_order=True).agg(ROW)
        reasons = [
            self._reasons({name: value for name, value in zip(read, values, strict=True) if value is not None})
            for values in alike.select(read).iter_rows()
        ]
        explained = pl.DataFrame({"row": alike[ROW], "reason": reasons}).explode("row").explode("reason")
        return faults_of_rows(explained["row"], [None] * explained.height, explained["reason"])

    def _reasons(self, answers: dict[str, Any]) -> list[str]:
        try:
            settle(Case(findings=answers), self._rulebase)
        except InputError as error:
            return [problem.message for problem in error.problems]
        raise AssertionError("the columns executor sees a contradiction in a row where intake sees none")
