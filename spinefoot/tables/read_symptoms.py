"""Symptom files (YAML, JSON, TOML) as rows of a table; a file with a fault is one row that cannot be read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from spinefoot.casefile import read_case_file
from spinefoot.errors import InputError
from spinefoot.executors.columns.plan import column_type
from spinefoot.model.case import Case
from spinefoot.model.rulebase import RuleBase
from spinefoot.tables.chunks import Chunk
from spinefoot.tables.faults import ROW, faults_of_rows, join_faults
from spinefoot.tables.inputs import Source

__all__ = ["EXPECTATIONS", "symptom_chunks", "table_of_cases"]

EXPECTATIONS = {
    "urgency": "expected_urgency",
    "urgency_at_least": "expected_urgency_at_least",
    "urgency_at_most": "expected_urgency_at_most",
    "spine_link": "expected_spine_link",
    "root_levels": "expected_root_level",
    "causes": "expected_cause",
}
"""By what a case expects, the column of a table that says the same."""

_FILES = 500


def symptom_chunks(source: Source, rulebase: RuleBase) -> Iterator[Chunk]:
    """Yield the cases of *source*, one row each, with columns of their `column_type`."""
    first = 1
    for start in range(0, len(source.paths), _FILES):
        cases, faults = _read(source.paths[start : start + _FILES], first, rulebase)
        first += len(cases)
        rows = [row for row, case in enumerate(cases, first - len(cases)) if case is not None]
        frame = table_of_cases([case for case in cases if case is not None], rulebase)
        done = min(1.0, (start + _FILES) / len(source.paths))
        yield Chunk(frame.with_columns(pl.Series(ROW, rows, dtype=pl.UInt64)), faults, done)


def _read(paths: Sequence[Path], first: int, rulebase: RuleBase) -> tuple[list[Case | None], pl.DataFrame]:
    """Return the cases, with None for a file that has faults, and these."""
    cases: list[Case | None] = []
    faults: list[pl.DataFrame] = []
    for path in paths:
        try:
            cases += read_case_file(path, rulebase)
        except InputError as error:
            reasons = [str(problem) for problem in error.problems]
            faults.append(faults_of_rows([first + len(cases)] * len(reasons), [None] * len(reasons), reasons))
            cases.append(None)
    return cases, join_faults(faults)


def table_of_cases(cases: Sequence[Case], rulebase: RuleBase) -> pl.DataFrame:
    """Return `id` and a column for each finding that one of *cases* answers."""
    answered = {name for case in cases for name in case.findings}
    columns = [
        pl.Series(finding.id, [case.findings.get(finding.id) for case in cases], dtype=column_type(finding), strict=False)
        for finding in rulebase.findings
        if finding.id in answered
    ]
    return pl.DataFrame([pl.Series("id", [case.id for case in cases], dtype=pl.String), *columns])
