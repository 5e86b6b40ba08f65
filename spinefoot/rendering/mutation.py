"""A run of mutation tests for people and for machines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from spinefoot.analysis.mutation import FATES, Tried
from spinefoot.analysis.report import AIM_PERCENT, MutationReport, Tally, tallies
from spinefoot.rendering.report import Line, Section

__all__ = ["TALLY_HEADINGS", "mutation_json", "mutation_sections", "tally_rows", "tally_section"]

TALLY_HEADINGS = ("all", *FATES, "%")


def tally_rows(tallied: Sequence[Tally]) -> list[tuple[str, ...]]:
    """Return a row of text for each tally, under `TALLY_HEADINGS`."""
    return [
        (tally.name, str(tally.mutants), *(str(tally.fates.get(fate, 0)) for fate in FATES), f"{tally.percent:.1f}")
        for tally in tallied
    ]


def tally_section(title: str, tallied: Sequence[Tally]) -> Section:
    """Return tallies as lines: "red_flag: 12 mutants, 9 noticed, 3 unnoticed, 75.0 %"."""
    lines = []
    for tally in tallied:
        fates = ", ".join(f"{tally.fates[fate]} {fate}" for fate in FATES if tally.fates.get(fate))
        lines.append(Line(text=f"{tally.name}: {tally.mutants} mutants, {fates}, {tally.percent:.1f} %"))
    return Section(title=title, lines=tuple(lines))


def mutation_sections(report: MutationReport, cases: int, already_failing: int) -> Iterator[Section]:
    """Yield the survivors by rule, explanations that explain nothing, and last how the aims are met."""
    for rule, tried in groupby(report.survivors, key=lambda tried: tried.mutant.rule):
        yield Section(title=f"Not noticed: {rule}", lines=tuple(_survivors(list(tried))))
    if report.stale:
        lines = [Line(text=f"{e.where}: {e.rule}, {e.change}: {e.because}", mark="-") for e in report.stale]
        yield Section(title="Explanations that explain nothing any more", lines=tuple(lines))
    yield Section(
        title="Aims" if report.meets_aims else "Aims not met",
        lines=tuple(_aims(report, cases, already_failing)),
        tone="calm" if report.meets_aims else "same_day",
    )


def mutation_json(report: MutationReport, cases: int, already_failing: int) -> dict[str, Any]:
    """Return the report as plain values: counts, aims, and every mutant that was not noticed by a case."""
    return {
        "cases": cases,
        "cases_already_failing": already_failing,
        "meets_aims": report.meets_aims,
        "total": _tally(report.total),
        "red_flags_removed_or_lowered": _tally(_named("red flags", report.vital)),
        "by_kind": [_tally(tally) for tally in tallies(report.tried, lambda tried: tried.mutant.kind)],
        "by_change": [_tally(tally) for tally in tallies(report.tried, lambda tried: tried.mutant.change)],
        "mutants": [_mutant(tried) for tried in report.tried if tried.fate != "noticed"],
        "stale_explanations": [
            {"rule": e.rule, "change": e.change, "part": e.part, "says": e.says, "at": str(e.where)} for e in report.stale
        ],
    }


def _survivors(tried: list[Tried]) -> Iterator[Line]:
    if tried[0].mutant.where is not None:
        yield Line(text=f"{tried[0].mutant.where.file}:{tried[0].mutant.where.line}")
    for one in tried:
        part = f"{one.mutant.part}: " if one.mutant.part else ""
        yield Line(text=f"{part}{one.mutant.change}: {one.mutant.says}", mark="-")


def _aims(report: MutationReport, cases: int, already_failing: int) -> Iterator[Line]:
    yield Line(text=f"{cases} cases, {already_failing} of which fail already and can notice nothing.")
    vital, total = _named("red flags", report.vital), report.total
    if report.vital:
        caught = vital.mutants - len(report.vital_survivors)
        text = f"Red flags removed or lowered: {caught} of {vital.mutants} noticed, refused or explained; the aim is all."
        yield Line(text=text)
    yield Line(text=f"All mutants: {total.percent:.1f} % of {total.mutants} noticed; the aim is {AIM_PERCENT} %.")
    yield Line(text=f"Not noticed and not explained: {len(report.survivors)}.")


def _named(name: str, tried: Sequence[Tried]) -> Tally:
    return tallies(tried, lambda one: name)[0] if tried else Tally(name=name, fates={})


def _tally(tally: Tally) -> dict[str, Any]:
    fates: dict[str, int] = {fate: tally.fates.get(fate, 0) for fate in FATES}
    return {"name": tally.name, "mutants": tally.mutants, **fates, "percent": round(tally.percent, 1)}


def _mutant(tried: Tried) -> dict[str, Any]:
    mutant = tried.mutant
    return {
        "rule": mutant.rule,
        "kind": mutant.kind,
        "part": mutant.part,
        "change": mutant.change,
        "says": mutant.says,
        "fate": tried.fate,
        "because": tried.by,
        "file": mutant.where.file if mutant.where else None,
        "line": mutant.where.line if mutant.where else None,
    }
