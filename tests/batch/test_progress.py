"""Progress is for people who look: on a terminal it is shown, in a pipe it is not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pexpect

COMMAND = ["-m", "spinefoot", "batch", "in.csv", "-o", "out.csv", "--force"]


def write_rows(folder: Path) -> None:
    (folder / "in.csv").write_text("foot_drop\n" + "yes\n" * 250_000 + "maybe\n")


def test_a_terminal_shows_rows_rate_time_left_and_rejected_rows(tmp_path: Path) -> None:
    write_rows(tmp_path)
    terminal = pexpect.spawn(sys.executable, COMMAND, cwd=tmp_path, dimensions=(24, 120), timeout=120, encoding="utf-8")

    terminal.expect(r"100,000 rows.*/s.*0 rejected.*\d:\d\d:\d\d.*\d:\d\d:\d\d")
    terminal.expect("rows: 250,001 in = 250,000 out \\+ 1 rejected")
    terminal.expect(pexpect.EOF)
    terminal.close()

    assert terminal.exitstatus == 3


def test_no_colour_means_no_colour_of_the_bar_either(tmp_path: Path) -> None:
    write_rows(tmp_path)
    environment = {**os.environ, "NO_COLOR": "1", "TERM": "xterm-256color"}
    terminal = pexpect.spawn(
        sys.executable, COMMAND, cwd=tmp_path, env=environment, dimensions=(24, 120), timeout=120, encoding="utf-8"
    )

    terminal.expect(pexpect.EOF)

    assert "100,000 rows" in terminal.before
    assert "\x1b[3" not in terminal.before.replace("\x1b[3D", "")
    assert "\x1b[38" not in terminal.before


def test_a_pipe_gets_the_count_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("foot_drop\nyes\n")

    done = subprocess.run([sys.executable, *COMMAND], cwd=tmp_path, capture_output=True, text=True, check=True)

    assert done.stdout == ""
    assert done.stderr == "rows: 1 in = 1 out + 0 rejected\n"
