"""One interview as a list of steps, each a screen and its replies: everything else follows from them, and undoes with them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cached_property
from typing import NamedTuple

from spinefoot.assessment.intake import settle, withdrawn
from spinefoot.executors.plain import infer
from spinefoot.model.assessment import Answers, Conclusions
from spinefoot.model.case import Case
from spinefoot.model.findings import Value
from spinefoot.model.knowledge import RedFlag, UrgencyRule
from spinefoot.model.rulebase import RuleBase
from spinefoot.planning.outlook import Outlook
from spinefoot.planning.possible import FALSE, TRUE
from spinefoot.planning.questions import DANGER, GATE, OpenQuestion, Questions
from spinefoot.planning.screens import Screen, next_screen

__all__ = ["Replies", "Session", "Standing", "Step"]

Replies = Mapping[str, Value | None]
"""Answers by finding; None is "I don't know"."""


class Step(NamedTuple):
    """A screen as it was shown, and what was replied."""

    screen: Screen
    replies: Replies


class Standing:
    """
    Where an interview stands after some answers.

    Raises:
        InputError: Two answers contradict each other.
    """

    def __init__(self, rulebase: RuleBase, given: Answers, declined: Collection[str], *, examined: bool) -> None:
        self.rulebase = rulebase
        self.answers, _ = settle(Case(findings=given), rulebase)
        self.outlook = Outlook(rulebase, self.answers, withdrawn(given, self.answers).union(declined), examined=examined)

    @cached_property
    def conclusions(self) -> Conclusions:
        """What the rules make of the answers so far, by the plain executor."""
        return infer(self.rulebase, self.answers)

    @cached_property
    def questions(self) -> list[OpenQuestion]:
        """Open questions that could still change the verdict, most useful first."""
        return Questions(self.outlook, self.conclusions).relevant()

    @cached_property
    def emergencies(self) -> tuple[RedFlag | UrgencyRule, ...]:
        """The rules that set the highest urgency there is; none where the urgency is lower."""
        if self.rulebase.urgency_rank[self.conclusions.urgency] > 0:
            return ()
        names = set(self.conclusions.urgency_rules)
        return tuple(rule for rule in self.outlook.setting_urgency() if rule.id in names)

    @property
    def urgency_is_settled(self) -> bool:
        """Tell whether no further answer can change the urgency."""
        return self.outlook.reach.urgency_is_settled

    @property
    def verdict_is_settled(self) -> bool:
        """Tell whether no further answer can change anything that a person acts on."""
        return self.outlook.reach.is_settled

    @property
    def gate_is_open(self) -> bool:
        """Tell whether the red flags that set the urgency wait for an answer that could lower it: it is asked first."""
        return any(question.turn == GATE and question.is_next for question in self.questions)

    @cached_property
    def all_questions(self) -> list[OpenQuestion]:
        """Every question that may be asked now, in the order of the topics; a follow-up of an unknown answer is one."""
        possible = self.outlook.possible
        return [OpenQuestion(name, DANGER, 0.0, is_next=not possible.applies(name) & FALSE) for name in self._open]

    @cached_property
    def details(self) -> list[OpenQuestion]:
        """Details of dangers that were answered yes: who is told about them on arrival will ask for these."""
        possible, finding = self.outlook.possible, self.rulebase.finding
        follow_ups = [name for name in self._open if finding[name].danger and finding[name].ask_if is not None]
        return [OpenQuestion(name, DANGER, 0.0, is_next=True) for name in follow_ups if possible.applies(name) == TRUE]

    @property
    def _open(self) -> list[str]:
        return [finding.id for finding in self.rulebase.findings if self.outlook.possible.is_open(finding.id)]


class Session:
    """
    An interview in progress.

    Args:
        rulebase: What is asked and how it is judged.
        examined: Whether findings of an examiner are asked too.
        everything: Ask every question that applies, not only those that could change the verdict.
        start: Replies known before the first question, as from a saved interview: steps like any other.

    Raises:
        InputError: Two answers of *start* contradict each other.
    """

    def __init__(
        self,
        rulebase: RuleBase,
        *,
        examined: bool = False,
        everything: bool = False,
        start: Replies | None = None,
    ) -> None:
        self.rulebase = rulebase
        self.examined = examined
        self.everything = everything
        self._steps = _as_steps(rulebase, start or {})
        self.standing = self._stand(self.replies)

    @property
    def steps(self) -> tuple[Step, ...]:
        """What was asked and replied so far."""
        return tuple(self._steps)

    @property
    def replies(self) -> dict[str, Value | None]:
        """Every reply by finding, in the order in which they were given; None is "I don't know"."""
        return _merged(self._steps)

    @property
    def given(self) -> dict[str, Value]:
        """Answers as they were given, by finding, in the order in which they were given."""
        return {name: value for name, value in self.replies.items() if value is not None}

    @property
    def declined(self) -> frozenset[str]:
        """Findings answered with "I don't know"."""
        return frozenset(name for name, value in self.replies.items() if value is None)

    def next_screen(self) -> Screen | None:
        """Return what to ask next; None where nothing that could still be asked would change the verdict."""
        questions = self.standing.all_questions if self.everything else self.standing.questions
        return next_screen(questions, self.rulebase, self._topic)

    def next_detail(self) -> Screen | None:
        """Return the next screen of details that help whoever receives an emergency; None where there are none."""
        return next_screen(self.standing.details, self.rulebase, self._topic)

    def reply(self, screen: Screen, replies: Replies) -> None:
        """
        Take the replies to a screen.

        Raises:
            InputError: They contradict earlier answers; the session is as before.
        """
        self._become([*self._steps, Step(screen, replies)])

    def undo(self) -> Step | None:
        """Take back the last step, with everything concluded from it, and return it; None where there is none."""
        if not self._steps:
            return None
        last = self._steps[-1]
        self._become(self._steps[:-1])
        return last

    def change(self, number: int, replies: Replies) -> tuple[str, ...]:
        """
        Replace the replies of step *number*, keeping those of the other steps.

        Returns:
            Findings whose later answers were dropped, because their question does not apply any more.

        Raises:
            InputError: The new replies contradict other answers; the session is as before.
        """
        steps = list(self._steps)
        steps[number] = Step(steps[number].screen, replies)
        dropped: list[str] = []
        while moot := self._moot(steps):
            dropped += moot
            steps = [_without(step, moot) for step in steps]
        self._become([step for step in steps if step.replies])
        return tuple(dropped)

    def case(self, id: str = "interview") -> Case:
        """Return the answers as a case, which `assess` judges as the interview did."""
        return Case(id=id, findings=self.given)

    @property
    def _topic(self) -> str | None:
        return self._steps[-1].screen.topic if self._steps else None

    def _become(self, steps: list[Step]) -> None:
        standing = self._stand(_merged(steps))
        self._steps, self.standing = steps, standing

    def _stand(self, replies: Replies) -> Standing:
        given = {name: value for name, value in replies.items() if value is not None}
        declined = [name for name, value in replies.items() if value is None]
        return Standing(self.rulebase, given, declined, examined=self.examined)

    def _moot(self, steps: list[Step]) -> list[str]:
        """Return the findings replied to in *steps* whose question can no longer apply."""
        possible = self._stand(_merged(steps)).outlook.possible
        return [name for step in steps for name in step.replies if possible.applies(name) == FALSE]


def _as_steps(rulebase: RuleBase, replies: Replies) -> list[Step]:
    """Return known replies as the screens on which they may have been given."""
    screens: dict[str, dict[str, Value | None]] = {}
    for name, value in replies.items():
        screens.setdefault(rulebase.finding[name].checklist or name, {})[name] = value
    steps = []
    for together in screens.values():
        names = sorted(together, key=rulebase.finding_number.__getitem__)
        first = rulebase.finding[names[0]]
        steps.append(Step(Screen(first.checklist, tuple(names), first.topic), {name: together[name] for name in names}))
    return steps


def _merged(steps: list[Step]) -> dict[str, Value | None]:
    merged: dict[str, Value | None] = {}
    for step in steps:
        merged |= step.replies
    return merged


def _without(step: Step, names: Collection[str]) -> Step:
    return Step(step.screen, {name: value for name, value in step.replies.items() if name not in names})
