"""
One million random cases on the shipped rule base: columns against the plain reading, and some through experta as well.

Run: python tests/agreement/million.py [--first N] [--cases N] [--experta N] [--workers N].

What is compared of a case: whether its answers contradict each other; urgency, spine link and root levels; level and score
of every cause; and each pattern, red flag, scope rule, root rule and piece of advice that fired. experta and the plain
reading are compared whole, balance sheets included. A case is known by its number, which is the seed of its answers.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import msgspec
import polars as pl

import spinefoot
from spinefoot.assessment.assess_table import TableAssessor
from spinefoot.assessment.intake import settle
from spinefoot.executors import experta_engine, plain
from spinefoot.executors.columns.plan import column_type
from spinefoot.model.assessment import Conclusions
from tests.agreement.test_columns import tangled_answers
from tests.agreement.test_executors import random_answers

__all__ = ["Compared", "compare"]

_CASES_AT_ONCE = 5000
_TOLD_EVERY = 50_000
_FIRING_KINDS = ("pattern", "red_flag", "scope", "root_level", "advice")


class Compared(NamedTuple):
    """
    How many of some cases came out alike.

    *contradictions* are cases that both refuse, *experta* those that agree with experta too, *differ* the others.
    """

    agree: int
    contradictions: int
    experta: int
    differ: tuple[int, ...]


def compare(rulebase: spinefoot.RuleBase, numbers: Sequence[int], experta_every: int = 0) -> Compared:
    """Compare the cases with these *numbers*; each whose number divides by *experta_every* with experta too."""
    cases = [_case(rulebase, number) for number in numbers]
    schema = {finding.id: column_type(finding) for finding in rulebase.findings}
    table = pl.DataFrame(cases, schema=schema)
    assessed = TableAssessor(rulebase, table.columns, scores=True, firings=True).assess(table)
    rows = assessed.results.iter_rows(named=True)
    agree = contradictions = experta = 0
    differ: list[int] = []
    for number, case, contradicts, row, fired in zip(
        numbers, cases, assessed.contradicts, rows, _fired(assessed.firings, len(cases)), strict=True
    ):
        try:
            settled, _ = settle(spinefoot.case_from_answers(case, rulebase), rulebase)
        except spinefoot.InputError:
            contradictions += contradicts
            if not contradicts:
                differ.append(number)
            continue
        want = plain.infer(rulebase, settled)
        same = not contradicts and _row_says(want, rulebase) == {name: row[name] for name in _row_says(want, rulebase)}
        same = same and fired == _fired_plainly(want, rulebase)
        if experta_every and number % experta_every == 0:
            also = msgspec.structs.replace(experta_engine.infer(rulebase, settled), firings=()) == want
            experta += also
            same = same and also
        agree += same
        if not same:
            differ.append(number)
    return Compared(agree, contradictions, experta, tuple(differ))


def _case(rulebase: spinefoot.RuleBase, number: int) -> dict[str, Any]:
    return (tangled_answers if number % 4 == 0 else random_answers)(rulebase, number)


def _row_says(want: Conclusions, rulebase: spinefoot.RuleBase) -> dict[str, Any]:
    """Return the columns of a row of results by the plain reading."""
    said: dict[str, Any] = {
        "urgency": want.urgency,
        "spine_link": want.spine_link,
        "root_levels": ";".join(want.root_levels),
        "causes_withheld": bool(want.withheld),
    }
    for cause in rulebase.causes:
        score = want.scores.get(cause.id)
        said[f"{cause.id}_level"] = score and score.level
        said[f"{cause.id}_score"] = score and score.score
    return said


def _fired(firings: pl.DataFrame | None, height: int) -> Iterator[dict[str, tuple[str, ...]]]:
    """Yield for each row, by kind, the rules that fired."""
    assert firings is not None
    grouped = firings.filter(pl.col("kind").is_in(_FIRING_KINDS)).group_by("row", "kind", maintain_order=True).agg("rule")
    by_row: dict[int, dict[str, tuple[str, ...]]] = {}
    for row, kind, rules in grouped.iter_rows():
        by_row.setdefault(row, {})[kind] = tuple(rules)
    for row in range(height):
        yield {kind: by_row.get(row, {}).get(kind, ()) for kind in _FIRING_KINDS}


def _fired_plainly(want: Conclusions, rulebase: spinefoot.RuleBase) -> dict[str, tuple[str, ...]]:
    scopes = {scope.id for scope in rulebase.scope}
    return {
        "pattern": want.patterns,
        "red_flag": want.red_flags,
        "scope": tuple(rule for rule in want.withheld if rule in scopes),
        "root_level": want.root_level_rules,
        "advice": want.advice,
    }


def _compare_shipped(task: tuple[int, int, int]) -> Compared:
    first, last, experta_every = task
    return compare(spinefoot.load_rules(), range(first, last), experta_every)


def main() -> None:
    """Print how many cases agree, and the numbers of those that do not."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--first", type=int, default=0, help="number of the first case, to go on after an earlier run")
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--experta", type=int, default=2_500, help="about how many cases experta looks at as well")
    parser.add_argument("--workers", type=int, default=2)
    wanted = parser.parse_args()
    every = max(1, wanted.cases // wanted.experta) if wanted.experta else 0
    last = wanted.first + wanted.cases
    tasks = [(n, min(n + _CASES_AT_ONCE, last), every) for n in range(wanted.first, last, _CASES_AT_ONCE)]
    start = time.perf_counter()
    agree = contradictions = experta = done = 0
    differ: list[int] = []
    # Processes that are forked would share the threads of Polars, and stand still.
    with get_context("spawn").Pool(wanted.workers) as pool:
        for (first, after, _), part in zip(tasks, pool.imap(_compare_shipped, tasks), strict=True):
            agree, contradictions, experta = agree + part.agree, contradictions + part.contradictions, experta + part.experta
            differ += part.differ
            done += after - first
            if sys.stderr.isatty() or done % _TOLD_EVERY == 0:
                print(f"\r{done:,} cases, {len(differ):,} differ", end="", file=sys.stderr, flush=True)
    rulebase = spinefoot.load_rules()
    print(f"rule base {rulebase.version} ({rulebase.sha256[:12]}), {time.perf_counter() - start:,.0f} s")
    print(
        f"{done:,} random cases from number {wanted.first:,}: {agree:,} agree, {contradictions:,} both refuse as contradictory, "
        f"{len(differ):,} differ"
    )
    print(f"of those that agree, {experta:,} agree with experta as well")
    if differ:
        print(f"cases that differ, by seed: {', '.join(map(str, differ[:50]))}")
        sys.exit(1)


if __name__ == "__main__":
    main()
