"""One case through the columns: the signature of every executor, for agreement tests and for whoever wants to compare."""

from __future__ import annotations

from typing import Any

import polars as pl

from spinefoot.executors.columns.balance import group_of
from spinefoot.executors.columns.plan import WITHHELD, Plan, column_type, compile_plan
from spinefoot.executors.columns.truths import SPINE_LINK_RANK, URGENCY_RANK, level_of, root_fits, score_of
from spinefoot.model.assessment import Answers, CauseScore, Conclusions, InstrumentScore
from spinefoot.model.knowledge import LEVELS, Cause, RedFlag, UrgencyRule
from spinefoot.model.rulebase import RuleBase
from spinefoot.verdict import instrument_score, withholds_causes

__all__ = ["conclusions_of", "infer"]


def infer(rulebase: RuleBase, answers: Answers) -> Conclusions:
    """Conclude everything from *answers*, as `conclusions_of` one row."""
    schema = {name: column_type(rulebase.finding[name]) for name in answers}
    frame = pl.DataFrame([dict(answers)], schema=schema) if answers else pl.DataFrame({"": [0]})
    plan = compile_plan(rulebase, answers)
    return conclusions_of(rulebase, plan, plan.run(frame).row(0, named=True))


def conclusions_of(rulebase: RuleBase, plan: Plan, row: dict[str, Any]) -> Conclusions:
    """
    Read one row of the result of *plan* as `Conclusions`.

    Items of the balance sheets, the prior that was used and what limited a level are not kept in columns.
    """

    def truth(name: str) -> bool | None:
        known = plan.truth(name)
        value: bool | None = row[name] if isinstance(known, pl.Expr) else known
        return value

    def fired(rules: Any) -> tuple[str, ...]:
        return tuple(rule.id for rule in rules if truth(rule.id))

    urgency = rulebase.urgencies[row[URGENCY_RANK]].id
    spine_link = rulebase.verdicts[row[SPINE_LINK_RANK]].id
    withholding = [*rulebase.scope, *(flag for flag in rulebase.red_flags if withholds_causes(flag, rulebase))]
    setting: list[RedFlag | UrgencyRule] = [*rulebase.red_flags, *rulebase.urgency_rules]
    return Conclusions(
        patterns=fired(rulebase.patterns),
        red_flags=fired(rulebase.red_flags),
        withheld=fired(withholding),
        scores={} if truth(WITHHELD) else {cause.id: _score(cause, row) for cause in rulebase.causes},
        root_levels=tuple(root.id for root in rulebase.roots if truth(root_fits(root.id))),
        root_level_rules=fired(rulebase.root_level_rules),
        urgency=urgency,
        urgency_rules=fired(rule for rule in setting if rule.urgency == urgency),
        spine_link=spine_link,
        spine_link_rules=fired(rule for rule in rulebase.spine_link_rules if rule.verdict == spine_link),
        advice=fired(rulebase.advice),
        instruments=_instruments(rulebase, plan, row),
    )


def _score(cause: Cause, row: dict[str, Any]) -> CauseScore:
    answered = dict.fromkeys(item.group for item in cause.evidence if row.get(item.id) is not None)
    totals = {group: row[group_of(cause.id, group)] for group in answered}
    score = row[score_of(cause.id)]
    level = LEVELS[row[level_of(cause.id)]]
    return CauseScore(cause=cause.id, level=level, score=score, prior=cause.prior, groups={} if score is None else totals)


def _instruments(rulebase: RuleBase, plan: Plan, row: dict[str, Any]) -> dict[str, InstrumentScore]:
    def truth(name: str) -> bool | None:
        known = plan.truth(name)
        value: bool | None = row[name] if isinstance(known, pl.Expr) else known
        return value

    shown = [instrument for instrument in rulebase.instruments if truth(instrument.id)]
    return {i.id: instrument_score(i, {item.id: truth(item.id) for item in i.items}) for i in shown}
