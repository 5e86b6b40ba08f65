"""What commands share for showing things: options, consoles, problems."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from spinefoot.errors import Problem
from spinefoot.rulebase.locate import RULES_VARIABLE

if TYPE_CHECKING:
    from rich.console import Console

__all__ = [
    "JsonOption",
    "NoColourOption",
    "PlainOption",
    "RulesOption",
    "StdinFormat",
    "StdinFormatOption",
    "console",
    "is_plain",
    "print_problems",
    "width",
]

RulesOption = Annotated[
    Path | None,
    typer.Option("--rules", envvar=RULES_VARIABLE, show_default=False, help="Use the rule base in this folder.", metavar="DIR"),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
PlainOption = Annotated[bool, typer.Option("--plain", help="No boxes and no colour, one idea a line.")]
NoColourOption = Annotated[bool, typer.Option("--no-color", help="No colour; the same as setting NO_COLOR.")]


class StdinFormat(StrEnum):
    """Formats that stdin may have."""

    csv = "csv"
    tsv = "tsv"
    ndjson = "ndjson"
    json = "json"
    parquet = "parquet"
    yaml = "yaml"
    toml = "toml"


StdinFormatOption = Annotated[StdinFormat, typer.Option(metavar="FORMAT", help=f"Of stdin: {', '.join(StdinFormat)}.")]

_WIDEST = 100
"""Longer lines of prose are hard to read, however wide the terminal is."""


def is_plain(asked: bool) -> bool:
    """Tell whether to print plain lines: when asked to, and on a dumb terminal."""
    return asked or os.environ.get("TERM") == "dumb"


def width() -> int:
    """Return how many columns to use."""
    return max(40, min(_WIDEST, shutil.get_terminal_size((80, 24)).columns))


def console(no_colour: bool) -> Console:
    """Return a console on stdout that honours width, `NO_COLOR` and pipes."""
    from rich.console import Console

    return Console(width=width(), no_color=no_colour or "NO_COLOR" in os.environ, highlight=False, markup=False, emoji=False)


def print_problems(problems: Sequence[Problem]) -> None:
    """Print problems to stderr, one a line, with their number where there are several."""
    from spinefoot.rendering.report import printable

    for problem in problems:
        print(printable(str(problem)), file=sys.stderr)
    if len(problems) > 1:
        print(f"{len(problems)} problems", file=sys.stderr)
