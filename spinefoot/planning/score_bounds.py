"""
The scores and levels that a cause may still reach: the arithmetic of `spinefoot.scoring`, over sets of truth values.

A group's total never falls when the weight of one of its items rises, so the lowest and the highest total come from the
lowest and the highest weight that each item may still take.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from spinefoot.model.conditions import Condition
from spinefoot.model.knowledge import LEVELS, Cause, Evidence, Level, Scoring
from spinefoot.planning.possible import FALSE, TRUE, UNKNOWN, both
from spinefoot.scoring import UNCAPPED, add_group

__all__ = ["ScoreBounds", "bound_score"]


class ScoreBounds(NamedTuple):
    """
    What may still become of a cause.

    *lowest* and *highest* bound its score in whole decibans, where it has one; *levels* are those within reach. It takes
    part in comparisons of scores where it has a score and enough information: *may_compare*, *must_compare*.
    """

    lowest: int
    highest: int
    levels: frozenset[Level]
    may_compare: bool
    must_compare: bool


class _GroupBounds(NamedTuple):
    lowest: int
    highest: int
    may_be_answered: bool
    must_be_answered: bool


def bound_score(
    cause: Cause, scoring: Scoring, truth: Callable[[Condition], int], clinician_groups: frozenset[str]
) -> ScoreBounds:
    """Bound the score of *cause*; *truth* gives the truth values that a condition may take."""
    applies = TRUE if cause.applies_if is None else truth(cause.applies_if)
    levels: set[Level] = set()
    if applies & FALSE:
        levels.add("unlikely")
    if applies & UNKNOWN:
        levels.add("not_enough_information")
    if not applies & TRUE:
        return ScoreBounds(0, 0, frozenset(levels), may_compare=False, must_compare=False)
    groups = _groups(cause, {item.id: item_bits(item, truth) for item in cause.evidence})
    asked = [bounds for group, bounds in groups.items() if group not in clinician_groups]
    examined = [bounds for group, bounds in groups.items() if group in clinician_groups]
    starts = _starts(cause, truth)

    def total(side: Callable[[_GroupBounds], int]) -> int:
        clinical = min(sum(map(side, examined)), scoring.clinician_cap)
        return max(cause.limits.min, min(cause.limits.max, sum(map(side, asked)) + clinical))

    lowest = min(starts) + total(lambda bounds: bounds.lowest)
    highest = max(starts) + total(lambda bounds: bounds.highest)
    enough_at_most = sum(bounds.may_be_answered for bounds in groups.values()) >= cause.answered_groups
    enough_at_least = sum(bounds.must_be_answered for bounds in groups.values()) >= cause.answered_groups
    if not enough_at_least:
        levels.add("not_enough_information")
    if enough_at_most:
        levels |= _scored_levels(cause, scoring, lowest, highest, list(groups.values()), truth)
    return ScoreBounds(lowest, highest, frozenset(levels), enough_at_most, enough_at_least and applies == TRUE)


def item_bits(item: Evidence, truth: Callable[[Condition], int]) -> int:
    """Return the truth values that an item may take: unknown also where it may not apply."""
    bits = truth(item.when)
    if item.only_if is None:
        return bits
    applies = truth(item.only_if)
    return (bits if applies & TRUE else 0) | (UNKNOWN if applies & (FALSE | UNKNOWN) else 0)


def _groups(cause: Cause, items: dict[str, int]) -> dict[str, _GroupBounds]:
    may_replace: set[str] = set()
    must_replace: set[str] = set()
    for item in cause.evidence:
        bits = items[item.id]
        may_replace.update(item.replaces if bits & both else (), item.replaces_if_true if bits & TRUE else ())
        must_replace.update(() if bits & UNKNOWN else item.replaces, item.replaces_if_true if bits == TRUE else ())
    members: dict[str, list[Evidence]] = {}
    for item in cause.evidence:
        members.setdefault(item.group, []).append(item)
    found: dict[str, _GroupBounds] = {}
    for group, evidence in members.items():
        cap = cause.groups.get(group, UNCAPPED)
        weights = [_weights(item, items[item.id], item.id in may_replace, item.id in must_replace) for item in evidence]
        found[group] = _GroupBounds(
            add_group([min(options) for options in weights], cap),
            add_group([max(options) for options in weights], cap),
            any(items[item.id] & both for item in evidence),
            any(not items[item.id] & UNKNOWN for item in evidence),
        )
    return found


def _weights(item: Evidence, bits: int, may_be_replaced: bool, must_be_replaced: bool) -> list[int]:
    if must_be_replaced:
        return [0]
    options = [0] if may_be_replaced or bits & UNKNOWN else []
    if bits & TRUE:
        options.append(item.if_true)
    if bits & FALSE:
        options.append(item.if_false)
    return options or [0]


def _starts(cause: Cause, truth: Callable[[Condition], int]) -> list[int]:
    found: list[int] = []
    for other in cause.prior_if:
        bits = truth(other.when)
        if bits & TRUE:
            found.append(other.prior)
        if bits == TRUE:
            return found
    return [*found, cause.prior]


def _scored_levels(
    cause: Cause,
    scoring: Scoring,
    lowest: int,
    highest: int,
    groups: Sequence[_GroupBounds],
    truth: Callable[[Condition], int],
) -> set[Level]:
    levels: set[Level] = set()
    if lowest <= scoring.unlikely_at_most:
        levels.add("unlikely")
    if lowest < scoring.likely_at_least and highest > scoring.unlikely_at_most:
        levels.add("possible")
    if highest < scoring.likely_at_least:
        return levels
    may_count = sum(bounds.highest >= scoring.group_counts_at_least for bounds in groups) >= cause.likely_groups
    must_count = sum(bounds.lowest >= scoring.group_counts_at_least for bounds in groups) >= cause.likely_groups
    may_be_barred = any(bounds.lowest <= scoring.group_bars_at_most for bounds in groups)
    must_be_barred = any(bounds.highest <= scoring.group_bars_at_most for bounds in groups)
    if not must_count or may_be_barred:
        levels.add("possible")
    if may_count and not must_be_barred:
        levels |= _best_levels(cause, truth)
    return levels


def _best_levels(cause: Cause, truth: Callable[[Condition], int]) -> set[Level]:
    """Return what the highest score may give: likely, or the level of a ceiling."""
    ceiling = cause.ceiling
    if ceiling is None or LEVELS.index(ceiling.level) <= LEVELS.index("likely"):
        return {"likely"}
    lifted = FALSE if ceiling.unless is None else truth(ceiling.unless)
    levels: set[Level] = {"likely"} if lifted & TRUE else set()
    if lifted & (FALSE | UNKNOWN):
        levels.add(ceiling.level)
    return levels
