"""Nodes to condition trees. Names are checked later, once every file has been read."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from spinefoot import yaml_nodes as y
from spinefoot.errors import Location, Problem, nearest
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

__all__ = ["RESERVED", "ConditionReader", "Reference"]

BOUNDS = ("at_least", "at_most", "above", "below")
CONCLUSIONS = ("cause_level", "origin_level", "score_lead", "red_flag", "urgency", "root_level", "spine_link")
RESERVED = frozenset({"all", "any", "not", "count", "every_danger_question", "unknown", *BOUNDS, *CONCLUSIONS})
"""Words of the condition language, which no finding or pattern may have as its id."""

_EXPECTED = "expected an id, or one of all, any, not, count, a finding with a comparison, or a conclusion"


class Reference(msgspec.Struct, frozen=True):
    """A leaf of a condition, where it stands, and the id of the rule or finding it belongs to."""

    leaf: Condition
    where: Location
    owner: str = ""


class ConditionReader:
    """Reads the conditions of one file; collects `problems` and the `references` that conditions make."""

    def __init__(self, file: str, problems: list[Problem]) -> None:
        self.file = file
        self.problems = problems
        self.references: list[Reference] = []

    def read(self, node: y.Node) -> Condition | None:
        """Return the condition written at *node*; None where it cannot be read, with the reason in `problems`."""
        pairs = y.entries(node)
        if not pairs:
            value = y.scalar(node) if not y.items(node) else None
            if isinstance(value, str):
                return self._refer(Holds(value), node)
            return self._refuse(f"{y.kind_of(node)} is not a condition", node, _EXPECTED)
        if len(pairs) > 1:
            keys = ", ".join(key for key, _, _ in pairs)
            return self._refuse(f"a condition has one key, and this has {keys}", node, "put each into a list under all or any")
        key, key_node, value_node = pairs[0]
        special = self._special(key)
        if special is not None:
            return special(value_node)
        return self._comparison(key, key_node, value_node)

    def _special(self, key: str) -> Callable[[y.Node], Condition | None] | None:
        return {
            "all": lambda n: self._list(n, AllOf),
            "any": lambda n: self._list(n, AnyOf),
            "not": self._not,
            "count": self._count,
            "every_danger_question": self._every_danger,
            "cause_level": lambda n: self._named(n, LevelIs),
            "origin_level": lambda n: self._named(n, OriginLevelIs),
            "score_lead": self._lead,
            "red_flag": lambda n: self._name(n, RedFlagFired),
            "root_level": lambda n: self._name(n, RootLevelFits),
            "urgency": lambda n: self._words_of(n, UrgencyIs),
            "spine_link": lambda n: self._words_of(n, SpineLinkIs),
        }.get(key)

    def _list(self, node: y.Node, make: type[AllOf] | type[AnyOf]) -> Condition | None:
        children = self._children(node)
        return None if children is None else make(children)

    def _children(self, node: y.Node) -> tuple[Condition, ...] | None:
        nodes = y.items(node)
        if not nodes:
            self._refuse(f"{y.kind_of(node)} stands where a list of conditions is expected", node)
            return None
        read = [self.read(child) for child in nodes]
        known = [child for child in read if child is not None]
        return tuple(known) if len(known) == len(read) else None

    def _not(self, node: y.Node) -> Condition | None:
        inner = self.read(node)
        return None if inner is None else Not(inner)

    def _count(self, node: y.Node) -> Condition | None:
        parts = {key: value for key, _, value in y.entries(node)}
        if set(parts) != {"at_least", "of"}:
            return self._refuse("count takes at_least and of, and nothing else", node)
        least = y.scalar(parts["at_least"])
        children = self._children(parts["of"])
        if children is None:
            return None
        if isinstance(least, bool) or not isinstance(least, int) or not 1 <= least <= len(children):
            return self._refuse(
                f"count at_least is {y.kind_of(parts['at_least'])}", node, f"it must be from 1 to {len(children)}"
            )
        return Count(least, children)

    def _every_danger(self, node: y.Node) -> Condition | None:
        if self._one_word(node) != ("is", "no"):
            return self._refuse("every_danger_question can only be compared with {is: no}", node)
        return EveryDangerNo()

    def _comparison(self, finding: str, key_node: y.Node, node: y.Node) -> Condition | None:
        pairs = y.entries(node)
        keys = [key for key, _, _ in pairs]
        if not keys:
            wrong = nearest(finding, RESERVED)
            return self._refuse(
                f'"{finding}" is followed by {y.kind_of(node)}', key_node, f'did you mean "{wrong}"?' if wrong else _EXPECTED
            )
        if keys in (["is"], ["one_of"]):
            words = self._words(node)
            if words is None:
                return None
            if words == ("unknown",):
                return self._refer(IsUnknown(finding), key_node)
            return self._refer(IsOneOf(finding, words), key_node)
        bounds: dict[str, float] = {}
        for key, bound_key, value in pairs:
            number = y.scalar(value)
            if key not in BOUNDS:
                close = nearest(key, (*BOUNDS, "is", "one_of"))
                return self._refuse(
                    f'"{key}" is not a comparison',
                    bound_key,
                    f'did you mean "{close}"?' if close else f"use {', '.join(BOUNDS)}, is or one_of",
                )
            if isinstance(number, bool) or not isinstance(number, int | float):
                return self._refuse(f"{key} takes a number, not {y.kind_of(value)}", value)
            bounds[key] = number
        return self._refer(NumberIs(finding, **bounds), key_node)

    def _named(self, node: y.Node, make: Callable[[str, tuple[str, ...]], Condition]) -> Condition | None:
        pairs = y.entries(node)
        if len(pairs) != 1:
            return self._refuse(f"{y.kind_of(node)} stands where one name with is or one_of is expected", node)
        name, key_node, value = pairs[0]
        words = self._words(value)
        return None if words is None else self._refer(make(name, words), key_node)

    def _words_of(self, node: y.Node, make: Callable[[tuple[str, ...]], Condition]) -> Condition | None:
        words = self._words(node)
        return None if words is None else self._refer(make(words), node)

    def _name(self, node: y.Node, make: Callable[[str], Condition]) -> Condition | None:
        name = None if y.entries(node) or y.items(node) else y.scalar(node)
        if not isinstance(name, str):
            return self._refuse(f"{y.kind_of(node)} stands where an id is expected", node)
        return self._refer(make(name), node)

    def _lead(self, node: y.Node) -> Condition | None:
        parts = {key: y.plain(value) for key, _, value in y.entries(node)}
        least = parts.get("at_least")
        lists_of_words = all(isinstance(parts.get(k), list) and all(isinstance(w, str) for w in parts[k]) for k in ("of", "over"))
        if set(parts) != {"of", "over", "at_least"} or not lists_of_words or type(least) is not int:
            return self._refuse("score_lead takes two lists of origins, of and over, and a whole number at_least", node)
        return self._refer(ScoreLead(tuple(parts["of"]), tuple(parts["over"]), least), node)

    def _words(self, node: y.Node) -> tuple[str, ...] | None:
        one = self._one_word(node)
        if one is not None and one[0] == "is":
            return (one[1],)
        pairs = y.entries(node)
        if len(pairs) == 1 and pairs[0][0] == "one_of":
            words = y.plain(pairs[0][2])
            if isinstance(words, list) and words and all(isinstance(word, str) for word in words):
                return tuple(words)
        self._refuse("expected {is: word} or {one_of: [word, word]}", node)
        return None

    def _one_word(self, node: y.Node) -> tuple[str, str] | None:
        pairs = y.entries(node)
        if len(pairs) != 1:
            return None
        word = y.plain(pairs[0][2])
        return (pairs[0][0], word) if isinstance(word, str) else None

    def _refer(self, leaf: Condition, node: y.Node) -> Condition:
        self.references.append(Reference(leaf, y.location(node, self.file)))
        return leaf

    def _refuse(self, message: str, node: y.Node, hint: str | None = None) -> Condition | None:
        """Note why there is no condition; returns None, so that a reader can end with it."""
        self.problems.append(Problem("SF205", message, y.location(node, self.file), hint))
        return None
