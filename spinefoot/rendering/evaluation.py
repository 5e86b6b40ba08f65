"""An evaluation as an ordered page of tables, before any terminal sees it."""

from __future__ import annotations

from collections.abc import Iterator

from spinefoot.evaluation.calibration import Calibration, ScoreBin
from spinefoot.evaluation.causes import BinaryTest, CauseMeasures, CauseTest
from spinefoot.evaluation.definitions import DEFINITIONS
from spinefoot.evaluation.intervals import Share
from spinefoot.evaluation.matrices import Kappa, Matrix
from spinefoot.evaluation.measures import Measures, Subgroups
from spinefoot.evaluation.root_levels import RootMeasures
from spinefoot.evaluation.run import Evaluation
from spinefoot.evaluation.spine_link import AnswerRatio, LinkTest, SpineLinkMeasures
from spinefoot.evaluation.urgency import LevelTriage, MissedEmergencies, UrgencyMeasures
from spinefoot.rendering.evaluation_comparison import comparison_grids
from spinefoot.rendering.evaluation_words import (
    in_brackets,
    list_cases,
    one_line,
    percent,
    say_number,
    say_ratio,
    say_repeated,
    say_share,
)
from spinefoot.rendering.grid import Grid

__all__ = ["evaluation_grids"]

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
        grids += comparison_grids(evaluation.comparison)
    grids.append(Grid(title="What this is", lead=(DEFINITIONS["intervals"], disclaimer)))
    return grids


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
    if rows.repeated_ids:
        said.append(f"{say_repeated(rows.repeated_ids).capitalize()}.")
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
            yield list_cases(title, ("case", "expected", "result"), rows, alarm)


def _missed(missed: MissedEmergencies) -> Grid:
    share = missed.share
    if not share.of:
        said = ["No case expects just an emergency, so that nothing is known of missed emergencies."]
    elif share.count:
        rate = in_brackets(say_share(share))
        said = [
            f"MISSED: {share.count:,} of {share.of:,} expected emergencies, {rate}.",
            f"{missed.one_lower:,} still came out at the next lower urgency, {missed.further_below:,} lower than that.",
        ]
    else:
        bound = f"{percent(missed.at_most)}%" if missed.at_most is not None else "unknown"
        said = [f"None of {share.of:,} expected emergencies was missed. The true rate may still be up to {bound}."]
    return Grid(title="Missed emergencies", lead=tuple(said), notes=(DEFINITIONS["missed_emergency"],), alarm=bool(share.count))


def _level(level: LevelTriage) -> tuple[str, ...]:
    name = level.level or "several are right"
    return (name, f"{level.right.of:,}", say_share(level.right), say_share(level.under), say_share(level.over))


def _kappa(kappa: Kappa, matrix: Matrix) -> str:
    if kappa.estimate is None:
        return f"Weighted kappa: not defined, since {kappa.undefined_because}."
    if kappa.low is None or kappa.high is None:
        return f"Weighted kappa {kappa.estimate:.2f} on {say_number(matrix.total, 'case')}; no interval, since every case agrees."
    return f"Weighted kappa {kappa.estimate:.2f} ({kappa.low:.2f} to {kappa.high:.2f}) on {say_number(matrix.total, 'case')}."


def _matrix(title: str, matrix: Matrix) -> Iterator[Grid]:
    rows = tuple((name, *(f"{n:,}" for n in counts)) for name, counts in zip(matrix.expected, matrix.counts, strict=True))
    if matrix.total:
        notes = ("Only cases that accept just one value.",)
        yield Grid(title=title, headings=("expected", *matrix.results), rows=rows, notes=notes)


def _spine_link(measured: SpineLinkMeasures) -> Iterator[Grid]:
    title, right = "Link to the spine", ("right", one_line(measured.right))
    cases = say_number(measured.cases, "case")
    if measured.test is None:
        lead = (f"{cases}. Sensitivity, specificity and likelihood ratios are not given: {measured.no_test_because}.",)
        yield Grid(title=title, headings=("measure", "value"), rows=(right,), lead=lead)
    else:
        yield from _link_test(measured.test, title, right, cases)
    yield from _matrix("Link to the spine: expected in rows, result in columns", measured.matrix)


def _link_test(test: LinkTest, title: str, right: tuple[str, str], cases: str) -> Iterator[Grid]:
    yield Grid(
        title=title,
        headings=("measure", "value"),
        rows=(
            right,
            ("sensitivity, of all", one_line(test.sensitivity)),
            ("specificity, of all", one_line(test.specificity)),
            ("sensitivity, clear answers", one_line(test.sensitivity_if_clear)),
            ("specificity, clear answers", one_line(test.specificity_if_clear)),
        ),
        lead=(f"{cases}: {test.linked:,} with a link, {test.not_linked:,} without, {test.open_reference:,} left open.",),
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


def _answer(answer: AnswerRatio, name: str) -> tuple[str, ...]:
    return (name, f"{answer.linked:,}", f"{answer.not_linked:,}", in_brackets(say_ratio(answer.ratio)))


def _roots(measured: RootMeasures) -> Grid:
    rows = (("right root named", one_line(measured.named)), ("only right roots named", one_line(measured.only)))
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
            f"{say_number(measured.cases, 'case')}; causes withheld in {measured.withheld:,}; "
            f"the cause is not in the rule base in {measured.unknown_cause:,}.",
        ),
        notes=(DEFINITIONS["cause_named"],),
    )
    wrong = [(pair.expected, pair.named, f"{pair.cases:,}") for pair in measured.first_named if pair.expected != pair.named]
    if wrong:
        yield list_cases("Expected cause not named first", ("expected", "named first", "cases"), wrong)
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
        (_bin_name(b), *_outcome(b.expected), f"{percent(b.claimed)}%" if b.claimed is not None else "") for b in measured.bins
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
        f"Of {all_pairs:,} pairs ({say_number(measured.cases, 'case')} that expect a cause, "
        f"{say_number(measured.causes, 'cause')}), no row has {out.withheld:,} "
        f"({say_number(out.withheld_cases, 'case')} whose causes are withheld) or {out.one_of_several:,} "
        "(causes accepted beside others)."
    )
    of_scores = (
        f"The rows of scores also leave out {out.not_enough_information:,} with too little information, whose score spinefoot "
        f"does not stand by, and {out.without_score:,} without a score; they hold {say_number(measured.pairs, 'pair')}."
    )
    return of_all, of_scores


def _bin_name(scores: ScoreBin) -> str:
    if scores.lowest is None:
        return f"{scores.highest} or less"
    return f"{scores.lowest:+d} or more" if scores.highest is None else f"{scores.lowest:+d} to {scores.highest:+d}"


def _outcome(share: Share) -> tuple[str, str]:
    return f"{share.of:,}", in_brackets(say_share(share))


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
    of_link = (None, None) if link is None or link.test is None else (link.test.sensitivity, link.test.specificity)
    of_causes = (None, None) if causes is None else (causes.top_1, causes.top_3)
    return *of_link, *of_causes


def _of(share: Share | None) -> str:
    return "no case" if share is None or not share.of else say_share(share).replace("%\n", f"% of {share.of:,}\n")
