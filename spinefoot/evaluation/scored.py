"""Results beside expectations: one frame with a row for each case, from which every measure counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from spinefoot.executors.columns.results import TOP
from spinefoot.model.rulebase import RuleBase

__all__ = ["NAMED_LEVELS", "SIDES", "counts", "score_rows"]

SIDES = {"likely": "positive", "possibly": "positive", "unlikely": "negative", "unclear": "unclear"}
"""
What each verdict counts as in a test of the spine link. This is the one place that says so; rule bases do not.

With any other verdict, or with none on one side, a rule base has no such test (`spine_link.LinkTest`).
"""

NAMED_LEVELS = ("likely", "possible")
"""Levels at which a cause counts as named: those that the explained answer shows with a balance sheet."""

_TEXTS = ["urgency", "spine_link", *(f"cause_{rank}{part}" for rank in range(1, TOP + 1) for part in ("", "_level"))]


def score_rows(results: pl.DataFrame, expected: pl.DataFrame, rulebase: RuleBase) -> pl.DataFrame:
    """
    Put *results* (`assessed`) and *expected* (`expectations`) side by side and judge each row.

    Both frames have the same cases in the same order.

    Returns:
        Their columns and these, null where nothing is expected:
        `urgency_rank` (0 is the highest); `triage` (`right`, `under`, `over`); `one_urgency`, whether exactly one
        urgency is right; `emergency_expected`; `link_answer` (`positive`, `unclear`, `negative`; null if `SIDES` does not say);
        `link_right`; `linked`, null also where the expectation leaves it open; `root_named` and `root_only`;
        `withheld`, whether no cause was scored (never null); `top_1` and `top_3`.
    """
    if results.height != expected.height:
        raise ValueError(f"{results.height} results cannot stand beside {expected.height} expectations")
    # Enums of two rule bases do not compare; the levels of each cause are only counted, and stay as they are.
    texts = results.with_columns(pl.col(_TEXTS).cast(pl.String))
    ranks = pl.col("urgency").replace_strict(rulebase.urgency_rank, return_dtype=pl.Int64)
    side_by_side = texts.hstack(expected).with_columns(
        ranks.alias("urgency_rank"), _link_answer().alias("link_answer"), _withheld(rulebase).alias("withheld")
    )
    return side_by_side.with_columns(
        _triage().alias("triage"),
        (pl.col("urgency_highest_ok") == pl.col("urgency_lowest_ok")).alias("one_urgency"),
        (pl.col("urgency_lowest_ok") == 0).alias("emergency_expected"),
        pl.col("spine_link").is_in(pl.col("spine_links_ok")).alias("link_right"),
        _linked().alias("linked"),
        *_roots(),
        _top(1).alias("top_1"),
        _top(TOP).alias("top_3"),
    )


def counts(frame: pl.DataFrame, *columns: str) -> Mapping[tuple[Any, ...], int]:
    """Return how often each combination of values stands in *columns*."""
    return {tuple(row[:-1]): row[-1] for row in frame.group_by(columns).len().rows()}


def _triage() -> pl.Expr:
    rank = pl.col("urgency_rank")
    return (
        pl.when(rank > pl.col("urgency_lowest_ok"))
        .then(pl.lit("under"))
        .when(rank < pl.col("urgency_highest_ok"))
        .then(pl.lit("over"))
        .when(pl.col("urgency_lowest_ok").is_not_null())
        .then(pl.lit("right"))
    )


def _link_answer() -> pl.Expr:
    return pl.col("spine_link").replace_strict(SIDES, default=None, return_dtype=pl.String)


def _linked() -> pl.Expr:
    """Yes or no where every acceptable verdict says the same; null where they differ or say unclear."""
    accepted = pl.col("spine_links_ok")
    every_positive, every_negative = (
        accepted.list.set_difference([verdict for verdict in SIDES if SIDES[verdict] == side]).list.len() == 0
        for side in ("positive", "negative")
    )
    return pl.when(every_positive).then(pl.lit(True)).when(every_negative).then(pl.lit(False))


def _withheld(rulebase: RuleBase) -> pl.Expr:
    return pl.all_horizontal(pl.col(f"{cause.id}_level").is_null() for cause in rulebase.causes)


def _roots() -> tuple[pl.Expr, pl.Expr]:
    accepted = pl.col("roots_ok")
    named = pl.col("root_levels").fill_null("").str.split(";").list.filter(pl.element() != "")
    none_named = named.list.len() == 0
    none_expected = accepted.list.len() == 0
    found = named.list.set_intersection(accepted).list.len() > 0
    beyond = named.list.set_difference(accepted).list.len() > 0
    named_right = pl.when(none_expected).then(none_named).otherwise(found)
    only = pl.when(none_expected).then(none_named).otherwise(found & ~beyond)
    known = pl.when(accepted.is_not_null())
    return known.then(named_right).alias("root_named"), known.then(only).alias("root_only")


def _top(places: int) -> pl.Expr:
    hits = [
        pl.col(f"cause_{rank}").is_in(pl.col("causes_ok")).fill_null(False)
        & pl.col(f"cause_{rank}_level").is_in(NAMED_LEVELS).fill_null(False)
        for rank in range(1, places + 1)
    ]
    return pl.when(pl.col("causes_ok").is_not_null()).then(pl.any_horizontal(hits))
