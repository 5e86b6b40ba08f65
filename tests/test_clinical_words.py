"""The clinical terms of the shipped findings: there for everything that a clinician is asked, short, and of their own."""

from __future__ import annotations

import shutil
from collections import Counter

from spinefoot.rulebase.load import read_rulebase
from spinefoot.rulebase.locate import read_files, rules_directory

LONGEST = 60
"""Characters: a term and its number leave room on a line of 80 columns."""


def terms(rules):
    return {finding.id: finding.clinical for finding in rules.findings if finding.clinical is not None}


def test_every_finding_that_a_clinician_is_asked_has_clinical_words(rules):
    assert [finding.id for finding in rules.findings if finding.in_clinical_words is None] == []


def test_only_an_examination_finding_may_be_named_by_its_question(rules):
    bare = [finding for finding in rules.findings if finding.clinical is None]

    assert bare
    assert {finding.observer for finding in bare} == {"clinician"}


def test_a_clinical_term_is_a_short_phrase_and_not_a_sentence(rules):
    for name, term in terms(rules).items():
        assert term == term.strip(), name
        assert 0 < len(term) <= LONGEST, name
        assert term[0].isupper() or term[0].isdigit(), name
        assert term[-1] not in ".?!:;,", name


def test_no_two_findings_share_a_clinical_term(rules):
    assert [term for term, times in Counter(terms(rules).values()).items() if times > 1] == []


def test_an_examination_finding_has_a_term_only_where_its_question_is_not_one(rules):
    for finding in rules.findings:
        assert finding.clinical != finding.question.removesuffix("?"), finding.id


def test_the_nerves_in_a_term_are_those_of_the_body_map(rules):
    for area in rules.areas:
        term = rules.finding[area.numb].clinical if area.numb else None
        if term and term.startswith("Sensory change") and "(" in term:
            assert area.nerves is not None, area.id
            roots = [root for root in ("L2", "L3", "L4", "L5", "S1", "S2") if root in area.nerves]
            assert [root for root in ("L2", "L3", "L4", "L5", "S1", "S2") if root in term] == roots, area.id


def test_what_counts_only_when_new_is_called_new_in_clinical_terms_too(rules):
    unsaid = [
        finding.id
        for finding in rules.findings
        if finding.id.endswith("_new") and finding.clinical is not None and "new" not in finding.clinical.lower()
    ]

    assert unsaid == []


def test_a_rule_base_without_clinical_terms_has_no_problem_by_that(tmp_path):
    folder = tmp_path / "rules"
    shutil.copytree(rules_directory(), folder, ignore=shutil.ignore_patterns("*.cases.yaml", "schema"))
    for path in sorted((folder / "findings").glob("*.yaml")):
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        path.write_text("".join(line for line in lines if not line.startswith("    clinical: ")), encoding="utf-8")

    rulebase = read_rulebase(read_files(folder), str(folder))

    assert terms(rulebase) == {}
