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
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
import yaml

from spinefoot import yaml_nodes as y
from spinefoot.casefile import SUFFIXES, parse_document, read_answer
from spinefoot.errors import InputError, Location, Problem, nearest
from spinefoot.model.findings import Finding
from spinefoot.model.rulebase import RuleBase
from spinefoot.tables.columns import EXPECTED, ID_COLUMN, IGNORE, nearest_meaning

__all__ = ["Spellings", "mapping_template", "read_mapping"]

_UNDECIDED = "?"


class Spellings(msgspec.Struct, frozen=True):
    """
    What columns and words mean.

    *columns* gives the finding id, `id` or `ignore` for the name of a column. *words* gives by finding id, or "" for
    every finding, what a cell (lower case, without spaces around it) stands for.
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
        lines.append(f"  {json.dumps(column, ensure_ascii=False)}: {column if known else json.dumps(_UNDECIDED)}{hint}")
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
        for column, _, target in y.entries(node):
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
        words: dict[str, dict[str, str]] = {"": {}}
        for key, key_node, value in y.entries(node):
            if not isinstance(value, yaml.MappingNode):
                words[""][_word(key)] = self._text(value)
                continue
            finding = self._rulebase.finding.get(key)
            if finding is None:
                close = nearest(key, self._rulebase.finding)
                self._report(f'unknown finding "{key}"', key_node, f'did you mean "{close}"?' if close else None)
                continue
            words[key] = {_word(word): self._answer(finding, answer) for word, _, answer in y.entries(value)}
        return words

    def _answer(self, finding: Finding, node: y.Node) -> str:
        text = self._text(node)
        problem = read_answer(finding, text)
        if isinstance(problem, Problem):
            self._report(problem.message, node, problem.hint)
        return text

    def _text(self, node: y.Node) -> str:
        if isinstance(node, yaml.ScalarNode):
            return str(node.value)
        self._report(f"{y.kind_of(node)} stands where a word belongs", node)
        return ""

    def _report(self, message: str, node: y.Node, hint: str | None = None) -> None:
        self.problems.append(Problem("SF705", message, y.location(node, self._name), hint))


def _word(text: str) -> str:
    return text.strip().lower()
