"""Decibans: groups, halves, caps, limits and levels, with numbers worked out by hand."""

from __future__ import annotations

import pytest

from spinefoot.model.conditions import Holds
from spinefoot.model.knowledge import Cause, Ceiling, Evidence, GroupCap, Limits, Scoring
from spinefoot.scoring import add_group, score_cause

SCORING = Scoring(unlikely_at_most=-7, likely_at_least=3, group_counts_at_least=2, group_bars_at_most=-6, clinician_cap=9)


def item(name: str, weight: int, group: str = "", **more: object) -> Evidence:
    return Evidence(id=name, when=Holds("x"), if_true=weight, group=group or name, basis="expert", because="-", **more)


def cause(*items: Evidence, prior: int = 0, groups: int = 0, likely: int = 0, **more: object) -> Cause:
    limits = more.pop("limits", Limits(min=-18, max=18))
    return Cause(
        id="k",
        title="-",
        origin="o",
        summary="-",
        prior=prior,
        limits=limits,
        answered_groups=groups,
        likely_groups=likely,
        evidence=items,
        **more,
    )


def score(k: Cause, **more: object):
    return score_cause(k, SCORING, [(e, True) for e in k.evidence], **more)


@pytest.mark.parametrize(
    ("weights", "further", "total"),
    [
        ([5, 4, -3, -1], "half", 4),
        ([-6, -3, -3], "half", -8),
        ([3, 3, 3], "half", 5),
        ([3, 3, 3], "none", 3),
        ([3, 3, 3], "full", 9),
        ([], "half", 0),
        ([1, 1], "half", 1),
    ],
)
def test_within_a_group_the_strongest_of_each_sign_counts_in_full(weights: list[int], further: str, total: int) -> None:
    assert add_group(weights, GroupCap(min=-99, max=99, further=further)) == total


def test_a_cap_limits_a_group() -> None:
    assert add_group([9, 8], GroupCap(min=-3, max=7)) == 7


def test_the_limit_of_the_cause_comes_before_the_prior() -> None:
    result = score(cause(item("a", 9), item("b", 9), prior=-3, limits=Limits(min=-14, max=12)))

    assert result.score == 9


def test_clinician_groups_together_give_at_most_their_cap() -> None:
    result = score(cause(item("a", 6), item("b", 6), item("c", 2)), clinician_groups=frozenset({"a", "b"}))

    assert result.score == 11


@pytest.mark.parametrize(("total", "level"), [(-7, "unlikely"), (-6, "possible"), (2, "possible"), (3, "likely")])
def test_levels_at_their_boundaries(total: int, level: str) -> None:
    assert score(cause(item("a", 1), prior=total - 1)).level == level


def test_likely_needs_enough_groups_that_speak_for_it() -> None:
    result = score(cause(item("a", 9), likely=2))

    assert (result.level, result.limited_by) == ("possible", "few_groups_for")


def test_a_group_that_speaks_clearly_against_bars_likely() -> None:
    result = score(cause(item("a", 9), item("b", 9), item("c", -6)))

    assert (result.level, result.limited_by) == ("possible", "barred")


def test_too_few_answered_groups_are_not_enough_information() -> None:
    assert score(cause(item("a", 9), groups=2)).level == "not_enough_information"


def test_a_ceiling_holds_until_it_is_lifted() -> None:
    k = cause(item("a", 9), ceiling=Ceiling(level="possible", because="-"))

    assert score(k).level == "possible"
    assert score(k, ceiling_lifted=True).level == "likely"


def test_a_cause_that_does_not_apply_is_unlikely_and_unscored() -> None:
    assert (score(cause(item("a", 9)), applies=False).level, score(cause(item("a", 9)), applies=False).score) == (
        "unlikely",
        None,
    )
    assert score(cause(item("a", 9)), applies=None).level == "not_enough_information"


def test_a_replaced_item_does_not_count() -> None:
    k = cause(item("a", 5, "g"), item("b", 3, "g", replaces=("a",)))
    result = score(k)

    assert result.score == 3
    assert [i.counts for i in result.items] == [0, 3]
