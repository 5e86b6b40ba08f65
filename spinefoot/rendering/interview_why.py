"""Why a question is asked, as sections: which rules an answer feeds and what it could change now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from spinefoot.errors import first_few
from spinefoot.interview.session import Session
from spinefoot.interview.why import Alarm, Effect, Why, alarms, why
from spinefoot.model.knowledge import Cause
from spinefoot.model.rulebase import RuleBase
from spinefoot.planning.screens import Screen
from spinefoot.rendering.interview import Style, still_open
from spinefoot.rendering.report import Line, Section
from spinefoot.rulebase.wording import answer_text

__all__ = ["why_page"]

_SHOWN = 5
"""Titles listed before the rest is counted."""


def why_page(session: Session, screen: Screen, style: Style, only: int | None = None) -> list[Section]:
    """Return why *screen* is asked, or its item number *only* (from 1)."""
    rulebase = session.rulebase
    if only is not None:
        return [_one(why(session, screen.findings[only - 1]), session, style)]
    if len(screen.findings) == 1:
        return [_one(why(session, screen.findings[0]), session, style)]
    topic = next(t for t in rulebase.topics if t.id == screen.topic)
    lines = [Line(text=topic.purpose, strong=True)]
    for number, name in enumerate(screen.findings, 1):
        lines.append(Line(text=rulebase.finding[name].why_asked, mark=f"{number:>2}"))
    fed = [alarms(session, name) for name in screen.findings]
    raises = {rule.id: rule for may_fire, _ in fed for rule in may_fire}
    lowers = {rule.id: rule for _, may_fall in fed for rule in may_fall}
    lines += _alarms(list(raises.values()), list(lowers.values()), rulebase, style)
    lines += _open(session)
    lines.append(Line(text="w and a number, as in w 1, tells what one of them could change."))
    return [Section(title="Why these questions", lines=tuple(lines), tone="calm")]


def _one(reason: Why, session: Session, style: Style) -> Section:
    lines = [Line(text=reason.finding.question, strong=True), Line(text=reason.finding.why_asked)]
    lines += _alarms(reason.raises, reason.lowers, session.rulebase, style)
    lines += [line for effect in reason.effects if (line := _effect(effect, reason, session, style)) is not None]
    if reason.also:
        lines.append(Line(text=f"Together with other answers it can also count for or against: {_titles(reason.also, style)}."))
    lines += _open(session)
    return Section(title="Why this question", lines=tuple(lines), tone="calm")


def _alarms(raises: Sequence[Alarm], lowers: Sequence[Alarm], rulebase: RuleBase, style: Style) -> Iterator[Line]:
    for urgency in rulebase.urgencies:
        rules = [rule for rule in raises if rule.urgency == urgency.id]
        if rules:
            yield Line(text=f'It can still raise "{urgency.title}": {_titles(rules, style)}.', mark="!")
    if lowers:
        yield Line(text=f"It can show that this is less urgent than it looks: {_titles(lowers, style)}.", mark="-")


def _effect(effect: Effect, reason: Why, session: Session, style: Style) -> Line | None:
    """Say what one answer would do; None where it would do nothing on its own."""
    rulebase = session.rulebase
    answer = answer_text(reason.finding, effect.answer)
    parts = []
    if effect.urgency != session.standing.conclusions.urgency:
        because = f" ({_titles(effect.alarms, style)})" if effect.alarms else ""
        parts.append(f'how soon becomes "{rulebase.urgencies[rulebase.urgency_rank[effect.urgency]].title}"{because}')
    for words, sign in (("speaks for", 1), ("speaks against", -1)):
        changes = [(cause, change) for cause, change in effect.changes if change * sign > 0]
        if changes:
            parts.append(f"{words} {_weighed(changes, style)}")
    return Line(text=f'"{answer[0].upper()}{answer[1:]}" now: {"; ".join(parts)}.', mark="-") if parts else None


def _weighed(changes: Sequence[tuple[Cause, int]], style: Style) -> str:
    texts = [f"{cause.title} ({change:+d} dB, {cause.id})" if style.clinician else cause.title for cause, change in changes]
    return first_few(texts, _SHOWN, "; ")


def _titles(rules: Sequence[Alarm] | Sequence[Cause], style: Style) -> str:
    return first_few([f"{rule.title} [{rule.id}]" if style.clinician else rule.title for rule in rules], _SHOWN, "; ")


def _open(session: Session) -> Iterator[Line]:
    lines = still_open(session.standing, briefly=True)
    if lines:
        yield Line(text="What is still open", strong=True)
        yield from lines
