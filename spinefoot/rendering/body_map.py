"""The body map: the drawing of the rule base with the numbers of a list in it, and that list in two columns."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from spinefoot.model.findings import Area, Finding
from spinefoot.model.rulebase import RuleBase
from spinefoot.rendering.report import Line

__all__ = ["area_of", "areas_asked", "draw", "two_columns"]

_MARK = re.compile(r"\[([a-z]{2})\]")

_COLUMN = 28
"""Half of the columns that a frame leaves on a terminal of 60."""


def area_of(finding: Finding, rulebase: RuleBase) -> Area | None:
    """Return the area where *finding* says pain or numbness; None where it says something else."""
    return next((area for area in rulebase.areas if finding.id in (area.pain, area.numb)), None)


def areas_asked(findings: Sequence[Finding], rulebase: RuleBase) -> dict[str, int]:
    """
    Return areas with their numbers on a screen that asks for places only; empty for any other screen.

    The screen is a checklist of places, or a choice with areas among its options.
    """
    if len(findings) == 1:
        return _options_in_drawing(findings[0], rulebase)
    areas = [area_of(finding, rulebase) for finding in findings]
    return {area.id: number for number, area in enumerate(areas, 1) if area is not None} if all(areas) else {}


def draw(numbers: Mapping[str, int], rulebase: RuleBase) -> str | None:
    """Return the drawing with the numbers of areas in the places of their marks; None where none of them is drawn."""
    by_mark = {area.mark: numbers[area.id] for area in rulebase.areas if area.mark is not None and area.id in numbers}
    if not by_mark:
        return None
    return _MARK.sub(lambda found: f"[{by_mark[found[1]]:>2}]" if found[1] in by_mark else " " * 4, rulebase.drawing)


def two_columns(items: Sequence[Line]) -> list[Line]:
    """Return lines of two short items each, in reading order; a long item has a line of its own."""
    texts = [f"{item.mark} {item.text}" for item in items]
    lines: list[Line] = []
    while texts:
        left = texts.pop(0)
        right = texts.pop(0) if texts and len(left) < _COLUMN and len(texts[0]) <= _COLUMN else ""
        lines.append(Line(text=f"{left:<{_COLUMN}}{right}".rstrip(), verbatim=True))
    return lines


def _options_in_drawing(finding: Finding, rulebase: RuleBase) -> dict[str, int]:
    drawn = {area.id for area in rulebase.areas if area.mark is not None}
    return {option: number for number, option in enumerate(finding.option_ids, 1) if option in drawn}
