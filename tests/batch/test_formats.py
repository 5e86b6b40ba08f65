"""Every format that batch reads and writes says the same of the same people."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.batch.conftest import Run

PEOPLE: list[dict[str, Any]] = [
    {"id": "drop", "age_years": 52, "foot_drop": True, "weakness_onset_days": 2, "weakness_trend": "same"},
    {"id": "saddle", "age_years": 40.5, "saddle_numbness": True, "back_pain_now": True},
    {"id": "quiet", "foot_drop": False, "back_pain_now": False},
]
URGENCIES = {"drop": "same_day", "saddle": "emergency", "quiet": "routine"}
COLUMNS = list(dict.fromkeys(name for person in PEOPLE for name in person))


def word(value: Any) -> str:
    return {True: "yes", False: "no", None: ""}[value] if isinstance(value, bool) or value is None else str(value)


def as_text(separator: str) -> str:
    rows = [COLUMNS, *([word(person.get(name)) for name in COLUMNS] for person in PEOPLE)]
    return "\n".join(separator.join(row) for row in rows) + "\n"


def as_ndjson() -> str:
    return "\n".join(json.dumps(person) for person in PEOPLE)


def as_records() -> list[dict[str, Any]]:
    return [{"id": p["id"], "findings": {k: v for k, v in p.items() if k != "id"}, "says": "hello"} for p in PEOPLE]


def write_input(kind: str, folder: Path) -> str:
    path = folder / f"in.{kind}"
    if kind in ("csv", "tsv"):
        path.write_text(as_text("\t" if kind == "tsv" else ","), encoding="utf-8")
    elif kind == "csv.gz":
        path.write_bytes(gzip.compress(as_text(",").encode()))
    elif kind == "csv.zst":
        pl.DataFrame({name: [word(p.get(name)) for p in PEOPLE] for name in COLUMNS}).write_csv(path, compression="zstd")
    elif kind == "crlf.csv":
        path.write_bytes(b"\xef\xbb\xbf" + as_text(",").replace("\n", "\r\n").encode())
    elif kind == "quoted.csv":
        path.write_text("\n".join(",".join(f'"{cell}"' for cell in line.split(",")) for line in as_text(",").splitlines()))
    elif kind == "parquet":
        pl.DataFrame(PEOPLE, strict=False).write_parquet(path)
    elif kind == "ndjson":
        path.write_text(as_ndjson())
    elif kind == "nested.ndjson":
        path.write_text("\n".join(json.dumps(record) for record in as_records()))
    elif kind == "json":
        path.write_text(json.dumps(PEOPLE, indent=1))
    elif kind == "nested.json":
        path.write_text(json.dumps(as_records(), indent=1))
    elif kind == "case.json":
        path.write_text(json.dumps({"cases": [{k: v for k, v in r.items() if k != "says"} for r in as_records()]}))
    else:
        path.mkdir()
        for record in as_records():
            (path / f"{record['id']}.json").write_text(json.dumps(record))
    return path.name


KINDS = ["csv", "tsv", "csv.gz", "csv.zst", "crlf.csv", "quoted.csv", "parquet", "ndjson", "nested.ndjson", "json", "nested.json"]


@pytest.mark.parametrize("kind", [*KINDS, "case.json", "folder"])
def test_every_format_gives_the_same_results(kind: str, batch: Run, tmp_path: Path) -> None:
    name = write_input(kind, tmp_path)

    done = batch(name, "-o", "out.parquet")

    assert done.exit_code == 0, done.output
    results = pl.read_parquet("out.parquet")
    assert dict(results.select("id", "urgency").iter_rows()) == URGENCIES
    assert "rows: 3 in = 3 out + 0 rejected" in done.stderr


@pytest.mark.parametrize("ending", ["csv", "ndjson", "parquet"])
def test_every_output_holds_the_same_results(ending: str, batch: Run, tmp_path: Path) -> None:
    write_input("csv", tmp_path)
    batch("in.csv", "-o", "want.parquet", "--scores", "--fired")

    done = batch("in.csv", "-o", f"out.{ending}", "--scores", "--fired")

    assert done.exit_code == 0, done.output
    read = {"csv": pl.read_csv, "ndjson": pl.read_ndjson, "parquet": pl.read_parquet}[ending]
    got, want = read(Path(f"out.{ending}")), pl.read_parquet("want.parquet")
    assert sorted(got.columns) == sorted(want.columns)
    for name in want.columns:
        texts = [["" if value is None else str(value) for value in table[name]] for table in (got, want)]
        assert texts[0] == texts[1], name


def test_results_say_what_was_asked_for(batch: Run, tmp_path: Path) -> None:
    write_input("csv", tmp_path)
    batch("in.csv", "-o", "out.parquet", "--scores", "--fired", "--trace-table", "trace.parquet")

    results = pl.read_parquet("out.parquet")
    drop = results.row(0, named=True)
    trace = pl.read_parquet("trace.parquet")

    assert drop["spine_link"] in ("likely", "possibly", "unlikely", "unclear")
    assert drop["root_levels"] == "L5"
    assert drop["cause_1"] == "lumbar_disc_radiculopathy"
    assert drop["lumbar_disc_radiculopathy_score"] == drop["cause_1_score"]
    assert "motor_new" in drop["fired"].split(";")
    assert trace.columns == ["id", "rule", "kind", "weight"]
    of_drop = trace.filter(pl.col("id") == "drop")
    assert list(of_drop["rule"].cast(pl.String)) == drop["fired"].split(";")
    assert of_drop.filter(pl.col("rule") == "motor_new")["kind"].to_list() == ["red_flag"]


def test_the_rule_base_and_the_disclaimer_are_with_the_results(batch: Run, tmp_path: Path, rules: Any) -> None:
    write_input("csv", tmp_path)
    batch("in.csv", "-o", "out.parquet")
    batch("in.csv", "-o", "out.csv")

    metadata = pl.read_parquet_metadata("out.parquet")
    sidecar = json.loads(Path("out.csv.meta.json").read_text())

    assert metadata["rulebase_sha256"] == sidecar["rulebase"]["sha256"] == rules.sha256
    assert metadata["disclaimer"] == sidecar["disclaimer"] == rules.disclaimer
    assert sidecar["rows"] == {"in": 3, "out": 3, "rejected": 0}


def test_stdin_to_stdout(batch: Run, rules: Any) -> None:
    done = batch("-", "-o", "-", "--stdin-format", "ndjson", "--stdout-format", "ndjson", stdin=as_ndjson().encode())

    assert done.exit_code == 0, done.output
    assert {r["id"]: r["urgency"] for r in map(json.loads, done.stdout.splitlines())} == URGENCIES
    assert rules.sha256 in done.stderr
    assert rules.disclaimer in done.stderr


def test_a_pipe_that_closes_early_ends_the_run_without_a_traceback(tmp_path: Path) -> None:
    row = as_text(",").splitlines()[1]
    (tmp_path / "in.csv").write_text(as_text(",").splitlines()[0] + "\n" + f"{row}\n" * 40_000)
    command = f"{sys.executable} -m spinefoot batch in.csv -o - | head -1"

    done = subprocess.run(command, shell=True, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.stdout.startswith("id,urgency,")
    assert "Traceback" not in done.stderr


def test_several_inputs_are_told_apart(batch: Run, tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text("foot_drop\nyes\nno\n")

    batch("*.csv", "-o", "out.ndjson")

    rows = [json.loads(line) for line in Path("out.ndjson").read_text().splitlines()]
    assert [(row["file"], row["id"]) for row in rows] == [("a.csv", "1"), ("a.csv", "2"), ("b.csv", "1"), ("b.csv", "2")]


def test_what_goes_to_stdout_stands_there_alone(batch: Run, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("id,foot_drop\na,yes\nb,maybe\n")

    trace = batch("in.csv", "--trace-table", "-")
    rejects = batch("in.csv", "--rejects", "-")

    assert trace.stdout.startswith("id,rule,kind,weight\na,")
    assert set(pl.read_csv(trace.stdout.encode())["id"]) == {"a"}
    assert pl.read_csv(rejects.stdout.encode())["id"].to_list() == ["b"]


@pytest.mark.parametrize("form", [[], ["--plain"]], ids=["boxes", "plain"])
def test_a_long_line_of_the_summary_goes_on_below_its_words(form: list[str], batch: Run, tmp_path: Path) -> None:
    write_input("csv", tmp_path)

    lines = [line.strip("\u2502") for line in batch("in.csv", *form).stdout.splitlines()]

    [at] = [number for number, line in enumerate(lines) if "Fits better with something other" in line]
    assert lines[at + 1].index("(unlikely)") == lines[at].index("Fits")
    assert max(map(len, lines)) <= 80


def test_without_an_output_a_summary_is_shown(batch: Run, tmp_path: Path) -> None:
    write_input("csv", tmp_path)

    done = batch("in.csv", "--plain")

    assert "1   33.3 %  Emergency - go now (emergency)" in done.stdout
    assert "not a diagnosis" in done.stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv"]


def test_expected_columns_change_nothing(batch: Run) -> None:
    Path("in.csv").write_text("foot_drop,expected_urgency\nyes,nonsense\n")

    assert batch("in.csv", "-o", "out.csv").exit_code == 0


def test_words_for_yes_no_and_unknown(batch: Run) -> None:
    words = ["yes", "TRUE", " Present ", "Y", "1", "1.0", "no", "absent", "False", "0", "", "unknown", "NA", "?"]
    Path("in.csv").write_text("id,saddle_numbness\n" + "".join(f'{n},"{w}"\n' for n, w in enumerate(words)))

    done = batch("in.csv", "-o", "out.csv")

    assert done.exit_code == 0, done.output
    urgencies = pl.read_csv("out.csv")["urgency"].to_list()
    assert urgencies == ["emergency"] * 6 + ["routine"] * 8


def test_parquet_columns_of_other_types_are_understood(batch: Run) -> None:
    table = pl.DataFrame(
        {
            "saddle_numbness": pl.Series([1.0, 0.0, float("nan"), None]),
            "foot_drop": pl.Series([1, 0, None, 0], dtype=pl.Int8),
            "age_years": pl.Series([40, 50, None, 120], dtype=pl.UInt16),
            "weakness_trend": pl.Series(["same", None, "same", "same"], dtype=pl.Categorical()),
            "back_pain_now": pl.Series([None] * 4, dtype=pl.Null),
        }
    )
    table.write_parquet("in.parquet")

    done = batch("in.parquet", "-o", "out.csv")

    assert done.exit_code == 0, done.output
    assert pl.read_csv("out.csv")["urgency"].to_list() == ["emergency", "routine", "routine", "routine"]
