"""Chunks of a source as rows of answers, each with its id and with what is wrong with it; and their assessment."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import polars as pl

from spinefoot.assessment.assess_table import TableAssessor
from spinefoot.errors import InputError, Location, Problem
from spinefoot.model.rulebase import RuleBase
from spinefoot.tables.chunks import Chunk
from spinefoot.tables.columns import ID_COLUMN, Layout, match_columns, without_findings
from spinefoot.tables.faults import FILE, ID, ROW, join_faults
from spinefoot.tables.inputs import Source
from spinefoot.tables.mapping import Spellings
from spinefoot.tables.settling import Contradictions
from spinefoot.tables.values import Typing

__all__ = ["AssessedRows", "RowAssessor", "RowReader", "Rows", "as_text"]


class Rows(NamedTuple):
    """
    Rows of one layout.

    *answers* has `ROW` and a column for each finding, typed. *whose* has `ROW`, `ID` and `FILE` of the same rows, and the
    columns that were to be kept, as text. *faults* are of rows among them and of rows that could not be read; *total*
    counts both. *done* is that of the chunk.
    """

    layout: Layout
    answers: pl.DataFrame
    whose: pl.DataFrame
    faults: pl.DataFrame
    total: int
    done: float | None


class RowReader:
    """
    Reads the chunks of one source.

    Args:
        source: Where they come from.
        rulebase: The vocabulary.
        spellings: The user's own names of columns and words; symptom files have none.
        ignore_unknown: Leave unknown columns out.
        keep: Tells which columns to keep as text beside the answers; none if None.
    """

    def __init__(
        self,
        source: Source,
        rulebase: RuleBase,
        spellings: Spellings | None = None,
        *,
        ignore_unknown: bool = False,
        keep: Callable[[str], bool] | None = None,
    ) -> None:
        self._source = source
        self._rulebase = rulebase
        self._spellings = spellings if spellings is not None and source.format != "symptoms" else Spellings()
        self._ignore_unknown = ignore_unknown
        self._keep = keep
        self._seen: dict[tuple[str, ...], tuple[Layout, Typing]] = {}
        self._rows = 0

    def layout(self, header: Sequence[str]) -> Layout:
        """
        Find out what the columns of *header* hold.

        Raises:
            InputError: With every column that is unknown, concluded by rules, or given twice.
        """
        columns = [name for name in header if name not in (ROW, FILE)]
        return match_columns(
            columns, self._rulebase, self._spellings.columns, ignore_unknown=self._ignore_unknown, name=self._source.name
        )

    def read(self, chunk: Chunk) -> Rows:
        """
        Return the rows of *chunk*.

        Raises:
            InputError: A column is unknown, or of a type that holds no answers or no ids.
        """
        frame = chunk.frame
        columns = tuple(frame.columns)
        if columns not in self._seen:
            layout = self.layout(columns)
            findings = {column: self._rulebase.finding[name] for column, name in layout.findings.items()}
            own = {name: self._spellings.of(name) for name in layout.findings.values()}
            self._seen[columns] = layout, Typing(findings, own, self._source.name)
        layout, typing = self._seen[columns]
        self._rows += frame.height
        answers, impossible = typing.convert(frame)
        return Rows(
            layout=layout,
            answers=answers,
            whose=self._whose(frame, layout),
            faults=join_faults([chunk.faults, impossible]),
            total=frame.height + chunk.faults[ROW].n_unique(),
            done=chunk.done,
        )

    def finish(self) -> None:
        """
        Make sure that there was something to conclude from. Columns of records become more, so that only the end tells.

        Raises:
            InputError: There were rows, and no column of them answers a finding.
        """
        if self._rows and not any(layout.findings for layout, _ in self._seen.values()):
            raise without_findings(self._source.name)

    def _whose(self, frame: pl.DataFrame, layout: Layout) -> pl.DataFrame:
        """Return id and file of each row; its number stands in for an id that is missing or empty."""
        number = pl.col(ROW).cast(pl.String)
        id = number
        if layout.id_column is not None:
            given = self._id(layout.id_column, frame.schema[layout.id_column])
            id = pl.when(given != "").then(given).otherwise(number)
        file = pl.col(FILE) if FILE in frame.columns else pl.lit(self._source.name)
        kept = [name for name in frame.columns if self._keep is not None and self._keep(name)]
        return frame.select(ROW, id.alias(ID), file.alias(FILE), *(as_text(name, frame.schema[name]) for name in kept))

    def _id(self, name: str, kind: pl.DataType) -> pl.Expr:
        if kind.is_nested() or isinstance(kind, pl.Binary | pl.Duration | pl.Object):
            message = f'the column "{name}" is of the type {kind}'
            raise InputError([Problem("SF704", message, Location(self._source.name), f"{ID_COLUMN}s are text, numbers or dates")])
        column = pl.col(name).fill_nan(None) if kind.is_float() else pl.col(name)
        return column.cast(pl.String)


class AssessedRows(NamedTuple):
    """
    What was concluded of the rows that could be read.

    *whose* (as in `Rows`), *results* and *contradicts* are as high as each other; *firings* are as of
    `TableAssessment`. *faults* are all faults of all rows, contradictions among them.
    """

    whose: pl.DataFrame
    results: pl.DataFrame
    contradicts: pl.Series
    firings: pl.DataFrame | None
    faults: pl.DataFrame


class RowAssessor:
    """Assesses rows of any layout; the rules are compiled once for each set of findings."""

    def __init__(self, rulebase: RuleBase, *, scores: bool = False, firings: bool = False) -> None:
        self._rulebase = rulebase
        self._scores = scores
        self._firings = firings
        self._contradictions = Contradictions(rulebase)
        self._assessors: dict[frozenset[str], TableAssessor] = {}

    def assess(self, rows: Rows) -> AssessedRows:
        """Assess those of *rows* that have no fault."""
        answers, whose = rows.answers, rows.whose
        if rows.faults.height:
            good = ~answers[ROW].is_in(rows.faults[ROW].unique().implode())
            answers, whose = answers.filter(good), whose.filter(good)
        assessment = self._assessor(rows.layout).assess(answers)
        against = self._contradictions.faults(answers.filter(assessment.contradicts))
        return AssessedRows(whose, *assessment, join_faults([rows.faults, against]))

    def _assessor(self, layout: Layout) -> TableAssessor:
        names = frozenset(layout.findings.values())
        if names not in self._assessors:
            self._assessors[names] = TableAssessor(self._rulebase, names, scores=self._scores, firings=self._firings)
        return self._assessors[names]


def as_text(name: str, kind: pl.DataType) -> pl.Expr:
    """Return a column of the type *kind* as text: whole numbers without a point, what a list holds joined by ";"."""
    if isinstance(kind, pl.List):
        return pl.col(name).cast(pl.List(pl.String)).list.join(";", ignore_nulls=True)
    text = pl.col(name).cast(pl.String)
    return text.str.strip_suffix(".0") if kind.is_float() else text
