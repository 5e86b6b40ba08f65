"""Sections on a terminal: panels and trees by rich, or plain lines, one idea a line."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from spinefoot.rendering.report import Line, Section, Tone, printable

__all__ = ["plain_text", "show", "show_tree"]

_STYLES: dict[Tone, str] = {"emergency": "bold red", "same_day": "yellow", "plain": "cyan", "calm": "dim"}


def show(sections: Iterable[Section], console: Console) -> None:
    """Print *sections* as panels. Colour repeats what words say and adds nothing."""
    for section in sections:
        body = Group(*_rows(section.lines))
        console.print(Panel(body, title=Text(printable(section.title)), title_align="left", border_style=_STYLES[section.tone]))


def show_tree(title: str, sections: Iterable[Section], console: Console) -> None:
    """Print *sections* as a tree: a branch for each, and below each line those set in deeper."""
    tree = Tree(Text(printable(title), style="bold"))
    for section in sections:
        branches = [tree.add(Text(printable(section.title), style="bold cyan"))]
        for line in section.lines:
            del branches[line.level + 1 :]
            branches.append(branches[-1].add(_text(line)))
    console.print(tree)


def plain_text(sections: Iterable[Section], width: int) -> str:
    """Return *sections* as plain lines of at most *width* columns: no boxes, no colour, one idea a line."""
    out: list[str] = []
    for section in sections:
        out += [*textwrap.wrap(printable(section.title).upper(), width), ""]
        for line in section.lines:
            mark = f"{line.mark} " if line.mark else ""
            indent = "  " * line.level
            out += textwrap.wrap(
                printable(line.text),
                width,
                initial_indent=indent + mark,
                subsequent_indent=indent + " " * len(mark),
                break_long_words=False,
                break_on_hyphens=False,
            )
        out.append("")
    return "\n".join(out)


def _rows(lines: Iterable[Line]) -> Iterable[RenderableType]:
    for line in lines:
        if not line.mark:
            yield Padding(_text(line), (0, 0, 0, 2 * line.level))
            continue
        row = Table.grid(padding=(0, 1, 0, 0))
        row.add_column(justify="right", min_width=2)
        row.add_column(ratio=1, overflow="fold")
        row.add_row(Text(line.mark, style="bold"), _text(line))
        yield Padding(row, (0, 0, 0, 2 * line.level))


def _text(line: Line) -> Text:
    return Text(printable(line.text), style="bold" if line.strong else "")
