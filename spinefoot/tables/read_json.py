"""
NDJSON and JSON arrays: a flat object a row, or the object of a symptom file (`id`, `findings`).

Every value is read as text, so that one column may hold true in one row and "yes" in the next; a list is its JSON. msgspec
checks each line and names its keys before Polars makes columns of them: Polars alone leaves out keys that its schema lacks.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress

import msgspec
import polars as pl

from spinefoot.model.case import Expected
from spinefoot.model.rulebase import RuleBase
from spinefoot.tables.chunks import LONGEST_RECORD, Chunk, shown, split_readable, unreadable
from spinefoot.tables.faults import RESERVED, ROW, faults_of_rows, join_faults, no_faults
from spinefoot.tables.inputs import Source
from spinefoot.tables.read_symptoms import EXPECTATIONS, document_chunk
from spinefoot.tables.streams import blocks_of, check_utf8, without_mark

__all__ = ["json_chunks", "ndjson_chunks"]

_LARGEST_ARRAY = 512 * 2**20
_NO_RECORD = "the line is not a JSON record"
_TOO_DEEP = f"{_NO_RECORD}: it is nested too deeply"
_RECORDS = 50_000


_NESTED_KEYS = ("id", "says", "rulebase", "findings", "expected")
_RECORD = msgspec.json.Decoder(dict[str, msgspec.Raw])
_FINDINGS = msgspec.json.Decoder(dict[str, msgspec.Raw] | None)
_EXPECTED = msgspec.json.Decoder(Expected | None)


def ndjson_chunks(source: Source) -> Iterator[Chunk]:
    """
    Yield the rows of *source*; every value is text, null where absent. Lines that are no JSON object are faults.

    The first readable line decides whether records are flat or have `findings`.

    Raises:
        InputError: The file is empty.
    """
    reader = _Reader()
    rest = b""
    begun = False
    done: float | None = None
    for block, done in blocks_of(source):
        text = rest + (block if begun else without_mark(source, block))
        begun = True
        used = text.rfind(b"\n") + 1
        rest = text[used:]
        if len(rest) > LONGEST_RECORD:
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
    text = without_mark(source, text)
    if text.lstrip().startswith(b"{"):
        yield document_chunk(text, "json", source.name, rulebase)
        return
    if not text.strip():
        raise unreadable(source.name, "the file is empty")
    check_utf8(source, text)
    try:
        records = msgspec.json.decode(text, type=list[msgspec.Raw])
    except RecursionError:
        raise unreadable(source.name, "this is not a JSON array of records: it is nested too deeply") from None
    except msgspec.DecodeError as error:
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
        first = self.rows + 1
        self.rows += len(lines)
        reasons = self._faults(lines)
        readable = [place for place in range(len(lines)) if place not in reasons]
        frames, misread = split_readable(readable, lambda places: self._parse([lines[place] for place in places]))
        bad = {readable[number] for number in misread}
        reasons |= {place: _why_misread(lines[place]) for place in bad}
        frame = pl.concat(frames, how="diagonal") if frames else pl.DataFrame(schema=self._schema())
        rows = [first + place for place in readable if place not in bad]
        lines_shown = [shown(lines[place]) for place in reasons]
        faults = join_faults([faults_of_rows([first + place for place in reasons], lines_shown, list(reasons.values()))])
        return Chunk(frame.with_columns(pl.Series(ROW, rows, dtype=pl.UInt64)), faults, done)

    def _faults(self, lines: Sequence[bytes]) -> dict[int, str]:
        """Note the keys of *lines*, and return by place what is wrong with them."""
        reasons: dict[int, str] = {}
        names: set[str] = set()
        for place, (line, record) in enumerate(zip(lines, _decoded(lines), strict=True)):
            if isinstance(record, str):
                reasons[place] = record
                continue
            if self._nested is None:
                self._nested = "findings" in record
            try:
                _refuse_repeated(line, record)
                found = _findings(record) if self._nested else record
                _refuse_reserved(found)
                names.update(found)
            except (msgspec.DecodeError, json.JSONDecodeError) as error:
                reasons[place] = f"{_NO_RECORD}: {error}"
            except ValueError as error:
                reasons[place] = str(error)
        self._keys |= dict.fromkeys(sorted(names.difference(self._keys)))
        return reasons

    def _schema(self) -> dict[str, pl.DataType]:
        return dict.fromkeys([*(["id"] if self._nested else []), *self._keys], pl.String())

    def _parse(self, lines: Sequence[bytes]) -> pl.DataFrame:
        text = b"\n".join(lines)
        if not self._nested:
            return self._checked(pl.read_ndjson(text, schema=self._schema()), lines)
        inner = {"findings": dict.fromkeys(self._keys, pl.String()), "expected": dict.fromkeys(EXPECTATIONS, pl.String())}
        frame = pl.read_ndjson(text, schema={"id": pl.String(), **{key: pl.Struct(names) for key, names in inner.items()}})
        expected = pl.col("expected").struct.field(*EXPECTATIONS).name.map(EXPECTATIONS.__getitem__)
        frame = frame.select("id", "findings", expected)
        return self._checked(frame.unnest("findings") if self._keys else frame.drop("findings"), lines)

    @staticmethod
    def _checked(frame: pl.DataFrame, lines: Sequence[bytes]) -> pl.DataFrame:
        if frame.height != len(lines):
            raise ValueError(f"{frame.height} rows in {len(lines)} lines")
        return frame


def _decoded(lines: Sequence[bytes]) -> list[dict[str, msgspec.Raw] | str]:
    """Return the record in each of *lines*, or why there is none."""
    with suppress(msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        records = _RECORD.decode_lines(b"\n".join(lines))
        if len(records) == len(lines):  # a record may go over lines, and two may stand in one
            return [*records]
    return [_decoded_alone(line) for line in lines]


def _decoded_alone(line: bytes) -> dict[str, msgspec.Raw] | str:
    try:
        return _RECORD.decode(line)
    except RecursionError:
        return _TOO_DEEP
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return f"{_NO_RECORD}: {error}"


def _why_misread(line: bytes) -> str:
    try:
        line.decode()
    except UnicodeDecodeError:
        return "the line is not UTF-8 text"
    return "the line holds a value that cannot be read"


def _refuse_reserved(record: dict[str, msgspec.Raw]) -> None:
    for name in RESERVED:  # a few, of which each record is asked; it may have hundreds
        if name in record:
            raise ValueError(f'the key "{name}" is kept for spinefoot itself')


def _findings(record: dict[str, msgspec.Raw]) -> dict[str, msgspec.Raw]:
    """Return the findings of a record that is written as a symptom file; raise where it cannot be one."""
    for key in record:
        if key not in _NESTED_KEYS:
            raise ValueError(f'"{key}" is not a key of a case; allowed: {", ".join(_NESTED_KEYS)}')
    if "findings" not in record:
        raise ValueError("the case has no findings")
    if "expected" in record:
        _EXPECTED.decode(record["expected"])
    findings = _FINDINGS.decode(record["findings"]) or {}
    _refuse_repeated(bytes(record["findings"]), findings)
    return findings


def _refuse_repeated(text: bytes, record: dict[str, msgspec.Raw]) -> None:
    """
    Raise where a key stands twice in *text*, of which *record* keeps one answer.

    A key has a colon of its own: where *text* has no more of them than *record*, nothing was lost.
    """
    kept = len(record)
    if text.count(b":") == kept:
        return
    kept += "".join(record).count(":") + b"".join(record.values()).count(b":")
    if text.count(b":") != kept:
        keys = [key for key, _ in json.loads(text, object_pairs_hook=list) or []]
        for key in keys:
            if keys.count(key) > 1:
                raise ValueError(f'the key "{key}" stands twice')
