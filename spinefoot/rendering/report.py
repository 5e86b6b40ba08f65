"""An assessment as an ordered page of sections: what is said, in which order, before any terminal sees it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from typing import Literal, TypeAlias

import msgspec

from spinefoot.assessment.assess import Assessment
from spinefoot.model.assessment import CauseScore, Firing, WeighedItem
from spinefoot.model.findings import Value
from spinefoot.model.knowledge import Evidence, RedFlag, ScopeRule, UrgencyRule
from spinefoot.model.rulebase import RuleBase
from spinefoot.rulebase.wording import answer_text, say_answer
from spinefoot.scoring import LIMITS_IN_WORDS, account_of

__all__ = ["Line", "Section", "Tone", "printable", "report", "say_on_arrival", "trace_sections"]

Tone: TypeAlias = Literal["emergency", "same_day", "plain", "calm"]

_URGENT = 2
"""The two highest urgencies come before the headline."""

_ADVICE_WORDS = {
    "do": "Do",
    "avoid": "Avoid",
    "see": "Whom to see",
    "know": "Good to know",
    "ask": "Ask your doctor",
    "watch": "Watch for",
}

_UNPRINTABLE = ("Cc", "Cf", "Cs", "Co")
"""Unicode categories: control, format, surrogate, private use."""

_QUESTIONS_SHOWN = 8
_REASONS_SHOWN = 5
_ANSWERS_SHOWN = 4


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """
    One idea: *text*, set in by *level*; *mark* stands in front (a bullet or a weight), *strong* is emphasis.

    *verbatim* text is a drawing: it keeps its spaces and line ends.
    """

    text: str
    level: int = 0
    mark: str = ""
    strong: bool = False
    verbatim: bool = False


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the page with a title."""

    title: str
    lines: tuple[Line, ...]
    tone: Tone = "plain"


def printable(text: str) -> str:
    """Return *text* with control characters made visible, so that nothing from a file can steer a terminal."""
    if text.isprintable():
        return text
    return "".join(c if c == "\n" or unicodedata.category(c) not in _UNPRINTABLE else "\N{REPLACEMENT CHARACTER}" for c in text)


def report(assessment: Assessment) -> list[Section]:
    """Return the page: urgency and headline, causes, root, advice, warning signs, open questions, disclaimer."""
    rulebase = assessment.rulebase
    urgency, headline = _urgency(assessment), _headline(assessment)
    urgent = rulebase.urgency_rank[assessment.urgency] < _URGENT
    sections = [urgency, headline] if urgent else [headline, urgency]
    sections += _causes(assessment)
    sections += [] if assessment.conclusions.withheld else _instruments(assessment)
    sections += _advice(assessment)
    sections.append(Section(title="Go now, or call, if", lines=tuple(Line(text=t, mark="!") for t in rulebase.safety_net)))
    sections += _open_questions(assessment)
    sections.append(Section(title="What this is", lines=(Line(text=rulebase.disclaimer),), tone="calm"))
    return sections


def trace_sections(assessment: Assessment) -> list[Section]:
    """Return every step in firing order, grouped by stage: rule, what matched, reason, source, file and line."""
    stages: dict[str, list[Line]] = {}
    for number, firing in enumerate(assessment.trace, 1):
        stages.setdefault(_STAGES[firing.stage], []).extend(_step(number, firing, assessment.rulebase))
    return [Section(title=title, lines=tuple(lines)) for title, lines in stages.items()]


_STAGES = {
    "input": "Answers settled before any rule",
    "pattern": "Patterns",
    "instrument": "Published scores",
    "red_flag": "Red flags",
    "scope": "Scope",
    "evidence": "Evidence",
    "level": "Levels of causes",
    "root_level": "Nerve roots",
    "urgency": "Urgency",
    "spine_link": "Link to the spine",
    "advice": "Advice",
}


def _scope(assessment: Assessment) -> list[ScopeRule]:
    return [rule for rule in assessment.rulebase.scope if rule.id in assessment.conclusions.withheld]


def _headline(assessment: Assessment) -> Section:
    """Answer the headline question; a case out of scope is told so, and where to turn, instead of a guess."""
    title, names = "Is it linked to the spine?", set(assessment.conclusions.spine_link_rules)
    lines = [line for rule in _scope(assessment) for line in (Line(text=rule.title, strong=True), Line(text=rule.says))]
    if lines and not names:
        return Section(title=title, lines=tuple(lines))
    verdict = next(v for v in assessment.rulebase.verdicts if v.id == assessment.spine_link)
    lines += [Line(text=verdict.title, strong=True), Line(text=verdict.says)]
    because = [rule.because for rule in assessment.rulebase.spine_link_rules if rule.id in names]
    lines += [Line(text=text, mark="-") for text in because or [assessment.rulebase.default_spine_link_because]]
    roots = [root for root in assessment.rulebase.roots if root.id in assessment.root_levels]
    lines += [Line(text=f"Nerve root: it {root.says}.", mark="-") for root in roots]
    return Section(title=title, lines=tuple(lines))


def _urgency(assessment: Assessment) -> Section:
    rulebase = assessment.rulebase
    urgency = rulebase.urgencies[rulebase.urgency_rank[assessment.urgency]]
    lines = [Line(text=urgency.title, strong=True), Line(text=urgency.action)]
    names = set(assessment.conclusions.urgency_rules)
    everything: tuple[RedFlag | UrgencyRule, ...] = (*rulebase.red_flags, *rulebase.urgency_rules)
    fired = [rule for rule in everything if rule.id in names]
    if any(isinstance(rule, RedFlag) and rule.call_ambulance for rule in fired):
        lines.insert(1, Line(text="Call an ambulance; do not travel on your own.", mark="!", strong=True))
    lines += [Line(text=text, mark="*") for text in urgency.do]
    lines += [Line(text=text, mark="x") for text in urgency.do_not]
    lines += say_on_arrival(fired, rulebase)
    lines += _reasons(fired, assessment)
    rank = rulebase.urgency_rank[urgency.id]
    tone: Tone = "emergency" if rank == 0 else "same_day" if rank == 1 else "plain"
    return Section(title="How soon", lines=tuple(lines), tone=tone)


def _reasons(fired: Sequence[RedFlag | UrgencyRule], assessment: Assessment) -> Iterator[Line]:
    yield Line(text="Why", strong=True)
    if not fired:
        yield Line(text=assessment.rulebase.default_urgency_because, mark="-")
    for rule in fired[:_REASONS_SHOWN]:
        aim = f" (aim: {rule.aim})" if isinstance(rule, RedFlag) and rule.aim else ""
        sources = f" [{', '.join(rule.sources)}]" if rule.sources else ""
        yield Line(text=f"{rule.title}{aim}. {rule.because}{sources}", mark="-")
        yield from (Line(text=text, level=1) for text in _matched(assessment, rule.id))
    if len(fired) > _REASONS_SHOWN:
        yield Line(text=f"and {len(fired) - _REASONS_SHOWN} more (--trace shows them all)")


def say_on_arrival(fired: Sequence[RedFlag | UrgencyRule], rulebase: RuleBase) -> list[Line]:
    """Return what to say on arrival for each syndrome of the red flags among *fired*."""
    said: dict[str, None] = {}
    for rule in fired:
        if isinstance(rule, RedFlag):
            words = rule.on_arrival or rulebase.syndrome[rule.syndrome].on_arrival
            if words:
                said[words] = None
    return [Line(text=f'Say on arrival: "{words}"', mark="*") for words in said]


def _matched(assessment: Assessment, rule: str) -> list[str]:
    """Say what a rule matched, down to the answers, as far as there are any."""
    firing = next((f for f in assessment.trace if f.rule == rule), None)
    if firing is None:
        return []
    answers = dict.fromkeys(_answers_below(firing, assessment, set()))
    return [f"You entered: {_said(assessment, list(answers))}."] if answers else []


def _said(assessment: Assessment, names: Sequence[str]) -> str:
    said = [say_answer(assessment.rulebase.finding[name], assessment.answers.get(name)) for name in names]
    more = [f"and {len(said) - _ANSWERS_SHOWN} more"] if len(said) > _ANSWERS_SHOWN else []
    return "; ".join([*said[:_ANSWERS_SHOWN], *more])


def _answers_below(firing: Firing, assessment: Assessment, seen: set[str]) -> Iterator[str]:
    for name, value in firing.facts.items():
        if name in assessment.rulebase.finding and value is not None:
            yield name
        elif name in assessment.rulebase.pattern and name not in seen:
            seen.add(name)
            inner = next((f for f in assessment.trace if f.rule == name and f.value == value), None)
            if inner is not None:
                yield from _answers_below(inner, assessment, seen)


def _causes(assessment: Assessment) -> list[Section]:
    if _scope(assessment):
        return []
    if assessment.conclusions.withheld:
        text = "No possible causes are shown: getting help now matters more than which cause it is."
        return [Section(title="Possible causes", lines=(Line(text=text),))]
    shown = [score for score in assessment.causes if score.level in ("likely", "possible") and score.score is not None]
    rest = [score for score in assessment.causes if score not in shown and score.items]
    sections = [_sheet(score, assessment) for score in shown]
    lines = [_short(score, assessment.rulebase) for score in rest]
    if not shown:
        lines.insert(0, Line(text="No cause reaches the level possible with these answers."))
    if lines:
        sections.append(Section(title="Less likely, or too little known", lines=tuple(lines), tone="calm"))
    return sections


def _sheet(score: CauseScore, assessment: Assessment) -> Section:
    rulebase = assessment.rulebase
    cause = rulebase.cause[score.cause]
    origin = next(o.title for o in rulebase.origins if o.id == cause.origin)
    lines = [Line(text=cause.summary)]
    for heading, items in (
        ("For", [item for item in score.items if item.weight > 0]),
        ("Against", [item for item in score.items if item.weight < 0]),
    ):
        if items:
            lines.append(Line(text=heading, strong=True))
            lines += [_weighed(item, assessment) for item in sorted(items, key=lambda item: -abs(item.counts))]
    lines.append(Line(text=account_of(score, cause)))
    return Section(title=f"{score.level.capitalize()}: {cause.title} ({origin})", lines=tuple(lines))


def _weighed(item: WeighedItem, assessment: Assessment) -> Line:
    rule = assessment.rulebase.rule[item.rule]
    if not isinstance(rule, Evidence):
        raise AssertionError(f"{item.rule} weighs, but is no item of evidence")
    firing = next(f for f in assessment.trace if f.rule == item.rule)
    said = _said(assessment, list(dict.fromkeys(_answers_below(firing, assessment, set()))))
    said = said[:1].upper() + said[1:]
    counts = "not counted, another item says the same" if item.replaced else f"counts {item.counts:+d}"
    share = "" if item.counts == item.weight else f" ({counts})"
    mark = {"recalled": " [figure recalled, not re-read]", "expert": " [judgement]", "published": ""}[rule.basis]
    return Line(text=f"{said}. {rule.because}{mark}{share}", mark=f"{item.weight:+d}", level=1)


def _short(score: CauseScore, rulebase: RuleBase) -> Line:
    total = "" if score.score is None else f" ({score.score:+d})"
    why = f"; {LIMITS_IN_WORDS[score.limited_by]}" if score.limited_by else ""
    return Line(text=f"{rulebase.cause[score.cause].title}: {score.level.replace('_', ' ')}{total}{why}", mark="-")


def _instruments(assessment: Assessment) -> list[Section]:
    lines: list[Line] = []
    for score in assessment.conclusions.instruments.values():
        instrument = assessment.rulebase.instrument[score.instrument]
        total = str(score.lowest) if score.lowest == score.highest else f"between {score.lowest} and {score.highest}"
        missing = f", {len(score.missing)} of {len(instrument.items)} items not answered" if score.missing else ""
        lines.append(Line(text=f"{instrument.title}: {total} points{missing}. {instrument.about}", mark="-"))
        reached = [c.says for c in instrument.cutoffs if score.lowest >= c.at_least]
        recalled = " (recalled)" if instrument.mark == "recalled" else ""
        lines += [Line(text=text, level=1) for text in reached[-1:]]
        lines.append(Line(text=f"{instrument.accuracy}{recalled} {instrument.setting}", level=1))
        lines += [Line(text=instrument.note, level=1)] if instrument.note else []
    if not lines:
        return []
    lines.insert(0, Line(text="A second opinion beside the balance sheets; never added to them."))
    return [Section(title="Published scores", lines=tuple(lines), tone="calm")]


def _advice(assessment: Assessment) -> list[Section]:
    fired = [rule for rule in assessment.rulebase.advice if rule.id in set(assessment.conclusions.advice)]
    lines: list[Line] = []
    for kind, heading in _ADVICE_WORDS.items():
        texts = dict.fromkeys(rule.text for rule in fired if rule.kind == kind)
        if texts:
            lines.append(Line(text=heading, strong=True))
            lines += [Line(text=text, mark="*", level=1) for text in texts]
    return [Section(title="Advice", lines=tuple(lines))] if lines else []


def _open_questions(assessment: Assessment) -> list[Section]:
    rulebase = assessment.rulebase
    names = assessment.unanswered
    if not names:
        return []
    lines = [Line(text=rulebase.finding[name].question, mark="?") for name in names[:_QUESTIONS_SHOWN]]
    if len(names) > _QUESTIONS_SHOWN:
        lines.append(Line(text=f"and {len(names) - _QUESTIONS_SHOWN} more (--json lists them all)"))
    flags = len(assessment.silent_for_want_of_an_answer)
    if flags:
        lines.insert(
            0, Line(text=f"{flags} warning signs could still be found by one more answer. Not answered is not the same as no.")
        )
    return [Section(title="Not answered, and could change this", lines=tuple(lines))]


def _step(number: int, firing: Firing, rulebase: RuleBase) -> Iterator[Line]:
    """Say how a rule fired; an item that counts nothing takes one line."""
    matched = ", ".join(_fact(name, value, rulebase) for name, value in firing.facts.items())
    title, mark = f"{firing.rule}: {firing.concludes}", f"{number}."
    if firing.stage == "evidence" and not firing.value:
        yield Line(text=f"{title} ({matched})", mark=mark, strong=True)
        return
    yield Line(text=title, mark=mark, strong=True)
    if matched:
        yield Line(text=f"matched: {matched}", mark="-", level=1)
    if firing.gate:
        closed = ", ".join(_fact(name, value, rulebase) for name, value in firing.gate.items())
        yield Line(text=f"gate stays shut: {closed}", mark="-", level=1)
    if firing.because and firing.because != firing.concludes:
        yield Line(text=f"because: {firing.because}", mark="-", level=1)
    cited = ", ".join(f"{name} ({rulebase.source[name].mark})" for name in firing.sources if name in rulebase.source)
    origin = [f"rule at {str(firing.where).removeprefix(f'{rulebase.directory}/')}"] if firing.where else []
    origin += [f"source: {cited}"] if cited else []
    if origin:
        yield Line(text="; ".join(origin), mark="-", level=1)


def _fact(name: str, value: Value | None, rulebase: RuleBase) -> str:
    finding = rulebase.finding.get(name)
    if finding is not None:
        return f"{name} = {answer_text(finding, value)}"
    if isinstance(value, bool):
        return name if value else f"not {name}"
    return f"{name} {value:+d}" if isinstance(value, int) else f"{name} = {value}"
