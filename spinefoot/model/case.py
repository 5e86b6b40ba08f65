"""One person's answers, and what a written case expects of them."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from spinefoot.errors import Location
from spinefoot.model.findings import Value

__all__ = ["Case", "Expected", "SavedUnder"]


class Expected(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    What a case should come to; only what is given is checked.

    *causes* are acceptable as the first cause listed, *spine_link* may name several acceptable
    verdicts, *fires* and *silent* name rules that must and must not hold, *urgency_rules* rules that must be among
    those that set the urgency. *instruments* are points of published scores: one number where every item is answered,
    else the lowest and the highest that are still possible.
    """

    urgency: str | None = None
    urgency_at_least: str | None = None
    urgency_at_most: str | None = None
    urgency_rules: tuple[str, ...] = ()
    spine_link: str | tuple[str, ...] | None = None
    causes: tuple[str, ...] = ()
    levels: dict[str, str] = {}
    scores: dict[str, int] = {}
    instruments: dict[str, int | tuple[int, int]] = {}
    root_levels: tuple[str, ...] | None = None
    fires: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()


class SavedUnder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The rule base under which answers were saved."""

    version: str
    sha256: str


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """
    One person's answers by finding id; a finding that is absent is unknown.

    Values have the type of their finding (`Value`). *places* says where each answer was read, for
    messages; it plays no part in any result. *declined* are findings that the file says are unknown, *rulebase* the hash
    of the rule base under which it was saved, where it says so.
    """

    findings: Mapping[str, Value]
    id: str = "case"
    says: str | None = None
    expected: Expected | None = None
    where: Location | None = None
    places: Mapping[str, Location] = {}
    declined: tuple[str, ...] = ()
    rulebase: SavedUnder | None = None
