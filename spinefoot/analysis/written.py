"""Written cases with their settled answers, ready to be asked about all at once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from spinefoot.analysis.bits import Bits, CaseBits
from spinefoot.analysis.expectations import Expectations
from spinefoot.analysis.outcome import Outcome, Reading, conclude
from spinefoot.assessment.intake import settle
from spinefoot.casecheck import case_files
from spinefoot.casefile import read_case_file
from spinefoot.errors import InputError, Location, Problem
from spinefoot.model.assessment import Answers
from spinefoot.model.case import Case
from spinefoot.model.rulebase import RuleBase

__all__ = ["Concluded", "WrittenCases", "conclude_all", "read_written_cases"]


class WrittenCases(msgspec.Struct, frozen=True, kw_only=True):
    """Cases and, in the same order, their answers as rules may read them."""

    cases: tuple[Case, ...]
    answers: tuple[Answers, ...]


class Concluded(msgspec.Struct, frozen=True, kw_only=True):
    """Written cases with what the rule base concludes of them; *passing* come out as they expect."""

    written: WrittenCases
    bits: CaseBits
    reading: Reading
    expectations: Expectations
    outcome: Outcome
    passing: Bits


def read_written_cases(folders: Sequence[Path], rulebase: RuleBase) -> WrittenCases:
    """
    Read the cases beside the rules, and those in *folders* (or single files).

    Raises:
        InputError: With everything that is wrong with any file, and every case whose answers contradict each other.
    """
    missing = [Problem("SF101", "there is no such file or folder", Location(str(path))) for path in folders if not path.exists()]
    if missing:
        raise InputError(missing)
    chosen = [Path(rulebase.directory), *folders]
    files = dict.fromkeys(file for path in chosen for file in ([path] if path.is_file() else case_files(path)))
    cases: list[Case] = []
    answers: list[Answers] = []
    problems: list[Problem] = []
    for file in files:
        try:
            found = read_case_file(file, rulebase)
        except InputError as error:
            problems += error.problems
            continue
        for case in found:
            try:
                answers.append(settle(case, rulebase)[0])
                cases.append(case)
            except InputError as error:
                problems += error.problems
    if problems:
        raise InputError(problems)
    return WrittenCases(cases=tuple(cases), answers=tuple(answers))


def conclude_all(written: WrittenCases, rulebase: RuleBase) -> Concluded:
    """Conclude everything of every case."""
    bits, reading = CaseBits(written.answers), Reading(rulebase)
    outcome, expectations = conclude(rulebase, bits, reading), Expectations(written.cases, rulebase)
    return Concluded(
        written=written,
        bits=bits,
        reading=reading,
        expectations=expectations,
        outcome=outcome,
        passing=bits.everyone & ~expectations.failing(outcome),
    )
