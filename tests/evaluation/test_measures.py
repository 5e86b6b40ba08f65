"""Every measure on cases made by hand, whose counts are written out."""

import math

import pytest
from scipy.special import expit

from spinefoot.evaluation.calibration import claimed_share


def counted(share):
    return share.count, share.of


def urgencies(measured, *pairs):
    return measured([{"urgency": result, "expected_urgency": expected} for expected, result in pairs]).overall.urgency


def test_right_under_and_over_triage(measured):
    urgency = urgencies(measured, ("soon", "soon"), ("soon", "routine"), ("soon", "same_day"), ("routine", "emergency"))

    assert [counted(s) for s in (urgency.right, urgency.under, urgency.over)] == [(1, 4), (1, 4), (2, 4)]
    assert urgency.matrix.counts == (
        (0, 0, 0, 0, 0),
        (0, 0, 0, 0, 0),
        (0, 1, 1, 1, 0),
        (1, 0, 0, 0, 0),
        (0, 0, 0, 0, 0),
    )  # fmt: skip
    assert [(level.level, counted(level.right)) for level in urgency.levels] == [("soon", (1, 3)), ("routine", (0, 1))]


def test_missed_emergencies_are_split_by_how_far_they_fell(measured):
    urgency = urgencies(
        measured, *[("emergency", got) for got in ("emergency", "emergency", "same_day", "soon", "routine", "same_day")]
    )

    missed = urgency.missed
    assert (counted(missed.share), missed.share.method) == ((4, 6), "exact")
    assert (missed.one_lower, missed.further_below, missed.at_most) == (2, 2, None)


def test_no_missed_emergency_gives_the_exact_upper_bound(measured):
    missed = urgencies(measured, *[("emergency", "emergency")] * 60).missed

    # 1 - 0.05 ** (1 / 60)
    assert (counted(missed.share), round(missed.at_most, 6)) == ((0, 60), 0.048703)


def test_without_an_expected_emergency_nothing_is_claimed_of_missed_ones(measured):
    missed = urgencies(measured, ("soon", "soon")).missed

    assert (missed.share.of, missed.share.estimate, missed.at_most) == (0, None, None)


@pytest.mark.parametrize(
    ("result", "missed", "under"), [("emergency", 0, 0), ("same_day", 0, 0), ("soon", 0, 1)], ids=["highest", "accepted", "lower"]
)
def test_a_case_that_accepts_a_lower_urgency_is_no_expected_emergency(measured, result, missed, under):
    urgency = urgencies(measured, ("emergency;same_day", result))

    assert (urgency.missed.share.count, urgency.missed.share.of, urgency.under.count) == (missed, 0, under)
    assert urgency.matrix.total == 0
    assert urgency.levels[0].level is None


def test_an_emergency_as_the_least_urgency_is_an_expected_emergency(measured):
    urgency = measured([{"urgency": "routine", "expected_urgency_at_least": "emergency"}]).overall.urgency

    assert counted(urgency.missed.share) == (1, 1)


def test_cases_that_came_out_too_low_are_listed_the_worst_first(measured):
    rows = [
        {"id": "b", "expected_urgency": "same_day", "urgency": "routine"},
        {"id": "c", "expected_urgency": "emergency", "urgency": "same_day"},
        {"id": "a", "expected_urgency": "emergency", "urgency": "routine"},
        {"id": "d", "expected_urgency": "soon", "urgency": "emergency"},
    ]

    listed = measured(rows).overall.urgency.lower_than_expected

    assert [(case.id, case.expected, case.result) for case in listed] == [
        ("a", "emergency", "routine"),
        ("c", "emergency", "same_day"),
        ("b", "same_day", "routine"),
    ]


def test_cases_that_came_out_too_high_are_listed_the_most_urgent_first(measured):
    rows = [
        {"id": "b", "expected_urgency_at_most": "soon", "urgency": "same_day"},
        {"id": "c", "expected_urgency": "routine", "urgency": "emergency"},
        {"id": "a", "expected_urgency": "same_day;soon", "urgency": "emergency"},
        {"id": "d", "expected_urgency": "soon", "urgency": "routine"},
    ]

    listed = measured(rows).overall.urgency.higher_than_expected

    assert [(case.id, case.expected, case.result) for case in listed] == [
        ("c", "routine", "emergency"),
        ("a", "same_day", "emergency"),
        ("b", "soon", "same_day"),
    ]


def links(measured, *pairs):
    return measured([{"spine_link": result, "expected_spine_link": expected} for expected, result in pairs]).overall.spine_link


def test_an_unclear_answer_is_counted_and_never_dropped(measured):
    link = links(
        measured,
        *[("likely", "likely")] * 6,
        *[("likely", "unlikely")] * 2,
        *[("possibly;likely", "unclear")] * 2,
        *[("unlikely", "unlikely")] * 12,
        *[("unlikely", "possibly")] * 3,
        *[("unlikely", "unclear")] * 5,
    )

    test = link.test
    assert (test.linked, test.not_linked, test.open_reference) == (10, 20, 0)
    assert (counted(test.sensitivity), counted(test.specificity)) == ((6, 10), (12, 20))
    assert (counted(test.sensitivity_if_clear), counted(test.specificity_if_clear)) == ((6, 8), (12, 15))
    # LR+ = (6/10) / (3/20), unclear = (2/10) / (5/20), LR- = (2/10) / (12/20)
    assert [(a.answer, round(a.ratio.estimate, 3)) for a in test.answers] == [
        ("positive", 4.0),
        ("unclear", 0.8),
        ("negative", 0.333),
    ]
    assert [(v.answer, v.linked, v.not_linked) for v in test.verdicts] == [
        ("likely", 6, 0),
        ("possibly", 0, 3),
        ("unlikely", 2, 12),
        ("unclear", 2, 5),
    ]


@pytest.mark.parametrize("expected", ["unclear", "unlikely;unclear", "likely;unlikely", "possibly;unclear"])
def test_an_expectation_that_takes_no_side_is_counted_apart(measured, expected):
    link = links(measured, (expected, "likely"), ("likely", "likely"))

    assert (link.cases, link.test.linked, link.test.not_linked, link.test.open_reference) == (2, 1, 0, 1)


def test_a_verdict_is_right_where_it_is_one_of_those_accepted(measured):
    assert counted(links(measured, ("likely;possibly", "possibly"), ("likely", "possibly")).right) == (1, 2)


@pytest.mark.parametrize(
    ("expected", "named", "right", "only"),
    [
        ("L5", ["L5"], 1, 1),
        ("L5", ["L5", "S1"], 1, 0),
        ("L5;S1", ["S1"], 1, 1),
        ("L5", ["S1"], 0, 0),
        ("L5", [], 0, 0),
        ("none", [], 1, 1),
        ("none", ["L5"], 0, 0),
    ],
)
def test_roots_are_right_where_one_that_is_expected_is_named(measured, expected, named, right, only):
    roots = measured([{"roots": named, "expected_root_level": expected}]).overall.root_levels

    assert (roots.named.count, roots.only.count) == (right, only)


def causes(measured, *rows):
    return measured([{"expected_cause": expected, "causes": given} for expected, given in rows]).overall.causes


def test_top_1_and_top_3_count_only_causes_that_are_named(measured):
    found = causes(
        measured,
        ("gout", {"gout": ("likely", 6), "ankle_sprain": ("possible", 1)}),
        ("gout", {"ankle_sprain": ("likely", 6), "stress_fracture": ("possible", 2), "gout": ("possible", 0)}),
        ("gout", {"ankle_sprain": ("likely", 6), "stress_fracture": ("likely", 4), "plantar_heel_pain": ("likely", 3),
                  "gout": ("possible", 0)}),
        ("gout;ankle_sprain", {"ankle_sprain": ("possible", 0)}),
        # First in the list, but with too little information: it is not named.
        ("gout", {"gout": ("not_enough_information", 9)}),
    )  # fmt: skip

    assert (counted(found.top_1), counted(found.top_3)) == ((2, 5), (3, 5))


def test_withheld_causes_count_as_not_named_and_are_also_left_out(measured):
    found = causes(measured, ("gout", None), ("gout", {"gout": ("likely", 5)}))

    assert (found.withheld, counted(found.top_1), counted(found.top_1_if_scored)) == (1, (1, 2), (1, 1))
    assert [(pair.expected, pair.named, pair.cases) for pair in found.first_named] == [
        ("gout", "(withheld)", 1),
        ("gout", "gout", 1),
    ]
    [gout] = [test for test in found.tests if test.cause == "gout"]
    assert (gout.expected, gout.withheld_expected, gout.likely.true_positive, gout.likely.false_negative) == (2, 1, 1, 0)


def test_every_case_that_expects_a_cause_has_a_place_in_the_row_of_each_cause(measured):
    found = causes(
        measured,
        *[("gout", {"gout": ("likely", 5)})] * 2,
        *[("gout", None)] * 3,
        *[("ankle_sprain", {"gout": ("likely", 5)})] * 4,
        *[("ankle_sprain", None)] * 5,
        *[("other", None)] * 1,
        *[("gout;ankle_sprain", {"gout": ("likely", 5)})] * 6,
        *[("gout;ankle_sprain", None)] * 7,
    )

    [gout] = [test for test in found.tests if test.cause == "gout"]

    assert (gout.expected, gout.not_expected, gout.one_of_several) == (5, 10, 13)
    assert (gout.withheld_expected, gout.withheld_not_expected) == (3, 6)
    for test in found.tests:
        table = test.likely
        compared = table.true_positive + table.false_negative + table.false_positive + table.true_negative
        withheld = test.withheld_expected + test.withheld_not_expected
        assert compared + withheld + test.one_of_several == found.cases == 28


def test_a_cause_is_a_test_at_likely_and_at_likely_or_possible(measured):
    found = causes(
        measured,
        *[("gout", {"gout": ("likely", 5)})] * 3,
        *[("gout", {"gout": ("possible", 0)})] * 2,
        ("gout", {"gout": ("unlikely", None)}),
        *[("ankle_sprain", {"gout": ("likely", 3)})] * 1,
        *[("other", {"gout": ("possible", 1)})] * 3,
        *[("ankle_sprain", {"gout": ("unlikely", -9)})] * 16,
        *[("ankle_sprain;gout", {"gout": ("likely", 9)})] * 4,
    )

    [gout] = [test for test in found.tests if test.cause == "gout"]

    def cells(table):
        return table.true_positive, table.false_negative, table.false_positive, table.true_negative

    assert (gout.expected, gout.one_of_several, found.unknown_cause) == (6, 4, 3)
    assert cells(gout.likely) == (3, 3, 1, 19)
    assert cells(gout.likely_or_possible) == (5, 1, 4, 16)
    # (3/6) / (1/20) and (3/6) / (19/20)
    assert gout.likely.lr_positive.estimate == pytest.approx(10)
    assert gout.likely.lr_negative.estimate == pytest.approx(10 / 19)


def test_a_cause_that_nobody_expects_has_no_sensitivity_and_says_why(measured):
    found = causes(measured, ("gout", {"gout": ("likely", 5)}))
    [sprain] = [test for test in found.tests if test.cause == "ankle_sprain"]

    assert sprain.likely.sensitivity.estimate is None
    assert counted(sprain.likely.specificity) == (1, 1)
    assert sprain.likely.lr_positive.undefined_because == "nobody had the condition"


def test_scores_are_held_against_outcomes_in_bins_that_begin_where_likely_does(measured, rules):
    calibration = measured(
        [
            {"expected_cause": "gout", "causes": {"gout": ("likely", 3), "ankle_sprain": ("unlikely", -7)}},
            {"expected_cause": "ankle_sprain", "causes": {"gout": ("possible", 5), "ankle_sprain": ("unlikely", None)}},
        ]
    ).overall.calibration

    bins = {(b.lowest, b.highest): b for b in calibration.bins if b.expected.of}
    assert rules.scoring.likely_at_least == 3
    assert set(bins) == {(3, 5), (-9, -7)}
    assert counted(bins[3, 5].expected) == (1, 2)
    assert bins[3, 5].claimed == pytest.approx((claimed_share(3) + claimed_share(5)) / 2)
    assert counted(bins[-9, -7].expected) == (0, 1)
    assert {level.level: counted(level.expected) for level in calibration.levels} == {
        "likely": (1, 1),
        "possible": (0, 1),
        "not_enough_information": (0, 2 * (len(rules.causes) - 2)),
        "unlikely": (1, 2),
    }


@pytest.mark.parametrize("score", [-40, -7, -1, 0, 3, 12, 60])
def test_what_a_score_would_claim_is_the_logistic_function_of_its_nats(score):
    assert claimed_share(score) == pytest.approx(float(expit(score * math.log(10) / 10)))


def test_a_case_that_accepts_several_causes_says_nothing_of_their_scores(measured):
    calibration = measured(
        [{"expected_cause": "gout;ankle_sprain", "causes": {"gout": ("likely", 3), "stress_fracture": ("possible", 0)}}]
    ).overall.calibration

    assert calibration.pairs == 1


def test_all_pairs_of_a_case_and_a_cause_are_in_the_bins_or_counted_with_the_reason(measured, rules):
    calibration = measured(
        [
            {"expected_cause": "gout", "causes": {"gout": ("likely", 3), "ankle_sprain": ("unlikely", None)}},
            {"expected_cause": "gout;ankle_sprain", "causes": {"gout": ("likely", 3), "stress_fracture": ("possible", 0)}},
            {"expected_cause": "gout", "causes": None},
            {"expected_cause": "gout", "causes": None},
        ]
    ).overall.calibration

    n = len(rules.causes)
    assert (calibration.cases, calibration.causes, calibration.pairs) == (4, n, 2)
    left_out = calibration.left_out
    assert (left_out.withheld_cases, left_out.withheld, left_out.one_of_several) == (2, 2 * n, 2)
    assert (left_out.not_enough_information, left_out.without_score) == (n - 2 + n - 3, 1)
    assert sum(level.expected.of for level in calibration.levels) == calibration.pairs + 1 + 2 * n - 5
    assert calibration.pairs + left_out.pairs == 4 * n


def test_what_nobody_expects_is_not_measured(measured):
    overall = measured([{"expected_urgency": "soon"}]).overall

    assert (overall.spine_link, overall.root_levels, overall.causes, overall.calibration) == (None, None, None, None)


def test_results_and_expectations_of_different_height_are_refused(frames, rules):
    from spinefoot.evaluation.run import evaluate

    results, expected = frames([{"expected_urgency": "soon"}, {"expected_urgency": "soon"}])

    with pytest.raises(ValueError, match="2 results cannot stand beside 1"):
        evaluate(results, expected[:1], rules)
