"""
Every rule base that differs from the given one by one small fault.

Left out is what no case can notice, because no conclusion reads it: when a question is asked, and prose. A mutant
replaces one value in one list of the rule base. A removed rule stays, under a condition that nothing meets, so that
whatever reads it still finds it: a case, not a dangling name, must notice that it is gone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from spinefoot.analysis.condition_mutants import faulty_conditions
from spinefoot.analysis.parts import parts_of, with_item, with_part
from spinefoot.errors import Location
from spinefoot.model.conditions import AnyOf, Condition
from spinefoot.model.findings import Finding, Implication
from spinefoot.model.knowledge import Cause, Evidence, Instrument, Pattern, RedFlag, Scoring, UrgencyRule
from spinefoot.model.rulebase import RuleBase, kind_of

__all__ = ["LISTS_OF_RULES", "NEVER", "Mutant", "mutants"]

NEVER = AnyOf(())
"""A condition that is false whatever is answered."""

LISTS_OF_RULES = (
    "red_flags",
    "scope",
    "causes",
    "root_level_rules",
    "urgency_rules",
    "spine_link_rules",
    "advice",
    "instruments",
)
"""Lists of a rule base whose values nothing is built on, as rules are built on patterns."""

_LISTS = ("patterns", *LISTS_OF_RULES, "findings", "implications")
_RESTRICTION = "restriction dropped"
_SCORING = tuple(field.name for field in msgspec.structs.fields(Scoring))
_NEVER_NEGATIVE = ("answered_groups", "likely_groups")


class Mutant(msgspec.Struct, frozen=True, kw_only=True):
    """
    One fault: in which *rule* (and *part* of it), of what *kind* the rule is, which kind of *change*, and what it *says*.

    *old* became *new*, the value at *place* of the list *field* of the rule base; None leaves it out.
    """

    rule: str
    kind: str
    change: str
    says: str
    part: str = ""
    where: Location | None = None
    field: str = ""
    place: int = 0
    old: Any = None
    new: Any = None

    def applied_to(self, rulebase: RuleBase) -> RuleBase:
        """Return *rulebase* with this fault."""
        if isinstance(self.new, Scoring):
            return msgspec.structs.replace(rulebase, scoring=self.new)
        values = getattr(rulebase, self.field)
        changed = () if self.new is None else (self.new,)
        return msgspec.structs.replace(rulebase, **{self.field: (*values[: self.place], *changed, *values[self.place + 1 :])})

    @property
    def in_intake(self) -> bool:
        """Tell whether the fault is in what is settled before any rule."""
        return self.field in ("findings", "implications")


def mutants(rulebase: RuleBase) -> Iterator[Mutant]:
    """Yield every mutant of *rulebase*, in the order of the stages and of the files."""
    for field in _LISTS:
        for place, value in enumerate(getattr(rulebase, field)):
            for mutant in _of_value(value, rulebase):
                yield msgspec.structs.replace(mutant, field=field, place=place, old=value)
    for mutant in _steps(rulebase.scoring, "scoring", "threshold shifted", _SCORING):
        yield msgspec.structs.replace(mutant, field="scoring", old=rulebase.scoring)


def _of_value(value: Any, rulebase: RuleBase) -> Iterator[Mutant]:
    if isinstance(value, Implication):
        says = f"{value.when} no longer implies {value.then}"
        yield Mutant(rule=value.then, kind="implication", change="implication removed", says=says, where=value.where)
    elif isinstance(value, Finding):
        yield from _conditions(value, [(part, condition) for part, condition in parts_of(value) if part == "no_not_trusted_if"])
    elif isinstance(value, Instrument):
        yield from _conditions(value, list(parts_of(value)))
        yield from _of_points(value)
    elif isinstance(value, Cause):
        yield from _of_cause(value)
    else:
        yield from _conditions(value, list(parts_of(value)))
        if not isinstance(value, Pattern):
            yield _mutant(value, "rule removed", "the rule never fires", with_part(value, "when", NEVER))
        if isinstance(value, RedFlag | UrgencyRule):
            yield from _of_urgency(value, rulebase)


def _of_urgency(rule: RedFlag | UrgencyRule, rulebase: RuleBase) -> Iterator[Mutant]:
    rank = rulebase.urgency_rank[rule.urgency] + 1
    if rank < len(rulebase.urgencies):
        lower = rulebase.urgencies[rank].id
        changed = msgspec.structs.replace(rule, urgency=lower)
        yield _mutant(rule, "urgency lowered", f"{rule.urgency} -> {lower}", changed)
    if isinstance(rule, RedFlag) and rule.instead_of_causes and rank == 1:
        changed = msgspec.structs.replace(rule, instead_of_causes=False)
        yield _mutant(rule, "causes shown", "no longer instead_of_causes", changed)


def _of_points(instrument: Instrument) -> Iterator[Mutant]:
    for place, item in enumerate(instrument.items):
        for points in (item.points - 1, item.points + 1):
            changed = msgspec.structs.replace(instrument, items=with_item(instrument, place, points=points))
            says = f"{item.id}, points {item.points} -> {points}"
            yield _mutant(instrument, "points shifted", says, changed, f"item {place + 1}")


def _of_cause(cause: Cause) -> Iterator[Mutant]:
    yield from _conditions(cause, list(parts_of(cause)))
    yield from _steps(cause, cause.id, "prior shifted", ("prior",))
    yield from _steps(cause, cause.id, "needed groups shifted", ("answered_groups", "likely_groups"))
    for place, other in enumerate(cause.prior_if):
        for number in (other.prior - 1, other.prior + 1):
            priors = list(cause.prior_if)
            priors[place] = msgspec.structs.replace(other, prior=number)
            changed = msgspec.structs.replace(cause, prior_if=tuple(priors))
            yield _mutant(cause, "prior shifted", f"prior {other.prior:+d} -> {number:+d}", changed, f"prior_if {place + 1}")
    if cause.ceiling is not None:
        yield _mutant(cause, _RESTRICTION, "no ceiling", msgspec.structs.replace(cause, ceiling=None), "ceiling")
    for mutant in _steps(cause.limits, cause.id, "limit shifted", ("min", "max")):
        changed = msgspec.structs.replace(cause, limits=mutant.new)
        yield _mutant(cause, mutant.change, f"limits, {mutant.says}", changed, "limits")
    for name, cap in cause.groups.items():
        for mutant in _steps(cap, cause.id, "limit shifted", ("min", "max")):
            changed = msgspec.structs.replace(cause, groups={**cause.groups, name: mutant.new})
            yield _mutant(cause, mutant.change, f"group {name}, {mutant.says}", changed, "groups")
    for place, item in enumerate(cause.evidence):
        for mutant in _of_item(item):
            evidence = (*cause.evidence[:place], mutant.new, *cause.evidence[place + 1 :])
            yield msgspec.structs.replace(mutant, new=msgspec.structs.replace(cause, evidence=evidence))


def _of_item(item: Evidence) -> Iterator[Mutant]:
    yield from _conditions(item, list(parts_of(item)))
    yield _mutant(item, "rule removed", "the item never counts", with_part(item, "only_if", NEVER))
    for field in ("if_true", "if_false"):
        weight = getattr(item, field)
        if weight == 0:
            continue
        for change, other in (("weight sign", -weight), ("weight zero", 0)):
            changed = msgspec.structs.replace(item, **{field: other})
            yield _mutant(item, change, f"{field} {weight:+d} -> {other:+d}", changed, field)
        yield from _steps(item, item.id, "weight step", (field,))
    for field in ("replaces", "replaces_if_true"):
        for name in getattr(item, field):
            left = tuple(other for other in getattr(item, field) if other != name)
            yield _mutant(
                item, "replacement dropped", f"no longer {field} {name}", msgspec.structs.replace(item, **{field: left})
            )


def _conditions(rule: Any, parts: list[tuple[str, Condition]]) -> Iterator[Mutant]:
    for part, condition in parts:
        for fault in faulty_conditions(condition):
            yield _mutant(rule, fault.change, fault.says, with_part(rule, part, fault.condition), part)
        if part not in ("when", "ceiling") and not part.startswith("item "):
            change = "gate dropped" if part == "unless" else _RESTRICTION
            yield _mutant(rule, change, f"no {part}", with_part(rule, part, None), part)


def _steps(value: Any, rule: str, change: str, fields: tuple[str, ...]) -> Iterator[Mutant]:
    """Yield *value* with one whole number one lower or one higher."""
    for field in fields:
        number = getattr(value, field)
        for other in (number - 1, number + 1):
            if other >= 0 or field not in _NEVER_NEGATIVE:
                yield Mutant(
                    rule=rule,
                    kind=kind_of(value),
                    change=change,
                    says=f"{field} {number} -> {other}",
                    part=field,
                    where=getattr(value, "where", None),
                    new=msgspec.structs.replace(value, **{field: other}),
                )


def _mutant(rule: Any, change: str, says: str, new: Any, part: str = "") -> Mutant:
    return Mutant(rule=rule.id, kind=kind_of(rule), change=change, says=says, part=part, where=rule.where, new=new)
