"""From tables and a rule base to an `Evaluation`: the public entry to this package."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import polars as pl

from spinefoot.casefile import means_unknown
from spinefoot.errors import InputError, Problem, UsageError, nearest
from spinefoot.evaluation.assessed import assess_table, in_row, row_ids
from spinefoot.evaluation.compare import Comparison, RuleBaseName, compare, name_of
from spinefoot.evaluation.expectations import COLUMNS, read_expectations, unknown_columns
from spinefoot.evaluation.measures import Measures, Subgroups, measure, measure_subgroups
from spinefoot.evaluation.scored import score_rows
from spinefoot.evaluation.source import Table
from spinefoot.model.rulebase import RuleBase

__all__ = ["AGE_BANDS", "MOST_SUBGROUPS", "Evaluation", "Rows", "Run", "evaluate", "run"]

AGE_BANDS = ((0, "0-15"), (16, "16-29"), (30, "30-49"), (50, "50-64"), (65, "65-79"), (80, "80+"))
"""First age in years and name of each band of `age_band`. Below 16 no cause is scored."""

AGE = "age_years"
_SEX = {"sex": "sex_at_birth"}
MOST_SUBGROUPS = 100
_NAMED = 12
"""Columns that a message names."""

_NO_EXPECTATION = f"nothing says what is expected: no row has an answer in {', '.join(COLUMNS)}"


class Rows(msgspec.Struct, frozen=True, kw_only=True):
    """
    What became of the rows that were read.

    Attributes:
        read: All rows.
        rejected: Rows with a faulty answer or expectation; they are in no measure.
        without_expectation: Rows that were assessed, but expect nothing that is measured here.
        files_rejected: Files that could not be read; their rows are not known.
    """

    read: int
    rejected: int
    without_expectation: int
    files_rejected: int = 0


class Evaluation(msgspec.Struct, frozen=True, kw_only=True):
    """How well a rule base does: overall, by subgroup, and against another rule base."""

    rulebase: RuleBaseName
    rows: Rows
    overall: Measures
    subgroups: tuple[Subgroups, ...] = ()
    comparison: Comparison | None = None


class Run(NamedTuple):
    """An evaluation, what was wrong with rows, and the columns that are neither finding, expectation nor subgroup."""

    evaluation: Evaluation
    problems: list[Problem]
    unread_columns: list[str]


def evaluate(results: pl.DataFrame, expected: pl.DataFrame, rulebase: RuleBase) -> Evaluation:
    """
    Hold results against expectations.

    Args:
        results: As `assessed.assess_table` gives them.
        expected: As `expectations.read_expectations` gives them, for the same cases in the same order.
        rulebase: The one that gave the results.
    """
    scored = score_rows(results, expected, rulebase)
    without = _without_expectation(expected)
    rows = Rows(read=scored.height, rejected=0, without_expectation=without)
    return Evaluation(rulebase=name_of(rulebase), rows=rows, overall=measure(scored, rulebase))


def run(
    tables: Sequence[Table],
    rulebase: RuleBase,
    by: Sequence[str] = (),
    against: RuleBase | None = None,
    files_rejected: int = 0,
) -> Run:
    """
    Assess the rows of *tables* and evaluate them together.

    Args:
        tables: From `source`.
        rulebase: The rule base under evaluation.
        by: Columns whose values make subgroups: any column of the input, `age_band` (from `age_years`), or `sex`
            (`sex_at_birth`).
        against: Another rule base, to compare with.
        files_rejected: Files that could not be read, for the record.

    Raises:
        InputError: A column `expected_…` that means nothing, nothing expected of any row, or no valid row.
        UsageError: A column of *by* that there is not, or with too many values; rule bases that cannot be compared.
    """
    by = list(dict.fromkeys(by))
    _check_columns(tables, by)
    if against is not None:
        _check_urgencies(rulebase, against)
    parts = [_assess(table, rulebase, by, against) for table in tables]
    problems = [problem for part in parts for problem in part.problems]
    scored = pl.concat([part.scored for part in parts], rechunk=True)
    groups = pl.concat([part.groups for part in parts])
    read = sum(table.frame.height for table in tables)
    if not scored.height:
        raise InputError(problems)
    without = _without_expectation(scored)
    if without == scored.height:
        raise InputError([*problems, Problem("SF608", _NO_EXPECTATION, None, f"the columns are {_some(_columns(tables))}")])
    evaluation = Evaluation(
        rulebase=name_of(rulebase),
        rows=Rows(read=read, rejected=read - scored.height, without_expectation=without, files_rejected=files_rejected),
        overall=measure(scored, rulebase),
        subgroups=tuple(measure_subgroups(scored, column, groups[column], rulebase) for column in by),
        comparison=_comparison(parts, rulebase, against),
    )
    return Run(evaluation, problems, _unread(tables, rulebase, by))


class _Part(NamedTuple):
    """The rows of one table: *paired* has those that both rule bases accept."""

    scored: pl.DataFrame
    groups: pl.DataFrame
    paired: tuple[pl.DataFrame, pl.DataFrame] | None
    problems: list[Problem]


def _assess(table: Table, rulebase: RuleBase, by: Sequence[str], against: RuleBase | None) -> _Part:
    expected, bad_cells = read_expectations(table.frame, rulebase)
    ids = row_ids(table.frame)
    results, kept, problems = assess_table(table, rulebase)
    problems = [*problems, *(in_row(bad.problem, table, bad.row, ids[bad.row]) for bad in bad_cells)]
    refused = {bad.row for bad in bad_cells}
    places = [place for place, row in enumerate(kept) if row not in refused]
    rows = [kept[place] for place in places]
    scored = score_rows(results[places], expected[rows], rulebase)
    groups = pl.DataFrame([_subgroup(column, table.frame) for column in by])
    paired = None
    if against is not None:
        paired = _pair(scored, rows, expected, table, against)
    return _Part(scored, groups[rows] if by else groups, paired, problems)


def _pair(
    scored: pl.DataFrame, rows: list[int], expected: pl.DataFrame, table: Table, against: RuleBase
) -> tuple[pl.DataFrame, pl.DataFrame]:
    results, kept, _ = assess_table(table, against)
    place_in_other = {row: place for place, row in enumerate(kept)}
    shared = [(place, row) for place, row in enumerate(rows) if row in place_in_other]
    other = score_rows(results[[place_in_other[row] for _, row in shared]], expected[[row for _, row in shared]], against)
    return scored[[place for place, _ in shared]], other


def _comparison(parts: Sequence[_Part], rulebase: RuleBase, against: RuleBase | None) -> Comparison | None:
    if against is None:
        return None
    pairs = [part.paired for part in parts if part.paired is not None]
    this = pl.concat([this for this, _ in pairs], rechunk=True)
    other = pl.concat([other for _, other in pairs], rechunk=True)
    return compare(this, other, rulebase, against)


def _some(words: Sequence[str]) -> str:
    more = f" and {len(words) - _NAMED:,} more" if len(words) > _NAMED else ""
    return ", ".join(words[:_NAMED]) + more


def _without_expectation(frame: pl.DataFrame) -> int:
    return frame.filter(
        pl.all_horizontal(pl.col("urgency_lowest_ok", "spine_links_ok", "roots_ok", "causes_ok").is_null())
    ).height


def _check_columns(tables: Sequence[Table], by: Sequence[str]) -> None:
    columns = _columns(tables)
    not_expectations = unknown_columns(columns)
    if not_expectations:
        raise InputError(not_expectations)
    problems: list[Problem] = []
    for column in by:
        if _source_of(column) not in columns:
            close = nearest(column, [*columns, "age_band", *_SEX])
            hint = f'did you mean "{close}"?' if close else f"there are {_some(columns)}"
            problems.append(Problem("SF608", f'there is no column "{column}" to make subgroups by', None, hint))
            continue
        values = {value for table in tables for value in _subgroup(column, table.frame).unique()}
        if len(values) > MOST_SUBGROUPS:
            message = f'"{column}" has {len(values):,} different values; subgroups take at most {MOST_SUBGROUPS}'
            problems.append(Problem("SF608", message, None, "age_band makes bands of age_years"))
    if problems:
        raise UsageError(problems)


def _columns(tables: Sequence[Table]) -> list[str]:
    return list(dict.fromkeys(column for table in tables for column in table.frame.columns))


def _check_urgencies(rulebase: RuleBase, against: RuleBase) -> None:
    these, those = (", ".join(r.urgency_rank) for r in (rulebase, against))
    if these != those:
        message = f"the two rule bases cannot be compared: one has the urgencies {these}, the other {those}"
        raise UsageError([Problem("SF608", message)])


def _source_of(column: str) -> str:
    return AGE if column == "age_band" else _SEX.get(column, column)


def _subgroup(column: str, frame: pl.DataFrame) -> pl.Series:
    """Return the value of each row for subgroups by *column*; null where none is given, or the table lacks the column."""
    source = column if column in frame.columns else _source_of(column)
    if source not in frame.columns:
        return pl.Series(column, [None] * frame.height, pl.String)
    cells = frame[source].str.strip_chars()
    unknown = [cell for cell in cells.unique().drop_nulls() if means_unknown(cell)]
    given = cells.set(cells.is_in(unknown), None)
    return _age_bands(given) if source != column and source == AGE else given.alias(column)


def _age_bands(ages: pl.Series) -> pl.Series:
    years = ages.cast(pl.Float64, strict=False).to_frame("years")
    band: pl.Expr = pl.lit(None, pl.String)
    for start, name in AGE_BANDS:
        band = pl.when(pl.col("years") >= start).then(pl.lit(name)).otherwise(band)
    return years.with_columns(band.alias("age_band"))["age_band"]


def _unread(tables: Sequence[Table], rulebase: RuleBase, by: Sequence[str]) -> list[str]:
    known = {"id", "file", *COLUMNS, *rulebase.finding, *by, *map(_source_of, by)}
    return list(dict.fromkeys(c for table in tables for c in table.frame.columns if c not in known))
