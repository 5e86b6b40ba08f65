"""Symptom files: what every spelling means, and what is refused with its place."""

import json

import pytest

from spinefoot.assessment.assess import assess
from spinefoot.casefile import case_from_answers, read_case_file, read_cases
from spinefoot.errors import InputError


def read(text, rules, kind="yaml"):
    return read_cases(text if isinstance(text, bytes) else text.encode(), kind, "me." + kind, rules)


def refused(text, rules, kind="yaml"):
    with pytest.raises(InputError) as caught:
        read(text, rules, kind)
    return [str(problem) for problem in caught.value.problems]


YES = ["yes", "y", "true", "present", "1", "YES", "True", '"yes"', "'1'"]
NO = ["no", "n", "false", "absent", "0", "No", "FALSE", '"no"', "'0'"]
NULL_SIGN = pytest.param("~", None)
UNKNOWN = ["unknown", "", "null", "none given", "not known", "na", "n/a", "'?'", '""', "Unknown", '" "']


@pytest.mark.parametrize(
    ("word", "meaning"),
    [(w, True) for w in YES] + [(w, False) for w in NO] + [(w, None) for w in UNKNOWN] + [NULL_SIGN],
)
def test_every_spelling_of_an_answer_means_what_a_person_expects(word, meaning, rules):
    [case] = read(f"findings:\n  foot_drop: {word}\n", rules)

    assert case.findings.get("foot_drop") is meaning


@pytest.mark.parametrize("blank", ["NaN", "nan", ".nan"])
def test_nan_is_unknown(blank, rules):
    [case] = read(f"findings:\n  age_years: {blank}\n", rules)

    assert case.findings == {}


def test_nan_given_in_python_is_unknown(rules):
    assert case_from_answers({"age_years": float("nan")}, rules).findings == {}


@pytest.mark.parametrize("age", ["430", "-1", "121", "1e9"])
def test_a_number_out_of_range_is_refused_at_its_place(age, rules):
    [message] = refused(f"findings:\n  age_years: {age}\n", rules)

    assert message.startswith("me.yaml:2:") and "SF604" in message and "age_years" in message


@pytest.mark.parametrize("edge", ["min", "max"])
def test_the_ends_of_a_range_are_inside(edge, rules):
    bound = getattr(rules.finding["age_years"], edge)

    assert read(f"findings:\n  age_years: {bound:g}\n", rules)[0].findings == {"age_years": bound}


def test_a_misspelt_finding_is_refused_with_the_nearest_spelling(rules):
    assert refused("findings:\n  foot_dorp: yes\n", rules) == [
        'me.yaml:2:3: SF602 unknown finding "foot_dorp"; did you mean "foot_drop"?'
    ]


def test_a_wrong_option_is_refused_with_the_nearest_option(rules):
    [message] = refused("findings:\n  course_last_week: beter\n", rules)

    assert message.startswith('me.yaml:2:21: SF605 course_last_week is "beter"')
    assert message.endswith('did you mean "better"?')


def test_a_word_that_is_neither_yes_nor_no_is_refused(rules):
    assert refused("findings:\n  foot_drop: sometimes\n", rules) == [
        'me.yaml:2:14: SF603 foot_drop is "sometimes"; it takes yes, no or unknown'
    ]


def test_points_are_expected_of_a_published_score_that_there_is(rules):
    text = "findings: {}\nexpected: {instruments: {dn5: 4}}\n"

    assert refused(text, rules) == ['me.yaml:2:26: SF607 unknown instrument "dn5"; did you mean "dn4"?']


def test_an_expectation_that_names_nothing_is_told_where_it_stands_with_what_is_allowed(rules):
    text = """id: c
findings: {age_years: 52}
expected:
  urgency: SOON
  causes: [gaut, other]
  spine_link: [unclear, likly]
  root_levels: [L9]
  fires:
    - motor_nwe
  levels: {gaut: likely}
"""

    assert refused(text, rules) == [
        'me.yaml:4:12: SF607 unknown urgency "SOON"; did you mean "soon"?',
        'me.yaml:5:12: SF607 unknown cause "gaut"; did you mean "gout"?',
        'me.yaml:5:18: SF607 unknown cause "other"; `spinefoot rules list --kind cause` lists them',
        'me.yaml:6:25: SF607 unknown verdict "likly"; did you mean "likely"?',
        'me.yaml:7:17: SF607 unknown root level "L9"; allowed: L3, L4, L5, S1, or [] where none should be named',
        'me.yaml:9:7: SF607 unknown rule "motor_nwe"; did you mean "motor_new"?',
        'me.yaml:10:12: SF607 unknown cause "gaut"; did you mean "gout"?',
    ]


def test_an_expected_verdict_with_nothing_near_it_lists_those_that_there_are(rules):
    assert refused("findings: {}\nexpected: {spine_link: perhaps}\n", rules) == [
        'me.yaml:2:24: SF607 unknown verdict "perhaps"; allowed: likely, possibly, unlikely, unclear'
    ]


def test_a_pattern_cannot_be_answered(rules):
    [message] = refused(f"findings:\n  {rules.patterns[0].id}: yes\n", rules)

    assert message.startswith("me.yaml:2:3: SF602") and "cannot be answered" in message


def test_all_that_is_wrong_is_reported_at_once_in_order(rules):
    messages = refused("findings:\n  foot_dorp: yes\n  age_years: 430\n  foot_drop: maybe\n", rules)

    assert [message.split()[1] for message in messages] == ["SF602", "SF604", "SF603"]


def test_a_no_against_what_another_answer_implies_is_a_contradiction(rules):
    [case] = read("findings:\n  active_cancer: yes\n  cancer_history: no\n", rules)

    with pytest.raises(InputError) as caught:
        assess(case, rules)

    [problem] = caught.value.problems
    assert problem.code == "SF606"
    assert "active_cancer" in problem.message and "cancer_history" in problem.message
    assert problem.where.file == "me.yaml" and problem.where.line in (2, 3)


def test_a_no_that_cannot_be_trusted_is_kept_unknown_and_traced(rules):
    [case] = read("findings:\n  fever: no\n  fever_tablet_8h: yes\n", rules)

    result = assess(case, rules)

    assert result.answers.get("fever") is None
    assert [(f.rule, f.concludes) for f in result.trace if f.stage == "input"] == [
        ("fever", 'the answer "no" to fever is kept as unknown')
    ]


YAML = "id: me\nfindings:\n  age_years: 46\n  foot_drop: yes\n  back_pain_now: no\n  course_last_week: better\n"
JSON = {"id": "me", "findings": {"age_years": 46, "foot_drop": True, "back_pain_now": False, "course_last_week": "better"}}
TOML = 'id = "me"\n[findings]\nage_years = 46\nfoot_drop = true\nback_pain_now = false\ncourse_last_week = "better"\n'


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("yaml", YAML),
        ("json", json.dumps(JSON)),
        ("json", json.dumps(JSON, indent="\t")),
        ("toml", TOML),
    ],
    ids=["yaml", "json", "json with tabs", "toml"],
)
def test_each_format_gives_the_same_findings(kind, text, rules):
    [case] = read(text, rules, kind)

    assert case.id == "me"
    assert case.findings == {"age_years": 46, "foot_drop": True, "back_pain_now": False, "course_last_week": "better"}


@pytest.mark.parametrize(
    ("kind", "text", "place"),
    [
        ("yaml", "findings:\n  foot_dorp: yes\n", "me.yaml:2:3:"),
        ("json", '{"findings": {\n\t"foot_dorp": true}}', "me.json:2:2:"),
        ("toml", "[findings]\nfoot_dorp = true\n", "me.toml:2:"),
    ],
    ids=["yaml", "json", "toml"],
)
def test_a_message_says_where_in_each_format(kind, text, place, rules):
    [message] = refused(text, rules, kind)

    assert message.startswith(place)


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        ("yaml", "findings:\n  foot_drop: yes\n  foot_drop: no\n", "foot_drop"),
        ("json", '{"findings": {"foot_drop": true, "foot_drop": false}}', "foot_drop"),
        ("toml", "[findings]\nfoot_drop = true\nfoot_drop = false\n", ":3:"),
    ],
    ids=["yaml", "json", "toml"],
)
def test_an_answer_given_twice_is_refused(kind, text, words, rules):
    [message] = refused(text, rules, kind)

    assert ("SF105" in message or kind == "toml") and words in message


@pytest.mark.parametrize("text", ["", "# only a comment\n", "{}"])
def test_a_file_without_a_case_is_refused(text, rules):
    [message] = refused(text, rules)

    assert "SF601" in message


def test_an_empty_list_of_cases_is_refused(rules):
    assert "SF601" in refused("cases: []\n", rules)[0]


def test_text_that_is_not_utf8_is_refused(rules):
    assert refused(b"id: \xff\n", rules) == ["me.yaml: SF101 the file is not UTF-8 text (byte 4)"]


def test_a_byte_order_mark_does_no_harm(rules):
    assert read(b"\xef\xbb\xbf" + YAML.encode(), rules)[0].id == "me"


def test_an_ending_without_a_format_is_refused(tmp_path, rules):
    path = tmp_path / "me.docx"
    path.write_text(YAML)

    with pytest.raises(InputError, match="SF107"):
        read_case_file(path, rules)


def test_a_file_that_is_not_there_is_refused(tmp_path, rules):
    with pytest.raises(InputError, match="SF101"):
        read_case_file(tmp_path / "me.yaml", rules)
