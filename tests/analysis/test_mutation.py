"""The quick way of trying mutants is held against the slow one: change the rule base, and run every case."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs

from spinefoot.analysis.bits import bits_of
from spinefoot.analysis.equivalent import is_equivalent
from spinefoot.analysis.mutants import mutants
from spinefoot.analysis.mutation import noticing, try_mutants
from spinefoot.analysis.written import WrittenCases, conclude_all
from spinefoot.assessment.assess import Assessment
from spinefoot.casecheck import differences
from spinefoot.executors.plain import infer
from spinefoot.model.case import Case
from tests.analysis.conftest import bases_with_intake, settled, written
from tests.analysis.test_outcome import same_words
from tests.strategies import answers

SLOW = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
OF_EACH = 60


def fails(case, rulebase):
    found = settled(case, rulebase)
    if found is None:
        return True
    return bool(
        differences(Assessment(case=case, rulebase=rulebase, answers=found, conclusions=infer(rulebase, found), trace=()))
    )


def without_sheets(conclusions):
    """Conclusions without what a balance sheet prints beside score and level: a cap hides some of it."""
    scores = {name: (score.score, score.level) for name, score in conclusions.scores.items()}
    return same_words(structs.replace(conclusions, scores=scores))


def run_every_case(cases, rulebase):
    return [place for place, case in enumerate(cases) if fails(case, rulebase)]


@SLOW
@given(data=st.data(), seed=st.integers(0, 9999))
def test_a_mutant_of_a_random_rule_base_is_noticed_by_the_cases_that_fail_with_it(data, seed):
    rulebase = data.draw(bases_with_intake())
    cases = data.draw(written(rulebase))
    concluded = conclude_all(cases, rulebase)
    found = list(mutants(rulebase))

    assert run_every_case(cases.cases, rulebase) == []
    of_all_causes = [mutant for mutant in found if mutant.kind == "scoring"]
    for mutant in of_all_causes + random.Random(seed).sample(found, min(OF_EACH, len(found))):
        assert list(bits_of(noticing(mutant, concluded))) == run_every_case(cases.cases, mutant.applied_to(rulebase)), mutant


@pytest.mark.parametrize("seed", range(4))
def test_a_mutant_of_the_shipped_rules_is_noticed_by_the_cases_that_fail_with_it(rules, shipped_cases, seed):
    rng = random.Random(seed)
    places = sorted(rng.sample(range(len(shipped_cases.cases)), 25))
    few = WrittenCases(
        cases=tuple(shipped_cases.cases[place] for place in places),
        answers=tuple(shipped_cases.answers[place] for place in places),
    )
    concluded = conclude_all(few, rules)
    found = list(mutants(rules))
    # Most mutants touch none of so few cases; those that a case notices tell more.
    telling = [m for m in rng.sample(found, 400) if noticing(m, concluded)][:6] + rng.sample(found, 3)

    for mutant in telling:
        assert list(bits_of(noticing(mutant, concluded))) == run_every_case(few.cases, mutant.applied_to(rules)), mutant


@SLOW
@given(data=st.data(), seed=st.integers(0, 9999))
def test_an_equivalent_mutant_concludes_the_same_of_any_case(data, seed):
    rulebase = data.draw(bases_with_intake())
    found = [mutant for mutant in mutants(rulebase) if is_equivalent(mutant, rulebase)]
    cases = [Case(findings=data.draw(answers())) for _ in range(6)]

    for mutant in random.Random(seed).sample(found, min(20, len(found))):
        changed = mutant.applied_to(rulebase)
        for case in cases:
            before, after = settled(case, rulebase), settled(case, changed)
            assert before == after, mutant
            if before is not None:
                assert without_sheets(infer(rulebase, before)) == without_sheets(infer(changed, before)), mutant


def test_a_level_that_a_ceiling_keeps_a_cause_from_is_left_out_without_effect(rules):
    without_likely = "likely or possible, without likely"
    kept_from = {cause.id for cause in rules.causes if cause.ceiling is not None and cause.ceiling.unless is None}
    dropped = [
        m for m in mutants(rules) if m.kind == "advice" and m.change == "option dropped" and m.says.endswith(without_likely)
    ]

    same = {mutant.says.split()[0] for mutant in dropped if is_equivalent(mutant, rules)}
    assert same == {mutant.says.split()[0] for mutant in dropped} & kept_from
    assert "tarsal_tunnel_syndrome" in same
    assert "gout" not in same


@pytest.mark.parametrize(
    ("rule", "part", "says", "changes_nothing"),
    [
        # calf_swelling_one_leg alone is a red flag for today, and today the rule gives way already.
        ("stay_active", "unless", "without calf_swelling_one_leg", True),
        # A sore calf alone is "soon", at which the rule still fires, but not the next one.
        ("stay_active", "unless", "without calf_or_thigh_sore_warm", False),
        ("exercise", "unless", "without calf_or_thigh_sore_warm", True),
        # Below 16 nothing is routine; from 16 on it can be.
        ("no_routine_scan", "unless", "age_years below 16 -> below 15", True),
        ("no_routine_scan", "unless", "age_years below 16 -> below 17", False),
        # The red flag for a snapped tendon has a gate.
        ("exercise", "unless", "without achilles_snap", False),
        ("stay_active", "unless", "without urgency is emergency or same_day", False),
    ],
)
def test_a_gate_whose_sign_already_sets_an_urgency_that_the_rule_avoids_changes_nothing(rules, rule, part, says, changes_nothing):
    found = [mutant for mutant in mutants(rules) if (mutant.rule, mutant.part, mutant.says) == (rule, part, says)]

    assert [is_equivalent(mutant, rules) for mutant in found] == [changes_nothing]


@SLOW
@given(data=st.data())
def test_every_mutant_differs_from_the_rule_base_in_one_place(data):
    rulebase = data.draw(bases_with_intake())

    for mutant in mutants(rulebase):
        changed = mutant.applied_to(rulebase)
        fields = [name for name in rulebase.__struct_fields__ if getattr(changed, name) != getattr(rulebase, name)]
        assert fields == [mutant.field], mutant


def test_a_case_that_fails_already_notices_nothing(rules, shipped_cases):
    wrong = WrittenCases(
        cases=(Case(findings={"saddle_numbness": True}, expected=_routine()),), answers=({"saddle_numbness": True},)
    )
    concluded = conclude_all(wrong, rules)
    some = [mutant for mutant in mutants(rules) if mutant.rule == "ces_feeling"]

    assert concluded.passing == 0
    assert some
    assert {tried.fate for tried in try_mutants(some, concluded)} & {"noticed"} == set()


def _routine():
    from spinefoot.model.case import Expected

    return Expected(urgency="routine")
