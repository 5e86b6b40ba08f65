"""Checks across files: names, comparisons, circles, stages, gates and silent red flags."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TypeAlias

from spinefoot.errors import Location, Problem, nearest
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
    leaves,
    walk,
)
from spinefoot.model.findings import Finding
from spinefoot.model.knowledge import LEVELS, Cause, Evidence, Pattern
from spinefoot.model.rulebase import NO_ANSWER_NEEDED, RuleBase
from spinefoot.rulebase.condition_reader import RESERVED, Reference
from spinefoot.rulebase.decode import Use

__all__ = ["check"]

_MARK = re.compile(r"\[([a-z]{2})\]")

_WIDEST_DRAWING = 56
"""Columns that are left inside the frame on a terminal of 60 columns."""

_ID = re.compile(r"[a-z][a-z0-9_]*")

_ANSWERS: tuple[type, ...] = (Holds, NumberIs, IsOneOf, Not, AllOf, AnyOf, Count)
_LEVELS: tuple[type, ...] = (LevelIs, OriginLevelIs, ScoreLead)

Fault: TypeAlias = tuple[str, str, str | None]
"""Code, message and hint of a problem whose place the caller knows."""

Conditions: TypeAlias = Iterator[tuple[str, Condition, Location | None, tuple[type, ...]]]
"""Owner, condition, place, and the nodes that its stage may read."""


def check(rulebase: RuleBase, references: Iterable[Reference], uses: Iterable[Use]) -> list[Problem]:
    """
    Return everything that is wrong with a decoded rule base.

    Args:
        rulebase: Decoded, not yet trusted.
        references: Leaves of all conditions, with the place of each.
        uses: Words that name something else, with the place of each.
    """
    problems = [*_ids(rulebase), *_references(rulebase, references), *_uses(rulebase, uses)]
    if not problems:
        problems += [*_findings(rulebase), *_drawing(rulebase), *_causes(rulebase), *_circles(rulebase)]
    if not problems:
        problems += [*_stages(rulebase), *_gates(rulebase), *_red_flags(rulebase)]
        problems += [*_implications(rulebase), *_whom_to_see(rulebase)]
    return problems


def _ids(rulebase: RuleBase) -> Iterator[Problem]:
    """Findings, patterns and rules share one space of names, so that an id means one thing everywhere."""
    yield from _duplicates([(f.id, f.where) for f in rulebase.findings] + [(r.id, r.where) for r in rulebase.rules()])
    for named in (rulebase.areas, rulebase.sources, rulebase.topics, rulebase.checklists, rulebase.urgencies, rulebase.verdicts):
        yield from _duplicates([(thing.id, None) for thing in named], any_form=True)


def _duplicates(ids: list[tuple[str, Location | None]], any_form: bool = False) -> Iterator[Problem]:
    first: dict[str, Location | None] = {}
    for name, where in ids:
        if name in first:
            yield Problem(
                "SF207", f'the id "{name}" is used twice', where, f"it is first at {first[name]}" if first[name] else None
            )
        first.setdefault(name, where)
        if not any_form and (name in RESERVED or not _ID.fullmatch(name)):
            yield Problem("SF207", f'"{name}" cannot be an id', where, "use snake_case, and no word of the condition language")


def _references(rulebase: RuleBase, references: Iterable[Reference]) -> Iterator[Problem]:
    for reference in references:
        fault = _leaf(rulebase, reference.leaf)
        if fault is not None:
            code, message, hint = fault
            owner = f" in the condition of {reference.owner}" if reference.owner else ""
            yield Problem(code, message + owner, reference.where, hint)


def _leaf(rulebase: RuleBase, leaf: Condition) -> Fault | None:
    if isinstance(leaf, Holds):
        return _holds(rulebase, leaf)
    if isinstance(leaf, NumberIs):
        return _number(rulebase, leaf)
    if isinstance(leaf, IsOneOf):
        return _options(rulebase, leaf)
    if isinstance(leaf, IsUnknown):
        return _known_finding(rulebase, leaf.finding)
    if isinstance(leaf, LevelIs):
        return _name("cause", leaf.cause, rulebase.cause) or _words("level", leaf.levels, LEVELS)
    if isinstance(leaf, OriginLevelIs):
        return _name("origin", leaf.origin, _origins(rulebase)) or _words("level", leaf.levels, LEVELS)
    if isinstance(leaf, ScoreLead):
        return _words("origin", (*leaf.of, *leaf.over), _origins(rulebase))
    if isinstance(leaf, RedFlagFired):
        return _name("red flag", leaf.id, [flag.id for flag in rulebase.red_flags])
    if isinstance(leaf, UrgencyIs):
        return _words("urgency", leaf.levels, rulebase.urgency_rank)
    if isinstance(leaf, RootLevelFits):
        return _name("root level", leaf.root, [root.id for root in rulebase.roots])
    if isinstance(leaf, SpineLinkIs):
        return _words("verdict", leaf.verdicts, [verdict.id for verdict in rulebase.verdicts])
    raise AssertionError(f"no check for {type(leaf).__name__}")


def _origins(rulebase: RuleBase) -> list[str]:
    return [origin.id for origin in rulebase.origins]


def _holds(rulebase: RuleBase, leaf: Holds) -> Fault | None:
    if leaf.id in rulebase.pattern:
        return None
    finding = rulebase.finding.get(leaf.id)
    if finding is None:
        return _name("finding or pattern", leaf.id, [*rulebase.finding, *rulebase.pattern])
    if finding.kind != "yes_no":
        return "SF206", f"{leaf.id} stands alone, but takes {finding.answers}", "compare it with is, one_of, at_least, ..."
    return None


def _known_finding(rulebase: RuleBase, name: str) -> Fault | None:
    return _name("finding", name, rulebase.finding)


def _number(rulebase: RuleBase, leaf: NumberIs) -> Fault | None:
    finding = rulebase.finding.get(leaf.finding)
    if finding is None:
        return _known_finding(rulebase, leaf.finding)
    if finding.kind != "number" or finding.min is None or finding.max is None:
        return "SF206", f"{leaf.finding} is compared with a number, but takes {finding.answers}", None
    for bound in (leaf.at_least, leaf.at_most, leaf.above, leaf.below):
        if bound is not None and not finding.min <= bound <= finding.max:
            return "SF206", f"{leaf.finding} is compared with {bound:g}, which it can never reach", f"it takes {finding.answers}"
    return None


def _options(rulebase: RuleBase, leaf: IsOneOf) -> Fault | None:
    finding = rulebase.finding.get(leaf.finding)
    if finding is None:
        return _known_finding(rulebase, leaf.finding)
    if finding.kind != "choice":
        return "SF206", f'{leaf.finding} is compared with "{leaf.options[0]}", but takes {finding.answers}', None
    return _words(f"option of {leaf.finding}", leaf.options, finding.option_ids, "SF206")


def _name(what: str, word: str, allowed: Iterable[str], code: str = "SF201") -> Fault | None:
    known = list(allowed)
    if word in known:
        return None
    close = nearest(word, known)
    hint = f'did you mean "{close}"?' if close else (f"allowed: {', '.join(known)}" if len(known) < 12 else None)
    return code, f'unknown {what} "{word}"', hint


def _words(what: str, words: Iterable[str], allowed: Iterable[str], code: str = "SF201") -> Fault | None:
    known = list(allowed)
    return next((fault for word in words if (fault := _name(what, word, known, code))), None)


def _uses(rulebase: RuleBase, uses: Iterable[Use]) -> Iterator[Problem]:
    allowed: dict[str, tuple[str, Iterable[str]]] = {
        "sources": ("source", rulebase.source),
        "origin": ("origin", _origins(rulebase)),
        "urgency": ("urgency", rulebase.urgency_rank),
        "default_urgency": ("urgency", rulebase.urgency_rank),
        "default": ("verdict", [v.id for v in rulebase.verdicts]),
        "verdict": ("verdict", [v.id for v in rulebase.verdicts]),
        "root": ("root level", [root.id for root in rulebase.roots]),
        "checklist": ("checklist", [c.id for c in rulebase.checklists]),
        "pain": ("finding", rulebase.finding),
        "numb": ("finding", rulebase.finding),
        "then": ("finding", rulebase.finding),
        "when": ("finding or pattern", [*rulebase.finding, *rulebase.pattern]),
    }
    for use in uses:
        if use.field in allowed:
            fault = _name(allowed[use.field][0], use.word, allowed[use.field][1])
            if fault is not None:
                yield Problem(fault[0], fault[1], use.where, fault[2])


def _findings(rulebase: RuleBase) -> Iterator[Problem]:
    for finding in rulebase.findings:
        wrong = _wrong_shape(finding)
        if wrong:
            yield Problem("SF208", f"{finding.id} is {finding.kind} and {wrong}", finding.where)


def _wrong_shape(finding: Finding) -> str | None:
    bounds = finding.min is not None and finding.max is not None and finding.min < finding.max
    if finding.kind == "number" and not (bounds and finding.unit):
        return "needs a unit, a min and a larger max"
    if finding.kind != "number" and (finding.min is not None or finding.max is not None or finding.unit):
        return "takes no unit, min or max"
    if finding.kind == "choice" and len(set(finding.option_ids)) < max(2, len(finding.options)):
        return "needs at least two different options"
    if "unknown" in finding.option_ids:
        return "has an option called unknown, which every finding has anyway"
    if finding.kind != "choice" and finding.options:
        return "takes no options"
    if finding.kind != "yes_no" and (finding.answer_labels or finding.no_not_trusted_if):
        return "takes no answer_labels and no no_not_trusted_if"
    if finding.checklist and finding.kind != "yes_no" and NO_ANSWER_NEEDED not in finding.option_ids:
        return f"can stand on a checklist only with an option {NO_ANSWER_NEEDED}, for those who do not tick it"
    return None


def _drawing(rulebase: RuleBase) -> Iterator[Problem]:
    where = Location(f"{rulebase.directory}/areas.yaml")
    marks = [area.mark for area in rulebase.areas if area.mark is not None]
    drawn = _MARK.findall(rulebase.drawing)
    for mark in dict.fromkeys(drawn):
        fault = _name("mark", mark, marks)
        if fault is not None:
            yield Problem(fault[0], f"{fault[1]} in the drawing", where, fault[2])
    for area in rulebase.areas:
        if area.mark is not None and area.mark not in drawn:
            yield Problem("SF208", f'the mark "{area.mark}" of {area.id} is not in the drawing', where, "as in [ab]")
        if area.mark is not None and marks.count(area.mark) > 1:
            yield Problem("SF207", f'the mark "{area.mark}" stands for {marks.count(area.mark)} areas', where)
    for number, line in enumerate(rulebase.drawing.splitlines(), 1):
        if len(line) > _WIDEST_DRAWING:
            width = f"{len(line)} columns wide"
            yield Problem("SF208", f"line {number} of the drawing is {width}", where, f"at most {_WIDEST_DRAWING} fit")


def _causes(rulebase: RuleBase) -> Iterator[Problem]:
    for cause in rulebase.causes:
        if cause.limits.min > cause.limits.max:
            yield Problem("SF208", f"the limits of {cause.id} leave no room", cause.where)
        groups = {item.group for item in cause.evidence}
        for name, cap in cause.groups.items():
            if cap.min > 0 or cap.max < 0:
                yield Problem("SF208", f"the cap of group {name} in {cause.id} excludes 0", cause.where)
            fault = _name("group", name, groups)
            if fault is not None:
                yield Problem(fault[0], f"{fault[1]} in {cause.id}", cause.where, fault[2])
        if cause.answered_groups > len(groups) or cause.likely_groups > len(groups):
            yield Problem("SF208", f"{cause.id} asks for more groups than it has ({len(groups)})", cause.where)
        for item in cause.evidence:
            yield from _evidence(cause, item)


def _evidence(cause: Cause, item: Evidence) -> Iterator[Problem]:
    if item.if_true == 0 and item.if_false == 0 and not item.replaces:
        yield Problem("SF208", f"{item.id} weighs nothing either way", item.where)
    if item.basis != "expert" and not item.sources:
        yield Problem("SF203", f"{item.id} is {item.basis} and names no source", item.where)
    for other in (*item.replaces, *item.replaces_if_true):
        fault = _name(f"item of {cause.id}", other, [e.id for e in cause.evidence if e.id != item.id])
        if fault is not None:
            yield Problem(fault[0], fault[1], item.where, fault[2])


def _circles(rulebase: RuleBase) -> Iterator[Problem]:
    state: dict[str, str] = {}

    def visit(name: str, path: tuple[str, ...]) -> Iterator[Problem]:
        if state.get(name) == "open":
            circle = " -> ".join([*path[path.index(name) :], name])
            yield Problem("SF301", f"patterns build on each other in a circle: {circle}", rulebase.pattern[name].where)
            return
        if name in state:
            return
        state[name] = "open"
        for leaf in leaves(rulebase.pattern[name].when):
            if isinstance(leaf, Holds) and leaf.id in rulebase.pattern:
                yield from visit(leaf.id, (*path, name))
        state[name] = "done"

    for pattern in rulebase.patterns:
        yield from visit(pattern.id, ())


def _stages(rulebase: RuleBase) -> Iterator[Problem]:
    for owner, condition, where, allowed in _conditions(rulebase):
        for node in walk(condition):
            if not isinstance(node, allowed):
                yield Problem("SF302", f"{owner} reads {_stage_word(node)}, which is not known at its stage", where)


def _conditions(rulebase: RuleBase) -> Conditions:
    for finding in rulebase.findings:
        yield from _present(finding.id, finding.where, _ANSWERS, finding.ask_if, finding.no_not_trusted_if)
    for pattern in rulebase.patterns:
        yield from _present(pattern.id, pattern.where, _ANSWERS, pattern.when)
    for instrument in rulebase.instruments:
        yield from _present(instrument.id, instrument.where, _ANSWERS, instrument.show_if, *[i.when for i in instrument.items])
    for flag in rulebase.red_flags:
        yield from _present(flag.id, flag.where, (*_ANSWERS, IsUnknown), flag.when, flag.unless)
    for scope in rulebase.scope:
        yield from _present(scope.id, scope.where, (*_ANSWERS, RedFlagFired), scope.when, scope.unless)
    for cause in rulebase.causes:
        parts = [cause.applies_if, cause.ceiling.unless if cause.ceiling else None, *[p.when for p in cause.prior_if]]
        yield from _present(cause.id, cause.where, _ANSWERS, *parts)
        for item in cause.evidence:
            yield from _present(item.id, item.where, _ANSWERS, item.when, item.only_if)
    after = (*_ANSWERS, *_LEVELS, RedFlagFired)
    for root in rulebase.root_level_rules:
        yield from _present(root.id, root.where, after, root.when, root.unless)
    for rule in rulebase.urgency_rules:
        yield from _present(rule.id, rule.where, (*after, RootLevelFits, EveryDangerNo), rule.when, rule.unless)
    for link in rulebase.spine_link_rules:
        yield from _present(link.id, link.where, (*after, RootLevelFits, UrgencyIs), link.when, link.unless)
    for advice in rulebase.advice:
        allowed = (*after, RootLevelFits, UrgencyIs, SpineLinkIs, IsUnknown, EveryDangerNo)
        yield from _present(advice.id, advice.where, allowed, advice.when, advice.unless)


def _present(owner: str, where: Location | None, allowed: tuple[type, ...], *conditions: Condition | None) -> Conditions:
    for condition in conditions:
        if condition is not None:
            yield owner, condition, where, allowed


def _stage_word(node: Condition) -> str:
    return str(type(node).__struct_config__.tag)


def _gates(rulebase: RuleBase) -> Iterator[Problem]:
    """A gate holds exclusions and recency, which must never be a condition of firing (errata, ruling 1)."""
    outside_unless: list[tuple[str, Condition, Location | None]] = [
        *[(p.id, p.when, p.where) for p in rulebase.patterns if p.role != "gate"],
        *[(flag.id, flag.when, flag.where) for flag in rulebase.red_flags],
        *[(item.id, item.when, item.where) for cause in rulebase.causes for item in cause.evidence],
    ]
    for owner, condition, where in outside_unless:
        for leaf in leaves(condition):
            pattern = rulebase.pattern.get(leaf.id) if isinstance(leaf, Holds) else None
            if pattern is not None and pattern.role == "gate":
                yield Problem("SF303", f"{owner} reads the gate {pattern.id} outside an unless", where)


def _red_flags(rulebase: RuleBase) -> Iterator[Problem]:
    for flag in rulebase.red_flags:
        for why in sorted(set(_ways_to_stay_silent(flag.when, rulebase))):
            yield Problem("SF401", f"{flag.id} {why}", flag.where, "put it into unless, with a floor flag below")


def _ways_to_stay_silent(condition: Condition, rulebase: RuleBase) -> Iterator[str]:
    for node in walk(condition):
        if isinstance(node, Not):
            yield "has a not in its when, so an unanswered question could silence it"
        elif isinstance(node, NumberIs):
            finding = rulebase.finding[node.finding]
            if finding.unit == "days" and (node.at_most is not None or node.below is not None):
                yield f"asks in its when that {finding.id} is recent, so an unknown date could silence it"
        elif isinstance(node, Holds) and node.id in rulebase.pattern:
            yield from _ways_to_stay_silent(rulebase.pattern[node.id].when, rulebase)


def _whom_to_see(rulebase: RuleBase) -> Iterator[Problem]:
    """Nobody who must go now is told to see somebody else, so such advice has to say for which urgency it is meant."""
    for advice in rulebase.advice:
        conditions = [advice.when] if advice.unless is None else [advice.when, advice.unless]
        if advice.kind == "see" and not any(isinstance(node, UrgencyIs) for part in conditions for node in walk(part)):
            hint = f"add unless: {{urgency: {{is: {rulebase.urgencies[0].id}}}}}"
            yield Problem("SF404", f"{advice.id} says whom to see and does not read the urgency", advice.where, hint)


def _implications(rulebase: RuleBase) -> Iterator[Problem]:
    for implication in rulebase.implications:
        if rulebase.finding[implication.then].kind != "yes_no":
            yield Problem("SF206", f"{implication.then} cannot be made yes", implication.where)
        pattern = rulebase.pattern.get(implication.when)
        if pattern is not None and any(isinstance(node, Not) for node in _all_nodes(pattern, rulebase)):
            yield Problem("SF302", f"{implication.when} has a not, so it cannot imply anything", implication.where)


def _all_nodes(pattern: Pattern, rulebase: RuleBase) -> Iterator[Condition]:
    for node in walk(pattern.when):
        yield node
        if isinstance(node, Holds) and node.id in rulebase.pattern:
            yield from _all_nodes(rulebase.pattern[node.id], rulebase)
