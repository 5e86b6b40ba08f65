"""
Each row of a table assessed: the one place where evaluation meets an executor.

The frame of results has a row for each case that could be assessed, in order: `id`, `urgency`, `spine_link`,
`root_levels` (joined by ";"), `cause_1` to `cause_3` with `_level` and `_score`, `likely_causes`, and for every
cause id X of the rule base `X_level` and `X_score`. Null is "none", and everywhere where causes are withheld.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import polars as pl

from spinefoot.assessment.intake import settle
from spinefoot.casefile import case_from_answers
from spinefoot.errors import InputError, Location, Problem
from spinefoot.evaluation.source import Table
from spinefoot.executors.plain import infer
from spinefoot.model.assessment import CauseScore, Conclusions
from spinefoot.model.knowledge import LEVELS
from spinefoot.model.rulebase import RuleBase

__all__ = ["RANKS", "Assessed", "assess_table", "in_row", "results_schema", "row_ids"]

RANKS = (1, 2, 3)
"""Places of causes that the results name."""


class Assessed(NamedTuple):
    """*results* of the rows *kept* (numbers from 0), and what is wrong with the others."""

    results: pl.DataFrame
    kept: list[int]
    problems: list[Problem]


def assess_table(table: Table, rulebase: RuleBase) -> Assessed:
    """Assess each row of *table* by the columns that are findings; a row with a fault is left out and reported."""
    findings = [column for column in table.frame.columns if column in rulebase.finding]
    ids = row_ids(table.frame)
    rows: list[dict[str, Any]] = []
    kept: list[int] = []
    problems: list[Problem] = []
    for number, answers in enumerate(_answers(table.frame, findings)):
        try:
            settled, _ = settle(case_from_answers(answers, rulebase, ids[number]), rulebase)
        except InputError as error:
            problems += [in_row(problem, table, number, ids[number]) for problem in error.problems]
            continue
        rows.append(_result(ids[number], infer(rulebase, settled), rulebase))
        kept.append(number)
    return Assessed(pl.DataFrame(rows, schema=results_schema(rulebase)), kept, problems)


def results_schema(rulebase: RuleBase) -> dict[str, type[pl.DataType]]:
    """Return the columns of results and their types."""
    schema: dict[str, type[pl.DataType]] = dict.fromkeys(("id", "urgency", "spine_link", "root_levels"), pl.String)
    for rank in RANKS:
        schema |= {f"cause_{rank}": pl.String, f"cause_{rank}_level": pl.String, f"cause_{rank}_score": pl.Int32}
    schema["likely_causes"] = pl.String
    for cause in rulebase.causes:
        schema |= {f"{cause.id}_level": pl.String, f"{cause.id}_score": pl.Int32}
    return schema


def row_ids(frame: pl.DataFrame) -> list[str]:
    """Return the id of each row; its number, from 1, where it has none."""
    given = frame["id"].to_list() if "id" in frame.columns else [None] * frame.height
    return [str(number) if id is None else str(id) for number, id in enumerate(given, 1)]


def in_row(problem: Problem, table: Table, row: int, id: str) -> Problem:
    """Return *problem* with the place of the row in which it was found."""
    place: Location = table.places[row]
    where = f"row {row + 1} ({id})" if table.kind == "row" else id
    return Problem(problem.code, f"{where}: {problem.message}", place, problem.hint)


def _answers(frame: pl.DataFrame, findings: Sequence[str]) -> Iterator[dict[str, Any]]:
    if findings:
        yield from frame.select(findings).iter_rows(named=True)
    else:
        yield from ({} for _ in range(frame.height))


def _result(id: str, conclusions: Conclusions, rulebase: RuleBase) -> dict[str, Any]:
    scores = conclusions.scores
    best = sorted(scores.values(), key=_listed_first)
    row: dict[str, Any] = {
        "id": id,
        "urgency": conclusions.urgency,
        "spine_link": conclusions.spine_link,
        "root_levels": ";".join(conclusions.root_levels) or None,
        "likely_causes": ";".join(score.cause for score in best if score.level == "likely") or None,
    }
    for rank, score in zip(RANKS, best, strict=False):
        row |= {f"cause_{rank}": score.cause, f"cause_{rank}_level": score.level, f"cause_{rank}_score": score.score}
    for score in best:
        row |= {f"{score.cause}_level": score.level, f"{score.cause}_score": score.score}
    return row


def _listed_first(score: CauseScore) -> tuple[int, bool, int, str]:
    return LEVELS.index(score.level), score.score is None, -(score.score or 0), score.cause
