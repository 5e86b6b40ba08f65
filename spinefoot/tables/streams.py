"""Bytes of a source, decompressed, in blocks."""

from __future__ import annotations

import codecs
import gzip
import sys
import zlib
from collections.abc import Iterator
from typing import IO, cast

from spinefoot.tables.chunks import unreadable
from spinefoot.tables.inputs import STDIN, Source

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

__all__ = ["BLOCK", "blocks_of", "check_utf8", "stdin", "without_mark"]

BLOCK = 8 * 2**20
"""Bytes read at once. A wide table of text takes about six times as much as columns."""

_TO_UTF8 = "save it as UTF-8, for example with iconv -f latin1 -t utf-8"


def blocks_of(source: Source, size: int | None = None) -> Iterator[tuple[bytes, float | None]]:
    """
    Yield the content of a text source in blocks, each with the share of the source that is used up by then.

    Args:
        source: What to read.
        size: About how many bytes a block has; `BLOCK` if None.

    Raises:
        InputError: It cannot be read, or its compressed data ends too early.
    """
    try:
        if source.paths:
            yield from _file(source, size or BLOCK)
        else:
            while block := stdin().read(size or BLOCK):
                yield block, None
    except (OSError, EOFError, zlib.error, zstd.ZstdError) as error:
        raise unreadable(source.name, f"the file cannot be read: {_reason(error)}") from None


def without_mark(source: Source, text: bytes) -> bytes:
    """
    Return *text*, with which *source* begins, without its byte order mark.

    Raises:
        InputError: It is UTF-16, as spreadsheets also write, or no text.
    """
    if text.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in text.partition(b"\n")[0]:
        raise unreadable(source.name, "the file is UTF-16 or not text", "save it as UTF-8")
    return text.removeprefix(codecs.BOM_UTF8)


def check_utf8(source: Source, text: bytes, offset: int = 0) -> None:
    """
    Make sure that *text*, which stands at the byte *offset* of *source*, is UTF-8.

    Raises:
        InputError: It is not; with the first byte that is none.
    """
    try:
        text.decode()
    except UnicodeDecodeError as error:
        raise unreadable(source.name, f"the file is not UTF-8 text (byte {offset + error.start})", _TO_UTF8) from None


def stdin() -> IO[bytes]:
    """
    Return stdin as bytes.

    Raises:
        InputError: The shell has closed it.
    """
    if sys.stdin is None:
        raise unreadable(STDIN, "stdin is closed")
    return sys.stdin.buffer


def _file(source: Source, size: int) -> Iterator[tuple[bytes, float | None]]:
    path = source.paths[0]
    whole = path.stat().st_size
    with path.open("rb") as file:
        content = _decompressed(file, source.compression)
        while block := content.read(size):
            yield block, min(1.0, file.tell() / whole) if whole else None


def _decompressed(file: IO[bytes], compression: str) -> IO[bytes]:
    if compression == ".gz":
        return cast(IO[bytes], gzip.GzipFile(fileobj=file))
    return cast(IO[bytes], zstd.ZstdFile(file)) if compression == ".zst" else file


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return (str(error).splitlines() or ["it is damaged"])[0]
