"""What a table of results says, read off the columns of a plan: conclusions in words, and firings as a long table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce

import polars as pl

from spinefoot.executors.columns.plan import WITHHELD, Plan
from spinefoot.executors.columns.truths import SPINE_LINK_RANK, URGENCY_RANK, Truth, level_of, negate, root_fits, score_of
from spinefoot.model.knowledge import LEVELS
from spinefoot.model.rulebase import RuleBase

__all__ = ["TOP", "conclusions_table", "firings_table", "scores_table"]

TOP = 3
"""How many causes a row of results names."""

_MASK_BITS = 63
# A sort key of a cause in a row: level, then score (a missing one last), then id. Scores stay within ±1000 (scoring.UNCAPPED).
_LEVEL, _SCORE, _NO_SCORE, _ZERO = 10_000_000, 1_000, 2_001, 1_000


def conclusions_table(concluded: pl.DataFrame, plan: Plan, rulebase: RuleBase) -> pl.DataFrame:
    """
    Return the verdict and the best causes of each row of *concluded* (the result of `Plan.run`).

    Columns: `urgency`, `spine_link` (Enum); `root_levels`, `likely_causes` (ids joined by ";", empty where none);
    `causes_withheld` (Boolean); `cause_1`, `cause_1_level`, `cause_1_score` (decibans) and so on to `TOP`, by level,
    score and id as in the JSON contract, null where causes are withheld.
    """
    roots = [root.id for root in rulebase.roots]
    causes = [cause.id for cause in rulebase.causes]
    withheld = plan.truth(WITHHELD)
    verdict = concluded.select(
        pl.col(URGENCY_RANK).cat.to(pl.Enum([urgency.id for urgency in rulebase.urgencies])).alias("urgency"),
        pl.col(SPINE_LINK_RANK).cat.to(pl.Enum([verdict.id for verdict in rulebase.verdicts])).alias("spine_link"),
        (withheld if isinstance(withheld, pl.Expr) else pl.lit(withheld is True)).alias("causes_withheld"),
    )
    likely = LEVELS.index("likely")
    return verdict.with_columns(
        _joined(concluded, roots, [plan.truth(root_fits(root)) for root in roots]).alias("root_levels"),
        _joined(concluded, causes, [pl.col(level_of(cause)).eq_missing(likely) for cause in causes]).alias("likely_causes"),
        *_best_causes(concluded, sorted(causes)),
    )


def scores_table(concluded: pl.DataFrame, rulebase: RuleBase) -> pl.DataFrame:
    """Return `CAUSE_level` and `CAUSE_score` (decibans) for every cause; null where withheld or not scored."""
    levels = pl.Enum(list(LEVELS))
    return concluded.select(
        column
        for cause in rulebase.causes
        for column in (
            pl.col(level_of(cause.id)).cat.to(levels).alias(f"{cause.id}_level"),
            pl.col(score_of(cause.id)).alias(f"{cause.id}_score"),
        )
    )


def firings_table(concluded: pl.DataFrame, plan: Plan, rulebase: RuleBase) -> pl.DataFrame:
    """
    Return every rule that fired, one row a firing, in the order of rows and stages.

    Columns: `row` (number within the batch), `rule`, `kind` (Enum), `weight` (decibans, for evidence; 0 where an item was
    answered but weighs nothing). Evidence of rows whose causes are withheld did not fire.
    """
    kinds = ("pattern", "red_flag", "scope", "evidence", "root_level", "urgency", "spine_link", "advice")
    found = list(_firings(plan, rulebase))
    names = list(dict.fromkeys(rule for rule, _, _, _ in found))
    rows = concluded.select(fires.alias(str(number)) for number, (_, _, fires, _) in enumerate(found))
    # All columns one below the other: where a firing stands tells both rule and row, at the cost of one search.
    fires = pl.concat([column.rename("") for column in rows]) if found else pl.Series([], dtype=pl.Boolean)
    places = pl.DataFrame({"place": fires.arg_true()}).select(
        (pl.col("place") % max(rows.height, 1)).alias("row"), (pl.col("place") // max(rows.height, 1)).alias("number")
    )
    number = places.sort("row", maintain_order=True)["number"]
    rules = pl.Series([names.index(rule) for rule, _, _, _ in found], dtype=pl.UInt32)
    kind = pl.Series([kinds.index(kind) for _, kind, _, _ in found], dtype=pl.UInt8)
    weight = pl.Series([weight for _, _, _, weight in found], dtype=pl.Int16)
    return pl.DataFrame(
        {
            "row": places["row"].sort(),
            "rule": rules.gather(number).cat.to(pl.Enum(names)),
            "kind": kind.gather(number).cat.to(pl.Enum(kinds)),
            "weight": weight.gather(number),
        }
    )


def _firings(plan: Plan, rulebase: RuleBase) -> Iterator[tuple[str, str, pl.Expr, int | None]]:
    """Yield rule, kind, where it fires and its weight, in the order of the stages; rules that cannot fire are left out."""

    def plain(kind: str, rules: Sequence[str]) -> Iterator[tuple[str, str, pl.Expr, int | None]]:
        for rule in rules:
            fires = plan.truth(rule)
            if fires is True or isinstance(fires, pl.Expr):
                yield rule, kind, _everywhere(fires), None

    yield from plain("pattern", [rule.id for rule in rulebase.patterns])
    yield from plain("red_flag", [rule.id for rule in rulebase.red_flags])
    yield from plain("scope", [rule.id for rule in rulebase.scope])
    scored = _everywhere(negate(plan.truth(WITHHELD)) is not False and negate(plan.truth(WITHHELD)))
    for cause in rulebase.causes:
        for item in cause.evidence:
            truth = plan.truth(item.id)
            if isinstance(truth, pl.Expr):
                yield item.id, "evidence", truth & scored, item.if_true
                yield item.id, "evidence", ~truth & scored, item.if_false
    yield from plain("root_level", [rule.id for rule in rulebase.root_level_rules])
    yield from plain("urgency", [rule.id for rule in rulebase.urgency_rules])
    yield from plain("spine_link", [rule.id for rule in rulebase.spine_link_rules])
    yield from plain("advice", [rule.id for rule in rulebase.advice])


def _everywhere(truth: Truth) -> pl.Expr:
    return truth if isinstance(truth, pl.Expr) else pl.repeat(truth is True, pl.len(), dtype=pl.Boolean)


def _joined(frame: pl.DataFrame, names: Sequence[str], truths: Sequence[Truth]) -> pl.Series:
    """
    Join the *names* whose truth holds by ";", row by row.

    Rows share few combinations, so each combination is spelt out once: a bit for each name, then a look-up.
    """
    if not names:
        return pl.Series([""]).new_from_index(0, frame.height)
    words = [
        _spelt_out(frame, names[start : start + _MASK_BITS], truths[start : start + _MASK_BITS])
        for start in range(0, len(names), _MASK_BITS)
    ]
    if len(words) == 1:
        return words[0]
    return pl.DataFrame(words).select(pl.concat_str(pl.all().replace("", None), separator=";", ignore_nulls=True)).to_series()


def _spelt_out(frame: pl.DataFrame, names: Sequence[str], truths: Sequence[Truth]) -> pl.Series:
    bits = [
        pl.when(_everywhere(truth)).then(pl.lit(1 << number, dtype=pl.Int64)).otherwise(pl.lit(0, dtype=pl.Int64))
        for number, truth in enumerate(truths)
    ]
    masks = frame.select(reduce(lambda a, b: a + b, bits).alias(names[0])).to_series()
    found = masks.unique().to_list()
    words = [";".join(name for number, name in enumerate(names) if mask >> number & 1) for mask in found]
    # Without rows there is nothing to replace, and the type would stay that of the masks.
    return masks.replace_strict(found, words, return_dtype=pl.String).cast(pl.String)


def _best_causes(frame: pl.DataFrame, causes: Sequence[str]) -> Iterator[pl.Series]:
    keys = frame.select(_key(cause, place).alias(cause) for place, cause in enumerate(causes))
    best = pl.Series([-1], dtype=pl.Int32)
    for number in range(1, TOP + 1):
        later = [pl.when(pl.col(cause) > best).then(pl.col(cause)) for cause in causes]
        best = keys.select(pl.min_horizontal(later)).to_series() if later else _none(frame.height)
        score = _ZERO - best % _LEVEL // _SCORE
        yield (best % _SCORE).cast(pl.UInt16).cat.to(pl.Enum(causes)).alias(f"cause_{number}")
        yield (best // _LEVEL).cast(pl.UInt8).cat.to(pl.Enum(list(LEVELS))).alias(f"cause_{number}_level")
        yield score.set(score == _ZERO - _NO_SCORE, None).cast(pl.Int16).alias(f"cause_{number}_score")


def _none(height: int) -> pl.Series:
    return pl.Series([None], dtype=pl.Int32).new_from_index(0, height)


def _key(cause: str, place: int) -> pl.Expr:
    level = pl.col(level_of(cause)).cast(pl.Int32)
    score = (_ZERO - pl.col(score_of(cause)).cast(pl.Int32)).fill_null(_NO_SCORE)
    return level * _LEVEL + score * _SCORE + place
