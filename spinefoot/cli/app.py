"""The commands of `spinefoot`, and the one place where a refusal becomes text and an exit code."""

from __future__ import annotations

import atexit
import gc
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from spinefoot.errors import SpinefootError
from spinefoot.version import __version__

__all__ = ["app", "main"]

_ALLOCATIONS_BEFORE_COLLECTION = 300_000


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


def main() -> None:
    """Run the command line."""
    # The network of rules is many small objects that live as long as the process; collecting among them finds nothing.
    gc.set_threshold(_ALLOCATIONS_BEFORE_COLLECTION)
    # Nor does it pay to search them once more on the way out.
    atexit.register(gc.freeze)
    app(prog_name="spinefoot")


from spinefoot.cli import (  # noqa: E402  (each registers its commands on `app`)
    assess,  # noqa: F401
    batch,  # noqa: F401
    coverage,  # noqa: F401
    evaluate,  # noqa: F401
    findings,  # noqa: F401
    interview,  # noqa: F401
    mutate,  # noqa: F401
    rules,  # noqa: F401
    template,  # noqa: F401
)
