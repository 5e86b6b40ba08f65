"""Plain reading and experta conclude the same, on random rule bases and on the shipped one."""

from __future__ import annotations

import random
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import spinefoot
from spinefoot.assessment.intake import settle
from spinefoot.executors import experta_engine, plain
from spinefoot.model.assessment import Conclusions
from spinefoot.truth import View
from tests.strategies import answers, rule_bases

BASE = spinefoot.load_rules()
SLOW = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def _bare(conclusions: Conclusions) -> Conclusions:
    return msgspec.structs.replace(conclusions, firings=())


@SLOW
@given(data=st.data())
def test_experta_and_the_plain_reading_agree_on_random_rule_bases(data: st.DataObject) -> None:
    rulebase = data.draw(rule_bases(BASE))
    for _ in range(3):
        given_answers = data.draw(answers())

        assert _bare(experta_engine.infer(rulebase, given_answers)) == plain.infer(rulebase, given_answers)


@SLOW
@given(data=st.data())
def test_every_firing_that_experta_records_is_true_in_the_plain_reading(data: st.DataObject) -> None:
    rulebase = data.draw(rule_bases(BASE))
    given_answers = data.draw(answers())
    conclusions = experta_engine.infer(rulebase, given_answers)
    view = View(rulebase, given_answers)

    for firing in conclusions.firings:
        if firing.stage == "pattern":
            assert view.truth(rulebase.pattern[firing.rule].when) is firing.value
        if firing.stage in ("red_flag", "pattern", "evidence"):
            for name, value in firing.facts.items():
                truth = view.truth(rulebase.pattern[name].when) if name in rulebase.pattern else given_answers.get(name)
                assert truth == value
    fired = [firing.rule for firing in conclusions.firings]
    assert len(fired) == len(set(fired)), "a rule fired twice"


def random_answers(rulebase: spinefoot.RuleBase, seed: int) -> dict[str, Any]:
    rng = random.Random(seed)
    share = rng.choice([0.02, 0.08, 0.25])
    found: dict[str, Any] = {}
    for finding in rulebase.findings:
        if rng.random() > share:
            continue
        if finding.kind == "yes_no":
            found[finding.id] = rng.random() < 0.5
        elif finding.kind == "choice":
            found[finding.id] = rng.choice(finding.option_ids)
        else:
            low, high = int(finding.min or 0), int(finding.max or 0)
            found[finding.id] = rng.choice([low, high, rng.randint(low, min(high, low + 40))])
    return found


@pytest.mark.parametrize("seed", range(16))
def test_they_agree_on_the_shipped_rule_base(rules: spinefoot.RuleBase, seed: int) -> None:
    try:
        settled, _ = settle(spinefoot.case_from_answers(random_answers(rules, seed), rules), rules)
    except spinefoot.InputError:
        return  # random answers may contradict each other

    assert _bare(experta_engine.infer(rules, settled)) == plain.infer(rules, settled)


def test_the_trace_does_not_depend_on_the_order_of_answers(rules: spinefoot.RuleBase) -> None:
    given_answers = random_answers(rules, 7)
    names = list(given_answers)
    outputs = set()
    for seed in range(4):
        random.Random(seed).shuffle(names)
        outputs.add(spinefoot.assess({name: given_answers[name] for name in names}, rules).to_json())

    assert len(outputs) == 1


def test_a_run_that_failed_leaves_nothing_for_the_next_case(rules: spinefoot.RuleBase) -> None:
    names = [finding.id for finding in rules.findings if finding.kind == "yes_no"]
    next_case = {name: number % 2 == 0 for number, name in enumerate(names)} | {"exam_serum_urate_mmol_l": 0.4}
    expected = experta_engine.infer(msgspec.structs.replace(rules), next_case)

    with pytest.raises(TypeError):
        experta_engine.infer(rules, {**dict.fromkeys(names, True), "exam_serum_urate_mmol_l": "a word"})

    assert experta_engine.infer(rules, next_case) == expected
