"""
Cases with what is expected of them, in chunks as `tables` reads them, to scored rows: what came out beside what should.

A row with a faulty answer or expectation is left out and reported. The frame of results has `id` and the columns of
`conclusions_table` and `scores_table`; null is "none", and everywhere where causes are withheld.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

from spinefoot.errors import InputError, Location, Problem
from spinefoot.evaluation.expectations import COLUMNS, read_expectations, unknown_columns
from spinefoot.evaluation.scored import score_rows
from spinefoot.evaluation.subgroups import source_of, subgroup
from spinefoot.model.rulebase import RuleBase
from spinefoot.tables.chunks import Chunk
from spinefoot.tables.faults import FILE, ID, ROW
from spinefoot.tables.inputs import Source
from spinefoot.tables.rows import RowAssessor, RowReader, Rows

__all__ = ["CaseReader", "Cases"]


class Cases(NamedTuple):
    """
    What came of a chunk.

    *scored* (`score_rows`) and *groups*, a column for each kind of subgroup, have the rows without a fault. *paired* has those
    that the other rule base accepts too, by both. *read* counts all rows. *problems* tell what is wrong with the others, why
    the other rule base refuses more of them, and which columns only one of the two reads. *columns* are all of the chunk,
    *unread* those that mean nothing here. *ids* stand for the ids of *scored*: the same for the same id of the same file.
    """

    scored: pl.DataFrame
    groups: pl.DataFrame
    paired: tuple[pl.DataFrame, pl.DataFrame] | None
    read: int
    problems: list[Problem]
    files_rejected: int
    columns: Sequence[str]
    unread: Sequence[str]
    ids: pl.Series


class CaseReader:
    """
    Scores the chunks of one source after another.

    Args:
        rulebase: The rule base under evaluation.
        by: Columns whose values make subgroups.
        against: Another rule base, to compare with.
    """

    def __init__(self, rulebase: RuleBase, by: Sequence[str], against: RuleBase | None) -> None:
        self._by = by
        self._kept = {name for column in by for name in (column, source_of(column))}
        self._sides = [_Side(rulebase, RowAssessor(rulebase, scores=True))]
        if against is not None:
            self._sides.append(_Side(against, RowAssessor(against, scores=True)))

    def begin(self, source: Source) -> None:
        """Turn to *source*."""
        self._source = source
        self._told: set[str] = set()
        self._readers = [RowReader(source, s.rulebase, ignore_unknown=True, keep=self._keep) for s in self._sides]

    def finish(self) -> None:
        """End the source; raise as `RowReader.finish` does."""
        self._readers[0].finish()

    def read(self, chunk: Chunk) -> Cases:
        """
        Score the rows of *chunk*.

        Raises:
            InputError: It has a column `expected_…` that means nothing, or two columns for one finding.
        """
        columns = [name for name in chunk.frame.columns if name not in (ROW, FILE)]
        if problems := unknown_columns(columns, self._source.name):
            raise InputError(problems)
        rows = self._readers[0].read(chunk)
        expected, bad_cells = read_expectations(rows.whose, self._sides[0].rulebase)
        expected = expected.with_columns(rows.whose[ROW])
        bad_rows = [int(rows.whose[ROW][bad.row]) for bad in bad_cells]
        numbers, scored, faults = self._sides[0].score(rows, expected, bad_rows)
        told = [*zip(bad_rows, (bad.problem for bad in bad_cells), strict=True), *_problems(faults)]
        paired = None
        unread = rows.layout.left_out
        of_columns: list[Problem] = []
        if len(self._sides) > 1:
            rows_there = self._readers[1].read(chunk)
            others, other, faults_there = self._sides[1].score(rows_there, expected, bad_rows)
            paired = scored.filter(numbers.is_in(others.implode())), other.filter(others.is_in(numbers.implode()))
            told += _problems(faults_there.filter(pl.col(ROW).is_in(numbers.implode())), self._only_there)
            of_columns = self._read_by_one(rows.layout.left_out, rows_there.layout.left_out)
            unread = [name for name in unread if name in rows_there.layout.left_out]
        unreadable = chunk.faults[ROW].n_unique() if self._source.format == "symptoms" else 0
        accepted = rows.whose.filter(pl.col(ROW).is_in(numbers.implode()))
        return Cases(
            scored=scored,
            groups=self._groups(rows, numbers),
            paired=paired,
            read=rows.total - unreadable,
            problems=[*chunk.problems, *of_columns, *self._placed(told, rows.whose)],
            files_rejected=unreadable,
            columns=columns,
            unread=[name for name in unread if name not in self._kept and name != "file"],
            ids=accepted.select(pl.struct(FILE, ID).hash()).to_series(),
        )

    def _keep(self, column: str) -> bool:
        return column in COLUMNS or column in self._kept

    def _groups(self, rows: Rows, numbers: pl.Series) -> pl.DataFrame:
        whose, answers = (frame.filter(pl.col(ROW).is_in(numbers.implode())) for frame in (rows.whose, rows.answers))
        if "file" not in whose.columns:
            whose = whose.rename({FILE: "file"})
        return pl.DataFrame([subgroup(column, whose, answers, self._sides[0].rulebase) for column in self._by])

    @property
    def _only_there(self) -> str:
        return f"only the rule base in {self._sides[1].rulebase.directory} refuses this: "

    def _read_by_one(self, unread_here: Sequence[str], unread_there: Sequence[str]) -> list[Problem]:
        """Return a problem for each column that one rule base reads and the other does not, once for each source."""
        there = f"the rule base in {self._sides[1].rulebase.directory}"
        said = {name: f"is no finding of {there} and was not read there" for name in unread_there if name not in unread_here}
        said |= {
            name: f"is a finding of {there} only, and was read only there" for name in unread_here if name not in unread_there
        }
        told = [name for name in said if name not in self._told]
        self._told.update(told)
        return [Problem("SF701", f'the column "{name}" {said[name]}', Location(self._source.name)) for name in told]

    def _placed(self, told: Sequence[tuple[int, Problem]], whose: pl.DataFrame) -> list[Problem]:
        """Return problems by row, in the order of rows, each with the place of its row."""
        who = {row: (id, file) for row, id, file in whose.select(ROW, ID, FILE).iter_rows()} if told else {}
        placed = []
        for row, problem in sorted(told, key=lambda pair: pair[0]):
            id, file = who.get(row, (None, self._source.name))
            where = id if self._source.format == "symptoms" else f"row {row}" + (f" ({id})" if id is not None else "")
            placed.append(Problem(problem.code, f"{where}: {problem.message}", Location(file), problem.hint))
        return placed


class _Side(NamedTuple):
    """A rule base and what assesses rows with it."""

    rulebase: RuleBase
    assessor: RowAssessor

    def score(self, rows: Rows, expected: pl.DataFrame, without: Sequence[int]) -> tuple[pl.Series, pl.DataFrame, pl.DataFrame]:
        """Return the numbers of the rows without a fault, these rows scored, and the faults of the others."""
        assessed = self.assessor.assess(rows)
        good = ~assessed.contradicts & ~assessed.whose[ROW].is_in(without)
        numbers = assessed.whose[ROW].filter(good)
        results = assessed.whose.select(pl.col(ID).alias("id")).hstack(assessed.results).filter(good)
        wanted = numbers.to_frame().join(expected, on=ROW, how="left", maintain_order="left").drop(ROW)
        return numbers, score_rows(results, wanted, self.rulebase), assessed.faults


def _problems(faults: pl.DataFrame, before: str = "") -> list[tuple[int, Problem]]:
    # Unreadable symptom files are told as they were read.
    of_rows = faults.filter(pl.col(FILE).is_null()).select(ROW, "reason")
    return [(row, Problem("SF703", before + reason)) for row, reason in of_rows.iter_rows()]
