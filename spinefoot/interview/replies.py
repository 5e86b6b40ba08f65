"""
What a person types, read as answers or as a command. Nothing is guessed: what cannot be read is asked again.

On a checklist every question that is not named counts as no, so an empty line is refused there as everywhere: it must
never say no by accident.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import StrEnum
from string import ascii_lowercase
from typing import Final, NamedTuple

from spinefoot.casefile import read_answer
from spinefoot.errors import Problem, nearest
from spinefoot.interview.session import Replies
from spinefoot.model.findings import Finding, Option, Value
from spinefoot.model.rulebase import NO_ANSWER_NEEDED

__all__ = ["COMMAND_LETTERS", "Command", "Request", "ReplyError", "lettered", "read_command", "read_reply"]


class Command(StrEnum):
    """What can be asked for at any question, besides answering it."""

    WHY = "why"
    HELP = "help"
    BACK = "back"
    REVIEW = "review"
    SO_FAR = "so far"
    SAVE = "save"
    QUIT = "quit"


COMMAND_LETTERS: Final = {
    "w": Command.WHY,
    "h": Command.HELP,
    "b": Command.BACK,
    "r": Command.REVIEW,
    "s": Command.SO_FAR,
    "v": Command.SAVE,
    "q": Command.QUIT,
}

_NUMBERED: Final = frozenset((Command.WHY, Command.HELP, Command.BACK, Command.REVIEW))
_NOT_KNOWN: Final = frozenset(
    phrase
    for words in ("don't know", "dont know", "do not know", "dunno", "not sure", "unsure", "unknown", "no idea")
    for phrase in (words, f"i {words}", f"i'm {words}", f"i am {words}")
) | frozenset(("?", "d", "dk", "idk"))
_NONE: Final = frozenset(("none", "no", "n", "0", "none of these"))
_NONE_BUT: Final = re.compile(r"(?:none|no)\b(?P<but> but| except)?[ ,]+")
_DAYS: Final = {"hour": 1 / 24, "day": 1.0, "week": 7.0, "month": 30.4375, "year": 365.25}
_WORDS: Final = {
    word: number for number, word in enumerate(("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"), 1)
} | {"a": 1, "an": 1}
_NEAR: Final = {"today": 0.0, "just now": 0.0, "yesterday": 1.0}
_AROUND: Final = re.compile(r"^(?:about|around|roughly|for|since|some)\s+|\s+ago$")
_DURATION: Final = re.compile(rf"(?P<number>\d+(?:[.,]\d+)?|{'|'.join(_WORDS)})\s*(?P<unit>[a-z/µ²0-9]*)")


class ReplyError(ValueError):
    """A reply that cannot be read; the text says what is wrong and what is allowed."""


class Request(NamedTuple):
    """A command, with what was typed after it (a number of steps, a file name)."""

    command: Command
    rest: str


def read_command(text: str) -> Request | None:
    """Return the command that *text* asks for, None where it is none. Only whole words and single letters count."""
    words = text.strip().split(maxsplit=1)
    if not words:
        return None
    if " ".join(text.lower().split()) == Command.SO_FAR:
        return Request(Command.SO_FAR, "")
    first, rest = words[0].lower(), words[1] if len(words) > 1 else ""
    command = COMMAND_LETTERS.get(first) or next((c for c in Command if c.value == first), None)
    if command is None or (rest and command is not Command.SAVE and not (rest.isdecimal() and command in _NUMBERED)):
        return None
    return Request(command, rest)


def read_reply(text: str, findings: Sequence[Finding]) -> Replies:
    """
    Read the reply to a screen.

    Args:
        text: What was typed.
        findings: The questions of the screen, in the order shown; several are a checklist. A choice stands on one
            with a letter for each option but "none" (`lettered`).

    Returns:
        For each finding its answer; None where it is not known.

    Raises:
        ReplyError: The reply cannot be read.
    """
    word = " ".join(text.strip().lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").rstrip(".!").split())
    if not word:
        raise ReplyError("Nothing was typed. If you do not know, type ?")
    labels = findings[0].answer_labels if len(findings) == 1 else None
    if word in _NOT_KNOWN or (labels is not None and word == labels.if_unknown.lower()):
        return dict.fromkeys(finding.id for finding in findings)
    if len(findings) > 1:
        return _checklist(word, findings)
    return {findings[0].id: _single(text.strip(), word, findings[0])}


def _single(text: str, word: str, finding: Finding) -> Value:
    if finding.kind == "number":
        return _number(text, word, finding)
    if finding.kind == "choice":
        return _option(word, finding)
    labels = finding.answer_labels
    if labels is not None and word in (labels.if_yes.lower(), labels.if_no.lower()):
        return word == labels.if_yes.lower()
    answer = read_answer(finding, word)
    if not isinstance(answer, bool):
        raise ReplyError("Type y for yes, n for no, or ? if you do not know.")
    return answer


def _option(word: str, finding: Finding) -> str:
    ids = finding.option_ids
    if word.isdecimal():
        if 1 <= int(word) <= len(ids):
            return ids[int(word) - 1]
        raise ReplyError(f"There is no number {word}; type 1 to {len(ids)}, or ? if you do not know.")
    labels = {option.id: option.label.lower() for option in finding.options}
    begins = [id for id in ids if labels[id].startswith(word) or id.replace("_", " ").startswith(word)]
    exact = [id for id in ids if word in (labels[id], id)]
    if len(exact or begins) == 1:
        return (exact or begins)[0]
    if begins:
        raise ReplyError(f'"{word}" fits several answers; type a number from 1 to {len(ids)}.')
    close = nearest(word, labels.values())
    hint = f' Did you mean "{close}"?' if close else ""
    raise ReplyError(f'"{word}" is none of the answers; type a number from 1 to {len(ids)}, or ? if you do not know.{hint}')


def _number(text: str, word: str, finding: Finding) -> Value:
    """Read a number, with or without a unit: "3 weeks" where days are asked, "2 years" where years are."""
    own = (finding.unit or "").lower().removesuffix("s")
    if word in _NEAR and own in _DAYS:
        word = f"{_NEAR[word]:g} day"
    found = _DURATION.fullmatch(_AROUND.sub("", word))
    if found is None:
        raise ReplyError(f'"{text}" is not a number. {_takes(finding)}')
    number, unit = found["number"].replace(",", "."), found["unit"].removesuffix("s")
    value = float(_WORDS.get(number, number))
    if unit and unit != own:
        if unit not in _DAYS or own not in _DAYS:
            raise ReplyError(f'The unit "{found["unit"]}" does not fit. {_takes(finding)}')
        value *= _DAYS[unit] / _DAYS[own]
    whole = round(value) if isinstance(finding.min, int) and (unit != own or value.is_integer()) else value
    answer = read_answer(finding, int(whole) if float(whole).is_integer() else whole)
    if answer is None or isinstance(answer, Problem):
        raise ReplyError(f"{text} is outside what can be. {_takes(finding)}")
    return answer


def _takes(finding: Finding) -> str:
    longer = ' or with a unit, as in "3 weeks" or "2 years"' if (finding.unit or "").removesuffix("s") in _DAYS else ""
    return (
        f"Type a number from {finding.min:g} to {finding.max:g} {finding.unit or ''}".rstrip()
        + f"{longer}, or ? if you do not know."
    )


def lettered(finding: Finding) -> dict[str, Option]:
    """Return the options of a choice on a checklist by letter; "none" has no letter, since what is not named is no."""
    telling = (option for option in finding.options if option.id != NO_ANSWER_NEEDED)
    return dict(zip(ascii_lowercase, telling, strict=False))


def _checklist(word: str, findings: Sequence[Finding]) -> Replies:
    if word in _NONE:
        return {finding.id: _no(finding) for finding in findings}
    if word == "all":
        word = f"1-{len(findings)}"
    named: dict[int, Value | None] = {}
    none = _NONE_BUT.match(word)
    for place, letter, sure in _ticks(word[none.end() :] if none else word, len(findings)):
        value = _ticked(place, letter, findings[place - 1]) if sure else None
        if value and none and not none["but"]:
            raise ReplyError(f'"{word}" could mean two things. Type {place} if it applies, or "none" if nothing does.')
        if named.setdefault(place, value) != value:
            raise ReplyError(f"Number {place} stands there twice, with different answers. Type it once.")
    return {finding.id: named.get(place, _no(finding)) for place, finding in enumerate(findings, 1)}


def _no(finding: Finding) -> Value:
    return NO_ANSWER_NEEDED if finding.kind == "choice" else False


def _ticked(place: int, letter: str | None, finding: Finding) -> Value:
    options = lettered(finding)
    if letter in options:
        return options[letter].id
    if options:
        allowed = ", ".join(f"{place}{letter}" for letter in options)
        raise ReplyError(f"Number {place} needs its letter: type one of {allowed}; or {place}? if you are not sure.")
    if letter is not None:
        raise ReplyError(f"Number {place} has no letters: type {place}, or {place}? if you are not sure.")
    return True


def _ticks(word: str, number: int) -> Iterator[tuple[int, str | None, bool]]:
    """Yield places named in a reply such as "2 5-7 8b 9?", with the letter, and False where a question mark says not sure."""
    for part in re.sub(r"\band\b|[,;+&]", " ", word.replace(" ?", "?")).split():
        found = re.fullmatch(r"([0-9]{1,3})(?:-([0-9]{1,3})|([a-z]))?(\?)?", part)
        if found is None:
            raise ReplyError(
                f'"{part}" is not a number of the list. Type the numbers that apply, as in 2 5; "none" if none does; '
                "a ? after a number, as in 3?, if you are not sure of it."
            )
        first, last = int(found[1]), int(found[2] or found[1])
        if not 1 <= first <= last <= number:
            raise ReplyError(f"There is no number {part.rstrip('?')}; the list goes from 1 to {number}.")
        for place in range(first, last + 1):
            yield place, found[3], found[4] is None
