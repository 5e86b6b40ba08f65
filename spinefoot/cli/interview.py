"""`spinefoot interview`: questions and answers at the terminal, then the explained result."""

from __future__ import annotations

import shlex
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from spinefoot.cli.app import app
from spinefoot.cli.output import NoColourOption, PlainOption, RulesOption, is_plain, print_problems, width
from spinefoot.errors import ExitCode, InputError, Location, Problem, SpinefootError

if TYPE_CHECKING:
    from spinefoot.cli.conversation import Conversation
    from spinefoot.cli.talk import TerminalTalk
    from spinefoot.interview.session import Session
    from spinefoot.model.rulebase import RuleBase

_NEEDS_ANSWERS = (
    "spinefoot interview asks questions and reads the answers from a terminal, or from a pipe with one answer a line.\n"
    "There was no answer to read. Start it in a terminal, or fill in a symptom file: spinefoot template > me.yaml"
)

_NARROWEST_DRAWING = 60


@app.command(epilog="Example: spinefoot interview --save me.yaml")
def interview(
    clinician: Annotated[
        bool, typer.Option("--clinician", help="Ask examination findings too, and speak to a clinician.")
    ] = False,
    everything: Annotated[bool, typer.Option("--all", help="Ask everything, not only what could change the result.")] = False,
    budget: Annotated[
        int, typer.Option(min=1, metavar="N", help="Ask after N questions whether to go on, once how soon is settled.")
    ] = 30,
    save: Annotated[
        Path | None,
        typer.Option("--save", metavar="FILE", help="Keep the answers in FILE (YAML, readable by you only) after every answer."),
    ] = None,
    resume: Annotated[Path | None, typer.Option("--resume", metavar="FILE", help="Go on with answers that were saved.")] = None,
    plain: PlainOption = False,
    no_color: NoColourOption = False,
    rules: RulesOption = None,
) -> None:
    """Answer questions about foot, leg and back, and get an explained result. Nothing leaves this machine."""
    from spinefoot.cli.conversation import Conversation
    from spinefoot.cli.talk import TerminalTalk
    from spinefoot.rendering.interview import Style
    from spinefoot.rulebase.store import load_rules

    rulebase = load_rules(rules)
    _refuse_to_overwrite(save, resume)
    session = _session(rulebase, resume, clinician, everything)
    bare = is_plain(plain)
    talk = TerminalTalk(plain=bare, no_colour=no_color)
    style = Style(clinician=clinician, drawings=not bare and width() >= _NARROWEST_DRAWING)
    conversation = Conversation(session, talk, style, budget=budget, save_to=save)
    try:
        _converse(conversation, talk)
    except SpinefootError:
        raise
    except KeyboardInterrupt:
        _interrupted(conversation)
        raise typer.Exit(ExitCode.INTERRUPTED) from None
    except (typer.Exit, BrokenPipeError):
        raise
    except Exception as error:
        _print_fault(error)
        raise typer.Exit(ExitCode.FAULT) from None


def _session(rulebase: RuleBase, resume: Path | None, clinician: bool, everything: bool) -> Session:
    from spinefoot.interview.saving import load_answers, replies_of
    from spinefoot.interview.session import Session

    if resume is None:
        return Session(rulebase, examined=clinician, everything=everything)
    case, misfits = load_answers(resume, rulebase)
    if misfits:
        saved_under = f", saved under rule base {case.rulebase.version}," if case.rulebase is not None else ""
        print(f"Some answers in {resume}{saved_under} do not fit rule base {rulebase.version} and are left out:", file=sys.stderr)
        print_problems(misfits)
    elif case.rulebase is not None and case.rulebase.sha256 != rulebase.sha256:
        print(f"{resume} was saved under another rule base; every answer still fits the present one.", file=sys.stderr)
    return Session(rulebase, examined=clinician, everything=everything, start=replies_of(case))


def _refuse_to_overwrite(save: Path | None, resume: Path | None) -> None:
    if save is None:
        return
    where = Location(str(save))
    if save.suffix not in (".yaml", ".yml"):
        raise InputError([Problem("SF107", "answers are saved as YAML", where, "choose a name that ends in .yaml")])
    if save.exists() and (resume is None or not resume.exists() or not save.samefile(resume)):
        hint = f"add --resume {save} to go on with it, or choose another name"
        raise InputError([Problem("SF108", "the file is there already, and is not overwritten", where, hint)])


def _converse(conversation: Conversation, talk: TerminalTalk) -> None:
    from spinefoot.cli.conversation import End

    end = conversation.run()
    if end is End.STOPPED and not talk.interactive and not talk.lines:
        typer.echo(_NEEDS_ANSWERS, err=True)
        raise typer.Exit(ExitCode.USAGE)
    if end is End.FINISHED:
        conversation.show_result()
    else:
        conversation.show_what_was_raised()
    conversation.offer_to_save()
    _say_how_to_go_on(conversation, end is End.FINISHED)


def _say_how_to_go_on(conversation: Conversation, finished: bool) -> None:
    from spinefoot.rendering.report import printable

    if conversation.save_to is None:
        typer.echo("Your answers were not saved. Next time, --save FILE keeps them.")
        return
    file = printable(shlex.quote(str(conversation.save_to)))
    if finished:
        typer.echo(f"Your answers are in {file}. The same result again: spinefoot assess {file}")
    else:
        typer.echo(f"Your answers are in {file}. To go on: spinefoot interview --resume {file} --save {file}")


def _interrupted(conversation: Conversation) -> None:
    typer.echo()
    conversation.show_what_was_raised()
    _say_how_to_go_on(conversation, finished=False)


def _print_fault(error: Exception) -> None:
    """Name the place of a fault. Its message and the values around it may hold answers, and stay out."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    typer.echo(f"spinefoot failed inside ({type(error).__name__} at {Path(frame.filename).name}:{frame.lineno}).", err=True)
    typer.echo("If anything you answered worries you, get medical advice now; do not wait for this program.", err=True)
