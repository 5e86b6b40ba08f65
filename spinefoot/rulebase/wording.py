"""Conditions, answers and facts in plain English: one sentence for each."""

from __future__ import annotations

from collections.abc import Sequence

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
from spinefoot.model.findings import Finding, Value
from spinefoot.model.rulebase import RuleBase

__all__ = ["answer_text", "describe", "say_answer"]


def describe(condition: Condition, rulebase: RuleBase, truth: bool = True) -> str:
    """
    Return *condition* as a clause of plain English, without a full stop.

    Args:
        condition: Any condition of the rule base.
        rulebase: For the words of findings, patterns and causes.
        truth: False to say that it does not hold.
    """
    if isinstance(condition, Not):
        return describe(condition.of, rulebase, not truth)
    if isinstance(condition, AllOf | AnyOf):
        joint = " and " if isinstance(condition, AllOf) is truth else " or "
        return _join([_nested(child, condition, rulebase, truth) for child in condition.of], joint)
    if isinstance(condition, Count):
        number = condition.at_least if truth else len(condition.of) - condition.at_least + 1
        parts = "; ".join(describe(child, rulebase, truth) for child in condition.of)
        return f"at least {number} of these hold: {parts}"
    if isinstance(condition, Holds):
        return _held(condition.id, rulebase, truth)
    if isinstance(condition, NumberIs):
        finding = rulebase.finding[condition.finding]
        negation = "" if truth else "not "
        return f"{_subject(finding)} is {negation}{_bounds(condition)} {finding.unit}"
    if isinstance(condition, IsOneOf):
        return _chosen(rulebase.finding[condition.finding], condition.options, truth)
    if isinstance(condition, IsUnknown):
        answered = "is not answered" if truth else "is answered"
        return f'"{rulebase.finding[condition.finding].question}" {answered}'
    return _conclusion(condition, rulebase, truth)


def say_answer(finding: Finding, value: Value | None) -> str:
    """Return what an answer says, as a clause; for None, that the question was not answered."""
    if value is None:
        return f'"{finding.question}" not answered'
    if finding.kind == "yes_no" and finding.statement is not None:
        return finding.statement.if_yes if value else finding.statement.if_no
    if finding.kind == "yes_no":
        return f"{finding.question} {answer_text(finding, value)}"
    unit = f" {finding.unit}" if finding.kind == "number" else ""
    return f"{_subject(finding)}: {answer_text(finding, value)}{unit}"


def answer_text(finding: Finding, value: Value | None) -> str:
    """Return an answer as a person would write it: yes, no, unknown, a number, or the label of an option."""
    if value is None:
        return "unknown"
    if finding.kind == "yes_no":
        return "yes" if value else "no"
    if finding.kind == "number":
        return f"{value:g}" if isinstance(value, float) else str(value)
    return next((option.label for option in finding.options if option.id == value), str(value))


def _held(name: str, rulebase: RuleBase, truth: bool) -> str:
    pattern = rulebase.pattern.get(name)
    if pattern is None:
        return say_answer(rulebase.finding[name], truth)
    title = pattern.title[0].lower() + pattern.title[1:] if pattern.title[1:2].islower() else pattern.title
    return title if truth else f"not: {title}"


def _subject(finding: Finding) -> str:
    return finding.subject or f'the answer to "{finding.question}"'


def _chosen(finding: Finding, options: Sequence[str], truth: bool) -> str:
    labels = [f'"{answer_text(finding, option)}"' for option in options]
    negation = "" if truth else "not "
    return f"{_subject(finding)} is {negation}{_join(labels, ' or ')}"


def _bounds(condition: NumberIs) -> str:
    words = [
        (condition.at_least, "at least"),
        (condition.above, "above"),
        (condition.at_most, "at most"),
        (condition.below, "below"),
    ]
    return " and ".join(f"{word} {number:g}" for number, word in words if number is not None)


def _conclusion(condition: Condition, rulebase: RuleBase, truth: bool) -> str:
    negation = "" if truth else "not "
    if isinstance(condition, EveryDangerNo):
        return f"every danger question that applies is {negation}answered no"
    if isinstance(condition, LevelIs):
        return f'"{rulebase.cause[condition.cause].title}" is {negation}{_join(_words(condition.levels), " or ")}'
    if isinstance(condition, OriginLevelIs):
        origin = next(o.title for o in rulebase.origins if o.id == condition.origin)
        return f"the best cause in {origin} is {negation}{_join(_words(condition.levels), ' or ')}"
    if isinstance(condition, ScoreLead):
        ours, theirs = (_join(_words(origins), " or ") for origins in (condition.of, condition.over))
        leads = "leads" if truth else "does not lead"
        return f"the best cause in {ours} {leads} that in {theirs} by {condition.at_least} decibans or more"
    if isinstance(condition, RedFlagFired):
        flag = next(f for f in rulebase.red_flags if f.id == condition.id)
        return f'the red flag "{flag.title}" {"fired" if truth else "did not fire"}'
    if isinstance(condition, RootLevelFits):
        return f"it {'fits' if truth else 'does not fit'} the {condition.root} nerve root best"
    if isinstance(condition, UrgencyIs):
        return f"the urgency is {negation}{_join(_words(condition.levels), ' or ')}"
    if isinstance(condition, SpineLinkIs):
        return f"the link to the spine is {negation}{_join(_words(condition.verdicts), ' or ')}"
    raise AssertionError(f"no words for {type(condition).__name__}")


def _nested(child: Condition, parent: Condition, rulebase: RuleBase, truth: bool) -> str:
    """Put brackets around a mixture of "and" and "or"."""
    text = describe(child, rulebase, truth)
    mixed = isinstance(child, AllOf | AnyOf) and type(child) is not type(parent) and len(child.of) > 1
    return f"({text})" if mixed or isinstance(child, Count) else text


def _words(ids: Sequence[str]) -> list[str]:
    return [name.replace("_", " ") for name in ids]


def _join(parts: Sequence[str], joint: str) -> str:
    if len(parts) < 3:
        return joint.join(parts)
    return f"{', '.join(parts[:-1])},{joint}{parts[-1]}"
