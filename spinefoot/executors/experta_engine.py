"""
The experta executor: the reference, and the one whose firings are the trace.

The case is declared fact by fact; rules chain forward from answers over patterns, red flags, evidence, levels,
root levels, urgency and spine link to advice. Each rule has a salience of its own, in that order. What a
firing says comes from the facts that experta matched and from nothing else.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from spinefoot.executors.conclusions_read import conclusions_read
from spinefoot.executors.experta_import import KnowledgeEngine
from spinefoot.executors.matcher import Matcher
from spinefoot.executors.network import (
    Answer,
    Ask,
    Begin,
    Concluded,
    NetworkBuilder,
    Number,
    Patterns,
    Reached,
    Unanswered,
    lead_name,
    pattern_concluded,
)
from spinefoot.model.assessment import Answers, CauseScore, Conclusions, Facts, Firing, InstrumentScore, Stage
from spinefoot.model.conditions import Condition, Holds
from spinefoot.model.findings import Value
from spinefoot.model.knowledge import (
    AdviceRule,
    Cause,
    Evidence,
    Instrument,
    RedFlag,
    RootLevelRule,
    ScopeRule,
    SpineLinkRule,
    UrgencyRule,
)
from spinefoot.model.rulebase import RuleBase
from spinefoot.scoring import account_of, score_cause
from spinefoot.verdict import (
    NOT_SCORED,
    best_level,
    first_verdict,
    highest_urgency,
    instrument_score,
    points_in_words,
    roots_in_order,
    score_lead,
    withholds_causes,
)

__all__ = ["infer"]

_networks: OrderedDict[tuple[int, frozenset[str]], Inference] = OrderedDict()
_NETWORKS_KEPT = 4


def infer(rulebase: RuleBase, answers: Answers) -> Conclusions:
    """
    Conclude everything from *answers*, which must already be settled (`assessment.intake`).

    The network is built for the findings that are answered, and kept for the next case that
    answers the same ones.
    """
    key = (id(rulebase), frozenset(answers))
    if key not in _networks:
        _networks[key] = Inference(rulebase, key[1])
        while len(_networks) > _NETWORKS_KEPT:
            _networks.popitem(last=False)
    return _networks[key].run(answers)


class Inference(KnowledgeEngine):  # type: ignore[misc]  # experta has no types
    """
    The network for a rule base and a vocabulary, and the state of one run.

    Args:
        rulebase: The rules.
        vocabulary: Findings that a case may answer; all others are unknown for good.
    """

    __matcher__ = Matcher

    def __init__(self, rulebase: RuleBase, vocabulary: frozenset[str]) -> None:
        self.rulebase = rulebase
        self._builder = NetworkBuilder(rulebase, vocabulary, self._conclude_pattern, self._reach)
        self._read = conclusions_read(rulebase)
        self._clear()
        self._add_stages()
        super().__init__()

    def get_rules(self) -> list[Any]:
        """Return the rules; experta would look for them among the attributes of the class."""
        return self._builder.rules

    def get_deffacts(self) -> list[Any]:
        """Return what every run begins with."""
        initial = self._declare_initial_fact
        initial.ke = self
        return [initial]

    def run(self, answers: Answers) -> Conclusions:
        """Declare *answers*, fire until nothing is left, and return what was concluded."""
        self._clear()
        self.reset()
        self.declare(Begin(), *self._facts(answers))
        super().run()
        return Conclusions(
            patterns=tuple(p.id for p in self.rulebase.patterns if p.id in self._patterns_true),
            red_flags=tuple(flag.id for flag in self._red_flags),
            withheld=tuple(self._withheld),
            scores=self._scores,
            root_levels=roots_in_order(self._roots, self.rulebase),
            root_level_rules=tuple(rule.id for rule in self._roots),
            urgency=self._urgency,
            urgency_rules=self._urgency_rules,
            spine_link=self._spine_link,
            spine_link_rules=self._spine_link_rules,
            advice=tuple(self._advice),
            instruments=self._instruments,
            firings=tuple(self._firings),
        )

    def _clear(self) -> None:
        self._support: dict[int, dict[str, Value | None]] = {}
        self._firings: list[Firing] = []
        self._patterns_true: set[str] = set()
        self._red_flags: list[RedFlag] = []
        self._withheld: list[str] = []
        self._answered: dict[str, list[tuple[Evidence, bool]]] = {}
        self._applies: dict[str, bool] = {}
        self._priors: dict[str, int] = {}
        self._lifted: set[str] = set()
        self._scores: dict[str, CauseScore] = {}
        self._items: dict[tuple[str, str], bool] = {}
        self._instruments: dict[str, InstrumentScore] = {}
        self._roots: list[RootLevelRule] = []
        self._raising: list[RedFlag | UrgencyRule] = []
        self._links: list[SpineLinkRule] = []
        self._advice: list[str] = []
        self._urgency = self.rulebase.default_urgency
        self._urgency_rules: tuple[str, ...] = ()
        self._spine_link = self.rulebase.default_spine_link
        self._spine_link_rules: tuple[str, ...] = ()

    def _facts(self, answers: Answers) -> Iterator[Any]:
        for finding in self.rulebase.findings:
            if finding.id in answers:
                kind = Number if finding.kind == "number" else Answer
                yield kind(id=finding.id, value=answers[finding.id])
            elif finding.id in self._builder.asked_unanswered:
                yield Unanswered(id=finding.id)

    # The stages, in firing order.

    def _add_stages(self) -> None:
        for pattern in self.rulebase.ordered_patterns:
            self._true(Holds(pattern.id))
        for instrument in self.rulebase.instruments:
            self._add_instrument(instrument)
        for flag in self.rulebase.red_flags:
            self._add_gated(flag.when, flag.unless, partial(self._fire_red_flag, flag))
        for scope in self.rulebase.scope:
            self._add_gated(scope.when, scope.unless, partial(self._fire_scope, scope))
        self._builder.add((), self._finish_red_flags)
        for cause in self.rulebase.causes:
            self._add_cause(cause)
        self._builder.add((), self._fire_levels)
        for root in self.rulebase.root_level_rules:
            self._add_gated(root.when, root.unless, partial(self._fire_root_level, root))
        self._builder.add((), self._finish_root_levels)
        for rule in self.rulebase.urgency_rules:
            self._add_gated(rule.when, rule.unless, partial(self._fire_urgency_rule, rule))
        self._builder.add((), self._finish_urgency)
        for link in self.rulebase.spine_link_rules:
            self._add_gated(link.when, link.unless, partial(self._fire_spine_link_rule, link))
        self._builder.add((), self._finish_spine_link)
        for advice in self.rulebase.advice:
            self._add_gated(advice.when, advice.unless, partial(self._fire_advice, advice))

    def _true(self, condition: Condition | None) -> Patterns | None:
        return () if condition is None else self._builder.patterns(condition)

    def _false(self, condition: Condition) -> Patterns | None:
        return self._builder.patterns(condition, Ask.FALSE)

    def _add_gated(self, when: Condition, unless: Condition | None, fire: Callable[[Facts, Facts], None]) -> None:
        """Add a rule that fires where *when* is true and *unless* is not true."""
        matching = self._true(when)
        if matching is None:
            return
        gate = () if unless is None else self._builder.patterns(unless, Ask.NOT_TRUE)
        own = len(matching)

        def action(matched: Sequence[Any]) -> None:
            fire(self._known(matched[:own]), self._known(matched[own:]))

        if gate is not None:
            self._builder.add((*matching, *(pattern for pattern in gate if pattern not in matching)), action)

    def _reach(self, node: int, matched: Sequence[Any]) -> None:
        self._support.setdefault(node, {}).update(self._known(matched))
        self.declare(Reached(id=node))

    def _conclude_pattern(self, name: str, truth: bool, matched: Sequence[Any]) -> None:
        pattern = self.rulebase.pattern[name]
        if truth:
            self._patterns_true.add(name)
        concludes = pattern.title if truth else f"no: {pattern.title}"
        because = pattern.because or pattern.title
        self._record(name, "pattern", self._known(matched), concludes, because, truth, where=pattern.where)
        self.declare(pattern_concluded(name, truth))

    def _add_instrument(self, instrument: Instrument) -> None:
        shown = self._true(instrument.show_if)
        if shown is None:
            return
        for item in instrument.items:
            for truth, matching in ((True, self._true(item.when)), (False, self._false(item.when))):
                self._builder.add(matching, partial(self._note_item, instrument.id, item.id, truth))
        self._builder.add(shown, partial(self._fire_instrument, instrument))

    def _note_item(self, instrument: str, item: str, truth: bool, _: Sequence[Any]) -> None:
        self._items[instrument, item] = truth

    def _fire_instrument(self, instrument: Instrument, facts: Sequence[Any]) -> None:
        truths = {item.id: self._items.get((instrument.id, item.id)) for item in instrument.items}
        score = instrument_score(instrument, truths)
        self._instruments[instrument.id] = score
        concludes = f"{instrument.title}: {points_in_words(score.lowest, score.highest)} points"
        self._record(
            instrument.id,
            "instrument",
            self._known(facts),
            concludes,
            instrument.about,
            None,
            instrument.sources,
            instrument.where,
        )

    def _fire_red_flag(self, flag: RedFlag, facts: Facts, gate: Facts) -> None:
        self._red_flags.append(flag)
        self._raising.append(flag)
        self._record(flag.id, "red_flag", facts, flag.title, flag.because, flag.urgency, flag.sources, flag.where, gate)
        if flag.id in self._read.red_flags:
            self.declare(Concluded(kind="red_flag", id=flag.id, value=True))

    def _fire_scope(self, scope: ScopeRule, facts: Facts, gate: Facts) -> None:
        self._withheld.append(scope.id)
        self._record(scope.id, "scope", facts, scope.title, scope.because, None, scope.sources, scope.where, gate)

    def _finish_red_flags(self, _: Sequence[Any]) -> None:
        self._withheld += [flag.id for flag in self._red_flags if withholds_causes(flag, self.rulebase)]
        for name in sorted(self._read.red_flags - {flag.id for flag in self._red_flags}):
            self.declare(Concluded(kind="red_flag", id=name, value=False))

    def _add_cause(self, cause: Cause) -> None:
        if cause.applies_if is not None:
            for truth, matching in ((True, self._true(cause.applies_if)), (False, self._false(cause.applies_if))):
                self._builder.add(matching, partial(self._note_applies, cause.id, truth))
        for other in cause.prior_if:
            self._builder.add(self._true(other.when), partial(self._note_prior, cause.id, other.prior))
        if cause.ceiling is not None and cause.ceiling.unless is not None:
            self._builder.add(self._true(cause.ceiling.unless), partial(self._note_lifted, cause.id))
        for item in cause.evidence:
            only_if = self._true(item.only_if)
            for truth, matching in ((True, self._true(item.when)), (False, self._false(item.when))):
                action = partial(self._fire_evidence, cause, item, truth)
                self._builder.add(self._builder.both(matching, only_if), action)

    def _note_applies(self, cause: str, truth: bool, _: Sequence[Any]) -> None:
        self._applies[cause] = truth

    def _note_prior(self, cause: str, prior: int, _: Sequence[Any]) -> None:
        self._priors.setdefault(cause, prior)

    def _note_lifted(self, cause: str, _: Sequence[Any]) -> None:
        self._lifted.add(cause)

    def _fire_evidence(self, cause: Cause, item: Evidence, truth: bool, facts: Sequence[Any]) -> None:
        if self._withheld:
            return
        self._answered.setdefault(cause.id, []).append((item, truth))
        weight = item.if_true if truth else item.if_false
        concludes = f"{weight:+d} for {cause.title}" if weight else f"no weight for {cause.title}"
        self._record(item.id, "evidence", self._known(facts), concludes, item.because, weight, item.sources, item.where)

    def _fire_level(self, cause: Cause) -> None:
        level: str = NOT_SCORED
        if not self._withheld:
            score = score_cause(
                cause,
                self.rulebase.scoring,
                self._answered.get(cause.id, ()),
                applies=True if cause.applies_if is None else self._applies.get(cause.id),
                prior=self._priors.get(cause.id),
                ceiling_lifted=cause.id in self._lifted,
                clinician_groups=self.rulebase.clinician_groups[cause.id],
            )
            self._scores[cause.id] = score
            level = score.level
            total = "" if score.score is None else f" ({score.score:+d})"
            facts: Facts = {item.rule: item.counts for item in score.items if item.counts}
            concludes = f"{cause.title}: {level.replace('_', ' ')}{total}"
            self._record(cause.id, "level", facts, concludes, account_of(score, cause), level, cause.sources, cause.where)
        if cause.id in self._read.causes:
            self.declare(Concluded(kind="cause_level", id=cause.id, value=level))

    def _fire_levels(self, _: Sequence[Any]) -> None:
        for cause in self.rulebase.causes:
            self._fire_level(cause)
        for origin in sorted(self._read.origins):
            self.declare(Concluded(kind="origin_level", id=origin, value=best_level(self.rulebase, self._scores, origin)))
        for lead in self._read.leads:
            holds = score_lead(self.rulebase, self._scores, lead)
            self.declare(Concluded(kind="score_lead", id=lead_name(lead), value=holds))

    def _fire_root_level(self, rule: RootLevelRule, facts: Facts, gate: Facts) -> None:
        self._roots.append(rule)
        self._record(
            rule.id, "root_level", facts, f"fits the {rule.root} root", rule.because, rule.root, rule.sources, rule.where, gate
        )

    def _finish_root_levels(self, _: Sequence[Any]) -> None:
        fitting = {rule.root for rule in self._roots}
        for root in sorted(self._read.roots):
            self.declare(Concluded(kind="root_level", id=root, value=root in fitting))

    def _fire_urgency_rule(self, rule: UrgencyRule, facts: Facts, gate: Facts) -> None:
        self._raising.append(rule)
        self._record(rule.id, "urgency", facts, rule.title, rule.because, rule.urgency, rule.sources, rule.where, gate)

    def _finish_urgency(self, _: Sequence[Any]) -> None:
        self._urgency, self._urgency_rules = highest_urgency(self._raising, self.rulebase)
        because = "The highest urgency that a rule sets holds." if self._urgency_rules else self.rulebase.default_urgency_because
        title = self.rulebase.urgencies[self.rulebase.urgency_rank[self._urgency]].title
        facts: Facts = dict.fromkeys(self._urgency_rules, True)
        self._record("urgency", "urgency", facts, title, because, self._urgency)
        self.declare(Concluded(kind="urgency", id="", value=self._urgency))

    def _fire_spine_link_rule(self, rule: SpineLinkRule, facts: Facts, gate: Facts) -> None:
        self._links.append(rule)
        self._record(rule.id, "spine_link", facts, rule.title, rule.because, rule.verdict, rule.sources, rule.where, gate)

    def _finish_spine_link(self, _: Sequence[Any]) -> None:
        self._spine_link, self._spine_link_rules = first_verdict(self._links, self.rulebase)
        because = (
            "The first listed answer that a rule supports holds."
            if self._spine_link_rules
            else self.rulebase.default_spine_link_because
        )
        title = next(verdict.title for verdict in self.rulebase.verdicts if verdict.id == self._spine_link)
        facts: Facts = dict.fromkeys(self._spine_link_rules, True)
        self._record("spine_link", "spine_link", facts, title, because, self._spine_link)
        self.declare(Concluded(kind="spine_link", id="", value=self._spine_link))

    def _fire_advice(self, rule: AdviceRule, facts: Facts, gate: Facts) -> None:
        self._advice.append(rule.id)
        self._record(rule.id, "advice", facts, rule.text, "", None, rule.sources, rule.where, gate)

    # What matched, in words of the case.

    def _record(
        self,
        rule: str,
        stage: Stage,
        facts: Facts,
        concludes: str,
        because: str,
        value: Value | None = None,
        sources: tuple[str, ...] = (),
        where: Any = None,
        gate: Facts | None = None,
    ) -> None:
        self._firings.append(
            Firing(
                rule=rule,
                stage=stage,
                facts=facts,
                concludes=concludes,
                because=because,
                value=value,
                sources=sources,
                where=where,
                gate=gate or {},
            )
        )

    def _known(self, matched: Sequence[Any]) -> Facts:
        """Return what matched by name, looking through inner nodes; sorted, so that no order of answers shows."""
        found: dict[str, Value | None] = {}
        for fact in matched:
            if isinstance(fact, Reached):
                found.update(self._support[fact["id"]])
            elif isinstance(fact, Unanswered):
                found[fact["id"]] = None
            elif isinstance(fact, Answer | Number) or (isinstance(fact, Concluded) and fact["kind"] == "pattern"):
                found[fact["id"]] = fact["value"]
            elif isinstance(fact, Concluded):
                found[f"{fact['kind']} {fact['id']}".strip()] = fact["value"]
        return dict(sorted(found.items()))
