"""`spinefoot findings`: the vocabulary of symptom files."""

from __future__ import annotations

import json as json_module
from typing import TYPE_CHECKING, Annotated, Any

import typer

from spinefoot.cli.app import app
from spinefoot.cli.output import JsonOption, NoColourOption, PlainOption, RulesOption, console, is_plain, width

if TYPE_CHECKING:
    from spinefoot.model.findings import Finding
    from spinefoot.model.rulebase import RuleBase


@app.command(epilog="Example: spinefoot findings drop")
def findings(
    search: Annotated[
        str | None, typer.Argument(help="Show only findings whose id, question or clinical term contains this.")
    ] = None,
    json: JsonOption = False,
    plain: PlainOption = False,
    no_color: NoColourOption = False,
    rules: RulesOption = None,
) -> None:
    """List what a symptom file may answer: id, question, and which answers it takes."""
    from spinefoot.rulebase.store import load_rules

    rulebase = load_rules(rules)
    word = (search or "").lower()
    chosen = [f for f in rulebase.findings if any(word in text.lower() for text in (f.id, f.question, f.clinical or ""))]
    if json:
        typer.echo(json_module.dumps([_as_dict(finding) for finding in chosen], indent=2))
    elif not chosen:
        typer.echo(f'No finding has "{search}" in its id, question or clinical term.', err=True)
    elif is_plain(plain):
        for finding in chosen:
            typer.echo(f"{finding.id}: {finding.question}{_term(finding, ' ')} ({finding.answers}; {finding.observer})")
    else:
        _show(chosen, rulebase, no_color)


def _show(chosen: list[Finding], rulebase: RuleBase, no_color: bool) -> None:
    from rich.table import Table

    screen = console(no_color)
    for topic in rulebase.topics:
        rows = [finding for finding in chosen if finding.topic == topic.id]
        if not rows:
            continue
        table = Table(title=topic.title, title_justify="left", expand=True, width=width())
        table.add_column("finding", overflow="fold", ratio=4)
        table.add_column("question", ratio=6)
        table.add_column("answer", ratio=3, overflow="fold")
        for finding in rows:
            observer = "" if finding.observer == "self" else f" [{finding.observer}]"
            table.add_row(
                finding.id, finding.question + observer + _term(finding, "\n"), finding.answers.removesuffix(" or unknown")
            )
        screen.print(table)
    screen.print("Every finding may also be unknown, or be left out: unknown is never no.")


def _term(finding: Finding, before: str) -> str:
    return f"{before}({finding.clinical})" if finding.clinical else ""


def _as_dict(finding: Finding) -> dict[str, Any]:
    return {
        "id": finding.id,
        "topic": finding.topic,
        "kind": finding.kind,
        "observer": finding.observer,
        "question": finding.question,
        "clinical": finding.clinical,
        "help": finding.help,
        "why_asked": finding.why_asked,
        "unit": finding.unit,
        "min": finding.min,
        "max": finding.max,
        "options": [{"id": option.id, "label": option.label} for option in finding.options],
        "danger": finding.danger,
        "hpo": finding.hpo,
    }
