"""The interview on a real pseudo-terminal, and through a pipe: what a person sees, and what the caller is told."""

from __future__ import annotations

import os
import re
import stat
import sys
from pathlib import Path

import pexpect
import pytest
from rich.cells import cell_len

from tests.cli.test_commands import ROOT, run, text

WAIT = 120
COMMANDS = "q quit"
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")


class Terminal:
    """`spinefoot interview` on a pseudo-terminal."""

    def __init__(self, *words, columns=80, **environment):
        base = {
            k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "SPINEFOOT_RULES")
        }
        self.child = pexpect.spawn(
            sys.executable,
            ["-m", "spinefoot", "interview", *words],
            cwd=str(ROOT),
            env={**base, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "TERM": "xterm-256color", **environment},
            dimensions=(50, columns),
            encoding="utf-8",
            timeout=WAIT,
            echo=False,
        )
        self.pages = []

    def wait(self):
        """Wait for the next prompt, and return what was shown before it."""
        self.child.expect_exact("\r\n> ")
        self.pages.append(ESCAPES.sub("", self.child.before))
        return self.pages[-1]

    def type(self, *lines):
        """Type each line when there is a prompt, and return what is shown after the last."""
        for line in lines:
            self.child.sendline(line)
            page = self.wait()
        return page

    def end(self):
        """Read to the end and return the last page."""
        self.child.expect(pexpect.EOF)
        self.child.close()
        self.pages.append(ESCAPES.sub("", self.child.before))
        return self.pages[-1]

    @property
    def code(self):
        return self.child.exitstatus

    @property
    def everything(self):
        return words_of("\n".join(self.pages))


def words_of(page):
    """Text without frames and line ends."""
    return " ".join(re.sub("[\u2500-\u257f]", " ", page).split())


@pytest.fixture
def terminal():
    opened = []

    def start(*words, **options):
        opened.append(Terminal(*words, **options))
        opened[-1].wait()
        return opened[-1]

    yield start
    for one in opened:
        one.child.close(force=True)


def reply_to(page):
    """What somebody says who has a sore heel and nothing else; None where the interview is over."""
    words = words_of(page)
    if words.endswith("Enter alone keeps nothing."):
        return None
    if "Go on?" in words[-120:]:
        return "n"
    if "How old are you?" in words:
        return "44"
    if "What sex was recorded" in words:
        return "male"
    how = words.rsplit("w why", 1)[0].rstrip()
    if "What troubles you at the moment?" in words:
        return re.search(r"(\d+) Do you have pain in a foot or ankle", words)[1]
    if "Where does it hurt?" in words:
        return re.search(r"(\d+) heel\b", words)[1]
    if how.endswith("for one, ? for all"):
        return "none"
    if how.endswith("n no ? I don't know"):
        return "n"
    if "1 No " in words[-400:]:
        return "1"
    return "?"


def test_a_whole_benign_interview_ends_with_the_result_and_a_file_that_assess_reproduces(terminal, tmp_path):
    file = tmp_path / "me.yaml"
    person = terminal("--plain")
    page, shown = person.pages[-1], 0
    while (reply := reply_to(page)) is not None and shown < 80:
        page, shown = person.type(reply), shown + 1
    result = page
    person.child.sendline(str(file))
    last = person.end()

    assert person.code == 0
    assert "IS IT LINKED TO THE SPINE?" in result
    assert "GO NOW, OR CALL, IF" in result
    assert f"Saved in {file}" in words_of(last)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    again = run("assess", "--plain", str(file))
    body = again.stdout.decode().split("\n\n", 1)[1]
    assert words_of(body) in words_of(result)


def test_an_emergency_in_the_first_questions_interrupts(terminal):
    person = terminal()
    page = person.type("52", "f", "1", "2 days")

    assert "Emergency - go now" in page
    assert "Say on arrival" in page
    person.child.sendline("n")
    person.wait()
    person.child.sendline("")
    last = person.end()
    assert person.code == 0
    assert "Saved" not in last


def test_back_and_review_change_what_was_answered(terminal):
    person = terminal("--plain")
    person.type("25", "f", "b", "m", "r", "1")
    page = person.type("52")

    assert "your age: 25 years" in person.everything
    assert "Noted: your age: 52 years" in words_of(page)
    assert "Taken back: 1 answer" in person.everything


def test_why_at_three_places(terminal):
    person = terminal("--plain")

    assert "Age changes what is dangerous" in words_of(person.type("why"))
    assert "The nerves for this skin also run bladder and bowel" in words_of(person.type("52", "f", "w"))
    assert "It can show that this is less urgent than it looks" in words_of(person.type("1", "w"))


def test_not_sure_of_everything_is_never_taken_for_no(terminal, tmp_path):
    file = tmp_path / "me.yaml"
    person = terminal("--plain", "--save", str(file))
    person.pages[-1]
    for _ in range(8):
        person.type("?")
    person.child.sendline("q")
    person.end()

    assert "No:" not in person.everything.split("Noted", 1)[1]
    assert ": no\n" not in file.read_text()
    assert file.read_text().count(": unknown") > 60


def test_interrupt_shows_what_was_raised_saves_nothing_unasked_and_tells_how_to_keep(terminal):
    person = terminal("--plain")
    person.type("52", "f", "none", "5")
    person.child.sendintr()
    last = words_of(person.end())

    assert person.code == 130
    assert "YOU STOPPED EARLY" in last
    assert "Today - be assessed by the end of today" in last
    assert "Your answers were not saved. Next time, --save FILE keeps them." in last
    assert "Traceback" not in last


def test_an_interrupted_interview_goes_on_where_it_stopped(terminal, tmp_path):
    file = tmp_path / "me.yaml"
    first = terminal("--plain", "--save", str(file))
    expected = first.type("52", "?", "1? 8")
    first.child.sendintr()
    assert f"--resume {file} --save {file}" in words_of(first.end())

    second = terminal("--plain", "--resume", str(file), "--save", str(file))
    page = second.pages[-1]

    assert "14 answers were loaded" in words_of(page)
    assert words_of(expected).split("4. DANGER")[1] == words_of(page).split("4. DANGER")[1]
    assert "What sex was recorded" not in page


def test_end_of_input_stops_and_keeps_what_was_answered_only(terminal, tmp_path):
    file = tmp_path / "me.yaml"
    person = terminal("--plain", "--save", str(file))
    person.type("52")
    person.child.sendeof()
    last = words_of(person.end())

    assert person.code == 0
    assert "YOU STOPPED EARLY" in last
    assert ": no\n" not in file.read_text()


@pytest.mark.parametrize("columns", [60, 80, 130])
def test_no_line_is_wider_than_the_terminal(terminal, columns):
    person = terminal(columns=columns)
    person.type("52", "f", "w", "h 1", "1", "r", "")

    wide = [line for page in person.pages for line in page.splitlines() if cell_len(line) > columns]
    assert wide == []


def test_a_dumb_terminal_gets_plain_words_and_no_escape_codes(terminal):
    person = terminal(TERM="dumb")
    person.type("52", "f")

    raw = person.child.before + "".join(person.pages)
    assert "\x1b" not in raw
    assert not re.search("[\u2500-\u257f]", raw)


def test_what_is_typed_cannot_steer_the_terminal(terminal):
    person = terminal("--plain")
    person.child.sendline("[bold]\x16\x1b]0;x")
    person.child.expect_exact("\r\n> ")

    assert "\x1b]0" not in person.child.before
    assert "[bold]" in person.child.before


def test_without_input_it_explains_itself():
    result = run("interview")

    assert result.returncode == 2
    assert b"one answer a line" in result.stderr


def test_answers_may_come_through_a_pipe():
    result = run("interview", "--plain", stdin=b"52\nf\n1\n2 days\nn\n")

    assert result.returncode == 0
    assert "> 2 days" in text(result)
    assert "HOW SOON" in text(result)


def test_a_pipe_that_cannot_be_read_names_line_and_question():
    result = run("interview", "--plain", stdin=b"52\nrubbish\n")

    assert result.returncode == 4
    assert b'stdin:2: SF603 the reply to sex_at_birth cannot be read: "rubbish"' in result.stderr


def test_bytes_that_are_no_text_are_a_reply_that_cannot_be_read():
    result = run("interview", "--plain", stdin=b"\xff\xfe\n")

    assert result.returncode == 4
    assert b"the reply to age_years cannot be read" in result.stderr


def test_answers_saved_under_another_rule_base_are_checked_and_named(tmp_path):
    file = tmp_path / "old.yaml"
    file.write_text("id: old\nrulebase: {version: '2020.01', sha256: '0'}\nfindings:\n  foot_dorp: yes\n  age_years: 52\n")
    result = run("interview", "--plain", "--resume", str(file), stdin=b"f\nq\n")

    assert result.returncode == 0
    assert b"2020.01" in result.stderr
    assert b'did you mean "foot_drop"?' in result.stderr
    assert "1 answers were loaded" in text(result) or "1 answer was loaded" in text(result)


def test_a_file_is_not_overwritten_unasked(tmp_path):
    file = tmp_path / "me.yaml"
    file.write_text("precious")
    result = run("interview", "--save", str(file), stdin=b"52\n")

    assert result.returncode == 4
    assert file.read_text() == "precious"
    assert b"--resume" in result.stderr


def test_a_fault_inside_prints_no_answer(monkeypatch, capsys):
    from typer.testing import CliRunner

    from spinefoot.cli.app import app
    from spinefoot.interview.session import Session

    def fail(*arguments):
        raise ValueError(f"secret {arguments[1:]}")

    monkeypatch.setattr(Session, "reply", fail)
    result = CliRunner().invoke(app, ["interview", "--plain"], input="52\n")

    assert result.exit_code == 1
    assert "secret" not in result.output
    assert "ValueError at" in result.output


def test_an_interview_does_not_load_the_engine_before_the_result():
    code = (
        "import sys\nfrom spinefoot.cli.app import main\nsys.argv = ['spinefoot', 'interview', '--plain']\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "sys.exit('experta' in sys.modules or 'polars' in sys.modules)"
    )
    import subprocess

    done = subprocess.run([sys.executable, "-c", code], input=b"52\nf\nw\nr\nq\n", capture_output=True, cwd=ROOT, check=False)

    assert done.returncode == 0
    assert Path(ROOT).exists()
