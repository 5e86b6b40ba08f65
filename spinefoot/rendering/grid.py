"""Tables on a terminal: boxes by rich, or plain lines, one row a line."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

import msgspec
from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from spinefoot.rendering.report import printable

__all__ = ["Grid", "plain_grids", "show_grids"]

_NARROWEST_NAME = 16
"""Columns below which names are folded beyond reading."""

_BETWEEN = 3
"""Columns between two cells."""


class Grid(msgspec.Struct, frozen=True, kw_only=True):
    """
    A titled table.

    *lead* is said before the rows and *notes* after them. The first column names the row; a line break in a cell is
    kept in boxes. *alarm* marks what must not be overlooked: the words must say it too.
    """

    title: str
    headings: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    lead: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    alarm: bool = False


def show_grids(grids: Iterable[Grid], console: Console) -> None:
    """Print *grids* as tables, or as plain lines where a table is too wide. Colour repeats what words say."""
    for grid in grids:
        console.print(Text(printable(grid.title), style="bold red" if grid.alarm else "bold cyan"))
        for text in grid.lead:
            console.print(Text(printable(text)))
        if grid.rows and _least_width(grid) <= console.width:
            console.print(_table(grid))
        elif grid.rows:
            console.print(Text("\n".join(_lines(grid, console.width))))
        for text in grid.notes:
            console.print(Text(printable(text), style="dim"))
        console.print()


def plain_grids(grids: Iterable[Grid], width: int) -> str:
    """Return *grids* as lines of at most *width* columns: each row names itself and says "heading value"."""
    out: list[str] = []
    for grid in grids:
        out += textwrap.wrap(printable(grid.title).upper(), width)
        out += [line for text in grid.lead for line in _wrapped(text, width)]
        out += _lines(grid, width)
        out += [line for text in grid.notes for line in _wrapped(text, width)]
        out.append("")
    return "\n".join(out)


def _table(grid: Grid) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    table.add_column(Text(printable(grid.headings[0])), overflow="fold")
    for heading in grid.headings[1:]:
        table.add_column(Text(printable(heading)), justify="right", no_wrap=True)
    for row in grid.rows:
        table.add_row(*(Text(printable(cell)) for cell in row))
    return table


def _least_width(grid: Grid) -> int:
    """Return the columns that a table needs if only its first column, of names, may be folded."""
    widths = [max(cell_len(line) for cell in column for line in printable(cell).split("\n")) for column in _columns(grid)]
    return min(widths[0], _NARROWEST_NAME) + sum(widths[1:]) + _BETWEEN * (len(widths) - 1)


def _columns(grid: Grid) -> Iterable[tuple[str, ...]]:
    return zip(grid.headings, *grid.rows, strict=True)


def _lines(grid: Grid, width: int) -> list[str]:
    return [line for row in grid.rows for line in _wrapped(_sentence(row, grid.headings), width, "- ")]


def _sentence(row: tuple[str, ...], headings: tuple[str, ...]) -> str:
    name, *cells = (_one_line(cell) for cell in row)
    said = [f"{heading} {cell}".strip() for heading, cell in zip(headings[1:], cells, strict=True) if cell]
    return f"{name}: {'; '.join(said)}"


def _one_line(cell: str) -> str:
    first, _, second = cell.partition("\n")
    return f"{first} ({second})" if second else first


def _wrapped(text: str, width: int, mark: str = "") -> list[str]:
    return textwrap.wrap(
        printable(text),
        width,
        initial_indent=mark,
        subsequent_indent=" " * len(mark),
        break_long_words=False,
        break_on_hyphens=False,
    )
