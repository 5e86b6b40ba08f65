"""Written cases held against what the rules make of them, and the cases that a rule base lacks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

from spinefoot.assessment.assess import Assessment, Executor, assess
from spinefoot.casefile import SUFFIXES, read_case_file
from spinefoot.errors import InputError, Problem
from spinefoot.executors.plain import item_truth
from spinefoot.model.case import Case, Expected
from spinefoot.model.knowledge import (
    AdviceRule,
    Cause,
    Evidence,
    Instrument,
    Pattern,
    RedFlag,
    RootLevelRule,
    SpineLinkRule,
    UrgencyRule,
)
from spinefoot.model.rulebase import RuleBase
from spinefoot.rulebase.locate import CASES_SUFFIX
from spinefoot.truth import View
from spinefoot.verdict import points_in_words

__all__ = ["NO_SCORE", "case_files", "differences", "lowest_and_highest", "rules_without_cases", "run_cases"]

NO_SCORE = "not scored"
"""The level that a case expects of a cause that is withheld."""

_NeedsCases: TypeAlias = Pattern | RedFlag | Evidence | RootLevelRule | UrgencyRule | SpineLinkRule | AdviceRule | Instrument


def case_files(folder: Path) -> list[Path]:
    """Return the case files below *folder*, sorted: `*.cases.yaml` in a rule base, every symptom file elsewhere."""
    beside_rules = sorted(folder.rglob(f"*{CASES_SUFFIX}"))
    return beside_rules or sorted(path for path in folder.rglob("*") if path.suffix in SUFFIXES)


def run_cases(
    files: Sequence[Path], rulebase: RuleBase, executor: Executor | None = None
) -> Iterator[tuple[Case, Assessment | None, list[Problem]]]:
    """
    Assess every case in *files*, with experta unless another executor is named.

    Yields:
        The case, its assessment (None where its answers contradict each other), and what came out
        differently from what it expects. A file that cannot be read is one case with its problems.
    """
    for path in files:
        try:
            cases = read_case_file(path, rulebase)
        except InputError as error:
            yield Case(findings={}, id=str(path)), None, error.problems
            continue
        for case in cases:
            try:
                assessment = assess(case, rulebase, executor)
            except InputError as error:
                yield case, None, error.problems
            else:
                yield case, assessment, differences(assessment)


def differences(assessment: Assessment) -> list[Problem]:
    """Return what came out differently from what the case expects, one problem for each expectation."""
    case = assessment.case
    if case.expected is None:
        return []
    parts = (_verdict, _causes, _instruments, _rules)
    messages = [message for part in parts for message in part(assessment, case.expected)]
    return [Problem("SF403", f"{case.id}: {message}", case.where) for message in messages]


def lowest_and_highest(points: int | tuple[int, int]) -> tuple[int, int]:
    """Return the range of points that a case expects of a published score."""
    return (points, points) if isinstance(points, int) else points


def rules_without_cases(rulebase: RuleBase, cases: Sequence[Case]) -> list[Problem]:
    """Return the rules that no case names as firing, or that no case names as a near miss."""
    firing = {name for case in cases if case.expected for name in case.expected.fires}
    silent = {name for case in cases if case.expected for name in case.expected.silent}
    problems: list[Problem] = []
    for rule in _rules_that_need_cases(rulebase):
        lacking = [word for word, named in (("fires it", firing), ("just misses it", silent)) if rule.id not in named]
        if lacking:
            problems.append(Problem("SF402", f"{rule.id} has no case that {' and none that '.join(lacking)}", rule.where))
    return problems


def _rules_that_need_cases(rulebase: RuleBase) -> Iterator[_NeedsCases]:
    yield from rulebase.patterns
    yield from rulebase.red_flags
    for cause in rulebase.causes:
        yield from cause.evidence
    yield from rulebase.root_level_rules
    yield from rulebase.urgency_rules
    yield from rulebase.spine_link_rules
    yield from rulebase.advice
    # An instrument without a condition is always shown, and no case can just miss it.
    yield from (instrument for instrument in rulebase.instruments if instrument.show_if is not None)


def _verdict(assessment: Assessment, expected: Expected) -> Iterator[str]:
    rank = assessment.rulebase.urgency_rank
    got = assessment.urgency
    if expected.urgency is not None and got != expected.urgency:
        yield f"urgency is {got}, expected {expected.urgency}"
    if expected.urgency_at_least is not None and rank[got] > rank[expected.urgency_at_least]:
        yield f"urgency is {got}, expected at least {expected.urgency_at_least}"
    if expected.urgency_at_most is not None and rank[got] < rank[expected.urgency_at_most]:
        yield f"urgency is {got}, expected at most {expected.urgency_at_most}"
    for name in expected.urgency_rules:
        if name not in assessment.conclusions.urgency_rules:
            yield f"{name} is not among the rules that set the urgency"
    links = (expected.spine_link,) if isinstance(expected.spine_link, str) else expected.spine_link
    if links is not None and assessment.spine_link not in links:
        yield f"spine link is {assessment.spine_link}, expected {' or '.join(links)}"
    if expected.root_levels is not None and set(assessment.root_levels) != set(expected.root_levels):
        yield f"root levels are {_list(assessment.root_levels)}, expected {_list(expected.root_levels)}"


def _causes(assessment: Assessment, expected: Expected) -> Iterator[str]:
    first = assessment.causes[0].cause if assessment.causes else "none"
    if expected.causes and first not in expected.causes:
        yield f"the first cause is {first}, expected {' or '.join(expected.causes)}"
    scores = assessment.conclusions.scores
    for cause, level in expected.levels.items():
        got = scores[cause].level if cause in scores else NO_SCORE
        if got != level:
            yield f"{cause} is {got}, expected {level}"
    for cause, number in expected.scores.items():
        total = scores[cause].score if cause in scores else None
        if total != number:
            yield f"{cause} scores {total}, expected {number}"


def _instruments(assessment: Assessment, expected: Expected) -> Iterator[str]:
    for name, points in expected.instruments.items():
        score = assessment.conclusions.instruments.get(name)
        wanted = lowest_and_highest(points)
        if score is None:
            yield f"{name} is not shown, expected {points_in_words(*wanted)}"
        elif (score.lowest, score.highest) != wanted:
            yield f"{name} comes to {points_in_words(score.lowest, score.highest)}, expected {points_in_words(*wanted)}"


def _rules(assessment: Assessment, expected: Expected) -> Iterator[str]:
    if not expected.fires and not expected.silent:
        return
    view = _final_view(assessment)
    for name in expected.fires:
        if not _held(assessment, view, name):
            yield f"{name} did not fire"
    for name in expected.silent:
        if _held(assessment, view, name):
            yield f"{name} fired"


def _final_view(assessment: Assessment) -> View:
    conclusions = assessment.conclusions
    view = View(assessment.rulebase, assessment.answers)
    view.red_flags, view.scores = set(conclusions.red_flags), conclusions.scores
    view.root_levels = set(conclusions.root_levels)
    view.urgency, view.spine_link = conclusions.urgency, conclusions.spine_link
    return view


def _held(assessment: Assessment, view: View, name: str) -> bool:
    """Tell whether a rule fired; of an item of evidence, whether its condition is true and it applies."""
    conclusions = assessment.conclusions
    rule = assessment.rulebase.rule[name]
    if isinstance(rule, Cause | Instrument):
        return name in conclusions.scores or name in conclusions.instruments
    if isinstance(rule, Evidence):
        return not conclusions.withheld and item_truth(rule, view) is True
    return view.fires(rule.when, getattr(rule, "unless", None))


def _list(words: Sequence[str]) -> str:
    return ", ".join(words) or "none"
