"""From sources and a rule base to an `Evaluation`: the public entry to this package."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
import polars as pl

from spinefoot.errors import InputError, Problem, UsageError, first_few, nearest
from spinefoot.evaluation.cases import CaseReader, Cases
from spinefoot.evaluation.compare import Comparison, RuleBaseName, compare, name_of
from spinefoot.evaluation.expectations import COLUMNS
from spinefoot.evaluation.measures import Measures, Subgroups, measure, measure_subgroups
from spinefoot.evaluation.scored import score_rows
from spinefoot.evaluation.subgroups import DERIVED, source_of
from spinefoot.model.rulebase import RuleBase
from spinefoot.tables.chunks import Chunk
from spinefoot.tables.inputs import Source
from spinefoot.tables.reading import header_of

__all__ = ["MOST_SUBGROUPS", "Evaluation", "Rows", "Run", "evaluate", "run"]

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
        repeated_ids: Assessed rows whose id was that of an earlier row of the same file; each is counted.
    """

    read: int
    rejected: int
    without_expectation: int
    files_rejected: int = 0
    repeated_ids: int = 0


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
        results: As described in `cases`.
        expected: As `expectations.read_expectations` gives them, for the same cases in the same order.
        rulebase: The one that gave the results.
    """
    scored = score_rows(results, expected, rulebase)
    without = _without_expectation(expected)
    rows = Rows(read=scored.height, rejected=0, without_expectation=without)
    return Evaluation(rulebase=name_of(rulebase), rows=rows, overall=measure(scored, rulebase))


def run(
    inputs: Sequence[tuple[Source, Iterable[Chunk]]],
    rulebase: RuleBase,
    by: Sequence[str] = (),
    against: RuleBase | None = None,
    missing: Sequence[Problem] = (),
) -> Run:
    """
    Assess the rows of all *inputs* and evaluate them together.

    Args:
        inputs: Sources, each with its chunks. A source that cannot be read to its end is counted, and none of it evaluated.
        rulebase: The rule base under evaluation.
        by: Columns whose values make subgroups: any column of the input, `age_band` (from `age_years`), or `sex`
            (`sex_at_birth`).
        against: Another rule base, to compare with.
        missing: Files that could not be opened, for the record.

    Raises:
        InputError: Nothing is expected of any row, or no row is valid.
        UsageError: A file stands twice among *inputs*; a column of *by* that there is not, or with too many values; rule
            bases that cannot be compared.
    """
    by = list(dict.fromkeys(by))
    _check_named_once([path for source, _ in inputs for path in source.paths])
    if against is not None:
        _check_comparable(rulebase, against)
    headers = _headers([source for source, _ in inputs])
    if headers is not None:
        _check_by(by, headers)
    parts, problems, rejected = _read(inputs, CaseReader(rulebase, by, against), by)
    problems = [*missing, *problems]
    columns = list(dict.fromkeys(column for part in parts for column in part.columns))
    if parts:
        _check_by(by, columns)
    if not any(part.scored.height for part in parts):
        raise InputError(problems or [Problem("SF601", "the input holds no row")])
    scored = pl.concat([part.scored for part in parts])
    groups = pl.concat([part.groups for part in parts])
    read = sum(part.read for part in parts)
    without = _without_expectation(scored)
    unread = list(dict.fromkeys(column for part in parts for column in part.unread))
    if without == scored.height:
        raise InputError([*problems, Problem("SF608", _NO_EXPECTATION, None, _hint_of_columns(columns, unread))])
    evaluation = Evaluation(
        rulebase=name_of(rulebase),
        rows=Rows(
            read=read,
            rejected=read - scored.height,
            without_expectation=without,
            files_rejected=len(missing) + rejected + sum(part.files_rejected for part in parts),
            repeated_ids=scored.height - pl.concat([part.ids for part in parts]).n_unique(),
        ),
        overall=measure(scored, rulebase),
        subgroups=tuple(measure_subgroups(scored, column, groups[column], rulebase) for column in by),
        comparison=_comparison(parts, rulebase, against),
    )
    return Run(evaluation, problems, unread)


def _read(
    inputs: Iterable[tuple[Source, Iterable[Chunk]]], reader: CaseReader, by: Sequence[str]
) -> tuple[list[Cases], list[Problem], int]:
    """Return the cases of all sources that could be read, all problems, and the number of sources that could not."""
    parts: list[Cases] = []
    problems: list[Problem] = []
    rejected = 0
    values: dict[str, set[str]] = {column: set() for column in by}
    for source, chunks in inputs:
        reader.begin(source)
        read: list[Cases] = []
        try:
            for chunk in chunks:
                read.append(reader.read(chunk))
                _check_values(values, read[-1].groups)
            reader.finish()
        except InputError as error:
            problems += error.problems
            rejected += 1
            continue
        parts += read
        problems += [problem for part in read for problem in part.problems]
    return parts, problems, rejected


def _comparison(parts: Sequence[Cases], rulebase: RuleBase, against: RuleBase | None) -> Comparison | None:
    if against is None:
        return None
    pairs = [part.paired for part in parts if part.paired is not None]
    this = pl.concat([this for this, _ in pairs], rechunk=True)
    other = pl.concat([other for _, other in pairs], rechunk=True)
    return compare(this, other, rulebase, against, refused=sum(part.scored.height for part in parts) - this.height)


def _without_expectation(frame: pl.DataFrame) -> int:
    return frame.filter(
        pl.all_horizontal(pl.col("urgency_lowest_ok", "spine_links_ok", "roots_ok", "causes_ok").is_null())
    ).height


def _headers(sources: Sequence[Source]) -> list[str] | None:
    """Return the columns of all sources; None where only reading tells, or reading will tell why not."""
    try:
        headers = [header_of(source) for source in sources]
    except InputError:
        return None
    return None if None in headers else [column for header in headers for column in header or ()]


def _check_named_once(paths: Sequence[Path]) -> None:
    first: dict[Path, Path] = {}
    twice: dict[str, None] = {}
    for path in paths:
        if (earlier := first.setdefault(path.resolve(), path)) is not path:
            twice[str(earlier)] = None
    if twice:
        message = f"named twice, so that its cases would count twice: {first_few(list(twice), _NAMED)}"
        raise UsageError([Problem("SF609", message, None, "name each file once")])


def _check_by(by: Sequence[str], columns: Sequence[str]) -> None:
    problems: list[Problem] = []
    columns = [*columns, "file"]
    for column in by:
        if column not in columns and source_of(column) not in columns:
            hint = _hint(column, columns)
            problems.append(Problem("SF608", f'there is no column "{column}" to make subgroups by', None, hint))
    if problems:
        raise UsageError(problems)


def _hint_of_columns(columns: Sequence[str], unread: Sequence[str]) -> str:
    meant = next((close for column in unread if (close := nearest(column, COLUMNS))), None)
    return f"the columns are {first_few(columns, _NAMED)}" + (f'; did you mean "{meant}"?' if meant else "")


def _hint(column: str, columns: Sequence[str]) -> str:
    if column in DERIVED:
        return f"{column} is made from the column {source_of(column)}, which the input does not have"
    close = nearest(column, [*columns, *DERIVED])
    return f'did you mean "{close}"?' if close else f"there are {first_few(columns, _NAMED)}"


def _check_values(values: dict[str, set[str]], groups: pl.DataFrame) -> None:
    """Add the values in *groups* to those found so far, and refuse too many of them."""
    for column, found in values.items():
        found.update(groups[column].unique().drop_nulls())
        if len(found) > MOST_SUBGROUPS:
            message = f'"{column}" has more than {MOST_SUBGROUPS} different values, which is too many subgroups'
            raise UsageError([Problem("SF608", message, None, "age_band makes bands of age_years")])


def _check_comparable(rulebase: RuleBase, against: RuleBase) -> None:
    problems: list[Problem] = []
    # Urgencies are compared by rank, so that their order matters; verdicts are compared by id.
    for what, these, those in (
        ("urgencies", list(rulebase.urgency_rank), list(against.urgency_rank)),
        ("verdicts", *(sorted(verdict.id for verdict in r.verdicts) for r in (rulebase, against))),
    ):
        if these != those:
            both = f"one has the {what} {', '.join(these)}, the other {', '.join(those)}"
            problems.append(Problem("SF608", f"the two rule bases cannot be compared: {both}"))
    if problems:
        raise UsageError(problems)
