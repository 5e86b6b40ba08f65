"""`spinefoot evaluate --figures`: what is drawn, and where it goes."""

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.cli.evaluating import ROOT, run


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


def test_figures_that_cannot_be_written_are_refused_before_the_work(table):
    result = run(table, "--figures", table)

    assert (result.returncode, result.stdout) == (2, b"")
    assert f"{table}: SF101 figures cannot be written here" in result.stderr.decode()
