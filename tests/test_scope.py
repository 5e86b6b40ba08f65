"""A case without any complaint of back, hip, leg or foot is refused with a direction; a sparse one never is."""

from __future__ import annotations

import json

import pytest
from rich.cells import cell_len
from typer.testing import CliRunner

from spinefoot.cli.app import app

ENTRIES = (
    "back_pain_now",
    "leg_pain_now",
    "foot_pain_now",
    "numb_or_tingling_leg_foot",
    "leg_or_foot_weakness",
    "walking_brings_on",
    "legs_night_trouble",
    "pain_mid_upper_back",
    "pain_groin",
)
NO_COMPLAINT = dict.fromkeys(ENTRIES, False)
REFUSED = "no_back_or_leg_complaint"


@pytest.fixture
def case_file(tmp_path):
    path = tmp_path / "arm.yaml"
    path.write_text("findings:\n" + "".join(f"  {name}: no\n" for name in ENTRIES), encoding="utf-8")
    return str(path)


def test_a_case_without_any_complaint_gets_no_cause_and_no_verdict(conclude):
    conclusions = conclude(**NO_COMPLAINT)

    assert conclusions.withheld == (REFUSED,)
    assert conclusions.scores == {}
    assert conclusions.spine_link == "unclear"


def test_a_refusal_never_silences_an_emergency(conclude):
    assert conclude(**NO_COMPLAINT, stroke_face_arm_speech=True).urgency == "emergency"
    assert conclude(**NO_COMPLAINT, saddle_numbness=True).urgency == "emergency"
    assert conclude(**NO_COMPLAINT, sepsis_signs=True).urgency == "emergency"


@pytest.mark.parametrize("left_open", ENTRIES)
def test_a_complaint_that_was_not_answered_is_no_reason_to_refuse(conclude, left_open):
    assert conclude(**{**NO_COMPLAINT, left_open: None}).withheld == ()


@pytest.mark.parametrize("sign", ["foot_drop", "calf_swelling_one_leg", "both_legs_weak", "limb_cold", "sore_not_healing"])
def test_a_sign_of_leg_or_foot_keeps_a_case_in_scope(conclude, sign):
    assert REFUSED not in conclude(**NO_COMPLAINT, **{sign: True}).withheld


@pytest.mark.parametrize("words", [(), ("--plain",)], ids=["boxes", "plain"])
def test_the_refusal_says_where_to_turn_in_80_columns(case_file, words):
    result = CliRunner(env={"COLUMNS": "80"}).invoke(app, ["assess", *words, case_file])

    flat = " ".join(result.stdout.replace("\N{BOX DRAWINGS LIGHT VERTICAL}", " ").split())
    assert result.exit_code == 0
    assert max(cell_len(line) for line in result.stdout.splitlines()) <= 80
    assert "Outside what this program weighs" in flat
    assert "ask your general practice or your urgent medical advice line (111 in the UK)" in flat
    assert "if it is sudden or severe, call your emergency number (112, 999 or 911)" in flat
    assert "Likely" not in flat and "Possible causes" not in flat


def test_machines_get_the_refusal_and_its_direction(case_file):
    result = json.loads(CliRunner().invoke(app, ["assess", "--json", case_file]).stdout)

    assert result["causes"] == []
    assert result["causes_withheld_by"] == [REFUSED]
    assert [rule["rule"] for rule in result["scope"]] == [REFUSED]
    assert "general practice" in result["scope"][0]["text"]


def test_no_phrase_is_left_unwritten_in_any_text(rules):
    for rule in rules.rules():
        for name in ("text", "says", "because", "on_arrival", "title"):
            assert "{" not in str(getattr(rule, name, "") or ""), (rule.id, name)
