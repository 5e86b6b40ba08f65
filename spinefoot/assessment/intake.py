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
from spinefoot.model.findings import Value
from spinefoot.model.rulebase import RuleBase
from spinefoot.truth import View

__all__ = ["settle"]


def settle(case: Case, rulebase: RuleBase) -> tuple[Answers, tuple[Firing, ...]]:
    """
    Return the answers that rules may read, and a firing for each that was changed.

    Raises:
        InputError: Two answers contradict each other.
    """
    implied = _implied(case, rulebase)
    answers: dict[str, Value] = {**case.findings, **dict.fromkeys(implied, True)}
    firings: list[Firing] = []
    problems: list[Problem] = []
    distrusted = _distrusted(case, answers, rulebase)
    for name in distrusted:
        condition = rulebase.finding[name].no_not_trusted_if
        facts = {read: answers.get(read) for read in rulebase.reads(condition) if answers.get(read) is not None}
        firings.append(
            Firing(
                rule=name,
                stage="input",
                facts=facts,
                concludes=f'the answer "no" to {name} is kept as unknown',
                because="With these answers a no cannot be trusted.",
                where=rulebase.finding[name].where,
            )
        )
        if name not in implied:
            del answers[name]
    for name, source in implied.items():
        if case.findings.get(name) is False and name not in distrusted:
            problems.append(_contradiction(case, source, name))
        elif case.findings.get(name) is not True:
            firings.append(
                Firing(
                    rule=name,
                    stage="input",
                    facts={source: True},
                    concludes=f"{name} is yes",
                    because=next(i.because for i in rulebase.implications if (i.when, i.then) == (source, name)),
                    value=True,
                    where=next(i.where for i in rulebase.implications if (i.when, i.then) == (source, name)),
                )
            )
    if problems:
        raise InputError(problems)
    for implication in rulebase.implications:
        follows = answers.get(implication.then) is False and implication.when not in answers
        if follows and implication.when in rulebase.finding:
            answers[implication.when] = False
            firings.append(
                Firing(
                    rule=implication.when,
                    stage="input",
                    facts={implication.then: False},
                    concludes=f"{implication.when} is no",
                    because=implication.because,
                    value=False,
                    where=implication.where,
                )
            )
    return answers, tuple(firings)


def _implied(case: Case, rulebase: RuleBase) -> dict[str, str]:
    """Return each finding that must be yes, with the first finding or pattern it follows from."""
    implied: dict[str, str] = {}
    while True:
        view = View(rulebase, {**case.findings, **dict.fromkeys(implied, True)})
        new = {
            i.then: i.when for i in reversed(rulebase.implications) if i.then not in implied and view.truth(Holds(i.when)) is True
        }
        if not new:
            return implied
        implied |= new


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
    return Problem("SF606", message, case.places.get(name) or case.where)
