"""
Sets of cases as whole numbers: bit *i* stands for case *i*.

`and`, `or` and `not` of such numbers decide a condition for every case in one go, which makes thousands of
changed rule bases affordable. The logic is that of `truth.View` (Kleene's); tests hold the two together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

from spinefoot.model.assessment import Answers
from spinefoot.model.findings import Value

__all__ = ["Bits", "CaseBits", "Truth", "all_of", "any_of", "at_least", "bits_of", "negated"]

Bits: TypeAlias = int
"""A set of cases, one bit for each."""


class Truth(NamedTuple):
    """The cases in which something is true and those in which it is false; in the others it is unknown."""

    yes: Bits
    no: Bits

    def of(self, case: int) -> bool | None:
        """Return the truth in one case, None where it is unknown."""
        return True if self.yes >> case & 1 else False if self.no >> case & 1 else None


class CaseBits:
    """The settled answers of many cases, by finding and by answer."""

    def __init__(self, cases: Sequence[Answers]) -> None:
        self.number = len(cases)
        self.everyone: Bits = (1 << len(cases)) - 1
        self._answers: dict[str, dict[Value, Bits]] = {}
        self._known: dict[str, Bits] = {}
        for place, answers in enumerate(cases):
            for name, value in answers.items():
                self._add(name, value, 1 << place)

    @classmethod
    def of_columns(cls, columns: dict[str, dict[Value, Bits]], number: int) -> CaseBits:
        """Return the bits of *number* cases whose answers are given by finding and value."""
        made = cls([])
        made.number, made.everyone = number, (1 << number) - 1
        for name, values in columns.items():
            for value, cases in values.items():
                made._add(name, value, cases)
        return made

    def _add(self, name: str, value: Value, cases: Bits) -> None:
        values = self._answers.setdefault(name, {})
        values[value] = values.get(value, 0) | cases
        self._known[name] = self._known.get(name, 0) | cases

    def known(self, finding: str) -> Bits:
        """Return the cases in which *finding* was answered."""
        return self._known.get(finding, 0)

    def where(self, finding: str) -> Iterator[tuple[Value, Bits]]:
        """Yield each answer that was given to *finding*, with the cases that gave it."""
        yield from self._answers.get(finding, {}).items()


def bits_of(cases: Bits) -> Iterator[int]:
    """Yield the places of the cases in a set, lowest first."""
    while cases:
        lowest = cases & -cases
        yield lowest.bit_length() - 1
        cases ^= lowest


def negated(truth: Truth) -> Truth:
    """Return where a condition is not the case."""
    return Truth(truth.no, truth.yes)


def all_of(parts: Iterable[Truth], everyone: Bits) -> Truth:
    """Kleene conjunction."""
    yes, no = everyone, 0
    for part in parts:
        yes &= part.yes
        no |= part.no
    return Truth(yes, no)


def any_of(parts: Iterable[Truth], everyone: Bits) -> Truth:
    """Kleene disjunction."""
    return negated(all_of(map(negated, parts), everyone))


def at_least(number: int, parts: Sequence[Truth], everyone: Bits) -> Truth:
    """Return where at least *number* of *parts* are true, and where that can no longer be."""
    sure = _reached(number, [part.yes for part in parts], everyone)
    possible = _reached(number, [everyone & ~part.no for part in parts], everyone)
    return Truth(sure, everyone & ~possible)


def _reached(number: int, parts: Sequence[Bits], everyone: Bits) -> Bits:
    """Return the cases that are in at least *number* of *parts*."""
    counted = [everyone] + [0] * number
    for part in parts:
        for reached in range(number, 0, -1):
            counted[reached] |= counted[reached - 1] & part
    return counted[number]
