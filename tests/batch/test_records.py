"""NDJSON and JSON that is nearly right: a record that cannot be read costs itself and says why, and no other."""

from __future__ import annotations

import gzip
from pathlib import Path

import polars as pl
import pytest

from tests.batch.conftest import Run

MARK = b"\xef\xbb\xbf"
DROP = b'{"id":"a","foot_drop":true}'
DEEP = b'{"foot_drop":' + b"[" * 100_000 + b"]" * 100_000 + b"}"


def reasons() -> list[str]:
    return pl.read_csv("out.rejects.csv")["reason"].to_list()


@pytest.mark.parametrize(
    ("lines", "accepted", "rows", "says"),
    [
        (b'{\n "id":"a",\n "foot_drop":true\n}\n' + DROP, 1, [1, 2, 3, 4], "the line is not a JSON record"),
        (DROP + b"\n" + DROP + DROP, 1, [2], "trailing characters"),
        (DROP + b"\r" + DROP + b"\r", 0, [1], "trailing characters"),
        (b'{"foot_drop":[1\n2]}\n' + DROP + b"," + DROP + b"\n" + DROP, 1, [1, 2, 3], "the line is not a JSON record"),
        (b'{"foot_drop":\n' + DROP + DROP + b"\n" + DROP, 1, [1, 2], "the line is not a JSON record"),
        (DEEP + b"\n" + DROP, 1, [1], "nested too deeply"),
        (DROP + b'\n{"id":"Jos\xe9","foot_drop":true}', 1, [2], "the line is not UTF-8 text"),
        (DROP + b'\n{"row:number":7,"foot_drop":true}', 1, [2], 'the key "row:number" is kept for spinefoot itself'),
        (DROP + b'\n{"row:file":7,"foot_drop":true}', 1, [2], 'the key "row:file" is kept for spinefoot itself'),
    ],
    ids=[
        "printed wide",
        "two in one",
        "carriage returns",
        "counts even out",
        "broken and double",
        "deep",
        "latin-1",
        "row",
        "file",
    ],
)
def test_a_line_that_is_not_one_record_is_rejected(lines: bytes, accepted: int, rows: list[int], says: str, batch: Run) -> None:
    Path("in.ndjson").write_bytes(lines)

    done = batch("in.ndjson", "-o", "out.csv")

    assert done.exit_code == (3 if accepted else 4), done.output
    assert len(Path("out.csv").read_text().splitlines()) == accepted + 1
    assert pl.read_csv("out.rejects.csv")["row"].to_list() == rows
    assert any(says in reason for reason in reasons())


@pytest.mark.parametrize("content", [MARK + DROP, MARK + b"\n" + DROP, MARK + b"\r\n\r\n" + DROP + b"\r\n"])
def test_a_byte_order_mark_is_no_part_of_the_first_record(content: bytes, batch: Run) -> None:
    Path("in.ndjson").write_bytes(content)

    done = batch("in.ndjson", "-o", "out.csv")

    assert done.exit_code == 0, done.output
    assert pl.read_csv("out.csv").rows()[0][:2] == ("a", "same_day")


@pytest.mark.parametrize("name", ["in.json", "in.json.gz", "-"])
def test_a_symptom_file_in_json_may_begin_with_a_byte_order_mark(name: str, batch: Run) -> None:
    content = MARK + b'{"findings":{"foot_drop":true}}'
    if name != "-":
        Path(name).write_bytes(gzip.compress(content) if name.endswith(".gz") else content)

    done = batch(name, "--stdin-format", "json", "-o", "out.csv", stdin=content)

    assert done.exit_code == 0, done.output
    assert pl.read_csv("out.csv")["urgency"].to_list() == ["same_day"]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("in.ndjson", MARK, "the file is empty"),
        ("in.json", MARK + b" ", "the file is empty"),
        ("in.ndjson", DROP.decode().encode("utf-16"), "the file is UTF-16 or not text; save it as UTF-8"),
        ("in.json", f"[{DROP.decode()}]".encode("utf-16"), "the file is UTF-16 or not text; save it as UTF-8"),
        ("in.json", b'[{"id":"Jos\xe9","foot_drop":true}]', "the file is not UTF-8 text (byte 11); save it as UTF-8"),
        ("in.json", b"[" + DEEP + b"]", "nested too deeply"),
    ],
    ids=["mark alone", "mark and blank", "UTF-16 lines", "UTF-16 array", "latin-1 array", "deep"],
)
def test_json_that_cannot_be_read_at_all_is_refused(name: str, content: bytes, says: str, batch: Run) -> None:
    Path(name).write_bytes(content)

    done = batch(name, "-o", "out.csv")

    assert done.exit_code == 4, done.output
    assert says in done.output
    assert "Traceback" not in done.output


def test_records_of_a_line_each_in_a_file_for_a_document_are_told_where_they_belong(batch: Run) -> None:
    Path("in.json").write_bytes(DROP + b"\n" + DROP)

    assert batch("in.json", "-o", "out.csv").exit_code == 4
    assert ".ndjson" in reasons()[0]
