"""What must hold of any evaluation, whatever the results and expectations are."""

import random

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spinefoot.evaluation.run import evaluate

CAUSES = ("gout", "ankle_sprain", "stress_fracture", "plantar_heel_pain")
URGENCIES = ("emergency", "same_day", "soon", "routine", "self_care")
VERDICTS = ("likely", "possibly", "unlikely", "unclear")
LEVELS = ("likely", "possible", "not_enough_information", "unlikely")


def cells(words):
    return st.one_of(st.none(), st.lists(st.sampled_from(words), min_size=1, max_size=2).map(";".join))


SCORES = st.dictionaries(
    st.sampled_from(CAUSES), st.tuples(st.sampled_from(LEVELS), st.one_of(st.none(), st.integers(-30, 20))), max_size=4
)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.sampled_from("abcdefgh"),
            "urgency": st.sampled_from(URGENCIES),
            "spine_link": st.sampled_from(VERDICTS),
            "roots": st.lists(st.sampled_from(["L4", "L5", "S1"]), unique=True, max_size=2),
            "causes": st.one_of(st.none(), SCORES),
            "expected_urgency": cells(URGENCIES),
            "expected_spine_link": cells(VERDICTS),
            "expected_root_level": cells(("L4", "L5", "S1")),
            "expected_cause": st.one_of(cells(CAUSES), st.just("other")),
        }
    ),
    min_size=1,
    max_size=12,
)
some = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@some
@given(rows=ROWS)
def test_every_case_is_counted_once(measured, rows):
    overall = measured(rows).overall

    if urgency := overall.urgency:
        assert urgency.right.count + urgency.under.count + urgency.over.count == urgency.cases
        assert sum(level.right.of for level in urgency.levels) == urgency.cases
        assert urgency.matrix.total == sum(level.right.of for level in urgency.levels if level.level)
        assert len(urgency.lower_than_expected) == urgency.under.count
        missed = urgency.missed
        assert missed.one_lower + missed.further_below == missed.share.count <= urgency.under.count
    if link := overall.spine_link:
        test = link.test
        assert test.linked + test.not_linked + test.open_reference == link.cases
        assert sum(a.linked for a in test.answers) == sum(v.linked for v in test.verdicts) == test.linked
        assert sum(a.not_linked for a in test.answers) == sum(v.not_linked for v in test.verdicts) == test.not_linked
    if causes := overall.causes:
        assert causes.top_1.count <= causes.top_3.count <= causes.cases - max(causes.withheld, causes.unknown_cause)
        for test in causes.tests:
            for table in (test.likely, test.likely_or_possible):
                assert table.true_positive + table.false_negative == test.expected - test.withheld_expected
            withheld = test.withheld_expected + test.withheld_not_expected
            assert sum(msgspec.structs.astuple(test.likely)[:4]) + withheld + test.one_of_several == causes.cases
            assert test.likely.true_positive <= test.likely_or_possible.true_positive
            assert test.likely.false_positive <= test.likely_or_possible.false_positive
    if calibration := overall.calibration:
        assert sum(b.expected.of for b in calibration.bins) == calibration.pairs
        assert calibration.pairs + calibration.left_out.pairs == calibration.cases * calibration.causes


@some
@given(rows=ROWS, seed=st.integers(0, 10))
def test_the_order_of_cases_changes_nothing(measured, rows, seed):
    shuffled = random.Random(seed).sample(rows, len(rows))

    assert measured(shuffled) == measured(rows)


@some
@given(rows=ROWS)
def test_a_case_twice_counts_twice_and_moves_no_share(measured, rows):
    once, twice = measured(rows).overall, measured(rows + rows).overall

    if once.urgency and twice.urgency:
        assert twice.urgency.right.count == 2 * once.urgency.right.count
        assert twice.urgency.right.estimate == once.urgency.right.estimate
    if once.causes and twice.causes:
        assert [t.expected for t in twice.causes.tests] == [2 * t.expected for t in once.causes.tests]


@some
@given(rows=ROWS)
def test_intervals_hold_their_estimate(frames, rules, rows):
    overall = evaluate(*frames(rows), rules).overall
    shares = []
    if overall.urgency:
        shares += [overall.urgency.right, overall.urgency.under, overall.urgency.over, overall.urgency.missed.share]
    if overall.causes:
        shares += [share for test in overall.causes.tests for share in (test.likely.sensitivity, test.likely.specificity)]
    for share in shares:
        if share.of:
            assert 0 <= share.low <= share.estimate + 1e-12
            assert share.estimate - 1e-12 <= share.high <= 1
