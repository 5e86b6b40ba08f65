"""What a further answer could still change: red flags that wait for one, and the questions most worth asking."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from spinefoot.assessment.intake import withdrawn
from spinefoot.model.assessment import Answers, Conclusions
from spinefoot.model.case import Case
from spinefoot.model.conditions import AllOf, AnyOf, Condition, Count, Holds, Not, NumberIs
from spinefoot.model.findings import Finding, Value
from spinefoot.model.knowledge import RedFlag
from spinefoot.model.rulebase import RuleBase
from spinefoot.planning.outlook import Outlook
from spinefoot.planning.questions import Questions
from spinefoot.truth import View

__all__ = ["OpenQuestions", "open_questions"]


class OpenQuestions(msgspec.Struct, frozen=True, kw_only=True):
    """Ids of red flags that stay silent only for want of an answer, and of findings worth answering."""

    silent_red_flags: tuple[str, ...]
    findings: tuple[str, ...]


def open_questions(case: Case, rulebase: RuleBase, answers: Answers, conclusions: Conclusions) -> OpenQuestions:
    """
    Return what a further answer could still change.

    Red flags that one more answer could fire and that would raise the urgency, highest first. And the findings without
    an answer that could still change the verdict, most useful first (`planning.questions`). Clinician findings are left
    out unless the case has some; so are questions that do not apply, and those whose "no" was not trusted (`intake`).
    """
    view = View(rulebase, answers)
    higher = sorted(_higher(rulebase, conclusions), key=lambda flag: rulebase.urgency_rank[flag.urgency])
    examined = any(rulebase.finding[name].observer == "clinician" for name in answers)
    outlook = Outlook(rulebase, answers, withdrawn(case.findings, answers), examined=examined)
    return OpenQuestions(
        silent_red_flags=tuple(flag.id for flag in higher if _fires_with_one_more(flag, view)),
        findings=tuple(question.finding for question in Questions(outlook, conclusions).relevant()),
    )


def _higher(rulebase: RuleBase, conclusions: Conclusions) -> Iterator[RedFlag]:
    now = rulebase.urgency_rank[conclusions.urgency]
    for flag in rulebase.red_flags:
        if rulebase.urgency_rank[flag.urgency] < now and flag.id not in conclusions.red_flags:
            yield flag


def _fires_with_one_more(flag: RedFlag, view: View) -> bool:
    for name in _single_answers(flag.when, view):
        for value in _probes(view.rulebase.finding[name], flag.when):
            probed = View(view.rulebase, {**view.answers, name: value})
            if probed.fires(flag.when, flag.unless):
                return True
    return False


def _single_answers(condition: Condition, view: View, wanted: bool = True) -> tuple[str, ...]:
    """Return findings of which one answer alone may give an unknown *condition* the truth *wanted*."""
    if isinstance(condition, Not):
        return _single_answers(condition.of, view, not wanted)
    if isinstance(condition, Holds) and condition.id in view.rulebase.pattern:
        return _single_answers(view.rulebase.pattern[condition.id].when, view, wanted)
    if view.truth(condition) is not None:
        return ()
    if isinstance(condition, AllOf | AnyOf):
        waiting = [_single_answers(child, view, wanted) for child in condition.of if view.truth(child) is not wanted]
        if isinstance(condition, AllOf) is wanted:
            return tuple(name for name in waiting[0] if all(name in other for other in waiting[1:])) if waiting else ()
        return tuple(dict.fromkeys(name for names in waiting for name in names))
    if isinstance(condition, Count):
        names = [n for child in condition.of if view.truth(child) is None for n in _single_answers(child, view, wanted)]
        return tuple(dict.fromkeys(names))
    return tuple(view.rulebase.reads(condition))


def _probes(finding: Finding, condition: Condition) -> Iterator[Value]:
    """Yield answers that between them reach every outcome of *condition*: both truths, each option, each side of a bound."""
    if finding.kind == "yes_no":
        yield from (True, False)
    elif finding.kind == "choice":
        yield from finding.option_ids
    else:
        low, high = finding.min or 0, finding.max or 0
        bounds = {low, high}
        for number in _numbers(condition):
            bounds |= {value for value in (number - 1, number, number + 1) if low <= value <= high}
        yield from sorted(bounds)


def _numbers(condition: Condition) -> Iterator[float]:
    if isinstance(condition, NumberIs):
        yield from (b for b in (condition.at_least, condition.at_most, condition.above, condition.below) if b is not None)
    inside = (condition.of,) if isinstance(condition, Not) else getattr(condition, "of", ())
    for child in inside:
        yield from _numbers(child)
