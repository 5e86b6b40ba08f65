"""Which column of a table answers which finding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from spinefoot.errors import InputError, Location, Problem, nearest
from spinefoot.model.rulebase import RuleBase

__all__ = ["EXPECTED", "ID_COLUMN", "IGNORE", "Layout", "match_columns", "nearest_meaning", "without_findings"]

ID_COLUMN = "id"
IGNORE = "ignore"
EXPECTED = "expected_"
"""Columns that begin so hold what `evaluate` compares with; no result depends on them."""


_SHOWN = 20
"""Unknown columns that are named; there may be thousands, and looking for the nearest name of each takes a while."""


class Layout(msgspec.Struct, frozen=True):
    """The column that holds the id of a row, if any, by column name the finding that it answers, and what is left out."""

    id_column: str | None
    findings: Mapping[str, str]
    left_out: Sequence[str] = ()


def match_columns(
    header: Sequence[str], rulebase: RuleBase, renamed: Mapping[str, str], *, ignore_unknown: bool, name: str
) -> Layout:
    """
    Find out what the columns of *header* hold.

    Args:
        header: Names of the columns of the source called *name*.
        rulebase: The vocabulary.
        renamed: Names that the user's mapping gives to columns.
        ignore_unknown: Leave unknown columns out.
        name: For messages.

    Raises:
        InputError: With every column that is unknown, concluded by rules, or given twice.
    """
    problems: list[Problem] = []
    unknown: list[str] = []
    findings: dict[str, str] = {}
    id_column: str | None = None
    for column in header:
        meaning = renamed.get(column, column)
        if meaning == ID_COLUMN:
            if id_column is not None:
                problems.append(_twice(id_column, column, ID_COLUMN, name))
            id_column = column
        elif meaning in rulebase.finding:
            earlier = next((other for other, finding in findings.items() if finding == meaning), None)
            if earlier is not None:
                problems.append(_twice(earlier, column, meaning, name))
            findings[column] = meaning
        elif not (meaning.startswith(EXPECTED) or renamed.get(column) == IGNORE):
            unknown.append(column)
    if not ignore_unknown:
        problems += [_unknown(column, rulebase, name) for column in unknown[:_SHOWN]]
        if len(unknown) > _SHOWN:
            problems.append(Problem("SF701", f"unknown columns besides these: {len(unknown) - _SHOWN:,}", Location(name)))
    if problems:
        raise InputError(problems)
    return Layout(id_column, findings, unknown)


def nearest_meaning(column: str, rulebase: RuleBase, also: Sequence[str] = ()) -> str | None:
    """Return what is spelt most like *column* among the names that a column may have and *also*, or None if nothing is close."""
    return nearest(column, [*rulebase.finding, ID_COLUMN, *also])


def without_findings(name: str) -> InputError:
    """Return the error that no column of the source called *name* answers a finding."""
    message = "no column holds a finding, so that nothing can be concluded"
    return InputError([Problem("SF701", message, Location(name), "`spinefoot findings` lists them")])


def _twice(first: str, second: str, meaning: str, name: str) -> Problem:
    return Problem("SF702", f'the columns "{first}" and "{second}" both hold {meaning}', Location(name))


def _unknown(column: str, rulebase: RuleBase, name: str) -> Problem:
    where = Location(name)
    if column in rulebase.pattern:
        message = f'the column "{column}" is concluded by rules and cannot be answered'
        return Problem("SF701", message, where, "answer the findings it is made of")
    close = nearest_meaning(column, rulebase)
    if any(mark in column for mark in ";,\t|"):
        return Problem("SF701", f'unknown column "{column}"', where, "is this one cell? --separator says what parts cells")
    hint = (
        f'did you mean "{close}"?' if close else "`spinefoot findings` lists them; --map renames, --ignore-unknown-columns skips"
    )
    return Problem("SF701", f'unknown column "{column}"', where, hint)
