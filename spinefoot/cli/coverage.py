"""`spinefoot rules coverage`: what the written cases reach, and which cases to add."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from spinefoot.cli.app import rules_app
from spinefoot.cli.output import JsonOption, NoColourOption, PlainOption, RulesOption, console, is_plain, width

FoldersArgument = Annotated[
    list[Path] | None,
    typer.Argument(help="Folders or files of further cases, beside those that stand with the rules.", show_default=False),
]


@rules_app.command("coverage", epilog="Example: spinefoot rules coverage tests/cases")
def coverage_of_cases(
    folders: FoldersArgument = None,
    as_json: JsonOption = False,
    plain: PlainOption = False,
    no_color: NoColourOption = False,
    rules: RulesOption = None,
) -> None:
    """Show which conditions of which rules some case makes true, and which false, and list cases to add."""
    import json

    from spinefoot.analysis.coverage import coverage, gaps
    from spinefoot.analysis.written import conclude_all, read_written_cases
    from spinefoot.rendering.coverage import COVERAGE_HEADINGS, coverage_json, coverage_rows, coverage_section, gap_sections
    from spinefoot.rendering.terminal import plain_text, show, show_numbers
    from spinefoot.rulebase.store import load_rules

    rulebase = load_rules(rules)
    written = read_written_cases(folders or [], rulebase)
    reached = coverage(conclude_all(written, rulebase))
    found = gaps(reached, rulebase)
    if as_json:
        typer.echo(json.dumps(coverage_json(reached, found, len(written.cases)), ensure_ascii=False))
        return
    title = f"What {len(written.cases)} cases reach"
    if is_plain(plain):
        typer.echo(plain_text([coverage_section(title, reached), *gap_sections(found)], width()))
        return
    screen = console(no_color)
    show_numbers(title, ("kind", *COVERAGE_HEADINGS), coverage_rows(reached), screen)
    show(gap_sections(found), screen)
