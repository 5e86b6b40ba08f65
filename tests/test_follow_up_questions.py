"""Follow-up questions reach those whose urgency hangs on them, although every other first question was answered no."""

from __future__ import annotations

import pytest

import spinefoot
from spinefoot.model.findings import Value
from spinefoot.truth import View

RULES = spinefoot.load_rules()

WEAK_ON_TEST: dict[str, Value] = {"leg_pain_now": True, "heel_walk": "impossible", "heel_walk_limit": "weakness"}
BOTH_FEET: dict[str, Value] = {"foot_drop": True, "weakness_side": "both_equal"}


@pytest.mark.parametrize(
    ("answers", "question"),
    [
        (WEAK_ON_TEST, "foot_lift_strength"),
        (WEAK_ON_TEST, "weakness_side"),
        (WEAK_ON_TEST, "weakness_onset_days"),
        (WEAK_ON_TEST, "pain_vanished_as_weakness_began"),
        (BOTH_FEET, "ces_symptom_onset_days"),
        (BOTH_FEET, "ces_symptom_trend"),
        (BOTH_FEET, "ces_symptoms_assessed"),
        ({"walking_brings_on": True, "urge_or_leak_walking": True}, "ces_symptom_onset_days"),
        ({"walking_brings_on": True, "buttock_burning_walking": True}, "ces_symptoms_assessed"),
        ({"foot_drop": True}, "habitual_leg_crossing"),
        ({"foot_drop": True}, "separate_area_nerve_loss"),
        ({"foot_drop": True}, "cannot_stand_or_bear_weight"),
        ({"sudden_onset_weakness": "numbness"}, "same_side_arm_weak"),
        ({"leg_or_foot_weakness": True}, "breathless_at_rest_or_lying"),
        ({"trunk_sensory_level": True}, "numbness_assessed"),
        ({"pain_mid_upper_back": True}, "pain_severity_0_10"),
        ({"recent_spinal_procedure": True}, "pain_worst_ever"),
        ({"cancer_history": True}, "cannot_stand_or_bear_weight"),
        ({"back_pain_now": True}, "fever_tablet_8h"),
        ({"age_years": 2}, "child_pain_moving_one_joint"),
    ],
    ids=lambda value: value if isinstance(value, str) else "-".join(value),
)
def test_a_follow_up_that_changes_the_urgency_is_asked(answers: dict[str, Value], question: str) -> None:
    first_questions = [f.id for f in RULES.findings if f.kind == "yes_no" and f.ask_if is None]
    ask_if = RULES.finding[question].ask_if

    assert ask_if is not None
    assert View(RULES, {**dict.fromkeys(first_questions, False), **answers}).truth(ask_if) is True


def test_follow_ups_of_a_pattern_do_not_apply_where_its_questions_do_not() -> None:
    """Nobody is asked how long the weakness has lasted for want of a self-test that was not asked of them either."""
    strong: dict[str, Value] = {f.id: False for f in RULES.findings if f.kind == "yes_no" and f.ask_if is None}
    strong |= {"heel_walk": "fine", "single_heel_raise": "equal", "toe_walk_fail": False, "big_toe_lift_weak": False}
    strong |= {"sit_to_stand_one_leg_fail": False, "step_up_fail": False}

    assert RULES.finding["hip_abduction_weak"].ask_if is not None
    assert View(RULES, strong).truth(RULES.applies_if["weakness_onset_days"]) is False
    assert View(RULES, {**strong, "leg_or_foot_weakness": True}).truth(RULES.applies_if["weakness_onset_days"]) is True
