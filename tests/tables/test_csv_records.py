"""Records of CSV text: nothing is lost, and where blocks end changes nothing, whatever the quotes are."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spinefoot.tables import csv_records
from spinefoot.tables.csv_records import Cutter

MANY = settings(max_examples=500, deadline=None)
cells = st.text(st.sampled_from('ab",\n\r '), max_size=4)
scraps = st.lists(st.sampled_from(["a", "b", ",", '"', '""', ',"', '",', "\n", "\r\n", "\r"]), max_size=30).map("".join)


def cut(text: bytes, sizes: list[int]) -> list[tuple[bytes, int]]:
    """Cut *text*, which comes in blocks of *sizes*, into records and their numbers of cells."""
    found, rest, cutter = [], b"", Cutter(",")
    while text:
        size = sizes.pop() if sizes else len(text)
        rest, text = rest + text[:size], text[size:]
        records, used = cutter.cut(rest, last=False)
        found += [(records.record(place), int(records.cells[place])) for place in range(len(records.cells))]
        rest = rest[used:]
    records, used = cutter.cut(rest + b"\n", last=True)
    assert used == len(rest) + 1
    return found + [(records.record(place), int(records.cells[place])) for place in range(len(records.cells))]


@MANY
@given(rows=st.lists(st.lists(cells, min_size=1, max_size=4), max_size=6), sizes=st.lists(st.integers(1, 20)))
def test_a_table_as_it_should_be_is_cut_as_the_csv_module_wrote_it(rows: list[list[str]], sizes: list[int]) -> None:
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(rows)

    found = cut(text.getvalue().encode(), sizes)

    assert [count for _, count in found] == [len(row) for row in rows]
    read = csv.reader(io.StringIO("\r\n".join(record.decode() for record, _ in found), newline=""))
    assert list(read) == rows


@MANY
@given(text=scraps, sizes=st.lists(st.integers(1, 12)))
def test_of_any_text_nothing_is_lost_and_blocks_change_nothing(text: str, sizes: list[int]) -> None:
    whole = cut(text.encode(), [])

    assert cut(text.encode(), sizes) == whole
    assert b"".join(record for record, _ in whole).translate(None, b"\r\n") == text.encode().translate(None, b"\r\n")


def test_a_line_with_a_stray_quote_has_no_cells_and_the_next_has_its_own() -> None:
    assert cut(b'a,5" wide\n"b","c\nd"\ne,"f\ng,h\n', []) == [
        (b'a,5" wide', 0),
        (b'"b","c\nd"', 2),
        (b'e,"f', 0),
        (b"g,h", 2),
    ]


def test_a_quote_that_stays_open_too_long_is_a_stray_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_records, "LONGEST_RECORD", 30)
    lines = b"".join(b"%d,yes\n" % number for number in range(100))

    found = cut(b'a,"no\n' + lines, [10] * 100)

    assert found[:3] == [(b'a,"no', 0), (b"0,yes", 2), (b"1,yes", 2)]
    assert len(found) == 101
