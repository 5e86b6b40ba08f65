"""
What a rule base concludes of many cases at once, and what a changed rule base does, at the price of the change.

The stages are those of `executors.plain`, in the same order. Where an earlier outcome is given, a rule is read
again only if it was edited or reads a conclusion that now differs, and a balance sheet only in the cases where an
item, the prior or the ceiling differs; all else is taken over. Tests hold both against the plain executor.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from spinefoot.analysis.bits import Bits, CaseBits, bits_of
from spinefoot.analysis.parts import SPINE_LINK, URGENCY, mentions, origin_name, parts_of, root_name
from spinefoot.analysis.sheets import Points, Sheets, read_points, read_sheets
from spinefoot.analysis.view import CasesView, union
from spinefoot.model.assessment import CauseScore
from spinefoot.model.knowledge import (
    LEVELS,
    AdviceRule,
    Cause,
    RedFlag,
    RootLevelRule,
    ScopeRule,
    SpineLinkRule,
    UrgencyRule,
)
from spinefoot.model.rulebase import RuleBase
from spinefoot.verdict import withholds_causes

__all__ = ["Outcome", "Reading", "conclude"]

_Firing: TypeAlias = RedFlag | ScopeRule | RootLevelRule | UrgencyRule | SpineLinkRule | AdviceRule


class Reading:
    """What a rule base reads where: the patterns in an order that works, and the names that each rule mentions."""

    def __init__(self, rulebase: RuleBase) -> None:
        self.patterns = tuple(pattern.id for pattern in rulebase.ordered_patterns)
        self.mentioned = {
            rule.id: frozenset(name for _, part in parts_of(rule) for name in mentions(rulebase.expand(part)))
            for rule in rulebase.rules()
        }
        below: dict[str, frozenset[str]] = {}
        for name in self.patterns:
            below[name] = self._patterns_below([name], below)
        self.patterns_below = {
            cause.id: self._patterns_below([item.id for item in cause.evidence], below) for cause in rulebase.causes
        }

    def _patterns_below(self, rules: Iterable[str], known: Mapping[str, frozenset[str]]) -> frozenset[str]:
        """Return the patterns that *rules* are built on, however deep."""
        direct = {name for rule in rules for name in self.mentioned[rule] if name in known}
        return frozenset(direct).union(*(known[name] for name in direct))


class Outcome(CasesView):
    """
    Everything that is concluded of many cases.

    Attributes:
        changed: Names of rules and conclusions that differ from those of the outcome this was made from.
        rescored: By cause, the cases in which its score or level differs from that outcome.
        sheets: By cause, what decides its scores.
        points: By published score, what decides how many points it comes to.
    """

    def __init__(self, rulebase: RuleBase, bits: CaseBits, before: Outcome | None = None) -> None:
        super().__init__(rulebase, bits)
        self.before = before
        self.changed: set[str] = set()
        self.rescored: dict[str, Bits] = {}
        self.sheets: dict[str, Sheets] = {}
        self.points: dict[str, Points] = {}
        if before is not None:
            self.patterns, self.fires = dict(before.patterns), dict(before.fires)
            self.sheets, self.scores, self.levels = dict(before.sheets), dict(before.scores), dict(before.levels)
            self.points = dict(before.points)


def conclude(
    rulebase: RuleBase, bits: CaseBits, reading: Reading, before: Outcome | None = None, edited: Iterable[str] = ()
) -> Outcome:
    """
    Conclude everything of all cases.

    Args:
        rulebase: The rules.
        bits: The settled answers of the cases.
        reading: Of this rule base, or of the one that *before* was concluded with.
        before: The outcome of the same cases under the rule base before it was edited.
        edited: Ids of the rules that differ from those of *before*; they may read less than before, never more.
    """
    return _Stages(Outcome(rulebase, bits, before), reading, frozenset(edited)).run()


class _Stages:
    """Runs the stages of one outcome."""

    def __init__(self, outcome: Outcome, reading: Reading, edited: frozenset[str]) -> None:
        self.out = outcome
        self.rulebase = outcome.rulebase
        self.reading = reading
        self.edited = edited

    def run(self) -> Outcome:
        out, rulebase = self.out, self.rulebase
        self._patterns()
        self._fire(rulebase.red_flags)
        self._fire(rulebase.scope)
        self._instruments()
        out.withheld = union(out.fires[flag.id] for flag in rulebase.red_flags if withholds_causes(flag, rulebase))
        out.withheld |= union(out.fires[scope.id] for scope in rulebase.scope)
        for cause in rulebase.causes:
            self._cause(cause)
        self._take_over_leads()
        self._fire(rulebase.root_level_rules)
        for root in rulebase.roots:
            fits = union(out.fires[rule.id] for rule in rulebase.root_level_rules if rule.root == root.id)
            out.root_levels[root.id] = fits
            if out.before is not None and out.before.root_levels[root.id] != fits:
                out.changed.add(root_name(root.id))
        self._fire(rulebase.urgency_rules)
        ranked = [urgency.id for urgency in rulebase.urgencies]
        raising: list[RedFlag | UrgencyRule] = [*rulebase.red_flags, *rulebase.urgency_rules]
        out.urgency = self._first(ranked, [(rule.urgency, rule.id) for rule in raising], rulebase.default_urgency)
        if out.before is not None and out.before.urgency != out.urgency:
            out.changed.add(URGENCY)
        self._fire(rulebase.spine_link_rules)
        listed = [verdict.id for verdict in rulebase.verdicts]
        verdicts = [(rule.verdict, rule.id) for rule in rulebase.spine_link_rules]
        out.spine_link = self._first(listed, verdicts, rulebase.default_spine_link)
        if out.before is not None and out.before.spine_link != out.spine_link:
            out.changed.add(SPINE_LINK)
        self._fire(rulebase.advice)
        return out

    def _is_stale(self, rule: str) -> bool:
        """Tell whether a rule must be read again."""
        return self.out.before is None or rule in self.edited or not self.out.changed.isdisjoint(self.reading.mentioned[rule])

    def _patterns(self) -> None:
        for name in self.reading.patterns:
            if not self._is_stale(name):
                continue
            truth = self.out.truth(self.rulebase.pattern[name].when)
            if self.out.patterns.get(name) != truth:
                self.out.patterns[name] = truth
                self.out.changed.add(name)
            self.out.fires[name] = truth.yes

    def _fire(self, rules: Iterable[_Firing]) -> None:
        for rule in rules:
            if self._is_stale(rule.id):
                self._set_firing(rule.id, self.out.firing(rule.when, rule.unless))

    def _set_firing(self, rule: str, cases: Bits) -> None:
        if self.out.fires.get(rule) != cases:
            self.out.fires[rule] = cases
            self.out.changed.add(rule)

    def _instruments(self) -> None:
        for instrument in self.rulebase.instruments:
            if not self._is_stale(instrument.id):
                continue
            self.out.points[instrument.id] = read_points(instrument, self.out)
            shown = self.out.bits.everyone if instrument.show_if is None else self.out.truth(instrument.show_if).yes
            self._set_firing(instrument.id, shown)

    def _first(self, listed: list[str], rules: list[tuple[str, str]], default: str) -> dict[str, Bits]:
        """Return by conclusion the cases in which it is the first in the list that a rule fired for."""
        left = self.out.bits.everyone
        concluded = {}
        for name in listed:
            cases = left & union(self.out.fires[rule] for conclusion, rule in rules if conclusion == name)
            concluded[name] = cases
            left &= ~cases
        concluded[default] |= left
        return concluded

    def _take_over_leads(self) -> None:
        """Look at score leads again only where a score differs."""
        if self.out.before is None:
            return
        anew = union(self.out.rescored.values())
        for lead, cases in self.out.before.leads.items():
            self.out.leads[lead] = cases & ~anew | self.out.score_lead(lead, anew)

    def _cause(self, cause: Cause) -> None:
        out, before = self.out, self.out.before
        rules = (cause.id, *(item.id for item in cause.evidence))
        # An edited pattern may read fewer findings of the person, which can make a group a clinician group.
        rewritten = before is not None and not self.edited.isdisjoint(self.reading.patterns_below[cause.id])
        if before is None or rewritten or any(map(self._is_stale, rules)):
            out.sheets[cause.id] = read_sheets(cause, out)
        sheets = out.sheets[cause.id]
        for item, truth in zip(cause.evidence, sheets.items, strict=True):
            self._set_firing(item.id, truth.yes & ~out.withheld)
        self._set_firing(cause.id, out.bits.everyone & ~out.withheld)
        self._score(sheets, before)

    def _score(self, sheets: Sheets, before: Outcome | None) -> None:
        """Score a cause in the cases whose sheet differs, and note where score or level do."""
        out, cause = self.out, sheets.cause
        if before is None:
            anew, differing = out.bits.everyone, out.bits.everyone
        else:
            anew = sheets.differ_from(before.sheets[cause.id], out.bits.everyone) | before.withheld
            differing = before.withheld ^ out.withheld
        scored = {case: sheets.score(case) for case in bits_of(anew & ~out.withheld)}
        known = out.scores.get(cause.id, {})
        differing |= union(1 << case for case, new in scored.items() if case not in known or _differ(known[case], new))
        if not differing and cause.id in out.levels:
            return
        out.scores[cause.id] = {**known, **scored}
        out.levels[cause.id] = {
            level: cases & ~differing
            | union(1 << case for case in bits_of(differing & ~out.withheld) if out.scores[cause.id][case].level == level)
            for level, cases in out.levels.get(cause.id, dict.fromkeys(LEVELS, 0)).items()
        }
        out.rescored[cause.id] = differing
        out.changed |= {cause.id, origin_name(cause.origin)}


def _differ(one: CauseScore, other: CauseScore) -> bool:
    return one.score != other.score or one.level != other.level
