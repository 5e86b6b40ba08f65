"""What a row should come to: several acceptable values, ranges, and cells that name nothing."""

import polars as pl
import pytest

from spinefoot.evaluation.expectations import read_expectations, unknown_columns


def read(rules, **cells):
    frame, bad = read_expectations(pl.DataFrame({name: [cell] for name, cell in cells.items()}), rules)
    return frame.row(0, named=True), [cell.problem for cell in bad]


@pytest.mark.parametrize(
    ("cells", "highest", "lowest"),
    [
        ({"expected_urgency": "same_day"}, 1, 1),
        ({"expected_urgency": " soon | same_day "}, 1, 2),
        ({"expected_urgency": "emergency;soon"}, 0, 2),
        ({"expected_urgency_at_least": "same_day"}, 0, 1),
        ({"expected_urgency_at_most": "soon"}, 2, 4),
        ({"expected_urgency_at_least": "soon", "expected_urgency_at_most": "same_day"}, 1, 2),
        ({"expected_urgency_at_least": "emergency"}, 0, 0),
    ],
    ids=["one", "two", "those between", "at least", "at most", "both ends", "at least the highest"],
)
def test_urgencies_are_a_range_of_ranks(rules, cells, highest, lowest):
    row, problems = read(rules, **cells)

    assert (row["urgency_highest_ok"], row["urgency_lowest_ok"], problems) == (highest, lowest, [])


@pytest.mark.parametrize("blank", [None, "", "  ", "unknown", "NaN", ";", "n/a"])
def test_a_blank_cell_expects_nothing(rules, blank):
    columns = ["expected_urgency", "expected_spine_link", "expected_root_level", "expected_cause"]
    frame = pl.DataFrame({name: [blank] for name in columns}, schema=dict.fromkeys(columns, pl.String))

    expected, bad = read_expectations(frame, rules)

    assert set(expected.row(0)) == {None}
    assert bad == []


def test_no_root_expected_is_not_the_same_as_nothing_expected(rules):
    frame = pl.DataFrame({"expected_root_level": ["none", None, "S1;L5"]})

    expected, _ = read_expectations(frame, rules)

    assert expected["roots_ok"].to_list() == [[], None, ["L5", "S1"]]


@pytest.mark.parametrize(
    ("cells", "message", "hint"),
    [
        ({"expected_urgency": "same-day"}, 'expected_urgency names "same-day"', 'did you mean "same_day"?'),
        ({"expected_cause": "lumbar_disc_radiculopaty"}, "which is not in the rule base", '"lumbar_disc_radiculopathy"?'),
        ({"expected_spine_link": "perhaps"}, '"perhaps"', "allowed: likely, possibly, unlikely, unclear"),
        ({"expected_urgency_at_least": "soon;routine"}, "it takes one urgency", None),
        ({"expected_urgency_at_least": "same_day", "expected_urgency_at_most": "soon"}, "no urgency meets", "compare"),
        ({"expected_root_level": "none;L5"}, "none stands alone", None),
        ({"expected_cause": "other;gout"}, "other stands alone", None),
        ({"expected_urgency": "SAME_DAY"}, 'names "SAME_DAY"', 'did you mean "same_day"?'),
        ({"expected_urgency": "same day"}, 'names "same day"', 'did you mean "same_day"?'),
        ({"expected_root_level": "l5"}, 'names "l5"', 'did you mean "L5"?'),
        ({"expected_cause": "gout, ankle_sprain"}, 'names "gout, ankle_sprain"', "several values are joined by ; or |"),
        ({"expected_cause": "none"}, 'names "none"', '"other" stands for a cause that is not in the rule base'),
    ],
    ids=[
        "urgency",
        "cause",
        "verdict",
        "two floors",
        "crossed",
        "none and a root",
        "other and a cause",
        "capitals",
        "space",
        "small letter",
        "comma",
        "no cause",
    ],
)
def test_a_cell_that_cannot_be_met_is_a_problem(rules, cells, message, hint):
    _, [problem] = read(rules, **cells)

    assert problem.code == "SF607"
    assert message in problem.message
    assert hint is None or hint in (problem.hint or "")


def test_each_row_with_a_bad_cell_is_named_and_the_others_are_read(rules):
    frame = pl.DataFrame({"expected_urgency": ["soon", "sonn", "routine", "sonn"]})

    expected, bad = read_expectations(frame, rules)

    assert [cell.row for cell in bad] == [1, 3]
    assert expected["urgency_lowest_ok"].to_list() == [2, None, 3, None]


@pytest.mark.parametrize(
    ("column", "meant"),
    [
        ("expected_causes", "expected_cause"),
        ("Expected_urgency", "expected_urgency"),
        ("expected urgency", "expected_urgency"),
        (" EXPECTED-CAUSE", "expected_cause"),
    ],
)
def test_a_column_that_only_looks_like_an_expectation_is_a_problem(column, meant):
    [problem] = unknown_columns(["id", column, "expected_cause"], "in.csv")

    assert problem.message == f'there is no expectation "{column}"'
    assert problem.hint == f'did you mean "{meant}"?'


def test_a_table_without_rows_or_without_expectations_keeps_its_height(rules):
    assert read_expectations(pl.DataFrame({"id": ["a", "b"]}), rules)[0].height == 2
    assert read_expectations(pl.DataFrame(schema={"id": pl.String}), rules)[0].height == 0
