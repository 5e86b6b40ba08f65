"""Shares, likelihood ratios and paired counts with 95 % intervals; the statistics are scipy's."""

from __future__ import annotations

import math
from typing import Literal

import msgspec

__all__ = [
    "CONFIDENCE",
    "LikelihoodRatio",
    "Share",
    "at_most_when_none",
    "exact",
    "likelihood_ratio",
    "mcnemar_p",
    "wilson",
]

CONFIDENCE = 0.95


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """*count* of *of*, as a share from 0 to 1 with its two-sided 95 % interval; all three None where *of* is 0."""

    count: int
    of: int
    estimate: float | None
    low: float | None
    high: float | None
    method: Literal["wilson", "exact"]


class LikelihoodRatio(msgspec.Struct, frozen=True, kw_only=True):
    """
    How many times more often a result is seen with the condition than without it.

    Attributes:
        estimate: The ratio; None where it cannot be formed, and *undefined_because* says why.
        low: Lower end of the 95 % interval; None also where everybody had the result, so that the ratio is exactly 1.
        high: Upper end.
        zero_cell: Whether a cell was 0, so that estimate and interval were formed with 0.5 added to every cell.
    """

    estimate: float | None
    low: float | None = None
    high: float | None = None
    zero_cell: bool = False
    undefined_because: str | None = None


def wilson(count: int, of: int) -> Share:
    """
    Return a share with its Wilson score interval, which keeps its coverage near 0 and 1.

    Source:
        Wilson 1927, J Am Stat Assoc 22:209-212; computed by `scipy.stats.binomtest`.

    Examples:
        >>> share = wilson(15, 148)
        >>> round(share.low, 4), round(share.high, 4)
        (0.0624, 0.1605)
    """
    return _share(count, of, "wilson")


def exact(count: int, of: int) -> Share:
    """
    Return a share with its exact interval, which covers at least 95 % at any size. Used where few events matter much.

    Source:
        Clopper and Pearson 1934, Biometrika 26:404-413; computed by `scipy.stats.binomtest`.

    Examples:
        >>> share = exact(0, 20)
        >>> share.low, round(share.high, 4)
        (0.0, 0.1684)
    """
    return _share(count, of, "exact")


def at_most_when_none(of: int) -> float | None:
    """
    Return the highest rate that is still compatible with no event among *of*: the exact one-sided 95 % bound.

    The rule of three, 3 / *of*, is its approximation (Hanley and Lippman-Hand 1983, JAMA 249:1743-1745).

    Examples:
        >>> round(at_most_when_none(100), 4)
        0.0295
        >>> at_most_when_none(0) is None
        True
    """
    from scipy.stats import binomtest

    if of == 0:
        return None
    return float(binomtest(0, of, alternative="less").proportion_ci(CONFIDENCE, method="exact").high)


def likelihood_ratio(with_count: int, with_total: int, without_count: int, without_total: int) -> LikelihoodRatio:
    """
    Return the likelihood ratio of a result: its share with the condition over its share without it.

    The interval is formed on the logarithm (Simel, Samsa and Matchar 1991, J Clin Epidemiol 44:763-770), the
    same as for a relative risk, which `scipy.stats.contingency.relative_risk` computes. That fails where the
    result was never seen on one side: there, 0.5 is added to each of the four cells (Haldane 1956; Anscombe 1956)
    and `zero_cell` says so. A result that everybody had tells nothing: its ratio is 1, without an interval.

    Args:
        with_count: People with the condition who had the result (for LR+, true positives).
        with_total: People with the condition.
        without_count: People without the condition who had the result (for LR+, false positives).
        without_total: People without the condition.

    Examples:
        >>> ratio = likelihood_ratio(10, 20, 5, 50)
        >>> ratio.estimate, round(ratio.low, 2), round(ratio.high, 2)
        (5.0, 1.95, 12.8)
        >>> likelihood_ratio(0, 20, 0, 50).undefined_because
        'nobody had this result'
    """
    from scipy.stats.contingency import relative_risk

    reason = _why_undefined(with_count, with_total, without_count, without_total)
    if reason is not None:
        return LikelihoodRatio(estimate=None, undefined_because=reason)
    if with_count == with_total and without_count == without_total:
        return LikelihoodRatio(estimate=1.0)
    if 0 in (with_count, without_count):
        return _with_half_added(with_count, with_total, without_count, without_total)
    ratio = relative_risk(with_count, with_total, without_count, without_total)
    interval = ratio.confidence_interval(CONFIDENCE)
    return LikelihoodRatio(estimate=float(ratio.relative_risk), low=float(interval.low), high=float(interval.high))


def mcnemar_p(only_first: int, only_second: int) -> float | None:
    """
    Return the exact two-sided p of McNemar's test: are the discordant pairs split evenly? None without any.

    Source:
        McNemar 1947, Psychometrika 12:153-157; exact form by `scipy.stats.binomtest`.

    Examples:
        >>> mcnemar_p(0, 5)
        0.0625
    """
    from scipy.stats import binomtest

    discordant = only_first + only_second
    return float(binomtest(only_first, discordant, 0.5).pvalue) if discordant else None


def _share(count: int, of: int, method: Literal["wilson", "exact"]) -> Share:
    from scipy.stats import binomtest

    if of == 0:
        return Share(count=count, of=of, estimate=None, low=None, high=None, method=method)
    interval = binomtest(count, of).proportion_ci(CONFIDENCE, method=method)
    return Share(count=count, of=of, estimate=count / of, low=float(interval.low), high=float(interval.high), method=method)


def _why_undefined(with_count: int, with_total: int, without_count: int, without_total: int) -> str | None:
    if with_total == 0:
        return "nobody had the condition"
    if without_total == 0:
        return "everybody had the condition"
    return "nobody had this result" if with_count == without_count == 0 else None


def _with_half_added(with_count: int, with_total: int, without_count: int, without_total: int) -> LikelihoodRatio:
    # scipy's relative risk takes whole counts only, so that its formula stands here, with scipy's quantile.
    from scipy.stats import norm

    seen, total = with_count + 0.5, with_total + 1
    seen_without, total_without = without_count + 0.5, without_total + 1
    estimate = (seen / total) / (seen_without / total_without)
    error = math.sqrt(1 / seen - 1 / total + 1 / seen_without - 1 / total_without)
    reach = math.exp(float(norm.ppf((1 + CONFIDENCE) / 2)) * error)
    return LikelihoodRatio(estimate=estimate, low=estimate / reach, high=estimate * reach, zero_cell=True)
