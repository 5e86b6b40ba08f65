"""
Files that appear only when all of a run is done.

Everything is written under a temporary name in the folder of its output, and renamed at the end: whoever kills the run
finds the old file or none and, where it had no chance to clear up, a hidden .NAME.PID.part that may be deleted. Files
are made readable for their owner alone (mode 0600), for they are about people's health.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Full, Queue
from threading import Thread
from typing import IO, Any, Protocol

import polars as pl
from polars.io.plugins import register_io_source

from spinefoot.errors import Location, Problem, SpinefootError, UsageError

__all__ = ["OUTPUT_FORMATS", "OutputError", "Outputs", "Writer", "format_of"]

OUTPUT_FORMATS = {".csv": "csv", ".ndjson": "ndjson", ".jsonl": "ndjson", ".parquet": "parquet", ".pq": "parquet"}

STDOUT = Path("-")
"""The path that stands for stdout."""

_FORMULA = "^[=+\\-@\t\r\n\0\uff1d\uff0b\uff0d\uff20]"
"""What begins a formula; the last four are =, +, - and @ as East Asian keyboards write them."""

_FORMULA_INSIDE = "([;\t])([=+\\-@\uff1d\uff0b\uff0d\uff20])"
"""What begins one where a spreadsheet parts cells by semicolons or tabs, as in countries with a decimal comma."""

_NUMBER = r"^[-+]?[0-9]+([.,][0-9]+)?([eE][-+]?[0-9]+)?$"


class OutputError(SpinefootError):
    """A result cannot be written."""


class Writer(Protocol):
    """Takes tables with the columns it was made for, one after another."""

    def write(self, frame: pl.DataFrame) -> None:
        """Append *frame*."""

    def finish(self) -> None:
        """Write what is still held back."""

    def abandon(self) -> None:
        """Stop; what was written will be thrown away."""


def format_of(path: Path, stdout_format: str = "csv") -> str:
    """
    Return the format that the ending of *path* names.

    Raises:
        UsageError: It names none.
    """
    if path == STDOUT:
        return stdout_format
    found = OUTPUT_FORMATS.get(path.suffix.lower())
    if found is None:
        hint = f"allowed: {', '.join(OUTPUT_FORMATS)}"
        raise UsageError([Problem("SF107", f'the ending "{path.suffix}" says no format', Location(str(path)), hint)])
    return found


class Outputs:
    """
    The files of one run: all of them appear at `commit`, or none.

    A context manager: leaving it without `commit` throws away what was written.
    """

    def __init__(self, *, force: bool = False) -> None:
        self._force = force
        self._parts: dict[Path, Path] = {}
        self._files: dict[Path, IO[bytes]] = {}
        self._writers: list[Writer] = []
        self._stale: list[Path] = []

    def __enter__(self) -> Outputs:
        return self

    def __exit__(self, *_: object) -> None:
        for writer in self._writers:
            writer.abandon()
        self._close()
        for part in self._parts.values():
            part.unlink(missing_ok=True)

    def reserve(self, paths: Sequence[Path]) -> None:
        """
        Make sure that *paths* may be written.

        Raises:
            UsageError: Two are the same, one exists and may not be replaced, or one has no folder to stand in.
        """
        problems = [problem for path in dict.fromkeys(paths) if path != STDOUT and (problem := self._obstacle(path))]
        places = [path.resolve() for path in paths]
        twice = [path for path, place in zip(paths, places, strict=True) if places.count(place) > 1]
        problems += [Problem("SF711", "two outputs go here", Location(str(path))) for path in twice[:1]]
        if problems:
            raise UsageError(problems)

    def _obstacle(self, path: Path) -> Problem | None:
        where = Location(str(path))
        try:
            if path.is_dir():
                return Problem("SF711", "a folder has this name", where)
            if not path.resolve().parent.is_dir():
                return Problem("SF711", "there is no such folder", where)
            if path.exists() and not self._force:
                return Problem("SF711", "the file exists", where, "--force replaces it")
            _part_of(path).exists()  # raises where the name is too long
        except OSError as error:
            return Problem("SF711", f"the file cannot be written: {error.strerror}", where)
        return None

    def remove_at_commit(self, path: Path) -> None:
        """Let an old file that this run has nothing to write to disappear at `commit`."""
        self._stale.append(path)

    def table(self, path: Path, format_: str, schema: pl.Schema, metadata: Mapping[str, str]) -> Writer:
        """
        Return a writer of a table of *schema* at *path*.

        *metadata* goes into Parquet; text formats have no place for it.

        Raises:
            OutputError: The folder cannot be written to.
        """
        file = self._open(path)
        writer: Writer
        if format_ == "parquet":
            writer = _ParquetWriter(file, schema, metadata)
        else:
            writer = _CsvWriter(file) if format_ == "csv" else _NdjsonWriter(file)
        self._writers.append(_Guarded(writer, path))
        # An empty table first: the header of CSV is there even if no row follows.
        self._writers[-1].write(pl.DataFrame(schema=schema))
        return self._writers[-1]

    def small(self, path: Path, content: bytes) -> None:
        """Write a small file at once."""
        file = self._open(path)
        with _writing(path):
            file.write(content)

    def commit(self) -> None:
        """Make all files appear; the first that was opened comes last, so that it stands for the whole."""
        for writer in self._writers:
            writer.finish()
        for path, file in self._files.items():
            with _writing(path):
                file.flush()
                if path != STDOUT:
                    os.fsync(file.fileno())
        self._close()
        for path in self._stale:
            path.unlink(missing_ok=True)
        for path, part in reversed(self._parts.items()):
            with _writing(path):
                part.replace(path)
        self._writers, self._parts = [], {}

    def _open(self, path: Path) -> IO[bytes]:
        if path == STDOUT:
            if sys.stdout is None:
                raise OutputError([Problem("SF712", "stdout is closed", Location(str(path)))])
            self._files[path] = sys.stdout.buffer
            return sys.stdout.buffer
        part = _part_of(path)
        try:
            handle = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            message = f"the file cannot be written: {error.strerror}"
            raise OutputError([Problem("SF712", message, Location(str(path)))]) from None
        self._parts[path.resolve()] = part
        file = os.fdopen(handle, "wb")
        self._files[path] = file
        return file

    def _close(self) -> None:
        for path, file in self._files.items():
            if path != STDOUT:
                with suppress(OSError):  # what was held back is lost only where it is thrown away; `commit` has flushed
                    file.close()
        self._files = {}


def _part_of(path: Path) -> Path:
    """Return the temporary name, beside the file that *path* leads to."""
    target = path.resolve()
    return target.with_name(f".{target.name}.{os.getpid()}.part")


class _Guarded:
    """A writer whose failures say which file could not be written."""

    def __init__(self, writer: Writer, path: Path) -> None:
        self._writer = writer
        self._path = path

    def write(self, frame: pl.DataFrame) -> None:
        with _writing(self._path):
            self._writer.write(frame)

    def finish(self) -> None:
        with _writing(self._path):
            self._writer.finish()

    def abandon(self) -> None:
        self._writer.abandon()


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        with _reason_of_stdout(path):
            yield
    except BrokenPipeError:
        raise
    except (OSError, pl.exceptions.PolarsError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error).splitlines()[0]
        hint = None if isinstance(error, OSError) else "is the disk full?"
        raise OutputError([Problem("SF712", f"the file cannot be written: {reason}", Location(str(path)), hint)]) from None


@contextmanager
def _reason_of_stdout(path: Path) -> Iterator[None]:
    """Let the system say why stdout takes nothing: Polars does not. What is there by then is of no use in any case."""
    try:
        yield
    except (OSError, pl.exceptions.PolarsError) as error:
        if path == STDOUT and not (isinstance(error, OSError) and error.errno):
            os.write(sys.stdout.fileno(), b"\n")
        raise


class _CsvWriter:
    """CSV with a header. Text that a spreadsheet would run as a formula gets an apostrophe in front; numbers stay numbers."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._begun = False

    def write(self, frame: pl.DataFrame) -> None:
        texts = [name for name, kind in frame.schema.items() if kind == pl.String()]
        frame.with_columns(_neutral(name) for name in texts).write_csv(self._file, include_header=not self._begun)
        self._begun = True

    def finish(self) -> None:
        pass

    def abandon(self) -> None:
        pass


class _NdjsonWriter:
    """One JSON object a line."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def write(self, frame: pl.DataFrame) -> None:
        frame.write_ndjson(self._file)

    def finish(self) -> None:
        pass

    def abandon(self) -> None:
        pass


class _ParquetWriter:
    """
    Parquet, whose writer pulls: it runs in a thread of its own and takes what `write` puts into a short queue.

    Polars' sink streams; its one way in from Python is a source that it asks for tables.
    """

    def __init__(self, file: IO[bytes], schema: pl.Schema, metadata: Mapping[str, str]) -> None:
        self._queue: Queue[pl.DataFrame | None] = Queue(maxsize=2)
        self._failure: BaseException | None = None
        self._abandoned = False
        frames = register_io_source(self._frames, schema=schema, is_pure=True)
        self._thread = Thread(target=self._sink, args=(frames, file, dict(metadata)), daemon=True)
        self._thread.start()

    def write(self, frame: pl.DataFrame) -> None:
        self._put(frame)

    def finish(self) -> None:
        self._put(None)
        self._thread.join()
        self._raise()

    def abandon(self) -> None:
        self._abandoned = True
        if self._thread.is_alive():
            with suppress(Full):
                self._queue.put_nowait(None)
            self._thread.join()

    def _put(self, frame: pl.DataFrame | None) -> None:
        while self._thread.is_alive():
            try:
                self._queue.put(frame, timeout=1)
            except Full:
                continue
            return
        self._raise()

    def _raise(self) -> None:
        if self._failure is not None:
            raise self._failure

    def _frames(self, *_: Any) -> Any:
        while not self._abandoned:
            frame = self._queue.get()
            if frame is None:
                return
            yield frame

    def _sink(self, frames: pl.LazyFrame, file: IO[bytes], metadata: dict[str, str]) -> None:
        try:
            frames.sink_parquet(file, metadata=metadata)
        except BaseException as error:  # handed over to the thread that writes
            self._failure = error


def _neutral(name: str) -> pl.Expr:
    text = pl.col(name)
    runs = text.str.contains(_FORMULA) & ~text.str.contains(_NUMBER)
    text = text.str.replace_all(_FORMULA_INSIDE, "${1}'${2}")
    return pl.when(runs).then(pl.lit("'") + text).otherwise(text).alias(name)
