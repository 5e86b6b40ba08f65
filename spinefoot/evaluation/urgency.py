"""Urgency against what was expected: right, under- and over-triage, missed emergencies, agreement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import polars as pl

from spinefoot.evaluation.intervals import Share, at_most_when_none, exact, wilson
from spinefoot.evaluation.matrices import Kappa, Matrix, quadratic_kappa
from spinefoot.evaluation.scored import counts
from spinefoot.model.rulebase import RuleBase

__all__ = ["LevelTriage", "MissedEmergencies", "UnexpectedUrgency", "UrgencyMeasures", "measure_urgency"]

# A frame of results has two columns for each cause; what is not read must not be copied.
_COLUMNS = ("id", "urgency_rank", "urgency_highest_ok", "urgency_lowest_ok", "triage", "one_urgency", "emergency_expected")


class LevelTriage(msgspec.Struct, frozen=True, kw_only=True):
    """Triage of the cases for which just one urgency is right; *level* is None for cases where several are."""

    level: str | None
    right: Share
    under: Share
    over: Share


class UnexpectedUrgency(msgspec.Struct, frozen=True, kw_only=True):
    """A case whose urgency is lower, or higher, than everything that is right; *expected* is the nearest that is."""

    id: str
    expected: str
    result: str


class MissedEmergencies(msgspec.Struct, frozen=True, kw_only=True):
    """
    Cases in which only an emergency is right, and a lower urgency came out.

    Attributes:
        share: Missed among expected emergencies, with the exact interval.
        one_lower: Missed that still came out at the second highest urgency.
        further_below: Missed that came out lower than that.
        at_most: Where none was missed: the exact one-sided 95 % upper bound of the rate.
    """

    share: Share
    one_lower: int
    further_below: int
    at_most: float | None


class UrgencyMeasures(msgspec.Struct, frozen=True, kw_only=True):
    """
    All about urgency; shares are of the *cases* with an expected urgency.

    *matrix* and *kappa* take the cases for which just one urgency is right. *lower_than_expected* lists
    every under-triaged case, the highest expected urgency and the widest gap first; *higher_than_expected* every
    over-triaged one, the widest gap first.
    """

    cases: int
    right: Share
    under: Share
    over: Share
    missed: MissedEmergencies
    levels: tuple[LevelTriage, ...]
    matrix: Matrix
    kappa: Kappa
    lower_than_expected: tuple[UnexpectedUrgency, ...]
    higher_than_expected: tuple[UnexpectedUrgency, ...]


def measure_urgency(scored: pl.DataFrame, rulebase: RuleBase) -> UrgencyMeasures | None:
    """Measure urgency on the frame of `score_rows`; None where no case expects one."""
    rows = scored.select(_COLUMNS).filter(pl.col("triage").is_not_null())
    if not rows.height:
        return None
    names = [urgency.id for urgency in rulebase.urgencies]
    by_level = counts(
        rows.select(pl.when("one_urgency").then(pl.col("urgency_lowest_ok")).alias("level"), "triage"), "level", "triage"
    )
    pairs = counts(rows.filter("one_urgency"), "urgency_lowest_ok", "urgency_rank")
    matrix = Matrix.of(names, names, {(names[e], names[r]): n for (e, r), n in pairs.items()})
    levels = [_level(name, rank, by_level) for rank, name in enumerate(names)]
    levels.append(_level(None, None, by_level))
    overall = counts(rows, "triage")
    right, under, over = (wilson(overall.get((word,), 0), rows.height) for word in ("right", "under", "over"))
    return UrgencyMeasures(
        cases=rows.height,
        right=right,
        under=under,
        over=over,
        missed=_missed(rows),
        levels=tuple(level for level in levels if level.right.of),
        matrix=matrix,
        kappa=quadratic_kappa(matrix, "urgency"),
        lower_than_expected=_listed(rows, "under", "urgency_lowest_ok", names),
        higher_than_expected=_listed(rows, "over", "urgency_highest_ok", names),
    )


def _level(name: str | None, rank: int | None, by_level: Mapping[tuple[Any, ...], int]) -> LevelTriage:
    found = {word: by_level.get((rank, word), 0) for word in ("right", "under", "over")}
    total = sum(found.values())
    return LevelTriage(level=name, **{word: wilson(count, total) for word, count in found.items()})


def _missed(rows: pl.DataFrame) -> MissedEmergencies:
    emergencies = rows.filter("emergency_expected")
    missed = emergencies.filter(pl.col("urgency_rank") > 0)
    one_lower = missed.filter(pl.col("urgency_rank") == 1).height
    return MissedEmergencies(
        share=exact(missed.height, emergencies.height),
        one_lower=one_lower,
        further_below=missed.height - one_lower,
        at_most=at_most_when_none(emergencies.height) if not missed.height else None,
    )


def _listed(rows: pl.DataFrame, triage: str, expected: str, names: list[str]) -> tuple[UnexpectedUrgency, ...]:
    """List the cases of one *triage*: those with the highest urgency, expected or result, first, then the widest gap."""
    found = rows.filter(pl.col("triage") == triage).select("id", pl.col(expected).alias("expected"), "urgency_rank")
    ordered = found.sort(pl.min_horizontal("expected", "urgency_rank"), pl.max_horizontal("expected", "urgency_rank") * -1, "id")
    return tuple(UnexpectedUrgency(id=id, expected=names[rank], result=names[result]) for id, rank, result in ordered.rows())
