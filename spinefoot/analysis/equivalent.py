"""
Mutants that change nothing, where that can be shown cheaply.

Conditions are compared in every case there can be, as far as they can tell cases apart; "likely" tells none apart
for a cause with a ceiling that nothing lifts. Numbers of a cause are compared by what its groups can come to
(`same_scores`).
"""

from __future__ import annotations

from typing import Any

import msgspec

from spinefoot.analysis.bits import Bits, Truth
from spinefoot.analysis.every_case import every_case
from spinefoot.analysis.idle_gates import deciding_alternatives
from spinefoot.analysis.mutants import Mutant
from spinefoot.analysis.parts import parts_of
from spinefoot.analysis.same_scores import same_scores
from spinefoot.analysis.view import CasesView
from spinefoot.model.conditions import AllOf, AnyOf, Condition, Count, LevelIs, Not
from spinefoot.model.findings import Finding
from spinefoot.model.knowledge import LEVELS, AdviceRule, Cause, Evidence, Instrument, Pattern
from spinefoot.model.rulebase import RuleBase

__all__ = ["is_equivalent"]


def is_equivalent(mutant: Mutant, rulebase: RuleBase) -> bool:
    """Tell whether it can be shown that *mutant* concludes the same as *rulebase* of every case."""
    if isinstance(mutant.old, Cause) and isinstance(mutant.new, Cause) and same_scores(mutant.old, mutant.new, rulebase):
        return True
    old, new = _rule(mutant.old, mutant.rule), _rule(mutant.new, mutant.rule)
    if isinstance(old, AdviceRule) and _same_gates(old, new, rulebase):
        return True
    conditions = [[condition for _, condition in parts_of(rule)] for rule in (old, new) if rule is not None]
    if len(conditions) < 2 or conditions[0] == conditions[1]:
        return False
    reached = [[_within_ceilings(condition, rulebase) for condition in several] for several in conditions]
    if reached[0] == reached[1]:
        return True
    together = [condition for several in conditions for condition in several]
    for into_patterns in (False, True):
        table = every_case(together, rulebase, into_patterns=into_patterns)
        if table is not None and _same_in(*table, old, new):
            return True
    return False


def _same_gates(old: AdviceRule, new: AdviceRule, rulebase: RuleBase) -> bool:
    deciding = [deciding_alternatives(rule, rulebase) for rule in (old, new)]
    return old.when == new.when and deciding[0] == deciding[1]


def _within_ceilings(node: Condition, rulebase: RuleBase) -> Condition:
    """Return *node* without "likely" for a cause with a ceiling that nothing lifts."""
    if isinstance(node, AllOf | AnyOf | Count):
        return msgspec.structs.replace(node, of=tuple(_within_ceilings(child, rulebase) for child in node.of))
    if isinstance(node, Not):
        return Not(_within_ceilings(node.of, rulebase))
    if not isinstance(node, LevelIs):
        return node
    ceiling = rulebase.cause[node.cause].ceiling
    if ceiling is None or ceiling.unless is not None or ceiling.level == LEVELS[0]:
        return node
    return msgspec.structs.replace(node, levels=tuple(level for level in node.levels if level != LEVELS[0]))


def _rule(value: Any, rule: str) -> Any:
    """Return the edited rule: of a cause with an edited item, that item."""
    if isinstance(value, Cause) and value.id != rule:
        return next(item for item in value.evidence if item.id == rule)
    return value


def _same_in(view: CasesView, possible: Bits, old: Any, new: Any) -> bool:
    before, after = _meaning(old, view), _meaning(new, view)
    return all((before.get(key, 0) ^ after.get(key, 0)) & possible == 0 for key in {*before, *after})


def _meaning(rule: Any, view: CasesView) -> dict[str, Bits]:
    """Return the sets of cases by which a rule acts: rules with equal sets act alike."""
    always, never = Truth(view.bits.everyone, 0), Truth(0, 0)
    truths = {part: view.truth(condition) for part, condition in parts_of(rule)}
    if isinstance(rule, Pattern):
        return truths["when"]._asdict()
    if isinstance(rule, Evidence):
        within = truths.get("only_if", always).yes
        return {"yes": truths["when"].yes & within, "no": truths["when"].no & within}
    if isinstance(rule, Cause):
        lifted = never if rule.ceiling else always
        return {
            **truths.get("applies_if", always)._asdict(),
            "lifted": truths.get("ceiling", lifted).yes,
            **_priors(rule, truths, always.yes),
        }
    if isinstance(rule, Finding):
        return {"distrusted": truths.get("no_not_trusted_if", never).yes, "asked": truths.get("ask_if", never).no}
    if isinstance(rule, Instrument):
        shown = truths.get("show_if", always).yes
        items = {part: truth for part, truth in truths.items() if part != "show_if"}
        met = {f"{part} {word}": cases & shown for part, truth in items.items() for word, cases in truth._asdict().items()}
        return {"shown": shown, **met}
    return {"fires": truths["when"].yes & ~truths.get("unless", never).yes}


def _priors(cause: Cause, truths: dict[str, Truth], everyone: Bits) -> dict[str, Bits]:
    """Return, by prior, the cases that start with it: the first `prior_if` that holds counts."""
    starting: dict[str, Bits] = {}
    left = everyone
    for number, other in enumerate(cause.prior_if, 1):
        cases = left & truths[f"prior_if {number}"].yes
        starting[f"prior {other.prior}"] = starting.get(f"prior {other.prior}", 0) | cases
        left &= ~cases
    starting[f"prior {cause.prior}"] = starting.get(f"prior {cause.prior}", 0) | left
    return starting
