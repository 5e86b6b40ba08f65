"""How tables of an evaluation say shares, ratios, numbers and long lists."""

from __future__ import annotations

import math
from collections.abc import Sequence

from spinefoot.evaluation.intervals import LikelihoodRatio, Share
from spinefoot.rendering.grid import Grid

__all__ = ["LISTED", "in_brackets", "list_cases", "one_line", "percent", "say_number", "say_ratio", "say_repeated", "say_share"]

LISTED = 20
"""Cases and pairs listed on a terminal; the JSON has all of them."""


def say_share(share: Share, with_count: bool = False) -> str:
    r"""
    Return a share in per cent with its interval below it: "97.2%", "85.8 to 99.5".

    Examples:
        >>> from spinefoot.evaluation.intervals import wilson
        >>> say_share(wilson(15, 148)), say_share(wilson(0, 0))
        ('10.1%\n6.2 to 16.0', 'no case')
        >>> say_share(wilson(60, 60))
        '100%\n94.0 to 100'
    """
    if share.estimate is None or share.low is None or share.high is None:
        return "no case"
    count = f"{share.count:,} of {share.of:,}, " if with_count else ""
    return f"{count}{percent(share.estimate)}%\n{percent(share.low)} to {percent(share.high)}"


def percent(share: float) -> str:
    """Return per cent to one decimal; 0 and 100 only where nothing was rounded."""
    per_cent = 100 * share
    if round(per_cent, 1) in (0, 100):
        return f"{per_cent:.0f}" if math.isclose(per_cent, round(per_cent), abs_tol=1e-9) else "<0.1" if per_cent < 1 else ">99.9"
    return f"{per_cent:.1f}"


def say_ratio(ratio: LikelihoodRatio) -> str:
    r"""
    Return a likelihood ratio with its interval below it; a star where a cell was 0.

    Examples:
        >>> from spinefoot.evaluation.intervals import likelihood_ratio
        >>> say_ratio(likelihood_ratio(10, 20, 5, 50))
        '5.0\n2.0 to 13'
        >>> say_ratio(likelihood_ratio(10, 20, 0, 0))
        'none'
        >>> say_ratio(likelihood_ratio(20, 20, 50, 50))
        '1\nalways'
    """
    if ratio.estimate is None:
        return "none"
    if ratio.low is None or ratio.high is None:
        return f"{ratio.estimate:.0f}\nalways"
    star = "*" if ratio.zero_cell else ""
    return f"{_digits(ratio.estimate)}{star}\n{_digits(ratio.low)} to {_digits(ratio.high)}"


def _digits(number: float) -> str:
    if number < 0.01:
        return "<0.01"
    return f"{number:.2f}" if number < 1 else f"{number:.1f}" if number < 10 else f"{number:,.0f}"


def say_number(count: int, what: str) -> str:
    """Return "1 case", "2 cases"."""
    return f"{count:,} {what}" + ("" if count == 1 else "s")


def say_repeated(rows: int) -> str:
    """Return that *rows* repeat an id, in the words of `batch`."""
    return f"rows that repeat the id of an earlier one: {rows:,}; each was counted"


def one_line(share: Share) -> str:
    """Return a share with its count and its interval: "2 of 3, 66.7% (20.8 to 93.9)"."""
    return in_brackets(say_share(share, with_count=True))


def in_brackets(two_lines: str) -> str:
    """Return *two_lines* as one, the second in brackets."""
    first, _, second = two_lines.partition("\n")
    return f"{first} ({second})" if second else first


def list_cases(
    title: str, headings: tuple[str, ...], rows: Sequence[tuple[str, ...]], alarm: bool = False, notes: tuple[str, ...] = ()
) -> Grid:
    """Return the first `LISTED` of *rows*, with the number of all in the title and of the others below."""
    more = (f"and {len(rows) - LISTED:,} more (--json lists them all)",) if len(rows) > LISTED else ()
    return Grid(
        title=f"{title} ({len(rows):,})", headings=headings, rows=tuple(rows[:LISTED]), notes=(*more, *notes), alarm=alarm
    )
