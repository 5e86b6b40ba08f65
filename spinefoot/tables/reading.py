"""Any source to chunks of rows, and to its header where that can be had before."""

from __future__ import annotations

from collections.abc import Iterator

from spinefoot.model.rulebase import RuleBase
from spinefoot.tables.chunks import Chunk, parts_of
from spinefoot.tables.inputs import Source
from spinefoot.tables.read_json import json_chunks, ndjson_chunks
from spinefoot.tables.read_parquet import parquet_chunks, parquet_header
from spinefoot.tables.read_symptoms import document_chunk, symptom_chunks
from spinefoot.tables.streams import blocks_of

__all__ = ["chunks_of", "header_of"]


def chunks_of(source: Source, rulebase: RuleBase, rows: int, separator: str | None = None) -> Iterator[Chunk]:
    """
    Yield the rows of *source*, at most *rows* at a time; a table without rows gives one chunk of none.

    Raises:
        InputError: The source cannot be read, or no further.
    """
    for chunk in _chunks(source, rulebase, rows, separator):
        yield from parts_of(chunk, rows)


def header_of(source: Source, separator: str | None = None) -> list[str] | None:
    """Return the columns of *source* in their order; None where only reading it all would tell."""
    if source.is_read_once or source.format not in ("csv", "tsv", "parquet"):
        return None
    if source.format == "parquet":
        return parquet_header(source)
    from spinefoot.tables.read_csv import csv_header  # numpy takes a while to import

    return csv_header(source, _separator(source, separator))


def _chunks(source: Source, rulebase: RuleBase, rows: int, separator: str | None) -> Iterator[Chunk]:
    if source.format == "parquet":
        return parquet_chunks(source, rows)
    if source.format == "ndjson":
        return ndjson_chunks(source)
    if source.format == "json":
        return json_chunks(source, rulebase)
    if source.format == "symptoms":
        return symptom_chunks(source, rulebase)
    if source.format in ("yaml", "toml"):
        content = b"".join(block for block, _ in blocks_of(source))
        return iter([document_chunk(content, source.format, source.name, rulebase)])
    from spinefoot.tables.read_csv import csv_chunks

    return csv_chunks(source, _separator(source, separator))


def _separator(source: Source, separator: str | None) -> str:
    return separator or ("\t" if source.format == "tsv" else ",")
