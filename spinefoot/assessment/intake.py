"""
What is settled once, before any rule: answers that cannot be trusted, and answers that follow from others.

First the yeses that follow from yeses (errata, ruling 17); then each *no* that is not trusted becomes
unknown (ruling 105); what then still stands as an explicit *no* against a yes is a contradiction. Last, the
noes that follow from a trusted no: who never had cancer has none now, so that the follow-up questions, which
nobody asks after a no, do not stay unknown. This is the same implication read backwards, not a guess.
"""

from __future__ import annotations

from spinefoot.errors import InputError, Problem
from spinefoot.model.assessment import Answers, Firing
from spinefoot.model.case import Case
from spinefoot.model.conditions import Holds
from spinefoot.model.findings import Finding, Implication, Value
from spinefoot.model.rulebase import RuleBase
from spinefoot.truth import View

__all__ = ["settle", "withdrawn"]


def settle(case: Case, rulebase: RuleBase) -> tuple[Answers, tuple[Firing, ...]]:
    """
    Return the answers that rules may read, and a firing for each that was changed.

    Raises:
        InputError: Two answers contradict each other.
    """
    implied = _implied(case, rulebase)
    answers: dict[str, Value] = {**case.findings, **dict.fromkeys(implied, True)}
    distrusted = _distrusted(case, answers, rulebase)
    firings = [_kept_unknown(rulebase.finding[name], answers, rulebase) for name in distrusted]
    for name in set(distrusted) - set(implied):
        del answers[name]
    said_no = [name for name in implied if case.findings.get(name) is False and name not in distrusted]
    if said_no:
        raise InputError(_contradiction(case, implied[name].when, name) for name in said_no)
    firings += [_follows(i, i.when, i.then, True) for i in implied.values() if case.findings.get(i.then) is not True]
    firings += _noes_that_follow(answers, rulebase)
    return answers, tuple(firings)


def withdrawn(given: Answers, settled: Answers) -> frozenset[str]:
    """Return the findings that were answered and are unknown again: each a no that is not trusted, and no use asking again."""
    return frozenset(given.keys() - settled.keys())


def _implied(case: Case, rulebase: RuleBase) -> dict[str, Implication]:
    """Return each finding that must be yes, with the first implication that says so."""
    implied: dict[str, Implication] = {}
    while True:
        view = View(rulebase, {**case.findings, **dict.fromkeys(implied, True)})
        holding = [i for i in rulebase.implications if i.then not in implied and view.truth(Holds(i.when)) is True]
        if not holding:
            return implied
        implied |= {i.then: i for i in reversed(holding)}


def _noes_that_follow(answers: dict[str, Value], rulebase: RuleBase) -> list[Firing]:
    """Add to *answers* each no that follows from a no, and return what was added."""
    firings: list[Firing] = []
    while True:
        new = [
            i
            for i in rulebase.implications
            if answers.get(i.then) is False and i.when in rulebase.finding and i.when not in answers
        ]
        if not new:
            return firings
        answers.update(dict.fromkeys((i.when for i in new), False))
        firings += [_follows(i, i.then, i.when, False) for i in new]


def _follows(implication: Implication, known: str, concluded: str, value: bool) -> Firing:
    return Firing(
        rule=concluded,
        stage="input",
        facts={known: value},
        concludes=f"{concluded} is {'yes' if value else 'no'}",
        because=implication.because,
        value=value,
        where=implication.where,
    )


def _kept_unknown(finding: Finding, answers: Answers, rulebase: RuleBase) -> Firing:
    return Firing(
        rule=finding.id,
        stage="input",
        facts={name: answers[name] for name in rulebase.reads(finding.no_not_trusted_if) if name in answers},
        concludes=f'the answer "no" to {finding.id} is kept as unknown',
        because="With these answers a no cannot be trusted.",
        where=finding.where,
    )


def _distrusted(case: Case, answers: Answers, rulebase: RuleBase) -> list[str]:
    view = View(rulebase, answers)
    return [
        finding.id
        for finding in rulebase.findings
        if case.findings.get(finding.id) is False
        and finding.no_not_trusted_if is not None
        and view.truth(finding.no_not_trusted_if) is True
    ]


def _contradiction(case: Case, source: str, name: str) -> Problem:
    def line(finding: str) -> str:
        place = case.places.get(finding)
        return f" (line {place.line})" if place and place.line else ""

    message = f"{source} is yes{line(source)} and {name} is no{line(name)}; both cannot hold"
    return Problem("SF606", message, case.places.get(name) or case.where, about=(source, name))
