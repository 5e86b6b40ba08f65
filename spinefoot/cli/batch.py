"""`spinefoot batch`: tables and folders of symptom files to tables of results."""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from spinefoot.cli.app import app
from spinefoot.cli.output import (
    NoColourOption,
    PlainOption,
    RulesOption,
    StdinFormat,
    StdinFormatOption,
    console,
    is_plain,
    width,
)
from spinefoot.errors import ExitCode, InputError, first_few

if TYPE_CHECKING:
    from spinefoot.batch.recording import Destinations
    from spinefoot.batch.tally import Tally
    from spinefoot.model.rulebase import RuleBase
    from spinefoot.tables.inputs import Source

_COLUMNS_SHOWN = 10


class OutputFormat(StrEnum):
    """Formats that stdout may have."""

    csv = "csv"
    ndjson = "ndjson"
    parquet = "parquet"


@app.command(epilog="Example: spinefoot batch patients.csv -o results.csv")
def batch(
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="INPUT...",
            help="Tables (.csv, .tsv, .ndjson, .json, .parquet; text also .gz or .zst), symptom files, "
            "folders of symptom files, globs, or - for stdin.",
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Results: .csv, .ndjson or .parquet, or - for stdout. Without it, a summary."),
    ] = None,
    scores: Annotated[bool, typer.Option("--scores", help="Add level and score of every cause.")] = False,
    fired: Annotated[bool, typer.Option("--fired", help="Add every rule that fired.")] = False,
    trace_table: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a long table of what fired: id, rule, kind, weight.")
    ] = None,
    rejects: Annotated[
        Path | None,
        typer.Option(metavar="FILE", show_default=False, help="Rejected rows; beside the output if not given, as *.rejects.*"),
    ] = None,
    map_file: Annotated[
        Path | None, typer.Option("--map", metavar="FILE", help="Read columns and words by this file (YAML or TOML).")
    ] = None,
    map_template: Annotated[
        bool, typer.Option("--map-template", help="Print such a file for the columns of the first input, and leave.")
    ] = False,
    ignore_unknown_columns: Annotated[
        bool, typer.Option("--ignore-unknown-columns", help="Leave out columns that hold no finding.")
    ] = False,
    separator: Annotated[
        str | None,
        typer.Option(metavar="CHAR", show_default=False, help="What parts the cells of CSV; tab is a word for one."),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Stop at the first row that would be rejected.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace files that exist.")] = False,
    stdin_format: StdinFormatOption = StdinFormat.csv,
    stdout_format: Annotated[
        OutputFormat, typer.Option(metavar="FORMAT", help=f"Of stdout: {', '.join(OutputFormat)}.")
    ] = OutputFormat.csv,
    plain: PlainOption = False,
    no_color: NoColourOption = False,
    rules: RulesOption = None,
) -> None:
    """
    Assess many cases at once.

    Every row is in the output or, with a reason, among the rejects; then the exit code is 3, or 4 where all are.

    Tables are streamed; a JSON array, and Parquet from stdin, are held in memory.
    Text in CSV that a spreadsheet would run as a formula is begun with "'".
    Beside text output NAME, NAME.meta.json says which rules the results come from.
    """
    separator = "\t" if separator in ("\\t", "tab") else separator
    if separator is not None and (len(separator.encode()) != 1 or separator in '"\r\n'):
        raise typer.BadParameter("--separator takes one character")
    if inputs.count("-") > 1:
        raise typer.BadParameter("stdin can be read only once")
    _clear_away_when_told_to_stop()
    from spinefoot.batch.recording import record
    from spinefoot.batch.run import Batch, Options
    from spinefoot.cli.progress import progress_bar
    from spinefoot.rulebase.store import load_rules
    from spinefoot.tables.inputs import find_sources
    from spinefoot.tables.mapping import Spellings, read_mapping

    rulebase = load_rules(rules)
    sources, missing = find_sources(inputs, stdin_format.value)
    if missing:
        raise InputError(missing)
    if map_template:
        typer.echo(_template(sources[0], separator, rulebase))
        return
    to = _destinations(output, rejects, trace_table, stdout_format.value, force)
    options = Options(
        scores=scores,
        fired=fired,
        trace=trace_table is not None,
        spellings=read_mapping(map_file, rulebase) if map_file is not None else Spellings(),
        separator=separator,
        ignore_unknown=ignore_unknown_columns,
        strict=strict,
    )
    run = Batch(sources, rulebase, options)
    with progress_bar(no_color) as progress:
        tally = record(run, rulebase, to, progress)
    if output is None and not to.to_stdout:
        _show_summary(tally, rulebase, is_plain(plain), no_color)
    _state(tally, run.left_out, to, rulebase)
    if tally.rejected:
        raise typer.Exit(ExitCode.PARTLY_REJECTED if tally.written else ExitCode.UNREADABLE)


def _clear_away_when_told_to_stop() -> None:
    """Leave by an exception, so that what was begun is cleared away, unless the signal is to be ignored (nohup)."""
    for name in ("SIGTERM", "SIGHUP", "SIGQUIT"):
        number = getattr(signal, name, None)  # Windows has the first alone
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, lambda number, _: sys.exit(128 + number))


def _destinations(output: Path | None, rejects: Path | None, trace: Path | None, stdout_format: str, force: bool) -> Destinations:
    from spinefoot.batch.outputs import STDOUT, format_of
    from spinefoot.batch.recording import Destinations, rejects_beside

    for path in (output, rejects, trace):
        if path is not None:
            format_of(path)
    if rejects is None and output is not None and output != STDOUT:
        rejects = rejects_beside(output)
    return Destinations(results=output, rejects=rejects, trace=trace, stdout_format=stdout_format, force=force)


def _template(source: Source, separator: str | None, rulebase: RuleBase) -> str:
    from spinefoot.tables.faults import FILE, ROW
    from spinefoot.tables.mapping import mapping_template
    from spinefoot.tables.reading import chunks_of, header_of

    header = header_of(source, separator)
    if header is None:
        chunk = next(chunks_of(source, rulebase, 1000, separator))
        header = [name for name in chunk.frame.columns if name not in (ROW, FILE)]
    return mapping_template(header, source.name, rulebase)


def _show_summary(tally: Tally, rulebase: RuleBase, plain: bool, no_colour: bool) -> None:
    from spinefoot.rendering.batch_summary import batch_summary
    from spinefoot.rendering.terminal import plain_text, show

    sections = batch_summary(tally, rulebase)
    if plain:
        typer.echo(plain_text(sections, width()))
    else:
        show(sections, console(no_colour))


def _state(tally: Tally, left_out: Sequence[str], to: Destinations, rulebase: RuleBase) -> None:
    """Say on stderr what became of all rows. Values are left to the file of rejects: stderr may end in a log."""
    from spinefoot.rendering.report import printable

    lines = [f"rows: {tally.rows:,} in = {tally.written:,} out + {tally.rejected:,} rejected"]
    if tally.rejected:
        columns = sorted(tally.faulty_columns, key=lambda name: (-tally.faulty_columns[name], name))
        where = f"see {to.rejects}" if to.rejects is not None else "--rejects FILE keeps them, with values and reasons"
        counted = [f"{name} ({tally.faulty_columns[name]:,})" for name in columns]
        lines.append(f"faults by column: {first_few(counted, _COLUMNS_SHOWN)}; {where}")
    if left_out:
        lines.append(f"columns left out, for they hold no finding: {first_few(left_out, _COLUMNS_SHOWN)}")
    repeated = tally.repeated_ids
    if repeated:
        lines.append(f"rows that repeat the id of an earlier one: {repeated:,}; each was assessed by itself")
    if repeated is None:
        lines.append("whether ids repeat is not known: there are too many rows to keep them in mind")
    if to.to_stdout:
        lines.append(f"rule base {rulebase.version} ({rulebase.sha256}). {rulebase.disclaimer}")
    typer.echo("\n".join(map(printable, lines)), err=True)
