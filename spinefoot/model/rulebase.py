"""The whole rule base as one frozen value, with the look-ups that everything above it needs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import TypeAlias

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
    Not,
    NumberIs,
    children,
    leaves,
)
from spinefoot.model.findings import Area, Checklist, Finding, Implication, Topic
from spinefoot.model.knowledge import (
    AdviceRule,
    Cause,
    Evidence,
    Instrument,
    Origin,
    Pattern,
    RedFlag,
    Root,
    RootLevelRule,
    ScopeRule,
    Scoring,
    Source,
    SpineLinkRule,
    Syndrome,
    Urgency,
    UrgencyRule,
    Verdict,
)

__all__ = ["NO_ANSWER_NEEDED", "Rule", "RuleBase", "kind_of"]

Rule: TypeAlias = (
    Pattern | RedFlag | Evidence | Cause | ScopeRule | UrgencyRule | RootLevelRule | SpineLinkRule | AdviceRule | Instrument
)

NO_ANSWER_NEEDED = "none"
"""The option by which a choice finding of a danger topic says "no"."""


def kind_of(rule: msgspec.Struct) -> str:
    """Return the kind of a rule as a word: pattern, red_flag, evidence, ..."""
    name = re.sub(r"(?<!^)(?=[A-Z])", "_", type(rule).__name__).lower()
    return name.removesuffix("_rule")


class RuleBase(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """
    Everything under `rules/`, checked.

    Tuples are in file order (paths sorted, then as written), which is also the order of firing
    within a stage. *sha256* covers the content and not its layout; *directory* is where it was read.
    In *drawing*, the body map, `[mark]` stands for an area.
    """

    version: str
    title: str
    disclaimer: str
    default_urgency: str
    default_urgency_because: str
    default_spine_link: str
    default_spine_link_because: str
    safety_net: tuple[str, ...]
    scoring: Scoring
    urgencies: tuple[Urgency, ...]
    origins: tuple[Origin, ...]
    verdicts: tuple[Verdict, ...]
    roots: tuple[Root, ...]
    sources: tuple[Source, ...]
    topics: tuple[Topic, ...]
    checklists: tuple[Checklist, ...]
    findings: tuple[Finding, ...]
    areas: tuple[Area, ...]
    drawing: str
    implications: tuple[Implication, ...]
    patterns: tuple[Pattern, ...]
    syndromes: tuple[Syndrome, ...]
    scope: tuple[ScopeRule, ...]
    red_flags: tuple[RedFlag, ...]
    causes: tuple[Cause, ...]
    urgency_rules: tuple[UrgencyRule, ...]
    root_level_rules: tuple[RootLevelRule, ...]
    spine_link_rules: tuple[SpineLinkRule, ...]
    advice: tuple[AdviceRule, ...]
    instruments: tuple[Instrument, ...]
    sha256: str
    directory: str

    @cached_property
    def finding(self) -> dict[str, Finding]:
        """Findings by id."""
        return {finding.id: finding for finding in self.findings}

    @cached_property
    def finding_number(self) -> dict[str, int]:
        """Place of each finding among the findings."""
        return {finding.id: number for number, finding in enumerate(self.findings)}

    @cached_property
    def pattern(self) -> dict[str, Pattern]:
        """Patterns by id."""
        return {pattern.id: pattern for pattern in self.patterns}

    @cached_property
    def cause(self) -> dict[str, Cause]:
        """Causes by id."""
        return {cause.id: cause for cause in self.causes}

    @cached_property
    def red_flag(self) -> dict[str, RedFlag]:
        """Red flags by id."""
        return {flag.id: flag for flag in self.red_flags}

    @cached_property
    def instrument(self) -> dict[str, Instrument]:
        """Published scores by id."""
        return {instrument.id: instrument for instrument in self.instruments}

    @cached_property
    def source(self) -> dict[str, Source]:
        """Bibliography by key."""
        return {source.id: source for source in self.sources}

    @cached_property
    def syndrome(self) -> dict[str, Syndrome]:
        """Families of red flags by id."""
        return {syndrome.id: syndrome for syndrome in self.syndromes}

    @cached_property
    def urgency_rank(self) -> dict[str, int]:
        """Rank of each urgency; 0 is the highest."""
        return {urgency.id: rank for rank, urgency in enumerate(self.urgencies)}

    @cached_property
    def rule(self) -> dict[str, Rule]:
        """Every rule by id, whatever its kind."""
        return {rule.id: rule for rule in self.rules()}

    def rules(self) -> Iterator[Rule]:
        """Yield every rule in the order of the stages."""
        yield from self.patterns
        yield from self.instruments
        yield from self.red_flags
        yield from self.scope
        for cause in self.causes:
            yield from cause.evidence
            yield cause
        yield from self.root_level_rules
        yield from self.urgency_rules
        yield from self.spine_link_rules
        yield from self.advice

    @cached_property
    def implied_by(self) -> dict[str, list[Implication]]:
        """For each finding, the implications that make it yes."""
        return _by(self.implications, lambda implication: implication.then)

    @cached_property
    def implies(self) -> dict[str, list[Implication]]:
        """For each finding, the implications of its yes, which read backwards make it no."""
        return _by((i for i in self.implications if i.when in self.finding), lambda implication: implication.when)

    def expand(self, condition: Condition) -> Condition:
        """
        Return *condition* with `every_danger_question` written out.

        Every danger finding must be answered no (a choice: none) or not apply, by its `ask_if`.
        Numbers, and choices without a "none", ask for details only and are left out.
        """
        if isinstance(condition, EveryDangerNo):
            return self.every_danger_no
        if isinstance(condition, Not):
            return Not(self.expand(condition.of))
        if isinstance(condition, AllOf):
            return AllOf(tuple(self.expand(child) for child in condition.of))
        if isinstance(condition, AnyOf):
            return AnyOf(tuple(self.expand(child) for child in condition.of))
        if isinstance(condition, Count):
            return Count(condition.at_least, tuple(self.expand(child) for child in condition.of))
        return condition

    @cached_property
    def every_danger_no(self) -> Condition:
        """What `EveryDangerNo` stands for: see `expand`."""
        return AllOf(tuple(self._danger_no(finding) for finding in self.findings if _can_say_no(finding)))

    def _danger_no(self, finding: Finding) -> Condition:
        answered_no: Condition = Not(Holds(finding.id)) if finding.kind == "yes_no" else IsOneOf(finding.id, (NO_ANSWER_NEEDED,))
        return answered_no if finding.ask_if is None else AnyOf((Not(self.applies_if[finding.id]), answered_no))

    @cached_property
    def applies_if(self) -> dict[str, Condition]:
        """For each finding with an `ask_if`: when its question applies, and those that it follows up apply too."""
        return {f.id: self._applicable(f.ask_if) for f in self.findings if f.ask_if is not None}

    def _applicable(self, condition: Condition, seen: frozenset[str] = frozenset()) -> Condition:
        """
        Return *condition* with each finding bound to its own `ask_if`, but for those *seen* on the way.

        A follow-up of a question that does not apply does not apply either, though nobody answered it; nor does one of a
        pattern of such questions.
        """
        if isinstance(condition, Holds) and condition.id in self.pattern:
            pattern = self.pattern[condition.id].when
            bound = self._applicable(pattern, seen)
            return condition if bound == pattern else bound
        name = condition.id if isinstance(condition, Holds) else getattr(condition, "finding", None)
        if name in self.finding and name not in seen:
            ask_if = self.finding[name].ask_if
            return condition if ask_if is None else AllOf((self._applicable(ask_if, seen | {name}), condition))
        if isinstance(condition, AllOf | AnyOf):
            return type(condition)(tuple(self._applicable(child, seen) for child in condition.of))
        if isinstance(condition, Count):
            return Count(condition.at_least, tuple(self._applicable(child, seen) for child in condition.of))
        return condition

    @cached_property
    def circular_findings(self) -> tuple[str, ...]:
        """Findings that depend on themselves: by `ask_if`, by doubts of a no, and by implications, read both ways."""
        depends: dict[str, set[str]] = {}
        for finding in self.findings:
            implied = [Holds(i.when) for i in self.implied_by.get(finding.id, ())]
            implying = [Holds(i.then) for i in self.implies.get(finding.id, ())]
            depends[finding.id] = set(self.reads(finding.ask_if, finding.no_not_trusted_if, *implied, *implying))
        return tuple(name for name in depends if name in _reachable(name, depends))

    def reads(self, *conditions: Condition | None) -> tuple[str, ...]:
        """Return the findings that *conditions* read, through patterns, in order of first mention."""
        found: dict[str, None] = {}
        for condition in conditions:
            if condition is not None:
                self._collect_reads(condition, found)
        return tuple(found)

    def _collect_reads(self, condition: Condition, found: dict[str, None]) -> None:
        if isinstance(condition, Holds):
            found.update(dict.fromkeys(self._pattern_reads(condition.id) if condition.id in self.pattern else (condition.id,)))
        elif isinstance(condition, NumberIs | IsOneOf | IsUnknown):
            found[condition.finding] = None
        elif isinstance(condition, EveryDangerNo):
            self._collect_reads(self.every_danger_no, found)
        for child in children(condition):
            self._collect_reads(child, found)

    def _pattern_reads(self, name: str) -> tuple[str, ...]:
        if name not in self._reads_of_patterns:
            self._reads_of_patterns[name] = self.reads(self.pattern[name].when)
        return self._reads_of_patterns[name]

    @cached_property
    def _reads_of_patterns(self) -> dict[str, tuple[str, ...]]:
        return {}

    @cached_property
    def clinician_groups(self) -> dict[str, frozenset[str]]:
        """For each cause, its groups whose items read clinician findings only."""
        return {cause.id: self.clinician_groups_of(cause) for cause in self.causes}

    def clinician_groups_of(self, cause: Cause) -> frozenset[str]:
        """Return the groups of *cause* whose items read clinician findings only."""
        groups = {item.group for item in cause.evidence}
        for item in cause.evidence:
            if any(self.finding[name].observer != "clinician" for name in self.reads(item.when)):
                groups.discard(item.group)
        return frozenset(groups)

    def patterns_in(self, condition: Condition) -> tuple[str, ...]:
        """Return the patterns that *condition* names itself, in order of first mention."""
        names = (leaf.id for leaf in leaves(condition) if isinstance(leaf, Holds) and leaf.id in self.pattern)
        return tuple(dict.fromkeys(names))

    @cached_property
    def patterns_of_intake(self) -> frozenset[str]:
        """Patterns on which the settling of answers depends: those that implications and doubts of a no read."""
        doubts = (finding.no_not_trusted_if for finding in self.findings if finding.no_not_trusted_if is not None)
        return self.patterns_behind([*(Holds(implication.when) for implication in self.implications), *doubts])

    def patterns_behind(self, conditions: Iterable[Condition]) -> frozenset[str]:
        """Return the patterns on which *conditions* depend: those that they name, and those that these build on."""
        found = {name for condition in conditions for name in self.patterns_in(condition)}
        for pattern in reversed(self.ordered_patterns):
            if pattern.id in found:
                found.update(self.patterns_in(pattern.when))
        return frozenset(found)

    @cached_property
    def ordered_patterns(self) -> tuple[Pattern, ...]:
        """The patterns so that each comes after those it builds on; file order otherwise."""
        done: dict[str, None] = {}

        def visit(pattern: Pattern) -> None:
            if pattern.id in done:
                return
            for name in self.patterns_in(pattern.when):
                visit(self.pattern[name])
            done[pattern.id] = None

        for pattern in self.patterns:
            visit(pattern)
        return tuple(self.pattern[name] for name in done)


def _by(implications: Iterable[Implication], key: Callable[[Implication], str]) -> dict[str, list[Implication]]:
    found: dict[str, list[Implication]] = {}
    for implication in implications:
        found.setdefault(key(implication), []).append(implication)
    return found


def _reachable(name: str, depends: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = [name]
    while waiting:
        new = depends[waiting.pop()] - found
        found |= new
        waiting += new
    return found


def _can_say_no(finding: Finding) -> bool:
    return finding.danger and (finding.kind == "yes_no" or NO_ANSWER_NEEDED in finding.option_ids)
