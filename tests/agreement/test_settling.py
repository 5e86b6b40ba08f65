"""A table is settled as its rows are one by one, on random implications and doubts."""

from __future__ import annotations

from typing import Any

import msgspec
import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import spinefoot
from spinefoot.assessment.intake import settle
from spinefoot.assessment.intake_table import TableSettler
from spinefoot.executors.columns.plan import column_type
from spinefoot.model.case import Case
from spinefoot.model.conditions import Condition, Holds
from spinefoot.model.findings import Implication
from spinefoot.model.knowledge import Pattern
from spinefoot.model.rulebase import RuleBase
from tests.strategies import FINDINGS, YES_NO, answer_leaves, answers, trees

BASE = spinefoot.load_rules()
SLOW = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


@st.composite
def vocabularies(draw: st.DrawFn) -> RuleBase:
    """A rule base of findings, patterns and what settles answers."""
    patterns = tuple(Pattern(id=f"p{n}", title="-", when=draw(trees(answer_leaves))) for n in range(2))
    readable = trees(st.one_of(answer_leaves, st.sampled_from([p.id for p in patterns]).map(Holds)))
    whens = st.sampled_from([*YES_NO, *(p.id for p in patterns)])
    implications = draw(
        st.lists(
            st.builds(lambda when, then: Implication(when=when, then=then, because="-"), whens, st.sampled_from(YES_NO)),
            max_size=4,
        )
    )
    doubts: dict[str, Condition | None] = {name: draw(st.one_of(st.none(), readable)) for name in YES_NO[:3]}
    findings = tuple(msgspec.structs.replace(f, no_not_trusted_if=doubts.get(f.id)) for f in FINDINGS)
    empty = dict.fromkeys(("topics", "checklists", "areas", "syndromes", "safety_net", "red_flags", "scope", "causes"), ())
    late = dict.fromkeys(("instruments", "root_level_rules", "urgency_rules", "spine_link_rules", "advice"), ())
    settling = {"findings": findings, "patterns": patterns, "implications": tuple(implications)}
    return msgspec.structs.replace(BASE, **empty, **late, **settling)


def settled_alone(case: dict[str, Any], rulebase: RuleBase) -> dict[str, Any] | None:
    try:
        return dict(settle(Case(findings=case), rulebase)[0])
    except spinefoot.InputError:
        return None


@SLOW
@given(rulebase=vocabularies(), rows=st.lists(answers(), min_size=1, max_size=8))
def test_a_table_is_settled_as_its_rows_are(rulebase: RuleBase, rows: list[dict[str, Any]]) -> None:
    table = pl.DataFrame(rows, schema={finding.id: column_type(finding) for finding in rulebase.findings})

    settled, contradicts = TableSettler(rulebase, table.columns).settle(table)

    for case, got, contradiction in zip(rows, settled.iter_rows(named=True), contradicts, strict=True):
        want = settled_alone(case, rulebase)
        assert contradiction is (want is None)
        if want is not None:
            assert {name: value for name, value in got.items() if value is not None} == want
