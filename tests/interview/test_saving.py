"""Saved answers: private, whole, read by `assess` to the same result, and checked when they are loaded."""

from __future__ import annotations

import random
import stat

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import spinefoot
from spinefoot.casefile import read_case_file
from spinefoot.executors import plain
from spinefoot.interview.saving import load_answers, replies_of, save_answers
from spinefoot.interview.session import Session
from tests.interview.test_session import RULES, reply_somehow, single


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**16), screens=st.integers(0, 12))
def test_assess_reproduces_what_was_saved(seed, screens, tmp_path_factory):
    session, rng = Session(RULES), random.Random(seed)
    for _ in range(screens):
        reply_somehow(session, rng)
    path = tmp_path_factory.mktemp("saved") / "me.yaml"
    save_answers(session, path)

    (case,) = read_case_file(path, RULES)
    ours = spinefoot.assess(session.case("me"), RULES, plain.infer)
    theirs = spinefoot.assess(case, RULES, plain.infer)

    assert theirs.to_json() == ours.to_json()
    assert set(case.declined) == session.declined


def test_a_saved_file_is_readable_by_its_owner_only_also_where_it_replaces_an_open_one(tmp_path):
    session, path = Session(RULES, start={"age_years": 52}), tmp_path / "me.yaml"
    path.write_text("old")
    path.chmod(0o644)

    save_answers(session, path)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [p.name for p in tmp_path.iterdir()] == ["me.yaml"]


def test_a_file_that_cannot_be_written_leaves_nothing_behind(tmp_path):
    with pytest.raises(spinefoot.InputError, match="SF108"):
        save_answers(Session(RULES), tmp_path / "no folder" / "me.yaml")

    assert list(tmp_path.iterdir()) == []


def test_going_on_asks_neither_what_was_answered_nor_what_was_not_known(tmp_path):
    session = Session(RULES)
    single(session, age_years=52, sex_at_birth=None)
    save_answers(session, tmp_path / "me.yaml")

    case, misfits = load_answers(tmp_path / "me.yaml", RULES)
    resumed = Session(RULES, start=replies_of(case))

    assert misfits == []
    assert list(resumed.replies.items()) == list(session.replies.items())
    assert resumed.next_screen() == session.next_screen()


def test_answers_that_no_longer_fit_are_named_and_the_others_kept(tmp_path):
    path = tmp_path / "old.yaml"
    path.write_text("id: old\nfindings:\n  age_years: 52\n  foot_dorp: yes\n  weakness_trend: sideways\n")

    case, misfits = load_answers(path, RULES)

    assert case.findings == {"age_years": 52}
    assert [problem.code for problem in misfits] == ["SF602", "SF605"]


def test_a_file_without_a_case_is_refused(tmp_path):
    (tmp_path / "empty.yaml").write_text("")

    with pytest.raises(spinefoot.InputError):
        load_answers(tmp_path / "empty.yaml", RULES)
