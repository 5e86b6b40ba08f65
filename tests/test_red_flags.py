"""What must hold for every red flag of a rule base, whatever its content."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import pytest

import spinefoot
from spinefoot.executors import plain
from spinefoot.model.assessment import Answers
from spinefoot.model.conditions import AllOf, AnyOf, Condition, Count, Holds, IsOneOf, IsUnknown, NumberIs
from spinefoot.model.findings import Value
from spinefoot.model.knowledge import RedFlag
from spinefoot.truth import View

RULES = spinefoot.load_rules()
WAYS = 40


def ways(condition: Condition, rulebase: spinefoot.RuleBase) -> Iterator[dict[str, Value]]:
    """Yield answers that make a condition true with as few findings as its form allows."""
    if isinstance(condition, Holds) and condition.id in rulebase.pattern:
        yield from ways(rulebase.pattern[condition.id].when, rulebase)
    elif isinstance(condition, Holds):
        yield {condition.id: True}
    elif isinstance(condition, IsOneOf):
        yield from ({condition.finding: option} for option in condition.options)
    elif isinstance(condition, NumberIs):
        finding = rulebase.finding[condition.finding]
        candidates: list[float | None] = []
        for bound in (condition.at_least, condition.at_most, condition.above, condition.below):
            candidates += [] if bound is None else [bound, bound + 1, bound - 1]
        candidates += [finding.min, finding.max]
        fitting = [
            c for c in candidates if c is not None and condition.admits(c) and (finding.min or 0) <= c <= (finding.max or 0)
        ]
        yield {condition.finding: fitting[0]}
    elif isinstance(condition, IsUnknown):
        yield {}
    elif isinstance(condition, AnyOf):
        for child in condition.of:
            yield from ways(child, rulebase)
    elif isinstance(condition, AllOf | Count):
        children = condition.of if isinstance(condition, AllOf) else condition.of[: condition.at_least]
        options = [list(ways(child, rulebase))[:6] for child in children]
        for parts in product(*options):
            yield {name: value for part in parts for name, value in part.items()}


@pytest.mark.parametrize("flag", RULES.red_flags, ids=lambda flag: flag.id)
def test_a_red_flag_fires_at_its_full_level_with_only_its_positive_findings_answered(flag: RedFlag) -> None:
    tried = 0
    for number, answers in enumerate(ways(flag.when, RULES)):
        if number >= WAYS:
            break
        view = View(RULES, answers)
        if view.truth(RULES.expand(flag.when)) is not True:
            continue  # two bounds on one number, met one at a time
        tried += 1
        conclusions = plain.infer(RULES, answers)

        assert flag.id in conclusions.red_flags, answers
        assert RULES.urgency_rank[conclusions.urgency] <= RULES.urgency_rank[flag.urgency], answers
    assert tried or "age_years" in RULES.reads(flag.when)


@pytest.mark.parametrize("flag", [f for f in RULES.red_flags if f.unless is not None], ids=lambda flag: flag.id)
def test_a_gate_that_may_open_has_a_floor_below_it(flag: RedFlag) -> None:
    if RULES.urgency_rank[flag.urgency] > 1:
        pytest.skip("soon and below may fall to the default, which is routine")
    gate = RULES.expand(flag.unless)
    openable = (way for way in ways(flag.when, RULES) if View(RULES, way).truth(gate) is not False)
    first = next(openable, None)
    if first is None:
        return  # no way of firing leaves the gate a chance
    lower = [
        other
        for other in RULES.red_flags
        if other.id != flag.id
        and RULES.urgency_rank[other.urgency] > RULES.urgency_rank[flag.urgency]
        and View(RULES, first).truth(RULES.expand(other.when)) is True
    ]

    assert lower or RULES.urgency_rank[flag.urgency] >= RULES.urgency_rank["same_day"], f"{flag.id} has no floor for {first}"


def test_an_unanswered_gate_never_silences_a_red_flag(conclude) -> None:
    assert conclude(saddle_numbness=True).urgency == "emergency"
    assert conclude(saddle_numbness=True, ces_symptom_onset_days=20).urgency == "emergency"
    assert conclude(saddle_numbness=True, ces_symptom_onset_days=20, ces_symptom_trend="same").urgency == "same_day"


@pytest.mark.parametrize(
    ("days", "urgency"), [(14, "same_day"), (15, "soon"), (None, "same_day")], ids=["last day", "first day after", "unknown"]
)
def test_a_stable_foot_drop_is_new_until_it_is_known_to_be_older_than_14_days(conclude, rules, days, urgency) -> None:
    pelvic = [f.id for f in rules.findings if f.topic == "danger_pelvis"]
    answers = {**dict.fromkeys(pelvic, False), "both_legs_weak": False, "foot_drop": True, "weakness_trend": "same"}

    assert conclude(**answers, weakness_onset_days=days).urgency == urgency


def test_a_further_answer_lowers_the_urgency_of_a_red_flag_only_through_a_gate(rules) -> None:
    gated = {name for flag in rules.red_flags if flag.unless is not None for name in rules.reads(flag.unless)}
    start: Answers = {"foot_drop": True}
    before = rules.urgency_rank[plain.infer(rules, start).urgency]
    for finding in rules.findings:
        if finding.kind == "yes_no" and finding.id not in gated and finding.id not in start:
            for value in (True, False):
                after = rules.urgency_rank[plain.infer(rules, {**start, finding.id: value}).urgency]
                unknowns = rules.reads(next(f for f in rules.red_flags if f.id == "ces_not_sure").when)
                assert after <= before or finding.id in unknowns, finding.id


def test_silence_is_never_an_all_clear(conclude) -> None:
    conclusions = conclude()

    assert conclusions.urgency == "routine"
    assert conclusions.spine_link == "unclear"
