"""Causes against those expected: the first named, the first three, and each cause as a diagnostic test."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import polars as pl

from spinefoot.evaluation.intervals import LikelihoodRatio, Share, likelihood_ratio, wilson
from spinefoot.evaluation.scored import NAMED_LEVELS, counts
from spinefoot.model.rulebase import RuleBase
from spinefoot.tables.read_symptoms import OTHER_CAUSE

__all__ = ["WITHHELD", "BinaryTest", "CauseMeasures", "CauseTest", "FirstNamed", "measure_causes"]

WITHHELD = "(withheld)"
NONE_NAMED = "(none named)"


class BinaryTest(msgspec.Struct, frozen=True, kw_only=True):
    """A 2 x 2 table and what it says of the test."""

    true_positive: int
    false_negative: int
    false_positive: int
    true_negative: int
    sensitivity: Share
    specificity: Share
    lr_positive: LikelihoodRatio
    lr_negative: LikelihoodRatio


class CauseTest(msgspec.Struct, frozen=True, kw_only=True):
    """
    One cause as a test: positive where it is `likely`, or where it is `likely` or `possible`.

    Attributes:
        cause: Id of the cause.
        expected: Cases in which it is the one expected cause, withheld ones included.
        not_expected: Cases in which only other causes are expected, withheld ones included.
        one_of_several: Cases that accept it beside other causes: they say neither that it is there nor that it
            is not, and stand in neither table. With *expected* and *not_expected*, these are all cases.
        withheld_expected: Of *expected*, those for which no cause was scored; they stand in neither table.
        withheld_not_expected: The same of *not_expected*.
        likely: Test "the cause is likely".
        likely_or_possible: Test "the cause is likely or possible".
    """

    cause: str
    expected: int
    not_expected: int
    one_of_several: int
    withheld_expected: int
    withheld_not_expected: int
    likely: BinaryTest
    likely_or_possible: BinaryTest


class FirstNamed(msgspec.Struct, frozen=True, kw_only=True):
    """How often *named* was the first cause named where *expected* was the one expected cause."""

    expected: str
    named: str
    cases: int


class CauseMeasures(msgspec.Struct, frozen=True, kw_only=True):
    """
    All about causes, on the *cases* that expect one.

    A cause is named where it is likely or possible. Where causes are withheld (an emergency, or out of scope),
    none is: *top_1* and *top_3* count that as not named; the `_if_scored` shares leave these cases out.
    *unknown_cause* counts cases that expect a cause that is not in the rule base; they can never be named.
    """

    cases: int
    withheld: int
    unknown_cause: int
    top_1: Share
    top_3: Share
    top_1_if_scored: Share
    top_3_if_scored: Share
    first_named: tuple[FirstNamed, ...]
    tests: tuple[CauseTest, ...]


def measure_causes(scored: pl.DataFrame, rulebase: RuleBase) -> CauseMeasures | None:
    """Measure causes on the frame of `score_rows`; None where no case expects any."""
    rows = scored.filter(pl.col("causes_ok").is_not_null())
    if not rows.height:
        return None
    scored_rows = rows.filter(~pl.col("withheld"))
    return CauseMeasures(
        cases=rows.height,
        withheld=rows.height - scored_rows.height,
        unknown_cause=rows.filter(pl.col("causes_ok").list.contains(OTHER_CAUSE)).height,
        top_1=_share(rows, "top_1"),
        top_3=_share(rows, "top_3"),
        top_1_if_scored=_share(scored_rows, "top_1"),
        top_3_if_scored=_share(scored_rows, "top_3"),
        first_named=_first_named(rows),
        tests=tuple(_test(cause.id, rows) for cause in rulebase.causes),
    )


def _share(rows: pl.DataFrame, column: str) -> Share:
    return wilson(rows.filter(column).height, rows.height)


def _first_named(rows: pl.DataFrame) -> tuple[FirstNamed, ...]:
    named = (
        pl.when("withheld")
        .then(pl.lit(WITHHELD))
        .when(pl.col("cause_1_level").is_in(NAMED_LEVELS))
        .then(pl.col("cause_1"))
        .otherwise(pl.lit(NONE_NAMED))
    )
    single = rows.filter(pl.col("causes_ok").list.len() == 1)
    pairs = counts(single.select(pl.col("causes_ok").list.first().alias("expected"), named.alias("named")), "expected", "named")
    ordered = sorted(pairs.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(FirstNamed(expected=e, named=n, cases=count) for (e, n), count in ordered)


def _test(cause: str, rows: pl.DataFrame) -> CauseTest:
    accepted = pl.col("causes_ok").list.contains(cause)
    alone = accepted & (pl.col("causes_ok").list.len() == 1)
    table = counts(
        rows.select(
            pl.when(alone)
            .then(pl.lit("expected"))
            .when(accepted)
            .then(pl.lit("several"))
            .otherwise(pl.lit("other"))
            .alias("truth"),
            pl.col(f"{cause}_level").alias("level"),
        ),
        "truth",
        "level",
    )
    return CauseTest(
        cause=cause,
        expected=_sum(table, "expected"),
        not_expected=_sum(table, "other"),
        one_of_several=_sum(table, "several"),
        withheld_expected=table.get(("expected", None), 0),
        withheld_not_expected=table.get(("other", None), 0),
        likely=_binary(table, ("likely",)),
        likely_or_possible=_binary(table, NAMED_LEVELS),
    )


def _binary(table: Mapping[tuple[Any, ...], int], positive: tuple[str, ...]) -> BinaryTest:
    cells = {(truth, answer): 0 for truth in ("expected", "other") for answer in (True, False)}
    for (truth, level), count in table.items():
        if truth != "several" and level is not None:
            cells[truth, level in positive] += count
    tp, fn, fp, tn = cells["expected", True], cells["expected", False], cells["other", True], cells["other", False]
    return BinaryTest(
        true_positive=tp,
        false_negative=fn,
        false_positive=fp,
        true_negative=tn,
        sensitivity=wilson(tp, tp + fn),
        specificity=wilson(tn, tn + fp),
        lr_positive=likelihood_ratio(tp, tp + fn, fp, fp + tn),
        lr_negative=likelihood_ratio(fn, tp + fn, tn, fp + tn),
    )


def _sum(table: Mapping[tuple[Any, ...], int], truth: str) -> int:
    return sum(count for (kind, _), count in table.items() if kind == truth)
