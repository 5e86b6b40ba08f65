"""The commands of `spinefoot`, and the one place where a refusal becomes text and an exit code."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from importlib import import_module
from itertools import chain
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from spinefoot.errors import ExitCode, SpinefootError
from spinefoot.version import __version__

__all__ = ["app", "load_commands", "main"]

_ALLOCATIONS_BEFORE_COLLECTION = 300_000

_MODULES = {
    "assess": ["assess"],
    "batch": ["batch"],
    "evaluate": ["evaluate"],
    "findings": ["findings"],
    "interview": ["interview"],
    "rules": ["rules", "coverage", "mutate"],
    "template": ["template"],
}
"""For each first word of the command line, the modules of `spinefoot.cli` that register its commands."""


class _Refusing(TyperGroup):
    """A group whose commands end with a message and an exit code where spinefoot refuses to go on."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except SpinefootError as error:
            from spinefoot.cli.output import print_problems

            print_problems(error.problems)
            raise typer.Exit(error.exit_code) from None


app = typer.Typer(
    cls=_Refusing,
    no_args_is_help=True,
    add_completion=True,
    rich_markup_mode="rich",
    # Locals are health answers; they must not be shown in a traceback.
    pretty_exceptions_show_locals=False,
    pretty_exceptions_enable=False,
    help="Is my foot pain linked to my spine? Explained, rule-based triage and education, never a diagnosis.",
    epilog="Example: spinefoot assess case.yaml",
)
rules_app = typer.Typer(cls=_Refusing, no_args_is_help=True, help="Read and check the knowledge: spinefoot rules list")
app.add_typer(rules_app, name="rules")


def _version(wanted: bool) -> None:
    if not wanted:
        return
    from spinefoot.rulebase.store import load_rules

    rulebase = load_rules()
    typer.echo(f"spinefoot {__version__}, rule base {rulebase.version} ({rulebase.sha256[:12]})")
    raise typer.Exit


@app.callback()
def start(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_version,
            is_eager=True,
            help="Show the versions of program and rule base (SPINEFOOT_RULES, if set), and leave.",
        ),
    ] = False,
) -> None:
    """Is my foot pain linked to my spine? Explained, rule-based triage and education, never a diagnosis."""


def load_commands(first: str = "") -> None:
    """Register every command on `app`; only those of the word *first* where it names some, since typer builds all it knows."""
    for module in _MODULES.get(first) or chain(*_MODULES.values()):
        import_module(f"spinefoot.cli.{module}")


def main() -> None:
    """Run the command line."""
    # The network of rules is many small objects that live as long as the process; collecting among them finds nothing.
    gc.set_threshold(_ALLOCATIONS_BEFORE_COLLECTION)
    # Nor does it pay to search them once more on the way out.
    atexit.register(gc.freeze)
    load_commands(*sys.argv[1:2])
    try:
        app(prog_name="spinefoot")
    except OSError as error:
        if error.filename is not None:
            raise
        _end_without_stdout(error)


def _end_without_stdout(error: OSError) -> NoReturn:
    """Say that stdout takes nothing more, and keep Python from trying again on its way out."""
    sys.stderr.write(f"stdout: SF712 what was to be shown cannot be written: {error.strerror}\n")
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(ExitCode.FAULT)
