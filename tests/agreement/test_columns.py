"""The columns executor concludes what the plain reading concludes, row by row."""

from __future__ import annotations

import pickle
import random
from typing import Any

import msgspec
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import spinefoot
from spinefoot.assessment.assess_table import TableAssessor
from spinefoot.assessment.intake import settle
from spinefoot.assessment.intake_table import TableSettler
from spinefoot.executors import plain
from spinefoot.executors.columns import infer as columns
from spinefoot.executors.columns.plan import Plan, column_type
from spinefoot.model.assessment import Conclusions
from tests.agreement.test_executors import random_answers
from tests.strategies import answers, rule_bases

BASE = spinefoot.load_rules()
SLOW = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def in_columns(conclusions: Conclusions) -> Conclusions:
    """Drop what columns do not keep: items, what limited a level, the prior that was used, firings."""
    scores = {
        cause: msgspec.structs.replace(score, items=(), limited_by=None, prior=0, groups=dict(score.groups))
        for cause, score in conclusions.scores.items()
    }
    return msgspec.structs.replace(conclusions, scores=scores, firings=())


@SLOW
@given(data=st.data())
def test_columns_and_the_plain_reading_agree_on_random_rule_bases(data: st.DataObject) -> None:
    rulebase = data.draw(rule_bases(BASE))
    for _ in range(3):
        given_answers = data.draw(answers())

        assert in_columns(columns.infer(rulebase, given_answers)) == in_columns(plain.infer(rulebase, given_answers))


def table_of(rows: list[dict[str, Any]], rulebase: spinefoot.RuleBase) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={finding.id: column_type(finding) for finding in rulebase.findings})


def tangled_answers(rulebase: spinefoot.RuleBase, seed: int) -> dict[str, Any]:
    """Random answers in which implications and doubted noes matter more often than by chance."""
    found = random_answers(rulebase, seed)
    rng = random.Random(seed)
    bound = [name for i in rulebase.implications for name in (i.when, i.then) if name in rulebase.finding]
    found |= {name: rng.random() < 0.5 for name in bound if rng.random() < 0.2}
    doubted = [finding.id for finding in rulebase.findings if finding.no_not_trusted_if is not None]
    return found | {name: False for name in doubted if rng.random() < 0.2}


def test_a_table_is_settled_and_assessed_as_its_rows_are(rules: spinefoot.RuleBase) -> None:
    rows = [tangled_answers(rules, seed) for seed in range(150)]
    table = table_of(rows, rules)
    settled, contradicts = TableSettler(rules, table.columns).settle(table)
    assessed = TableAssessor(rules, table.columns, scores=True).assess(table)
    refused = 0
    for row, got, contradiction, result in zip(
        rows, settled.iter_rows(named=True), contradicts, assessed.results.iter_rows(named=True), strict=True
    ):
        try:
            want = spinefoot.assess(row, rules, plain.infer)
        except spinefoot.InputError:
            refused += 1
            assert contradiction
            continue
        assert not contradiction
        assert {name: value for name, value in got.items() if value is not None} == dict(want.answers)
        assert result["urgency"] == want.urgency
        assert result["spine_link"] == want.spine_link
        assert result["root_levels"] == ";".join(want.root_levels)
        assert [result[f"cause_{n}"] for n in (1, 2, 3)] == [*(s.cause for s in want.causes[:3]), None, None, None][:3]
        assert [result[f"cause_{n}_score"] for n in (1, 2, 3)] == [*(s.score for s in want.causes[:3]), None, None, None][:3]
        for score in want.causes:
            assert (result[f"{score.cause}_level"], result[f"{score.cause}_score"]) == (score.level, score.score)
    assert 0 < refused < len(rows)


def test_a_table_of_few_columns_gives_what_a_table_of_all_gives(rules: spinefoot.RuleBase) -> None:
    names = [finding.id for finding in rules.findings][::25]
    rows = [{name: value for name, value in random_answers(rules, seed).items() if name in names} for seed in range(60)]
    narrow = table_of(rows, rules).select(names)
    wide = table_of(rows, rules)

    few = TableAssessor(rules, narrow.columns, scores=True, firings=True).assess(narrow)
    all_of_them = TableAssessor(rules, wide.columns, scores=True, firings=True).assess(wide)

    assert few.results.equals(all_of_them.results)
    assert few.firings is not None
    assert all_of_them.firings is not None
    as_text = pl.col("rule").cast(pl.String)
    assert few.firings.with_columns(as_text).equals(all_of_them.firings.with_columns(as_text))


def test_a_table_in_many_chunks_is_assessed_as_one(rules: spinefoot.RuleBase, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = table_of([random_answers(rules, seed) for seed in range(30)], rules)
    pieces = pl.concat([whole.slice(start, 1) for start in range(whole.height)], rechunk=False)
    assessor = TableAssessor(rules, whole.columns, scores=True)
    want = assessor.assess(whole).results
    run, chunks = Plan.run, set()
    monkeypatch.setattr(Plan, "run", lambda plan, frame: chunks.update(frame.n_chunks("all")) or run(plan, frame))

    results = assessor.assess(pieces).results

    assert results.equals(want)
    assert pieces.n_chunks() > 1
    assert chunks == {1}  # each of hundreds of steps would go through every chunk: minutes instead of seconds


def test_an_assessor_can_be_sent_to_another_process(rules: spinefoot.RuleBase) -> None:
    table = table_of([random_answers(rules, seed) for seed in range(5)], rules)
    assessor = TableAssessor(rules, table.columns, firings=True)

    sent = pickle.loads(pickle.dumps(assessor))

    assert sent.assess(table).results.equals(assessor.assess(table).results)
    assert sent.assess(table).firings.equals(assessor.assess(table).firings)


def test_a_rule_base_without_causes_names_none(rules: spinefoot.RuleBase) -> None:
    without = msgspec.structs.replace(
        rules, causes=(), root_level_rules=(), urgency_rules=(), spine_link_rules=(), advice=(), instruments=()
    )
    table = table_of([{"saddle_numbness": True}, {}], rules)

    results = TableAssessor(without, table.columns, scores=True).assess(table).results

    assert results["urgency"].to_list() == ["emergency", "routine"]
    assert results.select("likely_causes", "cause_1", "cause_1_level", "cause_1_score").rows() == [("", None, None, None)] * 2


@pytest.mark.parametrize("seed", range(8))
def test_firings_are_the_rules_that_held(rules: spinefoot.RuleBase, seed: int) -> None:
    row = random_answers(rules, seed)
    table = table_of([row], rules)
    assessed = TableAssessor(rules, table.columns, firings=True).assess(table)
    if assessed.contradicts[0]:
        return
    settled, _ = settle(spinefoot.case_from_answers(row, rules), rules)
    want = plain.infer(rules, settled)
    assert assessed.firings is not None
    by_kind = {str(kind[0]): list(part["rule"]) for kind, part in assessed.firings.group_by("kind")}

    assert by_kind.get("pattern", []) == list(want.patterns)
    assert by_kind.get("red_flag", []) == list(want.red_flags)
    assert by_kind.get("advice", []) == list(want.advice)
    items = [(item.rule, item.weight) for score in want.scores.values() for item in score.items]
    evidence = assessed.firings.filter(pl.col("kind") == "evidence")
    applied = {cause.id for cause in rules.causes if want.scores.get(cause.id) and want.scores[cause.id].score is not None}
    of_applied = {item.id for cause in rules.causes if cause.id in applied for item in cause.evidence}
    assert [pair for pair in zip(evidence["rule"], evidence["weight"], strict=True) if pair[0] in of_applied] == items
