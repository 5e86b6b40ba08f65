"""The condition tree: the syntax tree of `when`, `unless` and `applies_if`, for every executor."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

import msgspec

__all__ = [
    "AllOf",
    "AnyOf",
    "Condition",
    "Count",
    "EveryDangerNo",
    "Holds",
    "IsOneOf",
    "IsUnknown",
    "LevelIs",
    "Not",
    "NumberIs",
    "OriginLevelIs",
    "RedFlagFired",
    "RootLevelFits",
    "ScoreLead",
    "SpineLinkIs",
    "UrgencyIs",
    "children",
    "leaves",
    "walk",
]


class Holds(msgspec.Struct, frozen=True, tag="holds"):
    """A yes_no finding was answered yes, or a pattern is true."""

    id: str


class NumberIs(msgspec.Struct, frozen=True, tag="number"):
    """A number finding lies within every bound that is given."""

    finding: str
    at_least: float | None = None
    at_most: float | None = None
    above: float | None = None
    below: float | None = None

    def admits(self, value: float) -> bool:
        """Tell whether *value* lies within the bounds."""
        return (
            (self.at_least is None or value >= self.at_least)
            and (self.at_most is None or value <= self.at_most)
            and (self.above is None or value > self.above)
            and (self.below is None or value < self.below)
        )


class IsOneOf(msgspec.Struct, frozen=True, tag="choice"):
    """A choice finding was answered with one of *options*."""

    finding: str
    options: tuple[str, ...]


class IsUnknown(msgspec.Struct, frozen=True, tag="unknown"):
    """A finding has no answer. True or false, never unknown itself."""

    finding: str


class EveryDangerNo(msgspec.Struct, frozen=True, tag="every_danger_no"):
    """Every danger question that applies was answered no (`RuleBase.expand` says which those are)."""


class LevelIs(msgspec.Struct, frozen=True, tag="cause_level"):
    """A cause was scored and has one of *levels*. True or false: known once scoring is done."""

    cause: str
    levels: tuple[str, ...]


class OriginLevelIs(msgspec.Struct, frozen=True, tag="origin_level"):
    """The best level among the causes of an origin is one of *levels*."""

    origin: str
    levels: tuple[str, ...]


class ScoreLead(msgspec.Struct, frozen=True, tag="score_lead"):
    """The best score among causes of the origins *of* exceeds the best among *over* by *at_least* decibans."""

    of: tuple[str, ...]
    over: tuple[str, ...]
    at_least: int


class RedFlagFired(msgspec.Struct, frozen=True, tag="red_flag"):
    """A red flag fired."""

    id: str


class UrgencyIs(msgspec.Struct, frozen=True, tag="urgency"):
    """The urgency of the case is one of *levels*."""

    levels: tuple[str, ...]


class RootLevelFits(msgspec.Struct, frozen=True, tag="root_level"):
    """A root level was concluded."""

    root: str


class SpineLinkIs(msgspec.Struct, frozen=True, tag="spine_link"):
    """The spine link is one of *verdicts*."""

    verdicts: tuple[str, ...]


class Not(msgspec.Struct, frozen=True, tag="not"):
    """True where *of* is false, false where it is true, unknown where it is unknown."""

    of: Condition


class AllOf(msgspec.Struct, frozen=True, tag="all"):
    """Kleene conjunction."""

    of: tuple[Condition, ...]


class AnyOf(msgspec.Struct, frozen=True, tag="any"):
    """Kleene disjunction."""

    of: tuple[Condition, ...]


class Count(msgspec.Struct, frozen=True, tag="count"):
    """At least *at_least* of the conditions are true."""

    at_least: int
    of: tuple[Condition, ...]


Condition: TypeAlias = (
    Holds
    | NumberIs
    | IsOneOf
    | IsUnknown
    | EveryDangerNo
    | LevelIs
    | OriginLevelIs
    | ScoreLead
    | RedFlagFired
    | UrgencyIs
    | RootLevelFits
    | SpineLinkIs
    | Not
    | AllOf
    | AnyOf
    | Count
)


def children(condition: Condition) -> tuple[Condition, ...]:
    """Return the conditions directly inside *condition*; empty for a leaf."""
    if isinstance(condition, Not):
        return (condition.of,)
    if isinstance(condition, AllOf | AnyOf | Count):
        return condition.of
    return ()


def walk(condition: Condition) -> Iterator[Condition]:
    """Yield *condition* and everything inside it, outermost first, in the order of the file."""
    yield condition
    for child in children(condition):
        yield from walk(child)


def leaves(condition: Condition) -> Iterator[Condition]:
    """Yield the leaves of *condition* in the order of the file."""
    return (node for node in walk(condition) if not children(node))
