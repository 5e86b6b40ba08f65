"""`spinefoot evaluate`: what it prints where, and what it tells its caller."""

import json
import re
from pathlib import Path

import pytest
from rich.cells import cell_len

from spinefoot.rulebase.locate import rules_directory
from tests.cli.evaluating import TABLE, run, text

BOXES = re.compile("[\u2500-\u257f]")


def test_a_table_is_evaluated_with_missed_emergencies_first(table):
    result = run(table)

    assert (result.returncode, result.stderr) == (0, b'The column "ward" is no finding and was not read\n')
    said = text(result)
    assert "MISSED: 1 of 2 expected emergencies, 50.0% (1.3 to 98.7)." in said
    assert "0 still came out at the next lower urgency, 1 lower than that." in said
    assert said.index("Missed emergencies") < said.index("Urgency\n") < said.index("Link to the spine")
    assert "not a diagnosis" in said


def test_written_cases_are_evaluated_and_none_is_missed():
    result = run("tests/cases/worked_examples.yaml", "--json")

    overall = json.loads(result.stdout)["overall"]
    assert result.returncode == 0
    assert (overall["urgency"]["right"]["count"], overall["urgency"]["missed"]["share"]["count"]) == (6, 0)
    assert overall["urgency"]["missed"]["at_most"] == pytest.approx(0.95)
    assert overall["causes"]["top_1"]["count"] == overall["causes"]["cases"] == 3


def test_a_row_with_a_fault_exits_with_3_and_is_named_and_counted(tmp_path):
    path = tmp_path / "patients.csv"
    path.write_text(TABLE)

    result = run(str(path), "--json", "--by", "ward")

    assert result.returncode == 3
    assert result.stderr.decode() == (
        f'{path}: SF703 row 5 (five): age_years is "perhaps"; it must be a number from 0 to 120 years\n'
    )
    told = json.loads(result.stdout)
    assert told["rows"] == {"read": 5, "rejected": 1, "without_expectation": 0, "files_rejected": 0, "repeated_ids": 0}
    assert [(p["code"], p["file"]) for p in told["problems"]] == [("SF703", str(path))]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("id,foot_drop\na,perhaps\n", 'foot_drop is "perhaps"'),
        ("id,foot_drop\na,yes\n", "nothing says what is expected"),
        ("id,foot_drop,expected_causes\na,yes,gout\n", 'did you mean "expected_cause"?'),
        ("id,foot_drop,expected_cause\na,yes,gaut\n", 'did you mean "gout"?'),
        ("id,foot_drop,Expected_urgency\na,yes,soon\n", 'did you mean "expected_urgency"?'),
        ("id,foot_drop,expcted_urgency\na,yes,soon\n", 'did you mean "expected_urgency"?'),
        ("", "the file is empty"),
        ("id,note,expected_urgency\na,x,soon\n", "no column holds a finding, so that nothing can be concluded"),
    ],
    ids=[
        "no valid row",
        "no expectation",
        "unknown expectation",
        "unknown cause",
        "capital",
        "slip in the prefix",
        "empty",
        "no finding",
    ],
)
def test_input_of_no_use_exits_with_4_and_says_why(tmp_path, content, said):
    path = tmp_path / "x.csv"
    path.write_text(content)

    result = run(str(path))

    assert (result.returncode, result.stdout) == (4, b"")
    assert said in result.stderr.decode()
    assert b"Traceback" not in result.stderr


def test_a_file_that_is_named_twice_is_refused(table, tmp_path):
    other = Path(table).parent / "." / "sub" / ".." / Path(table).name
    (Path(table).parent / "sub").mkdir()

    result = run(table, str(other))

    assert (result.returncode, result.stdout) == (2, b"")
    assert result.stderr.decode() == f"SF609 named twice, so that its cases would count twice: {table}; name each file once\n"


def test_a_folder_and_a_file_in_it_are_refused_as_named_twice(tmp_path):
    for name in "ab":
        (tmp_path / f"{name}.yaml").write_text("findings: {foot_drop: 'yes'}\nexpected: {urgency: same_day}\n")

    result = run(str(tmp_path), str(tmp_path / "b.yaml"))

    assert (result.returncode, result.stdout) == (2, b"")
    assert f"SF609 named twice, so that its cases would count twice: {tmp_path / 'b.yaml'};" in result.stderr.decode()


def test_ids_that_repeat_are_told_and_each_row_is_counted(tmp_path):
    path, without = tmp_path / "x.csv", tmp_path / "y.csv"
    path.write_text("id,foot_drop,expected_urgency\na,yes,same_day\na,no,routine\nb,no,routine\na,no,routine\nc,odd,\nc,no,\n")
    without.write_text("foot_drop,expected_urgency\nyes,same_day\nyes,same_day\n")

    result = run(str(path), str(without), "--json")

    told = json.loads(result.stdout)
    assert (told["rows"]["repeated_ids"], told["overall"]["cases"]) == (2, 7)
    assert "rows that repeat the id of an earlier one: 2; each was counted" in result.stderr.decode().splitlines()
    assert b"repeat the id" not in run(str(without)).stderr


def test_the_page_says_that_intervals_take_cases_to_be_independent(table):
    assert "Intervals assume that cases are independent" in " ".join(text(run(table)).split())


def test_one_file_of_two_that_cannot_be_read_exits_with_3(table, tmp_path):
    result = run(table, str(tmp_path / "absent.csv"), "--plain")

    assert result.returncode == 3
    assert "Files that could not be read: 1." in text(result)
    assert b"absent.csv: SF101" in result.stderr


def test_a_subgroup_by_no_column_exits_with_2_and_the_nearest(table):
    result = run(table, "--by", "wrad")

    assert (result.returncode, result.stdout) == (2, b"")
    assert b'did you mean "ward"?' in result.stderr


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ("a,yes,same_day\nb,no,same_day\n", "all cases share one expected urgency"),
        ("a,yes,same_day\n", "all cases share one expected urgency"),
        ("a,no,same_day\nb,no,routine\n", "all cases share one result"),
        ("a,yes,soon;routine\n", "no case accepts just one urgency"),
    ],
    ids=["one expected", "one case", "one result", "several accepted"],
)
def test_a_kappa_that_is_not_defined_says_why_and_is_null(tmp_path, rows, reason):
    path = tmp_path / "x.csv"
    path.write_text("id,foot_drop,expected_urgency\n" + rows)

    said = text(run(str(path), "--plain"))
    urgency = json.loads(run(str(path), "--json", "--by", "id").stdout)

    assert f"Weighted kappa: not defined, since {reason}." in said
    assert ("EXPECTED IN ROWS" in said) == ("one urgency" not in reason)
    kappas = [urgency["overall"], *(group["measures"] for group in urgency["subgroups"][0]["groups"])]
    assert {kappa["urgency"]["kappa"]["estimate"] for kappa in kappas} == {None}


def test_subgroups_are_shown(table):
    said = text(run(table, "--by", "ward", "--by", "age_band", "--plain"))

    assert "BY WARD: URGENCY" in said
    assert "- A: cases 2; right 50.0% of 2 (9.5 to 90.5); too low 50.0% of 2" in said
    assert "- 65-79: cases 1" in said


def test_a_symptom_file_may_expect_a_cause_outside_the_rule_base_as_a_table_may(tmp_path):
    path = tmp_path / "c.yaml"
    path.write_text("id: c\nfindings: {foot_drop: 'yes'}\nexpected:\n  causes: [other]\n")

    told = json.loads(run(str(path), "--json").stdout)

    assert (told["overall"]["causes"]["cases"], told["overall"]["causes"]["unknown_cause"]) == (1, 1)
    assert run("-", "--stdin-format", "yaml", "--json", stdin=path.read_bytes()).returncode == 0


def test_stdin_is_read_in_the_format_that_is_named():
    line = b'{"saddle_numbness": true, "expected_urgency": "emergency"}\n'

    told = json.loads(run("-", "--stdin-format", "ndjson", "--json", stdin=line).stdout)

    assert told["overall"]["urgency"]["right"]["count"] == 1


def test_the_json_has_the_keys_of_its_contract(table):
    from spinefoot.rendering import evaluation_json

    told = json.loads(run(table, "--json", "--by", "ward", "--against", str(rules_directory())).stdout)

    assert list(told) == [
        "spinefoot", "rulebase", "rows", "overall", "subgroups", "comparison",
        "unread_columns", "problems", "definitions", "disclaimer",
    ]  # fmt: skip
    assert [key for key in told if f"`{key}`" not in evaluation_json.__doc__] == []
    assert list(told["overall"]) == ["cases", "urgency", "spine_link", "root_levels", "causes", "calibration"]
    assert list(told["overall"]["urgency"]["right"]) == ["count", "of", "estimate", "low", "high", "method"]
    ratio = told["overall"]["spine_link"]["test"]["answers"][0]["ratio"]
    assert list(ratio) == ["estimate", "low", "high", "zero_cell", "undefined_because"]
    assert list(told["comparison"]["measures"][0])[:6] == ["measure", "both", "only_this", "only_against", "neither", "p"]
    assert [group["value"] for group in told["subgroups"][0]["groups"]] == ["A", "B"]


def test_the_same_input_gives_the_same_bytes(table):
    first = run(table, "--json", PYTHONHASHSEED="1").stdout

    assert run(table, "--json", PYTHONHASHSEED="2").stdout == first


@pytest.mark.parametrize("columns", [60, 80, 120])
@pytest.mark.parametrize("form", [[], ["--plain"]], ids=["tables", "plain"])
def test_no_line_is_wider_than_the_terminal(table, form, columns):
    words = [table, "--by", "age_band", "--against", str(rules_directory()), *form]

    lines = text(run(*words, COLUMNS=str(columns))).splitlines()

    assert [line for line in lines if cell_len(line) > columns and len(line.split()) > 1] == []


def test_plain_output_has_no_boxes_and_a_dumb_terminal_gets_it(table):
    plain = run(table, "--plain").stdout

    assert not BOXES.search(plain.decode())
    assert run(table, TERM="dumb").stdout == plain


def test_piped_text_has_no_escape_codes_and_no_color_leaves_no_colour(table):
    colours = re.compile(rb"\x1b\[[0-9;]*(3[0-7]|38|9[0-7])[0-9;]*m")

    assert b"\x1b" not in run(table).stdout
    assert colours.search(run(table, FORCE_COLOR="1").stdout)
    assert not colours.search(run(table, FORCE_COLOR="1", NO_COLOR="1").stdout)


@pytest.mark.parametrize("form", [[], ["--plain"], ["--json"]], ids=["tables", "plain", "json"])
def test_words_from_a_file_cannot_steer_the_terminal(tmp_path, form):
    path = tmp_path / "x.csv"
    path.write_text("id,ward,foot_drop,w\x1b[2Jx,expected_urgency\n\x1b[31mx[bold]y,\x1b[5mA[/],no,1,emergency\n")

    result = run(str(path), "--by", "ward", *form)

    assert result.returncode == 0
    assert b"\x1b" not in result.stdout + result.stderr
    assert "x[bold]y" in text(result)
    assert "A[/]" in text(result)


def test_no_answer_is_shown_for_a_users_mistake(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("id,age_years,foot_drop,expected_urgency\na,46,perhaps,soon\n")

    result = run(str(path))

    assert b"46" not in result.stderr


def test_what_the_scores_leave_out_is_counted_on_the_page_and_in_the_json(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text(
        "id,saddle_numbness,foot_drop,leg_pain_now,expected_cause\n"
        "a,yes,no,yes,gout\nb,no,yes,yes,gout;ankle_sprain\nc,no,yes,yes,lumbar_disc_radiculopathy\n"
    )

    said = " ".join(text(run(str(path), "--plain")).split())
    left_out = json.loads(run(str(path), "--json").stdout)["overall"]["calibration"]["left_out"]

    assert "Of 117 pairs (3 cases that expect a cause, 39 causes), no row has 39 (1 case whose causes are withheld) or 2" in said
    assert (left_out["withheld_cases"], left_out["withheld"], left_out["one_of_several"]) == (1, 39, 2)
    assert f"also leave out {left_out['not_enough_information']} with too little information" in said
    assert "gout (0 with, 1 without, 1 withheld (1 of them with), 1 open)" in said
    assert "lumbar_disc_radiculopathy (1 with, 1 without, 1 withheld)" in said


def test_help_and_the_page_name_the_cause_other_and_speak_of_one_case(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("id,foot_drop,expected_cause,expected_spine_link,expected_urgency\na,yes,other,likely,soon\n")

    assert "other" in text(run("--help"))
    said = " ".join(text(run(str(path), "--plain")).split())
    assert not re.search(r"(?<![\d,])1 (cases|pairs|causes)\b", said)
    assert "the one whose id comes first in the alphabet counts as first" in said
