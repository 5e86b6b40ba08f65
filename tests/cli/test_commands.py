"""The command line: what it prints where, and what it tells its caller."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from rich.cells import cell_len
from typer.testing import CliRunner

from spinefoot.casefile import read_cases
from spinefoot.cli.app import app
from spinefoot.rulebase.locate import rules_directory

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = str(ROOT / "examples" / "foot-drop.yaml")
BOXES = re.compile("[\u2500-\u257f]")


def run(*words, stdin=b"", cwd=ROOT, **environment):
    """Run `python -m spinefoot` with pipes for stdin, stdout and stderr."""
    base = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "SPINEFOOT_RULES")}
    return subprocess.run(
        [sys.executable, "-m", "spinefoot", *words],
        input=stdin,
        capture_output=True,
        cwd=cwd,
        env={**base, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "TERM": "xterm-256color", **environment},
        timeout=120,
        check=False,
    )


def text(result):
    return result.stdout.decode()


def write(path, content):
    path.write_text(content, encoding="utf-8")
    return str(path)


def call(*words):
    return CliRunner().invoke(app, list(words))


def test_an_assessment_says_how_soon_and_that_it_is_not_a_diagnosis():
    result = call("assess", EXAMPLE)

    assert result.exit_code == 0
    assert "not a diagnosis" in result.stdout
    assert "Today - be assessed by the end of today" in result.stdout


def test_piped_text_has_no_escape_codes():
    assert b"\x1b" not in run("assess", "--trace", EXAMPLE).stdout


@pytest.mark.parametrize(
    "words",
    [("assess", "--trace", EXAMPLE), ("findings",), ("rules", "list"), ("rules", "show", "motor_new")],
    ids=["assess", "findings", "rules list", "rules show"],
)
def test_plain_output_has_no_boxes(words):
    result = run(*words, "--plain")

    assert result.returncode == 0
    assert not BOXES.search(text(result))


def test_a_dumb_terminal_gets_plain_output():
    assert run("assess", EXAMPLE, TERM="dumb").stdout == run("assess", "--plain", EXAMPLE).stdout


@pytest.mark.parametrize("columns", [60, 80, 120])
@pytest.mark.parametrize(
    "words",
    [
        ("assess", "--trace", EXAMPLE),
        ("assess", "--trace", "--plain", EXAMPLE),
        ("findings",),
        ("rules", "list"),
        ("rules", "show", "motor_new"),
    ],
    ids=["assess", "assess plain", "findings", "rules list", "rules show"],
)
def test_no_line_is_wider_than_the_terminal_but_for_one_long_word(words, columns):
    lines = text(run(*words, COLUMNS=str(columns))).splitlines()

    # A path stays in one piece, so that it can be copied.
    assert [line for line in lines if cell_len(line) > columns and len(line.split()) > 1] == []


def test_no_color_leaves_no_colour_even_when_colour_is_forced():
    colours = re.compile(rb"\x1b\[[0-9;]*(3[0-7]|38|9[0-7]|4[0-7]|48)[0-9;]*m")

    assert colours.search(run("assess", EXAMPLE, FORCE_COLOR="1").stdout)
    assert not colours.search(run("assess", EXAMPLE, FORCE_COLOR="1", NO_COLOR="1").stdout)


def test_json_is_one_object_a_line_with_the_keys_of_the_contract():
    lines = text(run("assess", "--json", EXAMPLE, EXAMPLE)).splitlines()

    assert len(lines) == 2
    result = json.loads(lines[0])
    assert {"id", "spinefoot", "rulebase", "spine_link", "urgency", "root_levels", "causes"} <= set(result)
    assert {"advice", "silent_for_want_of_an_answer", "unanswered", "trace", "disclaimer"} <= set(result)
    assert {"step", "rule", "stage", "facts", "concludes", "because", "sources"} <= set(result["trace"][0])
    assert {"rule", "text"} <= set(result["advice"][0])
    assert set(result["rulebase"]) == {"version", "sha256"}
    assert set(result["spine_link"]) == {"verdict", "rules"}
    assert set(result["urgency"]) == {"level", "rules", "action"}
    assert {"id", "title", "origin", "level", "score", "for", "against"} <= set(result["causes"][0])
    assert {"rule", "weight", "counted"} <= set(result["causes"][0]["for"][0])


def test_stdin_is_read_in_the_format_that_is_named():
    result = run("assess", "-", "--stdin-format", "json", "--json", stdin=b'{"id": "me", "findings": {"saddle_numbness": true}}')

    assert result.returncode == 0
    assert json.loads(result.stdout)["urgency"]["level"] == "emergency"


def test_an_unknown_option_exits_with_2():
    assert run("assess", "--jsno", EXAMPLE).returncode == 2


def test_one_bad_file_of_two_exits_with_3_and_the_other_is_done(tmp_path):
    bad = write(tmp_path / "bad.yaml", "findings:\n  foot_dorp: yes\n")

    result = run("assess", "--json", bad, EXAMPLE)

    assert result.returncode == 3
    assert json.loads(result.stdout)["id"] == "foot-drop-after-leg-pain"
    assert b'did you mean "foot_drop"?' in result.stderr


def test_only_bad_files_exit_with_4_and_print_nothing(tmp_path):
    bad = write(tmp_path / "bad.yaml", "findings:\n  foot_dorp: yes\n")

    result = run("assess", bad, str(tmp_path / "absent.yaml"))

    assert (result.returncode, result.stdout) == (4, b"")


def test_a_broken_rule_base_exits_with_5_and_names_the_place(tmp_path):
    shutil.copytree(rules_directory(), tmp_path / "rules", ignore=shutil.ignore_patterns("*.cases.yaml", "schema"))
    write(tmp_path / "rules/patterns/broken.yaml", "patterns:\n  - id: broken\n    title: T\n    when: foot_dorp\n")

    result = run("assess", "--rules", str(tmp_path / "rules"), EXAMPLE)

    assert (result.returncode, result.stdout) == (5, b"")
    assert b"patterns/broken.yaml:4:11: SF201" in result.stderr


def test_a_folder_without_rules_exits_with_5(tmp_path):
    assert run("assess", "--rules", str(tmp_path / "absent"), EXAMPLE).returncode == 5


@pytest.mark.parametrize("form", ["--json", "--trace"])
def test_the_same_case_gives_the_same_bytes_also_with_its_answers_in_another_order(tmp_path, form):
    lines = Path(EXAMPLE).read_text(encoding="utf-8").splitlines()
    start = lines.index("findings:") + 1
    shuffled = write(tmp_path / "shuffled.yaml", "\n".join(lines[:start] + lines[start:][::-1]) + "\n")

    first = run("assess", form, EXAMPLE, PYTHONHASHSEED="1").stdout

    assert run("assess", form, EXAMPLE, PYTHONHASHSEED="2").stdout == first
    assert run("assess", form, shuffled, PYTHONHASHSEED="3").stdout == first


@pytest.mark.parametrize("form", [[], ["--plain"], ["--json"]], ids=["boxes", "plain", "json"])
def test_a_case_id_cannot_steer_the_terminal(tmp_path, form):
    path = write(tmp_path / "odd.yaml", 'id: "\\e[31mx[bold]y"\nfindings:\n  foot_drop: yes\n')

    result = run("assess", *form, path)

    assert result.returncode == 0
    assert b"\x1b" not in result.stdout
    assert "x[bold]y" in text(result)


@pytest.mark.parametrize(
    "content",
    [
        "findings:\n  age_years: 46\n  foot_dorp: yes\n",
        "findings:\n  age_years: 46\n  active_cancer: yes\n  cancer_history: no\n",
        "findings: [\n  age_years: 46\n",
        "- age_years: 46\n",
        "age_years: 46\n",
        "findings:\n  - age_years: 46\n",
        "id: [a]\nfindings:\n  age_years: 46\n  foot_dorp: yes\n",
        pytest.param("cases: 46\n"),
        "findings:\n  [1]: 46\n",
    ],
    ids=[
        "misspelt",
        "contradiction",
        "not YAML",
        "a list",
        "no findings",
        "findings as list",
        "id as list",
        "cases as number",
        "odd key",
    ],
)
def test_a_users_mistake_shows_no_traceback_and_no_other_answer(tmp_path, content):
    result = run("assess", write(tmp_path / "bad.yaml", content))

    assert (result.returncode, result.stdout) == (4, b"")
    assert b"SF" in result.stderr
    assert b"Traceback" not in result.stderr
    assert b"46" not in result.stderr


def test_findings_as_json_are_the_whole_vocabulary(rules):
    listed = json.loads(text(run("findings", "--json")))

    assert [finding["id"] for finding in listed] == [finding.id for finding in rules.findings]
    assert [finding["clinical"] for finding in listed] == [finding.clinical for finding in rules.findings]


def test_findings_are_found_by_their_clinical_term():
    found = text(run("findings", "retention", "--plain"))

    assert found.startswith("bladder_cannot_pass_urine: Although you tried")
    assert "(Urinary retention: little or none in over 6 hours) (yes, no or unknown; self)" in found


def test_a_template_for_a_clinician_names_findings_in_clinical_terms(rules):
    asked = rules.finding["limb_cold"].question
    entry = f"  # {asked} (yes, no or unknown)\n  limb_cold:"

    assert f"  # Cold limb (new, or compared with the other)\n{entry}" in text(run("template", "--clinician"))
    assert entry in text(run("template"))
    assert "Cold limb" not in text(run("template"))


@pytest.mark.parametrize("words", [(), ("--clinician",)], ids=["patient", "clinician"])
def test_a_template_is_a_symptom_file_without_answers(rules, words):
    [case] = read_cases(run("template", *words).stdout, "yaml", "template", rules)

    assert (case.id, case.findings) == ("me", {})


def test_rules_are_listed():
    result = call("rules", "list", "--plain")

    assert result.exit_code == 0
    assert "motor_new: red_flag" in result.stdout


def test_a_rule_is_shown():
    result = call("rules", "show", "motor_new")

    assert result.exit_code == 0
    assert "New weakness lifting the foot" in result.stdout


def test_a_misspelt_rule_exits_with_2_and_the_nearest_id():
    result = run("rules", "show", "mtor_new")

    assert (result.returncode, result.stdout) == (2, b"")
    assert b'did you mean "motor_new"?' in result.stderr


def test_the_version_names_program_and_rule_base(rules):
    assert text(run("--version")).strip() == f"spinefoot 0.1.0, rule base {rules.version} ({rules.sha256[:12]})"


def _examples():
    def walk(command, name):
        if hasattr(command, "commands"):
            for word, child in command.commands.items():
                yield from walk(child, f"{name} {word}".strip())
        yield name, command.epilog

    return list(walk(typer.main.get_command(app), ""))


def test_every_command_has_an_example_in_its_help():
    assert [name for name, epilog in _examples() if name != "rules" and not (epilog or "").startswith("Example: ")] == []


@pytest.fixture
def workplace(tmp_path):
    """A folder with the files that the examples name, and one small set of cases, since all of them take minutes."""
    for name in ("case.yaml", "painless-foot-drop.yaml"):
        shutil.copy(EXAMPLE, tmp_path / name)
    shutil.copy(ROOT / "examples" / "patients.csv", tmp_path)
    (tmp_path / "tests/cases").mkdir(parents=True)
    write(tmp_path / "tests/cases/one.yaml", Path(EXAMPLE).read_text() + "\nexpected:\n  urgency: same_day\n")
    shutil.copytree(rules_directory(), tmp_path / "my-rules", ignore=shutil.ignore_patterns("*.cases.yaml", "schema"))
    shutil.copy(rules_directory() / "red_flags/weak_foot.cases.yaml", tmp_path / "my-rules/red_flags")
    return tmp_path


EXAMPLES = sorted(epilog.removeprefix("Example: ") for _, epilog in _examples() if epilog)


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_example_in_the_help_runs(example, workplace):
    program, *words = shlex.split(example.split(" > ")[0])

    # SPINEFOOT_RULES is a copy, so that an example that writes does not write into the shipped rules.
    # The interview needs one answer; the other commands read no stdin.
    result = run(*words, stdin=b"52\n", cwd=workplace, SPINEFOOT_RULES=str(workplace / "my-rules"))

    assert program == "spinefoot"
    assert b"Traceback" not in result.stderr
    if words[:2] == ["rules", "check"]:
        # Most cases are left out of the copy, so that the check runs and finds just that.
        assert (result.returncode, set(re.findall(rb"SF\d+", result.stderr))) == (5, {b"SF402"})
    elif words[:2] == ["rules", "mutate"]:
        # The cases left out of the copy would notice the rest, so that the aims are not met.
        assert (result.returncode, result.stderr) == (1, b"")
    else:
        assert result.returncode == 0, result.stderr
