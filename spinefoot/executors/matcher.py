"""
experta's Rete matcher for rules that are conjunctions of positive patterns (`network`), without the work they never need.

Facts, joins, activations and the agenda are experta's. The differential tests hold the shortcuts to what it would conclude:

- A fact meets the patterns of its class that name its id, or no id. experta shows it to every pattern.
- What matched is known by its position in the rule (f0, f1, ...), so rules share their patterns.
- Only the rules that facts reached are asked for new activations.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from spinefoot.executors.experta_import import (
    BusNode,
    ConflictSetNode,
    OrdinaryMatchNode,
    P,
    ReteMatcher,
    SameContextCheck,
    Token,
)

__all__ = ["Matcher"]


class Matcher(ReteMatcher):  # type: ignore[misc]  # experta has no types
    """Rete for rules that are conjunctions of positive patterns."""

    def build_network(self) -> None:
        """Join the patterns of each rule from left to right, and end in its conflict set node."""
        self.root_node = _Facts()
        self._with_memory: list[Any] = []
        self._reached: dict[_Activations, None] = {}
        same_context = SameContextCheck()
        for rule in self.engine.get_rules():
            last = self.root_node.matching(rule[0], 0)
            for position, pattern in enumerate(rule[1:], 1):
                join = OrdinaryMatchNode(same_context)
                last.add_child(join, join.activate_left)
                self.root_node.matching(pattern, position).add_child(join, join.activate_right)
                self._with_memory.append(join)
                last = join
            activations = _Activations(rule, self._reached)
            last.add_child(activations, activations.activate)
            self._with_memory.append(activations)

    def reset(self) -> None:
        """Forget every fact."""
        for node in self._with_memory:
            node._reset()
        self._reached.clear()

    def changes(self, adding: Any = None, deleting: Any = None) -> tuple[list[Any], list[Any]]:
        """Pass facts to the network; return the activations that came and went."""
        for fact in deleting or ():
            self.root_node.remove(fact)
        for fact in adding or ():
            self.root_node.add(fact)
        added: list[Any] = []
        removed: list[Any] = []
        for node in self._reached:
            came, went = node.get_activations()
            added.extend(came)
            removed.extend(went)
        self._reached.clear()
        return added, removed


class _Facts(BusNode):  # type: ignore[misc]  # experta has no types
    """Where facts come in."""

    def __init__(self) -> None:
        super().__init__()
        self._matching: dict[tuple[Any, int], _Matching] = {}
        self._by_id: dict[tuple[type, Any], list[_Matching]] = {}

    def matching(self, pattern: Any, position: int) -> _Matching:
        """Return the node of the facts that match *pattern*, as number *position* of a rule."""
        node = self._matching.get((pattern, position))
        if node is None:
            node = self._matching[pattern, position] = _Matching(pattern, position)
            named = pattern.get("id")
            self._by_id.setdefault((type(pattern), None if isinstance(named, P) else named), []).append(node)
        return node

    def add(self, fact: Any) -> None:
        """Pass on a fact that was declared."""
        for node in self._nodes(fact):
            node.add(fact)

    def remove(self, fact: Any) -> None:
        """Pass on that a fact was retracted."""
        for node in self._nodes(fact):
            node.remove(fact)

    def _nodes(self, fact: Any) -> list[_Matching]:
        anonymous, named = (type(fact), None), (type(fact), fact.get("id"))
        found = self._by_id.get(anonymous, [])
        return found if named == anonymous else found + self._by_id.get(named, [])


class _Matching(BusNode):  # type: ignore[misc]  # experta has no types
    """The facts that match one pattern."""

    def __init__(self, pattern: Any, position: int) -> None:
        super().__init__()
        self._wanted = list(pattern.items())
        self._name = f"f{position}"

    def add(self, fact: Any) -> None:
        """Pass on a fact that was declared, if it matches."""
        self._send(Token.valid, fact)

    def remove(self, fact: Any) -> None:
        """Pass on that a fact was retracted, if it matches."""
        self._send(Token.invalid, fact)

    def _send(self, token: Callable[..., Any], fact: Any) -> None:
        if all(value.match(fact[key]) if isinstance(value, P) else value == fact[key] for key, value in self._wanted):
            sent = token(fact, {self._name: fact})
            for child in self.children:
                child.callback(sent)


class _Activations(ConflictSetNode):  # type: ignore[misc]  # experta has no types
    """The activations of one rule, which adds itself to *reached* when they change."""

    def __init__(self, rule: Any, reached: dict[_Activations, None]) -> None:
        super().__init__(rule)
        self._reached = reached

    def _reset(self) -> None:
        super()._reset()
        # experta would keep what a run that failed had left here, for the next case.
        self.get_activations()

    def _activate(self, token: Any) -> None:
        self._reached[self] = None
        super()._activate(token)
