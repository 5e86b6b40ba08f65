"""A mapping file: other names for columns, other words for values."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from tests.batch.conftest import Run

FOREIGN = "Nr,Alter,Fallfuss,Notiz\n1,52,ja,x\n2,999,nein,=y\n3,60,1,\n"
MAPPING = """
columns:
  "Nr": id
  "Alter": age_years
  "Fallfuss": foot_drop
  "Notiz": ignore
values:
  "ja": yes
  "nein": no
  age_years:
    "999": unknown
"""
MAPPING_TOML = """
[columns]
"Nr" = "id"
"Alter" = "age_years"
"Fallfuss" = "foot_drop"
"Notiz" = "ignore"
[values]
ja = "yes"
nein = "no"
[values.age_years]
999 = "unknown"
"""


@pytest.mark.parametrize(("name", "content"), [("map.yaml", MAPPING), ("map.toml", MAPPING_TOML)])
@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_columns_and_words_are_read_as_the_mapping_says(kind: str, name: str, content: str, batch: Run) -> None:
    Path(name).write_text(content)
    Path("in.csv").write_text(FOREIGN)
    pl.read_csv("in.csv").write_parquet("in.parquet")  # the age is a number there

    done = batch(f"in.{kind}", "--map", name, "-o", "out.csv")

    assert done.exit_code == 0, done.output
    assert pl.read_csv("out.csv")["urgency"].to_list() == ["same_day", "routine", "same_day"]


def test_words_of_a_mapping_hold_for_numbers_with_missing_values(batch: Run) -> None:
    Path("map.yaml").write_text('values:\n  foot_drop: {"2": no, "-9": unknown}\n')
    pl.DataFrame({"foot_drop": [1.0, 2.0, -9.0, None]}).write_parquet("in.parquet")

    done = batch("in.parquet", "--map", "map.yaml", "-o", "out.csv")

    assert done.exit_code == 0, done.output
    assert pl.read_csv("out.csv")["urgency"].to_list() == ["same_day", "routine", "routine", "routine"]


def test_the_template_leaves_what_it_does_not_know_to_decide(batch: Run) -> None:
    Path("in.csv").write_text("id,Age years,foot_drop,Notes,expected_urgency\n1,50,yes,,soon\n")

    template = batch("in.csv", "--map-template")
    Path("map.yaml").write_text(template.stdout)
    undecided = batch("in.csv", "--map", "map.yaml", "-o", "out.csv")
    Path("map.yaml").write_text(template.stdout.replace('"?"  # nearest: age_years', "age_years").replace('"?"', "ignore", 2))
    decided = batch("in.csv", "--map", "map.yaml", "-o", "out.csv")

    assert '"Age years": "?"  # nearest: age_years' in template.stdout
    assert "expected_urgency" not in template.stdout
    assert undecided.exit_code == 4
    assert 'SF705 the column "Notes" still says "?"' in undecided.stderr
    assert decided.exit_code == 0, decided.output


@pytest.mark.parametrize("kind", ["ndjson", "json"])
def test_a_template_can_be_had_of_records_too(kind: str, batch: Run) -> None:
    record = '{"id": 1, "Fuss": true}'
    Path(f"in.{kind}").write_text(record if kind == "ndjson" else f"[{record}]")

    assert '"Fuss": "?"' in batch(f"in.{kind}", "--map-template").stdout


@pytest.mark.parametrize(
    ("content", "place", "says"),
    [
        ("columns: {Alter: age_year}", "map.yaml:1:18", 'mapped to "age_year", which is no finding; did you mean "age_years"?'),
        ("values: {age_years: {x: old}}", "map.yaml:1:25", 'age_years is "old"'),
        ("values: {age_year: {x: 1}}", "map.yaml:1:10", 'unknown finding "age_year"; did you mean "age_years"?'),
        ("colums: {}", "map.yaml:1:1", '"colums" is not a key of a mapping'),
        ("columns: {a: [id]}", "map.yaml:1:14", "a list stands where a word belongs"),
        ("", "map.yaml", "the file maps nothing"),
        ("values: [ja]", "map.yaml:1:9", "a list stands where words and their meanings belong"),
        ("values: ja", "map.yaml:1:9", '"ja" stands where words and their meanings belong'),
        ("columns: [a, b]", "map.yaml:1:10", "a list stands where columns and their meanings belong"),
        ('values: {"": yes}', "map.yaml:1:10", "an empty cell is unknown and cannot mean anything else"),
        ('values: {age_years: {" ": 5}}', "map.yaml:1:22", "an empty cell is unknown and cannot mean anything else"),
        ('values: {Ja: yes, "ja ": no}', "map.yaml:1:19", '"ja " is the same word as "Ja"'),
        ('values: {age_years: {"9.0": 5, "9": 6}}', "map.yaml:1:32", '"9" is the same word as "9.0"'),
        ("values: {ja: jes}", "map.yaml:1:14", '"jes" is an answer to no finding; did you mean "yes"?'),
    ],
)
def test_a_mapping_that_cannot_be_meant_is_refused_with_its_place(content: str, place: str, says: str, batch: Run) -> None:
    Path("in.csv").write_text(FOREIGN)
    Path("map.yaml").write_text(content)

    done = batch("in.csv", "--map", "map.yaml")

    assert done.exit_code == 4
    assert f"{place}: SF705 " in done.stderr
    assert says in done.stderr


def test_two_columns_cannot_be_mapped_to_one_finding(batch: Run) -> None:
    Path("in.csv").write_text("Alter,age_years\n1,2\n")
    Path("map.yaml").write_text("columns: {Alter: age_years}")

    assert 'SF702 the columns "Alter" and "age_years" both hold age_years' in batch("in.csv", "--map", "map.yaml").stderr


@pytest.mark.parametrize("kind", ["csv", "ndjson", "parquet"])
@pytest.mark.parametrize("keys", [("1", "2"), ("1.0", "2.0")], ids=["whole", "with a point"])
def test_a_whole_number_is_the_same_word_with_and_without_a_point(kind: str, keys: tuple[str, str], batch: Run) -> None:
    Path("map.yaml").write_text(f'values:\n  foot_drop: {{"{keys[0]}": no, "{keys[1]}": yes}}\n')
    Path("in.csv").write_text("foot_drop\n1\n1.0\n2\n2.0\n")
    Path("in.ndjson").write_text('{"foot_drop":1}\n{"foot_drop":1.0}\n{"foot_drop":"2"}\n{"foot_drop":2.0}\n')
    pl.DataFrame({"foot_drop": [1.0, 1.0, 2.0, 2.0]}).write_parquet("in.parquet")

    done = batch(f"in.{kind}", "--map", "map.yaml", "-o", "out.csv")

    assert done.exit_code == 0, done.output
    assert pl.read_csv("out.csv")["urgency"].to_list() == ["routine", "routine", "same_day", "same_day"]


@pytest.mark.parametrize("cell", ["99", "99.0", " 99 "])
def test_a_number_that_stands_for_unknown_does_so_however_it_is_written(cell: str, batch: Run) -> None:
    Path("map.yaml").write_text('values:\n  age_years: {"99": unknown}\n')
    Path("in.csv").write_text(f"id,age_years,foot_drop\na,{cell},no\nb,,no\n")

    batch("in.csv", "--map", "map.yaml", "-o", "out.csv", "--scores")

    known, unknown = pl.read_csv("out.csv").drop("id").rows()
    assert known == unknown


def test_a_template_of_a_column_with_a_very_long_name_can_be_read(batch: Run) -> None:
    Path("in.csv").write_text(f"foot_drop,{'x' * 2000}\nyes,1\n")
    template = batch("in.csv", "--map-template").stdout
    Path("map.yaml").write_text(template.replace('"?"', "ignore"))

    done = batch("in.csv", "--map", "map.yaml", "-o", "out.csv")

    assert done.exit_code == 0, done.output


def test_words_for_every_column_may_be_the_options_of_one_finding(batch: Run) -> None:
    Path("map.yaml").write_text("values: {links: left}")
    Path("in.csv").write_text("legs_affected,foot_drop\nLinks,yes\n")

    assert batch("in.csv", "--map", "map.yaml").exit_code == 0
