"""What tests of `spinefoot evaluate` share: the command, run in a process of its own, and a small table."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# One missed emergency (no saddle numbness is known), one found, a foot drop, two causes, one row with a fault.
TABLE = """\
id,ward,age_years,saddle_numbness,foot_drop,weakness_onset_days,expected_urgency,expected_spine_link,expected_cause
one,A,52,yes,,,emergency,likely;possibly,
two,A,47,,,,emergency,,
three,B,70,no,yes,2,same_day,possibly;unclear,lumbar_disc_radiculopathy
four,B,31,no,,,routine,unlikely,gout|ankle_sprain
five,B,perhaps,no,,,routine,unclear,gout
"""
GOOD = TABLE.rsplit("\n", 2)[0] + "\n"


def run(*words, stdin=b"", **environment):
    base = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "SPINEFOOT_RULES")}
    return subprocess.run(
        [sys.executable, "-m", "spinefoot", "evaluate", *words],
        input=stdin,
        capture_output=True,
        cwd=ROOT,
        env={**base, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "TERM": "xterm-256color", **environment},
        timeout=300,
        check=False,
    )


def text(result):
    return result.stdout.decode()
