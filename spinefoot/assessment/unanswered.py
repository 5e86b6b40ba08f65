"""What a further answer could still change: red flags that wait for one, and the questions most worth asking."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from spinefoot.model.assessment import Answers, Conclusions
from spinefoot.model.conditions import AllOf, AnyOf, Condition, Count, Holds, Not, NumberIs
from spinefoot.model.findings import Finding, Value
from spinefoot.model.knowledge import Cause, RedFlag
from spinefoot.model.rulebase import RuleBase
from spinefoot.truth import View

__all__ = ["OpenQuestions", "open_questions"]


class OpenQuestions(msgspec.Struct, frozen=True, kw_only=True):
    """Ids of red flags that stay silent only for want of an answer, and of findings worth answering."""

    silent_red_flags: tuple[str, ...]
    findings: tuple[str, ...]


def open_questions(rulebase: RuleBase, answers: Answers, conclusions: Conclusions) -> OpenQuestions:
    """
    Return what a further answer could still change.

    Red flags that one more answer could fire and that would raise the urgency, highest first. And the
    findings without an answer that could still change urgency, spine link or a level: those of which one
    answer could raise the urgency come first, by that urgency and in the order of the topics; then those of
    other open red flags; then those of items that weigh for causes whose level is open, heaviest first.
    Clinician findings are left out unless the case has some; so are questions whose `ask_if` is false.
    """
    view = View(rulebase, answers)
    higher = sorted(_higher(rulebase, conclusions), key=lambda flag: rulebase.urgency_rank[flag.urgency])
    silent = [flag for flag in higher if _fires_with_one_more(flag, view)]
    ranked: dict[str, None] = {}
    for urgency in rulebase.urgencies:
        one_away = {name for flag in silent if flag.urgency == urgency.id for name in _single_answers(flag.when, view)}
        ranked.update(dict.fromkeys(name for name in rulebase.finding if name in one_away))
    for flag in higher:
        ranked.update(dict.fromkeys(_open(flag.when, view)))
    for flag in rulebase.red_flags:
        if flag.id in conclusions.red_flags and flag.unless is not None and flag.urgency == conclusions.urgency:
            ranked.update(dict.fromkeys(_open(flag.unless, view)))
    ranked.update(dict.fromkeys(_of_causes(rulebase, conclusions, view)))
    examined = any(rulebase.finding[name].observer == "clinician" for name in answers)
    return OpenQuestions(
        silent_red_flags=tuple(flag.id for flag in silent),
        findings=tuple(name for name in ranked if _is_askable(rulebase.finding[name], view, examined)),
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


def _open(condition: Condition, view: View) -> Iterator[str]:
    """Yield the unanswered findings of the parts of *condition* that are still unknown."""
    if view.truth(condition) is not None:
        return
    if isinstance(condition, Holds) and condition.id in view.rulebase.pattern:
        yield from _open(view.rulebase.pattern[condition.id].when, view)
        return
    inside: Iterable[Condition] = (condition.of,) if isinstance(condition, Not) else getattr(condition, "of", ())
    if not inside:
        yield from (name for name in view.rulebase.reads(condition) if name not in view.answers)
    for child in inside:
        yield from _open(child, view)


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


def _of_causes(rulebase: RuleBase, conclusions: Conclusions, view: View) -> list[str]:
    weights: dict[str, int] = {}
    for cause in rulebase.causes:
        if cause.id not in conclusions.scores or conclusions.scores[cause.id].limited_by == "does_not_apply":
            continue
        if cause.applies_if is not None and view.truth(cause.applies_if) is None:
            for name in _open(cause.applies_if, view):
                weights.setdefault(name, 1)
            continue
        for name, weight in _open_items(cause, view):
            weights[name] = max(weights.get(name, 0), weight)
    return sorted(weights, key=lambda name: (-weights[name], name))


def _open_items(cause: Cause, view: View) -> Iterator[tuple[str, int]]:
    for item in cause.evidence:
        if item.only_if is not None and view.truth(item.only_if) is False:
            continue
        heaviest = max(abs(item.if_true), abs(item.if_false))
        parts = [item.when] if item.only_if is None else [item.only_if, item.when]
        for part in parts:
            for name in _open(part, view):
                yield name, heaviest


def _is_askable(finding: Finding, view: View, examined: bool) -> bool:
    if finding.id in view.answers or (finding.observer == "clinician" and not examined):
        return False
    return finding.ask_if is None or view.truth(finding.ask_if) is not False
