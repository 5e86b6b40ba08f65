"""What a run of mutation tests comes to: counts, a score, and whether the aims are met."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import msgspec

from spinefoot.analysis.explained import Explanation
from spinefoot.analysis.mutation import Tried

__all__ = ["AIM_PERCENT", "MutationReport", "Tally", "tallies"]

AIM_PERCENT = 90
"""Of all faults that can change anything, at least so many are to be noticed."""

_VITAL_KIND = "red_flag"
_VITAL_CHANGES = ("rule removed", "urgency lowered")


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """How many mutants of one *name* met each fate."""

    name: str
    fates: dict[str, int]

    @property
    def mutants(self) -> int:
        """All of them."""
        return sum(self.fates.values())

    @property
    def percent(self) -> float:
        """How many of those that can change anything were noticed or refused; 100 where none can."""
        telling = self.mutants - self.fates.get("equivalent", 0)
        caught = self.fates.get("noticed", 0) + self.fates.get("refused", 0)
        return 100 * caught / telling if telling else 100.0


class MutationReport(msgspec.Struct, frozen=True, kw_only=True):
    """Every mutant that was tried; *stale* explanations explained none, where all mutants were tried."""

    tried: tuple[Tried, ...]
    stale: tuple[Explanation, ...] = ()

    @property
    def total(self) -> Tally:
        """All mutants together."""
        return tallies(self.tried, lambda tried: "all")[0] if self.tried else Tally(name="all", fates={})

    @property
    def survivors(self) -> tuple[Tried, ...]:
        """Those that nothing noticed and nothing explains."""
        return tuple(tried for tried in self.tried if tried.fate == "unnoticed")

    @property
    def vital(self) -> tuple[Tried, ...]:
        """Red flags that were removed or lowered."""
        return tuple(t for t in self.tried if t.mutant.kind == _VITAL_KIND and t.mutant.change in _VITAL_CHANGES)

    @property
    def vital_survivors(self) -> tuple[Tried, ...]:
        """Red flags that could be removed or lowered without any case noticing."""
        return tuple(tried for tried in self.vital if tried.fate == "unnoticed")

    @property
    def meets_aims(self) -> bool:
        """Every removed or lowered red flag and 90 % of all mutants are noticed, and no explanation is stale."""
        return not self.vital_survivors and self.total.percent >= AIM_PERCENT and not self.stale


def tallies(tried: Sequence[Tried], key: Callable[[Tried], str]) -> list[Tally]:
    """Count the fates of mutants by *key*, in the order of first appearance."""
    counts: dict[str, Counter[str]] = {}
    for one in tried:
        counts.setdefault(key(one), Counter())[one.fate] += 1
    return [Tally(name=name, fates=dict(fates)) for name, fates in counts.items()]
