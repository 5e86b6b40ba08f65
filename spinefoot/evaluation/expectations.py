"""
What each row of a table should come to: the columns `expected_…`, read and checked against the rule base.

| column | takes | counts as right |
| --- | --- | --- |
| `expected_urgency` | urgencies | one of them, or one between the highest and the lowest of them |
| `expected_urgency_at_least` | one urgency | this or a higher one |
| `expected_urgency_at_most` | one urgency | this or a lower one |
| `expected_spine_link` | verdicts | one of them |
| `expected_root_level` | nerve roots, or `none` | at least one of them is named; `none`: no root is named |
| `expected_cause` | causes, or `other` | one of them is named; `other`: the cause is not in the rule base |

Several acceptable values stand in one cell with ";" or "|" between them, or in a JSON list; an empty list of nerve roots
is `none`. An empty cell, or a word that means unknown, expects nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec
import polars as pl

from spinefoot.casefile import means_unknown
from spinefoot.errors import Location, Problem, nearest, plain_spelling
from spinefoot.model.rulebase import RuleBase
from spinefoot.tables.columns import EXPECTED
from spinefoot.tables.read_symptoms import EXPECTATIONS, NO_ROOT, OTHER_CAUSE

__all__ = ["COLUMNS", "BadCell", "accepted", "read_expectations", "unknown_columns"]

COLUMNS = tuple(EXPECTATIONS.values())

_SCHEMA: dict[str, pl.DataType] = {
    "urgency_highest_ok": pl.Int64(),
    "urgency_lowest_ok": pl.Int64(),
    "spine_links_ok": pl.List(pl.String),
    "roots_ok": pl.List(pl.String),
    "causes_ok": pl.List(pl.String),
}


class BadCell(msgspec.Struct, frozen=True):
    """A cell, or cells that contradict each other, in *row* (from 0) of a table, and what is wrong with it."""

    row: int
    problem: Problem


class _CellError(Exception):
    """Carries a problem out of the reading of one cell."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.problem = Problem("SF607", message, None, hint)


def unknown_columns(columns: Sequence[str], name: str) -> list[Problem]:
    """Return a problem for each of the *columns* of the source called *name* that begins like an expectation and is none."""
    problems = []
    for column in columns:
        if plain_spelling(column).startswith(EXPECTED) and column not in COLUMNS:
            close = nearest(column, COLUMNS)
            hint = f'did you mean "{close}"?' if close else f"allowed: {', '.join(COLUMNS)}"
            problems.append(Problem("SF607", f'there is no expectation "{column}"', Location(name), hint))
    return problems


def read_expectations(table: pl.DataFrame, rulebase: RuleBase) -> tuple[pl.DataFrame, list[BadCell]]:
    """
    Read the columns `expected_…` of *table*, which are text; those that are absent expect nothing.

    Returns:
        A frame of the same height, and the cells that name nothing in the rule base. `urgency_highest_ok` and
        `urgency_lowest_ok` are ranks (0 is the highest urgency) between which every urgency is right. The
        other columns are lists of ids: `spine_links_ok`, `roots_ok` (empty for `none`) and `causes_ok` (which
        may hold `other`). Null is "nothing expected"; a bad cell is null too.
    """
    reader = _Reader(rulebase)
    absent = [pl.lit(None, pl.String).alias(name) for name in COLUMNS if name not in table.columns]
    cells = table.with_columns(absent).select(COLUMNS)
    frames: list[pl.DataFrame] = []
    bad: list[BadCell] = []
    for columns, outputs, parse in (
        (COLUMNS[:3], ("urgency_highest_ok", "urgency_lowest_ok"), reader.urgencies),
        (COLUMNS[3:4], ("spine_links_ok",), reader.spine_links),
        (COLUMNS[4:5], ("roots_ok",), reader.roots),
        (COLUMNS[5:6], ("causes_ok",), reader.causes),
    ):
        frame, found = _parse(cells.select(columns), outputs, parse)
        frames.append(frame)
        bad += found
    return pl.concat(frames, how="horizontal"), sorted(bad, key=lambda cell: cell.row)


def accepted(cells: pl.Series, rulebase: RuleBase) -> pl.Series:
    """
    Return what each of *cells* of one of the `COLUMNS` accepts, so that cells that accept the same are the same.

    Ids are in the order of the rule base with ";" between them, and urgencies come with those between them. Null is
    "nothing expected", or a bad cell.
    """
    reader = _Reader(rulebase)
    said: dict[str, str | None] = {}
    for cell in cells.unique().drop_nulls():
        try:
            said[cell] = reader.accepted(cell, cells.name)
        except _CellError:
            said[cell] = None
    return cells.replace_strict(list(said), list(said.values()), default=None, return_dtype=pl.String)


def _parse(
    cells: pl.DataFrame, outputs: Sequence[str], parse: Callable[..., tuple[Any, ...]]
) -> tuple[pl.DataFrame, list[BadCell]]:
    """Parse each distinct row of *cells* once, however many rows repeat it."""
    distinct = cells.unique(maintain_order=True)
    values: list[tuple[Any, ...]] = []
    problems: dict[tuple[Any, ...], Problem] = {}
    for key in distinct.rows():
        try:
            values.append(parse(*key))
        except _CellError as error:
            problems[key] = error.problem
            values.append((None,) * len(outputs))
    parsed = pl.DataFrame(values, schema={name: _SCHEMA[name] for name in outputs}, orient="row")
    known = pl.concat([distinct, parsed], how="horizontal")
    frame = cells.join(known, on=cells.columns, how="left", nulls_equal=True, maintain_order="left").select(outputs)
    bad = [BadCell(row, problems[key]) for row, key in enumerate(cells.rows()) if key in problems] if problems else []
    return frame, bad


class _Reader:
    """Reads cells by the words of a rule base."""

    def __init__(self, rulebase: RuleBase) -> None:
        self.rank = rulebase.urgency_rank
        self.verdicts = [verdict.id for verdict in rulebase.verdicts]
        self.root_ids = [root.id for root in rulebase.roots]
        self.cause_ids = [cause.id for cause in rulebase.causes]

    def urgencies(self, either: str | None, at_least: str | None, at_most: str | None) -> tuple[int | None, int | None]:
        """Return the ranks of the highest and the lowest urgency that are right; (None, None) for no expectation."""
        ranks = [self.rank[word] for word in _words(either, COLUMNS[0], self.rank)]
        floor = [self.rank[word] for word in _words(at_least, COLUMNS[1], self.rank, one=True)]
        ceiling = [self.rank[word] for word in _words(at_most, COLUMNS[2], self.rank, one=True)]
        if not (ranks or floor or ceiling):
            return None, None
        highest = max(min(ranks, default=0), *ceiling, 0)
        lowest = min(max(ranks, default=len(self.rank) - 1), *floor, len(self.rank) - 1)
        if highest > lowest:
            raise _CellError("no urgency meets what is expected", f"compare {', '.join(COLUMNS[:3])}")
        return highest, lowest

    def spine_links(self, cell: str | None) -> tuple[list[str] | None]:
        """Return the verdicts that are right."""
        return (_words(cell, COLUMNS[3], self.verdicts) or None,)

    def roots(self, cell: str | None) -> tuple[list[str] | None]:
        """Return the roots of which one should be named; an empty list where none should be."""
        if cell == "[]":
            return ([],)
        words = _words(cell, COLUMNS[4], [*self.root_ids, NO_ROOT])
        if NO_ROOT in words and len(words) > 1:
            raise _CellError(f'{COLUMNS[4]} is "{cell}"; {NO_ROOT} stands alone')
        return ([word for word in words if word != NO_ROOT] if words else None,)

    def causes(self, cell: str | None) -> tuple[list[str] | None]:
        """Return the causes that are right."""
        words = _words(cell, COLUMNS[5], [*self.cause_ids, OTHER_CAUSE])
        if OTHER_CAUSE in words and len(words) > 1:
            raise _CellError(f'{COLUMNS[5]} is "{cell}"; {OTHER_CAUSE} stands alone')
        return (words or None,)

    def accepted(self, cell: str, column: str) -> str | None:
        """Return in one spelling what *cell* of *column* accepts; None where it expects nothing."""
        urgencies = list(self.rank)
        order = {COLUMNS[3]: self.verdicts, COLUMNS[4]: self.root_ids, COLUMNS[5]: [*self.cause_ids, OTHER_CAUSE]}
        if column == COLUMNS[0]:
            highest, lowest = self.urgencies(cell, None, None)
            ids = None if highest is None or lowest is None else urgencies[highest : lowest + 1]
        elif column in order:
            parse = {COLUMNS[3]: self.spine_links, COLUMNS[4]: self.roots, COLUMNS[5]: self.causes}[column]
            (found,) = parse(cell)
            ids = None if found is None else sorted(found, key=order[column].index) or [NO_ROOT]
        else:
            ids = _words(cell, column, self.rank, one=True) or None
        return ";".join(ids) if ids is not None else None


def _words(cell: str | None, column: str, allowed: Sequence[str] | dict[str, int], one: bool = False) -> list[str]:
    words = sorted(set(_split(cell)))
    for word in words:
        if word not in allowed:
            raise _CellError(f'{column} names "{word}", which is not in the rule base', _hint(word, allowed))
    if one and len(words) > 1:
        raise _CellError(f'{column} is "{cell}"; it takes one urgency')
    return words


def _hint(word: str, allowed: Sequence[str] | dict[str, int]) -> str:
    if "," in word:
        return "several values are joined by ; or |"
    if close := nearest(word, allowed):
        return f'did you mean "{close}"?'
    if OTHER_CAUSE in allowed and plain_spelling(word) == NO_ROOT:
        return f'"{OTHER_CAUSE}" stands for a cause that is not in the rule base; an empty cell expects nothing'
    return f"allowed: {', '.join(allowed)}"


def _split(cell: str | None) -> Iterator[str]:
    if cell is None or means_unknown(cell):
        return
    if cell.startswith("["):  # a list in a JSON record: its brackets and quotes are in no id
        cell = cell.strip("[]").replace('"', "").replace(",", ";")
    for word in cell.replace("|", ";").split(";"):
        if word.strip():
            yield word.strip()
