"""The conditions of a rule by name, whatever its kind, and the names that a condition reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

import msgspec

from spinefoot.model.conditions import (
    Condition,
    Holds,
    LevelIs,
    OriginLevelIs,
    RedFlagFired,
    RootLevelFits,
    ScoreLead,
    SpineLinkIs,
    UrgencyIs,
    leaves,
)
from spinefoot.model.findings import Finding
from spinefoot.model.knowledge import Cause, Ceiling, Instrument
from spinefoot.model.rulebase import Rule

__all__ = ["SPINE_LINK", "URGENCY", "mentions", "origin_name", "parts_of", "root_name", "with_item", "with_part"]

URGENCY = "urgency:"
SPINE_LINK = "spine_link:"
"""Names of what is concluded once for a case; the colon keeps them apart from ids."""

_FIELDS = ("when", "unless", "only_if", "applies_if", "show_if", "no_not_trusted_if", "ask_if")
_CEILING = "ceiling"
_PRIOR = "prior_if"
_ITEM = "item"

T = TypeVar("T", bound=msgspec.Struct)


def origin_name(origin: str) -> str:
    """Return the name under which conditions read the causes of an origin."""
    return f"origin:{origin}"


def root_name(root: str) -> str:
    """Return the name under which conditions read a root level."""
    return f"root:{root}"


def parts_of(rule: Rule | Finding) -> Iterator[tuple[str, Condition]]:
    """Yield each condition of *rule* with its name: the field, and a number from 1 where there may be several."""
    for field in _FIELDS:
        condition = getattr(rule, field, None)
        if condition is not None:
            yield field, condition
    if isinstance(rule, Cause):
        for number, other in enumerate(rule.prior_if, 1):
            yield f"{_PRIOR} {number}", other.when
        if rule.ceiling is not None and rule.ceiling.unless is not None:
            yield _CEILING, rule.ceiling.unless
    if isinstance(rule, Instrument):
        for number, item in enumerate(rule.items, 1):
            yield f"{_ITEM} {number}", item.when


def with_part(rule: T, part: str, condition: Condition | None) -> T:
    """Return *rule* with another condition as its *part*; None leaves that condition out."""
    changes: dict[str, Any]
    if part.startswith(_PRIOR):
        changes = {_PRIOR: _with_prior(rule, int(part.split()[1]) - 1, condition)}
    elif part.startswith(f"{_ITEM} "):
        changes = {"items": with_item(rule, int(part.split()[1]) - 1, when=condition)}
    elif part == _CEILING:
        changes = {_CEILING: msgspec.structs.replace(_ceiling(rule), unless=condition)}
    else:
        changes = {part: condition}
    return msgspec.structs.replace(rule, **changes)


def mentions(condition: Condition) -> Iterator[str]:
    """Yield the names that *condition* reads: ids of findings, patterns, red flags and causes, and names made here."""
    for leaf in leaves(condition):
        if isinstance(leaf, Holds | RedFlagFired):
            yield leaf.id
        elif isinstance(leaf, LevelIs):
            yield leaf.cause
        elif isinstance(leaf, OriginLevelIs):
            yield origin_name(leaf.origin)
        elif isinstance(leaf, ScoreLead):
            yield from map(origin_name, (*leaf.of, *leaf.over))
        elif isinstance(leaf, RootLevelFits):
            yield root_name(leaf.root)
        elif isinstance(leaf, UrgencyIs):
            yield URGENCY
        elif isinstance(leaf, SpineLinkIs):
            yield SPINE_LINK


def _with_prior(rule: Any, place: int, condition: Condition | None) -> tuple[Any, ...]:
    if condition is None:
        return tuple(rule.prior_if[:place] + rule.prior_if[place + 1 :])
    changed = msgspec.structs.replace(rule.prior_if[place], when=condition)
    return tuple(changed if n == place else other for n, other in enumerate(rule.prior_if))


def with_item(rule: Any, place: int, **changes: Any) -> tuple[Any, ...]:
    """Return the items of a published score, the one at *place* (from 0) changed."""
    changed = msgspec.structs.replace(rule.items[place], **changes)
    return tuple(changed if n == place else other for n, other in enumerate(rule.items))


def _ceiling(rule: Any) -> Ceiling:
    ceiling: Ceiling = rule.ceiling
    return ceiling
