"""
How long the interview is: screens asked of simulated people, against the full questionnaire.

    python tests/benchmarks/interview.py [--cases N] [--seed S] [FOLDER...]

Each written case is a person who answers as the case says, "no" to every other yes-or-no question, "none" where a choice
offers it, passes the strength tests that the case does not mention, and says "I don't know" to the rest. The full
questionnaire asks the same person everything that applies. Printed: screens (median, 90th percentile), screens before an
emergency is named, whether the verdict is that of the full questionnaire, and the processor time from a reply to the next
screen.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import spinefoot
from spinefoot.casecheck import case_files
from spinefoot.casefile import read_case_file
from spinefoot.interview.session import Session
from spinefoot.model.assessment import Conclusions
from spinefoot.model.findings import Value
from spinefoot.model.rulebase import NO_ANSWER_NEEDED
from spinefoot.planning.screens import Screen

CASES = Path(__file__).resolve().parent.parent / "cases"


PASSED = {"heel_walk": "fine", "single_heel_raise": "equal", "foot_lift_strength": "normal"}


class Interviewed(NamedTuple):
    """One simulated interview."""

    case: str
    screens: int
    emergency_named_after: int | None
    urgency_settled_after: int | None
    seconds: list[float]
    conclusions: Conclusions
    asked: list[Screen]


def reply(case: spinefoot.Case, name: str, rulebase: spinefoot.RuleBase) -> Value | None:
    """What the simulated person says."""
    finding = rulebase.finding[name]
    if name in case.findings:
        return case.findings[name]
    if finding.kind == "yes_no":
        return False
    if name in PASSED:
        return PASSED[name]
    return NO_ANSWER_NEEDED if NO_ANSWER_NEEDED in finding.option_ids else None


def interview(case: spinefoot.Case, rulebase: spinefoot.RuleBase, *, everything: bool = False) -> Interviewed:
    """Interview a simulated person to the end."""
    session = Session(rulebase, everything=everything)
    named = settled = None
    seconds: list[float] = []
    highest = rulebase.urgencies[0].id
    while True:
        started = time.process_time()
        screen = session.next_screen()
        seconds.append(time.process_time() - started)
        standing = session.standing
        if named is None and standing.conclusions.urgency == highest and not standing.gate_is_open:
            named = len(session.steps)
        if settled is None and standing.urgency_is_settled:
            settled = len(session.steps)
        if screen is None:
            asked = [step.screen for step in session.steps]
            return Interviewed(case.id, len(session.steps), named, settled, seconds, standing.conclusions, asked)
        started = time.process_time()
        session.reply(screen, {name: reply(case, name, rulebase) for name in screen.findings})
        seconds[-1] += time.process_time() - started


def verdict(conclusions: Conclusions) -> tuple[object, ...]:
    """What a person acts on."""
    likely = sorted(cause for cause, score in conclusions.scores.items() if score.level == "likely")
    return conclusions.urgency, conclusions.spine_link, conclusions.root_levels, likely


def people(folders: list[Path], rulebase: spinefoot.RuleBase) -> Iterator[spinefoot.Case]:
    """Written cases whose answers, all of them self-observed, do not contradict each other."""
    for folder in folders:
        for path in case_files(folder):
            for case in read_case_file(path, rulebase):
                kept = {n: v for n, v in case.findings.items() if rulebase.finding[n].observer != "clinician"}
                yield spinefoot.Case(id=case.id, findings=kept)


def row(label: str, numbers: list[int] | list[float], unit: str = "") -> None:
    """Print median, 90th percentile and maximum."""
    if numbers:
        ninth = statistics.quantiles(numbers, n=10)[8] if len(numbers) > 1 else numbers[0]
        print(f"{label:<52} {statistics.median(numbers):7.1f} {ninth:7.1f} {max(numbers):7.1f} {unit}")


def main() -> None:
    parser = argparse.ArgumentParser(description="Length of the interview.")
    parser.add_argument("folders", nargs="*", type=Path, default=[CASES])
    parser.add_argument("--cases", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--show", action="store_true", help="print the screens of each interview")
    wanted = parser.parse_args()
    rulebase = spinefoot.load_rules()
    cases = list(people(wanted.folders, rulebase))
    random.Random(wanted.seed).shuffle(cases)
    planned: list[Interviewed] = []
    full: list[Interviewed] = []
    contradictory = different = 0
    for case in cases[: wanted.cases]:
        try:
            planned.append(interview(case, rulebase))
            full.append(interview(case, rulebase, everything=True))
        except spinefoot.InputError:
            contradictory += 1
            planned = planned[: len(full)]
            continue
        if verdict(planned[-1].conclusions) != verdict(full[-1].conclusions):
            different += 1
            print(f"{case.id}: {verdict(planned[-1].conclusions)} instead of {verdict(full[-1].conclusions)}")
        if wanted.show:
            one = planned[-1]
            print(f"{one.case}: {one.screens} screens, emergency after {one.emergency_named_after}, {one.conclusions.urgency}")
            for screen in one.asked:
                print(f"    {screen.topic:<18} {screen.checklist or '-':<24} {len(screen.findings):>2} {screen.findings[0]}")
    emergencies = [one for one in planned if one.emergency_named_after is not None]
    others = [one for one in planned if one.emergency_named_after is None]
    print(f"{len(planned)} people, {contradictory} left out for contradictions; {len(emergencies)} of them emergencies")
    print(f"{'':<52} {'median':>7} {'90 %':>7} {'most':>7}")
    row("screens where there is no emergency", [one.screens for one in others])
    row("  until the urgency was settled", [one.urgency_settled_after or 0 for one in others])
    row("  full questionnaire", [b.screens for a, b in zip(planned, full, strict=True) if a in others])
    row("screens before an emergency was named", [one.emergency_named_after or 0 for one in emergencies])
    row("  screens in all", [one.screens for one in emergencies])
    row("time to the next screen, ms", [1000 * s for one in planned for s in one.seconds])
    print(f"another verdict than the full questionnaire gives: {different}")


if __name__ == "__main__":
    main()
