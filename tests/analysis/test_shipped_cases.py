"""What the written cases of the shipped rule base would notice. The whole of it: `spinefoot rules mutate tests/cases`."""

from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from spinefoot.analysis.explained import explained_file, read_explanations
from spinefoot.analysis.mutants import mutants
from spinefoot.analysis.mutation import try_mutants
from spinefoot.analysis.report import MutationReport
from spinefoot.analysis.written import conclude_all, read_written_cases

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def concluded(rules):
    return conclude_all(read_written_cases([ROOT / "tests" / "cases"], rules), rules)


def test_a_case_notices_every_red_flag_that_is_removed_or_lowered(rules, concluded):
    changes = ("rule removed", "urgency lowered")
    vital = [mutant for mutant in mutants(rules) if mutant.kind == "red_flag" and mutant.change in changes]
    tried = tuple(try_mutants(vital, concluded))

    assert len(vital) >= len(rules.red_flags)
    assert [(one.mutant.rule, one.mutant.says) for one in tried if one.fate != "noticed"] == []
    assert MutationReport(tried=tried).meets_aims


def test_a_case_notices_every_gate_that_is_dropped_from_a_red_flag(rules, concluded):
    gates = [mutant for mutant in mutants(rules) if mutant.kind == "red_flag" and mutant.change == "gate dropped"]

    assert gates
    assert [one.mutant.rule for one in try_mutants(gates, concluded) if one.fate != "noticed"] == []


def test_every_explanation_is_about_a_rule_that_there_is(rules):
    path = explained_file(rules.directory)
    assert path is not None
    named = [explanation.rule for explanation in read_explanations(path).stale()]

    there_are = [*rules.rule, *rules.finding]
    assert [name for name in named if not any(fnmatchcase(rule, name) for rule in there_are)] == []
