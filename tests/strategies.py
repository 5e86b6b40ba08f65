"""Random rule bases and cases: small, but with everything that conditions, gates and scores can do."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import strategies as st

from spinefoot.model.conditions import (
    AllOf,
    AnyOf,
    Condition,
    Count,
    EveryDangerNo,
    Holds,
    IsOneOf,
    IsUnknown,
    LevelIs,
    Not,
    NumberIs,
    OriginLevelIs,
    RedFlagFired,
    RootLevelFits,
    ScoreLead,
    SpineLinkIs,
    UrgencyIs,
)
from spinefoot.model.findings import Finding, Option
from spinefoot.model.knowledge import (
    AdviceRule,
    Cause,
    Ceiling,
    Evidence,
    GroupCap,
    Instrument,
    InstrumentItem,
    Limits,
    Pattern,
    PriorIf,
    RedFlag,
    RootLevelRule,
    ScopeRule,
    SpineLinkRule,
    UrgencyRule,
)
from spinefoot.model.rulebase import RuleBase

YES_NO = [f"y{i}" for i in range(6)]
CHOICES = [f"c{i}" for i in range(2)]
NUMBERS = [f"n{i}" for i in range(2)]
OPTIONS = ("left", "right", "none")


EXAMINED = ("y4", "y5", "c1")
"""Findings that an examiner observes, so that some groups of items are clinician groups."""


def _finding(name: str, kind: str, **more: Any) -> Finding:
    return Finding(
        id=name,
        kind=kind,
        observer="clinician" if name in EXAMINED else "self",
        question=f"{name}?",
        help="-",
        why_asked="-",
        **more,
    )


FINDINGS = (
    *(_finding(name, "yes_no", danger=name == "y0") for name in YES_NO),
    *(_finding(name, "choice", options=tuple(Option(id=o, label=o) for o in OPTIONS)) for name in CHOICES),
    *(_finding(name, "number", unit="days", min=0, max=10) for name in NUMBERS),
)

bounds = st.integers(0, 10)
answer_leaves = st.one_of(
    st.sampled_from(YES_NO).map(Holds),
    st.builds(lambda f, o: IsOneOf(f, tuple(sorted(o))), st.sampled_from(CHOICES), st.sets(st.sampled_from(OPTIONS), min_size=1)),
    st.builds(lambda f, b: NumberIs(f, at_least=b), st.sampled_from(NUMBERS), bounds),
    st.builds(lambda f, b: NumberIs(f, below=b), st.sampled_from(NUMBERS), bounds),
    st.builds(lambda f, b: NumberIs(f, above=b, at_most=10), st.sampled_from(NUMBERS), bounds),
)
unknown_leaves = st.sampled_from([*YES_NO, *CHOICES, *NUMBERS]).map(IsUnknown)


def trees(leaf: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    """Nested conditions over *leaf*."""

    def wider(child: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
        several = st.lists(child, min_size=1, max_size=4).map(tuple)
        counted = several.flatmap(lambda of: st.integers(1, len(of)).map(lambda n: Count(n, of)))
        return st.one_of(several.map(AllOf), several.map(AnyOf), child.map(Not), counted)

    return st.recursive(leaf, wider, max_leaves=8)


@st.composite
def answers(draw: st.DrawFn) -> dict[str, Any]:
    """Answers to some of the findings; the rest is unknown."""
    found: dict[str, Any] = {}
    for name in YES_NO:
        value = draw(st.sampled_from([True, False, None]))
        if value is not None:
            found[name] = value
    for name in CHOICES:
        value = draw(st.sampled_from([*OPTIONS, None]))
        if value is not None:
            found[name] = value
    for name in NUMBERS:
        value = draw(st.one_of(st.none(), st.integers(0, 10)))
        if value is not None:
            found[name] = value
    return found


def _scope(when: Condition, unless: Condition | None) -> tuple[ScopeRule, ...]:
    return (ScopeRule(id="s0", title="-", when=when, unless=unless, says="-", because="-"),)


@st.composite
def rule_bases(draw: st.DrawFn, base: RuleBase) -> RuleBase:
    """A random rule base that keeps only settings (urgencies, origins, verdicts, roots, thresholds) of *base*."""
    patterns: list[Pattern] = []
    leaf = answer_leaves
    for number in range(draw(st.integers(1, 4))):
        patterns.append(Pattern(id=f"p{number}", title="-", when=draw(trees(leaf))))
        leaf = st.one_of(answer_leaves, st.sampled_from([pattern.id for pattern in patterns]).map(Holds))
    condition = trees(leaf)
    flag_condition = trees(st.one_of(leaf, unknown_leaves))
    flags = tuple(
        RedFlag(
            id=f"f{number}",
            title="-",
            when=draw(flag_condition),
            unless=draw(st.one_of(st.none(), flag_condition)),
            urgency=draw(st.sampled_from(list(base.urgency_rank))),
            because="-",
            sources=(),
            instead_of_causes=draw(st.booleans()) and draw(st.booleans()),
        )
        for number in range(draw(st.integers(1, 4)))
    )
    causes = tuple(_cause(draw, number, condition, base) for number in range(draw(st.integers(1, 3))))
    level = st.sampled_from(["likely", "possible", "unlikely", "not_enough_information"])
    late = trees(
        st.one_of(
            leaf,
            st.sampled_from([flag.id for flag in flags]).map(RedFlagFired),
            st.builds(lambda c, lv: LevelIs(c.id, (lv,)), st.sampled_from(causes), level),
            st.builds(lambda o, lv: OriginLevelIs(o.id, (lv,)), st.sampled_from(base.origins[:3]), level),
            st.integers(-5, 5).map(lambda n: ScoreLead((base.origins[0].id,), (base.origins[1].id,), n)),
        )
    )
    root = st.just(RootLevelFits(base.roots[0].id))
    urgency = st.sampled_from(list(base.urgency_rank)).map(lambda u: UrgencyIs((u,)))
    settled = trees(st.one_of(late, root, st.just(EveryDangerNo())))
    linking = trees(st.one_of(late, root, urgency))
    verdicts = st.sets(st.sampled_from([verdict.id for verdict in base.verdicts]), min_size=1)
    last = trees(
        st.one_of(
            settled,
            unknown_leaves,
            urgency,
            verdicts.map(lambda some: SpineLinkIs(tuple(sorted(some)))),
        )
    )
    return msgspec.structs.replace(
        base,
        sources=(),  # what no rule reads would only fill the report of a failure
        syndromes=(),
        safety_net=(),
        topics=(),
        checklists=(),
        findings=FINDINGS,
        areas=(),
        implications=(),
        patterns=tuple(patterns),
        red_flags=flags,
        scope=draw(st.one_of(st.just(()), st.builds(_scope, condition, st.one_of(st.none(), condition)))),
        causes=causes,
        instruments=(
            Instrument(
                id="i0",
                title="-",
                about="-",
                items=tuple(
                    InstrumentItem(id=f"i0_{n}", title="-", when=draw(condition), points=draw(st.integers(-2, 3)))
                    for n in range(2)
                ),
                setting="-",
                accuracy="-",
                mark="verified",
                sources=(),
                show_if=draw(st.one_of(st.none(), condition)),
            ),
        ),
        root_level_rules=(
            RootLevelRule(
                id="r0", title="-", root=base.roots[0].id, when=draw(late), unless=draw(late), because="-", basis="expert"
            ),
        ),
        urgency_rules=(
            UrgencyRule(
                id="u0",
                title="-",
                when=draw(settled),
                urgency=draw(st.sampled_from(list(base.urgency_rank))),
                because="-",
                sources=(),
            ),
        ),
        spine_link_rules=tuple(
            SpineLinkRule(
                id=f"l{n}", title="-", verdict=v.id, when=draw(linking), unless=draw(linking), because="-", basis="expert"
            )
            for n, v in enumerate(base.verdicts[:2])
        ),
        advice=(
            AdviceRule(id="a0", kind="do", when=draw(last), unless=draw(st.one_of(st.none(), last)), text="-", basis="expert"),
        ),
    )


def _cause(draw: st.DrawFn, number: int, condition: st.SearchStrategy[Condition], base: RuleBase) -> Cause:
    groups = ("g0", "g1")
    items = tuple(
        Evidence(
            id=f"e{number}_{n}",
            when=draw(condition),
            only_if=draw(st.one_of(st.none(), condition)),
            if_true=draw(st.integers(-9, 9)),
            if_false=draw(st.integers(-9, 9)),
            group=draw(st.sampled_from(groups)),
            replaces=(f"e{number}_0",) if n == 1 and draw(st.booleans()) else (),
            replaces_if_true=(f"e{number}_1",) if n == 2 and draw(st.booleans()) else (),
            basis="expert",
            because="-",
        )
        for n in range(draw(st.integers(1, 4)))
    )
    return Cause(
        id=f"k{number}",
        title="-",
        origin=draw(st.sampled_from([o.id for o in base.origins[:3]])),
        summary="-",
        prior=draw(st.integers(-10, 3)),
        limits=Limits(min=-14, max=12),
        answered_groups=draw(st.integers(0, 2)),
        likely_groups=draw(st.integers(0, 1)),
        evidence=items,
        applies_if=draw(st.one_of(st.none(), condition)),
        prior_if=(PriorIf(when=draw(condition), prior=2, because="-"),) if draw(st.booleans()) else (),
        ceiling=Ceiling(level="possible", because="-", unless=draw(condition)) if draw(st.booleans()) else None,
        groups={"g0": GroupCap(min=-6, max=5, further=draw(st.sampled_from(["half", "none", "full"])))},
    )
