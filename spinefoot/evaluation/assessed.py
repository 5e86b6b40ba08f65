"""
Each row of a table assessed: the one place where evaluation meets an executor, which is `columns`.

The frame of results has a row for each row of the table, in order: `id`, `urgency`, `spine_link`, `root_levels`
(joined by ";"), `cause_1` to `cause_3` with `_level` and `_score`, `likely_causes`, and for every cause id X of the
rule base `X_level` and `X_score`. Null is "none", and everywhere where causes are withheld.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

from spinefoot.assessment.assess_table import TableAssessor
from spinefoot.assessment.intake import settle
from spinefoot.casefile import case_from_answers, read_answer
from spinefoot.errors import InputError, Problem
from spinefoot.evaluation.source import Table
from spinefoot.executors.columns.plan import column_type
from spinefoot.model.findings import Finding
from spinefoot.model.rulebase import RuleBase

__all__ = ["Assessed", "assess_table", "in_row", "row_ids"]


class Assessed(NamedTuple):
    """*results* of the rows *kept* (numbers from 0), and what is wrong with the others."""

    results: pl.DataFrame
    kept: list[int]
    problems: list[Problem]


def assess_table(table: Table, rulebase: RuleBase) -> Assessed:
    """Assess each row of *table* by the columns that are findings; a row with a fault is left out and reported."""
    findings = [column for column in table.frame.columns if column in rulebase.finding]
    ids = row_ids(table.frame)
    read = [_read_column(table.frame[name], rulebase.finding[name]) for name in findings]
    faults = [fault for _, found in read for fault in found]
    answers = pl.DataFrame([pl.Series("id", ids, pl.String), *(column for column, _ in read)])
    assessed = TableAssessor(rulebase, findings, scores=True).assess(answers)
    faulty = {row for row, _ in faults}
    for row in assessed.contradicts.arg_true():
        if row not in faulty:
            faults += [(row, problem) for problem in _contradictions(table.frame.select(findings), row, rulebase)]
            faulty.add(row)
    faults.sort(key=lambda fault: fault[0])
    kept = [row for row in range(table.frame.height) if row not in faulty]
    results = answers.select("id").hstack(assessed.results)
    return Assessed(
        results[kept] if faulty else results,
        kept,
        [in_row(problem, table, row, ids[row]) for row, problem in faults],
    )


def row_ids(frame: pl.DataFrame) -> list[str]:
    """Return the id of each row; its number, from 1, where it has none."""
    given = frame["id"].to_list() if "id" in frame.columns else [None] * frame.height
    return [str(number) if id is None else str(id) for number, id in enumerate(given, 1)]


def in_row(problem: Problem, table: Table, row: int, id: str) -> Problem:
    """Return *problem* with the place of the row in which it was found."""
    where = f"row {row + 1} ({id})" if table.kind == "row" else id
    return Problem(problem.code, f"{where}: {problem.message}", table.places[row], problem.hint)


def _read_column(cells: pl.Series, finding: Finding) -> tuple[pl.Series, list[tuple[int, Problem]]]:
    """Read each distinct cell once. Returns answers of the column's type, null where unknown, and faults by row."""
    readings = {cell: read_answer(finding, cell) for cell in cells.unique().drop_nulls()}
    wrong = {cell: reading for cell, reading in readings.items() if isinstance(reading, Problem)}
    known = {cell: reading for cell, reading in readings.items() if reading is not None and cell not in wrong}
    kind = column_type(finding)
    plain = pl.String() if isinstance(kind, pl.Enum) else kind
    values = pl.Series(known.values(), dtype=plain)
    answers = cells.replace_strict(list(known), values, default=None, return_dtype=plain).cast(kind)
    rows: Sequence[int] = cells.is_in(list(wrong)).arg_true().to_list() if wrong else []
    return answers.alias(finding.id), [(row, wrong[cells[row]]) for row in rows]


def _contradictions(answers: pl.DataFrame, row: int, rulebase: RuleBase) -> list[Problem]:
    """Return what the reading of one case says of a row whose answers contradict each other."""
    try:
        settle(case_from_answers(answers.row(row, named=True), rulebase), rulebase)
    except InputError as error:
        return list(error.problems)
    raise AssertionError(f"row {row + 1} contradicts itself for the columns, and not for a single case")
