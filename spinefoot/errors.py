"""Faults as values, the few exceptions that carry them out, and the exit codes of the command line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from enum import IntEnum
from typing import ClassVar

import msgspec

__all__ = [
    "CODES",
    "ExitCode",
    "InputError",
    "Location",
    "Problem",
    "RuleBaseError",
    "SpinefootError",
    "UsageError",
    "first_few",
    "nearest",
    "plain_spelling",
]


class ExitCode(IntEnum):
    """What the process tells its caller (design.md, Exit codes)."""

    DONE = 0
    FAULT = 1
    USAGE = 2
    PARTLY_REJECTED = 3
    UNREADABLE = 4
    RULEBASE = 5
    INTERRUPTED = 130


class Location(msgspec.Struct, frozen=True, order=True):
    """A place in a text file; *line* and *column* count from 1, and 0 means that only the file is known."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        if not self.line:
            return self.file
        return f"{self.file}:{self.line}:{self.column}" if self.column else f"{self.file}:{self.line}"


class Problem(msgspec.Struct, frozen=True):
    """One thing wrong, where, and what to do about it. *code* is a key of `CODES`, *about* names what is concerned."""

    code: str
    message: str
    where: Location | None = None
    hint: str | None = None
    about: tuple[str, ...] = ()

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        hint = f"; {self.hint}" if self.hint else ""
        return f"{place}{self.code} {self.message}{hint}"


CODES: dict[str, str] = {
    "SF101": "a file cannot be read",
    "SF102": "a file is too large or too deeply nested",
    "SF103": "a file is not well-formed YAML, JSON or TOML",
    "SF104": "a YAML alias",
    "SF105": "a key stands twice in one mapping, or a column in one table",
    "SF106": "a key that is not plain text, or a word that YAML 1.1 reads as yes or no",
    "SF107": "a file that is of no known kind",
    "SF108": "a file cannot be written",
    "SF201": "an unknown name",
    "SF202": "an unknown key",
    "SF203": "a required key is missing",
    "SF204": "a value of the wrong type",
    "SF205": "a condition that cannot be read",
    "SF206": "a comparison that its finding does not allow",
    "SF207": "an id that is used twice, reserved or badly formed",
    "SF208": "a value outside what is allowed",
    "SF301": "patterns that build on each other in a circle",
    "SF302": "a condition reads what is not known at its stage",
    "SF303": "a gate outside an unless",
    "SF401": "a red flag that could stay silent for want of an answer",
    "SF402": "a rule without a case that fires it, or without a near miss",
    "SF403": "a case that does not come out as expected",
    "SF601": "a symptom file without findings",
    "SF602": "an unknown finding in a symptom file",
    "SF603": "an answer of the wrong kind",
    "SF604": "a number outside its range",
    "SF605": "an option that the finding does not have",
    "SF606": "answers that contradict each other",
    "SF607": "an expectation that names nothing in the rule base",
    "SF608": "an evaluation of nothing, or by a column that there is not",
    "SF609": "a file that is named twice",
    "SF701": "an unknown column of a table",
    "SF702": "two columns of a table for one finding, or a column without a name",
    "SF703": "a row that cannot be read",
    "SF704": "a column whose type holds no answers",
    "SF705": "a mapping that cannot be used",
    "SF711": "an output that exists already",
    "SF712": "an output that cannot be written",
}


class SpinefootError(Exception):
    """spinefoot refuses to go on, with a message fit for the person who can fix it."""

    exit_code: ClassVar[ExitCode] = ExitCode.FAULT

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(problems, key=_by_place)
        super().__init__("\n".join(str(p) for p in self.problems))


class RuleBaseError(SpinefootError):
    """The rule base cannot be used. `problems` lists all that was found, in file order."""

    exit_code = ExitCode.RULEBASE


class InputError(SpinefootError):
    """A symptom file cannot be used. `problems` lists all that was found in it."""

    exit_code = ExitCode.UNREADABLE


class UsageError(SpinefootError):
    """A command or function was asked for what cannot be, though the input can be read."""

    exit_code = ExitCode.USAGE


def first_few(words: Sequence[str], most: int, between: str = ", ") -> str:
    """Return the first *most* of *words* and how many more there are."""
    more = f" and {len(words) - most:,} more" if len(words) > most else ""
    return between.join(words[:most]) + more


def nearest(word: str, allowed: Iterable[str]) -> str | None:
    """
    Return the allowed word that is spelt most like *word*, or None where nothing is close.

    Capitals, and what stands between words, make no difference.

    Examples:
        >>> nearest("Same Day", ["soon", "same_day"]), nearest("l5", ["L4", "L5"])
        ('same_day', 'L5')
    """
    spelt: dict[str, str] = {}
    for name in allowed:
        spelt.setdefault(plain_spelling(name), name)
    found = get_close_matches(plain_spelling(word), spelt, n=1, cutoff=0.6)
    return spelt[found[0]] if found else None


def plain_spelling(word: str) -> str:
    """Return *word* in small letters with "_" for blanks and hyphens, as ids are written."""
    return word.strip().lower().replace(" ", "_").replace("-", "_")


def _by_place(problem: Problem) -> tuple[Location, str, str]:
    return problem.where or Location(""), problem.code, problem.message
