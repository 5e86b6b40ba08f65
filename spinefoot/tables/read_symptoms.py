"""Symptom files (YAML, JSON, TOML) as rows of a table; a file with a fault is one row that cannot be read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import polars as pl

from spinefoot.casefile import read_case_file, read_cases
from spinefoot.errors import InputError, Problem
from spinefoot.executors.columns.plan import column_type
from spinefoot.model.case import Case, Expected
from spinefoot.model.rulebase import RuleBase
from spinefoot.tables.chunks import Chunk
from spinefoot.tables.faults import FILE, ROW, faults_of_rows, join_faults, no_faults
from spinefoot.tables.inputs import Source

__all__ = ["EXPECTATIONS", "NO_ROOT", "OTHER_CAUSE", "document_chunk", "symptom_chunks"]

EXPECTATIONS = {
    "urgency": "expected_urgency",
    "urgency_at_least": "expected_urgency_at_least",
    "urgency_at_most": "expected_urgency_at_most",
    "spine_link": "expected_spine_link",
    "root_levels": "expected_root_level",
    "causes": "expected_cause",
}
"""By what a case expects, the column of a table that says the same."""

NO_ROOT = "none"
"""The expected root level where no root should be named."""

OTHER_CAUSE = "other"
"""The expected cause where the true one is not in the rule base."""

_FILES = 500


def symptom_chunks(source: Source, rulebase: RuleBase) -> Iterator[Chunk]:
    """
    Yield the cases of *source*, one row each.

    Columns: `id`, `FILE`, a column of its `column_type` for each finding that is answered, and those of `EXPECTATIONS`.
    """
    first = 1
    for start in range(0, len(source.paths), _FILES):
        cases, faults, problems = _read(source.paths[start : start + _FILES], first, rulebase)
        first += len(cases)
        rows = [row for row, case in enumerate(cases, first - len(cases)) if case is not None]
        frame = _table_of_cases([case for case in cases if case is not None], rulebase)
        done = min(1.0, (start + _FILES) / len(source.paths))
        yield Chunk(frame.with_columns(pl.Series(ROW, rows, dtype=pl.UInt64)), faults, done, problems)


def _read(paths: Sequence[Path], first: int, rulebase: RuleBase) -> tuple[list[Case | None], pl.DataFrame, list[Problem]]:
    """Return the cases, with None for a file that has faults, and these, as a table and as they were reported."""
    cases: list[Case | None] = []
    faults: list[pl.DataFrame] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            cases += read_case_file(path, rulebase, also_causes=(OTHER_CAUSE,))
        except InputError as error:
            reasons = [str(problem) for problem in error.problems]
            rows = [first + len(cases)] * len(reasons)
            faults.append(faults_of_rows(rows, [None] * len(reasons), reasons, file=str(path)))
            cases.append(None)
            problems += error.problems
    return cases, join_faults(faults), problems


def document_chunk(content: bytes, kind: str, name: str, rulebase: RuleBase) -> Chunk:
    """
    Return the cases of one symptom file by its *content*, in the format *kind*.

    Raises:
        InputError: With everything that is wrong with it.
    """
    default_id = Path(name).name.split(".")[0]
    cases = read_cases(content, kind, name, rulebase, default_id, also_causes=(OTHER_CAUSE,))
    frame = _table_of_cases(cases, rulebase)
    return Chunk(frame.with_columns(pl.int_range(1, pl.len() + 1, dtype=pl.UInt64).alias(ROW)), no_faults(), 1.0)


def _table_of_cases(cases: Sequence[Case], rulebase: RuleBase) -> pl.DataFrame:
    answered = {name for case in cases for name in case.findings}
    columns = [
        pl.Series(finding.id, [case.findings.get(finding.id) for case in cases], dtype=column_type(finding), strict=False)
        for finding in rulebase.findings
        if finding.id in answered
    ]
    expected = pl.DataFrame([_cells(case.expected) for case in cases], schema=dict.fromkeys(EXPECTATIONS.values(), pl.String))
    ids = pl.Series("id", [case.id for case in cases], dtype=pl.String)
    files = pl.Series(FILE, [case.where and case.where.file for case in cases], dtype=pl.String)
    return pl.DataFrame([ids, files, *columns]).hstack(expected)


def _cells(expected: Expected | None) -> dict[str, str | None]:
    """Return what a case expects as cells of a table; what no table can expect is for `rules test`."""
    if expected is None:
        return dict.fromkeys(EXPECTATIONS.values())
    links = (expected.spine_link,) if isinstance(expected.spine_link, str) else expected.spine_link
    roots = None if expected.root_levels is None else expected.root_levels or (NO_ROOT,)
    words = {
        "urgency": expected.urgency,
        "urgency_at_least": expected.urgency_at_least,
        "urgency_at_most": expected.urgency_at_most,
        "spine_link": _joined(links),
        "root_levels": _joined(roots),
        "causes": _joined(expected.causes),
    }
    return {column: words[name] for name, column in EXPECTATIONS.items()}


def _joined(words: Iterable[str] | None) -> str | None:
    return ";".join(words) or None if words is not None else None
