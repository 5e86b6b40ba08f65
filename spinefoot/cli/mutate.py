"""`spinefoot rules mutate`: which faults of the rule base no written case would notice."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from spinefoot.cli.app import rules_app
from spinefoot.cli.coverage import FoldersArgument
from spinefoot.cli.output import JsonOption, NoColourOption, PlainOption, RulesOption, console, is_plain, print_problems, width
from spinefoot.errors import ExitCode, Problem, nearest

if TYPE_CHECKING:
    from spinefoot.analysis.mutants import Mutant
    from spinefoot.analysis.report import MutationReport
    from spinefoot.model.rulebase import RuleBase

_KINDS: dict[str, tuple[str, ...]] = {
    "red_flags": ("red_flag",),
    "patterns": ("pattern",),
    "causes": ("cause", "evidence", "scoring"),
    "advice": ("advice",),
    "verdicts": ("scope", "root_level", "urgency", "spine_link"),
    "instruments": ("instrument",),
    "intake": ("finding", "implication"),
}
_EVERY = 50
"""So many mutants pass between two progress lines."""


@rules_app.command("mutate", epilog="Example: spinefoot rules mutate tests/cases --rule motor_new")
def mutate(
    folders: FoldersArgument = None,
    only: Annotated[list[str] | None, typer.Option(help=f"Only rules of these kinds: {', '.join(_KINDS)}.")] = None,
    rule: Annotated[list[str] | None, typer.Option(help="Only this rule; a cause includes its items.")] = None,
    sample: Annotated[int | None, typer.Option(min=1, help="Only so many mutants, drawn at random.")] = None,
    seed: Annotated[int, typer.Option(help="Which random draw.")] = 1,
    explained: Annotated[
        Path | None,
        typer.Option(
            help="The file that says which faults no case needs to notice; mutants_explained.yaml beside the rules if there is.",
            show_default=False,
        ),
    ] = None,
    as_json: JsonOption = False,
    plain: PlainOption = False,
    no_color: NoColourOption = False,
    rules: RulesOption = None,
) -> None:
    """
    Put one fault after another into the rules and list those that no written case notices.

    Ends with 0 where the aims are met by the mutants that were tried: every removed or lowered red flag is noticed or
    explained, 90 % of all are noticed, and no explanation is out of date. Ends with 1 where they are not.
    """
    import json

    from spinefoot.analysis.explained import Explained, explained_file, read_explanations
    from spinefoot.analysis.mutants import mutants
    from spinefoot.analysis.mutation import try_mutants
    from spinefoot.analysis.report import MutationReport
    from spinefoot.analysis.written import conclude_all, read_written_cases
    from spinefoot.rendering.mutation import mutation_json
    from spinefoot.rulebase.store import load_rules

    rulebase = load_rules(rules)
    chosen = _chosen(list(mutants(rulebase)), rulebase, only or [], rule or [])
    if sample is not None and sample < len(chosen):
        kept = sorted(random.Random(seed).sample(range(len(chosen)), sample))  # noqa: S311 (a draw, not a secret)
        chosen = [chosen[place] for place in kept]
    path = explained or explained_file(rulebase.directory)
    reasons = Explained() if path is None else read_explanations(path)
    written = read_written_cases(folders or [], rulebase)
    concluded = conclude_all(written, rulebase)
    tried = tuple(try_mutants(_counted(chosen), concluded, reasons.reason))
    everything = not (only or rule or sample)
    report = MutationReport(tried=tried, stale=tuple(reasons.stale()) if everything else ())
    cases, failing = len(written.cases), len(written.cases) - concluded.passing.bit_count()
    if as_json:
        typer.echo(json.dumps(mutation_json(report, cases, failing), ensure_ascii=False))
    else:
        _print(report, cases, failing, plain, no_color)
    if not report.meets_aims:
        raise typer.Exit(ExitCode.FAULT)


def _chosen(found: list[Mutant], rulebase: RuleBase, only: list[str], rules: list[str]) -> list[Mutant]:
    for name in only:
        if name not in _KINDS:
            raise typer.BadParameter(f'"{name}" is not one of {", ".join(_KINDS)}', param_hint="--only")
    kinds = {kind for name in only for kind in _KINDS[name]}
    known = {mutant.rule for mutant in found}
    wanted: set[str] = set()
    for name in rules:
        if name not in known:
            close = nearest(name, known)
            print_problems(
                [Problem("SF201", f'no rule that can be changed is called "{name}"', None, close and f'did you mean "{close}"?')]
            )
            raise typer.Exit(ExitCode.USAGE)
        wanted |= {name, *(item.id for item in rulebase.cause[name].evidence)} if name in rulebase.cause else {name}
    return [m for m in found if (not kinds or m.kind in kinds) and (not wanted or m.rule in wanted)]


def _counted(chosen: list[Mutant]) -> Iterator[Mutant]:
    """Yield *chosen* while saying on a terminal how far it is."""
    watched = sys.stderr.isatty()
    for number, mutant in enumerate(chosen):
        if watched and number % _EVERY == 0:
            print(f"\r{number} of {len(chosen)} mutants", end="", file=sys.stderr, flush=True)
        yield mutant
    if watched:
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def _print(report: MutationReport, cases: int, failing: int, plain: bool, no_color: bool) -> None:
    from spinefoot.analysis.report import tallies
    from spinefoot.rendering.mutation import TALLY_HEADINGS, mutation_sections, tally_rows, tally_section
    from spinefoot.rendering.terminal import plain_text, show, show_numbers

    tables = {
        "By kind of rule": tallies(report.tried, lambda tried: tried.mutant.kind),
        "By kind of change": tallies(report.tried, lambda tried: tried.mutant.change),
    }
    if is_plain(plain):
        sections = [tally_section(title, rows) for title, rows in tables.items()]
        typer.echo(plain_text([*sections, *mutation_sections(report, cases, failing)], width()))
        return
    screen = console(no_color)
    for title, rows in tables.items():
        show_numbers(title, ("", *TALLY_HEADINGS), [*tally_rows(rows), *tally_rows([report.total])], screen)
    show(mutation_sections(report, cases, failing), screen)
