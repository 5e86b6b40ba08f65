"""A talk without a terminal: replies from a list, and everything that was said as text."""

from __future__ import annotations

from collections.abc import Iterable

from spinefoot.rendering.report import Section
from spinefoot.rendering.terminal import plain_text

__all__ = ["ScriptedTalk"]


class ScriptedTalk:
    """Replies with *replies*, one by one, and then there is no further line. A reply may be an exception to raise."""

    def __init__(self, replies: Iterable[str | BaseException], *, interactive: bool = True) -> None:
        self.interactive = interactive
        self.lines = 0
        self.said: list[str] = []
        self._replies = iter(replies)

    @property
    def text(self) -> str:
        """Everything said, with one space between words, so that wrapping does not matter."""
        return " ".join("\n".join(self.said).split())

    def show(self, sections: Iterable[Section]) -> None:
        self.said.append(plain_text(sections, 80))

    def say(self, text: str) -> None:
        self.said.append(text)

    def ask(self, prompt: str = "") -> str:
        self.said.append(prompt)
        reply = next(self._replies, None)
        if reply is None:
            raise EOFError
        if isinstance(reply, BaseException):
            raise reply
        self.lines += 1
        return reply
