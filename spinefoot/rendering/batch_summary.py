"""What a batch came to, as sections: counts of urgencies, spine links and likely causes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from spinefoot.model.rulebase import RuleBase
from spinefoot.rendering.report import Line, Section

if TYPE_CHECKING:
    from spinefoot.batch.tally import Tally

__all__ = ["batch_summary"]

_CAUSES_SHOWN = 10


def batch_summary(tally: Tally, rulebase: RuleBase) -> list[Section]:
    """Return the summary of a run: what is counted is rows that were not rejected."""
    urgencies = [(urgency.id, urgency.title) for urgency in rulebase.urgencies]
    verdicts = [(verdict.id, verdict.title) for verdict in rulebase.verdicts]
    titles = {cause.id: cause.title for cause in rulebase.causes}
    causes = sorted(tally.likely_causes, key=lambda cause: (-tally.likely_causes[cause], cause))
    shown = [(cause, titles[cause]) for cause in causes[:_CAUSES_SHOWN]]
    further = len(causes) - len(shown)
    likely = _counted(shown, tally.likely_causes, tally.written) or (Line(text="No cause is likely in any row."),)
    if further > 0:
        likely = (*likely, Line(text=f"and {further} more"))
    if tally.withheld:
        likely = (
            *likely,
            Line(text=f"Rows in which no cause is scored, for something else comes first: {tally.withheld:,}"),
        )
    return [
        Section(title="How soon", lines=_counted(urgencies, tally.urgencies, tally.written)),
        Section(title="Is it linked to the spine?", lines=_counted(verdicts, tally.spine_links, tally.written)),
        Section(title="Likely causes (a row may have several)", lines=likely),
        Section(
            title="What this is",
            lines=(
                Line(text=rulebase.disclaimer),
                Line(text=f"Rule base {rulebase.version} ({rulebase.sha256[:12]}); rows counted: {tally.written:,}"),
            ),
            tone="calm",
        ),
    ]


def _counted(names: Iterable[tuple[str, str]], counts: Mapping[str, int], total: int) -> tuple[Line, ...]:
    share = 100 / total if total else 0.0
    return tuple(
        Line(mark=f"{counts.get(name, 0):>11,}  {counts.get(name, 0) * share:5.1f} % ", text=f"{title} ({name})")
        for name, title in names
    )
