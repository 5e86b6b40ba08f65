"""Frames of results and expectations made by hand, so that every count can be seen in the test."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import polars as pl
import pytest

import spinefoot
from spinefoot.evaluation.expectations import read_expectations
from spinefoot.evaluation.run import Evaluation, evaluate
from spinefoot.model.knowledge import LEVELS

Row = Mapping[str, Any]
RANKS = (1, 2, 3)


def results_schema(rules: spinefoot.RuleBase) -> dict[str, type[pl.DataType]]:
    """Return the columns that `assess_table` gives, with plain text where it has enumerations."""
    schema: dict[str, type[pl.DataType]] = dict.fromkeys(("id", "urgency", "spine_link", "root_levels"), pl.String)
    for rank in RANKS:
        schema |= {f"cause_{rank}": pl.String, f"cause_{rank}_level": pl.String, f"cause_{rank}_score": pl.Int32}
    for cause in rules.causes:
        schema |= {f"{cause.id}_level": pl.String, f"{cause.id}_score": pl.Int32}
    return schema


def result_row(row: Row, rules: spinefoot.RuleBase) -> dict[str, Any]:
    """
    Write a row as the executor would: `causes` is {id: (level, score)}, None where causes are withheld.

    Causes that are not named have too little information.
    """
    result: dict[str, Any] = {
        "urgency": row.get("urgency", "routine"),
        "spine_link": row.get("spine_link", "unclear"),
        "root_levels": ";".join(row.get("roots", ())) or None,
    }
    given = row.get("causes", {})
    if given is None:
        return result
    scores = {cause.id: ("not_enough_information", -3) for cause in rules.causes} | dict(given)
    best = sorted(scores, key=lambda c: (LEVELS.index(scores[c][0]), scores[c][1] is None, -(scores[c][1] or 0), c))
    for rank in RANKS:
        cause = best[rank - 1]
        result |= {f"cause_{rank}": cause, f"cause_{rank}_level": scores[cause][0], f"cause_{rank}_score": scores[cause][1]}
    for cause, (level, score) in scores.items():
        result |= {f"{cause}_level": level, f"{cause}_score": score}
    return result


@pytest.fixture(scope="session")
def frames(rules: spinefoot.RuleBase) -> Callable[[Sequence[Row]], tuple[pl.DataFrame, pl.DataFrame]]:
    """Make the frames of results and expectations from rows; keys `expected_…` are what is expected."""

    def build(rows: Sequence[Row]) -> tuple[pl.DataFrame, pl.DataFrame]:
        results = [{"id": row.get("id", f"case-{n}"), **result_row(row, rules)} for n, row in enumerate(rows)]
        cells = [{key: value for key, value in row.items() if key.startswith("expected_")} for row in rows]
        columns = dict.fromkeys(key for row in cells for key in row)
        table = pl.DataFrame(cells or [{}], schema=dict.fromkeys([*columns, "id"], pl.String))
        expected, bad = read_expectations(table, rules)
        assert bad == []
        return pl.DataFrame(results, schema=results_schema(rules)), expected

    return build


@pytest.fixture(scope="session")
def measured(frames: Any, rules: spinefoot.RuleBase) -> Callable[[Sequence[Row]], Evaluation]:
    """Evaluate rows made by hand."""
    return lambda rows: evaluate(*frames(rows), rules)
