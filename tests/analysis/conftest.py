"""Random rule bases with written cases for the tests of the analysis."""

from typing import Any

import msgspec
import pytest
from hypothesis import strategies as st

import spinefoot
from spinefoot.analysis.written import WrittenCases
from spinefoot.assessment.intake import settle
from spinefoot.executors.plain import infer
from spinefoot.model.assessment import Conclusions
from spinefoot.model.case import Case, Expected
from spinefoot.model.conditions import Holds
from spinefoot.model.findings import Implication
from spinefoot.model.rulebase import RuleBase
from tests.strategies import answers, rule_bases

BASE = spinefoot.load_rules()


def settled(case: Case, rulebase: RuleBase) -> Any:
    """The answers that rules may read, None where they contradict each other."""
    try:
        return settle(case, rulebase)[0]
    except spinefoot.InputError:
        return None


@st.composite
def bases_with_intake(draw: st.DrawFn) -> RuleBase:
    """A random rule base that also changes answers before any rule."""
    rulebase = draw(rule_bases(BASE))
    source = draw(st.sampled_from(["y1", rulebase.patterns[0].id]))
    findings = [msgspec.structs.replace(f, no_not_trusted_if=Holds("y4")) if f.id == "y3" else f for f in rulebase.findings]
    implications = (Implication(when=source, then="y2", because="-"), Implication(when="y2", then="y5", because="-"))
    return msgspec.structs.replace(rulebase, findings=tuple(findings), implications=implications)


@st.composite
def written(draw: st.DrawFn, rulebase: RuleBase, most: int = 12) -> WrittenCases:
    """Cases that expect some of what the plain executor concludes of them."""
    cases = []
    for number in range(draw(st.integers(1, most))):
        case = Case(id=f"case{number}", findings=draw(answers()))
        found = settled(case, rulebase)
        if found is not None:
            expected = draw(_expected(infer(rulebase, found), rulebase))
            cases.append((msgspec.structs.replace(case, expected=expected), found))
    return WrittenCases(cases=tuple(case for case, _ in cases), answers=tuple(found for _, found in cases))


@st.composite
def _expected(draw: st.DrawFn, concluded: Conclusions, rulebase: RuleBase) -> Expected:
    """Something that is so; what it leaves out is not checked."""
    scores = {name: score.score for name, score in concluded.scores.items() if score.score is not None}
    fired = [*concluded.patterns, *concluded.red_flags, *concluded.advice, *concluded.root_level_rules]
    quiet = {r.id for r in (*rulebase.patterns, *rulebase.red_flags, *rulebase.advice, *rulebase.root_level_rules)} - set(fired)
    some = st.booleans()
    return Expected(
        urgency=concluded.urgency if draw(some) else None,
        urgency_at_least=concluded.urgency if draw(some) else None,
        urgency_rules=concluded.urgency_rules if draw(some) else (),
        spine_link=concluded.spine_link if draw(some) else None,
        root_levels=concluded.root_levels if draw(some) else None,
        levels={name: score.level for name, score in concluded.scores.items()} if draw(some) else {},
        scores=scores if draw(some) else {},
        instruments={name: (i.lowest, i.highest) for name, i in concluded.instruments.items()} if draw(some) else {},
        fires=tuple(draw(st.sets(st.sampled_from(sorted(fired))))) if fired and draw(some) else (),
        silent=tuple(draw(st.sets(st.sampled_from(sorted(quiet))))) if quiet and draw(some) else (),
    )


@pytest.fixture(scope="session")
def shipped_cases(rules: spinefoot.RuleBase) -> WrittenCases:
    """Every case beside the shipped rules."""
    from spinefoot.analysis.written import read_written_cases

    return read_written_cases([], rules)
