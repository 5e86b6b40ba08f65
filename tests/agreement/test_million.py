"""The comparison of a million cases, on a few hundred; and it sees a difference where there is one."""

from __future__ import annotations

import msgspec
import pytest

import spinefoot
from spinefoot.executors import plain
from spinefoot.model.assessment import Answers, Conclusions
from tests.agreement.million import compare


def test_columns_plain_and_experta_agree(rules: spinefoot.RuleBase) -> None:
    numbers = range(5_000_000, 5_000_200)  # not those that a run of the script begins with

    compared = compare(rules, numbers, experta_every=20)

    assert compared.differ == ()
    assert compared.agree + compared.contradictions == len(numbers)
    assert compared.experta > 0


def test_a_difference_is_seen(rules: spinefoot.RuleBase, monkeypatch: pytest.MonkeyPatch) -> None:
    real = plain.infer

    def other(rulebase: spinefoot.RuleBase, answers: Answers) -> Conclusions:
        return msgspec.structs.replace(real(rulebase, answers), red_flags=())

    monkeypatch.setattr(plain, "infer", other)

    assert compare(rules, range(40)).differ
