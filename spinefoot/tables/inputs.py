"""Names on the command line to sources: files, folders of symptom files, globs, and "-" for stdin."""

from __future__ import annotations

from collections.abc import Sequence
from glob import glob, has_magic
from pathlib import Path

import msgspec

from spinefoot.casecheck import case_files
from spinefoot.casefile import SUFFIXES
from spinefoot.errors import InputError, Location, Problem

__all__ = ["STDIN", "TABLE_FORMATS", "Source", "find_sources"]

STDIN = "stdin"
"""How messages call the source "-"."""

TABLE_FORMATS = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".json": "json",
    ".parquet": "parquet",
    ".pq": "parquet",
}
COMPRESSIONS = (".gz", ".zst")
_COMPRESSED = ("csv", "tsv", "ndjson", "json")


class Source(msgspec.Struct, frozen=True):
    """
    Something to read: a table (one path, none for stdin), or symptom files (*format* "symptoms", any number of paths).

    *name* is how messages and results call it, *compression* is ".gz", ".zst" or "".
    """

    name: str
    format: str
    paths: tuple[Path, ...] = ()
    compression: str = ""


def find_sources(names: Sequence[str], stdin_format: str = "csv") -> list[Source]:
    """
    Return what *names* stand for, in their order; the files of a folder or a glob by name.

    Raises:
        InputError: A name that is not there, matches nothing, or whose ending says no format.
    """
    sources: list[Source] = []
    problems: list[Problem] = []
    for name in names:
        found = _find(name, stdin_format)
        if isinstance(found, Problem):
            problems.append(found)
        else:
            sources += found
    if problems:
        raise InputError(problems)
    return sources


def _find(name: str, stdin_format: str) -> list[Source] | Problem:
    if name == "-":
        return [Source(STDIN, stdin_format)]
    path = Path(name)
    if path.is_dir():
        files = case_files(path)
        if not files:
            return Problem("SF601", "the folder holds no symptom file", Location(name), f"their endings: {', '.join(SUFFIXES)}")
        return [Source(name, "symptoms", tuple(files))]
    if path.exists():
        return _of_file(path)
    if not has_magic(name):
        return Problem("SF101", "there is no such file", Location(name))
    matches = [Path(match) for match in sorted(glob(name, recursive=True)) if Path(match).is_file()]
    if not matches:
        return Problem("SF101", "no file matches", Location(name))
    found = [_of_file(match) for match in matches]
    return next((problem for problem in found if isinstance(problem, Problem)), None) or [
        source for sources in found if isinstance(sources, list) for source in sources
    ]


def _of_file(path: Path) -> list[Source] | Problem:
    compression = path.suffix.lower() if path.suffix.lower() in COMPRESSIONS else ""
    ending = Path(path.stem).suffix.lower() if compression else path.suffix.lower()
    format_ = TABLE_FORMATS.get(ending)
    if format_ is None and ending in SUFFIXES and not compression:
        return [Source(str(path), "symptoms", (path,))]
    if format_ is None or (compression and format_ not in _COMPRESSED):
        allowed = f"{', '.join(TABLE_FORMATS)} (text also with {' or '.join(COMPRESSIONS)}), {', '.join(SUFFIXES)}"
        return Problem("SF107", f'the ending "{path.suffix}" says no format', Location(str(path)), f"allowed: {allowed}")
    return [Source(str(path), format_, (path,), compression)]
