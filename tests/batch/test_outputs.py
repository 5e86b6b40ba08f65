"""Results appear only when they are complete, and harm nobody who opens them."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest

from tests.batch.conftest import Run

GOOD = "id,age_years,foot_drop\na,50,yes\nb,60,no\n"


def test_a_file_that_exists_is_kept_without_force(batch: Run) -> None:
    Path("in.csv").write_text(GOOD)
    Path("out.csv").write_text("mine")

    refused = batch("in.csv", "-o", "out.csv")
    kept = Path("out.csv").read_text()
    done = batch("in.csv", "-o", "out.csv", "--force")

    assert refused.exit_code == 2
    assert "out.csv: SF711 the file exists; --force replaces it" in refused.stderr
    assert kept == "mine"
    assert done.exit_code == 0
    assert pl.read_csv("out.csv").height == 2


def test_an_input_can_be_replaced_by_its_results(batch: Run) -> None:
    Path("in.csv").write_text(GOOD)

    assert batch("in.csv", "-o", "in.csv", "--force").exit_code == 0
    assert pl.read_csv("in.csv")["id"].to_list() == ["a", "b"]


def test_rejects_of_an_earlier_run_do_not_stay_beside_new_results(batch: Run) -> None:
    Path("in.csv").write_text("foot_drop\nyes\nsometimes\n")
    batch("in.csv", "-o", "out.csv")
    Path("in.csv").write_text("foot_drop\nyes\n")

    batch("in.csv", "-o", "out.csv", "--force")

    assert not Path("out.rejects.csv").exists()


@pytest.mark.parametrize("other", ["out.csv", "here/out.csv"])
def test_two_outputs_cannot_be_one_file(other: str, batch: Run) -> None:
    Path("in.csv").write_text(GOOD)
    Path("here").symlink_to(".")

    done = batch("in.csv", "-o", "out.csv", "--trace-table", other)

    assert done.exit_code == 2
    assert "SF711 two outputs go here" in done.stderr


def test_results_of_one_stem_do_not_share_what_says_where_they_come_from(batch: Run) -> None:
    Path("in.csv").write_text("foot_drop\nyes\nmaybe\n")

    batch("in.csv", "-o", "out.csv")
    done = batch("in.csv", "-o", "out.ndjson")

    assert done.exit_code == 3, done.output
    assert {"out.csv.meta.json", "out.ndjson.meta.json"} <= {path.name for path in Path().iterdir()}


@pytest.mark.parametrize("folder", ["out.csv", "out.rejects.csv", "out.csv.meta.json"])
def test_a_folder_is_not_replaced_by_an_output(folder: str, batch: Run) -> None:
    Path("in.csv").write_text(GOOD)
    Path(folder).mkdir()

    done = batch("in.csv", "-o", "out.csv", "--force")

    assert done.exit_code == 2
    assert f"{folder}: SF711 a folder has this name" in done.stderr
    assert sorted(path.name for path in Path().iterdir()) == sorted(["in.csv", folder])


@pytest.mark.skipif(not Path("/proc").exists(), reason="needs a folder in which nobody can write")
@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_an_output_that_cannot_be_written_is_an_error_with_its_name(ending: str, batch: Run) -> None:
    Path("in.csv").write_text(GOOD)

    done = batch("in.csv", "-o", f"/proc/out.{ending}")

    assert done.exit_code == 1
    assert f"/proc/out.{ending}: SF712 the file cannot be written: " in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_full_disk_leaves_the_old_file(ending: str, batch: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("in.csv").write_text(GOOD)
    Path(f"out.{ending}").write_text("old")
    real = os.open
    full = lambda path, *rest: real("/dev/full", os.O_WRONLY) if str(path).endswith(".part") else real(path, *rest)  # noqa: E731
    monkeypatch.setattr(os, "open", full)

    done = batch("in.csv", "-o", f"out.{ending}", "--force")

    assert done.exit_code == 1
    assert f"out.{ending}: SF712 the file cannot be written" in done.stderr
    assert "No space left on device" in done.stderr or "is the disk full?" in done.stderr
    assert Path(f"out.{ending}").read_text() == "old"


def test_files_are_readable_for_their_owner_alone(batch: Run) -> None:
    Path("in.csv").write_text("foot_drop\nyes\nsometimes\n")

    batch("in.csv", "-o", "out.csv", "--trace-table", "trace.csv")

    for name in ("out.csv", "out.rejects.csv", "out.csv.meta.json", "trace.csv"):
        assert stat.S_IMODE(Path(name).stat().st_mode) == 0o600, name


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+x", "'+x"),
        ("-x", "'-x"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\tx", "'\tx"),
        ("\uff1d1+1", "'\uff1d1+1"),
        ("-4", "-4"),
        ("+4.5", "+4.5"),
        ("a=b", "a=b"),
        ("1;=cmd|x", "1;'=cmd|x"),
        ("1\t@x;+y", "1\t'@x;'+y"),
    ],
)
def test_a_spreadsheet_runs_no_cell(given: str, written: str, batch: Run) -> None:
    pl.DataFrame({"id": [given, given], "foot_drop": ["yes", "sometimes"]}).write_parquet("in.parquet")

    batch("in.parquet", "-o", "out.csv")

    assert pl.read_csv("out.csv", infer_schema=False)["id"].to_list() == [written]
    assert pl.read_csv("out.rejects.csv", infer_schema=False)["id"].to_list() == [written]


def test_formulas_among_rejected_values_do_not_run_either(batch: Run) -> None:
    Path("in.csv").write_text("id,foot_drop\na,\"=cmd|' /C calc'!A0\"\nb,yes\n")

    batch("in.csv", "-o", "out.csv")

    assert pl.read_csv("out.rejects.csv")["value"].to_list() == ["'=cmd|' /C calc'!A0"]


def started(folder: Path, output: str) -> subprocess.Popen[bytes]:
    """Start a run that waits for more input once it has written something."""
    command = [sys.executable, "-m", "spinefoot", "batch", "-", "-o", output, "--force", "--stdin-format", "ndjson"]
    process = subprocess.Popen(command, cwd=folder, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdin is not None
    process.stdin.write(b'{"foot_drop": true}\n' * 2_000_000)  # more than one block
    process.stdin.flush()
    for _ in range(600):
        if any(path.name.endswith(".part") and path.stat().st_size for path in folder.iterdir()):
            return process
        time.sleep(0.1)
    raise AssertionError("nothing was written")


@pytest.mark.parametrize("old", [None, "old"])
def test_a_run_that_is_killed_leaves_the_old_file_or_none(old: str | None, tmp_path: Path) -> None:
    output = tmp_path / "out.csv"
    if old is not None:
        output.write_text(old)
    process = started(tmp_path, "out.csv")

    process.kill()
    process.communicate()

    assert (output.read_text() if output.exists() else None) == old
    left = [path.name for path in tmp_path.iterdir() if path != output]
    assert left == [f".out.csv.{process.pid}.part"]


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGHUP, 129), (signal.SIGQUIT, 131)]
)
def test_a_run_that_is_told_to_stop_leaves_nothing_behind(number: signal.Signals, code: int, tmp_path: Path) -> None:
    process = started(tmp_path, "out.csv")

    process.send_signal(number)
    _, errors = process.communicate()

    assert process.returncode == code
    assert b"Traceback" not in errors
    assert list(tmp_path.iterdir()) == []


def test_a_run_goes_on_when_the_terminal_closes_and_that_was_to_be_ignored(tmp_path: Path) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
    try:
        process = started(tmp_path, "out.csv")
    finally:
        signal.signal(signal.SIGHUP, before)

    process.send_signal(signal.SIGHUP)
    process.communicate()

    assert process.returncode == 0
    assert (tmp_path / "out.csv").exists()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("in.csv", ["-o", "out.csv", "--rejects", "in.csv"]),
        ("x.rejects.csv", ["-o", "x.csv"]),
        ("in.csv", ["-o", "out.parquet", "--trace-table", "./in.csv"]),
        ("out.csv.meta.json", ["-o", "out.csv"]),
    ],
    ids=["rejects", "rejects beside", "trace", "sidecar"],
)
def test_no_input_is_lost_to_what_is_written_beside_results(name: str, words: list[str], batch: Run) -> None:
    content = '[{"foot_drop": true}]' if name.endswith("json") else "foot_drop\nyes\n"
    Path(name).write_text(content)

    done = batch(name, *words, "--force")

    assert done.exit_code == 2, done.output
    assert "SF711 this is an input" in done.stderr
    assert [path.name for path in Path().iterdir()] == [name]
    assert Path(name).read_text() == content


@pytest.mark.parametrize("option", ["--output", "--rejects", "--trace-table"])
@pytest.mark.parametrize("folder", ["none", "in.csv"])
def test_a_folder_that_is_not_there_is_told_before_anything_is_read(option: str, folder: str, batch: Run) -> None:
    Path("in.csv").write_text("foot_drop\nyes\n")

    done = batch("in.csv", option, f"{folder}/out.csv")

    assert done.exit_code == 2, done.output
    assert f"{folder}/out.csv: SF711 there is no such folder" in done.stderr


def test_a_name_too_long_for_the_rejects_is_told_before_anything_is_read(batch: Run) -> None:
    Path("in.csv").write_text("foot_drop\nyes\n")

    done = batch("in.csv", "-o", "x" * 248 + ".csv")

    assert done.exit_code == 2, done.output
    assert "SF711" in done.stderr


@pytest.mark.parametrize("there", [True, False])
def test_results_go_where_a_link_leads(there: bool, batch: Run) -> None:
    Path("in.csv").write_text("foot_drop\nyes\n")
    Path("real").mkdir()
    if there:
        Path("real/out.csv").write_text("old")
    Path("out.csv").symlink_to("real/out.csv")

    done = batch("in.csv", "-o", "out.csv", "--force")

    assert done.exit_code == 0, done.output
    assert Path("out.csv").is_symlink()
    assert Path("real/out.csv").read_text().startswith("id,")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("words", ["batch in.csv", "batch in.csv --plain", "batch in.csv --map-template", "findings"])
def test_a_terminal_that_takes_nothing_is_an_error_in_words(words: str, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("foot_drop\nyes\n")
    command = f"{sys.executable} -m spinefoot {words} > /dev/full"

    done = subprocess.run(command, shell=True, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "No space left on device" in done.stderr


@pytest.mark.parametrize("form", ["csv", "ndjson", "parquet"])
def test_nothing_is_said_where_who_reads_has_enough(form: str, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("foot_drop\n" + "yes\n" * 100_000)
    command = f"{sys.executable} -m spinefoot batch in.csv --scores -o - --stdout-format {form} | head -c 10 > /dev/null"

    done = subprocess.run(command, shell=True, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert "SF712" not in done.stderr
    assert "Traceback" not in done.stderr
