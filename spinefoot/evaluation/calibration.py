"""
Scores held against outcomes: do decibans mean what they say?

A score is a balance sheet, not a probability: its prior is a convention, and groups are capped. This holds each
score against the share that it would claim if it *were* the log-odds of its cause, 10^(s/10) / (1 + 10^(s/10)).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import msgspec
import polars as pl

from spinefoot.evaluation.intervals import Share, wilson
from spinefoot.model.knowledge import LEVELS
from spinefoot.model.rulebase import RuleBase

__all__ = ["Calibration", "LeftOut", "LevelOutcome", "ScoreBin", "claimed_share", "measure_calibration"]

_TOO_LITTLE = "not_enough_information"
_BIN_WIDTH_DB = 3
_BINS_BELOW_LIKELY = 6
_BINS_FROM_LIKELY = 4


class ScoreBin(msgspec.Struct, frozen=True, kw_only=True):
    """
    Pairs of a case and a cause whose score lies in a bin.

    Attributes:
        lowest: Lowest score of the bin in decibans; None for the open bin at the bottom.
        highest: Highest score; None for the open bin at the top.
        expected: Share of the pairs in which the cause is the expected one.
        claimed: Mean of the shares that the scores would claim; None without pairs.
    """

    lowest: int | None
    highest: int | None
    expected: Share
    claimed: float | None


class LevelOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """Share of the pairs at one *level* in which the cause is the expected one."""

    level: str
    expected: Share


class LeftOut(msgspec.Struct, frozen=True, kw_only=True):
    """
    Pairs that stand in no bin, each counted under the first reason that holds. The first two stand at no level either.

    Attributes:
        withheld: Pairs of the *withheld_cases* for which no cause was scored.
        one_of_several: Pairs of a case and a cause that it accepts beside others: nothing says whether it is there.
        not_enough_information: The cause has too little information for spinefoot to stand by its score.
        without_score: The cause has a level and no score.
    """

    withheld_cases: int
    withheld: int
    one_of_several: int
    not_enough_information: int
    without_score: int

    @property
    def pairs(self) -> int:
        """Number of all pairs left out of the bins."""
        return self.withheld + self.one_of_several + self.not_enough_information + self.without_score


class Calibration(msgspec.Struct, frozen=True, kw_only=True):
    """
    Scores and levels against outcomes, over pairs of one of the *cases* that expect a cause and one of the *causes*.

    *bins* hold *pairs*, *left_out* counts all others; *levels* also hold those with too little information or without a
    score. The pairs of one case depend on each other, so that the intervals are narrower than they should be.
    """

    cases: int
    causes: int
    pairs: int
    left_out: LeftOut
    bins: tuple[ScoreBin, ...]
    levels: tuple[LevelOutcome, ...]


def claimed_share(score_db: int) -> float:
    """
    Return the probability that *score_db* would mean if it were log-odds in decibans.

    Examples:
        >>> claimed_share(0), round(claimed_share(10), 3)
        (0.5, 0.909)
    """
    odds = 10 ** (score_db / 10)
    return float(odds / (1 + odds))


def measure_calibration(scored: pl.DataFrame, rulebase: RuleBase) -> Calibration | None:
    """Hold scores against outcomes on the frame of `score_rows`; None where no case with scores expects a cause."""
    expecting = scored.filter(pl.col("causes_ok").is_not_null())
    rows = expecting.filter(~pl.col("withheld"))
    if not rows.height:
        return None
    by_score: Counter[tuple[int, bool]] = Counter()
    by_level: Counter[tuple[str, bool]] = Counter()
    for cause in rulebase.causes:
        for score, level, hit, count in _pairs(rows, cause.id):
            by_level[level, hit] += count
            if score is not None and level != _TOO_LITTLE:
                by_score[score, hit] += count
    withheld = expecting.height - rows.height
    too_little = by_level[_TOO_LITTLE, True] + by_level[_TOO_LITTLE, False]
    left_out = LeftOut(
        withheld_cases=withheld,
        withheld=withheld * len(rulebase.causes),
        one_of_several=rows.height * len(rulebase.causes) - by_level.total(),
        not_enough_information=too_little,
        without_score=by_level.total() - by_score.total() - too_little,
    )
    return Calibration(
        cases=expecting.height,
        causes=len(rulebase.causes),
        pairs=by_score.total(),
        left_out=left_out,
        bins=tuple(_bin(low, high, by_score) for low, high in _edges(rulebase.scoring.likely_at_least)),
        levels=tuple(
            LevelOutcome(level=level, expected=wilson(by_level[level, True], by_level[level, True] + by_level[level, False]))
            for level in LEVELS
        ),
    )


def _pairs(rows: pl.DataFrame, cause: str) -> list[tuple[int | None, str, bool, int]]:
    hit = pl.col("causes_ok").list.contains(cause)
    certain = ~hit | (pl.col("causes_ok").list.len() == 1)
    pairs = rows.filter(certain & pl.col(f"{cause}_level").is_not_null()).select(
        pl.col(f"{cause}_score").alias("score"), pl.col(f"{cause}_level").alias("level"), hit.alias("hit")
    )
    return pairs.group_by("score", "level", "hit").len().rows()


def _edges(likely_at_least: int) -> Iterator[tuple[int | None, int | None]]:
    """Yield the lowest and highest score of each bin: three decibans wide, one beginning where `likely` does."""
    lowest = likely_at_least - _BINS_BELOW_LIKELY * _BIN_WIDTH_DB
    starts = [lowest + i * _BIN_WIDTH_DB for i in range(_BINS_BELOW_LIKELY + _BINS_FROM_LIKELY)]
    yield None, starts[0] - 1
    yield from ((start, start + _BIN_WIDTH_DB - 1) for start in starts[:-1])
    yield starts[-1], None


def _bin(lowest: int | None, highest: int | None, by_score: Counter[tuple[int, bool]]) -> ScoreBin:
    inside = {
        pair: count
        for pair, count in by_score.items()
        if (lowest is None or pair[0] >= lowest) and (highest is None or pair[0] <= highest)
    }
    total = sum(inside.values())
    hits = sum(count for (_, hit), count in inside.items() if hit)
    claims = sum(claimed_share(score) * count for (score, _), count in sorted(inside.items()))
    return ScoreBin(lowest=lowest, highest=highest, expected=wilson(hits, total), claimed=claims / total if total else None)
