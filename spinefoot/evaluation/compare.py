"""Two rule bases on the same cases: what each gets right where the other does not."""

from __future__ import annotations

import msgspec
import polars as pl

from spinefoot.evaluation.intervals import Share, exact, mcnemar_p, wilson
from spinefoot.model.rulebase import RuleBase

__all__ = ["Change", "Comparison", "Paired", "RuleBaseName", "compare", "name_of"]


class RuleBaseName(msgspec.Struct, frozen=True, kw_only=True):
    """Which rule base: version, content hash, and the folder it was read from."""

    version: str
    sha256: str
    directory: str


class Paired(msgspec.Struct, frozen=True, kw_only=True):
    """
    One measure that is met or not met in each case, under both rule bases.

    Attributes:
        measure: What is met.
        both: Cases in which both meet it.
        only_this: Cases in which only the rule base under evaluation does.
        only_against: Cases in which only the one it is compared with does.
        neither: Cases in which neither does.
        p: Exact two-sided McNemar p; None without discordant cases.
        favours_this: Share of the discordant cases that favour the rule base under evaluation, exact interval.
        this: Share of all these cases in which the rule base under evaluation meets it, Wilson interval.
        other: The same of the one it is compared with.
        gained: Ids of *only_this*.
        lost: Ids of *only_against*.
    """

    measure: str
    both: int
    only_this: int
    only_against: int
    neither: int
    p: float | None
    favours_this: Share
    this: Share
    other: Share
    gained: tuple[str, ...]
    lost: tuple[str, ...]


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A case whose urgency differs: *before* with the rule base compared with, *after* with the one under evaluation."""

    id: str
    before: str
    after: str
    expected: str | None


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """
    Two rule bases on the *cases* that both accept; *refused* counts those that only the one compared with refuses.

    *fell* and *rose* list every case whose urgency is lower, or higher, than with the rule base compared with,
    whether or not anything was expected of it.
    """

    against: RuleBaseName
    cases: int
    refused: int
    measures: tuple[Paired, ...]
    fell: tuple[Change, ...]
    rose: tuple[Change, ...]


_MET: dict[str, pl.Expr] = {
    "urgency right": pl.col("triage") == "right",
    "not under-triaged": pl.col("triage") != "under",
    "expected emergency found": pl.when("emergency_expected").then(pl.col("urgency_rank") == 0),
    "spine link right": pl.col("link_right"),
    "root level named": pl.col("root_named"),
    "cause named first": pl.col("top_1"),
    "cause among first three": pl.col("top_3"),
}
"""What is met, by name: true, false, or null in cases that expect nothing of the kind."""


def name_of(rulebase: RuleBase) -> RuleBaseName:
    """Return what names *rulebase* in a result."""
    return RuleBaseName(version=rulebase.version, sha256=rulebase.sha256, directory=rulebase.directory)


def compare(this: pl.DataFrame, other: pl.DataFrame, rulebase: RuleBase, against: RuleBase, refused: int = 0) -> Comparison:
    """
    Pair the frames of `score_rows` of two rule bases; both have the same cases in the same order.

    *refused* is the number of other cases, which only *against* refuses.
    """
    if this.height != other.height:
        raise ValueError(f"{this.height} cases cannot be paired with {other.height}")
    pairs = pl.DataFrame(
        {
            "id": this["id"],
            "before": other["urgency_rank"],
            "after": this["urgency_rank"],
            "highest": this["urgency_highest_ok"],
            "lowest": this["urgency_lowest_ok"],
        }
    )
    names = [urgency.id for urgency in rulebase.urgencies]
    measured = [_paired(name, met, this, other) for name, met in _MET.items()]
    return Comparison(
        against=name_of(against),
        cases=this.height,
        refused=refused,
        measures=tuple(measure for measure in measured if measure is not None),
        fell=_changes(pairs.filter(pl.col("after") > pl.col("before")), names),
        rose=_changes(pairs.filter(pl.col("after") < pl.col("before")), names),
    )


def _paired(measure: str, met: pl.Expr, this: pl.DataFrame, other: pl.DataFrame) -> Paired | None:
    table = pl.DataFrame({"id": this["id"], "this": this.select(met).to_series(), "other": other.select(met).to_series()})
    table = table.filter(pl.col("this").is_not_null() & pl.col("other").is_not_null())
    if not table.height:
        return None
    gained = table.filter(pl.col("this") & ~pl.col("other"))["id"].sort().to_list()
    lost = table.filter(~pl.col("this") & pl.col("other"))["id"].sort().to_list()
    both = table.filter(pl.col("this") & pl.col("other")).height
    return Paired(
        measure=measure,
        both=both,
        only_this=len(gained),
        only_against=len(lost),
        neither=table.height - both - len(gained) - len(lost),
        p=mcnemar_p(len(gained), len(lost)),
        favours_this=exact(len(gained), len(gained) + len(lost)),
        this=wilson(both + len(gained), table.height),
        other=wilson(both + len(lost), table.height),
        gained=tuple(gained),
        lost=tuple(lost),
    )


def _changes(rows: pl.DataFrame, names: list[str]) -> tuple[Change, ...]:
    # The highest urgency that was lost or won comes first.
    ordered = rows.sort(pl.min_horizontal("before", "after"), (pl.col("before") - pl.col("after")).abs() * -1, "id")
    return tuple(
        Change(id=id, before=names[before], after=names[after], expected=_range(highest, lowest, names))
        for id, before, after, highest, lowest in ordered.rows()
    )


def _range(highest: int | None, lowest: int | None, names: list[str]) -> str | None:
    if highest is None or lowest is None:
        return None
    return names[lowest] if highest == lowest else f"{names[lowest]} to {names[highest]}"
