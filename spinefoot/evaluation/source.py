"""
Files with cases and what is expected of them, as tables of text: one row a case.

Symptom files and tables come to the same form, so that all that follows sees one kind of input. Every cell is
text as a person would write it (`yes`, `52`, `L5;S1`); null is "nothing given". Nothing is judged here but whether
a file can be read.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec
import polars as pl

from spinefoot.casecheck import case_files
from spinefoot.casefile import SUFFIXES as CASE_SUFFIXES
from spinefoot.casefile import read_case_file, read_cases
from spinefoot.errors import InputError, Location, Problem
from spinefoot.evaluation.expectations import NO_ROOT
from spinefoot.model.case import Case, Expected
from spinefoot.model.rulebase import RuleBase

__all__ = ["FORMATS", "SUFFIXES", "Reading", "Table", "read_content", "read_paths"]

SUFFIXES = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".parquet": "parquet",
    **CASE_SUFFIXES,
}
"""Endings of files and the formats they stand for. JSON is a table where it is a list, else a symptom file."""

FORMATS = tuple(dict.fromkeys(SUFFIXES.values()))


_SECOND = re.compile(r"(.*)_duplicated_\d+")


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """
    The cases of one file.

    Attributes:
        frame: A column of text for each thing given; `file` is added where the file has no such column.
        places: Where each case was read, for messages.
        kind: "row" or "case": what a line of *frame* is called in messages.
    """

    frame: pl.DataFrame
    places: tuple[Location, ...]
    kind: str


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What could be read of some input, and what is wrong with the *files_rejected* that could not."""

    tables: tuple[Table, ...]
    problems: tuple[Problem, ...] = ()
    files_rejected: int = 0


def read_paths(paths: Sequence[Path], rulebase: RuleBase) -> Reading:
    """Read files, and every symptom file of folders. A file that cannot be read is counted, with its problems."""
    tables: list[Table] = []
    problems: list[Problem] = []
    rejected = 0
    for path in chain.from_iterable(map(_files, paths)):
        try:
            tables.append(_read_file(path, rulebase))
        except InputError as error:
            problems += error.problems
            rejected += 1
    return Reading(tables=tuple(_together(tables)), problems=tuple(problems), files_rejected=rejected)


def _together(tables: Sequence[Table]) -> list[Table]:
    """Make one table of all symptom files: rules are compiled for a table, and a folder may hold a thousand files."""
    cases = [table for table in tables if table.kind == "case"]
    if len(cases) < 2:
        return list(tables)
    frame = pl.concat([table.frame for table in cases], how="diagonal", rechunk=True)
    places = tuple(place for table in cases for place in table.places)
    return [Table(frame=frame, places=places, kind="case"), *(table for table in tables if table.kind == "row")]


def _files(path: Path) -> list[Path]:
    # A folder without symptom files is handed on, and refused when it is read.
    return (case_files(path) or [path]) if path.is_dir() else [path]


def read_content(content: bytes, form: str, name: str, rulebase: RuleBase) -> Table:
    """
    Read *content*, in one of `FORMATS`, as the file *name*.

    Raises:
        InputError: With what is wrong with it.
    """
    if form in ("yaml", "toml") or (form == "json" and not content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"[")):
        default_id = Path(name).name.split(".")[0]
        return _cases(read_cases(content, form, name, rulebase, default_id=default_id), name)
    frame = _TABLES[form](content, name)
    if not frame.height:
        raise InputError([Problem("SF601", "the table holds no row", Location(name))])
    if "file" not in frame.columns:
        frame = frame.with_columns(pl.lit(name).alias("file"))
    return Table(frame=frame, places=(Location(name),) * frame.height, kind="row")


def _read_file(path: Path, rulebase: RuleBase) -> Table:
    where = Location(str(path))
    if path.is_dir():
        raise InputError([Problem("SF101", "the folder holds no symptom file", where, "name tables by themselves")])
    form = SUFFIXES.get(path.suffix.lower())
    if form is None:
        raise InputError(
            [Problem("SF107", f'the ending "{path.suffix}" says no format', where, f"allowed: {', '.join(SUFFIXES)}")]
        )
    try:
        if form in ("yaml", "toml"):
            return _cases(read_case_file(path, rulebase), str(path))
        content = path.read_bytes()
    except OSError as error:
        raise InputError([Problem("SF101", f"the file cannot be read: {error.strerror}", where)]) from None
    return read_content(content, form, str(path), rulebase)


def _cases(cases: Sequence[Case], name: str) -> Table:
    rows = [_row(case, name) for case in cases]
    columns = dict.fromkeys(key for row in rows for key in row)
    frame = pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String))
    return Table(frame=frame, places=tuple(case.where or Location(name) for case in cases), kind="case")


def _row(case: Case, name: str) -> dict[str, str | None]:
    answers = {finding: _text(value) for finding, value in case.findings.items()}
    return {"id": case.id, "file": name, **answers, **_expected(case.expected)}


def _expected(expected: Expected | None) -> dict[str, str]:
    """Put what a symptom file expects into the columns of a table; other expectations are for `rules test`."""
    if expected is None:
        return {}
    links = (expected.spine_link,) if isinstance(expected.spine_link, str) else expected.spine_link
    roots = None if expected.root_levels is None else expected.root_levels or (NO_ROOT,)
    cells = {
        "expected_urgency": expected.urgency,
        "expected_urgency_at_least": expected.urgency_at_least,
        "expected_urgency_at_most": expected.urgency_at_most,
        "expected_spine_link": _joined(links),
        "expected_root_level": _joined(roots),
        "expected_cause": _joined(expected.causes),
    }
    return {column: cell for column, cell in cells.items() if cell is not None}


def _joined(words: Iterable[str] | None) -> str | None:
    return ";".join(words) or None if words is not None else None


def _delimited(content: bytes, name: str, separator: str) -> pl.DataFrame:
    try:
        frame = pl.read_csv(io.BytesIO(content), separator=separator, infer_schema=False)
    except pl.exceptions.PolarsError as error:
        raise _unreadable(name, error) from None
    # Polars renames the second of two columns of one name; left alone, one of two answers would be lost.
    renamed = [found[1] for column in frame.columns if (found := _SECOND.fullmatch(column)) and found[1] in frame.columns]
    if renamed:
        raise InputError([Problem("SF105", f'the column "{column}" stands twice', Location(name)) for column in renamed])
    return frame


def _csv(content: bytes, name: str) -> pl.DataFrame:
    return _delimited(content, name, ",")


def _tsv(content: bytes, name: str) -> pl.DataFrame:
    return _delimited(content, name, "\t")


def _parquet(content: bytes, name: str) -> pl.DataFrame:
    try:
        frame = pl.read_parquet(io.BytesIO(content))
        lists = [column for column, kind in frame.schema.items() if isinstance(kind, pl.List)]
        texts = [pl.col(c).cast(pl.List(pl.String)).list.join(";", ignore_nulls=True) for c in lists]
        return frame.with_columns(texts).with_columns(pl.exclude(pl.String).cast(pl.String))
    except pl.exceptions.PolarsError as error:
        raise _unreadable(name, error) from None


def _json(content: bytes, name: str) -> pl.DataFrame:
    try:
        rows = json.loads(content, object_pairs_hook=_object)
    except (ValueError, RecursionError) as error:
        raise _unreadable(name, error) from None
    return _records([(0, row) for row in rows], name)


def _ndjson(content: bytes, name: str) -> pl.DataFrame:
    rows: list[tuple[int, Any]] = []
    problems: list[Problem] = []
    for number, line in enumerate(content.splitlines(), 1):
        if line.strip():
            try:
                rows.append((number, json.loads(line, object_pairs_hook=_object)))
            except (ValueError, RecursionError) as error:
                problems.append(_not_well_formed(error, Location(name, number)))
    if problems:
        raise InputError(problems)
    return _records(rows, name)


_TABLES = {"csv": _csv, "tsv": _tsv, "parquet": _parquet, "json": _json, "ndjson": _ndjson}


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = [key for key, _ in pairs]
    for key in keys:
        if keys.count(key) > 1:
            raise ValueError(f'the key "{key}" stands twice')
    return dict(pairs)


def _records(rows: Sequence[tuple[int, Any]], name: str) -> pl.DataFrame:
    problems: list[Problem] = []
    for number, (line, row) in enumerate(rows, 1):
        nested = [key for key, value in row.items() if _is_nested(value)] if isinstance(row, dict) else ["it"]
        if nested:
            message = f"row {number} must be an object of plain values; {', '.join(nested)} is not"
            problems.append(Problem("SF103", message, Location(name, line)))
    if problems:
        raise InputError(problems)
    columns = dict.fromkeys(key for _, row in rows for key in row)
    texts = [{key: _text(value) for key, value in row.items()} for _, row in rows]
    return pl.DataFrame(texts, schema=dict.fromkeys(columns, pl.String))


def _is_nested(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and any(isinstance(item, dict | list) for item in value))


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, list):
        return ";".join(_text(item) or "" for item in value)
    return json.dumps(value)


def _unreadable(name: str, error: Exception) -> InputError:
    return InputError([_not_well_formed(error, Location(name))])


def _not_well_formed(error: Exception, where: Location) -> Problem:
    # Only the first line: what follows may quote answers.
    said = "values are nested too deep" if isinstance(error, RecursionError) else str(error).partition("\n")[0]
    return Problem("SF103", f"this is not well-formed: {said}", where)
