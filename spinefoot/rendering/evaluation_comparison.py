"""Two rule bases on the same cases, as tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from spinefoot.evaluation.compare import Change, Comparison, Paired
from spinefoot.evaluation.definitions import DEFINITIONS
from spinefoot.rendering.evaluation_words import list_cases
from spinefoot.rendering.grid import Grid

__all__ = ["comparison_grids"]

_SMALL_P = 0.001


def comparison_grids(comparison: Comparison) -> Iterator[Grid]:
    """Yield the measures side by side, the cases that differ, and whose urgency fell or rose."""
    against = comparison.against
    yield Grid(
        title="Compared with another rule base",
        headings=("measure", "both", "only this", "only other", "neither", "p"),
        rows=tuple(_paired(paired) for paired in comparison.measures),
        lead=(
            f"The other: {against.version} ({against.sha256[:12]}) in {against.directory}; "
            f"{comparison.cases:,} cases that both accept.",
        ),
        notes=(DEFINITIONS["paired"],),
    )
    for measure in comparison.measures:
        if measure.gained or measure.lost:
            rows = [(id, "only this") for id in measure.gained] + [(id, "only other") for id in measure.lost]
            yield list_cases(f"Differs: {measure.measure}", ("case", "met by"), rows)
    yield _changes("Urgency fell", comparison.fell, alarm=bool(comparison.fell))
    yield _changes("Urgency rose", comparison.rose)


def _paired(paired: Paired) -> tuple[str, ...]:
    p = "-" if paired.p is None else "< 0.001" if paired.p < _SMALL_P else f"{paired.p:.3f}"
    return (paired.measure, *(f"{n:,}" for n in (paired.both, paired.only_this, paired.only_against, paired.neither)), p)


def _changes(title: str, changes: Sequence[Change], alarm: bool = False) -> Grid:
    rows = [(change.id, change.before, change.after, change.expected or "-") for change in changes]
    return list_cases(title, ("case", "other", "this", "expected"), rows, alarm)
