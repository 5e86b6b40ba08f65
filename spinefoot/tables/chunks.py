"""What readers yield: some rows with their columns as written, and what could not be read among them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple, TypeVar

import polars as pl

from spinefoot.errors import InputError, Location, Problem
from spinefoot.tables.faults import RESERVED, ROW

__all__ = ["LONGEST_RECORD", "Chunk", "parts_of", "refuse_reserved", "shown", "split_readable", "unreadable"]

T = TypeVar("T")

LONGEST_RECORD = 64 * 2**20
"""Bytes. What is longer is no record, and must not fill the memory until its end is found."""

_SHOWN_CHARS = 1000


class Chunk(NamedTuple):
    """
    Rows in the order of their source.

    *frame* has the raw columns and `ROW`. *faults* (`FAULTS`) are the rows that could not be read; they are not in
    *frame*. *done* is how much of the source is used up by now, from 0 to 1, or None where that is not known. *problems*
    say of symptom files what *faults* do.
    """

    frame: pl.DataFrame
    faults: pl.DataFrame
    done: float | None
    problems: Sequence[Problem] = ()


def parts_of(chunk: Chunk, rows: int) -> Iterator[Chunk]:
    """Yield *chunk* in parts of at most *rows* rows, each with the faults before the next."""
    frame, faults, problems = chunk.frame, chunk.faults, chunk.problems
    while frame.height > rows:
        before = faults[ROW] < frame[ROW][rows]
        yield chunk._replace(frame=frame.head(rows), faults=faults.filter(before), problems=problems)
        frame, faults, problems = frame.slice(rows), faults.filter(~before), ()
    yield chunk._replace(frame=frame, faults=faults, problems=problems)


def split_readable(records: Sequence[T], parse: Callable[[Sequence[T]], pl.DataFrame]) -> tuple[list[pl.DataFrame], list[int]]:
    """
    Parse *records* together; where that fails, halve them until what fails is single records.

    Returns:
        The tables of the readable records in their order, and the places of the others in *records*.
    """
    try:
        return [parse(records)], []
    except (pl.exceptions.PolarsError, ValueError):
        if len(records) == 1:
            return [], [0]
    middle = len(records) // 2
    first, bad = split_readable(records[:middle], parse)
    second, also_bad = split_readable(records[middle:], parse)
    return first + second, bad + [middle + place for place in also_bad]


def shown(record: bytes) -> str:
    """Return a record that cannot be read as a table of faults shows it."""
    text = record.decode(errors="replace")
    return text if len(text) <= _SHOWN_CHARS else text[:_SHOWN_CHARS] + "..."


def refuse_reserved(names: Iterable[str], name: str) -> None:
    """
    Make sure that no column has a name that tables of rows and faults use themselves.

    Raises:
        InputError: One has; *name* is that of the source.
    """
    message, hint = 'the name "{}" is kept for spinefoot itself', "rename the column"
    found = [Problem("SF702", message.format(taken), Location(name), hint) for taken in names if taken in RESERVED]
    if found:
        raise InputError(found)


def unreadable(name: str, message: str, hint: str | None = None) -> InputError:
    """Return the error that the source called *name* cannot be read."""
    return InputError([Problem("SF101", message, Location(name), hint)])
