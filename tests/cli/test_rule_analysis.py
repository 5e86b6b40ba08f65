"""`spinefoot rules coverage` and `rules mutate` on a small rule base of which everything is known."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from rich.cells import cell_len

ROOT = Path(__file__).resolve().parents[2]

FILES = {
    "rulebase.yaml": """
version: "1"
title: Small
disclaimer: Not a diagnosis.
default_urgency: routine
default_urgency_because: Nothing fired.
scoring: {unlikely_at_most: -7, likely_at_least: 3, group_counts_at_least: 2, group_bars_at_most: -6, clinician_cap: 9}
urgencies:
  - {id: emergency, title: Now, action: Go now.}
  - {id: soon, title: Soon, action: Book soon.}
  - {id: routine, title: Routine, action: Book.}
origins: [{id: foot, title: foot}]
safety_net: [Watch it.]
""",
    "sources.yaml": "sources: [{id: book, citation: A book, mark: verified}]\n",
    "areas.yaml": "areas: []\n",
    "implications.yaml": "implications: []\n",
    "findings/all.yaml": """
topic: {id: all, title: All, purpose: To ask., order: 1}
findings:
  - {id: cold, kind: yes_no, observer: self, question: Cold?, help: H, why_asked: W, danger: true}
  - {id: pale, kind: yes_no, observer: self, question: Pale?, help: H, why_asked: W, danger: true}
  - {id: checked, kind: yes_no, observer: self, question: Checked?, help: H, why_asked: W}
  - {id: days, kind: number, observer: self, question: Days?, help: H, why_asked: W, unit: days, min: 0, max: 100}
""",
    "patterns/all.yaml": "patterns:\n  - id: no_blood\n    title: No blood\n    when: {any: [cold, pale]}\n",
    "red_flags/limb.yaml": """
syndrome: {id: limb, title: Limb, summary: S, sources: [book]}
red_flags:
  - id: limb_now
    title: Limb now
    when: no_blood
    unless: {all: [checked, {days: {above: 14}}]}
    urgency: emergency
    because: B.
    sources: [book]
  - id: limb_floor
    title: Limb floor
    when: no_blood
    urgency: soon
    because: B.
    sources: [book]
""",
    "causes/foot/shoe.yaml": """
id: shoe
title: Shoe
origin: foot
summary: S
prior: 1
limits: {min: -9, max: 9}
answered_groups: 1
likely_groups: 1
evidence:
  - {id: shoe_checked, when: checked, if_true: 3, basis: expert, because: B}
""",
    "root_levels.yaml": "roots: [{id: L5, title: L5, says: S}]\nrules: []\n",
    "urgency.yaml": "rules: []\n",
    "spine_link.yaml": """
default: unclear
default_because: B
verdicts: [{id: likely, title: L, says: S}, {id: unclear, title: U, says: S}]
rules: []
""",
    "advice/all.yaml": "advice:\n  - {id: rest, kind: do, when: {urgency: {is: emergency}}, text: Rest., basis: expert}\n",
}

ONE_CASE = """
cases:
  - id: cold
    findings: {cold: yes}
    expected: {urgency: emergency, fires: [limb_now, limb_floor]}
"""

ALL_CASES = (
    ONE_CASE
    + """
  - id: pale
    findings: {pale: yes}
    expected: {urgency: emergency, fires: [no_blood]}
  - id: gate-open
    findings: {cold: yes, checked: yes, days: 15}
    expected: {urgency: soon, silent: [limb_now, rest], fires: [limb_floor], levels: {shoe: likely}, scores: {shoe: 4}}
  - id: gate-shut-by-a-day
    findings: {cold: yes, checked: yes, days: 14}
    expected: {urgency: emergency, fires: [rest]}
  - id: gate-shut-unchecked
    findings: {cold: yes, checked: no, days: 15}
    expected: {urgency: emergency, fires: [rest], levels: {shoe: possible}, scores: {shoe: 1}}
  - id: warm
    findings: {cold: no, pale: no}
    expected: {urgency: routine, silent: [no_blood, limb_now, rest], levels: {shoe: not_enough_information}}
"""
)


@pytest.fixture
def base(tmp_path):
    """A rule base whose one red flag has a gate and a floor, with no case yet."""
    folder = tmp_path / "small"
    for name, content in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content.lstrip("\n"), encoding="utf-8")
    return folder


def cases(base, content):
    (base / "red_flags" / "limb.cases.yaml").write_text(content, encoding="utf-8")


def run(base, command, *words, columns=80):
    env = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR", "SPINEFOOT_RULES")}
    return subprocess.run(
        [sys.executable, "-m", "spinefoot", "rules", command, *words, "--rules", str(base)],
        capture_output=True,
        cwd=base.parent,
        env={**env, "PYTHONPATH": str(ROOT), "TERM": "xterm-256color", "COLUMNS": str(columns), "PYTHONIOENCODING": "utf-8"},
        timeout=120,
        check=False,
        text=True,
    )


def gaps(base, *words):
    found = json.loads(run(base, "coverage", "--json", *words).stdout)["cases_to_add"]
    return {(gap["rule"], gap["part"], gap["gap"]): gap["findings"] for gap in found}


def mutants(base, *words):
    return json.loads(run(base, "mutate", "--json", *words).stdout)


def unnoticed(report):
    return {(m["rule"], m["part"], m["change"], m["says"]) for m in report["mutants"] if m["fate"] == "unnoticed"}


def test_coverage_names_each_side_that_no_case_reaches_and_answers_that_would(base):
    cases(base, ONE_CASE)

    assert gaps(base) == {
        ("no_blood", "when", "never false"): {"cold": False, "pale": False},
        ("limb_now", "when", "never false"): {"cold": False, "pale": False},
        ("limb_now", "unless", "gate never opened"): {"cold": True, "checked": True, "days": 15},
        ("limb_floor", "when", "never false"): {"cold": False, "pale": False},
        ("shoe_checked", "when", "always unknown"): {"checked": True},
        ("shoe", "level likely", "never likely"): None,
        ("shoe", "level possible", "never possible"): None,
        ("shoe", "level unlikely", "never unlikely"): None,
        ("rest", "when", "never false"): None,
    }


def test_coverage_has_no_gap_left_where_every_side_is_reached(base):
    cases(base, ALL_CASES)

    assert set(gaps(base)) == {("shoe", "level unlikely", "never unlikely")}


def test_coverage_counts_the_cases_on_each_side(base):
    cases(base, ALL_CASES)
    rows = {(r["rule"], r["part"]): r for r in json.loads(run(base, "coverage", "--json").stdout)["conditions"]}

    flag, gate = rows["limb_now", "when"], rows["limb_now", "unless"]
    assert (flag["true"], flag["false"], flag["unknown"], flag["fired"]) == (5, 1, 0, 4)
    # Of the gate only the five cases count in which the flag would fire without it.
    assert (gate["true"], gate["false"], gate["unknown"]) == (1, 2, 2)
    assert (flag["file"], flag["line"]) == (str(base / "red_flags" / "limb.yaml"), 3)


def test_further_cases_count_when_their_folder_is_named(base, tmp_path):
    cases(base, ONE_CASE)
    more = tmp_path / "more"
    more.mkdir()
    (more / "warm.yaml").write_text("findings: {cold: no, pale: no}\n")

    assert ("no_blood", "when", "never false") in gaps(base)
    assert ("no_blood", "when", "never false") not in gaps(base, str(more))


def test_every_fault_of_the_red_flags_is_noticed_by_cases_for_each_boundary(base):
    cases(base, ALL_CASES)
    report = mutants(base, "--only", "red_flags")

    assert unnoticed(report) == set()
    assert report["meets_aims"] is True
    assert report["red_flags_removed_or_lowered"]["mutants"] == 4


def test_a_fault_that_no_case_notices_is_listed_with_its_place(base):
    cases(base, ONE_CASE)
    done = run(base, "mutate", "--only", "red_flags", "--plain")

    assert done.returncode == 1
    assert re.search(r"NOT NOTICED: LIMB_NOW\n\n.*/red_flags/limb.yaml:3\n", done.stdout)
    assert "- unless: gate dropped: no unless" in done.stdout
    assert "Red flags removed or lowered: 3 of 4 noticed" in " ".join(done.stdout.split())


def test_faults_without_a_case_by_name(base):
    cases(base, ONE_CASE)

    # "not pale" would be refused: it would make a red flag wait for an answer.
    assert unnoticed(mutants(base, "--rule", "no_blood")) == {("no_blood", "when", "condition dropped", "without pale")}


def test_the_command_ends_with_0_where_the_aims_are_met(base):
    cases(base, ALL_CASES)

    assert run(base, "mutate", "--only", "red_flags").returncode == 0


def test_a_fault_that_changes_nothing_or_that_check_refuses_is_counted_apart(base):
    cases(base, ONE_CASE)
    fates = {(m["rule"], m["says"]): m["fate"] for m in mutants(base)["mutants"]}

    # The one item weighs +3, so that a limit of +8 is out of reach, and there is one group to ask for.
    assert fates["shoe", "limits, max 9 -> 8"] == "equivalent"
    assert fates["shoe", "answered_groups 1 -> 2"] == "refused"
    assert fates["shoe_checked", "if_true +3 -> +0"] == "refused"


def test_an_explained_fault_is_no_survivor_and_a_stale_explanation_is_reported(base):
    cases(base, ONE_CASE)
    (base / "mutants_explained.yaml").write_text(
        "explained:\n"
        "  - {rule: no_bl*, change: condition *, because: Pale is seen later.}\n"
        "  - {rule: nothing_like_it, because: It went away.}\n"
    )
    report = mutants(base)

    assert not {m for m in unnoticed(report) if m[0] == "no_blood"}
    assert [stale["rule"] for stale in report["stale_explanations"]] == ["nothing_like_it"]
    assert report["meets_aims"] is False


def test_explanations_are_no_knowledge_and_do_not_change_the_rule_base(base):
    cases(base, ONE_CASE)
    before = run(base, "check")
    (base / "mutants_explained.yaml").write_text("explained: []\n")
    after = run(base, "check")

    assert (before.returncode, before.stdout, before.stderr) == (after.returncode, after.stdout, after.stderr)


def test_a_fault_in_the_file_of_explanations_names_its_line(base):
    cases(base, ONE_CASE)
    (base / "mutants_explained.yaml").write_text("explained:\n  - {rule: no_blood, becuse: A slip.}\n")
    done = run(base, "mutate")

    assert done.returncode == 4
    assert "mutants_explained.yaml:2:" in done.stderr
    assert 'did you mean "because"?' in done.stderr


def test_a_sample_is_the_same_for_the_same_seed(base):
    cases(base, ONE_CASE)
    first, again, other = (run(base, "mutate", "--json", "--sample", "5", "--seed", seed).stdout for seed in "112")

    assert json.loads(first)["total"]["mutants"] == 5
    assert first == again
    assert first != other


@pytest.mark.parametrize(
    ("words", "says"),
    [(("--only", "red_flag"), '"red_flag" is not one of red_flags'), (("--rule", "limb_nwo"), 'did you mean "limb_now"?')],
    ids=["kind", "rule"],
)
def test_a_wrong_word_is_refused_with_what_is_allowed(base, words, says):
    cases(base, ONE_CASE)
    done = run(base, "mutate", *words)

    assert done.returncode == 2
    assert says in " ".join(re.sub("[│╭╰─╮╯]", " ", done.stderr).split())


def test_a_folder_that_is_not_there_is_refused(base):
    cases(base, ONE_CASE)
    done = run(base, "coverage", "nowhere")

    assert done.returncode == 4
    assert "nowhere: SF101 there is no such file or folder" in done.stderr


@pytest.mark.parametrize("command", ["coverage", "mutate"])
@pytest.mark.parametrize("style", [[], ["--plain"]], ids=["boxes", "plain"])
def test_no_line_is_wider_than_80_columns_but_for_one_long_word(base, command, style):
    cases(base, ONE_CASE)
    lines = run(base, command, *style).stdout.splitlines()

    assert lines
    assert [line for line in lines if cell_len(line.rstrip()) > 80 and len(line.split()) > 1] == []


def test_nothing_is_said_about_progress_where_nobody_watches(base):
    cases(base, ALL_CASES)

    assert run(base, "mutate").stderr == ""
