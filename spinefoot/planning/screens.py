"""The next screen of an interview: one question, or the checklist that it stands on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from spinefoot.model.rulebase import RuleBase
from spinefoot.planning.questions import REST, OpenQuestion

__all__ = ["Screen", "next_screen"]

_SAME_TOPIC = 2.0
"""How much more another topic must be worth before the talk moves on to it."""


class Screen(NamedTuple):
    """Findings that are asked together; *checklist* is None where there is one question."""

    checklist: str | None
    findings: tuple[str, ...]
    topic: str


def next_screen(questions: Sequence[OpenQuestion], rulebase: RuleBase, topic: str | None = None) -> Screen | None:
    """
    Return the screen to show next, None where no question is relevant.

    Gates and dangers go by their turn, checklists before the single questions of their topics, in the order of the topics;
    the rest by what a screen is worth, staying in *topic* while it pays.
    """
    ready = [question for question in questions if question.is_next] or list(questions)
    if not ready:
        return None
    order = rulebase.finding_number
    topics = {t.id: t.order for t in rulebase.topics}
    listed = {finding.topic for finding in rulebase.findings if finding.checklist}
    screens: dict[str, list[OpenQuestion]] = {}
    for question in ready:
        screens.setdefault(rulebase.finding[question.finding].checklist or question.finding, []).append(question)

    def rank(members: list[OpenQuestion]) -> tuple[int, bool, float, int]:
        turn = min(question.turn for question in members)
        place = min(order[question.finding] for question in members)
        first = rulebase.finding[members[0].finding]
        if turn < REST:
            return turn, first.checklist is None and first.topic in listed, topics.get(first.topic, 0), place
        worth = sum(question.worth for question in members)
        return turn, False, -worth * (_SAME_TOPIC if first.topic == topic else 1.0), place

    best = min(screens.values(), key=rank)
    names = sorted((question.finding for question in best), key=order.__getitem__)
    first = rulebase.finding[names[0]]
    return Screen(first.checklist, tuple(names), first.topic)
