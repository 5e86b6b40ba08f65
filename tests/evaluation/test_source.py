"""Every kind of input comes to the same table of text."""

import json
from pathlib import Path

import polars as pl
import pytest

import spinefoot
from spinefoot.casefile import read_case_file
from spinefoot.errors import InputError
from spinefoot.evaluation.assessed import assess_table
from spinefoot.evaluation.run import run
from spinefoot.evaluation.source import read_content, read_paths
from spinefoot.executors.plain import infer

ROOT = Path(__file__).resolve().parents[2]
ROWS = [
    {"id": "a", "age_years": 52, "foot_drop": True, "expected_urgency": "same_day"},
    {"id": "b", "age_years": None, "foot_drop": False, "expected_urgency": "routine"},
]
YAML = """
cases:
  - id: a
    findings: {age_years: 52, foot_drop: 'yes'}
    expected: {urgency: same_day}
  - id: b
    findings: {foot_drop: 'no'}
    expected: {urgency: routine}
"""


def _write(folder, form):
    path = folder / f"cases.{form}"
    if form == "yaml":
        path.write_text(YAML)
    elif form == "json":
        path.write_text(json.dumps(ROWS))
    elif form == "ndjson":
        path.write_text("\n".join(map(json.dumps, ROWS)) + "\n\n")
    elif form == "parquet":
        pl.DataFrame(ROWS).write_parquet(path)
    else:
        pl.DataFrame(ROWS).write_csv(path, separator="," if form == "csv" else "\t")
    return path


@pytest.mark.parametrize("form", ["yaml", "json", "ndjson", "parquet", "csv", "tsv"])
def test_every_format_gives_the_same_evaluation(tmp_path, rules, form):
    reading = read_paths([_write(tmp_path, form)], rules)

    ran = run(reading.tables, rules)

    assert (reading.problems, ran.problems, ran.unread_columns) == ((), [], [])
    assert (ran.evaluation.overall.cases, ran.evaluation.overall.urgency.right.count) == (2, 2)
    assert assess_table(reading.tables[0], rules).results["id"].to_list() == ["a", "b"]


def test_several_acceptable_values_may_be_lists(tmp_path, rules):
    rows = [{"expected_cause": ["gout", "ankle_sprain"], "expected_spine_link": ["unlikely", "unclear"]}]
    (tmp_path / "lists.json").write_text(json.dumps(rows))
    pl.DataFrame(rows).write_parquet(tmp_path / "lists.parquet")

    for name in ("lists.json", "lists.parquet"):
        [table] = read_paths([tmp_path / name], rules).tables
        assert table.frame["expected_cause"].to_list() == ["gout;ankle_sprain"]
        assert table.frame["expected_spine_link"].to_list() == ["unlikely;unclear"]


def test_what_a_symptom_file_expects_becomes_columns(rules):
    text = """
id: x
findings: {}
expected:
  urgency_at_least: soon
  urgency_at_most: same_day
  spine_link: [unlikely, unclear]
  causes: [gout, ankle_sprain]
  root_levels: []
  fires: [motor_new]
"""
    row = read_content(text.encode(), "yaml", "x.yaml", rules).frame.row(0, named=True)

    assert row == {
        "id": "x",
        "file": "x.yaml",
        "expected_urgency_at_least": "soon",
        "expected_urgency_at_most": "same_day",
        "expected_spine_link": "unlikely;unclear",
        "expected_root_level": "none",
        "expected_cause": "gout;ankle_sprain",
    }


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.xlsx", b"", "SF107"),
        ("a.csv", b"", "SF103"),
        ("a.csv", b"id,foot_drop\n", "SF601"),
        ("a.csv", b"id,foot_drop\na,yes,no,no\n", "SF103"),
        ("a.csv", b"id\n\xff\xfe\n", "SF103"),
        ("a.csv", b"foot_drop,id,foot_drop\nyes,a,no\n", "SF105"),
        ("a.ndjson", b'{"foot_drop": true, "foot_drop": false}\n', "SF103"),
        ("a.ndjson", b'{"id": 1}\n{"id": \n', "SF103"),
        ("a.ndjson", b'{"findings": {"foot_drop": true}}\n', "SF103"),
        ("a.json", b"[1, 2]", "SF103"),
        ("a.json", b"[]", "SF601"),
        ("a.parquet", b"PAR1", "SF103"),
        ("a.yaml", b"findings: {foot_dorp: 'yes'}\n", "SF602"),
    ],
    ids=[
        "ending",
        "empty",
        "no row",
        "ragged",
        "not UTF-8",
        "column twice",
        "key twice",
        "cut off",
        "nested",
        "numbers",
        "empty list",
        "not Parquet",
        "typo",
    ],
)
def test_a_file_that_cannot_be_read_is_a_problem_with_its_place(tmp_path, rules, name, content, code):
    path = tmp_path / name
    path.write_bytes(content)

    reading = read_paths([path], rules)

    assert (reading.tables, reading.files_rejected) == ((), 1)
    assert {problem.code for problem in reading.problems} == {code}
    assert all(problem.where.file == str(path) for problem in reading.problems)


def test_a_folder_gives_its_symptom_files_and_counts_those_with_faults(tmp_path, rules):
    (tmp_path / "good.yaml").write_text("findings: {foot_drop: 'yes'}\nexpected: {urgency: same_day}\n")
    (tmp_path / "bad.yaml").write_text("findings: {foot_dorp: 'yes'}\n")

    reading = read_paths([tmp_path], rules)

    assert ([table.frame["file"][0] for table in reading.tables], reading.files_rejected) == ([str(tmp_path / "good.yaml")], 1)


def test_a_folder_without_symptom_files_is_a_problem(tmp_path, rules):
    assert "holds no symptom file" in read_paths([tmp_path], rules).problems[0].message


def test_a_bad_line_of_ndjson_is_named_by_its_line(rules):
    with pytest.raises(InputError) as caught:
        read_content(b'{"id": "a"}\n\n{"id"\n', "ndjson", "x.ndjson", rules)

    assert caught.value.problems[0].where.line == 3


def test_a_number_and_a_yes_survive_every_format_alike(tmp_path, rules):
    seen = {}
    for form in ("yaml", "json", "ndjson", "parquet", "csv", "tsv"):
        [table] = read_paths([_write(tmp_path, form)], rules).tables
        results = assess_table(table, rules).results
        seen[form] = results.drop("id").rows()
    assert len(set(map(str, seen.values()))) == 1


def test_a_folder_of_symptom_files_is_one_table_in_which_each_case_keeps_its_place(tmp_path, rules):
    for name, finding in (("one", "foot_drop"), ("two", "age_years")):
        (tmp_path / f"{name}.yaml").write_text(f"# A comment\nfindings: {{{finding}: '1'}}\n")

    [table] = read_paths([tmp_path], rules).tables

    assert table.frame.rows(named=True) == [
        {"id": "one", "file": str(tmp_path / "one.yaml"), "foot_drop": "true", "age_years": None},
        {"id": "two", "file": str(tmp_path / "two.yaml"), "foot_drop": None, "age_years": "1"},
    ]
    assert [str(place) for place in table.places] == [f"{tmp_path}/one.yaml:2:1", f"{tmp_path}/two.yaml:2:1"]


def test_the_results_are_those_of_the_explained_assessment(rules):
    [table] = read_paths([ROOT / "tests/cases/worked_examples.yaml"], rules).tables
    cases = read_case_file(ROOT / "tests/cases/worked_examples.yaml", rules)

    results = assess_table(table, rules).results

    for row, case in zip(results.iter_rows(named=True), cases, strict=True):
        one = spinefoot.assess(case, rules, infer)
        best = one.causes[0] if one.causes else None
        assert (row["id"], row["urgency"], row["spine_link"]) == (case.id, one.urgency, one.spine_link)
        assert row["root_levels"] == ";".join(one.root_levels)
        assert (row["cause_1"], row["cause_1_score"]) == ((best.cause, best.score) if best else (None, None))
        for cause in rules.causes:
            score = one.conclusions.scores.get(cause.id)
            assert (row[f"{cause.id}_level"], row[f"{cause.id}_score"]) == ((score.level, score.score) if score else (None, None))


def test_an_emergency_withholds_every_level_in_the_results(rules):
    table = read_content(b"findings: {saddle_numbness: 'yes', leg_pain_now: 'yes'}\n", "yaml", "x.yaml", rules)

    row = assess_table(table, rules).results.row(0, named=True)

    assert row["urgency"] == "emergency"
    assert {row[f"{cause.id}_level"] for cause in rules.causes} == {None}
    assert row["cause_1"] is None
