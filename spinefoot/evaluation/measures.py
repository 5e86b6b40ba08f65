"""All measures of one set of cases, and of its subgroups."""

from __future__ import annotations

import msgspec
import polars as pl

from spinefoot.evaluation.calibration import Calibration, measure_calibration
from spinefoot.evaluation.causes import CauseMeasures, measure_causes
from spinefoot.evaluation.root_levels import RootMeasures, measure_roots
from spinefoot.evaluation.spine_link import SpineLinkMeasures, measure_spine_link
from spinefoot.evaluation.urgency import UrgencyMeasures, measure_urgency
from spinefoot.model.rulebase import RuleBase

__all__ = ["Measures", "Subgroup", "Subgroups", "measure", "measure_subgroups"]


class Measures(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured on a set of cases; None where nothing of the kind was expected."""

    cases: int
    urgency: UrgencyMeasures | None
    spine_link: SpineLinkMeasures | None
    root_levels: RootMeasures | None
    causes: CauseMeasures | None
    calibration: Calibration | None


class Subgroup(msgspec.Struct, frozen=True, kw_only=True):
    """The cases that have *value* in the column of the subgroups; None: no value was given."""

    value: str | None
    measures: Measures


class Subgroups(msgspec.Struct, frozen=True, kw_only=True):
    """One subgroup for each value of *column*, in order, the one without a value last."""

    column: str
    groups: tuple[Subgroup, ...]


def measure(scored: pl.DataFrame, rulebase: RuleBase) -> Measures:
    """Measure all that is expected of the rows of *scored* (the frame of `score_rows`)."""
    return Measures(
        cases=scored.height,
        urgency=measure_urgency(scored, rulebase),
        spine_link=measure_spine_link(scored, rulebase),
        root_levels=measure_roots(scored),
        causes=measure_causes(scored, rulebase),
        calibration=measure_calibration(scored, rulebase),
    )


def measure_subgroups(scored: pl.DataFrame, column: str, values: pl.Series, rulebase: RuleBase) -> Subgroups:
    """Measure each subgroup of *scored*; *values* has the value of each row as text, null where none is given."""
    found = sorted(values.unique().drop_nulls().to_list(), key=_numbers_first)
    chosen: list[tuple[str | None, pl.Series]] = [(value, values == value) for value in found]
    chosen.append((None, values.is_null()))
    groups = [
        Subgroup(value=value, measures=measure(scored.filter(rows.fill_null(False)), rulebase))
        for value, rows in chosen
        if rows.any()
    ]
    return Subgroups(column=column, groups=tuple(groups))


def _numbers_first(value: str) -> tuple[bool, float, str]:
    """Order numbers by size and before words."""
    try:
        return False, float(value), value
    except ValueError:
        return True, 0.0, value
