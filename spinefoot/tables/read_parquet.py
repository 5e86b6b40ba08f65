"""Parquet in chunks, without reading more than a few row groups ahead."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import polars as pl

from spinefoot.errors import InputError
from spinefoot.tables.chunks import Chunk, refuse_reserved, unreadable
from spinefoot.tables.faults import ROW, no_faults
from spinefoot.tables.inputs import Source
from spinefoot.tables.streams import stdin

__all__ = ["parquet_chunks", "parquet_header"]


def parquet_header(source: Source) -> list[str]:
    """
    Return the names of the columns.

    Raises:
        InputError: This is not a whole Parquet file.
    """
    try:
        return _scan(source).collect_schema().names()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise _damaged(source, error) from None


def parquet_chunks(source: Source, rows: int) -> Iterator[Chunk]:
    """
    Yield the rows of *source*, with columns of their own types, at most *rows* at a time.

    Raises:
        InputError: This is not a whole Parquet file.
    """
    try:
        table = _scan(source)
        total = table.select(pl.len()).collect().item()
        first = 1
        for frame in table.collect_batches(chunk_size=rows, maintain_order=True):
            numbers = pl.int_range(first, first + frame.height, dtype=pl.UInt64, eager=True)
            first += frame.height
            yield Chunk(frame.with_columns(numbers.alias(ROW)), no_faults(), (first - 1) / total)
        if first == 1:
            yield Chunk(table.head(0).collect().with_columns(pl.lit(None, dtype=pl.UInt64).alias(ROW)), no_faults(), 1.0)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise _damaged(source, error) from None


def _scan(source: Source) -> pl.LazyFrame:
    table = pl.scan_parquet(_content(source), glob=False)
    refuse_reserved(table.collect_schema().names(), source.name)
    return table


def _content(source: Source) -> Path | BytesIO:
    """Return the file. A Parquet file is read from its end, so that what can be read only once is kept in memory."""
    if not source.is_read_once:
        return source.paths[0]
    return BytesIO(source.paths[0].read_bytes() if source.paths else stdin().read())


def _damaged(source: Source, error: Exception) -> InputError:
    reason = (str(error).splitlines() or ["damaged"])[0]
    return unreadable(source.name, f"this is not a whole Parquet file: {reason}")
