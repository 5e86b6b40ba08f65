"""
Figures of an evaluation, as SVG or PNG, by matplotlib (the extra `figures`).

Colours are those of Okabe and Ito, with hatches beside them, and one blue from light to dark: readable for
colour-blind people and in grey. Every figure says the same as a table of the page.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from spinefoot.evaluation.calibration import Calibration
from spinefoot.evaluation.causes import FirstNamed
from spinefoot.evaluation.intervals import Share
from spinefoot.evaluation.matrices import Matrix
from spinefoot.evaluation.run import Evaluation
from spinefoot.evaluation.urgency import LevelTriage
from spinefoot.rendering.evaluation_words import say_number
from spinefoot.tables.read_symptoms import OTHER_CAUSE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["FIGURES", "FORMATS", "write_figures"]

FORMATS = ("svg", "png")
FIGURES = ("urgency_matrix", "urgency_levels", "spine_link_matrix", "cause_matrix", "calibration")
"""Names of the files that may be written, without their ending."""

_RIGHT, _TOO_LOW, _TOO_HIGH = "#009E73", "#D55E00", "#56B4E9"
"""Bluish green, vermilion and sky blue (Okabe and Ito)."""

_HATCHES = ("", "////", "....")
_GREY = "#555555"
_DOTS_PER_INCH = 150
_SETTINGS: dict[Any, Any] = {"svg.hashsalt": "spinefoot", "svg.fonttype": "none", "font.size": 10.0, "font.family": "DejaVu Sans"}
"""A fixed salt gives the same bytes for the same numbers; text stays text, for search and screen readers."""


class _Drawing(msgspec.Struct, frozen=True, kw_only=True):
    """A figure to be written as *name*, with the words that describe it."""

    name: str
    title: str
    size: tuple[float, float]
    draw: Callable[[Axes], None]


def write_figures(evaluation: Evaluation, folder: Path, form: str) -> list[Path]:
    """
    Draw what *evaluation* measured into *folder*, which is there.

    Args:
        evaluation: Its overall measures are drawn.
        folder: Files of the same names in it are replaced.
        form: One of `FORMATS`.

    Returns:
        The files written, in order; none where nothing was measured that can be drawn.

    Raises:
        OSError: The folder cannot be written.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    written = []
    with mpl.rc_context(_SETTINGS):
        for drawing in _drawings(evaluation):
            figure = Figure(figsize=drawing.size, layout="constrained")
            axes = figure.subplots()
            drawing.draw(axes)
            axes.set_title(drawing.title, loc="left", fontsize=11)
            path = folder / f"{drawing.name}.{form}"
            _save(figure, path, form, drawing.title, evaluation)
            written.append(path)
    return written


def _save(figure: Figure, path: Path, form: str, title: str, evaluation: Evaluation) -> None:
    source = f"spinefoot evaluate, rule base {evaluation.rulebase.version} ({evaluation.rulebase.sha256[:12]})"
    # SVG would carry the time of writing, so that no two runs gave the same bytes.
    metadata = {"Title": title, "Description": source, **({"Date": None} if form == "svg" else {})}
    figure.savefig(path, format=form, dpi=_DOTS_PER_INCH, metadata=metadata)


def _drawings(evaluation: Evaluation) -> list[_Drawing]:
    overall = evaluation.overall
    drawings: list[_Drawing] = []
    if overall.urgency is not None:
        drawings += _matrix("urgency_matrix", "Urgency: expected and result", overall.urgency.matrix)
        drawings.append(_levels(overall.urgency.levels))
    if overall.spine_link is not None:
        drawings += _matrix("spine_link_matrix", "Link to the spine: expected and result", overall.spine_link.matrix)
    if overall.causes is not None:
        drawings += _matrix("cause_matrix", "Causes: expected, and first named", _cause_matrix(overall.causes.first_named))
    if overall.calibration is not None and overall.calibration.pairs:
        drawings.append(_calibration(overall.calibration))
    return drawings


def _matrix(name: str, title: str, matrix: Matrix) -> list[_Drawing]:
    if not matrix.total:
        return []
    cell = 0.45 if max(len(matrix.results), len(matrix.expected)) > 8 else 0.8
    size = (3.0 + cell * len(matrix.results), 2.2 + cell * len(matrix.expected))
    return [
        _Drawing(
            name=name,
            title=f"{title} ({say_number(matrix.total, 'case')})",
            size=size,
            draw=lambda axes: _draw_matrix(axes, matrix),
        )
    ]


def _draw_matrix(axes: Axes, matrix: Matrix) -> None:
    shares = [[count / (sum(counts) or 1) for count in counts] for counts in matrix.counts]
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1, aspect="equal")
    for row, counts in enumerate(matrix.counts):
        for column, count in enumerate(counts):
            colour = "white" if shares[row][column] > 0.5 else "black" if count else "#999999"
            weight = "bold" if matrix.expected[row] == matrix.results[column] else "normal"
            axes.text(column, row, f"{count:,}", ha="center", va="center", color=colour, fontweight=weight)
    axes.set_xticks(range(len(matrix.results)), matrix.results, rotation=45, ha="right", rotation_mode="anchor")
    axes.set_yticks(range(len(matrix.expected)), matrix.expected)
    axes.set_xlabel("result\n(cases; colour: share of the row; bold: as expected)")
    axes.set_ylabel("expected")


def _cause_matrix(pairs: Sequence[FirstNamed]) -> Matrix:
    """Return the matrix of the causes that are expected or named, and of "(none named)" and "(withheld)"."""
    expected = sorted({pair.expected for pair in pairs})
    others = sorted({pair.named for pair in pairs} - set(expected))
    results = [cause for cause in expected if cause != OTHER_CAUSE]  # which no rule can name
    return Matrix.of(expected, [*results, *others], {(pair.expected, pair.named): pair.cases for pair in pairs})


def _levels(levels: Sequence[LevelTriage]) -> _Drawing:
    title = "Urgency by what was expected, with 95 % intervals"
    return _Drawing(
        name="urgency_levels", title=title, size=(7.5, 1.8 + 0.75 * len(levels)), draw=lambda axes: _draw_levels(axes, levels)
    )


def _draw_levels(axes: Axes, levels: Sequence[LevelTriage]) -> None:
    series: tuple[tuple[str, str, Callable[[LevelTriage], Share]], ...] = (
        ("right", _RIGHT, lambda level: level.right),
        ("too low", _TOO_LOW, lambda level: level.under),
        ("too high", _TOO_HIGH, lambda level: level.over),
    )
    height = 0.26
    for number, (label, colour, get) in enumerate(series):
        for row, level in enumerate(levels):
            share = get(level)
            at = row + (number - 1) * height
            _bar(axes, share, at, height, colour, _HATCHES[number], label if row == 0 else None)
    names = [f"{level.level or 'several are right'} ({level.right.of:,})" for level in levels]
    axes.set_yticks(range(len(levels)), names)
    axes.invert_yaxis()
    axes.set_xlim(0, 100)
    axes.set_xlabel("per cent of the cases with this expected urgency (their number)")
    axes.set_ylabel("expected")
    axes.figure.legend(loc="outside lower center", ncols=3, frameon=False)
    _quiet(axes)


def _bar(axes: Axes, share: Share, at: float, height: float, colour: str, hatch: str, label: str | None) -> None:
    if share.estimate is None or share.low is None or share.high is None:
        return
    axes.barh(at, 100 * share.estimate, height * 0.9, color=colour, hatch=hatch, edgecolor="white", label=label)
    axes.hlines(at, 100 * share.low, 100 * share.high, color="black", linewidth=1.2)
    axes.plot([100 * share.low, 100 * share.high], [at, at], "|", color="black", markersize=5)


def _calibration(calibration: Calibration) -> _Drawing:
    title = f"Scores against outcomes ({say_number(calibration.pairs, 'pair')} of a case and a cause)"
    return _Drawing(name="calibration", title=title, size=(8.5, 5.0), draw=lambda axes: _draw_calibration(axes, calibration))


def _draw_calibration(axes: Axes, calibration: Calibration) -> None:
    bins = [b for b in calibration.bins if b.expected.of]
    names, shares = [], []
    for b in bins:
        share = b.expected
        low, high = b.lowest, b.highest
        name = (
            f"\N{LESS-THAN OR EQUAL TO} {high}"
            if low is None
            else f"\N{GREATER-THAN OR EQUAL TO} {low:+d}"
            if high is None
            else f"{low:+d} to {high:+d}"
        )
        names.append(f"{name}\n({share.of:,})")
        shares.append(share)
    at = list(range(len(bins)))
    seen = [100 * (share.estimate or 0) for share in shares]
    below = [y - 100 * (share.low or 0) for y, share in zip(seen, shares, strict=True)]
    above = [100 * (share.high or 0) - y for y, share in zip(seen, shares, strict=True)]
    axes.errorbar(at, seen, yerr=[[max(0.0, b) for b in below], [max(0.0, a) for a in above]], fmt="o", color="#0072B2",
                  capsize=4, label="the cause was expected, with 95 % interval")  # fmt: skip
    axes.plot(at, [100 * (b.claimed or 0) for b in bins], "D--", color="#E69F00", markeredgecolor="black", markersize=6,
              label="what the score would claim if it were log-odds")  # fmt: skip
    axes.set_xticks(at, names, fontsize=8)
    axes.set_ylim(-3, 103)
    axes.set_xlabel(
        "score in decibans (pairs). A score is a balance sheet, not a probability.\n"
        "Pairs of one case are not independent, so that the intervals are too narrow."
    )
    axes.set_ylabel("per cent of pairs")
    axes.legend(loc="upper left", frameon=False)
    _quiet(axes)


def _quiet(axes: Axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(visible=True, color="#DDDDDD", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(colors=_GREY, labelcolor="black")
