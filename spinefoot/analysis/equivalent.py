"""
Mutants that change nothing, where that can be shown cheaply.

Conditions are compared in every case there can be, as far as they can tell cases apart. Limits are compared with
the most that the weights under them can come to.
"""

from __future__ import annotations

from typing import Any

from spinefoot.analysis.bits import Bits, Truth
from spinefoot.analysis.every_case import every_case
from spinefoot.analysis.mutants import Mutant
from spinefoot.analysis.parts import parts_of
from spinefoot.analysis.view import CasesView
from spinefoot.model.findings import Finding
from spinefoot.model.knowledge import Cause, Evidence, GroupCap, Instrument, Limits, Pattern
from spinefoot.model.rulebase import RuleBase
from spinefoot.scoring import UNCAPPED, add_group

__all__ = ["is_equivalent"]


def is_equivalent(mutant: Mutant, rulebase: RuleBase) -> bool:
    """Tell whether it can be shown that *mutant* concludes the same as *rulebase* of every case."""
    old, new = _rule(mutant.old, mutant.rule), _rule(mutant.new, mutant.rule)
    if isinstance(old, Cause) and mutant.change == "limit shifted":
        return _same_limits(old, new)
    conditions = [[condition for _, condition in parts_of(rule)] for rule in (old, new) if rule is not None]
    if len(conditions) < 2 or conditions[0] == conditions[1]:
        return False
    together = [condition for several in conditions for condition in several]
    for into_patterns in (False, True):
        table = every_case(together, rulebase, into_patterns=into_patterns)
        if table is not None and _same_in(*table, old, new):
            return True
    return False


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


def _same_limits(old: Cause, new: Cause) -> bool:
    """Tell whether the weights can reach neither the old limits nor the new ones, where these differ."""
    groups = {item.group for item in old.evidence}
    for group in groups:
        before, after = old.groups.get(group, UNCAPPED), new.groups.get(group, UNCAPPED)
        lowest, highest = _reach(old, group, _uncapped(before))
        if not _alike(before, after, lowest, highest):
            return False
    totals = [_reach(old, group, old.groups.get(group, UNCAPPED)) for group in groups]
    return _alike(old.limits, new.limits, sum(low for low, _ in totals), sum(high for _, high in totals))


def _alike(before: Limits | GroupCap, after: Limits | GroupCap, lowest: int, highest: int) -> bool:
    return (before.min == after.min or lowest >= max(before.min, after.min)) and (
        before.max == after.max or highest <= min(before.max, after.max)
    )


def _uncapped(cap: GroupCap) -> GroupCap:
    return GroupCap(min=UNCAPPED.min, max=UNCAPPED.max, further=cap.further)


def _reach(cause: Cause, group: str, cap: GroupCap) -> tuple[int, int]:
    """Return the lowest and the highest total that the items of *group* could give, whatever is answered."""
    items = [item for item in cause.evidence if item.group == group]
    lowest = add_group([min(item.if_true, item.if_false, 0) for item in items], cap)
    return lowest, add_group([max(item.if_true, item.if_false, 0) for item in items], cap)
