"""
CSV and TSV in blocks: every cell as text, ragged lines as faults, in constant memory.

Polars parses the cells. Before that, each block is cut into records (`csv_records`), because a parser that fills short
lines up and cuts long ones off would lose what it cannot place: a record has as many cells as the header, or is a fault.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl

from spinefoot.errors import InputError, Location, Problem
from spinefoot.tables.chunks import Chunk, refuse_reserved, shown, split_readable, unreadable
from spinefoot.tables.csv_records import Cutter, Records
from spinefoot.tables.faults import ROW, faults_of_rows
from spinefoot.tables.inputs import Source
from spinefoot.tables.streams import blocks_of, check_utf8, without_mark

__all__ = ["csv_chunks", "csv_header"]

_UNPAIRED = "the quotes in this line do not pair up"
_HEADER_BLOCK = 2**16
_FOR_EXCEL = re.compile(r'"?sep=([;,|\t])"?', re.IGNORECASE)


def csv_header(source: Source, separator: str) -> list[str]:
    """
    Return the names of the columns.

    Raises:
        InputError: There is no header, or names are missing or repeated.
    """
    for records, _ in _records(source, separator, _HEADER_BLOCK):
        return _header(source, records, separator)
    raise _empty(source)


def csv_chunks(source: Source, separator: str) -> Iterator[Chunk]:
    """
    Yield the rows of *source*; every cell is text, null where empty. Blank lines are not rows.

    Raises:
        InputError: The file is empty or not UTF-8, or the header is unusable.
    """
    header: list[str] = []
    first = 1
    for records, done in _records(source, separator):
        rows = records
        if not header:
            header = _header(source, records, separator)
            rows = records.after(1)
        yield _chunk(rows, header, separator, first, done)
        first += len(rows.cells)
    if not header:
        raise _empty(source)


def _records(source: Source, separator: str, size: int | None = None) -> Iterator[tuple[Records, float | None]]:
    """Yield the records of *source* in blocks, none of them empty; the header is the first record of the first."""
    cutter = Cutter(separator)
    rest = b""
    offset = 0
    done: float | None = None
    for block, done in blocks_of(source, size):
        text = rest + block if rest or offset else without_mark(source, block)
        records, used = cutter.cut(text, last=False)
        rest = text[used:]
        check_utf8(source, text[:used], offset)
        offset += used
        if len(records.cells):
            yield records, done
    if rest:
        check_utf8(source, rest, offset)
        records, _ = cutter.cut(rest + b"\n", last=True)
        if len(records.cells):
            yield records, done


def _chunk(records: Records, header: Sequence[str], separator: str, first: int, done: float | None) -> Chunk:
    fits = records.cells == len(header)
    ragged = np.flatnonzero(~fits).tolist()
    frame, misread = _parsed(records, np.flatnonzero(fits).tolist(), header, separator)
    reasons = {place: _why_ragged(int(records.cells[place]), len(header)) for place in ragged}
    reasons |= dict.fromkeys(misread, _UNPAIRED)
    records_shown = [shown(records.record(place)) for place in reasons]
    faults = faults_of_rows([first + place for place in reasons], records_shown, list(reasons.values())).sort(ROW)
    return Chunk(frame.with_columns((pl.col(ROW) + first).alias(ROW)), faults, done)


def _why_ragged(cells: int, wanted: int) -> str:
    if not cells:
        return _UNPAIRED
    return f"the line has {cells} cell{'' if cells == 1 else 's'} and the header has {wanted}"


def _parsed(records: Records, places: Sequence[int], header: Sequence[str], separator: str) -> tuple[pl.DataFrame, list[int]]:
    """Return the cells of the records at *places*, each with its place, and the places that Polars does not accept."""
    schema = dict.fromkeys(header, pl.String())

    def parse(chosen: Sequence[int]) -> pl.DataFrame:
        frame = pl.read_csv(
            records.join(chosen) + b"\n", has_header=False, schema=schema, separator=separator, infer_schema=False
        )
        if frame.height != len(chosen):
            raise ValueError(f"{frame.height} rows in {len(chosen)} records")
        return frame.with_columns(pl.Series(ROW, chosen, dtype=pl.UInt64))

    frames, misread = split_readable(places, parse) if places else ([], [])
    frame = pl.concat(frames) if frames else pl.DataFrame(schema={**schema, ROW: pl.UInt64()})
    return frame, [places[number] for number in misread]


def _header(source: Source, records: Records, separator: str) -> list[str]:
    line = records.record(0).decode()
    if not records.cells[0]:
        raise unreadable(source.name, "the quotes in the first line do not pair up", "it names the columns")
    try:
        names = [name.strip() for name in next(csv.reader([line], delimiter=separator))]
    except csv.Error as error:
        if "\r" in line:
            hint = "save it with line ends as Unix or Windows have them"
            raise unreadable(source.name, "the lines end with a carriage return alone", hint) from None
        raise unreadable(source.name, f"the first line cannot be read: {error}", "it names the columns") from None
    if (for_excel := _FOR_EXCEL.fullmatch(line)) is not None:
        hint = f"remove it, and name the separator: --separator '{for_excel[1]}'"
        raise unreadable(source.name, f'the first line, "{line}", is for Excel alone', hint)
    refuse_reserved(names, source.name)
    twice = sorted(name for name, times in Counter(names).items() if times > 1 and name)
    problems = [Problem("SF702", f'two columns are called "{name}"', Location(source.name)) for name in twice]
    if "" in names:
        message = f"column {names.index('') + 1} has no name"
        problems.append(Problem("SF702", message, Location(source.name), "name it in the first line, or remove it"))
    if problems:
        raise InputError(problems)
    return names


def _empty(source: Source) -> InputError:
    return unreadable(source.name, "the file is empty", "the first line of a table names its columns")
