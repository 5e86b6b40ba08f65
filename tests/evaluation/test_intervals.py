"""Intervals and tests against published worked examples and an independent library."""

import math

import numpy as np
import pytest
from statsmodels.stats.contingency_tables import Table2x2, mcnemar
from statsmodels.stats.inter_rater import cohens_kappa
from statsmodels.stats.proportion import proportion_confint

from spinefoot.evaluation.intervals import at_most_when_none, exact, likelihood_ratio, mcnemar_p, wilson
from spinefoot.evaluation.matrices import Matrix, quadratic_kappa

COUNTS = [(0, 1), (1, 1), (0, 20), (20, 20), (1, 29), (15, 148), (81, 263), (3, 1_000_000), (999_999, 1_000_000)]


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_gives_the_worked_examples_of_newcombe_1998(count, of, low, high):
    # Newcombe, Stat Med 1998;17:857-872, table I, method 3.
    share = wilson(count, of)

    assert (round(share.low, 4), round(share.high, 4)) == (low, high)


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [(81, 263, 0.2527, 0.3676), (15, 148, 0.0578, 0.1617), (0, 20, 0.0, 0.1684), (1, 29, 0.0009, 0.1776)],
)
def test_exact_gives_the_worked_examples_of_newcombe_1998(count, of, low, high):
    # The same table, method 5 (Clopper-Pearson).
    share = exact(count, of)

    assert (round(share.low, 4), round(share.high, 4)) == (low, high)


@pytest.mark.parametrize(("count", "of"), COUNTS)
@pytest.mark.parametrize(("ours", "theirs"), [(wilson, "wilson"), (exact, "beta")], ids=["wilson", "exact"])
def test_shares_agree_with_statsmodels(count, of, ours, theirs):
    share = ours(count, of)

    assert share.estimate == count / of
    assert (share.low, share.high) == pytest.approx(proportion_confint(count, of, method=theirs), abs=1e-9)


def test_a_share_of_nothing_has_no_estimate():
    assert (wilson(0, 0).estimate, wilson(0, 0).low, exact(0, 0).high) == (None, None, None)


@pytest.mark.parametrize("of", [1, 10, 60, 300, 100_000])
def test_the_bound_for_none_solves_its_equation_and_is_near_the_rule_of_three(of):
    bound = at_most_when_none(of)

    assert (1 - bound) ** of == pytest.approx(0.05, rel=1e-6)
    assert bound <= 3 / of


@pytest.mark.parametrize("table", [(10, 20, 5, 50), (1, 9, 40, 41), (30, 30, 5, 50), (1, 1, 999, 1000), (7, 7, 1, 24)])
def test_likelihood_ratios_agree_with_statsmodels(table):
    seen, total, seen_without, total_without = table
    reference = Table2x2([[seen, total - seen], [seen_without, total_without - seen_without]], shift_zeros=False)

    ratio = likelihood_ratio(*table)

    assert ratio.estimate == pytest.approx(reference.riskratio)
    assert (ratio.low, ratio.high) == pytest.approx(reference.riskratio_confint())
    assert not ratio.zero_cell


@pytest.mark.parametrize("table", [(0, 20, 5, 50), (10, 20, 0, 50), (20, 20, 0, 50), (0, 20, 50, 50)])
def test_a_zero_cell_adds_a_half_to_each_cell_and_says_so(table):
    seen, total, seen_without, total_without = table
    cells = np.array([[seen, total - seen], [seen_without, total_without - seen_without]])
    reference = Table2x2(cells + 0.5, shift_zeros=False)

    ratio = likelihood_ratio(*table)

    assert ratio.zero_cell
    assert ratio.estimate == pytest.approx(reference.riskratio)
    assert (ratio.low, ratio.high) == pytest.approx(reference.riskratio_confint())


@pytest.mark.parametrize("table", [(20, 20, 50, 50), (2, 2, 60, 60), (1, 1, 1, 1)])
def test_a_result_that_everybody_had_has_a_ratio_of_exactly_1_without_an_interval(table):
    ratio = likelihood_ratio(*table)

    assert (ratio.estimate, ratio.low, ratio.high, ratio.zero_cell, ratio.undefined_because) == (1.0, None, None, False, None)


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ((0, 0, 5, 50), "nobody had the condition"),
        ((5, 20, 0, 0), "everybody had the condition"),
        ((0, 20, 0, 50), "nobody had this result"),
    ],
    ids=["no condition", "all condition", "no result"],
)
def test_a_ratio_that_cannot_be_formed_says_why(table, reason):
    ratio = likelihood_ratio(*table)

    assert (ratio.estimate, ratio.low, ratio.high, ratio.undefined_because) == (None, None, None, reason)


@pytest.mark.parametrize(("first", "second"), [(150, 86), (0, 5), (1, 0), (12, 12), (3, 14)])
def test_mcnemar_agrees_with_statsmodels(first, second):
    # 150 against 86, with 794 and 570 concordant: approval of a prime minister, in Agresti's books.
    reference = mcnemar([[794, first], [second, 570]], exact=True)

    assert mcnemar_p(first, second) == pytest.approx(reference.pvalue)


def test_mcnemar_without_discordant_cases_has_no_p():
    assert mcnemar_p(0, 0) is None


def _matrix(counts):
    names = tuple("abcde"[: len(counts)])
    return Matrix(expected=names, results=names, counts=tuple(map(tuple, counts)))


@pytest.mark.parametrize(
    "counts",
    [
        [[156, 25, 5, 50], [14, 82, 10, 20], [4, 10, 5, 3], [7, 5, 0, 179]],
        [[20, 5], [10, 15]],
        [[0, 9, 0], [3, 0, 1], [0, 0, 0]],
    ],
)
def test_kappa_agrees_with_statsmodels(counts):
    reference = cohens_kappa(np.array(counts), wt="quadratic")

    assert quadratic_kappa(_matrix(counts)).estimate == pytest.approx(reference.kappa)


def test_the_bootstrap_of_kappa_is_near_the_asymptotic_interval():
    counts = [[156, 25, 5, 50], [14, 82, 10, 20], [4, 10, 5, 3], [7, 5, 0, 179]]
    reference = cohens_kappa(np.array(counts), wt="quadratic")

    kappa = quadratic_kappa(_matrix(counts))

    assert (kappa.low, kappa.high) == pytest.approx((reference.kappa_low, reference.kappa_upp), abs=0.01)


def test_kappa_gives_the_same_interval_each_time():
    counts = [[20, 5], [10, 15]]

    assert quadratic_kappa(_matrix(counts)) == quadratic_kappa(_matrix(counts))


def test_kappa_without_disagreement_claims_no_interval():
    kappa = quadratic_kappa(_matrix([[7, 0], [0, 2]]))

    assert (kappa.estimate, kappa.low, kappa.high, kappa.undefined_because) == (1.0, None, None, None)


@pytest.mark.parametrize(
    ("counts", "reason"),
    [
        ([[0, 0], [0, 0]], "no case accepts just one value"),
        ([[7, 0], [0, 0]], "all cases share one expected value"),
        ([[7, 2], [0, 0]], "all cases share one expected value"),
        ([[0, 1], [0, 0]], "all cases share one expected value"),
        ([[7, 0], [2, 0]], "all cases share one result"),
    ],
    ids=["no case", "one cell", "one row", "one case", "one column"],
)
def test_kappa_without_variety_is_not_defined_and_says_why(counts, reason):
    kappa = quadratic_kappa(_matrix(counts))

    assert (kappa.estimate, kappa.low, kappa.high, kappa.undefined_because) == (None, None, None, reason)


def test_no_interval_holds_a_nan():
    for count, of in COUNTS:
        assert not any(math.isnan(x) for s in (wilson(count, of), exact(count, of)) for x in (s.estimate, s.low, s.high))
