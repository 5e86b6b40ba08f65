"""
Batch against its rivals, in one run on one machine: what its figures mean depends on what else ran there.

Run: python tests/benchmarks/batch.py [--rows N] [--repeats N] [--growth N] [--cases N] [--only PART]

    files     batch from Parquet to Parquet and from CSV to CSV, against Polars reading and writing the same columns and
              doing nothing with them; each in a process of its own, in turn, start-up included
    rows      how time and peak memory grow with rows, from 10,000 to --growth
    rules     how the columns executor grows with rules, from 100 to 2,000 generated ones, on a table in memory
    engines   the red flags, one case after another, by experta, CLIPS and GoRules zen, and all at once by columns; that
              they fire the same rules is checked before anything is timed

Rows are drawn at random: half of the findings are answered, one in ten with yes, and no answer contradicts another. No test
passes or fails on this.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import msgspec
import numpy as np
import polars as pl

import spinefoot
from spinefoot.assessment.assess_table import TableAssessor
from spinefoot.assessment.intake import settle
from spinefoot.executors import experta_engine, plain
from spinefoot.executors.columns.plan import column_type
from spinefoot.model.assessment import Answers
from spinefoot.model.conditions import AllOf, AnyOf, Condition, Count, Holds, Not
from spinefoot.model.findings import Finding
from spinefoot.model.knowledge import RedFlag
from tests.agreement.clips_rules import ClipsRules
from tests.agreement.test_executors import random_answers
from tests.benchmarks.zen_rules import ZenRules

ROOT = Path(__file__).resolve().parents[2]
ANSWERED, YES = 0.5, 0.1
PART_ROWS = 100_000
DISTINCT_PARTS = 10
BARE = {
    "parquet": "import polars as pl, sys; pl.scan_parquet(sys.argv[1]).sink_parquet(sys.argv[2])",
    "csv": "import polars as pl, sys; pl.scan_csv(sys.argv[1], infer_schema=False).sink_csv(sys.argv[2])",
}


class Cost(NamedTuple):
    """What a process took: *wall* and *cpu* seconds, and the most memory it had, in MiB."""

    wall: float
    cpu: float
    peak_mib: float


def cost_of(command: Sequence[str]) -> Cost:
    """Run *command* and measure it; the process must succeed."""
    start = time.perf_counter()
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=errors)
        peak = 0.0
        # ru_maxrss begins with what the parent had when it forked; the mark in /proc begins with the new program.
        while os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            peak = max(peak, _high_water_mib(process.pid))
            time.sleep(0.02)
        wall = time.perf_counter() - start
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            errors.seek(0)
            sys.exit(f"{' '.join(map(str, command[:4]))}: {errors.read().decode()}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, peak)


def _high_water_mib(pid: int) -> float:
    """Return the most memory that process *pid* had so far, in MiB; 0 once it has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


def medians(costs: Sequence[Cost]) -> Cost:
    return Cost(*(statistics.median(values) for values in zip(*costs, strict=True)))


def rule_count(rulebase: spinefoot.RuleBase) -> int:
    return sum(1 for _ in rulebase.rules())


def random_table(rulebase: spinefoot.RuleBase, rows: int, seed: int) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    implied = {i.then for i in rulebase.implications}
    return pl.DataFrame([_column(finding, rows, rng, always_yes=finding.id in implied) for finding in rulebase.findings])


def _column(finding: Finding, rows: int, rng: np.random.Generator, always_yes: bool) -> pl.Series:
    """Draw a column; a finding that others imply is yes or unknown, so that nothing can contradict it."""
    if finding.kind == "yes_no":
        values = pl.Series(rng.random(rows) < (1.0 if always_yes else YES))
    elif finding.kind == "number":
        low = int(finding.min or 0)
        values = pl.Series(rng.integers(low, int(min(finding.max or 0, low + 120)) + 1, rows)).cast(pl.Float64)
    else:
        values = pl.Series(rng.integers(0, len(finding.option_ids), rows), dtype=pl.UInt8).cat.to(column_type(finding))
    share = YES if always_yes else ANSWERED
    known = pl.Series("known", rng.random(rows) < share)
    return pl.DataFrame([values.rename("value"), known]).select(pl.when("known").then("value").alias(finding.id)).to_series()


def write_inputs(rulebase: spinefoot.RuleBase, rows: int, folder: Path, kinds: Sequence[str]) -> dict[str, Path]:
    """Write a table of *rows* rows in each of *kinds*, in parts; rows repeat after `DISTINCT_PARTS` of these."""
    distinct = [folder / f"part-{number}.parquet" for number in range(min(DISTINCT_PARTS, -(-rows // PART_ROWS)))]
    for number, part in enumerate(distinct):
        random_table(rulebase, min(PART_ROWS, rows), number).write_parquet(part)
    parts = [distinct[number % DISTINCT_PARTS] for number in range(-(-rows // PART_ROWS))]
    paths = {kind: folder / f"in-{rows}.{kind}" for kind in kinds}
    for kind, path in paths.items():
        table = pl.concat([pl.scan_parquet(part) for part in parts]).head(rows)
        if kind == "parquet":
            table.sink_parquet(path)
        else:
            table.with_columns(pl.selectors.boolean().replace_strict([True, False], ["yes", "no"])).sink_csv(path)
    for part in distinct:
        part.unlink()
    return paths


def batch_command(source: Path, target: Path) -> list[str]:
    return [sys.executable, "-m", "spinefoot", "batch", str(source), "-o", str(target), "--force"]


def files(rulebase: spinefoot.RuleBase, rows: int, repeats: int, folder: Path) -> None:
    rules = rule_count(rulebase)
    print(
        f"\n== Files: {rows:,} rows, {len(rulebase.findings)} columns, {rules:,} rules; medians of {repeats}, start-up included"
    )
    for kind, source in write_inputs(rulebase, rows, folder, ["parquet", "csv"]).items():
        target = folder / f"out.{kind}"
        runs = {
            "bare read and write": [sys.executable, "-c", BARE[kind], str(source), str(target)],
            "spinefoot batch": batch_command(source, target),
        }
        costs: dict[str, list[Cost]] = {name: [] for name in runs}
        for _ in range(repeats):
            for name, command in runs.items():
                costs[name].append(cost_of(command))
        print(f"{kind} ({source.stat().st_size / 2**20:,.0f} MiB)")
        bare = medians(costs["bare read and write"])
        for name, measured in costs.items():
            m = medians(measured)
            print(
                f"  {name:20} {m.wall:7.1f} s wall {m.cpu:7.1f} s CPU {m.peak_mib:7,.0f} MiB peak"
                f" {rows / m.wall:11,.0f} rows/s {rows * rules / m.wall if name != 'bare read and write' else 0:15,.0f} rules/s"
                f"   {m.wall / bare.wall:5.2f} x wall {m.cpu / bare.cpu:5.2f} x CPU"
            )
        source.unlink()


def growth_with_rows(rulebase: spinefoot.RuleBase, most: int, folder: Path) -> None:
    print("\n== Growth with rows: Parquet to Parquet, one run each")
    rows = 10_000
    while rows <= most:
        [source] = write_inputs(rulebase, rows, folder, ["parquet"]).values()
        m = cost_of(batch_command(source, folder / "out.parquet"))
        print(
            f"  {rows:12,} rows {m.wall:8.1f} s wall {m.cpu:8.1f} s CPU {m.peak_mib:7,.0f} MiB peak {rows / m.wall:11,.0f} rows/s"
        )
        source.unlink()
        rows *= 10


def growth_with_rules(base: spinefoot.RuleBase, rows: int) -> None:
    print(f"\n== Growth with rules: generated red flags over 60 findings, {rows:,} rows in memory")
    findings = tuple(finding for finding in base.findings if finding.kind == "yes_no")[:60]
    for number in (100, 200, 500, 1000, 2000):
        rng = random.Random(number)
        flags = tuple(_random_flag(f"generated_{n}", findings, base, rng) for n in range(number))
        rulebase = msgspec.structs.replace(only_red_flags(base), findings=findings, patterns=(), red_flags=flags, implications=())
        table = random_table(rulebase, rows, number)
        start = time.perf_counter()
        assessor = TableAssessor(rulebase, table.columns)
        compiled = time.perf_counter()
        assessor.assess(table)
        seconds = time.perf_counter() - compiled
        print(
            f"  {number:6,} rules {seconds:7.2f} s {rows / seconds:12,.0f} rows/s {rows * number / seconds:16,.0f} rules/s"
            f"   (compiled in {compiled - start:.2f} s)"
        )


def _random_flag(name: str, findings: Sequence[Finding], base: spinefoot.RuleBase, rng: random.Random) -> RedFlag:
    def tree(depth: int) -> Condition:
        kind = rng.choice(["all", "any", "not", "count", "leaf", "leaf"]) if depth else "leaf"
        if kind == "leaf":
            return Holds(rng.choice(findings).id)
        if kind == "not":
            return Not(tree(0))
        parts = tuple(tree(depth - 1) for _ in range(rng.randint(2, 4)))
        return Count(2, parts) if kind == "count" else AllOf(parts) if kind == "all" else AnyOf(parts)

    unless = tree(1) if rng.random() < 0.5 else None
    urgency = rng.choice(list(base.urgency_rank)[:-1])
    return RedFlag(id=name, title="-", when=tree(2), unless=unless, urgency=urgency, because="-", sources=())


def only_red_flags(rulebase: spinefoot.RuleBase) -> spinefoot.RuleBase:
    """Return *rulebase* with nothing but red flags and the patterns that they read."""
    nothing: dict[str, Any] = dict.fromkeys(
        ("scope", "causes", "root_level_rules", "urgency_rules", "spine_link_rules", "advice", "instruments"), ()
    )
    read: set[str] = set()
    for pattern in reversed(rulebase.ordered_patterns):
        conditions = [c for flag in rulebase.red_flags for c in (flag.when, flag.unless) if c is not None]
        conditions += [rulebase.pattern[name].when for name in read]
        if any(pattern.id in rulebase.patterns_in(condition) for condition in conditions):
            read.add(pattern.id)
    return msgspec.structs.replace(rulebase, patterns=tuple(p for p in rulebase.patterns if p.id in read), **nothing)


def engines(base: spinefoot.RuleBase, cases: int, rows: int) -> None:
    rulebase = only_red_flags(base)
    settled = settled_cases(base, cases)
    rules = rule_count(rulebase)
    print(
        f"\n== Engines: {len(rulebase.red_flags)} red flags and {len(rulebase.patterns)} patterns, {len(settled)} cases"
        f" with {statistics.mean(map(len, settled)):.0f} answers on average, one after another"
    )
    started: dict[str, float] = {}

    def timed(name: str, make: Callable[[], Any]) -> Any:
        start = time.perf_counter()
        made = make()
        started[name] = time.perf_counter() - start
        return made

    clips = timed("CLIPS", lambda: ClipsRules(rulebase, ["red_flag"]))
    zen = timed("GoRules zen", lambda: ZenRules(rulebase))
    timed("experta", lambda: experta_engine.infer(rulebase, settled[0]))
    one_by_one: dict[str, Callable[[Answers], set[str]]] = {
        "experta": lambda answers: set(experta_engine.infer(rulebase, answers).red_flags),
        "CLIPS": lambda answers: clips.fire(answers).red_flags,
        "GoRules zen": zen.fire,
        "plain reading": lambda answers: set(plain.infer(rulebase, answers).red_flags),
    }
    table = pl.DataFrame(list(map(dict, settled)), schema={finding.id: column_type(finding) for finding in base.findings})
    timed("columns", lambda: TableAssessor(rulebase, table.columns, firings=True))
    by_columns = flags_by_columns(rulebase, table)
    for name, fire in one_by_one.items():
        agree = sum(fire(answers) == flags for answers, flags in zip(settled, by_columns, strict=True))
        print(f"  {name} and columns fire the same red flags in {agree} of {len(settled)} cases")
        if agree < len(settled):
            sys.exit("engines that do not agree are not compared")
    rates = {}
    for name, fire in one_by_one.items():
        start = time.perf_counter()
        for answers in settled:
            fire(answers)
        rates[name] = len(settled) / (time.perf_counter() - start)
    many = pl.concat([table] * (rows // table.height + 1)).head(rows).rechunk()
    assessor = TableAssessor(rulebase, many.columns)
    start = time.perf_counter()
    for part in many.iter_slices(PART_ROWS):
        assessor.assess(part)
    rates["columns"] = many.height / (time.perf_counter() - start)
    for name, rate in rates.items():
        made = f"{started[name]:.2f} s to set up" if name in started else ""
        print(
            f"  {name:14} {rate:12,.0f} cases/s {rate * rules:16,.0f} rules/s {rate / rates['experta']:10,.1f} x experta   {made}"
        )


def flags_by_columns(rulebase: spinefoot.RuleBase, table: pl.DataFrame) -> list[set[str]]:
    """Return the red flags that fire in each row."""
    firings = TableAssessor(rulebase, table.columns, firings=True).assess(table).firings
    assert firings is not None
    found: list[set[str]] = [set() for _ in range(table.height)]
    for row, rule in firings.filter(pl.col("kind") == "red_flag").select("row", "rule").iter_rows():
        found[row].add(rule)
    return found


def settled_cases(rulebase: spinefoot.RuleBase, number: int) -> list[Answers]:
    found: list[Answers] = []
    for seed in range(10 * number):
        try:
            found.append(settle(spinefoot.case_from_answers(random_answers(rulebase, seed), rulebase), rulebase)[0])
        except spinefoot.InputError:
            continue  # random answers may contradict each other
        if len(found) == number:
            break
    return found


def main() -> None:
    """Print all tables, or one part."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000, help="of the files")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--growth", type=int, default=1_000_000, help="most rows of the growth; 10000000 needs 1 GiB of disk")
    parser.add_argument("--cases", type=int, default=300, help="for the engines")
    parser.add_argument("--only", choices=["files", "rows", "rules", "engines"])
    wanted = parser.parse_args()
    rulebase = spinefoot.load_rules()
    load = os.getloadavg()[0]
    print(
        f"spinefoot {spinefoot.__version__}, rule base {rulebase.version}, Polars {pl.__version__}, Python"
        f" {sys.version.split()[0]}; {os.cpu_count()} cores, load {load:.1f} at the start"
    )
    with tempfile.TemporaryDirectory(prefix="spinefoot-benchmark-") as folder:
        if wanted.only in (None, "engines"):
            engines(rulebase, wanted.cases, 100_000)
        if wanted.only in (None, "rules"):
            growth_with_rules(rulebase, 200_000)
        if wanted.only in (None, "files"):
            files(rulebase, wanted.rows, wanted.repeats, Path(folder))
        if wanted.only in (None, "rows"):
            growth_with_rows(rulebase, wanted.growth, Path(folder))
    print(f"load {os.getloadavg()[0]:.1f} at the end")


if __name__ == "__main__":
    main()
