"""Faults in the numbers of a cause that can change no score and no level, and such as can."""

import pytest
from msgspec import structs

import spinefoot
from spinefoot.analysis.same_scores import same_scores
from spinefoot.model.conditions import Holds
from spinefoot.model.knowledge import Cause, Ceiling, Evidence, GroupCap, Limits
from tests.strategies import FINDINGS

BASE = spinefoot.load_rules()
RULEBASE = structs.replace(BASE, findings=FINDINGS, patterns=(), implications=(), causes=())


def item(name, finding, group="g", **changes):
    return Evidence(id=name, when=Holds(finding), basis="expert", because="-", group=group, **changes)


def cause(*evidence, **changes):
    plain = {"prior": -6, "limits": Limits(min=-20, max=20), "answered_groups": 1, "likely_groups": 1}
    return Cause(id="c", title="-", origin="foot", summary="-", evidence=evidence, **{**plain, **changes})


def same(before, **changes):
    return same_scores(before, structs.replace(before, **changes), RULEBASE)


def test_a_weight_beyond_the_cap_of_its_group_changes_nothing():
    capped = cause(item("a", "y1", if_true=-6), item("b", "y2", if_true=-3), groups={"g": GroupCap(min=-6, max=0)})

    assert same(capped, evidence=(item("a", "y1", if_true=-7), capped.evidence[1]))
    assert not same(capped, evidence=(item("a", "y1", if_true=-5), capped.evidence[1]))


def test_a_weight_beyond_the_cap_shows_beside_a_weight_of_the_other_sign():
    both = cause(item("a", "y1", if_true=-6), item("b", "y2", if_true=3), groups={"g": GroupCap(min=-6, max=3)})

    assert not same(both, evidence=(item("a", "y1", if_true=-7), both.evidence[1]))


def test_an_item_that_is_always_replaced_has_no_weight():
    replaced = cause(item("a", "y1", if_true=3), item("b", "y1", if_true=3, replaces_if_true=("a",)))

    assert same(replaced, evidence=(item("a", "y1", if_true=9), replaced.evidence[1]))
    assert not same(replaced, evidence=(item("a", "y2", if_true=9), replaced.evidence[1])), "it asks something else"


def test_what_another_group_replaces_is_left_to_a_case():
    across = cause(item("a", "y1", if_true=3), item("b", "y2", group="h", if_true=3, replaces=("a",)))

    assert not same(across, evidence=(across.evidence[0], item("b", "y2", group="h", if_true=3)))


@pytest.mark.parametrize(("first", "changes_nothing"), [(8, True), (9, False)], ids=["out of reach", "just in reach"])
def test_a_ceiling_and_needed_groups_count_only_where_likely_can_be_reached(first, changes_nothing):
    bounded = cause(item("a", "y1", if_true=first), ceiling=Ceiling(level="possible", because="-", unless=Holds("y3")))

    assert same(bounded, ceiling=None) is changes_nothing
    assert same(bounded, likely_groups=2) is changes_nothing


def test_needed_groups_do_not_count_below_a_ceiling_that_nothing_lifts():
    bounded = cause(item("a", "y1", if_true=12), ceiling=Ceiling(level="possible", because="-"))

    assert same(bounded, likely_groups=0)


@pytest.mark.parametrize(("lowest", "changes_nothing"), [(-9, True), (-8, False)], ids=["not reached", "reached"])
def test_a_limit_counts_only_where_the_weights_reach_it(lowest, changes_nothing):
    bounded = cause(item("a", "y1", if_true=-6), item("b", "y2", if_true=-6), limits=Limits(min=-10, max=20))

    assert same(bounded, limits=Limits(min=lowest, max=20)) is changes_nothing


def test_a_prior_is_left_to_a_case():
    assert not same(cause(item("a", "y1", if_true=3)), prior=-5)
