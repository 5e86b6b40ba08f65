"""Nerve roots against those expected."""

from __future__ import annotations

import msgspec
import polars as pl

from spinefoot.evaluation.intervals import Share, wilson

__all__ = ["RootMeasures", "measure_roots"]


class RootMeasures(msgspec.Struct, frozen=True, kw_only=True):
    """
    Nerve roots, on the *cases* that expect some or expect none.

    Attributes:
        cases: Number of cases.
        named: At least one expected root was named; where none is expected, none was named.
        only: The same, and no other root was named.
    """

    cases: int
    named: Share
    only: Share


def measure_roots(scored: pl.DataFrame) -> RootMeasures | None:
    """Measure nerve roots on the frame of `score_rows`; None where no case expects any."""
    rows = scored.select("roots_ok", "root_named", "root_only").filter(pl.col("roots_ok").is_not_null())
    if not rows.height:
        return None
    return RootMeasures(
        cases=rows.height,
        named=wilson(rows.filter("root_named").height, rows.height),
        only=wilson(rows.filter("root_only").height, rows.height),
    )
