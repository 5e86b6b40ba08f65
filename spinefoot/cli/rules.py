"""`spinefoot rules`: read and check the knowledge."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from spinefoot.cli.app import rules_app
from spinefoot.cli.output import NoColourOption, PlainOption, RulesOption, console, is_plain, print_problems, width
from spinefoot.errors import ExitCode, InputError, Location, Problem, RuleBaseError, nearest

if TYPE_CHECKING:
    from spinefoot.model.rulebase import RuleBase


@rules_app.command("list", epilog="Example: spinefoot rules list --kind red_flag")
def list_rules(
    kind: Annotated[str | None, typer.Option(help="Only rules of this kind: pattern, red_flag, evidence, cause, ...")] = None,
    plain: PlainOption = False,
    no_color: NoColourOption = False,
    rules: RulesOption = None,
) -> None:
    """List the rules: id, kind and title."""
    from spinefoot.model.rulebase import kind_of
    from spinefoot.rendering.knowledge import title_of
    from spinefoot.rulebase.store import load_rules

    rulebase = load_rules(rules)
    rows = [(rule.id, kind_of(rule), title_of(rule, rulebase)) for rule in rulebase.rules()]
    kinds = sorted({row[1] for row in rows})
    if kind is not None and kind not in kinds:
        raise typer.BadParameter(f'"{kind}" is not a kind of rule; there are {", ".join(kinds)}')
    rows = [row for row in rows if kind in (None, row[1])]
    if is_plain(plain):
        for row in rows:
            typer.echo(": ".join(row))
        return
    from rich.table import Table

    table = Table(width=width(), expand=True)
    for heading, ratio in (("rule", 4), ("kind", 2), ("title", 6)):
        table.add_column(heading, ratio=ratio, overflow="fold")
    for row in rows:
        table.add_row(*row)
    console(no_color).print(table)


@rules_app.command("show", epilog="Example: spinefoot rules show motor_new")
def show_rule(
    id: Annotated[str, typer.Argument(help="The id of a rule, cause or finding.")],
    plain: PlainOption = False,
    no_color: NoColourOption = False,
    rules: RulesOption = None,
) -> None:
    """Show one rule, cause or finding in plain words, with its sources and place."""
    from spinefoot.rendering.knowledge import describe_finding, describe_rule
    from spinefoot.rendering.terminal import plain_text, show
    from spinefoot.rulebase.store import load_rules

    rulebase = load_rules(rules)
    if id in rulebase.rule:
        sections = describe_rule(rulebase.rule[id], rulebase)
    elif id in rulebase.finding:
        sections = describe_finding(rulebase.finding[id], rulebase)
    else:
        close = nearest(id, [*rulebase.rule, *rulebase.finding])
        hint = f'did you mean "{close}"?' if close else "`spinefoot rules list` lists them"
        print_problems([Problem("SF201", f'there is no rule, cause or finding "{id}"', None, hint)])
        raise typer.Exit(ExitCode.USAGE)
    if is_plain(plain):
        typer.echo(plain_text(sections, width()))
    else:
        show(sections, console(no_color))


@rules_app.command("check", epilog="Example: spinefoot rules check --rules my-rules")
def check(rules: RulesOption = None) -> None:
    """Check the rule base and the cases beside its rules; every problem is listed with its place."""
    from spinefoot.casecheck import case_files, rules_without_cases, run_cases
    from spinefoot.executors.plain import infer
    from spinefoot.rulebase.store import load_rules

    rulebase = load_rules(rules)
    cases, problems = [], []
    for case, _, found in run_cases(case_files(Path(rulebase.directory)), rulebase, infer):
        cases.append(case)
        problems += found
    problems += rules_without_cases(rulebase, cases)
    if problems:
        raise RuleBaseError(problems)
    typer.echo(f"{_counts(rulebase)}, {len(cases)} cases: no problem found.")


@rules_app.command("test", epilog="Example: spinefoot rules test tests/cases")
def run_written_cases(
    folders: Annotated[
        list[Path] | None, typer.Argument(help="Folders or files of cases; the cases beside the rules if none.")
    ] = None,
    rules: RulesOption = None,
) -> None:
    """Run written cases and print those that come out differently, with what was concluded."""
    from spinefoot.casecheck import case_files, run_cases
    from spinefoot.rulebase.store import load_rules

    rulebase = load_rules(rules)
    chosen = folders or [Path(rulebase.directory)]
    missing = [Problem("SF101", "there is no such file or folder", Location(str(path))) for path in chosen if not path.exists()]
    if missing:
        raise InputError(missing)
    files = [file for path in chosen for file in ([path] if path.is_file() else case_files(path))]
    ran = failed = 0
    for _, assessment, problems in run_cases(files, rulebase):
        ran += 1
        if not problems:
            continue
        failed += 1
        print_problems(problems)
        if assessment is not None:
            for number, firing in enumerate(assessment.trace, 1):
                if firing.stage in ("red_flag", "level", "urgency", "spine_link") and firing.facts:
                    typer.echo(f"    {number}. {firing.rule}: {firing.concludes}")
    typer.echo(f"{ran - failed} passed, {failed} failed")
    if failed:
        raise typer.Exit(ExitCode.FAULT)


@rules_app.command("schema", epilog="Example: spinefoot rules schema --write")
def schema(
    write: Annotated[bool, typer.Option("--write", help="Write the schemas into the rule base, for editors.")] = False,
    rules: RulesOption = None,
) -> None:
    """Print the JSON Schema of each kind of rule file, or write them beside the rules."""
    import json

    from spinefoot.rulebase.schema import schemas
    from spinefoot.rulebase.store import load_rules

    rulebase = load_rules(rules)
    made = schemas(rulebase)
    if not write:
        typer.echo(json.dumps(made, indent=2))
        return
    folder = Path(rulebase.directory) / "schema"
    folder.mkdir(exist_ok=True)
    for name, content in made.items():
        (folder / f"{name}.schema.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    typer.echo(f"{len(made)} schemas written to {folder}")


def _counts(rulebase: RuleBase) -> str:
    return f"{len(rulebase.findings)} findings, {len(rulebase.red_flags)} red flags, {len(rulebase.causes)} causes"
