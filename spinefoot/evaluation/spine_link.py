"""The spine link as a diagnostic test. An unclear answer is a result of its own: counted apart, never dropped."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import polars as pl

from spinefoot.evaluation.intervals import LikelihoodRatio, Share, likelihood_ratio, wilson
from spinefoot.evaluation.matrices import Matrix
from spinefoot.evaluation.scored import SIDES, counts
from spinefoot.model.rulebase import RuleBase

__all__ = ["AnswerRatio", "LinkTest", "SpineLinkMeasures", "measure_spine_link"]

_COLUMNS = ("spine_link", "spine_links_ok", "link_answer", "link_right", "linked")
_ANSWERS = ("positive", "unclear", "negative")


class AnswerRatio(msgspec.Struct, frozen=True, kw_only=True):
    """How often one answer was given with and without a link, and the likelihood ratio of getting it."""

    answer: str
    linked: int
    not_linked: int
    ratio: LikelihoodRatio


class LinkTest(msgspec.Struct, frozen=True, kw_only=True):
    """
    The spine link as a test of cases *linked* and *not_linked*.

    `scored.SIDES` says which verdicts are positive, negative or neither. Sensitivity is the share
    of linked cases that were positive, specificity that of cases not linked that were negative: of all cases, so
    that an unclear answer counts as a failure, and of those with a clear answer. Likelihood ratios take all cases
    (Simel, Feussner, DeLong and Matchar 1987, Med Decis Making 7:107-114): *answers* has one for each of positive,
    unclear and negative (those of positive and negative are LR+ and LR-), *verdicts* one for each verdict.

    *open_reference* counts cases that expect a verdict, but accept both sides, or `unclear`: they say neither
    that there is a link nor that there is none.
    """

    linked: int
    not_linked: int
    open_reference: int
    sensitivity: Share
    specificity: Share
    sensitivity_if_clear: Share
    specificity_if_clear: Share
    answers: tuple[AnswerRatio, ...]
    verdicts: tuple[AnswerRatio, ...]


class SpineLinkMeasures(msgspec.Struct, frozen=True, kw_only=True):
    """
    All about the spine link, on the *cases* that expect a verdict; *matrix* takes those that accept just one.

    There is no *test* where *no_test_because* says why: nothing says on which side a verdict of the rule base stands.
    """

    cases: int
    right: Share
    matrix: Matrix
    test: LinkTest | None
    no_test_because: str | None


def measure_spine_link(scored: pl.DataFrame, rulebase: RuleBase) -> SpineLinkMeasures | None:
    """Measure the spine link on the frame of `score_rows`; None where no case expects a verdict."""
    rows = scored.select(_COLUMNS).filter(pl.col("spine_links_ok").is_not_null())
    if not rows.height:
        return None
    names = [verdict.id for verdict in rulebase.verdicts]
    reason = _why_no_test(names)
    single = rows.filter(pl.col("spine_links_ok").list.len() == 1)
    pairs = counts(single.select(pl.col("spine_links_ok").list.first().alias("expected"), "spine_link"), "expected", "spine_link")
    return SpineLinkMeasures(
        cases=rows.height,
        right=wilson(rows.filter("link_right").height, rows.height),
        matrix=Matrix.of(names, names, {(e, r): n for (e, r), n in pairs.items()}),
        test=_test(rows, names) if reason is None else None,
        no_test_because=reason,
    )


def _why_no_test(verdicts: Sequence[str]) -> str | None:
    sides = [SIDES.get(verdict) for verdict in verdicts]
    if None not in sides and {"positive", "negative"} <= set(sides):
        return None
    known = ", ".join(f"{verdict} ({side})" for verdict, side in SIDES.items())
    return f"the verdicts of this rule base are {', '.join(verdicts)}, and only {known} have a known side"


def _test(rows: pl.DataFrame, verdicts: Sequence[str]) -> LinkTest:
    linked, not_linked = rows.filter(pl.col("linked")), rows.filter(~pl.col("linked"))
    answers = _ratios("link_answer", _ANSWERS, linked, not_linked)
    positive, unclear, negative = answers
    return LinkTest(
        linked=linked.height,
        not_linked=not_linked.height,
        open_reference=rows.height - linked.height - not_linked.height,
        sensitivity=wilson(positive.linked, linked.height),
        specificity=wilson(negative.not_linked, not_linked.height),
        sensitivity_if_clear=wilson(positive.linked, linked.height - unclear.linked),
        specificity_if_clear=wilson(negative.not_linked, not_linked.height - unclear.not_linked),
        answers=answers,
        verdicts=_ratios("spine_link", verdicts, linked, not_linked),
    )


def _ratios(column: str, names: Sequence[str], linked: pl.DataFrame, not_linked: pl.DataFrame) -> tuple[AnswerRatio, ...]:
    with_link, without = counts(linked, column), counts(not_linked, column)
    return tuple(
        AnswerRatio(
            answer=name,
            linked=with_link.get((name,), 0),
            not_linked=without.get((name,), 0),
            ratio=likelihood_ratio(with_link.get((name,), 0), linked.height, without.get((name,), 0), not_linked.height),
        )
        for name in names
    )
