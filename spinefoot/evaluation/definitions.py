"""What is counted, in words: shown beside the numbers, and part of the JSON, so that nobody has to guess."""

from __future__ import annotations

__all__ = ["DEFINITIONS"]

DEFINITIONS: dict[str, str] = {
    "intervals": (
        "Intervals are two-sided and 95 %: Wilson 1927 for shares, exact (Clopper and Pearson 1934) for missed "
        "emergencies and for discordant pairs. Intervals assume that cases are independent: several rows of one person make "
        "them too narrow."
    ),
    "in_sample": (
        "Cases that the rules were written with, or that are kept as tests, show that nothing broke. They do not show "
        "how the rules do on other people."
    ),
    "under_triage": (
        "Under-triage: the urgency is lower than every urgency that the case accepts. Over-triage: higher than every one. "
        "Shares are of all cases with an expected urgency. A case that accepts several urgencies accepts those between too."
    ),
    "missed_emergency": (
        "Missed emergency: only an emergency is right, and a lower urgency came out. The upper bound for none missed is "
        "exact and one-sided, 95 % (the rule of three, 3/n, is its approximation; Hanley and Lippman-Hand 1983)."
    ),
    "kappa": (
        "Weighted kappa: agreement beyond chance, with quadratic weights (Cohen 1968), on cases for which one urgency is "
        "right; interval by bootstrap, 2,000 draws."
    ),
    "spine_link_test": (
        "As a test of the link, likely and possibly are positive, unlikely is negative, and unclear is a result of its own. "
        "Sensitivity and specificity are of all cases, where unclear counts as a failure, and of cases with a clear answer. "
        "Cases that accept both sides, or unclear, say nothing of the link and are counted apart."
    ),
    "likelihood_ratio": (
        "Likelihood ratio: share with the condition that had this result, over the share without it; of all cases, unclear "
        "ones too (Simel and others 1987). Intervals on the logarithm (Simel and others 1991)."
    ),
    "zero_cell": (
        "* a cell was 0, so that 0.5 was added to each cell (Haldane 1956; Anscombe 1956). none: no ratio can be formed, since "
        "nobody or everybody had the condition, or nobody had the result. 1 (always): everybody had the result."
    ),
    "root_named": (
        "A root is right where at least one expected root is named, or none where none is expected; 'only' where no other "
        "root is named beside."
    ),
    "cause_named": (
        "A cause is named where it is likely or possible. Where causes are withheld (an emergency, or out of scope) no cause "
        "is named: 'of all' counts that as not named, 'if scored' leaves these cases out. Of causes with the same level and "
        "score, the one whose id comes first in the alphabet counts as first. A case that expects 'other', a cause that is not "
        "in the rule base, is never met."
    ),
    "cause_test": (
        "As a test of a cause: positive where the cause is likely (second row: likely or possible). Present: it is the one "
        "expected cause; absent: only other causes are expected. Left out, but counted: cases whose causes are withheld "
        "(whether or not they expect it), and 'open' cases that accept it beside others. With, without, withheld and open "
        "add up to all cases that expect a cause."
    ),
    "calibration": (
        "A score is a balance sheet, not a probability. 'Claimed' is what it would mean if it were the log-odds of its cause, "
        "10^(s/10) / (1 + 10^(s/10)). Counted are pairs of a case and a cause. Pairs "
        "of one case are not independent, so that the intervals are too narrow."
    ),
    "paired": (
        "McNemar's exact test on the same cases (McNemar 1947): are cases that only one rule base gets right split evenly? "
        "'This' and 'other': cases in which each gets it right. 'Favours this': share of "
        "'only this' among the cases that differ. The p values are not corrected for their number."
    ),
}
"""Texts by what they define."""
