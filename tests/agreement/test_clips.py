"""CLIPS fires the same rules: patterns, red flags with their gates, scope, and both sides of every item of evidence."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import spinefoot
from spinefoot.assessment.intake import settle
from spinefoot.executors import plain
from spinefoot.model.assessment import Answers
from spinefoot.truth import View
from tests.agreement.clips_rules import ClipsRules, Fired
from tests.agreement.test_columns import tangled_answers
from tests.agreement.test_executors import random_answers
from tests.strategies import answers, rule_bases

BASE = spinefoot.load_rules()
SLOW = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
CASES = 400


def read_plainly(rulebase: spinefoot.RuleBase, given_answers: Answers) -> Fired:
    """Return what should fire, by the plain reading."""
    view = View(rulebase, given_answers)
    patterns = {p.id: view.truth(p.when) for p in rulebase.patterns}
    items = {item.id: plain.item_truth(item, view) for cause in rulebase.causes for item in cause.evidence}
    return Fired(
        patterns={name: truth for name, truth in patterns.items() if truth is not None},
        red_flags={flag.id for flag in rulebase.red_flags if view.fires(flag.when, flag.unless)},
        scope={scope.id for scope in rulebase.scope if view.fires(scope.when, scope.unless)},
        evidence={name: truth for name, truth in items.items() if truth is not None},
    )


@SLOW
@given(data=st.data())
def test_clips_fires_the_same_rules_of_random_rule_bases(data: st.DataObject) -> None:
    rulebase = data.draw(rule_bases(BASE))
    translated = ClipsRules(rulebase)
    for _ in range(3):
        case = data.draw(answers())

        assert translated.fire(case) == read_plainly(rulebase, case)


@pytest.fixture(scope="module")
def shipped(rules: spinefoot.RuleBase) -> ClipsRules:
    return ClipsRules(rules)


def settled_cases(rules: spinefoot.RuleBase, make: Any) -> list[Answers]:
    found: list[Answers] = []
    seed = 0
    while len(found) < CASES // 2:
        seed += 1
        try:
            found.append(settle(spinefoot.case_from_answers(make(rules, seed), rules), rules)[0])
        except spinefoot.InputError:
            continue  # random answers may contradict each other
    return found


@pytest.mark.parametrize("make", [random_answers, tangled_answers], ids=["random", "tangled"])
def test_clips_fires_the_same_rules_of_the_shipped_rule_base(make: Any, rules: spinefoot.RuleBase, shipped: ClipsRules) -> None:
    fired: set[str] = set()
    for case in settled_cases(rules, make):
        got = shipped.fire(case)
        assert got == read_plainly(rules, case)
        fired |= got.red_flags | set(got.patterns) | set(got.evidence)
    known = {*rules.pattern, *(flag.id for flag in rules.red_flags), *(i.id for c in rules.causes for i in c.evidence)}
    # The comparison is worth something only where rules do fire.
    assert len(fired) > 0.9 * len(known)
