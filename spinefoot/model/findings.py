"""The vocabulary: what can be asked, how it is asked, and what an answer may be."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from spinefoot.errors import Location
from spinefoot.model.conditions import Condition

__all__ = ["AnswerLabels", "Area", "Checklist", "Finding", "Implication", "Option", "Statement", "Topic", "Value"]

Value: TypeAlias = bool | int | float | str
"""An answer: bool for yes_no, int or float for number, an option id for choice. Unknown is absence."""

Kind: TypeAlias = Literal["yes_no", "number", "choice"]
Observer: TypeAlias = Literal["self", "helper", "clinician"]


class Option(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One answer of a choice finding."""

    id: str
    label: str


class AnswerLabels(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Words shown instead of "yes", "no" and "I don't know"."""

    if_yes: str
    if_no: str
    if_unknown: str


class Statement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an answer to a yes_no finding says, as a clause: "the foot drags"; "the foot does not drag"."""

    if_yes: str
    if_no: str


class Topic(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of the interview; *order* decides which comes first, *caution* is said before its self-tests."""

    id: str
    order: int
    title: str
    purpose: str
    caution: str | None = None


class Checklist(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One screen on which several yes_no findings are ticked."""

    id: str
    title: str
    topic: str = ""


class Area(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A place of the body map, with the findings that say pain or numbness there; *mark* is its tag in the drawing."""

    id: str
    label: str
    mark: str | None = None
    pain: str | None = None
    numb: str | None = None
    nerves: str | None = None


class Implication(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A yes (of a finding or a pattern) that makes another finding yes; a trusted no against it is a contradiction."""

    when: str
    then: str
    because: str
    where: Location | None = None


class Finding(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    One observable fact about a case.

    In every yes_no finding *yes* is the abnormal answer, apart from questions that only gates read
    ("already checked", "unchanged for years"). `ask_if` says for whom the question has a meaning;
    it does not restrict what a symptom file may answer. *clinical* names the same fact to a clinician:
    a short noun phrase in the field's terms, with the conditions that decide what counts ("new",
    "within 4 weeks"). *statement* (yes_no) and *subject* (a noun phrase, for numbers and choices) put
    answers into sentences. *steps* explain a self-test.
    """

    id: str
    kind: Kind
    observer: Observer
    question: str
    help: str
    why_asked: str
    clinical: str | None = None
    statement: Statement | None = None
    subject: str | None = None
    danger: bool = False
    unit: str | None = None
    min: int | float | None = None
    max: int | float | None = None
    options: tuple[Option, ...] = ()
    steps: tuple[str, ...] = ()
    answer_labels: AnswerLabels | None = None
    ask_if: Condition | None = None
    no_not_trusted_if: Condition | None = None
    checklist: str | None = None
    hpo: str | None = None
    topic: str = ""
    where: Location | None = None

    @property
    def option_ids(self) -> tuple[str, ...]:
        """Ids of the options, in order; empty unless the kind is choice."""
        return tuple(option.id for option in self.options)

    @property
    def in_clinical_words(self) -> str | None:
        """The finding as a clinician names it; None where only a question in lay words is known."""
        if self.clinical is None and self.observer == "clinician":
            return self.question.removesuffix("?")
        return self.clinical

    @property
    def answers(self) -> str:
        """What the finding takes, in words fit for a message: "yes, no or unknown"."""
        if self.kind == "yes_no":
            return "yes, no or unknown"
        if self.kind == "choice":
            return "one of " + ", ".join(self.option_ids)
        return f"a number from {self.min} to {self.max} {self.unit or ''}".rstrip()
