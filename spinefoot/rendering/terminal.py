"""Sections on a terminal: panels and steps by rich, or plain lines, one idea a line."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.panel import Panel
from rich.segment import Segment, Segments
from rich.text import Text

from spinefoot.rendering.report import Line, Section, Tone, printable

__all__ = ["plain_text", "show", "show_numbers", "show_steps"]

_STYLES: dict[Tone, str] = {"emergency": "bold red", "same_day": "yellow", "plain": "cyan", "calm": "dim"}

_FRAME = 4
"""Columns that a panel takes for its border and the space inside it."""


def show(sections: Iterable[Section], console: Console) -> None:
    """Print *sections* as panels. Colour repeats what words say and adds nothing."""
    room = console.width - _FRAME
    for section in sections:
        texts = ["\n".join(_wrapped(line, room)) for line in section.lines]
        body = Text("\n").join(
            Text(text, style="bold" if line.strong else "") for text, line in zip(texts, section.lines, strict=True)
        )
        # Only a word that is too long for a line is left to rich to fold.
        body.no_wrap = all(cell_len(row) <= room for text in texts for row in text.split("\n"))
        console.print(Panel(body, title=Text(printable(section.title)), title_align="left", border_style=_STYLES[section.tone]))


def show_steps(title: str, sections: Iterable[Section], console: Console) -> None:
    """Print *sections* below a title without boxes: what may be a thousand lines long reads, copies and draws better so."""
    console.print(Text(printable(title), style="bold"))
    strong, heading, line_end = console.get_style("bold"), console.get_style("bold cyan"), Segment.line()
    drawn: list[Segment] = []
    for section in sections:
        drawn += [line_end, Segment(printable(section.title), heading), line_end]
        for line in section.lines:
            for row in _wrapped(line, console.width):
                drawn += [Segment(row, strong if line.strong else None), line_end]
    # Nothing is left to lay out: as Text, each line would be taken apart and put together once more.
    console.print(Segments(drawn), soft_wrap=True, end="")


def show_numbers(title: str, headings: Sequence[str], rows: Iterable[Sequence[str]], console: Console) -> None:
    """Print a table of numbers: the first column names the row, and the others are set to the right."""
    from rich import box
    from rich.table import Table

    table = Table(
        title=Text(printable(title), style="bold"), title_justify="left", box=box.SIMPLE_HEAD, padding=0, pad_edge=False
    )
    for number, heading in enumerate(headings):
        table.add_column(heading, justify="right" if number else "left", overflow="fold")
    for row in rows:
        table.add_row(*map(printable, row))
    console.print(table)


def plain_text(sections: Iterable[Section], width: int) -> str:
    """Return *sections* as plain lines of at most *width* columns: no boxes, no colour, one idea a line."""
    out: list[str] = []
    for section in sections:
        out += [*textwrap.wrap(printable(section.title).upper(), width), ""]
        for line in section.lines:
            out += _wrapped(line, width)
        out.append("")
    return "\n".join(out)


def _wrapped(line: Line, width: int) -> list[str]:
    """Wrap a line to *width* columns, set in by its level and hanging from its mark; a long word stays whole."""
    if line.verbatim:
        return printable(line.text).splitlines()
    indent = "  " * line.level
    mark = f"{line.mark} " if line.mark else ""
    text = printable(line.text)
    if text.isprintable() and 0 < len(text) <= width - len(indent + mark):
        return [f"{indent}{mark}{text}".rstrip()]  # most lines fit, and textwrap takes its time
    return textwrap.wrap(
        text,
        width,
        initial_indent=indent + mark,
        subsequent_indent=indent + " " * len(mark),
        break_long_words=False,
        break_on_hyphens=False,
    )
