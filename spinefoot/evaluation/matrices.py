"""Confusion matrices, and the weighted kappa of one whose labels have an order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

__all__ = ["Kappa", "Matrix", "quadratic_kappa"]

_DRAWS = 2000
_SEED = 20260101
_TAIL = 0.025


class Matrix(msgspec.Struct, frozen=True, kw_only=True):
    """Counts by what was expected (rows, in the order of *expected*) and what came out (columns, *results*)."""

    expected: tuple[str, ...]
    results: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, expected: Sequence[str], results: Sequence[str], counts: Mapping[tuple[str, str], int]) -> Matrix:
        """Build a matrix from counts by (expected, result); pairs that are absent count 0."""
        rows = tuple(tuple(counts.get((row, column), 0) for column in results) for row in expected)
        return cls(expected=tuple(expected), results=tuple(results), counts=rows)

    @property
    def total(self) -> int:
        """Number of cases."""
        return sum(map(sum, self.counts))


class Kappa(msgspec.Struct, frozen=True, kw_only=True):
    """
    Quadratic-weighted kappa with its 95 % bootstrap interval.

    No estimate where *undefined_because* says why; no interval where every case agrees, since no draw would differ.
    """

    estimate: float | None
    low: float | None = None
    high: float | None = None
    undefined_because: str | None = None


def quadratic_kappa(matrix: Matrix, what: str = "value") -> Kappa:
    """
    Return how far results agree with expectations beyond chance, a miss by two levels weighing four times one by one.

    The interval is the percentile bootstrap of cases: 2,000 draws of the matrix from a multinomial distribution
    (`scipy.stats.multinomial`) with a fixed seed, so that the same matrix gives the same interval.

    Where all cases share one expectation, or one result, agreement is that of chance whatever the cases: there
    is no kappa, and draws of this kind are left out of the interval.

    Args:
        matrix: Its rows and columns have the same names, in order.
        what: What a row stands for, as the reason why there is no kappa says it.

    Source:
        Cohen 1968, Psychol Bull 70:213-220.
    """
    from scipy.stats import multinomial

    estimate = _kappa(matrix.counts)
    if estimate is None or estimate == 1:
        return Kappa(estimate=estimate, undefined_because=_why_undefined(matrix.counts, what))
    size, total = len(matrix.results), matrix.total
    shares = [count / total for row in matrix.counts for count in row]
    draws = multinomial.rvs(total, shares, size=_DRAWS, random_state=_SEED).tolist()
    kappas = sorted(k for draw in draws if (k := _kappa([draw[i : i + size] for i in range(0, len(draw), size)])) is not None)
    tail = int(_TAIL * len(kappas))
    return Kappa(estimate=estimate, low=kappas[tail], high=kappas[-1 - tail])


def _kappa(counts: Sequence[Sequence[float]]) -> float | None:
    if _why_undefined(counts) is not None:
        return None
    total = sum(map(sum, counts))
    rows = [sum(row) for row in counts]
    columns = [sum(column) for column in zip(*counts, strict=True)]
    disagreed = sum((i - j) ** 2 * n for i, row in enumerate(counts) for j, n in enumerate(row))
    by_chance = sum((i - j) ** 2 * n * m for i, n in enumerate(rows) for j, m in enumerate(columns))
    return float(1 - disagreed * total / by_chance)


def _why_undefined(counts: Sequence[Sequence[float]], what: str = "value") -> str | None:
    rows = sum(any(row) for row in counts)
    if rows == 0:
        return f"no case accepts just one {what}"
    if rows == 1:
        return f"all cases share one expected {what}"
    return "all cases share one result" if sum(any(column) for column in zip(*counts, strict=True)) == 1 else None
