"""
Whether a fault in the numbers of a cause can change a score or a level at all.

Each group of evidence is worked out for every way in which its items can be answered together. Groups are then
combined as if they knew nothing of each other, which is wider than what can occur, so that what is shown holds.
The balance sheet may print another weight beside the same score: a cap hides it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import TypeAlias

from spinefoot.analysis.bits import Bits, Truth
from spinefoot.analysis.every_case import every_case
from spinefoot.analysis.view import CasesView
from spinefoot.model.conditions import Condition
from spinefoot.model.knowledge import Cause, Evidence, GroupCap, Limits
from spinefoot.model.rulebase import RuleBase
from spinefoot.scoring import UNCAPPED, add_group, further_weight, replaced_by

__all__ = ["same_scores"]

_Answers: TypeAlias = tuple[bool | None, ...]
_Sums: TypeAlias = tuple[int, int, int, int]
"""Of the weights of a group so far: the strongest for, the others for, the strongest against, the others against."""
_MAY_DIFFER = {(0, 1)}


def same_scores(before: Cause, after: Cause, rulebase: RuleBase) -> bool:
    """Tell whether two versions of a cause that ask the same can be shown to give the same score and level."""
    if not _ask_the_same(before, after):
        return False
    groups = tuple(dict.fromkeys(item.group for item in before.evidence))
    changed = [group for group in groups if _parts(before, group) != _parts(after, group)]
    if any(one != other for group in changed for one, other in _totals(before, after, group, rulebase)):
        return False
    if _bounds(before) == _bounds(after):
        return True
    totals = {group: {one for one, _ in _totals(before, before, group, rulebase)} for group in groups}
    reach = _Reach(before, totals, rulebase)
    return _same_limits(before.limits, after.limits, reach) and _same_levels(before, after, reach)


def _parts(cause: Cause, group: str) -> tuple[object, ...]:
    """Return all that decides the total of *group*, whatever is answered."""
    return [item for item in cause.evidence if item.group == group], cause.groups.get(group)


def _bounds(cause: Cause) -> tuple[object, ...]:
    """Return what bounds the score and the level of *cause* beside its groups."""
    return cause.limits, cause.ceiling, cause.likely_groups, cause.answered_groups


def _ask_the_same(before: Cause, after: Cause) -> bool:
    if (before.applies_if, before.prior, before.prior_if) != (after.applies_if, after.prior, after.prior_if):
        return False
    if any(_hidden_from_outside(before, item.group) != _hidden_from_outside(after, item.group) for item in before.evidence):
        return False
    items = zip(before.evidence, after.evidence, strict=True)
    return all((one.id, one.group, one.when, one.only_if) == (two.id, two.group, two.when, two.only_if) for one, two in items)


def _hidden_from_outside(cause: Cause, group: str) -> frozenset[str]:
    """Return the items of *group* that items of other groups replace."""
    outside = [item for item in cause.evidence if item.group != group]
    named = {name for item in outside for name in (*item.replaces, *item.replaces_if_true)}
    return frozenset(item.id for item in cause.evidence if item.group == group and item.id in named)


def _totals(before: Cause, after: Cause, group: str, rulebase: RuleBase) -> set[tuple[int, int]]:
    """Return each total that *group* can come to, beside what it comes to afterwards."""
    items = [item for item in before.evidence if item.group == group]
    changed = {item.id: item for item in after.evidence}
    caps = before.groups.get(group, UNCAPPED), after.groups.get(group, UNCAPPED)
    answers = _ways(items, rulebase)
    if answers is None:
        return _totals_of_any_answers([(item, changed[item.id]) for item in items], caps)
    others = _hidden_from_outside(before, group)
    found = set()
    for truths in answers:
        given = [(item, truth) for item, truth in zip(items, truths, strict=True) if truth is not None]
        for hidden in _subsets([item.id for item, _ in given if item.id in others]):
            one = add_group(_weights(given, hidden), caps[0])
            other = add_group(_weights([(changed[item.id], truth) for item, truth in given], hidden), caps[1])
            found.add((one, other))
    return found


def _weights(given: Sequence[tuple[Evidence, bool]], hidden: Sequence[str]) -> list[int]:
    replaced = replaced_by(given).union(hidden)
    return [item.if_true if truth else item.if_false for item, truth in given if item.id not in replaced]


def _totals_of_any_answers(items: Sequence[tuple[Evidence, Evidence]], caps: tuple[GroupCap, GroupCap]) -> set[tuple[int, int]]:
    """Return the pairs of totals as if every item could be true, false or left out whatever the others are."""
    if any((one.replaces, one.replaces_if_true) != (two.replaces, two.replaces_if_true) for one, two in items):
        return _MAY_DIFFER
    none = (0, 0, 0, 0)
    reached: set[tuple[_Sums, _Sums]] = {(none, none)}
    for one, two in items:
        weights = ((one.if_true, two.if_true), (one.if_false, two.if_false))
        reached |= {(_put(a, was, caps[0]), _put(b, now, caps[1])) for was, now in weights for a, b in reached}
    return {(add_group([sum(a)], caps[0]), add_group([sum(b)], caps[1])) for a, b in reached}


def _put(sums: _Sums, weight: int, cap: GroupCap) -> _Sums:
    strongest, others, against, others_against = sums
    if weight > 0:
        others += further_weight(min(strongest, weight), cap)
        return max(strongest, weight), others, against, others_against
    others_against += further_weight(max(against, weight), cap)
    return strongest, others, min(against, weight), others_against


def _ways(items: Sequence[Evidence], rulebase: RuleBase) -> set[_Answers] | None:
    """
    Return the truths that *items* can have together, None for an item that is unknown or does not apply.

    Returns:
        None where there are too many combinations of answers to try them all.
    """
    conditions: list[Condition] = [item.when for item in items]
    conditions += [item.only_if for item in items if item.only_if is not None]
    for into_patterns in (True, False):
        table = every_case(conditions, rulebase, into_patterns=into_patterns)
        if table is not None:
            return set(_cells(items, *table))
    return None


def _cells(items: Sequence[Evidence], view: CasesView, possible: Bits) -> Iterator[_Answers]:
    cells: dict[_Answers, Bits] = {(): possible}
    for item in items:
        truth = view.truth(item.when)
        within = view.bits.everyone if item.only_if is None else view.truth(item.only_if).yes
        applied = Truth(truth.yes & within, truth.no & within)
        split: dict[_Answers, Bits] = {}
        for answers, cases in cells.items():
            for answer, among in ((True, applied.yes), (False, applied.no), (None, ~(applied.yes | applied.no))):
                if cases & among:
                    split[*answers, answer] = cases & among
        cells = split
    yield from cells


def _subsets(names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for size in range(len(names) + 1):
        yield from combinations(names, size)


class _Reach:
    """How far the groups of a cause can carry its score; a group that is not answered counts 0."""

    def __init__(self, cause: Cause, totals: dict[str, set[int]], rulebase: RuleBase) -> None:
        self._totals = {group: {0, *values} for group, values in totals.items()}
        self._examined = rulebase.clinician_groups_of(cause)
        self._limits = cause.limits
        self._prior = max([cause.prior, *(other.prior for other in cause.prior_if)])
        self.scoring = rulebase.scoring

    @property
    def lowest(self) -> int:
        """The lowest sum of all groups."""
        return sum(min(values) for values in self._totals.values())

    @property
    def highest(self) -> int:
        """The highest sum of all groups."""
        return self._sum({group: max(values) for group, values in self._totals.items()})

    def best_score(self, groups_for: int) -> int:
        """Return the highest score with no more than so many groups that count as speaking for the cause."""
        enough = self.scoring.group_counts_at_least
        resting = {group: max(value for value in values if value < enough) for group, values in self._totals.items()}
        speaking = [group for group, values in self._totals.items() if max(values) >= enough]
        best = max(
            self._sum({**resting, **{group: max(self._totals[group]) for group in chosen}})
            for chosen in combinations(speaking, min(groups_for, len(speaking)))
        )
        return self._prior + min(best, self._limits.max)

    def _sum(self, totals: dict[str, int]) -> int:
        examined = sum(total for group, total in totals.items() if group in self._examined)
        return sum(totals.values()) - examined + min(examined, self.scoring.clinician_cap)


def _same_limits(before: Limits, after: Limits, reach: _Reach) -> bool:
    return (before.min == after.min or reach.lowest >= max(before.min, after.min)) and (
        before.max == after.max or reach.highest <= min(before.max, after.max)
    )


def _same_levels(before: Cause, after: Cause, reach: _Reach) -> bool:
    """Tell whether the level is the same for every score and number of groups that can be reached."""
    if before.answered_groups != after.answered_groups:
        return False
    everything = len(before.evidence)
    if reach.best_score(everything) < reach.scoring.likely_at_least:
        return True
    if before.ceiling != after.ceiling:
        return False
    never_likely = before.ceiling is not None and before.ceiling.unless is None and before.ceiling.level == "possible"
    if before.likely_groups == after.likely_groups or never_likely:
        return True
    more = max(before.likely_groups, after.likely_groups)
    return reach.best_score(more - 1) < reach.scoring.likely_at_least
