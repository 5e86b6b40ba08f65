"""Every kind of input comes to the same evaluation, and what cannot be read is told and counted."""

import gzip
import json
from pathlib import Path

import polars as pl
import pytest

import spinefoot
from spinefoot.casefile import read_case_file
from spinefoot.errors import InputError
from spinefoot.evaluation.cases import CaseReader
from spinefoot.evaluation.run import run
from spinefoot.executors.plain import infer
from spinefoot.tables.inputs import find_sources
from spinefoot.tables.reading import chunks_of

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


def evaluated(rules, *paths, **options):
    """Evaluate files as the command does."""
    sources, missing = find_sources([str(path) for path in paths])
    return run([(source, chunks_of(source, rules, 1000)) for source in sources], rules, missing=missing, **options)


def scored(rules, path):
    """Return the scored rows of one file."""
    [source], _ = find_sources([str(path)])
    reader = CaseReader(rules, [], None)
    reader.begin(source)
    return pl.concat(reader.read(chunk).scored for chunk in chunks_of(source, rules, 1000))


@pytest.mark.parametrize("form", ["yaml", "json", "ndjson", "parquet", "csv", "tsv"])
def test_every_format_gives_the_same_evaluation(tmp_path, rules, form):
    path = _write(tmp_path, form)

    ran = evaluated(rules, path)

    assert (ran.problems, ran.unread_columns) == ([], [])
    assert (ran.evaluation.overall.cases, ran.evaluation.overall.urgency.right.count) == (2, 2)
    assert scored(rules, path)["id"].to_list() == ["a", "b"]


def test_compressed_tables_and_globs_are_read_too(tmp_path, rules):
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(_write(tmp_path, "csv").read_bytes()))

    assert evaluated(rules, tmp_path / "*.csv*").evaluation.overall.cases == 4


def test_several_acceptable_values_may_be_lists(tmp_path, rules):
    row = {"id": "a", "foot_drop": True, "expected_cause": ["gout", "ankle_sprain"], "expected_root_level": ["L5"]}
    (tmp_path / "lists.json").write_text(json.dumps([row]))
    pl.DataFrame([row]).write_parquet(tmp_path / "lists.parquet")

    for name in ("lists.json", "lists.parquet"):
        table = scored(rules, tmp_path / name)
        assert table["causes_ok"].to_list() == [["ankle_sprain", "gout"]]
        assert table["roots_ok"].to_list() == [["L5"]]


def test_a_record_that_is_written_as_a_symptom_file_says_what_it_expects(tmp_path, rules):
    expected = {"urgency_at_least": "soon", "root_levels": [], "causes": ["gout"], "spine_link": "unlikely"}
    path = tmp_path / "x.ndjson"
    path.write_text(json.dumps({"findings": {"foot_drop": True}, "expected": expected}))

    row = scored(rules, path).row(0, named=True)

    assert (row["urgency_lowest_ok"], row["urgency_highest_ok"]) == (2, 0)
    assert (row["roots_ok"], row["causes_ok"], row["spine_links_ok"]) == ([], ["gout"], ["unlikely"])


def test_what_a_symptom_file_expects_is_read(tmp_path, rules):
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
    path = tmp_path / "x.yaml"
    path.write_text(text)

    row = scored(rules, path).row(0, named=True)

    assert (row["id"], row["urgency_lowest_ok"], row["urgency_highest_ok"]) == ("x", 2, 1)
    assert (row["spine_links_ok"], row["roots_ok"]) == (["unclear", "unlikely"], [])
    assert row["causes_ok"] == ["ankle_sprain", "gout"]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.xlsx", b"", "SF107"),
        ("a.csv", b"", "SF101"),
        ("a.csv", b"foot_drop\n\xff\xfe\n", "SF101"),
        ("a.csv", b"foot_drop,id,foot_drop\nyes,a,no\n", "SF702"),
        ("a.csv", b"foot_drop,expected_urgncy\nyes,soon\n", "SF607"),
        ("a.csv.gz", gzip.compress(b"foot_drop,expected_urgency\n" + b"yes,soon\n" * 99_999)[:-9], "SF101"),
        ("a.json", b"{", "SF103"),
        ("a.parquet", b"PAR1", "SF101"),
        ("a.yaml", b"findings: {foot_dorp: 'yes'}\n", "SF602"),
        ("absent.csv", None, "SF101"),
        ("folder", None, "SF601"),
    ],
    ids=["ending", "empty", "not UTF-8", "twice", "expected", "cut off", "JSON", "Parquet", "typo", "absent", "folder"],
)
def test_a_file_that_cannot_be_read_is_counted_and_a_problem_with_its_place(tmp_path, rules, name, content, code):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    elif name == "folder":
        path.mkdir()
    good = _write(tmp_path, "parquet")

    ran = evaluated(rules, path, good)

    assert (ran.evaluation.rows.files_rejected, ran.evaluation.rows.read, ran.evaluation.rows.rejected) == (1, 2, 0)
    assert [problem.code for problem in ran.problems] == [code]
    assert ran.problems[0].where.file == str(path)
    with pytest.raises(InputError, match=code):
        evaluated(rules, path)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.csv", "foot_drop,expected_urgency\nyes,same_day\nyes\n", "row 2: the line has 1 cell and the header has 2"),
        (
            "a.csv",
            'id,foot_drop,expected_urgency\na,yes,same_day\nb,"yes,soon\n',
            "row 2: the quotes in this line do not pair up",
        ),
        ("a.ndjson", '{"foot_drop": 1, "expected_urgency": "same_day"}\n{"id"\n', "row 2: the line is not a JSON record: "),
        ("a.json", '[{"foot_drop": 1, "expected_urgency": "same_day"}, {"id": 1, "id": 2}]', 'row 2: the key "id" stands twice'),
    ],
    ids=["short", "quote", "cut off", "key twice"],
)
def test_a_row_that_cannot_be_read_is_rejected_and_the_others_are_evaluated(tmp_path, rules, name, content, says):
    path = tmp_path / name
    path.write_text(content)

    ran = evaluated(rules, path)

    assert (ran.evaluation.rows.read, ran.evaluation.rows.rejected) == (2, 1)
    [problem] = ran.problems
    assert str(problem).startswith(f"{path}: SF703 {says}")


def test_a_table_without_rows_is_no_evaluation(tmp_path, rules):
    path = tmp_path / "a.csv"
    path.write_text("foot_drop,expected_urgency\n")

    with pytest.raises(InputError, match="the input holds no row"):
        evaluated(rules, path)


def test_of_a_folder_the_good_symptom_files_are_evaluated_and_the_others_counted(tmp_path, rules):
    (tmp_path / "good.yaml").write_text("findings: {foot_drop: 'yes'}\nexpected: {urgency: same_day}\n")
    (tmp_path / "bad.yaml").write_text("findings: {foot_dorp: 'yes', foot_drpo: 'yes'}\n")
    (tmp_path / "against.yaml").write_text("id: x\nfindings: {active_cancer: 'yes', cancer_history: 'no'}\n")

    ran = evaluated(rules, tmp_path, by=["file"])

    rows = ran.evaluation.rows
    assert (rows.read, rows.rejected, rows.files_rejected) == (2, 1, 1)
    assert [group.value for group in ran.evaluation.subgroups[0].groups] == [str(tmp_path / "good.yaml")]
    assert sorted(str(problem).partition(";")[0] for problem in ran.problems) == [
        f"{tmp_path}/against.yaml: SF703 x: active_cancer is yes and cancer_history is no",
        f'{tmp_path}/bad.yaml:1:12: SF602 unknown finding "foot_dorp"',
        f'{tmp_path}/bad.yaml:1:30: SF602 unknown finding "foot_drpo"',
    ]


def test_subgroups_by_an_answer_are_the_same_for_every_format(tmp_path, rules):
    forms = ("yaml", "json", "ndjson", "parquet", "csv", "tsv")

    ran = {form: evaluated(rules, _write(tmp_path, form), by=["foot_drop", "age_years"]) for form in forms}

    for form in forms:
        by_drop, by_age = ran[form].evaluation.subgroups
        assert [group.value for group in by_drop.groups] == ["no", "yes"], form
        assert [group.value for group in by_age.groups] == ["52", None], form


def test_where_chunks_end_changes_nothing(tmp_path, rules):
    path = tmp_path / "a.csv"
    rows = [f"{n},{'yes' if n % 3 else 'odd'},{n % 90},{'same_day' if n % 5 else 'what'}" for n in range(200)]
    path.write_text("\n".join(["id,foot_drop,age_years,expected_urgency", *rows]))
    [source], _ = find_sources([str(path)])

    whole, parts = (run([(source, chunks_of(source, rules, rows))], rules, by=["age_band"], against=rules) for rows in (1000, 17))

    assert whole.evaluation == parts.evaluation
    assert list(map(str, whole.problems)) == list(map(str, parts.problems))


def test_a_number_and_a_yes_survive_every_format_alike(tmp_path, rules):
    forms = ("yaml", "json", "ndjson", "parquet", "csv", "tsv")

    seen = {form: str(scored(rules, _write(tmp_path, form)).drop("id").rows()) for form in forms}

    assert len(set(seen.values())) == 1


def test_the_results_are_those_of_the_explained_assessment(rules):
    path = ROOT / "tests/cases/worked_examples.yaml"
    cases = read_case_file(path, rules)

    results = scored(rules, path)

    for row, case in zip(results.iter_rows(named=True), cases, strict=True):
        one = spinefoot.assess(case, rules, infer)
        best = one.causes[0] if one.causes else None
        assert (row["id"], row["urgency"], row["spine_link"]) == (case.id, one.urgency, one.spine_link)
        assert row["root_levels"] == ";".join(one.root_levels)
        assert (row["cause_1"], row["cause_1_score"]) == ((best.cause, best.score) if best else (None, None))
        for cause in rules.causes:
            score = one.conclusions.scores.get(cause.id)
            assert (row[f"{cause.id}_level"], row[f"{cause.id}_score"]) == ((score.level, score.score) if score else (None, None))


def test_an_emergency_withholds_every_level_in_the_results(tmp_path, rules):
    path = tmp_path / "x.yaml"
    path.write_text("findings: {saddle_numbness: 'yes', leg_pain_now: 'yes'}\n")

    row = scored(rules, path).row(0, named=True)

    assert row["urgency"] == "emergency"
    assert {row[f"{cause.id}_level"] for cause in rules.causes} == {None}
    assert row["cause_1"] is None
