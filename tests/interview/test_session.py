"""An interview is its list of steps: taking back restores what was, changing drops what no longer applies."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import spinefoot
from spinefoot.interview.session import Session
from spinefoot.planning.screens import Screen

RULES = spinefoot.load_rules()


def any_reply(rng, name):
    finding = RULES.finding[name]
    if finding.kind == "yes_no":
        return rng.choice([True, False, False, None])
    if finding.kind == "choice":
        return rng.choice([*finding.option_ids, None])
    return rng.choice([finding.min, finding.max, 30 if finding.max >= 30 else finding.min, None])


def reply_somehow(session, rng):
    """Reply at random to the next screen; not sure of anything, should the random reply contradict itself."""
    screen = session.next_screen()
    if screen is None:
        return False
    try:
        session.reply(screen, {name: any_reply(rng, name) for name in screen.findings})
    except spinefoot.InputError:
        session.reply(screen, dict.fromkeys(screen.findings))
    return True


def state(session):
    return session.replies, dict(session.standing.answers), session.standing.conclusions, session.next_screen()


def verdict(conclusions):
    likely = {cause for cause, score in conclusions.scores.items() if score.level == "likely"}
    return conclusions.urgency, conclusions.spine_link, conclusions.root_levels, likely


def single(session, **replies):
    for name, value in replies.items():
        finding = RULES.finding[name]
        session.reply(Screen(None, (name,), finding.topic), {name: value})


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**16), moves=st.lists(st.booleans(), min_size=3, max_size=12))
def test_replies_and_undone_replies_leave_what_the_remaining_replies_alone_would_give(seed, moves):
    session, rng = Session(RULES), random.Random(seed)
    for forward in moves:
        _ = reply_somehow(session, rng) if forward else session.undo()

    replayed = Session(RULES)
    for step in session.steps:
        replayed.reply(step.screen, step.replies)

    assert state(session) == state(replayed)


def person(rng, share_of_yes):
    """Return a way of replying: mostly no, some yes, and now and then not sure."""

    def reply(name):
        finding = RULES.finding[name]
        if finding.kind == "yes_no":
            return rng.choices([True, False, None], [share_of_yes, 1 - share_of_yes, 0.05])[0]
        return any_reply(rng, name)

    return reply


def to_the_end(session, reply):
    """Reply to every screen; the findings asked, in their order."""
    asked = []
    while (screen := session.next_screen()) is not None:
        asked += screen.findings
        assert len(asked) < 2 * len(RULES.findings), f"asked without end: {screen.findings}"
        try:
            session.reply(screen, {name: reply(name) for name in screen.findings})
        except spinefoot.InputError:
            session.reply(screen, dict.fromkeys(screen.findings))
    return asked


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**16), share_of_yes=st.sampled_from([0.0, 0.03, 0.1, 0.4]), everything=st.booleans())
def test_an_interview_ends_and_asks_nothing_twice(seed, share_of_yes, everything):
    session = Session(RULES, everything=everything)

    asked = to_the_end(session, person(random.Random(seed), share_of_yes))

    assert len(asked) == len(set(asked))
    assert session.standing.verdict_is_settled


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**16), share_of_yes=st.sampled_from([0.0, 0.03, 0.1]))
def test_who_goes_on_to_the_whole_questionnaire_hears_the_same_verdict(seed, share_of_yes):
    reply = person(random.Random(seed), share_of_yes)
    planned = Session(RULES)
    to_the_end(planned, reply)

    whole = Session(RULES, everything=True, start=planned.replies)
    to_the_end(whole, reply)

    assert verdict(whole.standing.conclusions) == verdict(planned.standing.conclusions)


def test_a_no_that_is_not_trusted_is_not_asked_again():
    session = Session(RULES)
    single(session, age_years=75, fever=False)

    assert "fever" not in session.standing.answers
    assert "fever" not in to_the_end(session, lambda name: any_reply(random.Random(1), name))


def test_the_whole_questionnaire_asks_all_that_the_planned_one_does():
    def strong(name):
        finding = RULES.finding[name]
        return {"age_years": 45, "symptom_days": 20, "leg_pain_now": True, "heel_walk": None}.get(
            name, False if finding.kind == "yes_no" else None
        )

    planned, whole = Session(RULES), Session(RULES, everything=True)

    assert set(to_the_end(planned, strong)) <= set(to_the_end(whole, strong))


def test_undo_returns_the_step_and_restores_the_question():
    session = Session(RULES)
    first = session.next_screen()
    before = state(session)
    session.reply(first, dict.fromkeys(first.findings, 40))

    assert session.undo().screen == first
    assert state(session) == before
    assert session.undo() is None


def test_what_was_concluded_from_an_answer_goes_with_it():
    session = Session(RULES)
    single(session, saddle_numbness=True)
    assert session.standing.emergencies

    session.undo()

    assert not session.standing.emergencies


def test_changing_an_answer_drops_the_follow_ups_that_no_longer_apply():
    session = Session(RULES)
    single(session, recent_spinal_procedure=True, spinal_procedure_days_ago=5, age_years=50)

    dropped = session.change(0, {"recent_spinal_procedure": False})

    assert dropped == ("spinal_procedure_days_ago",)
    assert session.replies == {"recent_spinal_procedure": False, "age_years": 50}


def test_changing_an_answer_drops_follow_ups_of_follow_ups():
    session = Session(RULES)
    single(session, age_years=10, limp_or_refuses_to_walk="limps", child_limp_over_48_hours=True)

    dropped = session.change(0, {"age_years": 52})

    assert set(dropped) == {"limp_or_refuses_to_walk", "child_limp_over_48_hours"}
    assert session.replies == {"age_years": 52}


def test_a_change_to_not_sure_keeps_follow_ups():
    session = Session(RULES)
    single(session, recent_spinal_procedure=True, spinal_procedure_days_ago=5)

    assert session.change(0, {"recent_spinal_procedure": None}) == ()
    assert session.replies["spinal_procedure_days_ago"] == 5


def test_a_contradiction_is_refused_and_names_both_findings():
    session = Session(RULES)
    single(session, active_cancer=True)
    before = state(session)

    with pytest.raises(spinefoot.InputError) as caught:
        single(session, cancer_history=False)

    assert caught.value.problems[0].about == ("active_cancer", "cancer_history")
    assert state(session) == before


def test_answers_from_before_are_steps_that_can_be_taken_back():
    session = Session(RULES, start={"sepsis_signs": None, "age_years": 52, "fever": False})

    assert [step.screen.findings for step in session.steps] == [("fever", "sepsis_signs"), ("age_years",)]
    assert session.undo().replies == {"age_years": 52}
    assert session.undo().replies == {"fever": False, "sepsis_signs": None}
    assert session.replies == {}


def test_what_is_not_known_is_not_asked_again():
    session = Session(RULES)
    for _ in range(200):
        screen = session.next_screen()
        if screen is None:
            break
        assert not set(screen.findings) & set(session.replies)
        session.reply(screen, dict.fromkeys(screen.findings))

    assert session.next_screen() is None


def test_a_follow_up_of_a_question_that_does_not_apply_is_not_asked():
    session = Session(RULES, start={"age_years": 52})

    assert not session.standing.outlook.possible.is_open("child_limp_over_48_hours")


def test_an_adult_reaches_self_care_without_a_word_about_a_child(rules):
    no = {f.id: False for f in rules.findings if f.danger and f.kind == "yes_no" and not f.id.startswith("child_")}
    nothing = {f.id: "none" for f in rules.findings if f.danger and "none" in f.option_ids and "limp" not in f.id}
    some = spinefoot.assess({"age_years": 40, "sex_at_birth": "male", **no, **nothing}, rules)
    more = spinefoot.assess({**some.case.findings, "child_limp_over_48_hours": False}, rules)

    assert some.urgency == more.urgency
    assert "child_limp_over_48_hours" not in some.unanswered
