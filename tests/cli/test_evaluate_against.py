"""`spinefoot evaluate --against`: two rule bases on the same cases."""

import json
import re
import shutil

import pytest

from spinefoot.rulebase.locate import rules_directory
from tests.cli.evaluating import run, text


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


@pytest.fixture
def younger(other_rules):
    """Rules that accept nobody over 110."""
    return other_rules({"    max: 120": "    max: 110"}, "findings/person.yaml")


def test_rows_that_only_the_other_rule_base_refuses_are_named_and_counted(tmp_path, younger):
    path = tmp_path / "n.csv"
    path.write_text("id,age_years,foot_drop,expected_urgency\na,50,yes,same_day\nb,115,yes,same_day\nc,perhaps,no,routine\n")

    result = run(str(path), "--against", younger, "--plain")

    said = " ".join(text(result).split())
    assert result.returncode == 3
    assert result.stderr.decode().splitlines() == [
        f"{path}: SF703 row 2 (b): only the rule base in {younger} refuses this: "
        "age_years is 115; it must be a number from 0 to 110 years",
        f'{path}: SF703 row 3 (c): age_years is "perhaps"; it must be a number from 0 to 120 years',
        "2 problems",
    ]
    assert "1 case that both accept. Not compared: 1 case that only the other refuses" in said
    assert json.loads(run(str(path), "--against", younger, "--json").stdout)["comparison"]["refused"] == 1


def test_where_the_other_rule_base_refuses_every_row_nothing_could_be_compared(tmp_path, younger):
    path = tmp_path / "n.csv"
    path.write_text("id,age_years,foot_drop,expected_urgency\nb,115,yes,same_day\nc,118,no,routine\n")

    result = run(str(path), "--against", younger, "--plain")

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
