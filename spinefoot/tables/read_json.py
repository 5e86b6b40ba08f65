"""
NDJSON and JSON arrays: a flat object a row, or the object of a symptom file (`id`, `findings`).

Every value is read as text, so that one column may hold true in one row and "yes" in the next. msgspec checks each line
and names its keys before Polars makes columns of them: Polars alone leaves out keys that its schema lacks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
import polars as pl

from spinefoot.casefile import read_cases
from spinefoot.model.rulebase import RuleBase
from spinefoot.tables.chunks import Chunk, split_readable, unreadable
from spinefoot.tables.faults import ROW, faults_of_rows, join_faults, no_faults
from spinefoot.tables.inputs import Source
from spinefoot.tables.read_symptoms import table_of_cases
from spinefoot.tables.streams import blocks_of

__all__ = ["json_chunks", "ndjson_chunks"]

_LONGEST_RECORD = 64 * 2**20
_LARGEST_ARRAY = 512 * 2**20
_SHOWN_CHARS = 1000
_RECORDS = 50_000


class _Nested(msgspec.Struct, forbid_unknown_fields=True):
    """A record as a symptom file has it; what it says or expects is not read."""

    findings: dict[str, msgspec.Raw] | None
    id: msgspec.Raw = msgspec.Raw()
    says: Any = None
    expected: Any = None


_FLAT = msgspec.json.Decoder(dict[str, msgspec.Raw])
_NESTED = msgspec.json.Decoder(_Nested)


def ndjson_chunks(source: Source) -> Iterator[Chunk]:
    """
    Yield the rows of *source*; every value is text, null where absent. Lines that are no JSON object are faults.

    The first readable line decides whether records are flat or have `findings`.

    Raises:
        InputError: The file is empty.
    """
    reader = _Reader()
    rest = b""
    done: float | None = None
    for block, done in blocks_of(source):
        text = rest + block
        used = text.rfind(b"\n") + 1
        rest = text[used:]
        if len(rest) > _LONGEST_RECORD:
            raise unreadable(source.name, "a line is longer than 64 MiB", "NDJSON has one record a line")
        if chunk := reader.chunk(text[:used].split(b"\n"), done):
            yield chunk
    if chunk := reader.chunk([rest], done):
        yield chunk
    if not reader.rows:
        raise unreadable(source.name, "the file is empty")


def json_chunks(source: Source, rulebase: RuleBase) -> Iterator[Chunk]:
    """
    Yield the rows of a JSON array of records, or the cases of a symptom file in JSON.

    It is read whole; larger tables belong into NDJSON.

    Raises:
        InputError: This is neither, or it is too large.
    """
    text = b""
    for block, _ in blocks_of(source):
        text += block
        if len(text) > _LARGEST_ARRAY:
            raise unreadable(source.name, "a JSON array is read whole, and this is larger than 512 MiB", "use NDJSON")
    if text.lstrip().startswith(b"{"):
        cases = table_of_cases(read_cases(text, "json", source.name, rulebase), rulebase)
        yield Chunk(cases.with_columns(pl.int_range(1, pl.len() + 1, dtype=pl.UInt64).alias(ROW)), no_faults(), 1.0)
        return
    try:
        records = msgspec.json.decode(text.removeprefix(b"\xef\xbb\xbf"), type=list[msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise unreadable(source.name, f"this is not a JSON array of records: {error}") from None
    # A record written over several lines becomes one line; line breaks within strings are escaped in JSON.
    lines = [bytes(record).replace(b"\r", b" ").replace(b"\n", b" ") for record in records]
    reader = _Reader()
    if not lines:
        yield Chunk(pl.DataFrame(schema={ROW: pl.UInt64}), no_faults(), 1.0)
    for start in range(0, len(lines), _RECORDS):
        if chunk := reader.chunk(lines[start : start + _RECORDS], min(1.0, (start + _RECORDS) / len(lines))):
            yield chunk


class _Reader:
    """Turns lines into columns. Keys stay known from one chunk to the next, so that columns only ever become more."""

    def __init__(self) -> None:
        self._nested: bool | None = None
        self._keys: dict[str, None] = {}
        self.rows = 0

    def chunk(self, lines: Sequence[bytes], done: float | None) -> Chunk | None:
        """Return the rows of *lines*; None where all are blank."""
        lines = [stripped for line in lines if (stripped := line.strip())]
        if not lines:
            return None
        if self.rows == 0:
            lines[0] = lines[0].removeprefix(b"\xef\xbb\xbf")
        first = self.rows + 1
        self.rows += len(lines)
        reasons = self._faults(lines)
        readable = [place for place in range(len(lines)) if place not in reasons]
        frames, misread = split_readable(readable, lambda places: self._parse([lines[place] for place in places]))
        bad = {readable[number] for number in misread}
        reasons |= dict.fromkeys(bad, "the line holds a value that cannot be read")
        frame = pl.concat(frames, how="diagonal") if frames else pl.DataFrame(schema=self._schema())
        rows = [first + place for place in readable if place not in bad]
        shown = [_shown(lines[place]) for place in reasons]
        faults = join_faults([faults_of_rows([first + place for place in reasons], shown, list(reasons.values()))])
        return Chunk(frame.with_columns(pl.Series(ROW, rows, dtype=pl.UInt64)), faults, done)

    def _faults(self, lines: Sequence[bytes]) -> dict[int, str]:
        """Note the keys of *lines*, and return by place what is wrong with them."""
        if self._nested is not None:
            try:
                self._note((_NESTED if self._nested else _FLAT).decode_lines(b"\n".join(lines)))
                return {}
            except (msgspec.DecodeError, UnicodeDecodeError):
                pass  # one by one, to see which
        reasons: dict[int, str] = {}
        for place, line in enumerate(lines):
            try:
                if self._nested is None:
                    self._nested = "findings" in _FLAT.decode(line)
                self._note([(_NESTED if self._nested else _FLAT).decode(line)])
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                reasons[place] = f"the line is not a JSON record: {error}"
        return reasons

    def _note(self, records: Sequence[Any]) -> None:
        names = set().union(*((record.findings or {}) if self._nested else record for record in records))
        self._keys |= dict.fromkeys(sorted(names.difference(self._keys)))

    def _schema(self) -> dict[str, pl.DataType]:
        return dict.fromkeys([*(["id"] if self._nested else []), *self._keys], pl.String())

    def _parse(self, lines: Sequence[bytes]) -> pl.DataFrame:
        text = b"\n".join(lines)
        if not self._nested:
            return self._checked(pl.read_ndjson(text, schema=self._schema()), lines)
        inner = pl.Struct(dict.fromkeys(self._keys, pl.String()))
        frame = pl.read_ndjson(text, schema={"id": pl.String(), "findings": inner})
        return self._checked(frame.unnest("findings") if self._keys else frame.drop("findings"), lines)

    @staticmethod
    def _checked(frame: pl.DataFrame, lines: Sequence[bytes]) -> pl.DataFrame:
        if frame.height != len(lines):
            raise ValueError(f"{frame.height} rows in {len(lines)} lines")
        return frame


def _shown(line: bytes) -> str:
    text = line.decode(errors="replace")
    return text if len(text) <= _SHOWN_CHARS else text[:_SHOWN_CHARS] + "..."
