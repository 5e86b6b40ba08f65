"""What makes subgroups: any column of the input, or one that is derived from it."""

from __future__ import annotations

import polars as pl

from spinefoot.casefile import means_unknown
from spinefoot.evaluation.expectations import COLUMNS, accepted
from spinefoot.model.rulebase import RuleBase
from spinefoot.tables.rows import as_text

__all__ = ["AGE_BANDS", "DERIVED", "source_of", "subgroup"]

AGE_BANDS = ((0, "0-15"), (16, "16-29"), (30, "30-49"), (50, "50-64"), (65, "65-79"), (80, "80+"))
"""First age in years and name of each band of `age_band`. Below 16 no cause is scored."""

_AGE = "age_years"
DERIVED = {"age_band": _AGE, "sex": "sex_at_birth"}
"""Names that stand for a finding, unless the input has a column of that name."""


def source_of(column: str) -> str:
    """Return the column that subgroups by *column* are made from, where the input has none of that name."""
    return DERIVED.get(column, column)


def subgroup(column: str, whose: pl.DataFrame, answers: pl.DataFrame, rulebase: RuleBase) -> pl.Series:
    """
    Return the value of each row for subgroups by *column*; null where none is given, or the rows lack the column.

    A finding makes a group of each answer, however it was written, and an expectation one of all that accept the same;
    of any other column, each text is a group.

    Args:
        column: Name of a column of the input, or of `DERIVED`.
        whose: The rows' own columns as text, without those that answer findings unless they are kept.
        answers: Typed answers of the same rows, by finding.
        rulebase: The vocabulary.
    """
    given = whose.columns
    source = column if column in given else source_of(column)
    if source in answers.columns:
        values = answers[source]
        return _age_bands(values) if source != column and source == _AGE else _in_words(values).alias(column)
    if source not in given:
        return pl.Series(column, [None] * whose.height, pl.String)
    cells = whose[source].str.strip_chars()
    if source in COLUMNS:
        return accepted(cells, rulebase).alias(column)
    unknown = [cell for cell in cells.unique().drop_nulls() if means_unknown(cell)]
    return cells.set(cells.is_in(unknown), None).alias(column)


def _in_words(answers: pl.Series) -> pl.Series:
    """Return answers as a symptom file would say them."""
    if answers.dtype == pl.Boolean():
        return answers.replace_strict([True, False], ["yes", "no"], return_dtype=pl.String)
    return answers.to_frame().select(as_text(answers.name, answers.dtype)).to_series()


def _age_bands(years: pl.Series) -> pl.Series:
    age = pl.col(years.name)
    band: pl.Expr = pl.lit(None, pl.String)
    for start, name in AGE_BANDS:
        band = pl.when(age >= start).then(pl.lit(name)).otherwise(band)
    return years.to_frame().select(band.alias("age_band"))["age_band"]
