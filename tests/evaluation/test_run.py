"""From tables to an evaluation: rejected rows, subgroups, and two rule bases."""

import msgspec
import polars as pl
import pytest

from spinefoot.errors import InputError, UsageError
from spinefoot.evaluation.compare import compare
from spinefoot.evaluation.run import evaluate, run
from spinefoot.evaluation.scored import score_rows
from spinefoot.tables.chunks import Chunk
from spinefoot.tables.faults import ROW, no_faults
from spinefoot.tables.inputs import Source


def table(name="patients.csv", **columns):
    """Make a table of *columns* and of a finding that nobody answers: a table without any is refused."""
    frame = pl.DataFrame(columns).with_columns(pl.lit(None, pl.String).alias("pain_heel"))
    numbered = frame.with_columns(pl.Series(ROW, range(1, frame.height + 1), dtype=pl.UInt64))
    return Source(name, "csv"), [Chunk(numbered, no_faults(), 1.0)]


def counted(share):
    return share.count, share.of


def test_rows_with_faults_are_counted_named_and_left_out(rules):
    rows = table(
        id=["a", "b", "c", "d"],
        saddle_numbness=["yes", "perhaps", "no", "yes"],
        expected_urgency=["emergency", "emergency", "", "emergencies"],
    )

    ran = run([rows], rules)

    counts = ran.evaluation.rows
    assert (counts.read, counts.rejected, counts.without_expectation) == (4, 2, 1)
    assert counted(ran.evaluation.overall.urgency.right) == (1, 1)
    assert [str(problem) for problem in ran.problems] == [
        'patients.csv: SF703 row 2 (b): saddle_numbness is "perhaps"; it takes yes, no or unknown',
        'patients.csv: SF607 row 4 (d): expected_urgency names "emergencies", which is not in the rule base; '
        'did you mean "emergency"?',
    ]


def test_answers_that_contradict_each_other_reject_their_row(rules):
    rows = table(active_cancer=["yes", None], cancer_history=["no", None], expected_urgency=["soon", "routine"])

    ran = run([rows], rules)

    assert (ran.evaluation.rows.rejected, ran.evaluation.overall.cases) == (1, 1)
    assert "row 1 (1): active_cancer is yes and cancer_history is no" in ran.problems[0].message


def test_without_any_expectation_there_is_nothing_to_evaluate(rules):
    with pytest.raises(InputError, match=r"nothing says what is expected.*the columns are saddle_numbness"):
        run([table(saddle_numbness=["yes"])], rules)


def test_without_a_valid_row_all_problems_are_raised(rules):
    with pytest.raises(InputError, match="saddle_numbness"):
        run([table(saddle_numbness=["perhaps"], expected_urgency=["soon"])], rules)


@pytest.mark.parametrize(
    ("ages", "bands"),
    [
        (["15", "16", "29", "30"], ["0-15", "16-29", "30-49"]),
        (["49", "50", "64", "65"], ["30-49", "50-64", "65-79"]),
        (["79.9", "80", "120", "unknown"], ["65-79", "80+", None]),
        ([None, "", "0", "7"], ["0-15", None]),
    ],
)
def test_age_bands(rules, ages, bands):
    ran = run([table(age_years=ages, expected_urgency=["routine"] * 4)], rules, by=["age_band"])

    assert [group.value for group in ran.evaluation.subgroups[0].groups] == bands


def test_subgroups_add_up_and_are_measured_like_the_whole(rules):
    rows = table(
        saddle_numbness=["yes", "no", "yes", "no", "yes"],
        sex_at_birth=["female", "female", "male", None, "male"],
        ward=["10", "9", "9", "", "x"],
        expected_urgency=["emergency", "emergency", "emergency", "routine", "soon"],
    )

    by_sex, by_ward = run([rows], rules, by=["sex", "ward"]).evaluation.subgroups

    assert [(g.value, counted(g.measures.urgency.missed.share)) for g in by_sex.groups] == [
        ("female", (1, 2)),
        ("male", (0, 1)),
        (None, (0, 0)),
    ]
    assert [(g.value, g.measures.cases) for g in by_ward.groups] == [("9", 2), ("10", 1), ("x", 1), (None, 1)]


def test_a_column_that_only_one_table_has_makes_subgroups_of_both(rules):
    one = table("one.csv", ward=["A"], expected_urgency=["routine"])
    two = table("two.csv", expected_urgency=["routine"])

    [by_ward] = run([one, two], rules, by=["ward"]).evaluation.subgroups

    assert [(g.value, g.measures.cases) for g in by_ward.groups] == [("A", 1), (None, 1)]


@pytest.mark.parametrize(
    ("column", "cells", "groups"),
    [
        ("foot_drop", ["yes", "Yes", "1", "TRUE", "no", "0", "", "?"], [("no", 2), ("yes", 4), (None, 2)]),
        ("sex_at_birth", ["Female", "female", " FEMALE", "male", "unknown"], [("female", 3), ("male", 1), (None, 1)]),
        ("age_years", ["50", "50.0", "5e1", "9"], [("9", 1), ("50", 3)]),
        ("ward", ["A", "a", "1", "yes"], [("1", 1), ("A", 1), ("a", 1), ("yes", 1)]),
        ("expected_spine_link", ["likely;possibly", "possibly|likely", " possibly ; likely", "unlikely", "n/a"],
         [("likely;possibly", 3), ("unlikely", 1), (None, 1)]),
        ("expected_urgency", ["soon;same_day", "same_day | soon", "emergency;soon", "soon|emergency;same_day"],
         [("emergency;same_day;soon", 2), ("same_day;soon", 2)]),
        ("expected_urgency_at_least", ["soon", " soon ", "routine"], [("routine", 1), ("soon", 2)]),
        ("expected_root_level", ["S1;L5", "L5|S1", "none", "[]"], [("L5;S1", 2), ("none", 2)]),
        ("expected_cause", ["gout;ankle_sprain", '["ankle_sprain","gout"]', "other"], [("ankle_sprain;gout", 2), ("other", 1)]),
    ],
)  # fmt: skip
def test_rows_that_mean_the_same_are_one_subgroup(rules, column, cells, groups):
    columns = {"expected_root_level": ["none"] * len(cells), column: cells}

    [by_answer] = run([table(**columns)], rules, by=[column]).evaluation.subgroups

    assert [(group.value, group.measures.cases) for group in by_answer.groups] == groups


def test_sex_is_the_answer_unless_the_input_has_a_column_of_that_name(rules):
    answers = {"sex_at_birth": ["Female", "female"], "expected_urgency": ["routine"] * 2}

    [by_sex] = run([table(**answers)], rules, by=["sex"]).evaluation.subgroups
    [by_own] = run([table(sex=["f", "F"], **answers)], rules, by=["sex"]).evaluation.subgroups

    assert [group.value for group in by_sex.groups] == ["female"]
    assert [group.value for group in by_own.groups] == ["F", "f"]


@pytest.mark.parametrize(
    ("by", "hint"), [("wrad", 'did you mean "ward"?'), ("age_bnad", 'did you mean "age_band"?'), ("zzz", "there are ")]
)
def test_a_subgroup_by_no_column_is_refused_with_the_nearest(rules, by, hint):
    with pytest.raises(UsageError) as caught:
        run([table(ward=["A"], expected_urgency=["routine"])], rules, by=[by])

    assert hint in caught.value.problems[0].hint


@pytest.mark.parametrize(
    ("by", "hint"),
    [
        ("age_band", "age_band is made from the column age_years, which the input does not have"),
        ("sex", "sex is made from the column sex_at_birth, which the input does not have"),
    ],
)
def test_a_subgroup_that_is_made_from_an_absent_column_says_from_which(rules, by, hint):
    with pytest.raises(UsageError) as caught:
        run([table(ward=["A"], expected_urgency=["routine"])], rules, by=[by])

    assert caught.value.problems[0].hint == hint


def test_too_many_subgroups_are_refused(rules):
    numbers = [str(n) for n in range(101)]

    with pytest.raises(UsageError, match="more than 100 different values"):
        run([table(ward=numbers, expected_urgency=["routine"] * 101)], rules, by=["ward"])


def test_columns_that_mean_nothing_are_told(rules):
    ran = run([table(ward=["A"], foot_dorp=["yes"], foot_drop=["yes"], expected_urgency=["soon"])], rules, by=["ward"])

    assert ran.unread_columns == ["foot_dorp"]


def _pair(frames, rules, rows):
    """Score rows whose keys with `was_` say what the other rule base gave."""
    this = frames([{key: value for key, value in row.items() if not key.startswith("was_")} for row in rows])
    before = [{**row, **{key[4:]: value for key, value in row.items() if key.startswith("was_")}} for row in rows]
    other = frames([{key: value for key, value in row.items() if not key.startswith("was_")} for row in before])
    return score_rows(*this, rules), score_rows(*other, rules)


def test_two_rule_bases_are_paired_case_by_case(frames, rules):
    rows = [
        {"id": "kept", "expected_urgency": "soon", "urgency": "soon", "was_urgency": "soon"},
        {"id": "worse", "expected_urgency": "emergency", "urgency": "routine", "was_urgency": "emergency"},
        {"id": "fell-rightly", "expected_urgency": "soon", "urgency": "soon", "was_urgency": "same_day"},
        {"id": "rose", "expected_urgency": "same_day;soon", "urgency": "same_day", "was_urgency": "routine"},
        {"id": "no-expectation", "urgency": "soon", "was_urgency": "same_day"},
        {"id": "both-wrong", "expected_urgency": "soon", "urgency": "routine", "was_urgency": "routine"},
    ]

    comparison = compare(*_pair(frames, rules, rows), rules, rules)

    urgency, under, emergencies = comparison.measures
    assert urgency.measure == "urgency right"
    assert (urgency.both, urgency.only_this, urgency.only_against, urgency.neither) == (1, 2, 1, 1)
    assert (counted(urgency.this), counted(urgency.other)) == ((3, 5), (2, 5))
    assert (urgency.gained, urgency.lost, urgency.p) == (("fell-rightly", "rose"), ("worse",), 1.0)
    assert (under.gained, under.lost) == (("rose",), ("worse",))
    assert (emergencies.lost, emergencies.both, emergencies.only_this) == (("worse",), 0, 0)
    assert [(c.id, c.before, c.after, c.expected) for c in comparison.fell] == [
        ("worse", "emergency", "routine", "emergency"),
        ("fell-rightly", "same_day", "soon", "soon"),
        ("no-expectation", "same_day", "soon", None),
    ]
    assert [(c.id, c.expected) for c in comparison.rose] == [("rose", "soon to same_day")]


@pytest.mark.parametrize(("kind", "plural"), [("urgency", "urgencies"), ("verdict", "verdicts")])
def test_rule_bases_that_answer_in_other_words_are_not_compared(rules, kind, plural):
    words = getattr(rules, plural)
    other = msgspec.structs.replace(rules, **{plural: (msgspec.structs.replace(words[0], id="else"), *words[1:])})

    with pytest.raises(UsageError, match=f"cannot be compared: one has the {plural}.*{words[0].id}.*the other else"):
        run([table(foot_drop=["yes"], expected_urgency=["soon"])], rules, against=other)


def test_verdicts_of_which_nothing_says_the_side_give_no_test_of_the_link(frames, rules):
    first, *others = rules.verdicts
    other = msgspec.structs.replace(rules, verdicts=(msgspec.structs.replace(first, id="surely"), *others))

    link = evaluate(*frames([{"spine_link": "possibly", "expected_spine_link": "possibly"}]), other).overall.spine_link

    assert (link.test, link.right.count) == (None, 1)
    assert link.no_test_because.startswith("the verdicts of this rule base are surely, possibly, unlikely, unclear, and only")


def test_a_rule_base_against_itself_differs_nowhere(rules):
    rows = table(saddle_numbness=["yes", "no", "bad"], expected_urgency=["emergency"] * 3)

    comparison = run([rows], rules, against=rules).evaluation.comparison

    assert comparison.cases == 2
    assert all(measure.only_this == measure.only_against == 0 and measure.p is None for measure in comparison.measures)
    assert comparison.fell == comparison.rose == ()
