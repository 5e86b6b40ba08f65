"""What an assessment says: firings, balance sheets and conclusions, all as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

import msgspec

from spinefoot.errors import Location
from spinefoot.model.findings import Value
from spinefoot.model.knowledge import Level

__all__ = [
    "Answers",
    "CauseScore",
    "Conclusions",
    "Facts",
    "Firing",
    "InstrumentScore",
    "LimitedBy",
    "Stage",
    "WeighedItem",
]

Answers: TypeAlias = Mapping[str, Value]

Facts: TypeAlias = Mapping[str, Value | None]
"""What matched: findings with their answers, patterns with their truth, conclusions; None is *not answered*."""

Stage: TypeAlias = Literal[
    "input", "pattern", "instrument", "red_flag", "scope", "evidence", "level", "root_level", "urgency", "spine_link", "advice"
]

LimitedBy: TypeAlias = Literal["does_not_apply", "not_known_to_apply", "too_few_groups", "few_groups_for", "barred", "ceiling"]
"""Why a level is not what the score alone would give."""


class Firing(msgspec.Struct, frozen=True, kw_only=True):
    """
    One rule that fired.

    *facts* made its condition true. *gate* holds what keeps its `unless` from being true, as far as
    it was answered. *concludes* is a short sentence, *value* the same for machines.
    """

    rule: str
    stage: Stage
    facts: Facts
    concludes: str
    because: str
    value: Value | None = None
    gate: Facts = {}
    sources: tuple[str, ...] = ()
    where: Location | None = None


class WeighedItem(msgspec.Struct, frozen=True, kw_only=True):
    """An answered item of a balance sheet: its *weight* and what it *counts* after halves, in decibans."""

    rule: str
    group: str
    weight: int
    counts: int
    answered: bool
    replaced: bool = False


class CauseScore(msgspec.Struct, frozen=True, kw_only=True):
    """
    The balance sheet of one cause, in whole decibans.

    *score* is None where the cause was not scored, *groups* gives each answered group's total after its cap.
    """

    cause: str
    level: Level
    score: int | None
    prior: int
    items: tuple[WeighedItem, ...] = ()
    groups: Mapping[str, int] = {}
    limited_by: LimitedBy | None = None


class InstrumentScore(msgspec.Struct, frozen=True, kw_only=True):
    """A published score: the range that is still possible, from *lowest* to *highest*, and the items not answered."""

    instrument: str
    lowest: int
    highest: int
    met: tuple[str, ...]
    missing: tuple[str, ...]


class Conclusions(msgspec.Struct, frozen=True, kw_only=True):
    """
    Everything that an executor concludes of one case.

    Rule ids are in the order of the rule base. *withheld* names the rules for which no cause is
    scored. *firings* is the trace, empty for executors that keep none.
    """

    patterns: tuple[str, ...]
    red_flags: tuple[str, ...]
    withheld: tuple[str, ...]
    scores: Mapping[str, CauseScore]
    root_levels: tuple[str, ...]
    root_level_rules: tuple[str, ...]
    urgency: str
    urgency_rules: tuple[str, ...]
    spine_link: str
    spine_link_rules: tuple[str, ...]
    advice: tuple[str, ...]
    instruments: Mapping[str, InstrumentScore]
    firings: tuple[Firing, ...] = ()
