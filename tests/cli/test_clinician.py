"""`interview --clinician`: clinical terms first, then the words to read out to the patient."""

from __future__ import annotations

import msgspec

from spinefoot.planning.screens import Screen
from spinefoot.rendering.interview import Style, screen_page
from spinefoot.rendering.terminal import plain_text
from tests.cli.test_conversation import talk_with

CLINICIAN = Style(clinician=True)


def test_a_clinician_reads_the_clinical_term_first_and_then_the_words_to_read_out(rules):
    screen = Screen(None, ("single_heel_raise",), "strength_tests")
    page = plain_text(screen_page(screen, 7, rules, CLINICIAN), 120).splitlines()

    assert page[2] == "Single-leg heel raise (S1, plantar flexion)"
    assert page[3] == f'"{rules.finding["single_heel_raise"].question}"'


def test_items_of_a_checklist_are_named_in_clinical_terms_on_at_most_two_lines(rules):
    screen = Screen("danger_pelvis_check", ("saddle_numbness", "bladder_cannot_pass_urine"), "danger_pelvis")
    page = plain_text(screen_page(screen, 3, rules, CLINICIAN), 76)

    assert " 1 Saddle (perineal) hypoaesthesia or paraesthesia\n" in page
    assert '    "Is the skin between your legs numb, tingling or changed in feeling?"\n' in page
    assert ' 2 Urinary retention: little or none in over 6 hours. "Although you tried' in page
    assert len(page[page.index(" 2 Urinary") :].strip().splitlines()) == 2


def test_every_item_fits_two_lines_of_80_columns_unless_its_question_alone_fills_them(rules):
    framed = 76
    for finding in rules.findings:
        if finding.checklist is None or finding.steps or finding.options or finding.answer_labels or len(finding.question) > 98:
            continue
        other = next(f for f in rules.findings if f.id == "age_years")
        page = plain_text(screen_page(Screen(None, (finding.id, other.id), finding.topic), 1, rules, CLINICIAN), framed)
        item = page[page.index("\n 1 ") : page.index("\n 2 Age\n")]

        assert len(item.strip().splitlines()) <= 2, finding.id


def test_what_the_clinician_examines_is_named_and_has_no_words_to_read_out(rules):
    own, named = rules.finding["exam_clonus_ankle"], rules.finding["exam_babinski"]
    page = plain_text(screen_page(Screen("exam_reflex_check", (own.id, named.id), own.topic), 9, rules, CLINICIAN), 76)

    assert own.clinical is None
    assert " 1 Ankle clonus\n" in page
    assert " 2 Extensor plantar response (Babinski sign)\n" in page
    assert named.question not in page
    assert '"' not in page


def test_a_finding_without_a_clinical_term_is_asked_in_its_own_words(rules):
    finding = msgspec.structs.replace(rules.finding["limb_cold"], clinical=None)
    bare = msgspec.structs.replace(rules, findings=tuple(finding if f.id == finding.id else f for f in rules.findings))
    page = plain_text(screen_page(Screen(None, (finding.id,), finding.topic), 1, bare, CLINICIAN), 120)

    assert page.splitlines()[2] == finding.question


def test_without_the_option_nothing_is_said_in_clinical_terms(rules):
    for finding in rules.findings:
        page = plain_text(screen_page(Screen(None, (finding.id,), finding.topic), 1, rules, Style(drawings=False)), 400)

        assert page.splitlines()[2] == finding.question


def test_help_for_a_clinician_ends_with_the_id_and_the_code(rules):
    _, talk, _ = talk_with(rules, "none", "h 2", style=CLINICIAN)
    _, plain, _ = talk_with(rules, "none", "h 2")

    assert "In symptom files: both_legs_weak, HP:0007340 in the Human Phenotype Ontology." in talk.text
    assert "In symptom files" not in plain.text


def test_a_clinician_is_told_what_may_be_read_out(rules):
    _, talk, _ = talk_with(rules, style=CLINICIAN)
    _, plain, _ = talk_with(rules)

    assert "in quotation marks is for reading out" in talk.text
    assert "reading out" not in plain.text
