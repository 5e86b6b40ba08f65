"""
The user's own spellings: a mapping file (YAML, TOML or JSON) that says which column and which word means what.

    columns:
      "Age at visit": age_years
      "Patient no.": id
      "Notes": ignore
    values:
      "ja": yes              # in every column
      age_years:
        "999": unknown       # in this finding's column only
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec
import yaml

from spinefoot import yaml_nodes as y
from spinefoot.casefile import SUFFIXES, WORDS, parse_document, read_answer
from spinefoot.errors import InputError, Location, Problem, nearest
from spinefoot.model.findings import Finding
from spinefoot.model.rulebase import RuleBase
from spinefoot.tables.columns import EXPECTED, ID_COLUMN, IGNORE, nearest_meaning

__all__ = ["WHOLE_NUMBER", "Spellings", "mapping_template", "read_mapping", "word_of"]

WHOLE_NUMBER = r"^([-+]?[0-9]+)\.0+$"
"""A whole number as programs write it whose columns have gaps; what is before the point is the number."""

_UNDECIDED = "?"
_LONGEST_PLAIN_KEY = 1000
"""Characters; YAML takes up to 1024 before a colon, unless "?" announces the key."""


class Spellings(msgspec.Struct, frozen=True):
    """
    What columns and words mean.

    *columns* gives the finding id, `id` or `ignore` for the name of a column. *words* gives by finding id, or "" for
    every finding, what a cell (as `word_of` writes it) stands for.
    """

    columns: Mapping[str, str] = {}
    words: Mapping[str, Mapping[str, str]] = {}

    def of(self, finding: str) -> dict[str, str]:
        """Return what words mean in the column of *finding*."""
        return {**self.words.get("", {}), **self.words.get(finding, {})}


def read_mapping(path: Path, rulebase: RuleBase) -> Spellings:
    """
    Read a mapping file.

    Raises:
        InputError: It cannot be read, or names findings or values that are not in *rulebase*.
    """
    kind = SUFFIXES.get(path.suffix.lower())
    where = Location(str(path))
    if kind is None:
        raise InputError(
            [Problem("SF107", f'the ending "{path.suffix}" says no format', where, f"allowed: {', '.join(SUFFIXES)}")]
        )
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError([Problem("SF101", f"the file cannot be read: {error.strerror}", where)]) from None
    reading = _Reading(str(path), rulebase)
    spellings = reading.spellings(parse_document(content, kind, str(path)))
    if reading.problems:
        raise InputError(reading.problems)
    return spellings


def mapping_template(header: Sequence[str], name: str, rulebase: RuleBase) -> str:
    """
    Return a mapping file for the columns of *header*: those that are known filled in, the others left to decide.

    Columns `expected_…` need no meaning.
    """
    lines = [
        f"# What the columns of {name} mean: a finding of `spinefoot findings`, {ID_COLUMN}, or {IGNORE}.",
        f'# Replace each "{_UNDECIDED}". spinefoot guesses no column.',
        "columns:",
    ]
    for column in header:
        if column.startswith(EXPECTED):
            continue
        known = column in rulebase.finding or column in (ID_COLUMN, IGNORE)
        close = None if known else nearest_meaning(column, rulebase)
        hint = f"  # nearest: {close}" if close else ""
        key = json.dumps(column, ensure_ascii=False)
        key = f"  {key}" if len(key) <= _LONGEST_PLAIN_KEY else f"  ? {key}\n  "
        lines.append(f"{key}: {column if known else json.dumps(_UNDECIDED)}{hint}")
    lines += [
        "# Words beyond yes, no, true, false, present, absent, 1, 0 and unknown; in every column, or below a finding's id.",
        "values: {}",
        '#  "ja": yes',
        "#  age_years:",
        '#    "999": unknown',
    ]
    return "\n".join(lines)


class _Reading:
    def __init__(self, name: str, rulebase: RuleBase) -> None:
        self._name = name
        self._rulebase = rulebase
        self.problems: list[Problem] = []

    def spellings(self, root: y.Node | None) -> Spellings:
        parts = {}
        for key, key_node, node in y.entries(root) if root is not None else []:
            if key not in ("columns", "values"):
                self._report(f'"{key}" is not a key of a mapping', key_node, "allowed: columns, values")
            parts[key] = node
        if not parts and not self.problems:
            self.problems.append(Problem("SF705", "the file maps nothing", Location(self._name), "allowed: columns, values"))
        columns = self._columns(parts["columns"]) if "columns" in parts else {}
        return Spellings(columns, self._words(parts["values"]) if "values" in parts else {})

    def _columns(self, node: y.Node) -> dict[str, str]:
        columns: dict[str, str] = {}
        for column, _, target in self._entries(node, "columns"):
            meaning = self._text(target)
            if meaning == _UNDECIDED:
                self._report(f'the column "{column}" still says "{_UNDECIDED}"', target, f"a finding, {ID_COLUMN} or {IGNORE}")
            elif meaning not in self._rulebase.finding and meaning not in (ID_COLUMN, IGNORE):
                close = nearest(meaning, self._rulebase.finding)
                hint = f'did you mean "{close}"?' if close else "`spinefoot findings` lists them"
                self._report(f'the column "{column}" is mapped to "{meaning}", which is no finding', target, hint)
            columns[column] = meaning
        return columns

    def _words(self, node: y.Node) -> dict[str, dict[str, str]]:
        own: dict[str, dict[str, str]] = {}
        shared: list[tuple[str, y.Node, y.Node]] = []
        for key, key_node, value in self._entries(node, "words"):
            finding = self._rulebase.finding.get(key)
            if not isinstance(value, yaml.MappingNode):
                shared.append((key, key_node, value))
            elif finding is None:
                close = nearest(key, self._rulebase.finding)
                self._report(f'unknown finding "{key}"', key_node, f'did you mean "{close}"?' if close else None)
            else:
                words = self._distinct(y.entries(value))
                own[key] = {word: self._answer([finding], answer) for word, answer in words}
        return {"": {word: self._answer(self._rulebase.findings, answer) for word, answer in self._distinct(shared)}, **own}

    def _entries(self, node: y.Node, what: str) -> list[tuple[str, y.Node, y.Node]]:
        if not isinstance(node, yaml.MappingNode):
            self._report(f"{y.kind_of(node)} stands where {what} and their meanings belong", node)
        return y.entries(node)

    def _distinct(self, entries: Sequence[tuple[str, y.Node, y.Node]]) -> Iterator[tuple[str, y.Node]]:
        """Yield each word with the node of its meaning; report what is no word, and words that are the same."""
        written: dict[str, str] = {}
        for key, key_node, answer in entries:
            word = word_of(key)
            if not word:
                self._report("an empty cell is unknown and cannot mean anything else", key_node)
            elif word in written:
                self._report(f'"{key}" is the same word as "{written[word]}"', key_node)
            else:
                written[word] = key
                yield word, answer

    def _answer(self, findings: Sequence[Finding], node: y.Node) -> str:
        """Return what a word means; report it where that answers none of *findings*."""
        text = self._text(node)
        problems = [problem for finding in findings if isinstance(problem := read_answer(finding, text), Problem)]
        if text and len(problems) == len(findings):
            if len(findings) == 1:
                self._report(problems[0].message, node, problems[0].hint)
                return text
            close = nearest(text, [*WORDS, *sorted({option for finding in findings for option in finding.option_ids})])
            self._report(f'"{text}" is an answer to no finding', node, f'did you mean "{close}"?' if close else None)
        return text

    def _text(self, node: y.Node) -> str:
        if isinstance(node, yaml.ScalarNode):
            return str(node.value)
        self._report(f"{y.kind_of(node)} stands where a word belongs", node)
        return ""

    def _report(self, message: str, node: y.Node, hint: str | None = None) -> None:
        self.problems.append(Problem("SF705", message, y.location(node, self._name), hint))


def word_of(text: str) -> str:
    """Return *text* as words of the user's own are compared: lower case, no spaces around it, 1.0 as 1."""
    return re.sub(WHOLE_NUMBER, r"\1", text.strip().lower())
