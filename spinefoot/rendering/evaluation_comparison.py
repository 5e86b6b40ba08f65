"""Two rule bases on the same cases, as tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from spinefoot.evaluation.compare import Change, Comparison, Paired
from spinefoot.evaluation.definitions import DEFINITIONS
from spinefoot.rendering.evaluation_words import LISTED, list_cases, percent, say_number, say_share
from spinefoot.rendering.grid import Grid

__all__ = ["comparison_grids"]

_SMALL_P = 0.001
_FAVOURS = "favours this"


def comparison_grids(comparison: Comparison) -> Iterator[Grid]:
    """Yield the measures side by side, the cases that differ, and whose urgency fell or rose."""
    against = comparison.against
    title = "Compared with another rule base"
    name = f"The other: {against.version} ({against.sha256[:12]}) in {against.directory}."
    refused = say_number(comparison.refused, "case")
    if not comparison.cases:
        lead = (name, f"Nothing could be compared: the other rule base refuses {refused}, and both accept none.")
        yield Grid(title=title, lead=lead, notes=("The messages say why.",), alarm=True)
        return
    accepted = f"{say_number(comparison.cases, 'case')} that both accept."
    if comparison.refused:
        accepted += f" Not compared: {refused} that only the other refuses; the messages say why."
    yield Grid(
        title=title,
        headings=("measure", "this", "other", "only this", "only other", _FAVOURS, "p"),
        rows=tuple(_paired(paired) for paired in comparison.measures),
        lead=(name, accepted),
        notes=(DEFINITIONS["paired"],),
        alarm=bool(comparison.refused),
    )
    for measure in comparison.measures:
        if measure.gained or measure.lost:
            yield _differing(measure)
    yield _changes("Urgency fell", comparison.fell, alarm=bool(comparison.fell))
    yield _changes("Urgency rose", comparison.rose)


def _paired(paired: Paired) -> tuple[str, ...]:
    p = "-" if paired.p is None else "< 0.001" if paired.p < _SMALL_P else f"{paired.p:.3f}"
    return (
        f"{paired.measure}\n{say_number(paired.this.of, 'case')}",
        *(f"{share.count:,}\n{percent(share.estimate or 0)}%" for share in (paired.this, paired.other)),
        *(f"{n:,}" for n in (paired.only_this, paired.only_against)),
        say_share(paired.favours_this) if paired.favours_this.of else "-",
        p,
    )


def _differing(measure: Paired) -> Grid:
    """List the cases that differ: losses first, with gains among those that are shown."""
    losses = min(len(measure.lost), max(LISTED // 2, LISTED - len(measure.gained)))
    gains = min(len(measure.gained), LISTED - losses)
    rows = [(id, "only other") for id in measure.lost[:losses]] + [(id, "only this") for id in measure.gained[:gains]]
    total = len(measure.lost) + len(measure.gained)
    more = (
        f"and {total - len(rows):,} more, of which {len(measure.lost) - losses:,} met only by the other (--json lists them all)"
    )
    return Grid(
        title=f"Differs: {measure.measure} ({total:,})",
        headings=("case", "met by"),
        rows=tuple(rows),
        notes=(more,) if total > len(rows) else (),
    )


def _changes(title: str, changes: Sequence[Change], alarm: bool = False) -> Grid:
    rows = [(change.id, change.before, change.after, change.expected or "-") for change in changes]
    return list_cases(title, ("case", "other", "this", "expected"), rows, alarm)
