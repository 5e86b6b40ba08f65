"""The file that says of faults which no case notices why none should: a reason for each rule and kind of change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

import msgspec

from spinefoot import yaml_nodes as y
from spinefoot.analysis.mutants import Mutant
from spinefoot.errors import InputError, Location, Problem
from spinefoot.rulebase.decode import Decoder
from spinefoot.rulebase.locate import MUTANTS_EXPLAINED

__all__ = ["Explained", "Explanation", "explained_file", "read_explanations"]


class Explanation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    Why mutants need no case: those whose *rule*, *change*, *part* and words (*says*) match.

    `*` stands for any run of characters; what is left out matches everything.
    """

    rule: str
    because: str
    change: str = "*"
    part: str = "*"
    says: str = "*"
    where: Location | None = None

    def fits(self, mutant: Mutant) -> bool:
        """Tell whether this explains *mutant*."""
        pairs = ((mutant.rule, self.rule), (mutant.change, self.change), (mutant.part, self.part), (mutant.says, self.says))
        return all(fnmatchcase(word, pattern) for word, pattern in pairs)


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    explained: tuple[Explanation, ...]


class Explained:
    """Explanations, which remember whether they explained anything."""

    def __init__(self, explanations: Iterable[Explanation] = ()) -> None:
        self._explanations = tuple(explanations)
        self._used: set[int] = set()

    def reason(self, mutant: Mutant) -> str | None:
        """Return why *mutant* needs no case, None where nothing says so."""
        for number, explanation in enumerate(self._explanations):
            if explanation.fits(mutant):
                self._used.add(number)
                return explanation.because
        return None

    def stale(self) -> Sequence[Explanation]:
        """Return the explanations that explained nothing so far."""
        return [explanation for number, explanation in enumerate(self._explanations) if number not in self._used]


def explained_file(directory: str) -> Path | None:
    """Return the file of explanations beside the rules in *directory*, None where there is none."""
    path = Path(directory) / MUTANTS_EXPLAINED
    return path if path.is_file() else None


def read_explanations(path: Path) -> Explained:
    """
    Read a file of explanations.

    Raises:
        InputError: With everything that is wrong with it.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError([Problem("SF101", f"the file cannot be read: {error}", Location(str(path)))]) from None
    node, problems = y.parse_yaml(text, str(path))
    if node is None or problems:
        raise InputError(problems or [Problem("SF203", "the file is empty", Location(str(path)))])
    decoder = Decoder(str(path))
    file = decoder.decode(node, _File)
    if file is None:
        raise InputError(decoder.problems)
    return Explained(file.explained)
