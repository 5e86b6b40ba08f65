"""Bad input loses nothing: every row is in the output or among the rejects, with a reason."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import polars as pl
import pytest

from spinefoot.tables.streams import zstd
from tests.batch.conftest import Run

GOOD = "id,age_years,foot_drop\na,50,yes\nb,60,no\n"


def rejects() -> list[tuple[object, ...]]:
    return pl.read_csv("out.rejects.csv").select("row", "id", "column", "value").rows()


def test_rows_with_impossible_values_are_rejected_and_all_others_go_through(batch: Run) -> None:
    Path("in.csv").write_text("id,age_years,foot_drop\na,50,yes\nb,430,sometimes\nc,,no\nd,fifty,no\n")

    done = batch("in.csv", "-o", "out.csv")

    assert done.exit_code == 3
    assert pl.read_csv("out.csv")["id"].to_list() == ["a", "c"]
    assert rejects() == [(2, "b", "age_years", "430"), (2, "b", "foot_drop", "sometimes"), (4, "d", "age_years", "fifty")]
    reasons = pl.read_csv("out.rejects.csv")["reason"].to_list()
    assert reasons[0] == "age_years is 430; it must be a number from 0 to 120 years"
    assert "rows: 4 in = 2 out + 2 rejected" in done.stderr


def test_values_of_rejected_rows_stay_out_of_stderr(batch: Run) -> None:
    Path("in.csv").write_text("foot_drop,age_years\nsometimes,50\nyes,50\n")

    done = batch("in.csv")

    assert "foot_drop (1)" in done.stderr
    assert "--rejects" in done.stderr
    assert "sometimes" not in done.stderr


def test_a_contradiction_is_rejected_with_the_reason_that_assess_gives(batch: Run) -> None:
    Path("in.csv").write_text("id,active_cancer,cancer_history\na,yes,no\nb,yes,yes\n")

    done = batch("in.csv", "-o", "out.ndjson")

    assert done.exit_code == 3
    [fault] = [json.loads(line) for line in Path("out.rejects.ndjson").read_text().splitlines()]
    assert fault["id"] == "a"
    assert "both cannot hold" in fault["reason"]


def test_all_rows_rejected_is_another_exit_code(batch: Run) -> None:
    Path("in.csv").write_text("foot_drop\nsometimes\n")

    assert batch("in.csv", "-o", "out.csv").exit_code == 4


def test_strict_stops_at_the_first_and_writes_nothing(batch: Run) -> None:
    Path("in.csv").write_text("foot_drop,age_years\nyes,50\nmaybe so,50\nyes,430\n")

    done = batch("in.csv", "-o", "out.csv", "--strict")

    assert done.exit_code == 4
    assert 'in.csv: SF703 row 2, column "foot_drop"' in done.stderr
    assert [path.name for path in Path().iterdir()] == ["in.csv"]


@pytest.mark.parametrize(
    ("line", "cells"), [("x,1", 2), ("x,1,yes,", 4), ("x,1,yes,no,no", 5), ("x", 1)], ids=["short", "comma", "long", "one"]
)
def test_ragged_lines_are_rejected(line: str, cells: int, batch: Run) -> None:
    Path("in.csv").write_text(GOOD + line + "\nc,70,yes\n")

    done = batch("in.csv", "-o", "out.csv")

    assert done.exit_code == 3
    assert pl.read_csv("out.csv")["id"].to_list() == ["a", "b", "c"]
    [fault] = pl.read_csv("out.rejects.csv").rows(named=True)
    assert fault["row"] == 3
    assert fault["value"] == line
    assert fault["reason"] == f"the line has {cells} cell{'s' if cells > 1 else ''} and the header has 3"


def test_a_quote_in_the_middle_of_a_cell_costs_its_own_line_at_most(batch: Run) -> None:
    Path("in.csv").write_text(GOOD + 'x,"5" 6,yes\nc,70,yes\n')

    done = batch("in.csv", "-o", "out.csv")

    assert done.exit_code == 3
    assert pl.read_csv("out.csv")["id"].to_list() == ["a", "b", "c"]
    assert pl.read_csv("out.rejects.csv")["row"].to_list() == [3]


@pytest.mark.parametrize(
    "stray", ['x,5" 6,yes', 'x,"50,yes', 'x,50,"yes', 'x,50,yes"'], ids=["inside", "open", "open last", "end"]
)
def test_a_stray_quote_costs_its_own_line_and_none_of_the_many_that_follow(stray: str, batch: Run) -> None:
    good = "".join(f"{number},70,no\n" for number in range(500))
    Path("in.csv").write_text("id,age_years,foot_drop\n" + stray + "\n" + good + stray + "\n" + good)

    done = batch("in.csv", "-o", "out.csv")

    assert done.exit_code == 3
    assert "rows: 1,002 in = 1,000 out + 2 rejected" in done.stderr
    faults = pl.read_csv("out.rejects.csv").select("row", "value", "reason")
    assert faults.rows() == [(row, stray, "the quotes in this line do not pair up") for row in (1, 502)]


def test_quotes_protect_separators_and_line_ends(batch: Run) -> None:
    Path("in.csv").write_text('id,foot_drop\n"a,b",yes\n"c\nd","no"\n"e ""f""",\n\n')

    done = batch("in.csv", "-o", "out.ndjson")

    assert done.exit_code == 0, done.output
    assert [json.loads(line)["id"] for line in Path("out.ndjson").read_text().splitlines()] == ["a,b", "c\nd", 'e "f"']


def test_lines_that_are_no_json_are_rejected(batch: Run) -> None:
    lines = [
        '{"id": 1, "foot_drop": true}',
        "{",
        "[1]",
        '{"id": 4, "foot_drop": [1]}',
        '{"id": 5, "age_years": 1e999}',
        '{"id": 6}',
    ]
    Path("in.ndjson").write_text("\n".join(lines))

    done = batch("in.ndjson", "-o", "out.csv")

    assert done.exit_code == 3
    assert pl.read_csv("out.csv")["id"].to_list() == [1, 6]
    assert [row[0] for row in rejects()] == [2, 3, 4, 5]


FLAT = '{"foot_drop": true, "id": "12:30, \\"x\\": 1", "foot_drop": false}'


@pytest.mark.parametrize(
    ("name", "twice", "key"),
    [
        ("in.ndjson", FLAT, "foot_drop"),
        ("in.ndjson", '{"foot_drop":true,"foot_drop" :false}', "foot_drop"),
        ("in.json", f"[{FLAT}]", "foot_drop"),
        ("in.ndjson", '{"findings": {"foot_drop": true, "age_years": 5, "foot_drop": false}}', "foot_drop"),
        ("in.ndjson", '{"findings": {"foot_drop": true}, "findings": {"age_years": 5}}', "findings"),
    ],
    ids=["with colons", "with a blank", "array", "in the findings", "findings"],
)
def test_a_key_that_stands_twice_in_a_record_rejects_it(name: str, twice: str, key: str, batch: Run) -> None:
    Path(name).write_text(twice)

    done = batch(name, "-o", "out.csv")

    assert done.exit_code == 4
    assert pl.read_csv("out.rejects.csv")["reason"].to_list() == [f'the key "{key}" stands twice']


@pytest.mark.parametrize(
    "line",
    [
        '{"id": "12:30, \\"foot_drop\\": 1", "foot_drop": true}',
        '{"id": "a", "x:y": "\\u003a", "foot_drop": true}',
        '{"id": "a", "x\\u003ay": 1, "foot_drop": true}',
        '{"id": "a:b", "says": "9:15", "rulebase": {"version": "1", "sha256": "0"}, "findings": {"foot_drop": true}}',
    ],
    ids=["id", "key", "escape", "nested"],
)
def test_colons_in_a_record_are_no_second_keys(line: str, batch: Run) -> None:
    Path("in.ndjson").write_text(line)

    assert batch("in.ndjson", "--ignore-unknown-columns").exit_code == 0


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"findings": {}, "finding": {}}', '"finding" is not a key of a case; allowed: id, says, rulebase, findings, expected'),
        ('{"id": "a"}', "the case has no findings"),
        ('{"findings": [1]}', "the line is not a JSON record: Expected `object | null`, got `array`"),
        ('{"findings": {}, "expected": {"urgent": 1}}', "the line is not a JSON record: Object contains unknown field `urgent`"),
    ],
)
def test_a_record_with_findings_has_the_keys_of_a_symptom_file(line: str, reason: str, batch: Run) -> None:
    Path("in.ndjson").write_text('{"findings": {"foot_drop": true}}\n' + line)

    assert batch("in.ndjson", "-o", "out.csv").exit_code == 3
    assert pl.read_csv("out.rejects.csv")["reason"].to_list() == [reason]


def test_a_symptom_file_with_a_fault_is_one_rejected_row(batch: Run) -> None:
    Path("cases").mkdir()
    Path("cases/a.yaml").write_text("findings:\n  foot_drop: yes\n")
    Path("cases/b.yaml").write_text("findings:\n  foot_dorp: yes\n")

    done = batch("cases", "-o", "out.csv")

    assert done.exit_code == 3
    assert pl.read_csv("out.csv").select("file", "id").rows() == [("cases/a.yaml", "a")]
    fault = pl.read_csv("out.rejects.csv").row(0, named=True)
    assert fault["file"] == "cases/b.yaml"
    assert 'did you mean "foot_drop"?' in fault["reason"]


def test_symptom_files_by_name_are_told_apart_among_results_and_rejects(batch: Run) -> None:
    Path("a.yaml").write_text("findings:\n  active_cancer: yes\n  cancer_history: no\n")
    Path("b.json").write_text('\n {"findings": {"foot_drop": "yes"}}')
    Path("c.toml").write_text("[findings]\nfoot_drop = 5\n")
    Path("d.csv").write_text("foot_drop\nyes\n")

    done = batch("a.yaml", "b.json", "c.toml", "d.csv", "-o", "out.csv")

    assert done.exit_code == 3
    assert pl.read_csv("out.csv", infer_schema=False).select("file", "id").rows() == [("b.json", "b"), ("d.csv", "1")]
    assert pl.read_csv("out.rejects.csv").select("file", "row", "id").rows() == [("a.yaml", 1, "a"), ("c.toml", 3, None)]


def bad_parquet() -> bytes:
    pl.DataFrame({"foot_drop": [True] * 1000}).write_parquet("whole.parquet")
    return Path("whole.parquet").read_bytes()[:-20]


@pytest.mark.parametrize(
    ("name", "content", "code", "says"),
    [
        ("in.csv", b"", "SF101", "the file is empty"),
        ("in.csv", b"\n\n", "SF101", "the file is empty"),
        ("in.ndjson", b"\n", "SF101", "the file is empty"),
        ("in.csv", "id,foot_drop\nJos\xe9,yes\n".encode("latin1"), "SF101", "not UTF-8 text (byte 16); save it as UTF-8"),
        ("in.csv", GOOD.encode("utf-16"), "SF101", "UTF-16"),
        ("in.csv", b'"id,foot_drop\na,yes\n', "SF101", "the quotes in the first line do not pair up"),
        ("in.csv", b"id,foot_drop\ra,yes\rb,no\r", "SF101", "the lines end with a carriage return alone; save it with"),
        ("in.csv", b"id,foot_drop," + b"x" * 200_000 + b"\na,yes,\n", "SF101", "the first line cannot be read"),
        ("in.csv", b"id,foot_drop,foot_drop\na,yes,no\n", "SF702", 'two columns are called "foot_drop"'),
        ("in.csv", b"id,,foot_drop\na,1,yes\n", "SF702", "column 2 has no name"),
        ("in.csv", b"id,foot_dorp\na,yes\n", "SF701", 'unknown column "foot_dorp"; did you mean "foot_drop"?'),
        ("in.csv", b"id,motor_new\na,yes\n", "SF701", "unknown column"),
        ("in.csv", b"id;foot_drop\na;yes\n", "SF701", "--separator"),
        ("in.tsv", b"id,foot_drop\na,yes\n", "SF701", "--separator"),
        ("in.csv", b"sep=;\nid;foot_drop\na;yes\n", "SF101", "for Excel alone; remove it, and name the separator"),
        ("in.csv", b"id,expected_urgency\na,soon\n", "SF701", "no column holds a finding"),
        ("in.csv.gz", gzip.compress(GOOD.encode() * 500)[:-20], "SF101", "cannot be read"),
        ("in.parquet", b"PAR1 and then nothing", "SF101", "not a whole Parquet file"),
        ("in.json", b"[1, 2", "SF101", "not a JSON array of records"),
        ("in.json", b" \n", "SF101", "the file is empty"),
        ("in.xlsx", b"PK", "SF107", "says no format"),
    ],
)
def test_input_that_cannot_be_read_is_refused(name: str, content: bytes, code: str, says: str, batch: Run) -> None:
    Path(name).write_bytes(content)

    done = batch(name, "-o", "out.csv")

    assert done.exit_code == 4
    assert f"{name}: {code} " in done.stderr
    assert says in done.stderr
    assert [path.name for path in Path().iterdir()] == [name]


def test_columns_that_are_left_out_are_named(batch: Run) -> None:
    Path("in.csv").write_text("Age,foot_drop,expected_urgency,w\x1b[2Jx\n50,yes,soon,1\n")

    done = batch("in.csv", "--ignore-unknown-columns", "-o", "out.csv")

    assert done.exit_code == 0
    assert "columns left out, for they hold no finding: Age, w\ufffd[2Jx\n" in done.stderr


def test_a_name_from_a_file_cannot_steer_the_terminal(batch: Run) -> None:
    Path("in.csv").write_text("f\x1b[2Jd\nmaybe\n")
    Path("map.yaml").write_text('columns: {"f\\e[2Jd": foot_drop}')

    done = batch("in.csv", "--map", "map.yaml")

    assert "faults by column: f\ufffd[2Jd (1)" in done.stderr
    assert "\x1b" not in done.stderr + done.stdout


@pytest.mark.parametrize("word", [";", "tab", "\\t"])
def test_a_separator_is_one_character_or_the_word_for_a_tab(word: str, batch: Run) -> None:
    Path("in.csv").write_text("id{0}foot_drop\na{0}yes\n".format(";" if word == ";" else "\t"))

    assert batch("in.csv", "--separator", word).exit_code == 0
    assert batch("in.csv", "--separator", ";;").exit_code == 2


def test_of_thousands_of_unknown_columns_some_are_named_and_the_others_counted(batch: Run) -> None:
    Path("in.csv").write_text("ID,Foot Drop," + ",".join(f"x{number}" for number in range(3000)) + "\n")

    done = batch("in.csv")

    assert done.exit_code == 4
    assert len(done.stderr.splitlines()) == 22
    assert 'unknown column "ID"; did you mean "id"?' in done.stderr
    assert 'unknown column "Foot Drop"; did you mean "foot_drop"?' in done.stderr
    assert "in.csv: SF701 unknown columns besides these: 2,982" in done.stderr


@pytest.mark.parametrize("ids", [[[1], [2]], [b"\xff", b"a"]], ids=["lists", "bytes"])
def test_a_column_of_no_ids_is_refused(ids: list[object], batch: Run) -> None:
    pl.DataFrame({"id": ids, "foot_drop": [True, False]}).write_parquet("in.parquet")

    done = batch("in.parquet", "-o", "out.csv")

    assert done.exit_code == 4
    assert 'in.parquet: SF704 the column "id" is of the type' in done.stderr


def test_the_row_number_stands_in_for_ids_that_are_missing_empty_or_no_number(batch: Run) -> None:
    pl.DataFrame({"id": [7.5, float("nan"), None], "foot_drop": [True] * 3}).write_parquet("a.parquet")
    pl.DataFrame({"id": ["x", "", None], "foot_drop": [True] * 3}).write_parquet("b.parquet")

    batch("a.parquet", "b.parquet", "-o", "out.ndjson")

    assert pl.read_ndjson("out.ndjson")["id"].to_list() == ["7.5", "2", "3", "x", "2", "3"]


def test_text_in_zst_that_is_not_utf_8_is_refused_with_a_way_out(batch: Run) -> None:
    Path("in.csv.zst").write_bytes(zstd.compress(b"id,foot_drop\nJos\xe9,yes\n"))

    done = batch("in.csv.zst")

    assert done.exit_code == 4
    assert "in.csv.zst: SF101 the file is not UTF-8 text (byte 16); save it as UTF-8" in done.stderr


def test_a_truncated_parquet_file_is_refused(batch: Run) -> None:
    Path("in.parquet").write_bytes(bad_parquet())

    done = batch("in.parquet", "-o", "out.csv")

    assert done.exit_code == 4
    assert "SF101 this is not a whole Parquet file" in done.stderr


def test_a_column_of_lists_is_refused(batch: Run) -> None:
    pl.DataFrame({"foot_drop": [[True]]}).write_parquet("in.parquet")

    done = batch("in.parquet", "-o", "out.csv")

    assert done.exit_code == 4
    assert 'SF704 the column "foot_drop" is of the type List' in done.stderr


def test_every_source_is_looked_at_before_the_first_is_assessed(batch: Run) -> None:
    Path("a.csv").write_text(GOOD)
    Path("b.csv").write_text("id,foot_dorp\na,yes\n")

    done = batch("a.csv", "b.csv", "missing.csv", "-o", "out.csv")

    assert done.exit_code == 4
    assert "missing.csv: SF101 there is no such file" in done.stderr


def test_unknown_columns_are_left_out_when_asked(batch: Run) -> None:
    Path("in.csv").write_text("id,shoe_size,foot_drop\na,44,yes\n")

    assert batch("in.csv", "-o", "out.csv", "--ignore-unknown-columns").exit_code == 0


@pytest.mark.parametrize("content", ["id,foot_drop\n", "id,foot_drop"])
def test_a_header_alone_gives_a_header_alone(content: str, batch: Run) -> None:
    Path("in.csv").write_text(content)

    done = batch("in.csv", "-o", "out.csv")

    assert done.exit_code == 0, done.output
    assert Path("out.csv").read_text().startswith("id,urgency,")
    assert "rows: 0 in = 0 out + 0 rejected" in done.stderr


def test_a_parquet_file_without_rows_gives_one_without_rows(batch: Run) -> None:
    pl.DataFrame(schema={"foot_drop": pl.Boolean}).write_parquet("in.parquet")

    assert batch("in.parquet", "-o", "out.parquet", "--fired", "--trace-table", "t.parquet").exit_code == 0
    assert pl.read_parquet("out.parquet").height == 0


def test_repeated_ids_are_kept_and_counted(batch: Run) -> None:
    Path("in.csv").write_text("id,foot_drop\na,yes\na,no\nb,yes\n,no\n")

    done = batch("in.csv", "-o", "out.csv")

    assert pl.read_csv("out.csv")["id"].to_list() == ["a", "a", "b", "4"]
    assert "rows that repeat the id of an earlier one: 1;" in done.stderr


def test_where_too_many_ids_were_seen_it_is_said_that_repeats_are_not_known(batch: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("in.csv").write_text("id,foot_drop\na,yes\na,no\n")
    monkeypatch.setattr("spinefoot.batch.tally._MOST_IDS", 1)

    done = batch("in.csv", "-o", "out.csv")

    assert "whether ids repeat is not known: there are too many rows to keep them in mind" in done.stderr
