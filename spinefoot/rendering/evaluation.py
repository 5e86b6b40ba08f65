"""An evaluation as an ordered page of tables, before any terminal sees it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from spinefoot.evaluation.calibration import Calibration, ScoreBin
from spinefoot.evaluation.causes import BinaryTest, CauseMeasures, CauseTest
from spinefoot.evaluation.compare import Change, Comparison, Paired
from spinefoot.evaluation.definitions import DEFINITIONS
from spinefoot.evaluation.intervals import LikelihoodRatio, Share
from spinefoot.evaluation.matrices import Kappa, Matrix
from spinefoot.evaluation.measures import Measures, Subgroups
from spinefoot.evaluation.root_levels import RootMeasures
from spinefoot.evaluation.run import Evaluation
from spinefoot.evaluation.spine_link import AnswerRatio, SpineLinkMeasures
from spinefoot.evaluation.urgency import LevelTriage, MissedEmergencies, UrgencyMeasures
from spinefoot.rendering.grid import Grid

__all__ = ["evaluation_grids", "say_ratio", "say_share"]

_LISTED = 20
"""Cases and pairs listed on a terminal; the JSON has all of them."""

_SMALL_P = 0.001

_OF_SUBGROUP = "Shares are of the cases of the subgroup that expect something of the kind; 'missed', of its expected emergencies."


def evaluation_grids(evaluation: Evaluation, disclaimer: str) -> list[Grid]:
    """Return the page: what was read, missed emergencies, urgency, link, roots, causes, scores, subgroups, comparison."""
    overall = evaluation.overall
    grids = [_rows(evaluation)]
    if overall.urgency is not None:
        grids += _urgency(overall.urgency)
    if overall.spine_link is not None:
        grids += _spine_link(overall.spine_link)
    if overall.root_levels is not None:
        grids.append(_roots(overall.root_levels))
    if overall.causes is not None:
        grids += _causes(overall.causes)
    if overall.calibration is not None:
        grids.append(_calibration(overall.calibration))
    for subgroups in evaluation.subgroups:
        grids += _subgroups(subgroups)
    if evaluation.comparison is not None:
        grids += _comparison(evaluation.comparison)
    grids.append(Grid(title="What this is", lead=(DEFINITIONS["intervals"], disclaimer)))
    return grids


def say_share(share: Share, with_count: bool = False) -> str:
    r"""
    Return a share in per cent with its interval below it: "97.2%", "85.8 to 99.5".

    Examples:
        >>> from spinefoot.evaluation.intervals import wilson
        >>> say_share(wilson(15, 148)), say_share(wilson(0, 0))
        ('10.1%\n6.2 to 16.0', 'no case')
        >>> say_share(wilson(60, 60))
        '100%\n94.0 to 100'
    """
    if share.estimate is None or share.low is None or share.high is None:
        return "no case"
    count = f"{share.count:,} of {share.of:,}, " if with_count else ""
    return f"{count}{_percent(share.estimate)}%\n{_percent(share.low)} to {_percent(share.high)}"


def _percent(share: float) -> str:
    """Per cent to one decimal; 0 and 100 only where nothing was rounded."""
    per_cent = 100 * share
    if round(per_cent, 1) in (0, 100):
        return f"{per_cent:.0f}" if math.isclose(per_cent, round(per_cent), abs_tol=1e-9) else "<0.1" if per_cent < 1 else ">99.9"
    return f"{per_cent:.1f}"


def say_ratio(ratio: LikelihoodRatio) -> str:
    r"""
    Return a likelihood ratio with its interval below it; a star where a cell was 0.

    Examples:
        >>> from spinefoot.evaluation.intervals import likelihood_ratio
        >>> say_ratio(likelihood_ratio(10, 20, 5, 50))
        '5.0\n2.0 to 13'
        >>> say_ratio(likelihood_ratio(10, 20, 0, 0))
        'none'
        >>> say_ratio(likelihood_ratio(20, 20, 50, 50))
        '1\nalways'
    """
    if ratio.estimate is None:
        return "none"
    if ratio.low is None or ratio.high is None:
        return f"{ratio.estimate:.0f}\nalways"
    star = "*" if ratio.zero_cell else ""
    return f"{_digits(ratio.estimate)}{star}\n{_digits(ratio.low)} to {_digits(ratio.high)}"


def _digits(number: float) -> str:
    if number < 0.01:
        return "<0.01"
    return f"{number:.2f}" if number < 1 else f"{number:.1f}" if number < 10 else f"{number:,.0f}"


def _rows(evaluation: Evaluation) -> Grid:
    rows, rulebase = evaluation.rows, evaluation.rulebase
    assessed = rows.read - rows.rejected
    said = [f"Rows read: {rows.read:,}; assessed: {assessed:,}, with rule base {rulebase.version} ({rulebase.sha256[:12]})."]
    if rows.without_expectation:
        said.append(f"Assessed, but nothing expected, so in no measure: {rows.without_expectation:,}.")
    if rows.rejected:
        said.append(f"Rejected for faults, so in no measure: {rows.rejected:,}. The messages name them.")
    if rows.files_rejected:
        said.append(f"Files that could not be read: {rows.files_rejected:,}. How many cases they hold is not known.")
    alarm = bool(rows.rejected or rows.files_rejected)
    return Grid(title="Evaluation", lead=tuple(said), notes=(DEFINITIONS["in_sample"],), alarm=alarm)


def _urgency(measured: UrgencyMeasures) -> Iterator[Grid]:
    yield _missed(measured.missed)
    yield Grid(
        title="Urgency",
        headings=("expected", "cases", "right", "too low", "too high"),
        rows=(
            *(_level(level) for level in measured.levels),
            ("all", f"{measured.cases:,}", *map(say_share, (measured.right, measured.under, measured.over))),
        ),
        lead=(_kappa(measured.kappa, measured.matrix),),
        notes=(DEFINITIONS["under_triage"], DEFINITIONS["kappa"]),
    )
    yield from _matrix("Urgency: expected in rows, result in columns", measured.matrix)
    for title, cases, alarm in (
        ("Urgency lower than expected", measured.lower_than_expected, True),
        ("Urgency higher than expected", measured.higher_than_expected, False),
    ):
        if cases:
            rows = [(case.id, case.expected, case.result) for case in cases]
            yield _listed(title, ("case", "expected", "result"), rows, alarm)


def _missed(missed: MissedEmergencies) -> Grid:
    share = missed.share
    if not share.of:
        said = ["No case expects just an emergency, so that nothing is known of missed emergencies."]
    elif share.count:
        rate = _in_brackets(say_share(share))
        said = [
            f"MISSED: {share.count:,} of {share.of:,} expected emergencies, {rate}.",
            f"{missed.one_lower:,} still came out at the next lower urgency, {missed.further_below:,} lower than that.",
        ]
    else:
        bound = f"{_percent(missed.at_most)}%" if missed.at_most is not None else "unknown"
        said = [f"None of {share.of:,} expected emergencies was missed. The true rate may still be up to {bound}."]
    return Grid(title="Missed emergencies", lead=tuple(said), notes=(DEFINITIONS["missed_emergency"],), alarm=bool(share.count))


def _level(level: LevelTriage) -> tuple[str, ...]:
    name = level.level or "several are right"
    return (name, f"{level.right.of:,}", say_share(level.right), say_share(level.under), say_share(level.over))


def _kappa(kappa: Kappa, matrix: Matrix) -> str:
    if kappa.estimate is None:
        return f"Weighted kappa: not defined, since {kappa.undefined_because}."
    if kappa.low is None or kappa.high is None:
        return f"Weighted kappa {kappa.estimate:.2f} on {matrix.total:,} cases; no interval, since every case agrees."
    return f"Weighted kappa {kappa.estimate:.2f} ({kappa.low:.2f} to {kappa.high:.2f}) on {matrix.total:,} cases."


def _matrix(title: str, matrix: Matrix) -> Iterator[Grid]:
    rows = tuple((name, *(f"{n:,}" for n in counts)) for name, counts in zip(matrix.expected, matrix.counts, strict=True))
    if matrix.total:
        notes = ("Only cases that accept just one value.",)
        yield Grid(title=title, headings=("expected", *matrix.results), rows=rows, notes=notes)


def _listed(
    title: str, headings: tuple[str, ...], rows: Sequence[tuple[str, ...]], alarm: bool = False, notes: tuple[str, ...] = ()
) -> Grid:
    more = (f"and {len(rows) - _LISTED:,} more (--json lists them all)",) if len(rows) > _LISTED else ()
    return Grid(
        title=f"{title} ({len(rows):,})", headings=headings, rows=tuple(rows[:_LISTED]), notes=(*more, *notes), alarm=alarm
    )


def _spine_link(measured: SpineLinkMeasures) -> Iterator[Grid]:
    test = measured.test
    yield Grid(
        title="Link to the spine",
        headings=("measure", "value"),
        rows=(
            ("right", _one_line(measured.right)),
            ("sensitivity, of all", _one_line(test.sensitivity)),
            ("specificity, of all", _one_line(test.specificity)),
            ("sensitivity, clear answers", _one_line(test.sensitivity_if_clear)),
            ("specificity, clear answers", _one_line(test.specificity_if_clear)),
        ),
        lead=(
            f"{measured.cases:,} cases: {test.linked:,} with a link, {test.not_linked:,} without, "
            f"{test.open_reference:,} that leave it open.",
        ),
        notes=(DEFINITIONS["spine_link_test"],),
    )
    names = {"positive": "positive (LR+)", "negative": "negative (LR-)"}
    rows = [_answer(a, names.get(a.answer, a.answer)) for a in test.answers]
    rows += [_answer(a, f'verdict "{a.answer}"') for a in test.verdicts]
    yield Grid(
        title="Link to the spine: likelihood ratio of each answer",
        headings=("answer", "linked", "not linked", "likelihood ratio"),
        rows=tuple(rows),
        notes=(DEFINITIONS["likelihood_ratio"], DEFINITIONS["zero_cell"]),
    )
    yield from _matrix("Link to the spine: expected in rows, result in columns", measured.matrix)


def _answer(answer: AnswerRatio, name: str) -> tuple[str, ...]:
    return (name, f"{answer.linked:,}", f"{answer.not_linked:,}", _in_brackets(say_ratio(answer.ratio)))


def _one_line(share: Share) -> str:
    return _in_brackets(say_share(share, with_count=True))


def _in_brackets(two_lines: str) -> str:
    first, _, second = two_lines.partition("\n")
    return f"{first} ({second})" if second else first


def _roots(measured: RootMeasures) -> Grid:
    rows = (("right root named", _one_line(measured.named)), ("only right roots named", _one_line(measured.only)))
    return Grid(title="Nerve roots", headings=("measure", "value"), rows=rows, notes=(DEFINITIONS["root_named"],))


def _causes(measured: CauseMeasures) -> Iterator[Grid]:
    yield Grid(
        title="Causes",
        headings=("expected cause is", "of all", "if scored"),
        rows=(
            ("the first named", say_share(measured.top_1), say_share(measured.top_1_if_scored)),
            ("among the first three", say_share(measured.top_3), say_share(measured.top_3_if_scored)),
        ),
        lead=(
            f"{measured.cases:,} cases; causes withheld in {measured.withheld:,}; "
            f"the cause is not in the rule base in {measured.unknown_cause:,}.",
        ),
        notes=(DEFINITIONS["cause_named"],),
    )
    wrong = [(pair.expected, pair.named, f"{pair.cases:,}") for pair in measured.first_named if pair.expected != pair.named]
    if wrong:
        yield _listed("Expected cause not named first", ("expected", "named first", "cases"), wrong)
    tests = [test for test in measured.tests if test.expected]
    if tests:
        unseen = len(measured.tests) - len(tests)
        yield Grid(
            title="Each cause as a test",
            headings=("cause", "sensitivity", "specificity", "LR+", "LR-"),
            rows=tuple(row for test in tests for row in _cause(test)),
            notes=(
                f"Causes that no case expects as its one cause, in the JSON only: {unseen:,}.",
                DEFINITIONS["cause_test"],
                DEFINITIONS["zero_cell"],
            ),
        )


def _cause(test: CauseTest) -> Iterator[tuple[str, ...]]:
    table = test.likely
    present, absent = table.true_positive + table.false_negative, table.false_positive + table.true_negative
    counted = [f"{present:,} with, {absent:,} without"]
    withheld = test.withheld_expected + test.withheld_not_expected
    of_them = f" ({test.withheld_expected:,} of them with)" if test.withheld_expected else ""
    counted += [f"{withheld:,} withheld{of_them}"] if withheld else []
    counted += [f"{test.one_of_several:,} open"] if test.one_of_several else []
    yield (f"{test.cause}\n{', '.join(counted)}", *_binary(test.likely))
    yield ("  or possible", *_binary(test.likely_or_possible))


def _binary(test: BinaryTest) -> tuple[str, ...]:
    shares, ratios = (test.sensitivity, test.specificity), (test.lr_positive, test.lr_negative)
    return (*map(say_share, shares), *map(say_ratio, ratios))


def _calibration(measured: Calibration) -> Grid:
    rows = [
        (_bin_name(b), *_outcome(b.expected), f"{_percent(b.claimed)}%" if b.claimed is not None else "") for b in measured.bins
    ]
    rows += [(level.level, *_outcome(level.expected), "") for level in measured.levels]
    return Grid(
        title="Scores and levels against outcomes",
        headings=("score in decibans, or level", "pairs", "cause expected", "claimed"),
        rows=tuple(rows),
        notes=(*_left_out(measured), DEFINITIONS["calibration"]),
    )


def _left_out(measured: Calibration) -> tuple[str, str]:
    out, all_pairs = measured.left_out, measured.cases * measured.causes
    of_all = (
        f"Of {all_pairs:,} pairs ({_number(measured.cases, 'case')} that expect a cause, {_number(measured.causes, 'cause')}), "
        f"no row has {out.withheld:,} ({_number(out.withheld_cases, 'case')} whose causes are withheld) or "
        f"{out.one_of_several:,} (causes accepted beside others)."
    )
    of_scores = (
        f"The rows of scores also leave out {out.not_enough_information:,} with too little information, whose score spinefoot "
        f"does not stand by, and {out.without_score:,} without a score; they hold {_number(measured.pairs, 'pair')}."
    )
    return of_all, of_scores


def _number(count: int, what: str) -> str:
    """Return "1 case", "2 cases"."""
    return f"{count:,} {what}" + ("" if count == 1 else "s")


def _bin_name(scores: ScoreBin) -> str:
    if scores.lowest is None:
        return f"{scores.highest} or less"
    return f"{scores.lowest:+d} or more" if scores.highest is None else f"{scores.lowest:+d} to {scores.highest:+d}"


def _outcome(share: Share) -> tuple[str, str]:
    return f"{share.of:,}", _in_brackets(say_share(share))


def _subgroups(subgroups: Subgroups) -> Iterator[Grid]:
    parts = (
        ("urgency", ("right", "too low", "too high", "missed"), _urgency_shares),
        ("link and causes", ("link: sens.", "link: spec.", "cause first", "cause in three"), _link_and_cause_shares),
    )
    for what, names, shares_of in parts:
        yield Grid(
            title=f"By {subgroups.column}: {what}",
            headings=(subgroups.column, "cases", *names),
            rows=tuple(
                (
                    "(not given)" if group.value is None else group.value,
                    f"{group.measures.cases:,}",
                    *map(_of, shares_of(group.measures)),
                )
                for group in subgroups.groups
            ),
            notes=(_OF_SUBGROUP,),
        )


def _urgency_shares(measures: Measures) -> tuple[Share | None, ...]:
    urgency = measures.urgency
    return (None,) * 4 if urgency is None else (urgency.right, urgency.under, urgency.over, urgency.missed.share)


def _link_and_cause_shares(measures: Measures) -> tuple[Share | None, ...]:
    link, causes = measures.spine_link, measures.causes
    of_link = (None, None) if link is None else (link.test.sensitivity, link.test.specificity)
    of_causes = (None, None) if causes is None else (causes.top_1, causes.top_3)
    return *of_link, *of_causes


def _of(share: Share | None) -> str:
    return "no case" if share is None or not share.of else say_share(share).replace("%\n", f"% of {share.of:,}\n")


def _comparison(comparison: Comparison) -> Iterator[Grid]:
    against = comparison.against
    yield Grid(
        title="Compared with another rule base",
        headings=("measure", "both", "only this", "only other", "neither", "p"),
        rows=tuple(_paired(paired) for paired in comparison.measures),
        lead=(
            f"The other: {against.version} ({against.sha256[:12]}) in {against.directory}; "
            f"{comparison.cases:,} cases that both accept.",
        ),
        notes=(DEFINITIONS["paired"],),
    )
    for measure in comparison.measures:
        if measure.gained or measure.lost:
            rows = [(id, "only this") for id in measure.gained] + [(id, "only other") for id in measure.lost]
            yield _listed(f"Differs: {measure.measure}", ("case", "met by"), rows)
    yield _changes("Urgency fell", comparison.fell, alarm=bool(comparison.fell))
    yield _changes("Urgency rose", comparison.rose)


def _paired(paired: Paired) -> tuple[str, ...]:
    p = "-" if paired.p is None else "< 0.001" if paired.p < _SMALL_P else f"{paired.p:.3f}"
    return (paired.measure, *(f"{n:,}" for n in (paired.both, paired.only_this, paired.only_against, paired.neither)), p)


def _changes(title: str, changes: Sequence[Change], alarm: bool = False) -> Grid:
    rows = [(change.id, change.before, change.after, change.expected or "-") for change in changes]
    return _listed(title, ("case", "other", "this", "expected"), rows, alarm)
