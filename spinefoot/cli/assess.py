"""`spinefoot assess`: symptom files to explained answers."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from spinefoot.cli.app import app
from spinefoot.cli.output import (
    JsonOption,
    NoColourOption,
    PlainOption,
    RulesOption,
    console,
    is_plain,
    print_problems,
    width,
)
from spinefoot.errors import ExitCode, InputError

if TYPE_CHECKING:
    from spinefoot.assessment.assess import Assessment
    from spinefoot.model.case import Case
    from spinefoot.model.rulebase import RuleBase


class StdinFormat(StrEnum):
    """Formats that stdin may have."""

    yaml = "yaml"
    json = "json"
    toml = "toml"


@app.command(epilog="Example: spinefoot assess --trace painless-foot-drop.yaml")
def assess(
    cases: Annotated[list[str], typer.Argument(metavar="CASE...", help="Symptom files (YAML, JSON or TOML), or - for stdin.")],
    trace: Annotated[
        bool, typer.Option("--trace", help="Add every step: rule, what matched, reason, source, file and line.")
    ] = False,
    stdin_format: Annotated[StdinFormat, typer.Option(help="The format of stdin.")] = StdinFormat.yaml,
    json: JsonOption = False,
    plain: PlainOption = False,
    no_color: NoColourOption = False,
    rules: RulesOption = None,
) -> None:
    """Assess symptom files and explain the answer, step by step."""
    from spinefoot.rulebase.store import load_rules

    rulebase = load_rules(rules)
    done = rejected = 0
    for name in cases:
        try:
            results = list(_assessed(name, stdin_format.value, rulebase))
        except InputError as error:
            print_problems(error.problems)
            rejected += 1
            continue
        for result in results:
            _show(result, json, trace, is_plain(plain), no_color, first=done == 0)
            done += 1
    if rejected:
        raise typer.Exit(ExitCode.PARTLY_REJECTED if done else ExitCode.UNREADABLE)


def _assessed(name: str, stdin_format: str, rulebase: RuleBase) -> Iterator[Assessment]:
    from spinefoot.assessment.assess import assess as assess_case

    for case in _read(name, stdin_format, rulebase):
        yield assess_case(case, rulebase)


def _read(name: str, stdin_format: str, rulebase: RuleBase) -> list[Case]:
    from spinefoot.casefile import read_case_file, read_cases

    if name == "-":
        return read_cases(sys.stdin.buffer.read(), stdin_format, "stdin", rulebase, default_id="stdin")
    return read_case_file(Path(name), rulebase)


def _show(result: Assessment, json: bool, trace: bool, plain: bool, no_color: bool, first: bool) -> None:
    if json:
        typer.echo(result.to_json())
        return
    from spinefoot.rendering.report import Section, printable, report, trace_sections
    from spinefoot.rendering.terminal import plain_text, show, show_steps

    title = printable(f"Case: {result.case.id}")
    about_trace = f"How this was concluded, in firing order; the rules are in {result.rulebase.directory}"
    if plain:
        pages = report(result) + ([Section(title=about_trace, lines=()), *trace_sections(result)] if trace else [])
        typer.echo(("" if first else "\n") + f"{title}\n\n" + plain_text(pages, width()))
        return
    screen = console(no_color)
    screen.rule(title)
    show(report(result), screen)
    if trace:
        show_steps(about_trace, trace_sections(result), screen)
