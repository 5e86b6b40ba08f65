"""
Patterns and red flags as a decision of GoRules' zen: one node of expressions, each of which may read those before it.

A comparison with what is not given is false in zen, so that a condition has two expressions: where it is true, and where it
is false. A gate that is not true is then plainly `not(...)` of the first.
"""

from __future__ import annotations

import json
from typing import Any

import zen

from spinefoot.model.assessment import Answers
from spinefoot.model.conditions import AllOf, AnyOf, Condition, Count, Holds, IsOneOf, IsUnknown, Not, NumberIs
from spinefoot.model.rulebase import RuleBase

__all__ = ["ZenRules"]

_BOUNDS = (("at_least", ">="), ("at_most", "<="), ("above", ">"), ("below", "<"))


class ZenRules:
    """The red flags of *rulebase*, and the patterns that they read."""

    def __init__(self, rulebase: RuleBase) -> None:
        self._rulebase = rulebase
        self._expressions: dict[str, str] = {}
        self._flags = [flag.id for flag in rulebase.red_flags]
        for flag in rulebase.red_flags:
            gate = "" if flag.unless is None else f" and not({self._when(flag.unless, True)})"
            when = self._when(flag.when, True)
            self._expressions[f"flag_{flag.id}"] = f"{when}{gate}"
        self._decision = zen.ZenEngine().create_decision(json.dumps(self._graph()))

    def fire(self, answers: Answers) -> set[str]:
        """Return the red flags that fire on *answers*, which must be settled."""
        result: dict[str, Any] = self._decision.evaluate(dict(answers))["result"]
        return {flag for flag in self._flags if result[f"flag_{flag}"]}

    def _graph(self) -> dict[str, Any]:
        expressions = [{"id": key, "key": key, "value": value} for key, value in self._expressions.items()]
        at = {"x": 0, "y": 0}
        return {
            "contentType": "application/vnd.gorules.decision",
            "nodes": [
                {"id": "in", "name": "in", "type": "inputNode", "position": at},
                {
                    "id": "rules",
                    "name": "rules",
                    "type": "expressionNode",
                    "position": at,
                    "content": {"expressions": expressions},
                },
                {"id": "out", "name": "out", "type": "outputNode", "position": at},
            ],
            "edges": [
                {"id": "1", "type": "edge", "sourceId": "in", "targetId": "rules"},
                {"id": "2", "type": "edge", "sourceId": "rules", "targetId": "out"},
            ],
        }

    def _when(self, condition: Condition, truth: bool) -> str:
        condition = self._rulebase.expand(condition)
        if isinstance(condition, Not):
            return self._when(condition.of, not truth)
        if isinstance(condition, Holds):
            return (
                self._pattern(condition.id, truth)
                if condition.id in self._rulebase.pattern
                else f"({condition.id} == {_word(truth)})"
            )
        if isinstance(condition, IsUnknown):
            return f"({condition.finding} {'==' if truth else '!='} null)"
        if isinstance(condition, IsOneOf):
            sign, join = ("==", " or ") if truth else ("!=", " and ")
            compared = join.join(f"{condition.finding} {sign} '{option}'" for option in condition.options)
            return f"({condition.finding} != null and ({compared}))"
        if isinstance(condition, NumberIs):
            bounds = [(sign, getattr(condition, name)) for name, sign in _BOUNDS if getattr(condition, name) is not None]
            within = " and ".join(f"{condition.finding} {sign} {value}" for sign, value in bounds)
            return f"({condition.finding} != null and {within if truth else f'not({within})'})"
        if isinstance(condition, AllOf | AnyOf):
            join = " and " if isinstance(condition, AllOf) is truth else " or "
            return f"({join.join(self._when(part, truth) for part in condition.of)})"
        if isinstance(condition, Count):
            needed = condition.at_least if truth else len(condition.of) - condition.at_least + 1
            return f"({' + '.join(f'({self._when(part, truth)} ? 1 : 0)' for part in condition.of)} >= {needed})"
        raise AssertionError(f"red flags do not read {type(condition).__name__}")

    def _pattern(self, name: str, truth: bool) -> str:
        key = f"pattern_{name}_{_word(truth)}"
        if key not in self._expressions:
            when = self._when(self._rulebase.pattern[name].when, truth)  # what it reads comes before it
            self._expressions[key] = when
        return f"$.{key}"


def _word(truth: bool) -> str:
    return "true" if truth else "false"
