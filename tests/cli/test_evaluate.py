"""`spinefoot evaluate`: what it prints where, and what it tells its caller."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from rich.cells import cell_len

from spinefoot.rulebase.locate import rules_directory

ROOT = Path(__file__).resolve().parents[2]
BOXES = re.compile("[\u2500-\u257f]")

# One missed emergency (no saddle numbness is known), one found, a foot drop, two causes, one row with a fault.
TABLE = """\
id,ward,age_years,saddle_numbness,foot_drop,weakness_onset_days,expected_urgency,expected_spine_link,expected_cause
one,A,52,yes,,,emergency,likely;possibly,
two,A,47,,,,emergency,,
three,B,70,no,yes,2,same_day,possibly;unclear,lumbar_disc_radiculopathy
four,B,31,no,,,routine,unlikely,gout|ankle_sprain
five,B,perhaps,no,,,routine,unclear,gout
"""
GOOD = TABLE.rsplit("\n", 2)[0] + "\n"


def run(*words, stdin=b"", **environment):
    base = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "SPINEFOOT_RULES")}
    return subprocess.run(
        [sys.executable, "-m", "spinefoot", "evaluate", *words],
        input=stdin,
        capture_output=True,
        cwd=ROOT,
        env={**base, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "TERM": "xterm-256color", **environment},
        timeout=300,
        check=False,
    )


def text(result):
    return result.stdout.decode()


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "patients.csv"
    path.write_text(GOOD)
    return str(path)


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


def test_an_urgency_that_fell_against_another_rule_base_is_listed(table, tmp_path):
    # Without the syndrome's rules, the emergency of the first row is not found.
    other = tmp_path / "other"
    shutil.copytree(rules_directory(), other, ignore=shutil.ignore_patterns("*.cases.yaml", "schema"))
    file = other / "rulebase.yaml"
    file.write_text(file.read_text().replace("default_urgency: routine", "default_urgency: soon"))

    result = run(table, "--rules", str(rules_directory()), "--against", str(other), "--plain")

    assert result.returncode == 0
    said = text(result)
    assert "URGENCY FELL (2)" in said
    assert "- two: other soon; this routine; expected emergency" in said
    assert "- four: other soon; this routine; expected routine" in said
    assert "- urgency right (4 cases): this 3 (75.0%); other 2 (50.0%); only this 1; only" in said
    assert "favours this 100% (2.5 to 100); p 1.000" in " ".join(said.split())
    assert "URGENCY ROSE (0)" in said


@pytest.fixture
def other_rules(tmp_path):
    """Copy the rules, with each pair of words of `changes` exchanged in the files that match."""

    def build(changes, files="**/*.yaml"):
        other = tmp_path / "other"
        shutil.copytree(rules_directory(), other, ignore=shutil.ignore_patterns("*.cases.yaml", "schema"))
        for file in other.glob(files):
            before = after = file.read_text()
            for pattern, new in changes.items():
                after = re.sub(pattern, new, after)
            if after != before:
                file.write_text(after)
        return str(other)

    return build


def test_a_column_that_only_one_of_two_rule_bases_knows_is_told(tmp_path, other_rules):
    other = other_rules({r"\bfoot_drop\b": "drop_of_foot"})
    path = tmp_path / "n.csv"
    path.write_text(
        "id,age_years,foot_drop,drop_of_foot,expected_urgency\na,40,yes,no,same_day\nb,75,yes,,same_day\nc,80,no,,routine\n"
    )

    result = run(str(path), "--against", other, "--json")

    assert result.returncode == 0
    told = [
        f'{path}: SF701 the column "foot_drop" is no finding of the rule base in {other} and was not read there',
        f'{path}: SF701 the column "drop_of_foot" is a finding of the rule base in {other} only, and was read only there',
    ]
    assert result.stderr.decode().splitlines() == [*told, "2 problems"]
    answer = json.loads(result.stdout)
    assert [f"{p['file']}: {p['code']} {p['message']}" for p in answer["problems"]] == told
    assert answer["unread_columns"] == []


def test_rows_that_only_the_other_rule_base_refuses_are_named_and_counted(tmp_path, other_rules):
    other = other_rules({"    max: 120": "    max: 110"}, "findings/person.yaml")
    path = tmp_path / "n.csv"
    path.write_text("id,age_years,foot_drop,expected_urgency\na,50,yes,same_day\nb,115,yes,same_day\nc,perhaps,no,routine\n")

    result = run(str(path), "--against", other, "--plain")

    said = " ".join(text(result).split())
    assert result.returncode == 3
    assert result.stderr.decode().splitlines() == [
        f"{path}: SF703 row 2 (b): only the rule base in {other} refuses this: "
        "age_years is 115; it must be a number from 0 to 110 years",
        f'{path}: SF703 row 3 (c): age_years is "perhaps"; it must be a number from 0 to 120 years',
        "2 problems",
    ]
    assert "1 case that both accept. Not compared: 1 case that only the other refuses" in said
    assert json.loads(run(str(path), "--against", other, "--json").stdout)["comparison"]["refused"] == 1


def test_where_the_other_rule_base_refuses_every_row_nothing_could_be_compared(tmp_path, other_rules):
    other = other_rules({"    max: 120": "    max: 110"}, "findings/person.yaml")
    path = tmp_path / "n.csv"
    path.write_text("id,age_years,foot_drop,expected_urgency\nb,115,yes,same_day\nc,118,no,routine\n")

    result = run(str(path), "--against", other, "--plain")

    said = " ".join(text(result).split())
    assert result.returncode == 3
    assert "Nothing could be compared: the other rule base refuses 2 cases, and both accept none." in said
    assert "FELL" not in said and "ROSE" not in said


def test_of_many_cases_that_differ_losses_stand_first_and_gains_are_shown_too():
    from spinefoot.evaluation.compare import Comparison, Paired, RuleBaseName
    from spinefoot.evaluation.intervals import exact, wilson
    from spinefoot.rendering.evaluation_comparison import comparison_grids

    def listed(gains, losses):
        paired = Paired(
            measure="urgency right", both=0, only_this=gains, only_against=losses, neither=0, p=None,
            favours_this=exact(gains, gains + losses), this=wilson(gains, gains + losses), other=wilson(losses, gains + losses),
            gained=tuple(f"g{n}" for n in range(gains)), lost=tuple(f"l{n}" for n in range(losses)),
        )  # fmt: skip
        name = RuleBaseName(version="1", sha256="0" * 64, directory="other")
        comparison = Comparison(against=name, cases=gains + losses, refused=0, measures=(paired,), fell=(), rose=())
        [grid] = [grid for grid in comparison_grids(comparison) if grid.title.startswith("Differs")]
        return "".join(row[0][0] for row in grid.rows), grid.notes

    assert listed(50, 3) == ("l" * 3 + "g" * 17, ("and 33 more, of which 0 met only by the other (--json lists them all)",))
    assert listed(50, 40) == ("l" * 10 + "g" * 10, ("and 70 more, of which 30 met only by the other (--json lists them all)",))
    assert listed(2, 40)[0] == "l" * 18 + "g" * 2
    assert listed(2, 3) == ("lllgg", ())


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


@pytest.mark.parametrize("form", ["svg", "png"])
def test_figures_are_written_and_told_on_stderr(table, tmp_path, form):
    folder = tmp_path / "new" / "figures"

    result = run(table, "--figures", str(folder), "--format", form)

    names = ["calibration", "cause_matrix", "spine_link_matrix", "urgency_levels", "urgency_matrix"]
    found = sorted(path.name for path in folder.iterdir())
    assert result.returncode == 0
    assert set(found) <= {f"{name}.{form}" for name in names}
    assert {f"urgency_levels.{form}", f"urgency_matrix.{form}"} <= set(found)
    assert all(f"Figure written: {folder / name}" in result.stderr.decode() for name in found)


def test_an_svg_figure_says_what_it_shows_and_is_the_same_each_time(table, tmp_path):
    for folder in ("a", "b"):
        run(table, "--figures", str(tmp_path / folder))

    first, second = ((tmp_path / folder / "urgency_matrix.svg").read_bytes() for folder in ("a", "b"))
    said = " ".join(ElementTree.fromstring(first).itertext())
    assert first == second
    assert "Urgency: expected and result (4 cases)" in said
    assert "same_day" in said


def test_the_figure_of_scores_says_that_its_intervals_are_too_narrow(tmp_path):
    run("tests/cases/worked_examples.yaml", "--figures", str(tmp_path))

    said = " ".join(ElementTree.fromstring((tmp_path / "calibration.svg").read_bytes()).itertext())
    assert "Pairs of one case are not independent, so that the intervals are too narrow." in said


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


def test_figures_without_matplotlib_say_what_to_install(table, tmp_path):
    code = (
        "import sys, importlib.abc\n"
        "class Absent(importlib.abc.MetaPathFinder):\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] == 'matplotlib': raise ModuleNotFoundError(name)\n"
        "sys.meta_path.insert(0, Absent())\n"
        "from spinefoot.cli.app import main\n"
        f"sys.argv = ['spinefoot', 'evaluate', {table!r}, '--figures', {str(tmp_path / 'f')!r}]\nmain()\n"
    )

    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)

    assert (result.returncode, result.stdout) == (2, "")
    assert "pip install 'spinefoot[figures]'" in result.stderr
    assert "Traceback" not in result.stderr


def test_figures_that_exist_are_replaced_only_by_force(table, tmp_path):
    old = tmp_path / "urgency_matrix.svg"
    old.write_text("mine")

    refused = run(table, "--figures", str(tmp_path))

    assert (refused.returncode, refused.stdout) == (2, b"")
    assert refused.stderr.decode() == f"{old}: SF711 the file exists; --force replaces it\n"
    assert old.read_text() == "mine"
    assert run(table, "--figures", str(tmp_path), "--format", "png").returncode == 0
    assert run(table, "--figures", str(tmp_path), "--force").returncode == 0
    assert old.read_text() != "mine"


@pytest.mark.parametrize("name", ["out.png", "out.SVG", "out.pdf"])
def test_figures_that_are_named_like_a_file_are_refused_with_the_way_out(table, tmp_path, name):
    result = run(table, "--figures", str(tmp_path / name))

    assert (result.returncode, result.stdout) == (2, b"")
    assert "--figures takes a folder; --format says svg or png" in result.stderr.decode()
    assert list(tmp_path.iterdir()) == [Path(table)]


def test_a_cause_outside_the_rule_base_is_a_row_of_the_cause_matrix_and_no_column(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("id,foot_drop,expected_cause\na,yes,other\nb,yes,gout\n")

    run(str(path), "--figures", str(tmp_path / "f"))

    said = [part.strip() for part in ElementTree.fromstring((tmp_path / "f" / "cause_matrix.svg").read_bytes()).itertext()]
    assert (said.count("other"), said.count("gout")) == (1, 2)


def test_help_and_the_page_name_the_cause_other_and_speak_of_one_case(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("id,foot_drop,expected_cause,expected_spine_link,expected_urgency\na,yes,other,likely,soon\n")

    assert "other" in text(run("--help"))
    said = " ".join(text(run(str(path), "--plain")).split())
    assert not re.search(r"(?<![\d,])1 (cases|pairs|causes)\b", said)
    assert "the one whose id comes first in the alphabet counts as first" in said


def test_figures_that_cannot_be_written_are_refused_before_the_work(table):
    result = run(table, "--figures", table)

    assert (result.returncode, result.stdout) == (2, b"")
    assert f"{table}: SF101 figures cannot be written here" in result.stderr.decode()
