"""Every written case comes out as it expects: beside the rules, and whole patients."""

from __future__ import annotations

from pathlib import Path

import pytest

import spinefoot
from spinefoot.casecheck import case_files, rules_without_cases, run_cases
from spinefoot.casefile import read_case_file
from spinefoot.executors import plain

ROOT = Path(__file__).resolve().parent.parent
FILES = [*case_files(ROOT / "rules"), *case_files(ROOT / "tests" / "cases"), *case_files(ROOT / "examples")]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_cases_come_out_as_they_expect(path: Path, rules: spinefoot.RuleBase) -> None:
    problems = [str(problem) for _, _, found in run_cases([path], rules, plain.infer) for problem in found]

    assert problems == []


@pytest.mark.parametrize(
    "path", [*case_files(ROOT / "examples"), ROOT / "tests" / "cases" / "worked_examples.yaml"], ids=lambda p: p.name
)
def test_experta_gives_the_worked_examples_to_the_digit(path: Path, rules: spinefoot.RuleBase) -> None:
    problems = [str(problem) for _, _, found in run_cases([path], rules) for problem in found]

    assert problems == []


def test_every_rule_has_a_case_that_fires_it_and_a_near_miss(rules: spinefoot.RuleBase) -> None:
    cases = [case for path in case_files(ROOT / "rules") for case in read_case_file(path, rules)]

    assert [str(problem) for problem in rules_without_cases(rules, cases)] == []


def test_a_pattern_that_no_case_names_is_reported(rules: spinefoot.RuleBase) -> None:
    path = ROOT / "rules" / "patterns" / "complaint.cases.yaml"
    cases = [case for case in read_case_file(path, rules) if case.id != "groin-pain-nothing-of-it"]

    messages = [problem.message for problem in rules_without_cases(rules, cases)]

    assert "groin_pain has no case that just misses it" in messages
    assert "fever_with_back_pain has no case that fires it and none that just misses it" in messages
    assert not [message for message in messages if message.startswith("pinprick_loss ")]


def test_a_case_that_expects_something_else_is_reported(rules: spinefoot.RuleBase, tmp_path: Path) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text("findings: {saddle_numbness: 'yes'}\nexpected: {urgency: routine, silent: [ces_feeling]}\n")

    ((_, _, problems),) = run_cases([path], rules)

    assert [problem.message for problem in problems] == [
        "wrong: urgency is emergency, expected routine",
        "wrong: ces_feeling fired",
    ]


def test_a_case_may_expect_the_points_of_a_published_score_or_their_range(rules: spinefoot.RuleBase, tmp_path: Path) -> None:
    path = tmp_path / "points.yaml"
    path.write_text(
        "findings: {age_years: 60, walking_brings_on: 'yes', walk_pain_calf: 'yes', stopping_upright_relieves: 'no'}\n"
        "expected: {instruments: {claudication_vascular: 2, claudication_neurogenic: [1, 4], si_laslett: 3}}\n"
    )

    ((_, _, problems),) = run_cases([path], rules)

    assert [problem.message for problem in problems] == [
        "points: claudication_vascular comes to 1, expected 2",
        "points: claudication_neurogenic comes to 0 to 4, expected 1 to 4",
        "points: si_laslett is not shown, expected 3",
    ]


def test_no_rule_says_safe_or_ruled_out(rules: spinefoot.RuleBase) -> None:
    forbidden = ("ruled out", "rule out", "excluded", "all clear", "you are safe")
    for rule in rules.rules():
        for name in ("title", "because", "text", "says", "summary"):
            text = str(getattr(rule, name, "") or "").lower()
            assert not any(word in text for word in forbidden), (rule.id, name)


def test_a_recalled_figure_is_never_shown_as_published(rules: spinefoot.RuleBase) -> None:
    for cause in rules.causes:
        for item in cause.evidence:
            if item.basis == "published":
                assert any(rules.source[name].mark == "verified" for name in item.sources), item.id
