"""
From conditions to experta rules: positive patterns only, one salience a rule, no OR, no NOT.

experta drops wrong activations where rules share a salience and use NOT, and fires an OR once per
alternative. So each node of a condition is asked one of four questions, all answered by facts:

    TRUE        it is true          NOT_TRUE    it is false or unknown
    FALSE       it is false         NOT_FALSE   it is true or unknown

An answer is a fact, "no" as much as "yes"; *unknown* is a fact of its own, declared only where something
asks for it. `not` moves down to the leaves. A conjunction is the pattern list of one rule. A
disjunction or a count becomes a fact (`Reached`) that one rule for each alternative declares, so the
network grows linearly. The same node is built once, whoever asks for it.

Findings outside the vocabulary of a network are unknown for good, so what could only come true
through them is left out. What no case of this network can fire is never built.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from functools import cache, partial
from typing import Any, TypeAlias

from spinefoot.executors.experta_import import Fact, P, Rule
from spinefoot.model.conditions import (
    AllOf,
    AnyOf,
    Condition,
    Count,
    EveryDangerNo,
    Holds,
    IsOneOf,
    IsUnknown,
    LevelIs,
    Not,
    NumberIs,
    OriginLevelIs,
    RedFlagFired,
    RootLevelFits,
    ScoreLead,
    SpineLinkIs,
    UrgencyIs,
)
from spinefoot.model.rulebase import RuleBase

__all__ = [
    "Answer",
    "Ask",
    "Begin",
    "Concluded",
    "NetworkBuilder",
    "Number",
    "Patterns",
    "Reached",
    "Unanswered",
    "lead_name",
    "pattern_concluded",
]


class Answer(Fact):  # type: ignore[misc]  # experta has no types
    """A yes_no or choice finding: `id`, `value`."""


class Number(Fact):  # type: ignore[misc]  # experta has no types
    """A number finding: `id`, `value`."""


class Unanswered(Fact):  # type: ignore[misc]  # experta has no types
    """A finding without an answer: `id`."""


class Concluded(Fact):  # type: ignore[misc]  # experta has no types
    """A conclusion: `kind` (pattern, cause_level, urgency, ...), `id`, `value`."""


class Reached(Fact):  # type: ignore[misc]  # experta has no types
    """An inner node of a condition that is settled: `id`, its number."""


class Begin(Fact):  # type: ignore[misc]  # experta has no types
    """Always there: the pattern of rules that conclude a stage."""


def pattern_concluded(name: str, truth: bool) -> Any:
    """Return the fact, or the experta pattern, that pattern *name* was concluded to be *truth*."""
    return Concluded(kind="pattern", id=name, value=truth)


Patterns = tuple[Any, ...]
"""experta patterns that must all match; empty means always."""


class Ask(StrEnum):
    """What is asked of a node."""

    TRUE = "true"
    FALSE = "false"
    NOT_TRUE = "not true"
    NOT_FALSE = "not false"

    @property
    def negated(self) -> Ask:
        """What must be asked of x, for the answer about `not x`."""
        return _NEGATED[self]

    @property
    def wants_truth(self) -> bool:
        """Whether a conjunction stays a conjunction (TRUE, NOT_FALSE) or turns into a disjunction."""
        return self in (Ask.TRUE, Ask.NOT_FALSE)


_NEGATED = {Ask.TRUE: Ask.FALSE, Ask.FALSE: Ask.TRUE, Ask.NOT_TRUE: Ask.NOT_FALSE, Ask.NOT_FALSE: Ask.NOT_TRUE}


Action: TypeAlias = Callable[[Sequence[Any]], None]
"""What a rule does when it fires, given the facts that its patterns matched, in their order."""


class FiringRule(Rule):  # type: ignore[misc]  # experta has no types
    """A rule of experta that does *action*; experta itself makes rules by decorating functions."""

    __name__ = "rule"  # for experta's watchers

    def __new__(cls, patterns: Patterns, salience: int, action: Action) -> Any:
        """Make a rule; arguments as of experta's Rule."""
        rule = super().__new__(cls, *patterns, salience=salience)
        rule.action = action
        return rule

    def __call__(self, engine: Any, **matched: Any) -> None:
        """Fire."""
        self.action([matched[f"f{position}"] for position in range(len(matched))])


class NetworkBuilder:
    """Builds the rules of one network. Rules fire in the order in which they are added."""

    def __init__(
        self,
        rulebase: RuleBase,
        vocabulary: frozenset[str],
        conclude_pattern: Callable[[str, bool, Sequence[Any]], None],
        reach: Callable[[int, Sequence[Any]], None],
    ) -> None:
        self.rulebase = rulebase
        self.vocabulary = vocabulary
        self.conclude_pattern = conclude_pattern
        self.reach = reach
        self.rules: list[FiringRule] = []
        self.asked_unanswered: set[str] = set()
        self._patterns: dict[tuple[Condition, Ask], Patterns | None] = {}
        self._possible: dict[tuple[Condition, Ask], bool] = {}
        self._nodes = 0

    def add(self, patterns: Patterns | None, action: Action) -> None:
        """Add a rule; nothing is added where *patterns* is None (it can never fire)."""
        if patterns is not None:
            # No two saliences are the same (engine-notes, 3 and 4).
            self.rules.append(FiringRule(patterns or (Begin(),), -len(self.rules), action))

    def patterns(self, condition: Condition, ask: Ask = Ask.TRUE) -> Patterns | None:
        """Return what must match for the answer *ask* about *condition*; None if it never can be the answer."""
        key = (condition, ask)
        if key not in self._patterns:
            self._patterns[key] = self._build(condition, ask) if self.is_possible(condition, ask) else None
        return self._patterns[key]

    def is_possible(self, condition: Condition, ask: Ask) -> bool:
        """Tell whether some answers within the vocabulary could make *ask* the answer about *condition*."""
        key = (condition, ask)
        if key not in self._possible:
            self._possible[key] = self._could_be(condition, ask)
        return self._possible[key]

    def _could_be(self, condition: Condition, ask: Ask) -> bool:
        if isinstance(condition, Not):
            return self.is_possible(condition.of, ask.negated)
        if isinstance(condition, AllOf | AnyOf):
            conjunction = isinstance(condition, AllOf) == ask.wants_truth
            return (all if conjunction else any)(self.is_possible(child, ask) for child in condition.of)
        if isinstance(condition, Count):
            needed = condition.at_least if ask.wants_truth else len(condition.of) - condition.at_least + 1
            return sum(self.is_possible(child, ask) for child in condition.of) >= needed
        if isinstance(condition, EveryDangerNo):
            return self.is_possible(self.rulebase.every_danger_no, ask)
        if isinstance(condition, Holds) and condition.id in self.rulebase.pattern:
            return self.is_possible(self.rulebase.pattern[condition.id].when, ask)
        if isinstance(condition, Holds | NumberIs | IsOneOf):
            finding = condition.id if isinstance(condition, Holds) else condition.finding
            return finding in self.vocabulary or ask in (Ask.NOT_TRUE, Ask.NOT_FALSE)
        if isinstance(condition, IsUnknown):
            return ask.wants_truth or condition.finding in self.vocabulary
        return True

    def both(self, *parts: Patterns | None) -> Patterns | None:
        """Return the conjunction of several pattern lists; None where one of them is None."""
        joined: dict[Any, None] = {}
        for part in parts:
            if part is None:
                return None
            joined.update(dict.fromkeys(part))
        return tuple(joined)

    def _build(self, condition: Condition, ask: Ask) -> Patterns | None:
        if isinstance(condition, Not):
            return self.patterns(condition.of, ask.negated)
        if isinstance(condition, AllOf | AnyOf):
            parts = [self.patterns(child, ask) for child in condition.of]
            conjunction = isinstance(condition, AllOf) == ask.wants_truth
            return self.both(*parts) if conjunction else self._either(parts)
        if isinstance(condition, Count):
            parts = [self.patterns(child, ask) for child in condition.of]
            needed = condition.at_least if ask.wants_truth else len(parts) - condition.at_least + 1
            return self._at_least(needed, parts)
        if isinstance(condition, EveryDangerNo):
            return self.patterns(self.rulebase.every_danger_no, ask)
        if isinstance(condition, Holds) and condition.id in self.rulebase.pattern:
            return self._pattern(condition.id, ask)
        if isinstance(condition, Holds):
            return self._answer(condition.id, ask, Answer(id=condition.id, value=ask.wants_truth))
        if isinstance(condition, NumberIs):
            return self._answer(condition.finding, ask, Number(id=condition.finding, value=_within(condition, ask.wants_truth)))
        if isinstance(condition, IsOneOf):
            return self._answer(
                condition.finding, ask, Answer(id=condition.finding, value=_among(condition.options, ask.wants_truth))
            )
        if isinstance(condition, IsUnknown):
            return self._unknown(condition.finding, ask)
        return (_conclusion(condition, ask.wants_truth),)

    def _answer(self, finding: str, ask: Ask, known: Any) -> Patterns | None:
        if finding not in self.vocabulary:
            return None if ask in (Ask.TRUE, Ask.FALSE) else ()
        if ask in (Ask.TRUE, Ask.FALSE):
            return (known,)
        return self._either([(known,), (self._unanswered(finding),)])

    def _unknown(self, finding: str, ask: Ask) -> Patterns | None:
        if ask.wants_truth:
            return (self._unanswered(finding),)
        kind = Number if self.rulebase.finding[finding].kind == "number" else Answer
        return (kind(id=finding),)

    def _unanswered(self, finding: str) -> Any:
        self.asked_unanswered.add(finding)
        return Unanswered(id=finding)

    def _pattern(self, name: str, ask: Ask) -> Patterns | None:
        """Known truth of a pattern is a fact that its rule concludes; *not true* looks through to its condition."""
        when = self.rulebase.pattern[name].when
        inner = self.patterns(when, ask)
        if not inner or ask in (Ask.NOT_TRUE, Ask.NOT_FALSE):
            return inner
        self.add(inner, partial(self.conclude_pattern, name, ask.wants_truth))
        return (pattern_concluded(name, ask.wants_truth),)

    def _either(self, parts: Iterable[Patterns | None]) -> Patterns | None:
        alternatives = list(dict.fromkeys(part for part in parts if part is not None))
        if () in alternatives:
            return ()
        if len(alternatives) < 2:
            return alternatives[0] if alternatives else None
        node = self._node()
        for alternative in _merged(alternatives):
            self.add(alternative, partial(self.reach, node))
        return (Reached(id=node),)

    def _at_least(self, needed: int, parts: list[Patterns | None]) -> Patterns | None:
        """
        Return patterns for "at least *needed* of *parts*", with about needed x len(parts) rules.

        `reached[j]` says that j of the parts seen so far hold; each further part either carries
        j over or lifts it to j + 1.
        """
        reached: list[Patterns | None] = [(), *[None] * needed]
        for part in parts:
            step = [reached[0]]
            for j in range(1, needed + 1):
                step.append(self._either([reached[j], self.both(reached[j - 1], part)]))
            reached = step
        return reached[needed]

    def _node(self) -> int:
        self._nodes += 1
        return self._nodes


def _merged(alternatives: list[Patterns]) -> list[Patterns]:
    """
    Return *alternatives* with those that are one answered finding each joined into one pattern for each value.

    Such a pattern matches once for each of the findings; reaching a node twice is reaching it.
    """
    single: dict[tuple[type, Any], list[str]] = {}
    rest: list[Patterns] = []
    for patterns in alternatives:
        pattern = patterns[0]
        if len(patterns) == 1 and isinstance(pattern, Answer | Unanswered):
            single.setdefault((type(pattern), pattern.get("value")), []).append(pattern["id"])
        else:
            rest.append(patterns)
    joined: list[Patterns] = []
    for (kind, value), ids in single.items():
        which = _among(tuple(sorted(ids)), True)
        joined.append((kind(id=which),) if value is None else (kind(id=which, value=value),))
    return joined + rest


# A predicate is made once for each comparison, so that equal patterns share a node of the network.
@cache
def _within(condition: NumberIs, wanted: bool) -> Any:
    return P(lambda value: condition.admits(value) is wanted)


@cache
def _among(words: tuple[str, ...], wanted: bool) -> Any:
    if wanted and len(words) == 1:
        return words[0]
    return P(lambda value: (value in words) is wanted)


def _conclusion(condition: Condition, wanted: bool) -> Any:
    """A two-valued leaf: what earlier stages concluded is always there as a fact, true or false."""
    if isinstance(condition, LevelIs):
        return Concluded(kind="cause_level", id=condition.cause, value=_among(condition.levels, wanted))
    if isinstance(condition, OriginLevelIs):
        return Concluded(kind="origin_level", id=condition.origin, value=_among(condition.levels, wanted))
    if isinstance(condition, UrgencyIs):
        return Concluded(kind="urgency", id="", value=_among(condition.levels, wanted))
    if isinstance(condition, SpineLinkIs):
        return Concluded(kind="spine_link", id="", value=_among(condition.verdicts, wanted))
    if isinstance(condition, RedFlagFired):
        return Concluded(kind="red_flag", id=condition.id, value=wanted)
    if isinstance(condition, RootLevelFits):
        return Concluded(kind="root_level", id=condition.root, value=wanted)
    if isinstance(condition, ScoreLead):
        return Concluded(kind="score_lead", id=lead_name(condition), value=wanted)
    raise AssertionError(f"no facts stand for {type(condition).__name__}")


def lead_name(lead: ScoreLead) -> str:
    """Name a score lead, for its fact and the trace."""
    return f"{'/'.join(lead.of)} over {'/'.join(lead.over)} by {lead.at_least}"
