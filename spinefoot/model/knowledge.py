"""What clinicians write under `rules/`, as frozen values: one class for each thing that is reviewed."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from spinefoot.errors import Location
from spinefoot.model.conditions import Condition

__all__ = [
    "LEVELS",
    "AdviceRule",
    "Basis",
    "Cause",
    "CauseAdvice",
    "Ceiling",
    "Code",
    "Cutoff",
    "Evidence",
    "GroupCap",
    "Instrument",
    "InstrumentItem",
    "Level",
    "Limits",
    "Origin",
    "Pattern",
    "PriorIf",
    "RedFlag",
    "Root",
    "RootLevelRule",
    "ScopeRule",
    "Scoring",
    "Source",
    "SpineLinkRule",
    "Syndrome",
    "Urgency",
    "UrgencyRule",
    "Verdict",
]

Basis: TypeAlias = Literal["published", "recalled", "expert"]
Mark: TypeAlias = Literal["verified", "recalled"]
Level: TypeAlias = Literal["likely", "possible", "not_enough_information", "unlikely"]

LEVELS: tuple[Level, ...] = ("likely", "possible", "not_enough_information", "unlikely")
"""Levels of a cause, best first. An origin has the best level of its causes, so it is `unlikely` only where all are."""


class Source(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An entry of the bibliography. *mark* says whether the figures were read there or are recalled."""

    id: str
    citation: str
    mark: Mark
    address: str | None = None
    note: str | None = None


class Urgency(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How soon to see whom, in words. The file lists them highest first."""

    id: str
    title: str
    action: str
    do: tuple[str, ...] = ()
    do_not: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


class Origin(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a cause lies."""

    id: str
    title: str


class Verdict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One answer to the headline question. Where rules for several fire, the one listed first holds."""

    id: str
    title: str
    says: str


class Root(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A nerve root that a case may fit best."""

    id: str
    title: str
    says: str


class Limits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Lowest and highest total in whole decibans."""

    min: int
    max: int


class GroupCap(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    Lowest and highest total that a group may give, in whole decibans.

    *further* says how items after the strongest count: half (the rule), none, or in full.
    """

    min: int
    max: int
    further: Literal["half", "none", "full"] = "half"


class Scoring(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    Thresholds that all causes share, in whole decibans (lumbar-causes.md, section 5).

    A cause is unlikely at *unlikely_at_most* or less and likely at *likely_at_least* or more, if
    enough groups contribute *group_counts_at_least* and none *group_bars_at_most* or less.
    """

    unlikely_at_most: int
    likely_at_least: int
    group_counts_at_least: int
    group_bars_at_most: int
    clinician_cap: int


class Pattern(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A named condition. One with the role *gate* may stand only in `unless` and in other gates."""

    id: str
    title: str
    when: Condition
    role: Literal["sign", "gate"] = "sign"
    because: str | None = None
    where: Location | None = None


class RedFlag(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    A rule that sets a minimum urgency.

    It fires where *when* is true and *unless* is not true. With *instead_of_causes*, a case in
    which it fires at the highest urgency shows no causes.
    """

    id: str
    title: str
    when: Condition
    urgency: str
    because: str
    sources: tuple[str, ...]
    unless: Condition | None = None
    aim: str | None = None
    on_arrival: str | None = None
    call_ambulance: bool = False
    instead_of_causes: bool = False
    syndrome: str = ""
    where: Location | None = None


class Syndrome(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a family of red flags looks for, and what to say on arrival."""

    id: str
    title: str
    summary: str
    on_arrival: str | None = None
    sources: tuple[str, ...] = ()


class Evidence(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    One item that weighs for or against a cause, in whole decibans (10 log10 of a likelihood ratio).

    The item is answered where its condition is true or false and *only_if* (if given) is true. While
    answered it takes the place of the items in *replaces*; while true, also of those in *replaces_if_true*.
    """

    id: str
    when: Condition
    basis: Basis
    because: str
    if_true: int = 0
    if_false: int = 0
    group: str = ""
    only_if: Condition | None = None
    replaces: tuple[str, ...] = ()
    replaces_if_true: tuple[str, ...] = ()
    compared_with: str | None = None
    figures: str | None = None
    sources: tuple[str, ...] = ()
    where: Location | None = None


class PriorIf(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Another starting weight, in decibans, where a condition is true; the first that holds counts."""

    when: Condition
    prior: int
    because: str
    sources: tuple[str, ...] = ()


class Ceiling(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The highest level a cause may reach, unless a condition is true."""

    level: Level
    because: str
    unless: Condition | None = None


class Code(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A code of an external classification, with a mark that says whether it was looked up."""

    code: str
    mark: Mark
    title: str | None = None


AdviceKind: TypeAlias = Literal["do", "avoid", "see", "know", "ask", "watch"]


class CauseAdvice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Advice written beside its cause; it holds where the cause is likely, and *when* and *unless* agree."""

    id: str
    kind: AdviceKind
    text: str
    basis: Basis
    when: Condition | None = None
    unless: Condition | None = None
    sources: tuple[str, ...] = ()
    where: Location | None = None


class AdviceRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to do, avoid, know, ask or watch for, and whom to see. Concluded last."""

    id: str
    kind: AdviceKind
    when: Condition
    text: str
    basis: Basis
    unless: Condition | None = None
    sources: tuple[str, ...] = ()
    where: Location | None = None


class Cause(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    A possible explanation, with its balance sheet.

    *prior*, *limits* and the caps of *groups* are whole decibans. Causes do not exclude each other.
    """

    id: str
    title: str
    origin: str
    summary: str
    prior: int
    limits: Limits
    answered_groups: int
    likely_groups: int
    evidence: tuple[Evidence, ...]
    icd10: Code | None = None
    applies_if: Condition | None = None
    prior_if: tuple[PriorIf, ...] = ()
    prior_because: str | None = None
    prior_basis: Basis = "expert"
    ceiling: Ceiling | None = None
    groups: dict[str, GroupCap] = {}
    advice: tuple[CauseAdvice, ...] = ()
    sources: tuple[str, ...] = ()
    where: Location | None = None


class ScopeRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A case for which no cause is scored; the urgency rules still apply. *says* also tells where to turn instead."""

    id: str
    title: str
    when: Condition
    says: str
    because: str
    unless: Condition | None = None
    sources: tuple[str, ...] = ()
    where: Location | None = None


class UrgencyRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rule that reads levels as well and may raise the urgency; the lowest urgency is a conclusion of these alone."""

    id: str
    title: str
    when: Condition
    urgency: str
    because: str
    sources: tuple[str, ...]
    unless: Condition | None = None
    where: Location | None = None


class RootLevelRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rule that says which nerve root a case fits best."""

    id: str
    title: str
    root: str
    when: Condition
    because: str
    basis: Basis
    unless: Condition | None = None
    sources: tuple[str, ...] = ()
    where: Location | None = None


class SpineLinkRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rule that answers the headline question."""

    id: str
    title: str
    verdict: str
    when: Condition
    because: str
    basis: Basis
    unless: Condition | None = None
    sources: tuple[str, ...] = ()
    where: Location | None = None


class InstrumentItem(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One item of a published score; *points* count where *when* is true."""

    id: str
    title: str
    when: Condition
    points: int


class Cutoff(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a score from *at_least* upwards means."""

    at_least: int
    says: str


class Instrument(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A published score, printed beside the balance sheet and never summed into it."""

    id: str
    title: str
    about: str
    items: tuple[InstrumentItem, ...]
    setting: str
    accuracy: str
    mark: Mark
    sources: tuple[str, ...]
    cutoffs: tuple[Cutoff, ...] = ()
    show_if: Condition | None = None
    note: str | None = None
    where: Location | None = None
