"""What makes subgroups: any column of the input, or one that is derived from it."""

from __future__ import annotations

import polars as pl

from spinefoot.casefile import means_unknown

__all__ = ["AGE_BANDS", "DERIVED", "source_of", "subgroup"]

AGE_BANDS = ((0, "0-15"), (16, "16-29"), (30, "30-49"), (50, "50-64"), (65, "65-79"), (80, "80+"))
"""First age in years and name of each band of `age_band`. Below 16 no cause is scored."""

_AGE = "age_years"
DERIVED = {"age_band": _AGE, "sex": "sex_at_birth"}
"""Names that stand for a finding, unless the input has a column of that name."""


def source_of(column: str) -> str:
    """Return the column that subgroups by *column* are made from, where the input has none of that name."""
    return DERIVED.get(column, column)


def subgroup(column: str, frame: pl.DataFrame) -> pl.Series:
    """Return the value of each row for subgroups by *column*; null where none is given, or *frame* lacks the column."""
    source = column if column in frame.columns else source_of(column)
    if source not in frame.columns:
        return pl.Series(column, [None] * frame.height, pl.String)
    cells = frame[source].str.strip_chars()
    unknown = [cell for cell in cells.unique().drop_nulls() if means_unknown(cell)]
    given = cells.set(cells.is_in(unknown), None)
    return _age_bands(given) if source != column and source == _AGE else given.alias(column)


def _age_bands(ages: pl.Series) -> pl.Series:
    years = ages.cast(pl.Float64, strict=False).to_frame("years")
    band: pl.Expr = pl.lit(None, pl.String)
    for start, name in AGE_BANDS:
        band = pl.when(pl.col("years") >= start).then(pl.lit(name)).otherwise(band)
    return years.with_columns(band.alias("age_band"))["age_band"]
