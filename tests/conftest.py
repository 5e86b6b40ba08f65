"""Shared by all tests: the shipped rule base, and executors as a parameter."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import Phase, settings

# The cache of compiled rules must not reach from one test run into another.
os.environ["SPINEFOOT_CACHE"] = ""

import spinefoot
from spinefoot.assessment.intake import settle
from spinefoot.cli.app import load_commands
from spinefoot.executors import experta_engine, plain
from spinefoot.model.assessment import Conclusions

# Shrinking a random rule base takes minutes and seldom makes it readable; a failing example is kept and tried first.
settings.register_profile("spinefoot", phases=[Phase.explicit, Phase.reuse, Phase.generate])
settings.load_profile("spinefoot")

load_commands()

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def rules() -> spinefoot.RuleBase:
    """The shipped rule base."""
    return spinefoot.load_rules(ROOT / "rules")


@pytest.fixture(params=[plain.infer, experta_engine.infer], ids=["plain", "experta"])
def conclude(request: pytest.FixtureRequest, rules: spinefoot.RuleBase) -> Callable[..., Conclusions]:
    """Conclude from answers with one of the executors; a new one inherits every promise made with this."""

    def run(**answers: object) -> Conclusions:
        settled, _ = settle(spinefoot.case_from_answers(answers, rules), rules)
        return request.param(rules, settled)

    return run
