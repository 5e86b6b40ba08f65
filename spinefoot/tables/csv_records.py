"""
CSV text cut into records: where each begins and ends, and how many cells it has.

Where quotes stand as they should, opening at the beginning of a cell and closing at its end, numpy counts the separators
and line ends outside quotes. Where one does not, a regular expression goes from record to record, so that a stray quote
costs the line that it stands in, and swallows none of those that follow.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from spinefoot.tables.chunks import LONGEST_RECORD

__all__ = ["Cutter", "Records"]

_QUOTE, _LINE_END, _RETURN = b'"\n\r'


class Records(NamedTuple):
    """
    Records in *text*: where each begins and ends (before its line end), and how many cells it has.

    A line whose quotes do not pair up has no cells. *adjoining*: nothing but line ends stands between the records.
    """

    text: bytes
    starts: np.ndarray
    ends: np.ndarray
    cells: np.ndarray
    adjoining: bool

    def after(self, number: int) -> Records:
        """Return all but the first *number* records."""
        return self._replace(starts=self.starts[number:], ends=self.ends[number:], cells=self.cells[number:])

    def record(self, place: int) -> bytes:
        """Return the text of a record."""
        return self.text[self.starts[place] : self.ends[place]]

    def join(self, places: Sequence[int]) -> bytes:
        """Return the text of the records at *places*, with a line end between them."""
        if self.adjoining and len(places) == len(self.cells):
            return self.text[self.starts[0] : self.ends[-1]]
        return b"\n".join(self.record(place) for place in places)


class Cutter:
    """Cuts text whose cells are parted by *separator*, which is one byte."""

    def __init__(self, separator: str) -> None:
        self._separator = separator.encode()
        part = re.escape(self._separator)
        inside = rb'"(?:[^"]++|"")*+'
        plain = rb'[^"\n%b]*+' % part
        cells = rb'(?:(?:%b"|%b)%b)*+' % (inside, plain, part)
        self._quoted = re.compile(inside + b'"')
        self._record = re.compile(rb'%b(?:%b"\r?|%b)\n' % (cells, inside, plain))
        self._begun = re.compile(rb'%b(?:%b"?\r?|%b)\Z' % (cells, inside, plain))

    def cut(self, text: bytes, *, last: bool) -> tuple[Records, int]:
        """
        Return the whole records at the beginning of *text*, without blank lines, and how many bytes they take.

        Args:
            text: Begins with a record.
            last: Nothing comes after *text*, which ends with a line end.
        """
        content = np.frombuffer(text, dtype=np.uint8)
        line_ends = content == _LINE_END
        separators = content == self._separator[0]
        if b'"' in text:
            quotes = np.flatnonzero(content == _QUOTE)
            if not self._well_placed(content, quotes) or (last and len(quotes) % 2):
                return self._one_by_one(text, last)
            outside = ~np.bitwise_xor.accumulate(content == _QUOTE)
            separators &= outside
            line_ends &= outside
        ends = np.flatnonzero(line_ends)
        used = int(ends[-1]) + 1 if len(ends) else 0
        if len(text) - used > LONGEST_RECORD:
            return self._one_by_one(text, last)
        starts = np.concatenate(([0], ends[:-1] + 1)) if used else ends
        cells = np.add.reduceat(separators[:used].view(np.uint8), starts, dtype=np.int32) + 1 if used else ends
        return _without_blanks(text, starts, ends, cells), used

    def _well_placed(self, content: np.ndarray, quotes: np.ndarray) -> bool:
        """Tell whether quotes open only where a cell begins, and close only where it ends; two in a row are one in a cell."""
        last = len(content) - 1
        opening, closing = quotes[::2], quotes[1::2]
        around = [_QUOTE, _LINE_END, self._separator[0]]
        after = content[np.minimum(closing + 1, last)]
        line_end = (after == _RETURN) & (content[np.minimum(closing + 2, last)] == _LINE_END)
        opens = (opening == 0) | np.isin(content[np.maximum(opening - 1, 0)], around)
        closes = (closing == last) | np.isin(after, around) | line_end
        return bool(opens.all() and closes.all())

    def _one_by_one(self, text: bytes, last: bool) -> tuple[Records, int]:
        starts, ends, cells = [], [], []
        at = 0
        while at < len(text):
            match = self._record.match(text, at)
            if match is None and not last and len(text) - at <= LONGEST_RECORD and self._begun.match(text, at):
                break
            end = match.end() if match else text.find(b"\n", at) + 1
            if not end:
                break
            starts.append(at)
            ends.append(end - 1)
            cells.append(self._quoted.sub(b"", match[0]).count(self._separator) + 1 if match else 0)
            at = end
        return _without_blanks(text, np.array(starts, int), np.array(ends, int), np.array(cells, int)), at


def _without_blanks(text: bytes, starts: np.ndarray, ends: np.ndarray, cells: np.ndarray) -> Records:
    """Return records whose *ends* are those of their lines, without a carriage return there, and without blank lines."""
    content = np.frombuffer(text, dtype=np.uint8)
    ends = ends - ((content[np.maximum(ends - 1, 0)] == _RETURN) & (ends > starts))
    filled = ends > starts
    return Records(text, starts[filled], ends[filled], cells[filled], bool(filled.all()))
