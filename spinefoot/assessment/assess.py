"""A case in, an `Assessment` out: the public entry to everything below."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, TypeAlias

import msgspec

from spinefoot.assessment.intake import settle
from spinefoot.assessment.unanswered import OpenQuestions, open_questions
from spinefoot.casefile import case_from_answers
from spinefoot.model.assessment import Answers, CauseScore, Conclusions, Firing
from spinefoot.model.case import Case
from spinefoot.model.rulebase import RuleBase
from spinefoot.verdict import in_order

__all__ = ["Assessment", "Executor", "assess"]

Executor: TypeAlias = Callable[[RuleBase, Answers], Conclusions]


class Assessment(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """
    What spinefoot concludes of one case, with every step.

    *answers* are the answers as settled before any rule; *trace* holds those changes and then every firing, in order.
    """

    case: Case
    rulebase: RuleBase
    answers: Answers
    conclusions: Conclusions
    trace: tuple[Firing, ...]

    @property
    def urgency(self) -> str:
        """Id of the urgency."""
        return self.conclusions.urgency

    @property
    def spine_link(self) -> str:
        """Id of the verdict on the spine link."""
        return self.conclusions.spine_link

    @property
    def root_levels(self) -> tuple[str, ...]:
        """Nerve roots that the case fits best."""
        return self.conclusions.root_levels

    @property
    def causes(self) -> tuple[CauseScore, ...]:
        """Balance sheets by level, then score, then id; empty where causes are withheld."""
        return in_order(self.conclusions.scores.values())

    @property
    def silent_for_want_of_an_answer(self) -> tuple[str, ...]:
        """Red flags that one more answer could fire and that would raise the urgency, highest first."""
        return self._open_questions.silent_red_flags

    @property
    def unanswered(self) -> tuple[str, ...]:
        """Findings whose answer could still change urgency, spine link or a level, most useful first."""
        return self._open_questions.findings

    @cached_property
    def _open_questions(self) -> OpenQuestions:
        """Looked for when first asked about: it takes longer than the plain executor takes to conclude."""
        return open_questions(self.case, self.rulebase, self.answers, self.conclusions)

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain values, in the shape of the JSON contract (design.md, Contracts)."""
        from spinefoot.rendering.contract import contract

        return contract(self)

    def to_json(self) -> str:
        """Return the result as one line of JSON. The same case and rule base give the same bytes."""
        return msgspec.json.encode(self.to_dict()).decode()


def assess(case: Case | Mapping[str, Any], rules: RuleBase | None = None, executor: Executor | None = None) -> Assessment:
    """
    Reason through one case, with experta unless another executor is named.

    Args:
        case: A `Case`, or answers by finding id (booleans, numbers, option ids, or words as in a
            symptom file; None is unknown).
        rules: The rule base; the shipped one (or `SPINEFOOT_RULES`) if None.
        executor: `infer` of a module in `spinefoot.executors`. Only experta keeps a trace of firings.

    Raises:
        InputError: A finding or value that the rule base does not know, or a contradiction.
        RuleBaseError: The rule base cannot be used.

    Examples:
        >>> assess({"saddle_numbness": True}).urgency
        'emergency'
    """
    from spinefoot.rulebase.store import load_rules

    rulebase = load_rules() if rules is None else rules
    checked = case if isinstance(case, Case) else case_from_answers(case, rulebase)
    answers, changes = settle(checked, rulebase)
    conclusions = (executor or _experta())(rulebase, answers)
    return Assessment(
        case=checked,
        rulebase=rulebase,
        answers=answers,
        conclusions=conclusions,
        trace=(*changes, *conclusions.firings),
    )


def _experta() -> Executor:
    """Import experta only where a case is reasoned through."""
    from spinefoot.executors.experta_engine import infer

    return infer
