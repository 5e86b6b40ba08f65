"""
Alternatives in the gate of an advice rule that never decide, because the urgency has decided already.

A sign that a red flag without a gate names always comes with at least the urgency of that flag. Where a rule does not
fire at such an urgency anyway, the sign in its `unless` changes nothing. It may well stand there for its reader.
"""

from __future__ import annotations

from collections.abc import Iterator

from spinefoot.model.conditions import AllOf, AnyOf, Condition, IsOneOf, NumberIs, UrgencyIs
from spinefoot.model.knowledge import AdviceRule
from spinefoot.model.rulebase import RuleBase

__all__ = ["deciding_alternatives"]


def deciding_alternatives(rule: AdviceRule, rulebase: RuleBase) -> list[Condition]:
    """Return the alternatives of the gate of *rule* that can decide whether it fires, one for each option of a choice."""
    rank = rulebase.urgency_rank
    highest = min((rank[urgency] for urgency in _open_urgencies(rule, rulebase)), default=len(rank))
    return [
        other for other in _alternatives(rule.unless) if isinstance(other, UrgencyIs) or _comes_with(other, rulebase) >= highest
    ]


def _open_urgencies(rule: AdviceRule, rulebase: RuleBase) -> set[str]:
    """Return the urgencies at which *rule* can fire, as far as it names them outright."""
    left = {urgency.id for urgency in rulebase.urgencies}
    for part in rule.when.of if isinstance(rule.when, AllOf) else (rule.when,):
        if isinstance(part, UrgencyIs):
            left &= set(part.levels)
    for other in _alternatives(rule.unless):
        if isinstance(other, UrgencyIs):
            left -= set(other.levels)
    return left


def _alternatives(gate: Condition | None) -> Iterator[Condition]:
    if isinstance(gate, AnyOf):
        for child in gate.of:
            yield from _alternatives(child)
    elif isinstance(gate, IsOneOf):
        yield from (IsOneOf(gate.finding, (option,)) for option in gate.options)
    elif gate is not None:
        yield gate


def _comes_with(sign: Condition, rulebase: RuleBase) -> int:
    """Return the rank of the highest urgency that a red flag without a gate sets wherever *sign* is true."""
    rank = rulebase.urgency_rank
    setting = [flag.urgency for flag in rulebase.red_flags if flag.unless is None and _implies(sign, flag.when)]
    return min((rank[urgency] for urgency in setting), default=len(rank))


def _implies(sign: Condition, when: Condition) -> bool:
    """Tell whether *when* is plainly true wherever *sign* is."""
    if isinstance(when, AnyOf):
        return any(_implies(sign, child) for child in when.of)
    if isinstance(sign, IsOneOf) and isinstance(when, IsOneOf):
        return sign.finding == when.finding and set(sign.options) <= set(when.options)
    if isinstance(sign, NumberIs) and isinstance(when, NumberIs) and sign.below is not None and when.below is not None:
        return sign.finding == when.finding and sign.below <= when.below and when == NumberIs(when.finding, below=when.below)
    return sign == when
