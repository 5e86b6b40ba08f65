"""
Start-up: the wall time of `assess` on one case against the bare import of typer, rich and experta, and of loading the rules.

Run: python tests/benchmarks/startup.py [RUNS]. All are measured in turn, in this run; the ratio of minima and of medians is what
counts (aim: 2.5 or less with the trace, and 150 ms to load the rules). No test passes or fails on it.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
RUNS = 15
# experta cannot be imported by itself on Python 3.10 and later; the lent aliases are part of the bare import.
BARE = "import typer, rich.console, spinefoot.executors.experta_import"
CASE = str(ROOT / "examples" / "foot-drop.yaml")
COMMANDS = {
    "bare import": ["-c", BARE],
    "assess": ["-m", "spinefoot", "assess", CASE],
    "assess --trace": ["-m", "spinefoot", "assess", "--trace", CASE],
    "assess --json": ["-m", "spinefoot", "assess", "--json", CASE],
    "--help": ["-m", "spinefoot", "--help"],
}
LOAD = (
    "import time; start = time.perf_counter(); from spinefoot.rulebase.store import load_rules; load_rules(); "
    "print(time.perf_counter() - start)"
)


def main() -> None:
    """Print minima and medians in milliseconds, and ratios."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    with tempfile.TemporaryDirectory() as cache:
        # Installed packages are compiled to bytecode; a checkout is only if Python may write there.
        environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
        environment["SPINEFOOT_CACHE"] = cache
        times: dict[str, list[float]] = {name: [] for name in [*COMMANDS, "load, cached", "load, no cache"]}
        for run in range(runs + 1):
            measured = {name: _wall_time(arguments, environment) for name, arguments in COMMANDS.items()}
            measured["load, cached"] = _load_time(environment)
            measured["load, no cache"] = _load_time({**environment, "SPINEFOOT_CACHE": ""})
            for name, seconds in measured.items() if run else ():  # the first round warms the caches
                times[name].append(seconds)
    bare = times["bare import"]
    print(f"{'':15} {'min ms':>7} {'median':>7}   x bare import (min, median)")
    for name, seconds in times.items():
        low, middle = min(seconds), statistics.median(seconds)
        ratios = f"{low / min(bare):5.2f} {middle / statistics.median(bare):5.2f}" if name in COMMANDS else ""
        print(f"{name:15} {low * 1000:7.0f} {middle * 1000:7.0f}   {ratios}".rstrip())


def _wall_time(arguments: list[str], environment: dict[str, str]) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, *arguments], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def _load_time(environment: dict[str, str]) -> float:
    done = subprocess.run([sys.executable, "-c", LOAD], cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    return float(done.stdout)


if __name__ == "__main__":
    main()
