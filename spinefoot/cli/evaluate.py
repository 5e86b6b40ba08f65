"""`spinefoot evaluate`: cases whose answer is known to accuracy, missed emergencies and the rest."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from spinefoot.cli.app import app
from spinefoot.cli.output import (
    JsonOption,
    NoColourOption,
    PlainOption,
    RulesOption,
    StdinFormat,
    StdinFormatOption,
    console,
    is_plain,
    print_problems,
    width,
)
from spinefoot.errors import ExitCode, Location, Problem, UsageError

if TYPE_CHECKING:
    from spinefoot.evaluation.run import Run
    from spinefoot.model.rulebase import RuleBase

_PROBLEMS_SHOWN = 20
_ROWS = 100_000
_IMAGES = (".svg", ".png", ".pdf", ".jpg", ".jpeg")


class FigureFormat(StrEnum):
    """Formats that figures may have."""

    svg = "svg"
    png = "png"


@app.command(epilog="Example: spinefoot evaluate --by age_band tests/cases")
def evaluate(
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="INPUT...",
            help="Tables (.csv, .tsv, .ndjson, .json, .parquet; text also .gz or .zst) with columns expected_..., "
            "symptom files with expected:, folders of symptom files, globs, or - for stdin.",
        ),
    ],
    by: Annotated[
        list[str] | None,
        typer.Option(help="Subgroups by this column, by age_band or by sex; may be repeated.", metavar="COLUMN"),
    ] = None,
    against: Annotated[
        Path | None, typer.Option(help="Compare with the rule base in this folder, case by case.", metavar="DIR")
    ] = None,
    figures: Annotated[
        Path | None, typer.Option(help="Write figures into this folder (needs the extra figures).", metavar="DIR")
    ] = None,
    figure_format: Annotated[
        FigureFormat, typer.Option("--format", metavar="FORMAT", help="Of figures: svg or png.")
    ] = FigureFormat.svg,
    force: Annotated[bool, typer.Option("--force", help="Replace figures that exist.")] = False,
    stdin_format: StdinFormatOption = StdinFormat.csv,
    json: JsonOption = False,
    plain: PlainOption = False,
    no_color: NoColourOption = False,
    rules: RulesOption = None,
) -> None:
    """
    Hold the rules against cases whose answer is known: missed emergencies, accuracy, causes, subgroups.

    Columns: expected_urgency (also expected_urgency_at_least and _at_most),
    expected_spine_link, expected_root_level (none: no root)
    and expected_cause (other: a cause that is not in the rule base).
    Several acceptable values stand in one cell with ; or | between them.
    Results are held in memory: about 1 GiB for a million cases.
    """
    from spinefoot.evaluation.run import run
    from spinefoot.rulebase.store import load_rules
    from spinefoot.tables.inputs import find_sources
    from spinefoot.tables.reading import chunks_of

    if inputs.count("-") > 1:
        raise typer.BadParameter("stdin can be read only once")
    if figures is not None:
        _prepare_figures(figures, figure_format.value, force)
    rulebase = load_rules(rules)
    other = load_rules(against) if against is not None else None
    sources, missing = find_sources(inputs, stdin_format.value)
    tables = [(source, chunks_of(source, rulebase, _ROWS)) for source in sources]
    ran = run(tables, rulebase, by or (), other, missing)
    _report_problems(ran.problems)
    _report_unread(ran.unread_columns, rulebase)
    _report_repeated(ran.evaluation.rows.repeated_ids)
    _show(ran, rulebase, json, is_plain(plain), no_color)
    if figures is not None:
        _draw(ran, figures, figure_format.value)
    comparison = ran.evaluation.comparison
    if ran.evaluation.rows.rejected or ran.evaluation.rows.files_rejected or (comparison and comparison.refused):
        raise typer.Exit(ExitCode.PARTLY_REJECTED)


def _report_problems(problems: Sequence[Problem]) -> None:
    print_problems(problems[:_PROBLEMS_SHOWN])
    if len(problems) > _PROBLEMS_SHOWN:
        typer.echo(f"and {len(problems) - _PROBLEMS_SHOWN:,} more problems (--json lists them all)", err=True)


def _report_unread(columns: Sequence[str], rulebase: RuleBase) -> None:
    from spinefoot.evaluation.expectations import COLUMNS
    from spinefoot.rendering.report import printable
    from spinefoot.tables.columns import nearest_meaning

    for column in columns[:_PROBLEMS_SHOWN]:
        close = nearest_meaning(column, rulebase, also=COLUMNS)
        hint = f'; did you mean "{close}"?' if close else ""
        typer.echo(printable(f'The column "{column}" is no finding and was not read{hint}'), err=True)
    if len(columns) > _PROBLEMS_SHOWN:
        typer.echo(f"and {len(columns) - _PROBLEMS_SHOWN:,} more columns that are no finding", err=True)


def _report_repeated(rows: int) -> None:
    from spinefoot.rendering.evaluation_words import say_repeated

    if rows:
        typer.echo(say_repeated(rows), err=True)


def _show(ran: Run, rulebase: RuleBase, json: bool, plain: bool, no_color: bool) -> None:
    if json:
        import msgspec

        from spinefoot.rendering.evaluation_json import evaluation_contract

        typer.echo(msgspec.json.encode(evaluation_contract(ran, rulebase.disclaimer)).decode())
        return
    from spinefoot.rendering.evaluation import evaluation_grids
    from spinefoot.rendering.grid import plain_grids, show_grids

    grids = evaluation_grids(ran.evaluation, rulebase.disclaimer)
    if plain:
        typer.echo(plain_grids(grids, width()))
    else:
        show_grids(grids, console(no_color))


def _prepare_figures(folder: Path, form: str, force: bool) -> None:
    """Find out before the work what would keep figures from being written."""
    from importlib import import_module

    from spinefoot.rendering.figures import FIGURES

    if folder.suffix.lower() in _IMAGES and not folder.is_dir():
        message = f'--figures is "{folder}", which reads like a file'
        raise UsageError(
            [Problem("SF101", message, None, f"--figures takes a folder; --format says {' or '.join(FigureFormat)}")]
        )
    files = [folder / f"{name}.{form}" for name in FIGURES]
    exist = [Problem("SF711", "the file exists", Location(str(file)), "--force replaces it") for file in files if file.exists()]
    if exist and not force:
        raise UsageError(exist)
    try:
        import_module("matplotlib")
    except ImportError:
        typer.echo("--figures needs matplotlib: pip install 'spinefoot[figures]'", err=True)
        raise typer.Exit(ExitCode.USAGE) from None
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        _refuse_folder(folder, error)


def _refuse_folder(folder: Path, error: OSError) -> NoReturn:
    print_problems([Problem("SF101", f"figures cannot be written here: {error.strerror}", Location(str(folder)))])
    raise typer.Exit(ExitCode.USAGE) from None


def _draw(ran: Run, folder: Path, form: str) -> None:
    from spinefoot.rendering.figures import write_figures
    from spinefoot.rendering.report import printable

    try:
        written = write_figures(ran.evaluation, folder, form)
    except OSError as error:
        _refuse_folder(folder, error)
    for path in written:
        typer.echo(printable(f"Figure written: {path}"), err=True)
