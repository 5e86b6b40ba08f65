"""Rules and findings as sections, for people who want to read the knowledge without its YAML."""

from __future__ import annotations

import msgspec

from spinefoot.model.findings import Finding
from spinefoot.model.knowledge import Cause, Evidence, Instrument
from spinefoot.model.rulebase import Rule, RuleBase, kind_of
from spinefoot.rendering.report import Line, Section
from spinefoot.rulebase.wording import describe

__all__ = ["describe_finding", "describe_rule", "title_of"]

_CONDITIONS = {
    "when": "When",
    "unless": "Unless it is known that",
    "applies_if": "Applies if",
    "only_if": "Counts only if",
    "show_if": "Shown if",
}
_PLAIN = {
    "urgency": "Sets the urgency",
    "aim": "Aim",
    "verdict": "Says",
    "root": "Root",
    "because": "Because",
    "figures": "Figures",
    "compared_with": "Compared with",
    "basis": "Basis",
    "text": "Advice",
    "summary": "Summary",
    "about": "About",
    "setting": "Setting",
    "accuracy": "Accuracy",
    "note": "Note",
    "says": "Says",
}


def title_of(rule: Rule, rulebase: RuleBase) -> str:
    """Return one line that says what a rule is about."""
    if isinstance(rule, Evidence):
        return f"{rule.if_true:+d} / {rule.if_false:+d}: {rule.because}"
    return str(getattr(rule, "title", None) or getattr(rule, "text", ""))


def describe_rule(rule: Rule, rulebase: RuleBase) -> list[Section]:
    """Return a rule in plain words; a cause with all of its items."""
    lines = [Line(text=title_of(rule, rulebase), strong=True)]
    for field in msgspec.structs.fields(type(rule)):
        value = getattr(rule, field.name)
        if value in (None, "", ()):
            continue
        if field.name in _CONDITIONS:
            lines.append(Line(text=f"{_CONDITIONS[field.name]}: {describe(value, rulebase)}."))
        elif field.name in _PLAIN:
            lines.append(Line(text=f"{_PLAIN[field.name]}: {value}"))
    if isinstance(rule, Evidence):
        lines.append(Line(text=f"Weighs {rule.if_true:+d} decibans if true, {rule.if_false:+d} if false; group {rule.group}."))
    lines += _sources(getattr(rule, "sources", ()), rulebase)
    if rule.where is not None:
        lines.append(Line(text=f"Written at {rule.where}"))
    sections = [Section(title=f"{rule.id} ({kind_of(rule)})", lines=tuple(lines))]
    if isinstance(rule, Cause):
        sections.append(_balance(rule, rulebase))
    if isinstance(rule, Instrument):
        items = [Line(text=f"{item.title}: {describe(item.when, rulebase)}", mark=f"{item.points:+d}") for item in rule.items]
        sections.append(Section(title="Items", lines=tuple(items)))
    return sections


def describe_finding(finding: Finding, rulebase: RuleBase) -> list[Section]:
    """Return a finding: question, help, answers, and the rules that read it."""
    lines = [
        Line(text=finding.question, strong=True),
        *([Line(text=f"In clinical terms: {finding.clinical}")] if finding.clinical else []),
        Line(text=f"Help: {finding.help}"),
        Line(text=f"Why it is asked: {finding.why_asked}"),
        Line(text=f"Takes {finding.answers.removesuffix(' or unknown')}, or unknown."),
        Line(text=f"Observed by: {finding.observer}"),
    ]
    lines += [Line(text=f"{option.id}: {option.label}", mark="-", level=1) for option in finding.options]
    if finding.ask_if is not None:
        lines.append(Line(text=f"Asked if: {describe(finding.ask_if, rulebase)}."))
    if finding.where is not None:
        lines.append(Line(text=f"Written at {finding.where}"))
    readers = [rule for rule in rulebase.rules() if finding.id in _read_by(rule, rulebase)]
    used = [Line(text=f"{rule.id}: {title_of(rule, rulebase)}", mark="-") for rule in readers]
    return [
        Section(title=f"{finding.id} (finding)", lines=tuple(lines)),
        Section(title=f"Read by {len(used)} rules", lines=tuple(used)),
    ]


def _read_by(rule: Rule, rulebase: RuleBase) -> tuple[str, ...]:
    conditions = [getattr(rule, name, None) for name in _CONDITIONS]
    if isinstance(rule, Instrument):
        conditions += [item.when for item in rule.items]
    return rulebase.reads(*conditions)


def _balance(cause: Cause, rulebase: RuleBase) -> Section:
    lines = [
        Line(text=f"Starts at {cause.prior:+d} decibans, limits {cause.limits.min:+d} to {cause.limits.max:+d}."),
        Line(
            text=f"A level needs {cause.answered_groups} answered groups; likely needs {cause.likely_groups} that speak for it."
        ),
    ]
    lines += [Line(text=f"Starts at {p.prior:+d} if {describe(p.when, rulebase)}: {p.because}") for p in cause.prior_if]
    for item in cause.evidence:
        weights = f"{item.if_true:+d}/{item.if_false:+d}"
        only = f" (only if {describe(item.only_if, rulebase)})" if item.only_if else ""
        lines.append(Line(text=f"{item.id}: {describe(item.when, rulebase)}{only}. {item.because} [{item.basis}]", mark=weights))
    return Section(title="Balance sheet: weight if true / if false", lines=tuple(lines))


def _sources(names: tuple[str, ...], rulebase: RuleBase) -> list[Line]:
    lines = []
    for name in names:
        source = rulebase.source[name]
        address = f" {source.address}" if source.address else ""
        lines.append(Line(text=f"{source.citation}.{address} [{source.mark}]".replace("..", "."), mark="-"))
    return [Line(text="Sources", strong=True), *lines] if lines else []
