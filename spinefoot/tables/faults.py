"""What is wrong with rows of a table, as a table: one line a fault."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl

__all__ = ["FAULTS", "FILE", "ID", "RESERVED", "ROW", "faults_of_rows", "join_faults", "no_faults"]

ROW = "row:number"
"""Column of the number of a row in its source, from 1; the header is not a row. No finding can have this name."""

ID = "row:id"
"""Column of the id of a row, as text; the row number where the input gives none."""

FILE = "row:file"
"""Column of the file that a row is from, in sources of many files."""

RESERVED = frozenset((ROW, ID, FILE))
"""Names that no column of an input may have."""

FAULTS = pl.Schema({ROW: pl.UInt64(), FILE: pl.String(), "column": pl.String(), "value": pl.String(), "reason": pl.String()})
"""
Columns of a table of faults.

`FILE` is null unless the source has many and the row could not be read, `column` where the fault is not one column's;
`value` is as it was written.
"""


def no_faults() -> pl.DataFrame:
    """Return a table of no faults."""
    return pl.DataFrame(schema=FAULTS)


def faults_of_rows(
    rows: Sequence[int] | pl.Series,
    values: Sequence[str | None] | pl.Series,
    reasons: str | Sequence[str] | pl.Series,
    column: str | None = None,
    file: str | None = None,
) -> pl.DataFrame:
    """Return a fault for each of *rows*; *reasons* may be one for all."""
    frame = pl.DataFrame([pl.Series(ROW, rows, dtype=pl.UInt64), pl.Series("value", values, dtype=pl.String)])
    reason = pl.lit(reasons) if isinstance(reasons, str) else pl.Series(reasons, dtype=pl.String)
    place = (pl.lit(name, dtype=pl.String).alias(part) for part, name in ((FILE, file), ("column", column)))
    return frame.select(ROW, *place, "value", reason.alias("reason"))


def join_faults(faults: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Return *faults* as one table in the order of rows; within a row in the order given."""
    found = [table for table in faults if table.height]
    return pl.concat(found).sort(ROW, maintain_order=True) if found else no_faults()
