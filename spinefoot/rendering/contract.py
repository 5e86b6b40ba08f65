"""The JSON contract: an assessment as plain values, in a fixed order of keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from spinefoot.model.assessment import CauseScore, Firing, WeighedItem
from spinefoot.model.rulebase import RuleBase
from spinefoot.version import __version__

if TYPE_CHECKING:
    from spinefoot.assessment.assess import Assessment

__all__ = ["contract"]


def contract(assessment: Assessment) -> dict[str, Any]:
    """Return *assessment* in the shape of design.md, Contracts."""
    rulebase, conclusions = assessment.rulebase, assessment.conclusions
    urgency = rulebase.urgencies[rulebase.urgency_rank[conclusions.urgency]]
    advice = {rule.id: rule for rule in rulebase.advice}
    return {
        "id": assessment.case.id,
        "spinefoot": __version__,
        "rulebase": {"version": rulebase.version, "sha256": rulebase.sha256},
        "spine_link": {"verdict": conclusions.spine_link, "rules": list(conclusions.spine_link_rules)},
        "urgency": {"level": conclusions.urgency, "rules": list(conclusions.urgency_rules), "action": urgency.action},
        "root_levels": list(conclusions.root_levels),
        "causes": [_cause(score, rulebase) for score in assessment.causes],
        "causes_withheld_by": list(conclusions.withheld),
        "scope": [{"rule": rule.id, "text": rule.says} for rule in rulebase.scope if rule.id in conclusions.withheld],
        "advice": [{"rule": name, "kind": advice[name].kind, "text": advice[name].text} for name in conclusions.advice],
        "instruments": [
            {
                "id": score.instrument,
                "title": rulebase.instrument[score.instrument].title,
                "lowest": score.lowest,
                "highest": score.highest,
                "met": list(score.met),
                "missing": list(score.missing),
            }
            for score in conclusions.instruments.values()
        ],
        "silent_for_want_of_an_answer": list(assessment.silent_for_want_of_an_answer),
        "unanswered": list(assessment.unanswered),
        "safety_net": list(rulebase.safety_net),
        "trace": [_step(number, firing) for number, firing in enumerate(assessment.trace, 1)],
        "disclaimer": rulebase.disclaimer,
    }


def _cause(score: CauseScore, rulebase: RuleBase) -> dict[str, Any]:
    cause = rulebase.cause[score.cause]
    return {
        "id": cause.id,
        "title": cause.title,
        "origin": cause.origin,
        "level": score.level,
        "score": score.score,
        "prior": score.prior,
        "limited_by": score.limited_by,
        "for": [_item(item) for item in score.items if item.weight > 0],
        "against": [_item(item) for item in score.items if item.weight < 0],
    }


def _item(item: WeighedItem) -> dict[str, Any]:
    return {"rule": item.rule, "weight": item.weight, "counted": not item.replaced, "counts": item.counts}


def _step(number: int, firing: Firing) -> dict[str, Any]:
    step: dict[str, Any] = {
        "step": number,
        "rule": firing.rule,
        "stage": firing.stage,
        "facts": dict(firing.facts),
        "concludes": firing.concludes,
        "because": firing.because,
        "sources": list(firing.sources),
    }
    if firing.gate:
        step["gate"] = dict(firing.gate)
    if firing.where is not None:
        step["file"], step["line"] = firing.where.file, firing.where.line
    return step
