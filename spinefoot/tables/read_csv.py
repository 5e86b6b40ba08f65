"""
CSV and TSV in blocks: every cell as text, ragged lines as faults, in constant memory.

Polars parses the cells. Before that, each block is cut into records here, because a parser that fills short lines up and
cuts long ones off would lose what it cannot place: numpy counts the separators and line ends outside quotes, so that a
record has as many cells as the header or is a fault, and so that a quote that is never closed does not swallow the rest
of the file in silence.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import polars as pl

from spinefoot.errors import InputError, Location, Problem
from spinefoot.tables.chunks import Chunk, split_readable, unreadable
from spinefoot.tables.faults import ROW, faults_of_rows
from spinefoot.tables.inputs import Source
from spinefoot.tables.streams import blocks_of

__all__ = ["csv_chunks", "csv_header"]

_QUOTE, _LINE_END, _RETURN = ord('"'), ord("\n"), ord("\r")
_LONGEST_RECORD = 64 * 2**20
_SHOWN_CHARS = 1000
_HEADER_BLOCK = 2**16


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
        InputError: The file is empty or not UTF-8, a quote is never closed, or the header is unusable.
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


class _Records(NamedTuple):
    """
    Records in *text*: where each begins and ends (before its line end), and how many cells it has.

    *adjoining*: nothing but line ends stands between them.
    """

    text: bytes
    starts: np.ndarray
    ends: np.ndarray
    cells: np.ndarray
    adjoining: bool = True

    def after(self, number: int) -> _Records:
        return self._replace(starts=self.starts[number:], ends=self.ends[number:], cells=self.cells[number:])

    def record(self, place: int) -> bytes:
        return self.text[self.starts[place] : self.ends[place]]

    def join(self, places: Sequence[int]) -> bytes:
        if self.adjoining and len(places) == len(self.cells):
            return self.text[self.starts[0] : self.ends[-1]]
        return b"\n".join(self.record(place) for place in places)


def _records(source: Source, separator: str, size: int | None = None) -> Iterator[tuple[_Records, float | None]]:
    """Yield the records of *source* in blocks, none of them empty; the header is the first record of the first."""
    rest = b""
    offset = 0
    done: float | None = None
    for block, done in blocks_of(source, size):
        text = rest + block if rest or offset else _without_mark(source, block)
        records, used = _cut(text, separator)
        rest = text[used:]
        if len(rest) > _LONGEST_RECORD:
            raise _unclosed(source, offset + used)
        _check_text(source, text[:used], offset)
        offset += used
        if len(records.cells):
            yield records, done
    if rest:
        records, used = _cut(rest + b"\n", separator)
        if used <= len(rest):
            raise _unclosed(source, offset + used)
        _check_text(source, rest, offset)
        if len(records.cells):
            yield records, done


def _cut(text: bytes, separator: str) -> tuple[_Records, int]:
    """Return the records of *text* up to its last line end outside quotes, and how many bytes these are."""
    content = np.frombuffer(text, dtype=np.uint8)
    separators = content == ord(separator)
    line_ends = content == _LINE_END
    if b'"' in text:
        outside = ~np.bitwise_xor.accumulate(content == _QUOTE)
        separators &= outside
        line_ends &= outside
    ends = np.flatnonzero(line_ends)
    if not len(ends):
        return _Records(text, ends, ends, ends), 0
    used = int(ends[-1]) + 1
    starts = np.concatenate(([0], ends[:-1] + 1))
    cells = np.add.reduceat(separators[:used].view(np.uint8), starts, dtype=np.int32) + 1
    ends = ends - ((content[np.maximum(ends - 1, 0)] == _RETURN) & (ends > starts))
    filled = ends > starts
    return _Records(text, starts[filled], ends[filled], cells[filled], bool(filled.all())), used


def _chunk(records: _Records, header: Sequence[str], separator: str, first: int, done: float | None) -> Chunk:
    fits = records.cells == len(header)
    ragged = np.flatnonzero(~fits).tolist()
    frame, misread = _parsed(records, np.flatnonzero(fits).tolist(), header, separator)
    reasons = {place: f"the line has {records.cells[place]} cells and the header has {len(header)}" for place in ragged}
    reasons |= dict.fromkeys(misread, "the quotes in this line do not pair up")
    shown = [_shown(records.record(place)) for place in reasons]
    faults = faults_of_rows([first + place for place in reasons], shown, list(reasons.values())).sort(ROW)
    return Chunk(frame.with_columns((pl.col(ROW) + first).alias(ROW)), faults, done)


def _parsed(records: _Records, places: Sequence[int], header: Sequence[str], separator: str) -> tuple[pl.DataFrame, list[int]]:
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


def _shown(record: bytes) -> str:
    text = record.decode(errors="replace")
    return text if len(text) <= _SHOWN_CHARS else text[:_SHOWN_CHARS] + "..."


def _header(source: Source, records: _Records, separator: str) -> list[str]:
    line = records.record(0).decode()
    names = [name.strip() for name in next(csv.reader([line], delimiter=separator))]
    twice = sorted({name for name in names if names.count(name) > 1 and name})
    problems = [Problem("SF702", f'two columns are called "{name}"', Location(source.name)) for name in twice]
    if "" in names:
        message = f"column {names.index('') + 1} has no name"
        problems.append(Problem("SF702", message, Location(source.name), "name it in the first line, or remove it"))
    if problems:
        raise InputError(problems)
    return names


def _without_mark(source: Source, text: bytes) -> bytes:
    """Return *text* without its byte order mark; refuse the encodings that Excel also writes."""
    if text.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in text.partition(b"\n")[0]:
        raise unreadable(source.name, "the file is UTF-16 or not text", "save it as UTF-8")
    return text.removeprefix(codecs.BOM_UTF8)


def _check_text(source: Source, text: bytes, offset: int) -> None:
    try:
        text.decode()
    except UnicodeDecodeError as error:
        line = f"byte {offset + error.start}"
        raise unreadable(
            source.name, f"the file is not UTF-8 text ({line})", "save it as UTF-8, for example with iconv -f latin1 -t utf-8"
        ) from None


def _unclosed(source: Source, offset: int) -> InputError:
    return unreadable(source.name, f"a quote is never closed; its record begins at byte {offset}", "quotes come in pairs")


def _empty(source: Source) -> InputError:
    return unreadable(source.name, "the file is empty", "the first line of a table names its columns")
