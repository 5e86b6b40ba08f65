"""Names on the command line to sources: files, folders of symptom files, globs, and "-" for stdin."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Sequence
from contextlib import suppress
from glob import glob, has_magic
from itertools import groupby
from pathlib import Path

import msgspec

from spinefoot.casecheck import case_files
from spinefoot.casefile import SUFFIXES
from spinefoot.errors import Location, Problem

__all__ = ["SIDECAR", "STDIN", "TABLE_FORMATS", "Source", "find_sources"]

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
SIDECAR = ".meta.json"
"""How the files end that say beside results which rules they come from."""

_BEGINNING = 1024
_COMPRESSED = ("csv", "tsv", "ndjson", "json")


class Source(msgspec.Struct, frozen=True):
    """
    Something to read: a table (one path, none for stdin), or symptom files (*format* "symptoms", any number of paths).

    A format "yaml" or "toml" is that of one symptom file on stdin. *name* is how messages and results call the source;
    *compression* is ".gz", ".zst" or "".
    """

    name: str
    format: str
    paths: tuple[Path, ...] = ()
    compression: str = ""

    @property
    def is_read_once(self) -> bool:
        """Whether what was read is gone: stdin, and pipes that have a name."""
        return not self.paths or any(path.is_fifo() for path in self.paths)

    @property
    def size(self) -> int:
        """Bytes of its files, as far as they are known."""
        return sum(path.stat().st_size for path in self.paths if path.exists())


def find_sources(names: Sequence[str], stdin_format: str = "csv") -> tuple[list[Source], list[Problem]]:
    """
    Return what *names* stand for, in their order; the files of a folder or a glob by name.

    Returns:
        The sources, of which symptom files one after the other are one; and a problem for each name that is not there,
        matches nothing, or whose ending says no format.
    """
    found = [part for name in names for part in _find(name, stdin_format)]
    sources = [part for part in found if isinstance(part, Source)]
    return _together(sources), [part for part in found if isinstance(part, Problem)]


def _together(sources: Sequence[Source]) -> list[Source]:
    """Make one source of neighbouring symptom files: each source is assessed by itself, which has a fixed cost."""
    together: list[Source] = []
    for symptoms, group in groupby(sources, lambda source: source.format == "symptoms"):
        found = list(group)
        if symptoms and len(found) > 1:
            found = [Source("symptom files", "symptoms", tuple(path for source in found for path in source.paths))]
        together += found
    return together


def _find(name: str, stdin_format: str) -> list[Source | Problem]:
    if name == "-":
        return [Source(STDIN, stdin_format)]
    try:
        return _find_files(name)
    except OSError as error:  # the name itself is impossible, or a folder on the way cannot be read
        return [Problem("SF101", f"the file cannot be read: {error.strerror}", Location(name))]


def _find_files(name: str) -> list[Source | Problem]:
    path = Path(name)
    if path.is_dir():
        files = [file for file in case_files(path) if not _is_sidecar(file)]
        if not files:
            hint = f"their endings: {', '.join(SUFFIXES)}; name tables by themselves"
            return [Problem("SF601", "the folder holds no symptom file", Location(name), hint)]
        return [Source(name, "symptoms", tuple(files))]
    if path.exists():
        return [_of_file(path)]
    if not has_magic(name):
        return [Problem("SF101", "there is no such file", Location(name))]
    matches = [Path(match) for match in sorted(glob(name, recursive=True)) if not Path(match).is_dir()]
    return [_of_file(match) for match in matches] or [Problem("SF101", "no file matches", Location(name))]


def _of_file(path: Path) -> Source | Problem:
    compression = path.suffix.lower() if path.suffix.lower() in COMPRESSIONS else ""
    ending = Path(path.stem).suffix.lower() if compression else path.suffix.lower()
    format_ = TABLE_FORMATS.get(ending)
    if not compression and (ending in SUFFIXES if format_ is None else format_ == "json" and _is_object(path)):
        return Source(str(path), "symptoms", (path,))
    if format_ is None or (compression and format_ not in _COMPRESSED):
        allowed = f"{', '.join(TABLE_FORMATS)} (text also with {' or '.join(COMPRESSIONS)}), {', '.join(SUFFIXES)}"
        return Problem("SF107", f'the ending "{path.suffix}" says no format', Location(str(path)), f"allowed: {allowed}")
    return Source(str(path), format_, (path,), compression)


def _is_object(path: Path) -> bool:
    """Tell whether a JSON file holds one object, which a symptom file is, and not a list of records."""
    if path.is_fifo():
        return False  # it can be read only once, and then either will do
    try:
        with path.open("rb") as file:
            return file.read(_BEGINNING).removeprefix(BOM_UTF8).lstrip().startswith(b"{")
    except OSError:
        return False  # whoever reads it says why


def _is_sidecar(path: Path) -> bool:
    """Tell whether `batch` wrote this file beside its results, which may lie among the symptom files."""
    if not path.name.endswith(SIDECAR):
        return False
    with suppress(OSError, msgspec.DecodeError):
        return {"spinefoot", "rulebase", "rows"} <= msgspec.json.decode(path.read_bytes(), type=dict[str, msgspec.Raw]).keys()
    return False
