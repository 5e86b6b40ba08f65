"""What batch makes of a row is what `read_answer` and `assess` make of it, and no row is lost, whatever is in it."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import spinefoot
from spinefoot.batch.run import Batch, Options
from spinefoot.casefile import read_answer
from spinefoot.errors import Problem
from spinefoot.executors import plain
from spinefoot.tables.faults import ROW
from spinefoot.tables.inputs import Source
from spinefoot.tables.reading import chunks_of
from spinefoot.tables.values import Typing
from tests.agreement.test_executors import random_answers

RULES = spinefoot.load_rules()
NAMES = ["foot_drop", "age_years", "weakness_trend"]
SLOW = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))

WORDS = (
    "yes",
    "NO",
    " y ",
    "1",
    "0",
    "1.0",
    "unknown",
    "",
    "nan",
    "NaN",
    "?",
    "true",
    "maybe",
    "null",
    "  ",
    "same",
    "SAME ",
    "=1",
)
NUMBERS = (
    "52",
    "-1",
    "1e2",
    "120",
    "120.0001",
    ".5",
    "+7",
    "1_0",
    "0x10",
    "inf",
    "1e999",
    "\u0663",
    "5 ",
    "12345678901234567890",
)
words = st.sampled_from([*WORDS, *NUMBERS])
texts = st.one_of(words, st.text(max_size=6), st.floats().map(str), st.integers().map(str), st.none())
natives = st.sampled_from(
    [
        pl.Series([True, False, None]),
        pl.Series([0, 1, 2, -1, 50, 121, None]),
        pl.Series([0.0, 1.0, 0.5, 120.0, 120.5, float("nan"), float("inf"), None]),
        pl.Series(["same", "yes", "x", None], dtype=pl.Categorical()),
        pl.Series([None, None], dtype=pl.Null),
    ]
)


def typed(column: pl.Series, name: str) -> tuple[list[Any], dict[int, str]]:
    """Return the answers of a raw column, and by row the reasons why some are none."""
    raw = pl.DataFrame([column.alias(name), pl.Series(ROW, range(len(column)), dtype=pl.UInt64)])
    typing = Typing({name: RULES.finding[name]}, {}, "in")
    for _ in range(2):  # the second time with words remembered
        answers, faults = typing.convert(raw)
    assert answers.height == len(column)
    return answers[name].to_list(), dict(faults.select(ROW, "reason").iter_rows())


@pytest.mark.parametrize("name", NAMES)
@SLOW
@given(column=st.one_of(st.lists(texts, min_size=1).map(lambda cells: pl.Series(cells, dtype=pl.String)), natives))
def test_every_cell_is_read_as_in_a_symptom_file(name: str, column: pl.Series) -> None:
    answers, faults = typed(column, name)

    for row, (cell, answer) in enumerate(zip(column.to_list(), answers, strict=True)):
        want = read_answer(RULES.finding[name], cell)
        if isinstance(want, Problem):
            assert faults[row].startswith(want.message)
            assert answer is None
        else:
            assert row not in faults
            assert answer == want


def test_whole_and_broken_numbers_in_odd_spellings_stand_in_one_column() -> None:
    answers, faults = typed(pl.Series([" 52", "5.5e1", "60"]), "age_years")

    assert answers == [52, 55, 60]
    assert faults == {}


def assessed(path: Path, several: int = 1) -> tuple[pl.DataFrame, pl.DataFrame, int, int]:
    """Return results, faults, rows in and rows rejected."""
    parts = list(Batch([Source(str(path), "csv", (path,))] * several, RULES, Options(scores=True)).assessed())
    results = pl.concat(part.results for part in parts)
    return results, pl.concat(p.faults for p in parts), sum(p.rows for p in parts), sum(p.rejected for p in parts)


@SLOW
@given(rows=st.lists(st.lists(st.one_of(words, st.text(max_size=4)), min_size=2, max_size=5), max_size=12))
def test_rows_in_are_rows_out_and_rows_rejected(rows: Sequence[Sequence[str]], tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("rows") / "in.csv"
    text = io.StringIO()
    csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows([NAMES, *rows])
    path.write_text(text.getvalue(), encoding="utf-8", errors="replace", newline="")

    results, faults, rows_in, rejected = assessed(path)

    assert rows_in == len(rows)
    assert results.height + rejected == rows_in
    assert {int(row) for row in results["id"]} | set(faults["row"]) == set(range(1, rows_in + 1))
    assert {row for row, cells in enumerate(rows, 1) if len(cells) != len(NAMES)} <= set(faults["row"])


@SLOW
@given(text=st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(text: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("bytes") / "in.csv"
    path.write_bytes(b"id,foot_drop\n" + text)

    try:
        results, _, rows_in, rejected = assessed(path)
    except spinefoot.InputError:
        return
    assert results.height + rejected == rows_in


@pytest.mark.parametrize("block", [40, 1000, 10**6])
def test_where_blocks_and_chunks_end_changes_nothing(block: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [f'"p, {n}\n",{"yes" if n % 3 else "no"},{n}' for n in range(300)]
    lines[7] = "short"
    lines[200] = ""
    (tmp_path / "in.csv").write_text("id,foot_drop,age_years\n" + "\n".join(lines))
    monkeypatch.setattr("spinefoot.tables.streams.BLOCK", block)

    chunks = list(chunks_of(Source("in", "csv", (tmp_path / "in.csv",)), RULES, 50))

    frame = pl.concat(chunk.frame for chunk in chunks)
    faults = pl.concat(chunk.faults for chunk in chunks)
    assert faults[ROW].to_list() == [8]
    assert frame[ROW].to_list() == [row for row in range(1, 300) if row != 8]
    assert frame["age_years"].cast(int).to_list() == [n for n in range(300) if n not in (7, 200)]


def test_a_table_comes_out_as_its_cases_do_one_by_one(tmp_path: Path) -> None:
    cases = [random_answers(RULES, seed) for seed in range(120)]
    columns = sorted({name for case in cases for name in case})
    path = tmp_path / "in.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        say = {True: "yes", False: "no", None: "unknown"}
        for case in cases:
            values = [case.get(name) for name in columns]
            writer.writerow([say[v] if isinstance(v, bool) or v is None else v for v in values])

    results, faults, _, _ = assessed(path)

    by_id = {row["id"]: row for row in results.iter_rows(named=True)}
    reasons: dict[int, list[str]] = {}
    for number, case in enumerate(cases, 1):
        try:
            want = spinefoot.assess(case, RULES, plain.infer)
        except spinefoot.InputError as error:
            reasons[number] = [problem.message for problem in error.problems]
            continue
        got = by_id[str(number)]
        assert (got["urgency"], got["spine_link"]) == (want.urgency, want.spine_link)
        assert got["causes_withheld"] is bool(want.conclusions.withheld)
        for score in want.causes:
            assert (got[f"{score.cause}_level"], got[f"{score.cause}_score"]) == (score.level, score.score)
    assert {number: faults.filter(pl.col("row") == number)["reason"].to_list() for number in reasons} == reasons
    assert set(faults["row"]) == set(reasons)
    assert 0 < len(reasons) < len(cases)
