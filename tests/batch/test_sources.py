"""Odd sources: what holds nothing to conclude from, what can be read only once, and what spinefoot wrote itself."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from threading import Thread

import polars as pl
import pytest

from spinefoot.tables.streams import zstd
from tests.batch.conftest import Run

CASE = "findings: {foot_drop: yes}\n"


@pytest.mark.parametrize(
    ("name", "content", "form"),
    [
        ("in.csv", "id,note\na,x\n", "csv"),
        ("in.ndjson", '{"id":1,"note":"x"}\n', "ndjson"),
        ("in.ndjson", '{"id":1}\n', "ndjson"),
        ("in.json", '[{"id":1,"note":"x"}]', "json"),
        ("in.ndjson", '{"id":1,"findings":{}}\n', "ndjson"),
    ],
    ids=["csv", "ndjson", "ids alone", "json", "no findings"],
)
@pytest.mark.parametrize("by_stdin", [False, True], ids=["file", "stdin"])
def test_a_table_without_any_finding_is_refused(name: str, content: str, form: str, by_stdin: bool, batch: Run) -> None:
    Path(name).write_text(content)
    words = ["-", "--stdin-format", form] if by_stdin else [name]

    done = batch(*words, "--ignore-unknown-columns", "-o", "out.csv", stdin=content.encode())

    assert done.exit_code == 4, done.output
    assert "SF701 no column holds a finding, so that nothing can be concluded" in done.stderr
    assert not Path("out.csv").exists()


def test_findings_may_begin_late_in_a_table_of_records(batch: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spinefoot.tables.streams.BLOCK", 200)
    Path("in.ndjson").write_text('{"id":1}\n' * 100 + '{"id":2,"foot_drop":true}\n')

    done = batch("in.ndjson", "-o", "out.csv")

    assert done.exit_code == 0, done.output
    assert pl.read_csv("out.csv")["urgency"].to_list() == ["routine"] * 100 + ["same_day"]


def test_a_link_to_nowhere_in_a_folder_is_one_rejected_row(batch: Run) -> None:
    Path("cases").mkdir()
    Path("cases/a.yaml").write_text(CASE)
    Path("cases/b.yaml").symlink_to("nowhere")

    done = batch("cases", "-o", "out.csv")

    assert done.exit_code == 3, done.output
    assert "rows: 2 in = 1 out + 1 rejected" in done.stderr
    assert "b.yaml" in pl.read_csv("out.rejects.csv")["reason"][0]


def test_what_a_run_left_beside_symptom_files_is_not_read_by_the_next(batch: Run) -> None:
    Path("cases").mkdir()
    Path("cases/a.yaml").write_text(CASE)
    batch("cases", "-o", "cases/out.csv")

    again = batch("cases", "-o", "cases/out.csv", "--force")

    assert again.exit_code == 0, again.output
    assert "rows: 1 in = 1 out + 0 rejected" in again.stderr


def test_a_symptom_file_may_be_called_as_a_sidecar_is(batch: Run) -> None:
    Path("cases").mkdir()
    Path("cases/a.meta.json").write_text('{"findings": {"foot_drop": true}}')

    assert "rows: 1 in = 1 out" in batch("cases").stderr


@pytest.mark.parametrize("name", ["in.csv", "in.json", "in.ndjson", "in.parquet"])
def test_a_pipe_with_a_name_is_read_once(name: str, batch: Run) -> None:
    table = pl.DataFrame({"id": ["a"], "foot_drop": [True]})
    if name == "in.parquet":
        table.write_parquet("table")
    else:
        written = {"in.csv": "id,foot_drop\na,yes\n", "in.json": '[{"id":"a","foot_drop":true}]'}
        Path("table").write_text(written.get(name, '{"id":"a","foot_drop":true}\n'))
    os.mkfifo(name)
    writer = Thread(target=lambda: Path(name).write_bytes(Path("table").read_bytes()), daemon=True)
    writer.start()

    done = batch(name, "-o", "out.csv")

    writer.join(timeout=10)
    assert done.exit_code == 0, done.output
    assert pl.read_csv("out.csv")["urgency"].to_list() == ["same_day"]


@pytest.mark.parametrize("kind", ["csv", "parquet"])
@pytest.mark.parametrize("reserved", ["row:number", "row:id", "row:file"])
def test_no_column_may_have_a_name_that_spinefoot_uses_itself(reserved: str, kind: str, batch: Run) -> None:
    table = pl.DataFrame({"foot_drop": [True], reserved: [7]})
    if kind == "csv":
        table.write_csv("in.csv")
    else:
        table.write_parquet("in.parquet")

    done = batch(f"in.{kind}", "--ignore-unknown-columns")

    assert done.exit_code == 4, done.output
    assert f'SF702 the name "{reserved}" is kept for spinefoot itself; rename the column' in done.stderr


@pytest.mark.parametrize("ids", [[timedelta(1)], [[1]], [b"a"], [{"a": 1}]], ids=["durations", "lists", "bytes", "structs"])
def test_ids_are_text_numbers_or_dates(ids: list[object], batch: Run) -> None:
    pl.DataFrame({"id": ids, "foot_drop": [True]}).write_parquet("in.parquet")

    done = batch("in.parquet")

    assert done.exit_code == 4, done.output
    assert "SF704" in done.stderr


def test_dates_and_categories_may_be_ids(batch: Run) -> None:
    pl.DataFrame({"id": [date(2026, 1, 2)], "foot_drop": [True]}).write_parquet("in.parquet")
    categories = pl.Series("id", ["ward 3"], dtype=pl.Categorical)
    pl.DataFrame([categories, pl.Series("foot_drop", [True])]).write_parquet("more.parquet")

    assert batch("in.parquet", "-o", "out.csv").exit_code == 0
    assert batch("more.parquet", "-o", "more.csv").exit_code == 0
    assert pl.read_csv("out.csv", infer_schema=False)["id"].to_list() == ["2026-01-02"]
    assert pl.read_csv("more.csv")["id"].to_list() == ["ward 3"]


def test_a_name_that_is_too_long_for_a_file_is_refused(batch: Run) -> None:
    done = batch("x" * 300 + ".csv")

    assert done.exit_code == 4
    assert "SF101" in done.stderr


@pytest.mark.parametrize(("words", "code", "says"), [("- <&-", 4, "stdin is closed"), ("in.csv -o - >&-", 1, "stdout is closed")])
def test_streams_that_are_closed_are_named(words: str, code: int, says: str, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("foot_drop\nyes\n")
    command = f"{sys.executable} -m spinefoot batch {words}"

    done = subprocess.run(command, shell=True, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == code
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_faults_come_in_the_order_of_rows_however_large_the_block(batch: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spinefoot.batch.run._ROWS", 100)
    rows = [f"{number},no" for number in range(1, 501)]
    rows[249], rows[349], rows[399] = "250,maybe", "ragged", "400,maybe"
    Path("in.csv").write_text("id,foot_drop\n" + "\n".join(rows) + "\n")

    strict = batch("in.csv", "--strict")
    batch("in.csv", "-o", "out.csv")

    assert "row 250" in strict.stderr
    assert pl.read_csv("out.rejects.csv")["row"].to_list() == [250, 350, 400]
    assert pl.read_csv("out.csv").height == 497


def test_line_ends_within_cells_are_kept_whatever_compressed_the_table(batch: Run) -> None:
    Path("in.csv").write_bytes(b'id,foot_drop\r\n"a\r\nb",yes\r\n')
    Path("in.csv.zst").write_bytes(zstd.compress(Path("in.csv").read_bytes()))

    batch("in.csv", "-o", "plain.ndjson")
    done = batch("in.csv.zst", "-o", "packed.ndjson")

    assert done.exit_code == 0, done.output
    assert Path("packed.ndjson").read_text() == Path("plain.ndjson").read_text()


def test_a_truncated_zst_file_is_refused(batch: Run) -> None:
    Path("in.csv.zst").write_bytes(zstd.compress(b"id,foot_drop\n" + b"a,yes\n" * 1000)[:-3])

    done = batch("in.csv.zst", "-o", "out.csv")

    assert done.exit_code == 4
    assert "in.csv.zst: SF101 the file cannot be read" in done.stderr
    assert not Path("out.csv").exists()
