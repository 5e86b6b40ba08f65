"""What people type: read as they mean it, or asked again; never guessed, and never a no by accident."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import spinefoot
from spinefoot.interview.replies import Command, ReplyError, Request, read_command, read_reply

RULES = spinefoot.load_rules()
LIST = [RULES.finding[name] for name in ("fever", "sepsis_signs", "feels_very_unwell", "hot_swollen_joint")]
FALL = [RULES.finding[name] for name in ("fever", "hip_groin_pain_after_fall", "sepsis_signs")]
DAYS = [RULES.finding["weakness_onset_days"]]
AGE = [RULES.finding["age_years"]]
TREND = [RULES.finding["weakness_trend"]]
SADDLE = [RULES.finding["saddle_numbness"]]


def ticks(text):
    return list(read_reply(text, LIST).values())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2 4", [False, True, False, True]),
        ("2,4", [False, True, False, True]),
        ("2 and 4", [False, True, False, True]),
        ("1-3", [True, True, True, False]),
        ("3?", [False, False, None, False]),
        ("1 3 ?", [True, False, None, False]),
        ("1-2? 4", [None, None, False, True]),
        ("none", [False] * 4),
        ("No.", [False] * 4),
        ("none, 2?", [False, None, False, False]),
        ("none but 3", [False, False, True, False]),
        ("?", [None] * 4),
        ("not sure", [None] * 4),
        ("I don\N{RIGHT SINGLE QUOTATION MARK}t know", [None] * 4),
        ("all", [True] * 4),
    ],
)
def test_a_checklist_takes_numbers_none_and_question_marks(text, expected):
    assert ticks(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("none", [False, "none", False]),
        ("1", [True, "none", False]),
        ("2b", [False, "yes_cannot_stand", False]),
        ("2A 3", [False, "yes_walking", True]),
        ("1, 2?", [True, None, False]),
        ("none but 2a", [False, "yes_walking", False]),
        ("?", [None, None, None]),
    ],
)
def test_a_choice_on_a_checklist_takes_the_letter_of_its_answer(text, expected):
    assert list(read_reply(text, FALL).values()) == expected


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("2", "Number 2 needs its letter: type one of 2a, 2b; or 2? if you are not sure."),
        ("2c", "Number 2 needs its letter"),
        ("1-3", "Number 2 needs its letter"),
        ("all", "Number 2 needs its letter"),
        ("1a", "Number 1 has no letters: type 1"),
        ("2a 2b", "Number 2 stands there twice"),
        ("none 2a", "could mean two things"),
    ],
)
def test_a_letter_that_lacks_or_does_not_fit_is_asked_for(text, says):
    with pytest.raises(ReplyError, match=re.escape(says)):
        read_reply(text, FALL)


@pytest.mark.parametrize("text", ["", "   ", "yes", "y", "5", "0 1", "1-9", "3-1", "2 2?", "none 2", "no 3", "no1ne", "\x1b[31m"])
def test_what_could_mean_a_no_by_accident_is_refused(text):
    with pytest.raises(ReplyError):
        ticks(text)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("3", 3),
        ("3 weeks", 21),
        ("2 days", 2),
        ("about 2 weeks ago", 14),
        ("a month", 30),
        ("2 years", 730),
        ("yesterday", 1),
        ("today", 0),
        ("10 hours", 0),
        ("1,5 weeks", 10),
        ("don't know", None),
    ],
)
def test_a_number_of_days_takes_other_units_of_time(text, days):
    assert read_reply(text, DAYS) == {"weakness_onset_days": days}


@pytest.mark.parametrize("text", ["", "soon", "-3", "99999999", "3 kg", "nan", "1e3", "3 weeks 2 days", "half"])
def test_what_is_no_number_is_refused_with_the_range(text):
    with pytest.raises(ReplyError):
        read_reply(text, DAYS)


def test_an_age_out_of_range_is_refused_with_what_is_allowed():
    with pytest.raises(ReplyError, match="from 0 to 120 years"):
        read_reply("430", AGE)


@pytest.mark.parametrize(("text", "option"), [("1", "worse_weeks"), ("4", "improving"), ("imp", "improving"), ("not ch", "same")])
def test_a_choice_takes_a_number_or_first_letters(text, option):
    assert read_reply(text, TREND) == {"weakness_trend": option}


@pytest.mark.parametrize("text", ["", "worse", "7", "0", "improoving", "²"])
def test_an_unclear_choice_is_refused(text):
    with pytest.raises(ReplyError):
        read_reply(text, TREND)


def test_the_words_of_an_answer_are_an_answer():
    assert read_reply("I have checked: normal", SADDLE) == {"saddle_numbness": False}
    assert read_reply("I have not checked", SADDLE) == {"saddle_numbness": None}


@pytest.mark.parametrize(
    ("text", "request_"),
    [
        ("w", Request(Command.WHY, "")),
        ("WHY", Request(Command.WHY, "")),
        ("so  far", Request(Command.SO_FAR, "")),
        ("back 3", Request(Command.BACK, "3")),
        ("h 2", Request(Command.HELP, "2")),
        ("v my answers.yaml", Request(Command.SAVE, "my answers.yaml")),
    ],
)
def test_a_command_is_a_letter_or_a_word(text, request_):
    assert read_command(text) == request_


@pytest.mark.parametrize("text", ["", "back pain", "worse", "sa", "so farther", "quit smoking", "review it"])
def test_what_only_begins_like_a_command_is_an_answer(text):
    assert read_command(text) is None


@settings(deadline=None)
@given(text=st.text(max_size=40), screen=st.sampled_from([LIST, FALL, DAYS, AGE, TREND, SADDLE]))
def test_anything_typed_is_read_or_refused(text, screen):
    read_command(text)
    try:
        replies = read_reply(text, screen)
    except ReplyError:
        return
    assert list(replies) == [finding.id for finding in screen]


@given(values=st.lists(st.sampled_from([True, False, None]), min_size=4, max_size=4))
def test_every_checklist_reply_can_be_typed(values):
    marks = {True: "", None: "?"}
    typed = " ".join(f"{n}{marks[v]}" for n, v in enumerate(values, 1) if v is not False) or "none"

    assert ticks(typed) == values


@given(finding=st.sampled_from([f for f in RULES.findings if f.kind == "choice"]), data=st.data())
def test_every_option_can_be_typed_by_number_and_by_its_words(finding, data):
    number = data.draw(st.integers(1, len(finding.options)))
    option = finding.options[number - 1]

    assert read_reply(str(number), [finding]) == {finding.id: option.id}
    assert read_reply(option.label, [finding]) == {finding.id: option.id}
