"""What written cases reach of a rule base, for people and for machines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from spinefoot.analysis.coverage import Gap, Reached
from spinefoot.rendering.report import Line, Section

__all__ = ["COVERAGE_HEADINGS", "coverage_json", "coverage_rows", "coverage_section", "gap_sections"]

COVERAGE_HEADINGS = ("conditions", "both sides", "never true", "never false", "always unknown", "other gaps")


def coverage_rows(reached: Sequence[Reached]) -> list[tuple[str, ...]]:
    """Return a row of text for each kind of rule, under `COVERAGE_HEADINGS`."""
    kinds = list(dict.fromkeys(row.kind for row in reached))
    by_kind = [(kind, *_counts([row for row in reached if row.kind == kind])) for kind in kinds]
    return [*by_kind, ("all", *_counts(reached))]


def coverage_section(title: str, reached: Sequence[Reached]) -> Section:
    """Return the same as lines: "pattern: 12 conditions, 10 both sides, 0 never true, ..."."""
    lines = []
    for kind, *numbers in coverage_rows(reached):
        words = ", ".join(f"{number} {word}" for number, word in zip(numbers, COVERAGE_HEADINGS, strict=True))
        lines.append(Line(text=f"{kind}: {words}"))
    return Section(title=title, lines=tuple(lines))


def gap_sections(gaps: Sequence[Gap]) -> Iterator[Section]:
    """Yield, by kind of rule, what no case reaches, each with the answers of a case to add."""
    for kind, found in groupby(gaps, key=lambda gap: gap.kind):
        lines: list[Line] = []
        for gap in found:
            place = f" ({gap.where.file}:{gap.where.line})" if gap.where else ""
            part = "" if gap.part in ("when", "unless") or gap.part.startswith("level") else f"{gap.part} "
            lines.append(Line(text=f"{gap.rule}: {part}{gap.gap}{place}", strong=True))
            lines.append(Line(text=_case_to_add(gap), level=1))
        yield Section(title=f"Cases to add: {kind}", lines=tuple(lines))


def coverage_json(reached: Sequence[Reached], gaps: Sequence[Gap], cases: int) -> dict[str, Any]:
    """Return everything as plain values."""
    return {
        "cases": cases,
        "conditions": [
            {
                "rule": row.rule,
                "kind": row.kind,
                "part": row.part,
                "true": row.true,
                "false": row.false,
                "unknown": row.unknown,
                "fired": row.fired,
                "gaps": list(row.gaps),
                "file": row.where.file if row.where else None,
                "line": row.where.line if row.where else None,
            }
            for row in reached
        ],
        "cases_to_add": [
            {
                "rule": gap.rule,
                "kind": gap.kind,
                "part": gap.part,
                "gap": gap.gap,
                "findings": None if gap.answers is None else dict(gap.answers),
            }
            for gap in gaps
        ],
    }


def _counts(rows: Sequence[Reached]) -> tuple[str, ...]:
    known = ("never true", "never false", "always unknown")
    counted = [sum(gap in row.gaps for row in rows) for gap in known]
    other = sum(any(gap not in known for gap in row.gaps) for row in rows)
    return tuple(map(str, (len(rows), sum(not row.gaps for row in rows), *counted, other)))


def _case_to_add(gap: Gap) -> str:
    if gap.answers is None:
        return "add a case: what it takes cannot be told from this condition alone"
    return "add a case with " + (", ".join(f"{name}: {_word(value)}" for name, value in gap.answers.items()) or "no answers")


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
