"""A progress bar on stderr: rows, rate, time left, rows rejected. Silent where stderr is no terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from spinefoot.batch.run import Assessed
    from spinefoot.batch.tally import Tally

__all__ = ["Progress", "progress_bar"]

_STEPS = 1000


class Progress(Protocol):
    """Called after each part of a batch."""

    def __call__(self, tally: Tally, assessed: Assessed) -> None:
        """Show how far the run is."""


@contextmanager
def progress_bar(no_colour: bool) -> Iterator[Progress | None]:
    """Yield what shows progress, or None where nobody looks."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    screen = Console(stderr=True, no_color=no_colour or "NO_COLOR" in os.environ, highlight=False, markup=False, emoji=False)
    columns = (
        BarColumn(bar_width=None),
        TextColumn("{task.fields[rows]:,} rows", markup=False),
        TextColumn("{task.fields[rate]}", markup=False),
        TextColumn("{task.fields[rejected]:,} rejected", markup=False),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=screen, transient=True) as bar:
        task = bar.add_task("", total=None, rows=0, rate="", rejected=0)

        def show(tally: Tally, assessed: Assessed) -> None:
            seconds = bar.tasks[0].elapsed or 0
            rate = f"{tally.rows / seconds:,.0f}/s" if seconds else ""
            known = assessed.done is not None
            bar.update(
                task,
                total=_STEPS if known else None,
                completed=int(_STEPS * (assessed.done or 0)),
                rows=tally.rows,
                rate=rate,
                rejected=tally.rejected,
                refresh=True,  # a part may take less time than the screen waits
            )

        yield show
