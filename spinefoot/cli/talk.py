"""Talking on a terminal or a pipe: pages out, replies in. Nothing that is typed is kept or logged."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from contextlib import suppress
from io import TextIOWrapper
from typing import Protocol

from spinefoot.cli.output import console, width
from spinefoot.rendering.report import Line, Section, printable
from spinefoot.rendering.terminal import plain_text, show

__all__ = ["Talk", "TerminalTalk"]


class Talk(Protocol):
    """
    What a conversation needs of the world outside.

    *interactive* says that somebody is there to be asked again; *lines* counts the lines that were read.
    """

    interactive: bool
    lines: int

    def show(self, sections: Iterable[Section]) -> None:
        """Show pages."""

    def say(self, text: str) -> None:
        """Show a paragraph."""

    def ask(self, prompt: str = "") -> str:
        """
        Return the line that is typed next, after showing *prompt*.

        Raises:
            EOFError: There will be no further line.
            KeyboardInterrupt: The person wants to leave.
        """


class TerminalTalk:
    """
    Stdin and stdout.

    Args:
        plain: No boxes and no colour.
        no_colour: Boxes, but no colour.
    """

    def __init__(self, *, plain: bool, no_colour: bool) -> None:
        self.interactive = sys.stdin is not None and sys.stdin.isatty()
        self.lines = 0
        self._plain = plain
        self._no_colour = no_colour
        if isinstance(sys.stdin, TextIOWrapper):
            sys.stdin.reconfigure(errors="replace")
        if self.interactive:
            _edit_lines_without_history()

    def show(self, sections: Iterable[Section]) -> None:
        """Print pages, as panels or as plain lines."""
        if self._plain:
            print("\n" + plain_text(sections, width()).rstrip("\n") + "\n")
        else:
            show(sections, console(self._no_colour))

    def say(self, text: str) -> None:
        """Print a paragraph, wrapped."""
        if text:
            print(plain_text([Section(title="", lines=(Line(text=text),))], width()).strip("\n"))

    def ask(self, prompt: str = "") -> str:
        """Return the next line; what comes through a pipe is repeated, so that the page reads as a conversation."""
        if prompt:
            self.say(prompt)
        if self.interactive:
            text = input("> ")
        else:
            sys.stdout.flush()
            text = "" if sys.stdin is None else sys.stdin.readline()
            if not text:
                raise EOFError
            print(f"> {printable(text.rstrip())}")
        self.lines += 1
        return text


def _edit_lines_without_history() -> None:
    """Let arrow keys work while typing, but keep nothing that was typed."""
    with suppress(ImportError):
        import readline

        readline.set_auto_history(False)
