"""What a question is asked for: the rules that an answer feeds, and what it could change now."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

from spinefoot.assessment.intake import settle
from spinefoot.errors import InputError
from spinefoot.executors.plain import infer
from spinefoot.interview.session import Session
from spinefoot.model.assessment import Conclusions
from spinefoot.model.case import Case
from spinefoot.model.conditions import AllOf, AnyOf, Condition, Count, Holds, IsOneOf, IsUnknown, Not, NumberIs
from spinefoot.model.findings import Finding, Value
from spinefoot.model.knowledge import Cause, RedFlag, UrgencyRule
from spinefoot.model.rulebase import RuleBase
from spinefoot.planning.possible import both
from spinefoot.truth import View

__all__ = ["Alarm", "Effect", "Why", "alarms", "answers_behind", "why"]

Alarm: TypeAlias = RedFlag | UrgencyRule


class Effect(NamedTuple):
    """What one answer would do now: the urgency it leads to and by which rules, and how scores change, in decibans."""

    answer: Value
    urgency: str
    alarms: tuple[Alarm, ...]
    changes: tuple[tuple[Cause, int], ...]


class Why(NamedTuple):
    """
    What an answer to a question feeds.

    *raises* are rules of urgency that may still fire and read it, *lowers* those that have fired and may fall silent by it,
    both highest urgency first. *effects* says what each answer (but for numbers) would do now; *also* are the causes that read
    the answer, but where it counts only together with other answers.
    """

    finding: Finding
    raises: tuple[Alarm, ...]
    lowers: tuple[Alarm, ...]
    effects: tuple[Effect, ...]
    also: tuple[Cause, ...]


def why(session: Session, name: str) -> Why:
    """Return what the answer to *name* feeds, and what it could change."""
    rulebase = session.rulebase
    finding = rulebase.finding[name]
    raises, lowers = alarms(session, name)
    effects = tuple(_effects(session, finding))
    moved = {cause.id for effect in effects for cause, _ in effect.changes}
    reading = (cause for cause in rulebase.causes if name in rulebase.reads(*_conditions(cause)))
    return Why(finding, raises, lowers, effects, tuple(cause for cause in reading if cause.id not in moved))


def alarms(session: Session, name: str) -> tuple[tuple[Alarm, ...], tuple[Alarm, ...]]:
    """Return the undecided rules of urgency that read *name*: those that may still fire, and those that may fall silent."""
    rulebase, standing = session.rulebase, session.standing
    fired = {*standing.conclusions.red_flags, *standing.conclusions.urgency_rules}
    undecided = [
        rule
        for rule in sorted(standing.outlook.setting_urgency(), key=lambda rule: _how_direct(rule, rulebase))
        if standing.outlook.fires(rule) == both and name in rulebase.reads(rule.when, rule.unless)
    ]
    raises = tuple(rule for rule in undecided if rule.id not in fired)
    return raises, tuple(rule for rule in undecided if rule.id in fired)


def answers_behind(rule: Alarm, view: View) -> tuple[str, ...]:
    """Return the findings whose answers made *rule* fire, in order of first mention."""
    return tuple(dict.fromkeys(_behind(view.rulebase.expand(rule.when), view, True)))


def _how_direct(rule: Alarm, rulebase: RuleBase) -> tuple[int, int]:
    """Order rules by urgency, and those that read few answers, to which one answer means most, before the others."""
    return rulebase.urgency_rank[rule.urgency], len(rulebase.reads(rule.when))


def _behind(condition: Condition, view: View, wanted: bool) -> Iterator[str]:
    """Yield the findings that give *condition* the truth *wanted*, which it must have."""
    if isinstance(condition, Not):
        yield from _behind(condition.of, view, not wanted)
    elif isinstance(condition, AllOf | AnyOf | Count):
        for child in condition.of:
            if view.truth(child) is wanted:
                yield from _behind(child, view, wanted)
    elif isinstance(condition, Holds) and condition.id in view.rulebase.pattern:
        yield from _behind(view.rulebase.pattern[condition.id].when, view, wanted)
    elif isinstance(condition, Holds):
        yield condition.id
    elif isinstance(condition, NumberIs | IsOneOf | IsUnknown):
        yield condition.finding


def _effects(session: Session, finding: Finding) -> Iterator[Effect]:
    values: tuple[Value, ...] = (True, False) if finding.kind == "yes_no" else finding.option_ids
    before = session.standing.conclusions
    for value in values:
        after = _concluded(session, {**session.given, finding.id: value})
        if after is not None:
            changes = sorted(_changes(session, before, after), key=lambda change: -abs(change[1]))
            names = set(after.urgency_rules)
            alarms = tuple(rule for rule in session.standing.outlook.setting_urgency() if rule.id in names)
            yield Effect(value, after.urgency, alarms, tuple(changes))


def _concluded(session: Session, given: dict[str, Value]) -> Conclusions | None:
    """Return what *given* would come to; None where it contradicts itself."""
    try:
        answers, _ = settle(Case(findings=given), session.rulebase)
    except InputError:
        return None
    return infer(session.rulebase, answers)


def _changes(session: Session, before: Conclusions, after: Conclusions) -> Iterator[tuple[Cause, int]]:
    for cause in session.rulebase.causes:
        old, new = before.scores.get(cause.id), after.scores.get(cause.id)
        if old is None or new is None or new.score is None:
            continue
        change = new.score - (new.prior if old.score is None else old.score)
        if change:
            yield cause, change


def _conditions(cause: Cause) -> Iterator[Condition | None]:
    yield cause.applies_if
    yield from (item.when for item in cause.evidence)
