"""What a rule base is told to lack: a case that fires each rule, and a near miss."""

import pytest

from spinefoot.casecheck import rules_without_cases
from spinefoot.model.case import Case, Expected

RULES = [
    "foot_drop_rest_nerve",
    "disc_outlook",
    "lss_cook",
    "ces_feeling",
    "disc_cough",
    "root_l5",
    "self_care_allowed",
    "link_root_sign",
]
KINDS = ["advice", "advice of a cause", "instrument", "red flag", "evidence", "root level", "urgency", "spine link"]


def lacking(rules, rule, **named):
    found = rules_without_cases(rules, [Case(findings={}, expected=Expected(**named))])
    return [problem for problem in found if problem.message.startswith(f"{rule} has no case")]


@pytest.mark.parametrize("rule", RULES, ids=KINDS)
@pytest.mark.parametrize(
    ("firing", "silent", "says"),
    [
        (False, False, "has no case that fires it and none that just misses it"),
        (True, False, "has no case that just misses it"),
        (False, True, "has no case that fires it"),
    ],
    ids=["no case", "no near miss", "no case that fires"],
)
def test_a_rule_needs_a_case_that_fires_it_and_one_that_just_misses_it(rules, rule, firing, silent, says):
    problems = lacking(rules, rule, fires=(rule,) if firing else (), silent=(rule,) if silent else ())

    assert [(problem.code, problem.message) for problem in problems] == [("SF402", f"{rule} {says}")]
    assert problems[0].where == rules.rule[rule].where


@pytest.mark.parametrize("rule", RULES, ids=KINDS)
def test_a_rule_with_both_kinds_of_case_lacks_nothing(rules, rule):
    assert lacking(rules, rule, fires=(rule,), silent=(rule,)) == []
