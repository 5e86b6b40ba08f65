"""The conversation without a terminal: what is said, in which order, and what commands do."""

from __future__ import annotations

import re

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import spinefoot
from spinefoot.cli.conversation import Conversation, End
from spinefoot.interview.replies import read_command
from spinefoot.interview.session import Session
from spinefoot.model.findings import Implication
from spinefoot.planning.screens import Screen
from spinefoot.rendering.interview import Style, screen_page
from spinefoot.rendering.report import report
from spinefoot.rendering.terminal import plain_text
from tests.interview.talking import ScriptedTalk

PERSON = {"age_years": 52, "sex_at_birth": "female"}


def talk_with(rules, *replies, start=PERSON, interactive=True, **options):
    """Talk until the replies or the questions end."""
    keywords = {"examined", "everything"} & options.keys()
    session = Session(rules, start=start, **{key: options.pop(key) for key in keywords})
    talk = ScriptedTalk(replies, interactive=interactive)
    style = options.pop("style", Style())
    conversation = Conversation(session, talk, style, **{"budget": 30, **options})
    return conversation, talk, conversation.run()


def test_it_opens_with_what_it_is_how_to_answer_and_that_nothing_leaves(rules):
    _, talk, _ = talk_with(rules)

    assert "not a diagnosis" in talk.said[0]
    assert "Nothing leaves this machine" in talk.text
    assert "Not sure is never taken for no" in talk.text


def test_the_end_of_the_input_is_a_stop_and_never_a_no(rules):
    conversation, _, end = talk_with(rules, "none")

    assert end is End.STOPPED
    assert None not in conversation.session.replies.values()
    assert len(conversation.session.steps) == len(PERSON) + 1


def test_every_prompt_shows_how_to_answer_and_the_commands(rules):
    _, talk, _ = talk_with(rules, "none", start={})

    assert "w why  h help  b back  r review  s so far  v save  q quit" in talk.said
    assert "A number from 0 to 120 years.  ? I don't know" in talk.said


def test_what_was_understood_is_repeated_with_its_noes_and_unknowns(rules):
    _, talk, _ = talk_with(rules, "1? 8")

    assert "Yes: you leak urine in a way that is new for you." in talk.text
    assert "Not sure: the skin between your legs is numb" in talk.text
    assert "No: the other 10." in talk.text


def test_a_choice_on_a_checklist_shows_a_letter_for_each_answer(rules):
    screen = Screen("danger_limb_check", ("limb_cold", "hip_groin_pain_after_fall", "vein_bleeding"), "danger_limb")
    page = plain_text(screen_page(screen, 3, rules, Style()), 80)

    assert "2a Yes, and I can walk" in page
    assert "2b Yes, and I cannot stand on it" in page


def test_a_choice_on_a_checklist_needs_its_letter_and_is_repeated_with_its_answer(rules):
    session = Session(rules, start=PERSON)
    while "hip_groin_pain_after_fall" not in (screen := session.next_screen()).findings:
        session.reply(screen, {name: "none" if rules.finding[name].kind == "choice" else False for name in screen.findings})
    fall = screen.findings.index("hip_groin_pain_after_fall") + 1
    _, talk, _ = talk_with(rules, f"{fall}", f"{fall}b", start=session.replies)

    assert f"{fall}a Yes, and I can walk" in talk.text
    assert f"Number {fall} needs its letter: type one of {fall}a, {fall}b; or {fall}? if you are not sure." in talk.text
    assert "Yes: pain in hip, groin, thigh or knee after a fall or knock: Yes, and I cannot stand on it." in talk.text


def test_a_no_that_asserts_a_check_is_repeated_as_such(rules):
    _, talk, _ = talk_with(rules, "none")

    assert 'No means "I have checked: normal". I have not checked: type 1?' in talk.text
    assert 'No: all 12. No means "I have checked: normal" for 1' in talk.text


def test_what_cannot_be_read_is_asked_again_and_changes_nothing(rules):
    conversation, talk, _ = talk_with(rules, "", "yes", "99")

    assert len(conversation.session.steps) == len(PERSON)
    assert "Nothing was typed" in talk.text
    assert '"yes" is not a number of the list' in talk.text
    assert "There is no number 99" in talk.text


def test_a_gate_is_asked_before_an_emergency_is_called_one_and_not_sure_leaves_it_one(rules):
    conversation, talk, _ = talk_with(rules, "1", "?", "?", "?", "?", "?", "?")

    notice = talk.text.index("One of your answers can mean an emergency")
    assert notice < talk.text.index("How many days ago did the newest of these symptoms start")
    assert talk.text.index("EMERGENCY - GO NOW") > notice
    assert conversation.session.standing.emergencies


def test_an_emergency_interrupts_with_what_where_why_and_what_to_say(rules):
    _, talk, _ = talk_with(rules, "1", "2 days")

    page = " ".join(next(said for said in talk.said if said.startswith("EMERGENCY - GO NOW")).split())
    assert "Go to an emergency department now" in page
    assert "You answered: the skin between your legs is numb, tingling or changed in feeling" in page
    assert "Say on arrival:" in page
    assert "Answer them now?" in talk.said[-1]


def test_after_an_emergency_no_further_question_is_asked_against_the_will(rules):
    _, _, end = talk_with(rules, "1", "2 days", "n")

    assert end is End.FINISHED


def test_details_after_an_emergency_are_asked_on_wish_and_announced_once(rules):
    conversation, talk, _ = talk_with(rules, "1", "2 days", "y", "?", "?")

    assert len(conversation.session.steps) == len(PERSON) + 4
    assert sum(said.startswith("EMERGENCY - GO NOW") for said in talk.said) == 1


def test_an_emergency_that_is_taken_back_is_announced_again_when_it_returns(rules):
    _, talk, _ = talk_with(rules, "1", "2 days", "y", "back 2", "1", "2 days")

    assert sum(said.startswith("EMERGENCY - GO NOW") for said in talk.said) == 2


def test_back_takes_back_any_number_of_answers(rules):
    conversation, talk, _ = talk_with(rules, "none", "none", "b", "b 2", "back 9", "b")

    assert conversation.session.steps == ()
    assert "Taken back: 2 answers" in talk.text
    assert "nothing to take back" in talk.text


def test_review_lists_answers_and_changes_one(rules):
    conversation, talk, _ = talk_with(rules, "none", "r", "1", "61", "q")

    assert conversation.session.replies["age_years"] == 61
    assert "How old are you? your age: 52 years" in talk.text
    assert "Your answer now: your age: 52 years." in talk.text


def test_review_says_which_follow_ups_were_dropped(rules):
    start = {"age_years": 10, "limp_or_refuses_to_walk": "limps", "sex_at_birth": "male"}
    conversation, talk, _ = talk_with(rules, "r 1", "52", start=start)

    assert "limp_or_refuses_to_walk" not in conversation.session.replies
    assert rules.finding["limp_or_refuses_to_walk"].question in talk.text


def test_review_may_change_nothing(rules):
    conversation, _, _ = talk_with(rules, "r", "", "r 2", "", "r 77")

    assert conversation.session.given == PERSON


@pytest.fixture
def strict(rules):
    """The rules, with a fever that cannot be without feeling very unwell."""
    implication = Implication(when="fever", then="feels_very_unwell", because="So it is in this test.")
    return msgspec.structs.replace(rules, implications=(*rules.implications, implication))


ILL = {"fever": False, "feels_very_unwell": False}


def test_a_contradiction_is_shown_in_plain_words_with_both_answers_and_asked_again(strict):
    conversation, talk, _ = talk_with(strict, "r 1", "1", "1?", start=ILL)

    has, well = strict.finding["fever"].statement.if_yes, strict.finding["feels_very_unwell"].statement.if_no
    assert f"These two cannot both be true: - {has.capitalize()} (question 1). - {well.capitalize()} (question 1)." in talk.text
    assert "So it is in this test." in talk.text
    assert "SF606" not in talk.text
    assert conversation.session.replies == {"fever": None, "feels_very_unwell": False}


def test_a_contradiction_from_a_pipe_is_an_error(strict):
    with pytest.raises(spinefoot.InputError, match="stdin:2: SF606"):
        talk_with(strict, "r 1", "1", start=ILL, interactive=False)


@pytest.mark.parametrize("item", ["1", "8", ""])
def test_why_names_warning_signs_and_what_is_open(rules, item):
    _, talk, _ = talk_with(rules, f"w {item}")

    assert 'It can still raise "Emergency - go now"' in talk.text
    assert "What is still open" in talk.text


def test_why_says_what_a_yes_would_do_now(rules):
    _, talk, _ = talk_with(rules, "w 1")

    assert re.search(r'"Yes" now: how soon becomes "Emergency - go now" \(Lost or changed feeling', talk.text)


def test_why_at_a_gate_says_that_it_can_lower_the_urgency(rules):
    _, talk, _ = talk_with(rules, "1", "w")

    assert "less urgent than it looks: Lost or changed feeling" in talk.text


def test_why_for_a_clinician_names_rules(rules):
    _, talk, _ = talk_with(rules, "w 1", style=Style(clinician=True))

    assert re.search(r"\[ces_[a-z_]+\]", talk.text)


def test_help_says_what_counts_as_yes_for_one_item_or_all(rules):
    _, one, _ = talk_with(rules, "h 1")
    _, every, _ = talk_with(rules, "help")

    wipe = rules.finding["toilet_wipe_feels_different"].help
    assert rules.finding["saddle_numbness"].help in one.text
    assert wipe not in one.text
    assert wipe in every.text
    assert "no number 99" in talk_with(rules, "h 99")[1].text


def test_so_far_shows_the_present_result_and_goes_on(rules):
    conversation, talk, _ = talk_with(rules, "none", "s", "none")

    assert "may change with every further answer" in talk.text
    assert "HOW SOON" in talk.text
    assert len(conversation.session.steps) == len(PERSON) + 2


def test_a_self_test_comes_with_steps_and_a_caution_about_falling(rules):
    page = plain_text(screen_page(Screen(None, ("heel_walk",), "strength_tests"), 1, rules, Style()), 400)

    assert "Stop if it hurts sharply or you may fall." in page
    assert page.index("may fall") < page.index("Take ten steps on your heels.")


def test_no_end_is_offered_before_the_urgency_is_settled(rules):
    conversation, talk, _ = talk_with(rules, *["none"] * 4, budget=1)

    assert not conversation.session.standing.urgency_is_settled
    assert "Go on?" not in talk.text


def answer_everything(talk):
    """Answer no, none, not sure or the first option; go on when asked."""
    how = talk.said[-2]
    if "Go on?" in talk.said[-1]:
        return "n"
    return "none" if how.startswith("none") else "n" if how.startswith("y ") else "?" if how.startswith("A number") else "1"


class AutomaticTalk(ScriptedTalk):
    """Answers by itself."""

    def ask(self, prompt=""):
        self.said.append(prompt)
        return answer_everything(self)


def test_a_whole_interview_ends_with_the_page_of_assess(rules):
    talk = AutomaticTalk(())
    conversation = Conversation(Session(rules, start=PERSON), talk, Style(), budget=30)

    assert conversation.run() is End.FINISHED
    conversation.show_result()

    assert talk.said[-1] == plain_text(report(spinefoot.assess(conversation.session.given, rules)), 80)
    assert conversation.session.standing.verdict_is_settled or "Go on?" in talk.text


def test_once_the_budget_is_spent_it_says_what_could_change_and_asks_whether_to_go_on(rules):
    settled = {**PERSON, "foot_drop": True, "weakness_onset_days": 2, "leg_pain_now": True}
    talk = AutomaticTalk(())
    conversation = Conversation(Session(rules, start=settled), talk, Style(), budget=1)
    conversation.run()
    if conversation.session.standing.verdict_is_settled:
        pytest.skip("the verdict was settled before the budget was spent")

    assert "How soon is settled: no further question can change it." in talk.text
    assert "Go on?" in talk.said[-1]


def test_everything_asks_all_that_applies_and_not_only_what_could_change_the_result(rules):
    planned = Conversation(Session(rules, start=PERSON), AutomaticTalk(()), Style(), budget=1000)
    full = Conversation(Session(rules, start=PERSON, everything=True), AutomaticTalk(()), Style(), budget=1000)
    planned.run()
    full.run()

    assert full.session.standing.all_questions == []
    assert planned.session.standing.all_questions != []


def test_save_asks_before_it_replaces_a_file(rules, tmp_path):
    path = tmp_path / "me.yaml"
    path.write_text("precious")
    _, talk, _ = talk_with(rules, f"v {path}", "n", f"v {tmp_path / 'other'}", "v")

    assert path.read_text() == "precious"
    assert (tmp_path / "other.yaml").exists()
    assert talk.text.count("Saved in") == 2


def test_save_keeps_the_file_up_to_date_and_refuses_what_assess_would_misread(rules, tmp_path):
    path = tmp_path / "me.yaml"
    _, talk, _ = talk_with(rules, f"v {tmp_path / 'me.json'}", f"v {path}", "1? 8")

    assert not (tmp_path / "me.json").exists()
    assert "must end in .yaml" in talk.text
    assert "saddle_numbness: unknown" in path.read_text()
    assert "bladder_leak_new: yes" in path.read_text()


def test_a_file_that_cannot_be_written_does_not_end_the_conversation(rules, tmp_path):
    conversation, talk, _ = talk_with(rules, f"v {tmp_path / 'no folder' / 'me.yaml'}", "none")

    assert "Nothing was saved" in talk.text
    assert len(conversation.session.steps) == len(PERSON) + 1


def test_a_pipe_is_not_asked_again_and_the_error_names_the_question(rules):
    with pytest.raises(spinefoot.InputError) as caught:
        talk_with(rules, "rubbish", interactive=False)

    assert "saddle_numbness" in str(caught.value)
    assert str(caught.value).startswith("stdin:1")


def test_control_characters_and_markup_are_shown_as_text(rules):
    conversation, talk, _ = talk_with(rules, "[red]\x1b]0;pwned\x07")

    assert "\x1b" not in plain_text([], 80)
    assert len(conversation.session.steps) == len(PERSON)
    assert "[red]" in talk.text


def test_quitting_shows_what_was_raised(rules):
    conversation, talk, end = talk_with(rules, "none", "5", "q")
    conversation.show_what_was_raised()

    assert end is End.STOPPED
    assert "You stopped early" in talk.text or "YOU STOPPED EARLY" in talk.text
    assert "Not every question was asked" in talk.text


LINES = st.one_of(
    st.sampled_from(
        ["none", "?", "1", "1 2", "2?", "y", "n", "3 weeks", "b", "b 2", "r", "r 1", "r 3", "w", "w 1", "h", "h 2", ""]
    ),
    st.text(max_size=8).filter(lambda line: read_command(line) is None),
)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(lines=st.lists(LINES, max_size=40))
def test_whatever_is_typed_the_conversation_goes_on_to_the_end_of_the_input(lines):
    rules = spinefoot.load_rules()
    conversation, _, _ = talk_with(rules, *lines)

    replayed = Session(rules)
    for step in conversation.session.steps:
        replayed.reply(step.screen, step.replies)
    assert replayed.replies == conversation.session.replies
    assert replayed.standing.conclusions == conversation.session.standing.conclusions
