"""Conditions with one small fault in them, as a tired writer might make it, and the fault in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

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
    children,
)

__all__ = ["FaultyCondition", "brief", "faulty_conditions", "smallest_step"]

_BOUNDS = ("at_least", "at_most", "above", "below")
_SWAPPED = {"at_least": "above", "above": "at_least", "at_most": "below", "below": "at_most"}
_WORD_LISTS = ("options", "levels", "verdicts")
_BRIEF_CHARS = 70


class FaultyCondition(NamedTuple):
    """A changed condition: the kind of *change*, what was changed in words, and the whole *condition* after it."""

    change: str
    says: str
    condition: Condition


def faulty_conditions(condition: Condition) -> Iterator[FaultyCondition]:
    """Yield *condition* with one fault each: at its outermost node first, then inside, in the order of the file."""
    yield from _at_node(condition)
    for place, child in enumerate(children(condition)):
        for fault in faulty_conditions(child):
            yield fault._replace(condition=_with_child(condition, place, fault.condition))


def brief(condition: Condition) -> str:
    """Return *condition* in a few words and ids, for a reader who has the file at hand."""
    text = _brief(condition)
    return text if len(text) <= _BRIEF_CHARS else text[: _BRIEF_CHARS - 3] + "..."


def smallest_step(number: float) -> float:
    """
    Return one unit of the last digit that a number is written with.

    Examples:
        >>> smallest_step(14), smallest_step(0.36)
        (1, 0.01)
    """
    digits = str(number).partition(".")[2] if number != int(number) else ""
    return round(10.0 ** -len(digits), len(digits)) if digits else 1


def _at_node(node: Condition) -> Iterator[FaultyCondition]:
    if isinstance(node, AllOf | AnyOf | Count):
        yield from _in_list(node)
    elif not isinstance(node, Not):
        yield FaultyCondition("condition negated", f"not {_brief(node)}", Not(node))
    if isinstance(node, NumberIs):
        yield from _bounds(node)
    if isinstance(node, ScoreLead):
        for number in (node.at_least - 1, node.at_least + 1):
            changed = msgspec.structs.replace(node, at_least=number)
            yield FaultyCondition("threshold shifted", f"lead of {node.at_least} -> {number}", changed)
    for field in _WORD_LISTS:
        words = getattr(node, field, ())
        for word in words if len(words) > 1 else ():
            left = tuple(other for other in words if other != word)
            says = f"{_brief(node)}, without {word}"
            yield FaultyCondition("option dropped", says, msgspec.structs.replace(node, **{field: left}))


def _in_list(node: AllOf | AnyOf | Count) -> Iterator[FaultyCondition]:
    if len(node.of) > 1:
        for place, child in enumerate(node.of):
            left = node.of[:place] + node.of[place + 1 :]
            if isinstance(node, Count):
                fewer: Condition = Count(min(node.at_least, len(left)), left)
            else:
                fewer = type(node)(left)
            yield FaultyCondition("condition dropped", f"without {brief(child)}", fewer)
    if isinstance(node, Count):
        for number in (node.at_least - 1, node.at_least + 1):
            if 1 <= number <= len(node.of):
                yield FaultyCondition("count shifted", f"count at_least {node.at_least} -> {number}", Count(number, node.of))
    elif len(node.of) > 1:
        swapped: Condition = AnyOf(node.of) if isinstance(node, AllOf) else AllOf(node.of)
        words = "all -> any" if isinstance(node, AllOf) else "any -> all"
        yield FaultyCondition("all and any swapped", f"{words}: {brief(node)}", swapped)


def _bounds(node: NumberIs) -> Iterator[FaultyCondition]:
    for bound in _BOUNDS:
        number = getattr(node, bound)
        if number is None:
            continue
        step = smallest_step(number)
        for other in (number - step, number + step):
            changed = msgspec.structs.replace(node, **{bound: round(other, 6)})
            yield FaultyCondition("threshold shifted", f"{_brief(node)} -> {bound} {other:g}", changed)
        swapped = msgspec.structs.replace(node, **{bound: None, _SWAPPED[bound]: number})
        yield FaultyCondition("bound swapped", f"{_brief(node)} -> {_SWAPPED[bound]} {number:g}", swapped)


def _with_child(node: Condition, place: int, child: Condition) -> Condition:
    if isinstance(node, AllOf | AnyOf | Count):
        changed = tuple(child if number == place else other for number, other in enumerate(node.of))
        return msgspec.structs.replace(node, of=changed)
    return Not(child)


def _brief(node: Condition) -> str:
    if isinstance(node, Holds):
        return node.id
    if isinstance(node, NumberIs):
        bounds = " and ".join(f"{bound} {getattr(node, bound):g}" for bound in _BOUNDS if getattr(node, bound) is not None)
        return f"{node.finding} {bounds}"
    if isinstance(node, IsOneOf):
        return f"{node.finding} is {' or '.join(node.options)}"
    if isinstance(node, IsUnknown):
        return f"{node.finding} is unknown"
    if isinstance(node, Not):
        return f"not {_brief(node.of)}"
    if isinstance(node, AllOf | AnyOf | Count):
        word = {AllOf: "all", AnyOf: "any"}.get(type(node)) or f"{getattr(node, 'at_least', '')} of"
        return f"{word}({', '.join(map(_brief, node.of))})"
    return _brief_conclusion(node)


def _brief_conclusion(node: Condition) -> str:
    if isinstance(node, EveryDangerNo):
        return "every danger question no"
    if isinstance(node, LevelIs):
        return f"{node.cause} is {' or '.join(node.levels)}"
    if isinstance(node, OriginLevelIs):
        return f"{node.origin} is {' or '.join(node.levels)}"
    if isinstance(node, ScoreLead):
        return f"lead of {'/'.join(node.of)} over {'/'.join(node.over)} at least {node.at_least}"
    if isinstance(node, RedFlagFired):
        return f"red flag {node.id}"
    if isinstance(node, UrgencyIs):
        return f"urgency is {' or '.join(node.levels)}"
    if isinstance(node, RootLevelFits):
        return f"root {node.root}"
    if isinstance(node, SpineLinkIs):
        return f"spine link is {' or '.join(node.verdicts)}"
    raise AssertionError(f"no words for {type(node).__name__}")
