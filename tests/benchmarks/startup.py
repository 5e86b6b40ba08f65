"""
Start-up: the wall time of `assess` on one case against the bare import of typer, rich and experta.

Run: python tests/benchmarks/startup.py. Both are measured in turn, in this run; the ratio of medians is what counts
(aim: 2.5 or less). No test passes or fails on it.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
RUNS = 9
# experta cannot be imported by itself on Python 3.10 and later; the lent aliases are part of the bare import.
BARE = "import typer, rich.console, spinefoot.executors.experta_import"
COMMANDS = {
    "bare import": [sys.executable, "-c", BARE],
    "assess": [sys.executable, "-m", "spinefoot", "assess", str(ROOT / "examples" / "foot-drop.yaml")],
    "--help": [sys.executable, "-m", "spinefoot", "--help"],
}


def main() -> None:
    """Print medians in milliseconds and ratios."""
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for run in range(RUNS + 1):
        for name, command in COMMANDS.items():
            start = time.perf_counter()
            subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
            if run:  # the first round warms the caches
                times[name].append(time.perf_counter() - start)
    bare = statistics.median(times["bare import"])
    for name, seconds in times.items():
        median = statistics.median(seconds)
        print(f"{name:12} {median * 1000:7.0f} ms   {median / bare:5.2f} x bare import")


if __name__ == "__main__":
    main()
