"""The screens of an interview as sections: questions, what was understood, help, review, emergencies, what is still open."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import msgspec

from spinefoot.errors import Problem, first_few
from spinefoot.interview.replies import lettered
from spinefoot.interview.session import Replies, Session, Standing, Step
from spinefoot.interview.why import answers_behind
from spinefoot.model.conditions import Holds
from spinefoot.model.findings import AnswerLabels, Finding, Value
from spinefoot.model.knowledge import RedFlag
from spinefoot.model.rulebase import NO_ANSWER_NEEDED, RuleBase
from spinefoot.planning.possible import both
from spinefoot.planning.screens import Screen
from spinefoot.rendering.body_map import area_of, areas_asked, draw, two_columns
from spinefoot.rendering.report import Line, Section, Tone, say_on_arrival
from spinefoot.rulebase.wording import describe, say_answer
from spinefoot.truth import View

__all__ = [
    "COMMANDS",
    "Style",
    "contradiction_page",
    "dropped_page",
    "emergency_page",
    "gate_page",
    "help_page",
    "how_to_answer",
    "opening",
    "raised_page",
    "review_page",
    "screen_page",
    "still_open",
    "still_open_page",
    "summary",
    "understood",
]

COMMANDS = "w why  h help  b back  r review  s so far  v save  q quit"
"""What can be typed at any question besides an answer."""

_CAUSES_NAMED = 6
_ONE_LINE = 72
"""Characters of a question that fit on one line of a terminal of 80 columns, set in and framed."""
_TO_READ_OUT = "A finding stands in clinical terms first; what follows in quotation marks is for reading out to the patient."
_TIMES = ("day", "week", "month", "year")


class Style(msgspec.Struct, frozen=True, kw_only=True):
    """How to speak: to a person or to a *clinician*, and whether there is room for *drawings*."""

    clinician: bool = False
    drawings: bool = True


def opening(rulebase: RuleBase, style: Style, resumed: int) -> list[Section]:
    """Return what is said before the first question."""
    whom = "the patient" if style.clinician else "you"
    about = [
        Line(text="Is foot or leg pain linked to the spine? Questions first, then an answer with every reason for it."),
        Line(text=rulebase.disclaimer),
        Line(text=f"First come questions that find an emergency, then what troubles {whom}, then what narrows the causes."),
        Line(text="Nothing leaves this machine, and nothing is saved unless you ask for it."),
    ]
    how = [
        Line(text="A list: type the numbers that apply, as in 2 5, or none if nothing does.", mark="*"),
        Line(
            text="Not sure, or not checked: type ? for the whole question, or 3? for number 3. Not sure is never taken for no.",
            mark="*",
        ),
        *([Line(text=_TO_READ_OUT, mark="*")] if style.clinician else []),
        Line(text="Numbers may have a unit, as in 3 weeks. Choices take the number, or the first letters.", mark="*"),
        Line(
            text="At any question: w why it is asked, h help (what counts as yes), b back, r review and change answers, "
            "s the result so far, v save, q quit. The words work too, and h 3 asks for help with number 3.",
            mark="*",
        ),
    ]
    sections = [Section(title="Before we start", lines=tuple(about)), Section(title="How to answer", lines=tuple(how))]
    if resumed:
        text = f"{resumed} answers were loaded. The questions go on where they stopped; r lists the answers."
        sections.append(Section(title="Going on", lines=(Line(text=text),), tone="calm"))
    return sections


def screen_page(screen: Screen, number: int, rulebase: RuleBase, style: Style) -> list[Section]:
    """Return a screen to answer: one question, or a checklist."""
    findings = [rulebase.finding[name] for name in screen.findings]
    topic = next(t for t in rulebase.topics if t.id == screen.topic)
    lines: list[Line] = []
    if len(findings) > 1:
        lines.append(Line(text=_checklist_title(screen, rulebase), strong=True))
    else:
        lines += _asked(findings[0], style)
    drawing = draw(areas_asked(findings, rulebase), rulebase) if style.drawings else None
    if any(finding.steps for finding in findings) and topic.caution:
        lines.append(Line(text=topic.caution, mark="!"))
    if drawing:
        lines += [Line(text=drawing, verbatim=True), Line(text="Only places with a number play a part now.")]
    items = list(_items(findings, rulebase, style))
    lines += two_columns(items) if drawing else items
    return [Section(title=f"{number}. {topic.title}", lines=tuple(lines))]


def how_to_answer(findings: Sequence[Finding]) -> str:
    """Return what can be typed to answer a screen."""
    if len(findings) > 1:
        letter = next((f"{place}a" for place, finding in enumerate(findings, 1) if finding.kind == "choice"), "2")
        return f"none, or what applies, as in 1 {letter} (rest: no). Not sure: 1? for one, ? for all"
    finding = findings[0]
    if finding.kind == "choice":
        return f"1-{len(finding.options)} or the first letters.  ? I don't know"
    if finding.kind == "number":
        unit = finding.unit or ""
        longer = ", or as in 2 days, 3 weeks" if unit.removesuffix("s") in _TIMES and unit != "years" else ""
        return f"A number from {finding.min:g} to {finding.max:g} {unit}".rstrip() + f"{longer}.  ? I don't know"
    labels = finding.answer_labels
    if labels is not None:
        return f"y {labels.if_yes}.  n {labels.if_no}.  ? {labels.if_unknown}"
    return "y yes  n no  ? I don't know"


def understood(findings: Sequence[Finding], replies: Replies, rulebase: RuleBase) -> list[Line]:
    """Return what a reply was taken to mean."""
    if len(findings) == 1:
        return [Line(text=f"Noted: {_said(findings[0], replies[findings[0].id])}.")]
    return [Line(text=f"Noted. {summary(findings, replies, rulebase)}")]


def summary(findings: Sequence[Finding], replies: Replies, rulebase: RuleBase) -> str:
    """Return the replies to a checklist in a few sentences: what is yes, not sure and no."""
    by_reply: dict[bool | None, list[Finding]] = {True: [], None: [], False: []}
    for finding in findings:
        reply = replies[finding.id]
        by_reply[None if reply is None else reply not in (False, NO_ANSWER_NEEDED)].append(finding)
    places = bool(areas_asked(findings, rulebase))
    parts = []
    for value, word in ((True, "Yes"), (None, "Not sure"), (False, "No")):
        found = by_reply[value]
        if len(found) == len(findings):
            parts.append(f"{word}: all {len(found)}.")
        elif found and value is False:
            parts.append(f"{word}: the other {len(found)}.")
        elif found:
            parts.append(f"{word}: {'; '.join(_in_words(f, replies[f.id], places, rulebase) for f in found)}.")
    return " ".join([*parts, *_said_by_no(findings, by_reply[False])])


def help_page(findings: Sequence[Finding], style: Style, only: int | None = None) -> list[Section]:
    """Return what counts as yes: for the whole screen, or for its item number *only* (from 1)."""
    lines: list[Line] = []
    for number, finding in enumerate(findings, 1):
        if only in (None, number):
            several = len(findings) > 1
            lines.append(Line(text=finding.question, mark=f"{number}" if several else "", strong=True))
            lines.append(Line(text=finding.help, level=1))
            lines += [Line(text=step, mark="-", level=1) for step in finding.steps]
            lines += [_coded(finding)] if style.clinician else []
    return [Section(title="What counts as yes" if findings[0].kind == "yes_no" else "Help", lines=tuple(lines), tone="calm")]


def review_page(session: Session) -> list[Section]:
    """Return every answer so far with the number of its question."""
    lines = [Line(text=_reviewed(step, session.rulebase), mark=f"{number:>2}") for number, step in enumerate(session.steps, 1)]
    return [Section(title="Your answers so far", lines=tuple(lines or [Line(text="None yet.")]), tone="calm")]


def gate_page(standing: Standing) -> list[Section]:
    """Return the notice that an emergency depends on what is asked next."""
    titles = [Line(text=rule.title, mark="-") for rule in standing.emergencies]
    lines = [
        Line(text="One of your answers can mean an emergency:", strong=True),
        *titles,
        Line(text="What is asked next tells whether it is one. If you cannot answer, type ?, and it is taken as one."),
    ]
    return [Section(title="Please read", lines=tuple(lines), tone="same_day")]


def emergency_page(standing: Standing, announced: Collection[str]) -> list[Section]:
    """Return what to do in an emergency: where to go, why, and what to say there."""
    rulebase = standing.rulebase
    urgency = rulebase.urgencies[0]
    new = [rule for rule in standing.emergencies if rule.id not in announced]
    lines = [Line(text=urgency.action, strong=True)]
    if any(isinstance(rule, RedFlag) and rule.call_ambulance for rule in standing.emergencies):
        lines.append(Line(text="Call an ambulance; do not travel on your own.", mark="!", strong=True))
    lines += [Line(text=text, mark="*") for text in urgency.do]
    lines += [Line(text=text, mark="x") for text in urgency.do_not]
    lines.append(Line(text="What you answered, and what it may mean", strong=True))
    view = View(rulebase, standing.answers)
    for rule in new:
        said = [say_answer(rulebase.finding[name], standing.answers.get(name)) for name in answers_behind(rule, view)]
        lines.append(Line(text=f"You answered: {'; '.join(said)}.", mark="-"))
        lines.append(Line(text=f"{rule.title}. {rule.because}", level=1))
    lines += say_on_arrival(standing.emergencies, rulebase)
    return [Section(title=urgency.title, lines=tuple(lines), tone="emergency")]


def raised_page(standing: Standing) -> list[Section]:
    """Return, for somebody who stops early, what to watch for, and last, where it stays in sight, what was raised so far."""
    rulebase, conclusions = standing.rulebase, standing.conclusions
    if standing.emergencies:
        return emergency_page(standing, ())
    watch = Section(title="Go now, or call, if", lines=tuple(Line(text=text, mark="!") for text in rulebase.safety_net))
    urgency = rulebase.urgencies[rulebase.urgency_rank[conclusions.urgency]]
    fired = [rulebase.red_flag[name] for name in conclusions.red_flags]
    lines = [Line(text="Nothing you answered so far raised a warning sign.")]
    if fired:
        lines = [Line(text=urgency.title, strong=True), Line(text=urgency.action)]
        lines += [Line(text=f"{flag.title}. {flag.because}", mark="-") for flag in fired]
        lines += say_on_arrival(fired, rulebase)
    lines.append(Line(text="Not every question was asked: this is no all-clear, and it may be more urgent than this."))
    tone: Tone = "same_day" if fired and rulebase.urgency_rank[urgency.id] == 1 else "plain"
    return [watch, Section(title="You stopped early", lines=tuple(lines), tone=tone)]


def dropped_page(names: Sequence[str], rulebase: RuleBase) -> list[Section]:
    """Return which answers were dropped, because their question does not apply any more."""
    lines = [Line(text="These answers belong to an answer that you changed, and were dropped:")]
    lines += [Line(text=rulebase.finding[name].question, mark="-") for name in names]
    return [Section(title="No longer asked", lines=tuple(lines), tone="calm")]


def contradiction_page(problems: Sequence[Problem], session: Session) -> list[Section]:
    """Return contradictions in plain words, with where the earlier answers are."""
    rulebase = session.rulebase
    lines: list[Line] = []
    for problem in problems:
        if not problem.about:
            lines.append(Line(text=problem.message, mark="-"))
            continue
        source, name = problem.about
        says = (describe(Holds(source), rulebase), say_answer(rulebase.finding[name], False))
        lines.append(Line(text="These two cannot both be true:", strong=True))
        lines += [
            Line(text=text[:1].upper() + text[1:] + _asked_in(finding, session) + ".", mark="-")
            for text, finding in zip(says, problem.about, strict=True)
        ]
        reasons = [i.because for i in rulebase.implied_by.get(name, ()) if i.when == source]
        lines += [Line(text=text) for text in reasons[:1]]
    lines.append(Line(text="Answer again, or type ? if you are not sure. r lists the earlier answers, to change one."))
    return [Section(title="That does not fit together", lines=tuple(lines), tone="same_day")]


def still_open_page(standing: Standing) -> list[Section]:
    """Return what a further answer could still change, for somebody who may stop here."""
    lines = [Line(text="How soon is settled: no further question can change it."), *still_open(standing)]
    return [Section(title="You can stop here", lines=tuple(lines))]


def still_open(standing: Standing, *, briefly: bool = False) -> list[Line]:
    """Say in words which verdicts are still within reach; *briefly* counts causes and leaves out roots."""
    rulebase, reach = standing.rulebase, standing.outlook.reach
    lines: list[Line] = []
    if not reach.urgency_is_settled:
        titles = [urgency.title for urgency in rulebase.urgencies if urgency.id in reach.urgencies]
        lines.append(Line(text=f"How soon can still come out as: {'; '.join(titles)}.", mark="-"))
    if len(reach.spine_links) > 1:
        links = [verdict.title for verdict in rulebase.verdicts if verdict.id in reach.spine_links]
        lines.append(Line(text=f"The link to the spine can still come out as: {'; '.join(links)}.", mark="-"))
    roots = [root.title for root in rulebase.roots if reach.roots[root.id] == both]
    if roots and not briefly:
        lines.append(Line(text=f"Nerve roots not decided yet: {', '.join(roots)}.", mark="-"))
    causes = [cause.title for cause in rulebase.causes if reach.likely[cause.id] == both]
    if causes and briefly:
        lines.append(Line(text=f"Causes that could still turn out likely, or not: {len(causes)}.", mark="-"))
    elif causes:
        lines.append(Line(text=f"Could still turn out likely, or not: {first_few(causes, _CAUSES_NAMED, '; ')}.", mark="-"))
    return lines


def _items(findings: Sequence[Finding], rulebase: RuleBase, style: Style) -> Iterator[Line]:
    if len(findings) == 1:
        yield from (Line(text=step, mark="-", level=1) for step in findings[0].steps)
        for number, option in enumerate(findings[0].options, 1):
            yield Line(text=option.label, mark=f"{number:>2}")
        return
    places = bool(areas_asked(findings, rulebase))
    for number, finding in enumerate(findings, 1):
        area = area_of(finding, rulebase) if places else None
        nerves = f" ({area.nerves})" if area is not None and area.nerves and style.clinician else ""
        if area is None:
            yield from _listed(finding, number, style)
        else:
            yield Line(text=area.label + nerves, mark=f"{number:>2}")
        yield from (Line(text=step, mark="-", level=2) for step in finding.steps)
        yield from (Line(text=option.label, mark=f"{number}{letter}", level=2) for letter, option in lettered(finding).items())
        labels = _telling(finding)
        if labels is not None:
            yield Line(text=f'No means "{labels.if_no}". {labels.if_unknown}: type {number}?', level=2)
        elif finding.steps:
            yield Line(text=f"Not tested: type {number}?", level=2)


def _checklist_title(screen: Screen, rulebase: RuleBase) -> str:
    return next((c.title for c in rulebase.checklists if c.id == screen.checklist), "Which of these apply?")


def _asked(finding: Finding, style: Style) -> Iterator[Line]:
    """Ask one question: for a clinician its clinical term, then the words to read out."""
    term, question = _words(finding, style)
    yield Line(text=term or question, strong=True)
    if term and question:
        yield Line(text=question)


def _listed(finding: Finding, number: int, style: Style) -> Iterator[Line]:
    """Ask an item of a checklist; a long question to read out goes on behind its term, which saves a line."""
    term, question = _words(finding, style)
    apart = bool(term and question) and len(question) <= _ONE_LINE
    yield Line(text=term if apart else ". ".join(filter(None, (term, question))), mark=f"{number:>2}")
    if apart:
        yield Line(text=question, level=2)


def _words(finding: Finding, style: Style) -> tuple[str, str]:
    """Return the clinical term and the question: one of them empty where the other says all."""
    term = finding.in_clinical_words if style.clinician else None
    if term is None:
        return "", finding.question
    return term, "" if finding.observer == "clinician" else f'"{finding.question}"'


def _coded(finding: Finding) -> Line:
    code = f", {finding.hpo} in the Human Phenotype Ontology" if finding.hpo else ""
    return Line(text=f"In symptom files: {finding.id}{code}.", level=1)


def _said(finding: Finding, value: Value | None) -> str:
    if value is None:
        label = finding.answer_labels.if_unknown if finding.answer_labels is not None else "not known"
        return label[0].lower() + label[1:]
    return say_answer(finding, value)


def _in_words(finding: Finding, value: Value | None, places: bool, rulebase: RuleBase) -> str:
    """Say what an item of a checklist says: as it was answered, or, where that is not sure, what it would say if it were."""
    area = area_of(finding, rulebase) if places else None
    if area is not None:
        return area.label
    if finding.kind == "yes_no":
        return say_answer(finding, True)
    return (finding.subject or finding.question) if value is None else say_answer(finding, value)


def _said_by_no(findings: Sequence[Finding], no: Sequence[Finding]) -> Iterator[str]:
    """Say what a no asserts where it asserts something, such as "I have checked"."""
    numbers: dict[str, list[str]] = {}
    for finding in no:
        labels = _telling(finding)
        if labels is not None:
            numbers.setdefault(labels.if_no, []).append(str(findings.index(finding) + 1))
    if numbers:
        yield "No means " + "; ".join(f'"{label}" for {", ".join(places)}' for label, places in numbers.items()) + "."


def _telling(finding: Finding) -> AnswerLabels | None:
    """Return the labels of a finding that says more than "not sure" where the answer is not known."""
    labels = finding.answer_labels
    return None if labels is None or labels.if_unknown.lower() == "not sure" else labels


def _reviewed(step: Step, rulebase: RuleBase) -> str:
    findings = [rulebase.finding[name] for name in step.replies]
    if len(findings) == 1:
        finding = findings[0]
        return f"{finding.question} {_said(finding, step.replies[finding.id])}"
    title = _checklist_title(step.screen, rulebase)
    return f"{title} {summary(findings, step.replies, rulebase)}"


def _asked_in(name: str, session: Session) -> str:
    number = next((n for n, step in enumerate(session.steps, 1) if name in step.replies), None)
    return "" if number is None else f" (question {number})"
