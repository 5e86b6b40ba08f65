"""Counts over all rows: what a summary shows, and whether ids repeat."""

from __future__ import annotations

from collections import Counter

import polars as pl

__all__ = ["WHOLE_ROW", "Tally"]

WHOLE_ROW = "the whole row"
"""What faults that are no single column's are counted under."""

_MOST_IDS = 20_000_000
"""Beyond this many ids it is no longer known whether they repeat; a hash takes eight bytes."""


class Tally:
    """
    Counts what `add` is given.

    *urgencies*, *spine_links* and *likely_causes* count rows by id; *withheld* counts rows whose causes are withheld;
    *faulty_columns* counts faults by column.
    """

    def __init__(self) -> None:
        self.rows = 0
        self.rejected = 0
        self.written = 0
        self.withheld = 0
        self.urgencies: Counter[str] = Counter()
        self.spine_links: Counter[str] = Counter()
        self.likely_causes: Counter[str] = Counter()
        self.faulty_columns: Counter[str] = Counter()
        self._ids: list[pl.Series] = []

    def add(self, results: pl.DataFrame, faults: pl.DataFrame, rows: int, rejected: int) -> None:
        """Count *results*, which are left of *rows* after *rejected* went for their *faults*."""
        self.rows += rows
        self.rejected += rejected
        self.faulty_columns.update(_counts(faults["column"].fill_null(WHOLE_ROW)))
        self.written += results.height
        self.withheld += int(results["causes_withheld"].sum())
        self.urgencies.update(_counts(results["urgency"]))
        self.spine_links.update(_counts(results["spine_link"]))
        for causes, count in _counts(results["likely_causes"]).items():
            self.likely_causes.update({cause: count for cause in causes.split(";") if cause})
        if self.written <= _MOST_IDS:
            self._ids.append(results.select(pl.struct(pl.col("^file$|^id$")).hash()).to_series())

    @property
    def repeated_ids(self) -> int | None:
        """Rows whose id (of the same file) was in an earlier row; None where there are too many rows to tell."""
        if self.written > _MOST_IDS:
            return None
        return self.written - pl.concat(self._ids).n_unique() if self._ids else 0


def _counts(column: pl.Series) -> dict[str, int]:
    counted = column.cast(pl.String).value_counts()
    return dict(counted.iter_rows())
