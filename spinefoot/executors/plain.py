"""
The plain executor: the stages read one after another, without an engine and without a trace.

It exists to check the others against, and for questions about a case ("could this still fire?").
"""

from __future__ import annotations

from spinefoot.model.assessment import Answers, CauseScore, Conclusions, InstrumentScore
from spinefoot.model.conditions import Condition
from spinefoot.model.knowledge import Cause, Evidence
from spinefoot.model.rulebase import RuleBase
from spinefoot.scoring import score_cause
from spinefoot.truth import View
from spinefoot.verdict import first_verdict, highest_urgency, instrument_score, roots_in_order, withholds_causes

__all__ = ["infer", "item_truth"]


def infer(rulebase: RuleBase, answers: Answers) -> Conclusions:
    """Conclude everything from *answers*, which must already be settled (`assessment.intake`)."""
    view = View(rulebase, answers)
    flags = [flag for flag in rulebase.red_flags if view.fires(flag.when, flag.unless)]
    view.red_flags = {flag.id for flag in flags}
    scopes = [scope.id for scope in rulebase.scope if view.fires(scope.when, scope.unless)]
    withheld = tuple(scopes + [flag.id for flag in flags if withholds_causes(flag, rulebase)])
    if not withheld:
        view.scores = {cause.id: _score(cause, view) for cause in rulebase.causes}
    roots = [rule for rule in rulebase.root_level_rules if view.fires(rule.when, rule.unless)]
    view.root_levels = {rule.root for rule in roots}
    raising = [rule for rule in rulebase.urgency_rules if view.fires(rule.when, rule.unless)]
    view.urgency, urgency_rules = highest_urgency([*flags, *raising], rulebase)
    links = [rule for rule in rulebase.spine_link_rules if view.fires(rule.when, rule.unless)]
    view.spine_link, link_rules = first_verdict(links, rulebase)
    return Conclusions(
        patterns=tuple(pattern.id for pattern in rulebase.patterns if view.truth(pattern.when) is True),
        red_flags=tuple(flag.id for flag in flags),
        withheld=withheld,
        scores=view.scores,
        root_levels=roots_in_order(roots, rulebase),
        root_level_rules=tuple(rule.id for rule in roots),
        urgency=view.urgency,
        urgency_rules=urgency_rules,
        spine_link=view.spine_link,
        spine_link_rules=link_rules,
        advice=tuple(rule.id for rule in rulebase.advice if view.fires(rule.when, rule.unless)),
        instruments=_instruments(rulebase, view),
    )


def item_truth(item: Evidence, view: View) -> bool | None:
    """Return the truth of an item that applies; None where it is unknown or does not apply."""
    if item.only_if is not None and view.truth(item.only_if) is not True:
        return None
    return view.truth(item.when)


def _score(cause: Cause, view: View) -> CauseScore:
    applies = True if cause.applies_if is None else view.truth(cause.applies_if)
    answered = [(item, truth) for item in cause.evidence if (truth := item_truth(item, view)) is not None]
    priors = [other.prior for other in cause.prior_if if view.truth(other.when) is True]
    return score_cause(
        cause,
        view.rulebase.scoring,
        answered,
        applies=applies,
        prior=priors[0] if priors else None,
        ceiling_lifted=_is_true(cause.ceiling.unless if cause.ceiling else None, view),
        clinician_groups=view.rulebase.clinician_groups[cause.id],
    )


def _instruments(rulebase: RuleBase, view: View) -> dict[str, InstrumentScore]:
    shown = [i for i in rulebase.instruments if i.show_if is None or view.truth(i.show_if) is True]
    return {i.id: instrument_score(i, {item.id: view.truth(item.when) for item in i.items}) for i in shown}


def _is_true(condition: Condition | None, view: View) -> bool:
    return condition is not None and view.truth(condition) is True
