"""
The interview as a conversation: asks screen after screen, obeys commands, interrupts for an emergency, and ends.

It knows no terminal: everything said and heard goes through a `Talk`.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from pathlib import Path

from spinefoot.cli.talk import Talk
from spinefoot.errors import InputError, Location, Problem
from spinefoot.interview.replies import Command, ReplyError, Request, read_command, read_reply
from spinefoot.interview.saving import save_answers
from spinefoot.interview.session import Replies, Session, Standing
from spinefoot.model.findings import Finding
from spinefoot.planning.screens import Screen
from spinefoot.rendering import interview as pages
from spinefoot.rendering.report import report

__all__ = ["Conversation", "End"]

_YES = frozenset(("y", "yes"))
_NO = frozenset(("n", "no"))


class End(Enum):
    """How a conversation ended."""

    FINISHED = "finished"
    STOPPED = "stopped"


class _StopError(Exception):
    """The person wants to stop, or no further line will come."""


class Conversation:
    """
    A conversation with one person.

    Args:
        session: The interview, new or resumed.
        talk: Where questions go and replies come from.
        style: How to speak.
        budget: Screens after which it asks whether to go on, once the urgency is settled; and again after as many.
        save_to: A file that is kept up to date after every answer; None for none.
    """

    def __init__(self, session: Session, talk: Talk, style: pages.Style, *, budget: int, save_to: Path | None = None) -> None:
        self.session = session
        self.save_to = save_to
        self._talk = talk
        self._style = style
        self._budget = budget
        self._asked = 0
        self._asks_on_at = budget
        self._announced: frozenset[str] = frozenset()
        self._noticed: frozenset[str] = frozenset()
        self._in_emergency = False
        self._said_settled = False

    def run(self) -> End:
        """
        Talk until there is nothing left to ask, or the person stops.

        Raises:
            InputError: A reply from a pipe cannot be read; nobody is there to ask again.
            KeyboardInterrupt: The person interrupts.
        """
        rulebase = self.session.rulebase
        self._talk.show(pages.opening(rulebase, self._style, len(self.session.replies)))
        try:
            while (screen := self._next_screen()) is not None:
                self._answer(screen)
        except (_StopError, EOFError):
            return End.STOPPED
        return End.FINISHED

    def show_result(self) -> None:
        """Show the result, as `assess` renders it."""
        from spinefoot.assessment.assess import assess

        self._talk.show(report(assess(self.session.case(), self.session.rulebase)))

    def show_what_was_raised(self) -> None:
        """Show the warning signs that were raised before the conversation was stopped."""
        self._talk.show(pages.raised_page(self.session.standing))

    def offer_to_save(self) -> None:
        """Ask for a file name, where answers would else be lost."""
        if not self._talk.interactive or not self.session.steps or self.save_to is not None:
            return
        try:
            self._save(self._talk.ask("To keep your answers, type a file name. Enter alone keeps nothing.").strip())
        except EOFError:
            return

    def _next_screen(self) -> Screen | None:
        standing = self.session.standing
        return self._in_case_of_emergency(standing) if standing.emergencies else self._in_turn(standing)

    def _in_case_of_emergency(self, standing: Standing) -> Screen | None:
        """Interrupt where something new is an emergency; then only what helps on arrival is asked."""
        rules = frozenset(rule.id for rule in standing.emergencies)
        if standing.gate_is_open:
            if not rules <= self._noticed | self._announced:
                self._noticed |= rules
                self._talk.show(pages.gate_page(standing))
            return self.session.next_screen()
        if not rules <= self._announced:
            self._talk.show(pages.emergency_page(standing, self._announced))
            self._announced |= rules
        screen = self.session.next_screen() if self.session.everything else self.session.next_detail()
        if screen is not None and not self._in_emergency:
            self._in_emergency = self._agrees(
                "Do not wait here. A few more answers help whoever receives you. Answer them now? y yes  n no, show the result"
            )
            return screen if self._in_emergency else None
        return screen

    def _in_turn(self, standing: Standing) -> Screen | None:
        self._announced = self._noticed = frozenset()
        self._in_emergency = False
        screen = self.session.next_screen()
        if screen is None or self.session.everything or not standing.urgency_is_settled:
            return screen
        if self._asked >= self._asks_on_at:
            self._talk.show(pages.still_open_page(standing))
            if not self._agrees(f"{self._asked} questions are done. Go on? y yes  n no, show the result"):
                return None
            self._asks_on_at = self._asked + self._budget
        elif not self._said_settled:
            self._said_settled = True
            self._talk.say("How soon you should be seen is settled now. What is still asked is about the cause.")
        return screen

    def _answer(self, screen: Screen) -> None:
        """Ask *screen* until it is answered, or a command leads elsewhere."""
        findings = self._findings(screen)
        self._show_screen(screen)
        while True:
            self._talk.say(pages.how_to_answer(findings))
            text = self._talk.ask(pages.COMMANDS)
            request = read_command(text)
            if request is not None:
                if self._obey(request, screen):
                    return
                continue
            replies = self._read(text, findings)
            if replies is not None and self._take(screen, replies):
                return

    def _take(self, screen: Screen, replies: Replies) -> bool:
        try:
            self.session.reply(screen, replies)
        except InputError as error:
            self._contradiction(error)
            return False
        self._asked += 1
        self._confirm(screen, replies)
        return True

    def _confirm(self, screen: Screen, replies: Replies) -> None:
        for line in pages.understood(self._findings(screen), replies, self.session.rulebase):
            self._talk.say(line.text)
        self._keep()

    def _read(self, text: str, findings: Sequence[Finding]) -> Replies | None:
        """Return the replies in *text*; None after saying what cannot be read."""
        try:
            return read_reply(text, findings)
        except ReplyError as error:
            if self._talk.interactive:
                self._talk.say(str(error))
                return None
            asked = ", ".join(finding.id for finding in findings)
            raise InputError([Problem("SF603", f"the reply to {asked} cannot be read: {error}", self._place())]) from None

    def _contradiction(self, error: InputError) -> None:
        if not self._talk.interactive:
            problems = [
                Problem(p.code, p.message, self._place(), "answer ? to what is not sure", p.about) for p in error.problems
            ]
            raise InputError(problems) from None
        self._talk.show(pages.contradiction_page(error.problems, self.session))

    def _place(self) -> Location:
        return Location("stdin", self._talk.lines)

    def _obey(self, request: Request, screen: Screen) -> bool:
        """Do what was asked for; return whether another screen must be asked now."""
        command, number = request.command, int(request.rest) if request.rest.isdecimal() else None
        if command is Command.QUIT:
            raise _StopError
        if command is Command.BACK:
            return self._back(1 if number is None else number)
        if command is Command.REVIEW:
            return self._review(number, screen)
        if command is Command.SAVE:
            self._save_as_asked(request.rest)
        elif command is Command.SO_FAR:
            self._talk.say("This is the result so far. It may change with every further answer.")
            self.show_result()
            self._show_screen(screen)
        elif number is not None and not 1 <= number <= len(screen.findings):
            self._talk.say(f"There is no number {number} here.")
        elif command is Command.WHY:
            from spinefoot.rendering.interview_why import why_page

            self._talk.show(why_page(self.session, screen, self._style, number))
        elif command is Command.HELP:
            self._talk.show(pages.help_page(self._findings(screen), self._style, number))
        return False

    def _back(self, steps: int) -> bool:
        undone = 0
        while undone < steps and self.session.undo() is not None:
            undone += 1
        self._asked = max(0, self._asked - undone)
        if not undone:
            self._talk.say("This is the first question; there is nothing to take back.")
            return False
        self._talk.say(f"Taken back: {undone} {'answer' if undone == 1 else 'answers'}, and all that was concluded from it.")
        self._keep()
        return True

    def _review(self, number: int | None, screen: Screen) -> bool:
        """List the answers and change one; return whether one was changed."""
        steps = self.session.steps
        if number is None:
            self._talk.show(pages.review_page(self.session))
            if steps:
                number = self._number("Type the number of an answer to change it. Enter alone changes nothing.", len(steps))
        elif not 1 <= number <= len(steps):
            self._talk.say(f"There is no answer number {number}; there are {len(steps)}.")
            number = None
        changed = number is not None and self._change(number)
        if not changed:
            self._show_screen(screen)
        return changed

    def _change(self, number: int) -> bool:
        step = self.session.steps[number - 1]
        screen = Screen(step.screen.checklist, tuple(step.replies), step.screen.topic)
        findings = self._findings(screen)
        self._talk.show(pages.screen_page(screen, number, self.session.rulebase, self._style))
        for line in pages.understood(findings, step.replies, self.session.rulebase):
            self._talk.say(line.text.replace("Noted", "Your answer now", 1))
        while text := self._talk.ask(f"{pages.how_to_answer(findings)}  Enter alone keeps it.").strip():
            request = read_command(text)
            if request is not None:
                self._explain_change(request, findings)
                continue
            replies = self._read(text, findings)
            if replies is None:
                continue
            try:
                dropped = self.session.change(number - 1, replies)
            except InputError as error:
                self._contradiction(error)
                continue
            self._confirm(screen, replies)
            if dropped:
                self._talk.show(pages.dropped_page(dropped, self.session.rulebase))
            return True
        return False

    def _explain_change(self, request: Request, findings: Sequence[Finding]) -> None:
        """Obey the commands that make sense while an earlier answer is being changed."""
        if request.command is Command.QUIT:
            raise _StopError
        if request.command is Command.HELP:
            self._talk.show(pages.help_page(findings, self._style))
        else:
            self._talk.say("Give the new answer, or press Enter to keep the old one. Then other commands work again.")

    def _number(self, prompt: str, highest: int) -> int | None:
        while text := self._talk.ask(prompt).strip():
            if text.isdecimal() and 1 <= int(text) <= highest:
                return int(text)
            self._talk.say(f"Type a number from 1 to {highest}, or press Enter.")
        return None

    def _agrees(self, prompt: str) -> bool:
        while True:
            word = self._talk.ask(prompt).strip().lower()
            if word in _YES:
                return True
            if word in _NO:
                return False
            if read_command(word) == Request(Command.QUIT, ""):
                raise _StopError
            self._talk.say("Type y for yes or n for no.")

    def _save_as_asked(self, name: str) -> None:
        if not name and self.save_to is not None:
            name = str(self.save_to)
        elif not name:
            name = self._talk.ask("Type a file name. Enter alone saves nothing.").strip()
        self._save(name)

    def _save(self, name: str) -> None:
        """Save to the file *name* where that is possible, and say so."""
        if not name:
            return
        path = Path(name).expanduser()
        path = path if path.suffix else path.with_name(f"{path.name}.yaml")
        if path.suffix not in (".yaml", ".yml"):
            self._talk.say(f"Nothing was saved: answers are saved as YAML, so the name must end in .yaml, not in {path.suffix}.")
            return
        if path.exists() and path != self.save_to and not self._agrees(f"{path} is there already. Replace it? y yes  n no"):
            return
        try:
            save_answers(self.session, path)
        except InputError as error:
            self._talk.say(f"Nothing was saved: {error}")
            return
        self.save_to = path
        self._talk.say(f"Saved in {path}, and kept up to date from now on. Only you can read it.")

    def _keep(self) -> None:
        """Bring the file up to date. A full disk must not end the conversation."""
        if self.save_to is None:
            return
        try:
            save_answers(self.session, self.save_to)
        except InputError as error:
            self.save_to = None
            self._talk.say(f"From now on nothing is saved: {error}. To save elsewhere, type v.")

    def _show_screen(self, screen: Screen) -> None:
        number = len(self.session.steps) + 1
        self._talk.show(pages.screen_page(screen, number, self.session.rulebase, self._style))

    def _findings(self, screen: Screen) -> list[Finding]:
        return [self.session.rulebase.finding[name] for name in screen.findings]
