"""What is called settled stays so, however the open questions are answered; what is called irrelevant changes nothing."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import spinefoot
from spinefoot.assessment.intake import settle
from spinefoot.executors import plain
from spinefoot.model.assessment import Conclusions
from spinefoot.model.conditions import AnyOf, Holds, LevelIs, Not
from spinefoot.model.findings import Finding, Implication
from spinefoot.model.knowledge import ScopeRule, SpineLinkRule
from spinefoot.planning.outlook import Outlook
from spinefoot.planning.possible import FALSE, TRUE
from spinefoot.planning.questions import Questions
from tests.agreement.test_executors import random_answers
from tests.strategies import FINDINGS, YES_NO, answers, rule_bases

BASE = spinefoot.load_rules()
SLOW = settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))

CONDITIONAL = {
    "y2": {"no_not_trusted_if": Holds("y3")},  # a circle: y3 may cast doubt on a no to y2, and is asked after a yes to y2
    "y3": {"ask_if": AnyOf((Holds("y2"), Holds("y0")))},
    "y4": {"no_not_trusted_if": Holds("y5")},
    "n1": {"ask_if": Not(Holds("y1"))},
}
INTERVIEWED = tuple(msgspec.structs.replace(finding, **CONDITIONAL.get(finding.id, {})) for finding in FINDINGS)
IMPLICATIONS = (
    Implication(when="y0", then="y1", because="-"),
    Implication(when="y1", then="y2", because="-"),
    Implication(when="p0", then="y4", because="-"),
)


def values(finding: Finding) -> list[Any]:
    """Every answer of a yes_no or choice finding, ends and some middle of a number, and None for unknown."""
    if finding.kind == "yes_no":
        return [True, False, None]
    if finding.kind == "choice":
        return [*finding.option_ids, None]
    low, high = int(finding.min or 0), int(finding.max or 0)
    return [low, high, *range(low + 1, min(high, low + 10)), None]


def concluded(rulebase: spinefoot.RuleBase, given_answers: Mapping[str, Any]) -> Conclusions | None:
    """What the rules make of answers; None where they contradict each other."""
    case = spinefoot.Case(findings={name: value for name, value in given_answers.items() if value is not None})
    try:
        settled, _ = settle(case, rulebase)
    except spinefoot.InputError:
        return None
    return plain.infer(rulebase, settled)


def outlook_of(rulebase: spinefoot.RuleBase, given_answers: Mapping[str, Any], declined: Iterable[str]) -> Outlook | None:
    try:
        settled, _ = settle(spinefoot.Case(findings=given_answers), rulebase)
    except spinefoot.InputError:
        return None
    return Outlook(rulebase, settled, frozenset(declined))


def assert_within_reach(outlook: Outlook, conclusions: Conclusions) -> None:
    reach = outlook.reach
    assert conclusions.urgency in reach.urgencies
    assert conclusions.spine_link in reach.spine_links
    for root, bits in reach.roots.items():
        assert bits & (TRUE if root in conclusions.root_levels else FALSE)
    for cause, bits in reach.likely.items():
        score = conclusions.scores.get(cause)
        assert bits & (TRUE if score is not None and score.level == "likely" else FALSE)


def verdict(conclusions: Conclusions) -> tuple[Any, ...]:
    likely = {cause for cause, score in conclusions.scores.items() if score.level == "likely"}
    return conclusions.urgency, conclusions.spine_link, conclusions.root_levels, likely


def completions(rulebase: spinefoot.RuleBase, names: list[str], rng: random.Random, number: int) -> Iterator[dict[str, Any]]:
    for _ in range(number):
        share = rng.random()
        yield {name: rng.choice(values(rulebase.finding[name])) for name in names if rng.random() < share}


@st.composite
def interviewed_rule_bases(draw: st.DrawFn) -> spinefoot.RuleBase:
    """Random rule bases in which findings depend on, follow from and cast doubt on each other."""
    return msgspec.structs.replace(draw(rule_bases(BASE)), findings=INTERVIEWED, implications=IMPLICATIONS)


@SLOW
@given(data=st.data(), seed=st.integers(0, 2**16))
def test_every_completion_stays_within_reach(data: st.DataObject, seed: int) -> None:
    rulebase = data.draw(interviewed_rule_bases())
    known = data.draw(answers())
    declined = data.draw(st.sets(st.sampled_from([*YES_NO, "c0", "n0"]))) - set(known)
    outlook = outlook_of(rulebase, known, declined)
    if outlook is None:
        return
    open_findings = [f.id for f in rulebase.findings if outlook.possible.is_open(f.id)]
    for completion in completions(rulebase, open_findings, random.Random(seed), 30):
        conclusions = concluded(rulebase, known | completion)
        if conclusions is not None:
            assert_within_reach(outlook, conclusions)


@SLOW
@given(data=st.data(), seed=st.integers(0, 2**16))
def test_irrelevant_questions_change_no_verdict(data: st.DataObject, seed: int) -> None:
    rulebase = data.draw(interviewed_rule_bases())
    known = data.draw(answers())
    outlook, now = outlook_of(rulebase, known, ()), concluded(rulebase, known)
    if outlook is None or now is None:
        return
    relevant = {question.finding for question in Questions(outlook, now).relevant()}
    irrelevant = [f.id for f in rulebase.findings if outlook.possible.is_open(f.id) and f.id not in relevant]
    for completion in completions(rulebase, irrelevant, random.Random(seed), 20):
        conclusions = concluded(rulebase, known | completion)
        if conclusions is not None:
            assert verdict(conclusions) == verdict(now)


def test_a_question_does_not_open_itself_through_doubts_of_the_answer_it_follows_up() -> None:
    rulebase = msgspec.structs.replace(BASE, findings=INTERVIEWED, implications=(), patterns=())

    assert not Outlook(rulebase, {"y2": False, "y0": False}).possible.is_open("y3")
    assert Outlook(rulebase, {"y2": False}).possible.is_open("y3")
    assert Outlook(rulebase, {"y0": False}).possible.is_open("y3")


def test_what_may_withhold_causes_matters_to_the_spine_link() -> None:
    scope = ScopeRule(id="s", title="-", when=Holds("y0"), says="-", because="-")
    cause = msgspec.structs.replace(BASE.causes[0], id="k", prior=9, applies_if=None, prior_if=(), evidence=(), answered_groups=0)
    link = SpineLinkRule(
        id="l", title="-", verdict="likely", when=LevelIs("k", ("possible",)), because="-", basis="expert", unless=None
    )
    rulebase = msgspec.structs.replace(
        BASE,
        findings=INTERVIEWED,
        implications=(),
        patterns=(),
        red_flags=(),
        scope=(scope,),
        causes=(cause,),
        urgency_rules=(),
        root_level_rules=(),
        spine_link_rules=(link,),
        advice=(),
        instruments=(),
    )
    outlook, now = Outlook(rulebase, {}), plain.infer(rulebase, {})

    assert now.spine_link == "likely"
    assert [question.finding for question in Questions(outlook, now).relevant()] == ["y0"]


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_exhaustively_nothing_leaves_the_reach(data: st.DataObject) -> None:
    rulebase = data.draw(interviewed_rule_bases())
    known = data.draw(answers())
    kept = data.draw(st.lists(st.sampled_from([f.id for f in FINDINGS]), min_size=4, max_size=4, unique=True))
    known = {name: value for name, value in known.items() if name not in kept}
    declined = [f.id for f in FINDINGS if f.id not in known and f.id not in kept]
    outlook = outlook_of(rulebase, known, declined)
    if outlook is None:
        return
    open_findings = [name for name in kept if outlook.possible.is_open(name)]
    for chosen in itertools.product(*(values(rulebase.finding[name]) for name in open_findings)):
        conclusions = concluded(rulebase, known | dict(zip(open_findings, chosen, strict=True)))
        if conclusions is not None:
            assert_within_reach(outlook, conclusions)


@pytest.mark.parametrize("seed", range(12))
def test_the_shipped_rule_base_stays_within_reach(rules: spinefoot.RuleBase, seed: int) -> None:
    rng = random.Random(seed)
    everything = random_answers(rules, seed)
    known = {name: value for name, value in everything.items() if rng.random() < 0.6}
    declined = {f.id for f in rules.findings if f.id not in known and rng.random() < 0.5}
    outlook, now = outlook_of(rules, known, declined), concluded(rules, known)
    if outlook is None or now is None:
        return
    relevant = {question.finding for question in Questions(outlook, now).relevant()}
    open_findings = [f.id for f in rules.findings if outlook.possible.is_open(f.id)]
    for completion in completions(rules, open_findings, rng, 8):
        conclusions = concluded(rules, known | completion)
        if conclusions is not None:
            assert_within_reach(outlook, conclusions)
    for completion in completions(rules, [name for name in open_findings if name not in relevant], rng, 4):
        conclusions = concluded(rules, known | completion)
        if conclusions is not None:
            assert verdict(conclusions) == verdict(now)
