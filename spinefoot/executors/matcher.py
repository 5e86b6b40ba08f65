"""
experta's Rete matcher, without the work that our rules never need.

The shortcuts keep what the matcher does; the differential tests hold them to it. Rules arrive as
conjunctions of positive patterns (`network`): that is the normal form that `prepare_ruleset` would bring
them to, and wiring one is a chain of joins. And `changes` asks only those conflict set nodes for activations
that have some.
"""

from __future__ import annotations

from typing import Any

from spinefoot.executors.experta_import import ConflictSetNode, OrdinaryMatchNode, ReteMatcher, SameContextCheck

__all__ = ["Matcher"]


class Matcher(ReteMatcher):  # type: ignore[misc]  # experta has no types
    """Rete for rules that are conjunctions of positive patterns."""

    @staticmethod
    def prepare_ruleset(engine: Any) -> set[Any]:
        """Return the rules as they are: they are in normal form."""
        return set(engine.get_rules())

    @staticmethod
    def build_beta_part(ruleset: set[Any], alpha_terminals: dict[Any, Any]) -> None:
        """Join the patterns of each rule from left to right, and end in its conflict set node."""
        for rule in ruleset:
            last = alpha_terminals[rule[0]]
            for pattern in rule[1:]:
                join = OrdinaryMatchNode(SameContextCheck())
                last.add_child(join, join.activate_left)
                alpha_terminals[pattern].add_child(join, join.activate_right)
                last = join
            activations = ConflictSetNode(rule)
            last.add_child(activations, activations.activate)

    def changes(self, adding: Any = None, deleting: Any = None) -> tuple[list[Any], list[Any]]:
        """Pass facts to the network; return the activations that came and went."""
        for fact in deleting or ():
            self.root_node.remove(fact)
        for fact in adding or ():
            self.root_node.add(fact)
        added: list[Any] = []
        removed: list[Any] = []
        for node in self._get_conflict_set_nodes():
            if node.added or node.removed:
                came, went = node.get_activations()
                added.extend(came)
                removed.extend(went)
        return added, removed
