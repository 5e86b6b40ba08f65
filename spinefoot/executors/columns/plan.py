"""From a rule base and the columns at hand to a plan: stages of expressions, run on one batch of rows after another."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TypeAlias

import polars as pl

from spinefoot.executors.columns.balance import Balance
from spinefoot.executors.columns.truths import (
    SPINE_LINK_RANK,
    URGENCY_RANK,
    Truth,
    Truths,
    any_of,
    best_level_of,
    best_score_of,
    is_true,
    level_of,
    root_fits,
    score_of,
)
from spinefoot.executors.conclusions_read import conclusions_read
from spinefoot.model.findings import Finding
from spinefoot.model.knowledge import LEVELS, AdviceRule, Pattern, RootLevelRule, SpineLinkRule, UrgencyRule
from spinefoot.model.rulebase import RuleBase
from spinefoot.verdict import withholds_causes

__all__ = ["WITHHELD", "Plan", "column_type", "compile_plan"]

WITHHELD = "causes:withheld"
"""Column that tells where no cause is scored."""

_Gated: TypeAlias = RootLevelRule | UrgencyRule | SpineLinkRule | AdviceRule

_RANK = pl.UInt8


def column_type(finding: Finding) -> pl.DataType:
    """Return the type of the column of *finding*: Boolean, Float64, or an Enum of its options."""
    if finding.kind == "yes_no":
        return pl.Boolean()
    return pl.Float64() if finding.kind == "number" else pl.Enum(list(finding.option_ids))


class Plan:
    """
    The rules of a rule base as stages of expressions over given columns.

    A plan has no state: `run` maps a batch to a batch and may be called from anywhere, in any order.
    """

    def __init__(self, truths: Truths, stages: Sequence[Sequence[pl.Expr]]) -> None:
        self._truths = truths
        self._stages = stages

    def run(self, answers: pl.DataFrame) -> pl.DataFrame:
        """
        Conclude everything from *answers*, which must be settled (`assessment.intake_table`).

        Args:
            answers: One row a case; a column for each finding, of its `column_type`, null where unknown.

        Returns:
            *answers* with a column for each rule that could fire (Boolean; items of evidence are null where not
            answered) and for each conclusion, named as in `truths` and `balance`.
        """
        frame = answers
        for stage in self._stages:
            frame = frame.with_columns(stage)
        return frame

    def truth(self, rule: str) -> Truth:
        """Return where *rule* is true: an expression over the result of `run`, or one value for every row."""
        return self._truths.named(rule)


def compile_plan(rulebase: RuleBase, columns: Collection[str], *, advice: bool = True) -> Plan:
    """
    Compile *rulebase* for batches that have *columns*; every other finding is unknown in every row.

    Without *advice*, the last stage is left out, and instruments are.
    """
    return Plan(*_Compilation(rulebase, columns, advice).compile())


class _Compilation:
    """Collects the expressions of the stages; each stage reads only columns of those before it."""

    def __init__(self, rulebase: RuleBase, columns: Collection[str], advice: bool) -> None:
        self._rulebase = rulebase
        self._truths = Truths(rulebase, [finding.id for finding in rulebase.findings if finding.id in columns])
        self._advice = advice
        self._stages: list[list[pl.Expr]] = []

    def compile(self) -> tuple[Truths, list[list[pl.Expr]]]:
        self._patterns()
        self._red_flags_and_items()
        self._balance_sheets()
        self._roots()
        self._verdict()
        if self._advice:
            self._fire(self._rulebase.advice)
        return self._truths, [stage for stage in self._stages if stage]

    def _stage(self, truths: Iterable[tuple[str, Truth]]) -> None:
        defined = [self._truths.define(name, truth) for name, truth in list(truths)]
        self._stages.append([expression for expression in defined if expression is not None])

    def _patterns(self) -> None:
        by_depth: dict[int, list[Pattern]] = {}
        depth: dict[str, int] = {}
        for pattern in self._rulebase.ordered_patterns:
            depth[pattern.id] = 1 + max((depth[name] for name in self._rulebase.patterns_in(pattern.when)), default=0)
            by_depth.setdefault(depth[pattern.id], []).append(pattern)
        for _, patterns in sorted(by_depth.items()):
            self._stage((pattern.id, self._truths.of(pattern.when)) for pattern in patterns)

    def _red_flags_and_items(self) -> None:
        rulebase, truths = self._rulebase, self._truths
        flags = [(flag.id, truths.fires(flag.when, flag.unless)) for flag in rulebase.red_flags]
        items = [pair for cause in rulebase.causes for pair in Balance.items(cause, truths)]
        for instrument in rulebase.instruments if self._advice else ():
            items += [(item.id, truths.of(item.when)) for item in instrument.items]
            items.append((instrument.id, True if instrument.show_if is None else is_true(truths.of(instrument.show_if))))
        self._stage([*flags, *items])
        self._stage((scope.id, truths.fires(scope.when, scope.unless)) for scope in rulebase.scope)
        withholding = [scope.id for scope in rulebase.scope]
        withholding += [flag.id for flag in rulebase.red_flags if withholds_causes(flag, rulebase)]
        self._stage([(WITHHELD, any_of(truths.named(name) for name in withholding))])

    def _balance_sheets(self) -> None:
        withheld = is_true(self._truths.named(WITHHELD))
        sheets = [Balance(cause, self._truths, withheld) for cause in self._rulebase.causes]
        self._stages.append([total for sheet in sheets for total in sheet.groups()])
        self._stages.append([sheet.score() for sheet in sheets])
        self._stages.append([sheet.level() for sheet in sheets])
        read = conclusions_read(self._rulebase)
        origins = sorted({origins for lead in read.leads for origins in (lead.of, lead.over)})
        self._stages.append(
            [self._best_level(origin) for origin in sorted(read.origins)] + [self._best_score(o) for o in origins]
        )

    def _best_level(self, origin: str) -> pl.Expr:
        levels = [pl.col(level_of(cause.id)) for cause in self._rulebase.causes if cause.origin == origin]
        return (pl.min_horizontal(levels) if levels else pl.lit(None, dtype=_RANK)).alias(best_level_of(origin))

    def _best_score(self, origins: Sequence[str]) -> pl.Expr:
        """Return the best score among causes of *origins* that have one and enough information; null where none has."""
        too_little = LEVELS.index("not_enough_information")
        scores = [
            pl.when(pl.col(level_of(cause.id)) != too_little).then(pl.col(score_of(cause.id)))
            for cause in self._rulebase.causes
            if cause.origin in origins
        ]
        return (pl.max_horizontal(scores) if scores else pl.lit(None, dtype=pl.Int16)).alias(best_score_of(origins))

    def _roots(self) -> None:
        rules = self._rulebase.root_level_rules
        self._fire(rules)
        by_root = {root.id: [rule.id for rule in rules if rule.root == root.id] for root in self._rulebase.roots}
        self._stage((root_fits(root), any_of(map(self._truths.named, names))) for root, names in by_root.items())

    def _verdict(self) -> None:
        rulebase = self._rulebase
        self._fire(rulebase.urgency_rules)
        setting: list[tuple[str, str]] = [(flag.id, flag.urgency) for flag in rulebase.red_flags]
        setting += [(rule.id, rule.urgency) for rule in rulebase.urgency_rules]
        order = [urgency.id for urgency in rulebase.urgencies]
        self._stages.append([self._first(order, setting, rulebase.default_urgency).alias(URGENCY_RANK)])
        self._fire(rulebase.spine_link_rules)
        links = [(rule.id, rule.verdict) for rule in rulebase.spine_link_rules]
        verdicts = [verdict.id for verdict in rulebase.verdicts]
        self._stages.append([self._first(verdicts, links, rulebase.default_spine_link).alias(SPINE_LINK_RANK)])

    def _fire(self, rules: Iterable[_Gated]) -> None:
        self._stage((rule.id, self._truths.fires(rule.when, rule.unless)) for rule in rules)

    def _first(self, order: Sequence[str], setting: Sequence[tuple[str, str]], default: str) -> pl.Expr:
        """Return the place in *order* of the first value that a fired rule sets; of *default* where none fired."""
        chain = pl.lit(order.index(default), dtype=_RANK)
        for place, value in reversed(list(enumerate(order))):
            fired = any_of(self._truths.named(rule) for rule, sets in setting if sets == value)
            if fired is True:
                chain = pl.lit(place, dtype=_RANK)
            elif isinstance(fired, pl.Expr):
                chain = pl.when(fired).then(pl.lit(place, dtype=_RANK)).otherwise(chain)
        return chain
