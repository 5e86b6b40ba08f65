"""Symptom files (YAML, JSON, TOML) to cases: every answer checked against the vocabulary, nothing guessed."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import yaml

from spinefoot import yaml_nodes as y
from spinefoot.errors import InputError, Location, Problem, nearest
from spinefoot.model.case import Case, Expected, SavedUnder
from spinefoot.model.findings import Finding, Value
from spinefoot.model.rulebase import RuleBase
from spinefoot.rulebase.locate import MAX_BYTES

__all__ = [
    "FORMATS",
    "SUFFIXES",
    "WORDS",
    "case_from_answers",
    "means_unknown",
    "parse_document",
    "read_answer",
    "read_case_file",
    "read_cases",
    "read_saved_case",
]

_T = TypeVar("_T", bound=msgspec.Struct)

FORMATS = ("yaml", "json", "toml")

SUFFIXES = {".yaml": "yaml", ".yml": "yaml", ".json": "json", ".toml": "toml"}

WORDS: dict[str, bool | None] = {
    # 1.0 and 0.0 are how tables write a column of ones and zeros in which some are missing.
    **dict.fromkeys(("yes", "y", "true", "present", "1", "1.0"), True),
    **dict.fromkeys(("no", "n", "false", "absent", "0", "0.0"), False),
    **dict.fromkeys(("unknown", "", "null", "none given", "not known", "na", "n/a", "?", "~", "nan", ".nan"), None),
}
"""What words mean where the answer is yes or no; None is unknown, for every kind of finding."""

_NAMED = {
    **dict.fromkeys(("urgency", "urgency_at_least", "urgency_at_most"), "urgency"),
    **dict.fromkeys(("causes", "levels", "scores"), "cause"),
    **dict.fromkeys(("fires", "silent", "urgency_rules"), "rule"),
    "instruments": "instrument",
    "root_levels": "root level",
    "spine_link": "verdict",
}
"""By what a case expects (`Expected`), what its words name in the rule base."""

_KEYS = ("id", "says", "rulebase", "findings", "expected")


def read_case_file(path: Path, rulebase: RuleBase, also_causes: Collection[str] = ()) -> list[Case]:
    """
    Read the cases of one symptom file.

    Args:
        path: A file that ends in .yaml, .yml, .json or .toml. It holds one case (`id`, `findings`,
            `expected`) or a list of such under `cases`.
        rulebase: The vocabulary that answers are checked against.
        also_causes: Words that may be expected as causes though the rule base has no such cause.

    Raises:
        InputError: With everything that is wrong with the file.
    """
    where = Location(str(path))
    kind = SUFFIXES.get(path.suffix.lower())
    if kind is None:
        allowed = ", ".join(SUFFIXES)
        raise InputError([Problem("SF107", f'the ending "{path.suffix}" says no format', where, f"allowed: {allowed}")])
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InputError([Problem("SF102", f"the file is larger than {MAX_BYTES // 2**20} MiB", where)])
        content = path.read_bytes()
    except OSError as error:
        raise InputError([Problem("SF101", f"the file cannot be read: {error.strerror}", where)]) from None
    return read_cases(content, kind, str(path), rulebase, path.name.split(".")[0], also_causes)


def read_cases(
    content: bytes, kind: str, name: str, rulebase: RuleBase, default_id: str = "case", also_causes: Collection[str] = ()
) -> list[Case]:
    """
    Read the cases in *content*, written in the format *kind* (one of `FORMATS`); the rest is as for `read_case_file`.

    Raises:
        InputError: With everything that is wrong; no case is returned from a file with a fault.
    """
    root = parse_document(content, kind, name)
    reading = _Reading(name, rulebase, also_causes)
    cases = list(reading.cases(root, default_id))
    if reading.problems:
        raise InputError(reading.problems)
    return cases


def parse_document(content: bytes, kind: str, name: str) -> y.Node | None:
    """
    Return the root of *content*, written in the format *kind* (one of `FORMATS`), as YAML nodes with places.

    Raises:
        InputError: With everything that is wrong with its form.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError([Problem("SF101", f"the file is not UTF-8 text (byte {error.start})", Location(name))]) from None
    root, problems = {"yaml": y.parse_yaml, "json": _parse_json, "toml": _parse_toml}[kind](text, name)
    if problems:
        raise InputError(problems)
    return root


def case_from_answers(answers: Mapping[str, Any], rulebase: RuleBase, id: str = "case") -> Case:
    """
    Build a case from answers given in Python, checked like those of a file.

    Args:
        answers: By finding id: booleans, numbers, option ids, or any word a symptom file may use.
            None means unknown.
        rulebase: The vocabulary.
        id: Of the case.

    Raises:
        InputError: An unknown finding or an impossible value.
    """
    findings: dict[str, Value] = {}
    problems: list[Problem] = []
    for name, raw in answers.items():
        finding = rulebase.finding.get(name)
        result = _unknown_finding(name, rulebase, None) if finding is None else read_answer(finding, raw)
        if isinstance(result, Problem):
            problems.append(result)
        elif result is not None:
            findings[name] = result
    if problems:
        raise InputError(problems)
    return Case(id=id, findings=findings)


def means_unknown(text: str) -> bool:
    """
    Tell whether *text* is one of the words for "unknown", or blank.

    Examples:
        >>> means_unknown(" N/A "), means_unknown("no")
        (True, False)
    """
    word = text.strip().lower()
    return word in WORDS and WORDS[word] is None


def read_answer(finding: Finding, raw: Any, where: Location | None = None) -> Value | Problem | None:
    """Return the value that *raw* means for *finding*, None for unknown, or what is wrong with it."""
    if isinstance(raw, float) and math.isnan(raw):
        return None
    word = str(raw).strip().lower() if isinstance(raw, str | bool | int | float) else None
    if raw is None or (isinstance(raw, str) and word in WORDS and WORDS[word] is None):
        return None
    if finding.kind == "yes_no":
        if word in WORDS:
            return WORDS[word]
        return Problem("SF603", f'{finding.id} is "{_shown(raw)}"; it takes {finding.answers}', where)
    if finding.kind == "number":
        return _number(finding, raw, where)
    if isinstance(raw, str) and word in finding.option_ids:
        return word
    close = nearest(_shown(raw), finding.option_ids)
    hint = f'did you mean "{close}"?' if close else None
    return Problem("SF605", f'{finding.id} is "{_shown(raw)}"; it takes {finding.answers}', where, hint)


def _number(finding: Finding, raw: Any, where: Location | None) -> Value | Problem:
    value = y.scalar(yaml.ScalarNode("", raw.strip())) if isinstance(raw, str) else raw
    if isinstance(value, bool) or not isinstance(value, int | float):
        return Problem("SF603", f'{finding.id} is "{_shown(raw)}"; it must be {finding.answers}', where)
    if not (finding.min or 0) <= value <= (finding.max or 0):
        return Problem("SF604", f"{finding.id} is {_shown(raw)}; it must be {finding.answers}", where)
    return value


def _shown(raw: Any) -> str:
    """Return an answer that cannot be read as it was written."""
    return raw if isinstance(raw, str) else json.dumps(raw, default=str)


def _unknown_finding(name: str, rulebase: RuleBase, where: Location | None) -> Problem:
    if name in rulebase.pattern:
        return Problem(
            "SF602", f'"{name}" is concluded by rules and cannot be answered', where, "answer the findings it is made of"
        )
    close = nearest(name, rulebase.finding)
    hint = f'did you mean "{close}"?' if close else "`spinefoot findings` lists them"
    return Problem("SF602", f'unknown finding "{name}"', where, hint)


def read_saved_case(path: Path, rulebase: RuleBase) -> tuple[Case | None, list[Problem]]:
    """
    Read a symptom file that was saved earlier, perhaps under another rule base.

    Returns:
        The case with every answer that still fits, and what does not fit any more. No case where the file holds none,
        or several.

    Raises:
        InputError: The file cannot be read, or is not well-formed.
    """
    where = Location(str(path))
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError([Problem("SF101", f"the file cannot be read: {error.strerror}", where)]) from None
    root = parse_document(content, SUFFIXES.get(path.suffix.lower(), "yaml"), str(path))
    reading = _Reading(str(path), rulebase)
    cases = list(reading.cases(root, path.name.split(".")[0]))
    if len(cases) > 1:
        raise InputError([Problem("SF601", f"the file holds {len(cases)} cases; an interview goes on with one", where)])
    return (cases[0] if cases else None), reading.problems


class _Reading:
    """Reads the cases of one file and collects its faults."""

    def __init__(self, name: str, rulebase: RuleBase, also_causes: Collection[str] = ()) -> None:
        self.name = name
        self.rulebase = rulebase
        self._also_causes = also_causes
        self.problems: list[Problem] = []

    def cases(self, root: y.Node | None, default_id: str) -> Iterator[Case]:
        if root is None or not y.entries(root):
            self.problems.append(Problem("SF601", "the file holds no case", Location(self.name), "a case has a key findings"))
            return
        entries = {key: value for key, _, value in y.entries(root)}
        if list(entries) == ["cases"] and not y.items(entries["cases"]):
            self._report("SF601", "cases holds no case", entries["cases"], "it must be a list of cases")
        elif list(entries) == ["cases"]:
            for number, node in enumerate(y.items(entries["cases"]), 1):
                yield from self._case(node, f"{default_id}-{number}")
        else:
            yield from self._case(root, default_id)

    def _case(self, node: y.Node, default_id: str) -> Iterator[Case]:
        parts: dict[str, y.Node] = {}
        for key, key_node, value in y.entries(node):
            if key not in _KEYS:
                close = nearest(key, _KEYS)
                hint = f'did you mean "{close}"?' if close else f"allowed: {', '.join(_KEYS)}"
                self._report("SF202", f'"{key}" is not a key of a case', key_node, hint)
            parts[key] = value
        if "findings" not in parts:
            self._report("SF601", "the case has no findings", node)
            return
        findings, declined, places = self._answers(parts["findings"])
        yield Case(
            id=str(parts["id"].value) if "id" in parts else default_id,
            says=str(parts["says"].value) if "says" in parts else None,
            findings=findings,
            expected=self._expected(parts["expected"]) if "expected" in parts else None,
            where=y.location(node, self.name),
            places=places,
            declined=declined,
            rulebase=self._decoded(parts["rulebase"], SavedUnder) if "rulebase" in parts else None,
        )

    def _answers(self, node: y.Node) -> tuple[dict[str, Value], tuple[str, ...], dict[str, Location]]:
        findings: dict[str, Value] = {}
        declined: list[str] = []
        places: dict[str, Location] = {}
        if not y.entries(node) and y.kind_of(node) != "a mapping":
            if y.plain(node) is not None:
                self._report("SF601", f"findings is {y.kind_of(node)}, not a mapping of findings to answers", node)
            return findings, (), places
        for key, key_node, value in y.entries(node):
            finding = self.rulebase.finding.get(key)
            where = y.location(key_node, self.name)
            result = _unknown_finding(key, self.rulebase, where) if finding is None else self._answer(finding, value)
            if isinstance(result, Problem):
                self.problems.append(result)
            elif result is not None:
                findings[key], places[key] = result, where
            else:
                declined.append(key)
                places[key] = where
        return findings, tuple(declined), places

    def _answer(self, finding: Finding, node: y.Node) -> Value | Problem | None:
        where = y.location(node, self.name)
        if y.entries(node) or y.items(node):
            return Problem("SF603", f"{finding.id} is {y.kind_of(node)}; it takes {finding.answers}", where)
        # The text as written, so that 1 and true keep their meaning for every kind of finding.
        return read_answer(finding, node.value, where)

    def _decoded(self, node: y.Node, shape: type[_T]) -> _T | None:
        from spinefoot.rulebase.decode import Decoder

        decoder = Decoder(self.name)
        value: _T | None = decoder.decode(node, shape)
        self.problems.extend(decoder.problems)
        return value

    def _expected(self, node: y.Node) -> Expected | None:
        expected = self._decoded(node, Expected)
        if expected is None:
            return None
        for key, _, value in y.entries(node):
            what = _NAMED[key]
            known = self._known(what)
            also = self._also_causes if key == "causes" else ()
            for word, place in _words(value):
                if word not in known and word not in also:
                    self._report("SF607", f'unknown {what} "{word}"', place, _hint_of(what, word, known))
        return expected

    def _known(self, what: str) -> Collection[str]:
        """Return the ids of all that is called *what* in `_NAMED`."""
        r = self.rulebase
        names: dict[str, Collection[str]] = {
            "urgency": r.urgency_rank,
            "cause": r.cause,
            "instrument": r.instrument,
            "root level": [root.id for root in r.roots],
            "rule": r.rule,
            "verdict": [verdict.id for verdict in r.verdicts],
        }
        return names[what]

    def _report(self, code: str, message: str, node: y.Node, hint: str | None = None) -> None:
        self.problems.append(Problem(code, message, y.location(node, self.name), hint))


def _words(node: y.Node) -> Iterator[tuple[str, y.Node]]:
    """Yield what an expectation names, each with its place: the items of a list, the keys of a mapping, or one word."""
    if isinstance(node, yaml.MappingNode):
        yield from ((key, key_node) for key, key_node, _ in y.entries(node))
    elif isinstance(node, yaml.SequenceNode):
        yield from ((item.value, item) for item in y.items(node))
    elif y.plain(node) is not None:
        yield node.value, node


def _hint_of(what: str, word: str, known: Collection[str]) -> str | None:
    if close := nearest(word, known):
        return f'did you mean "{close}"?'
    if what in ("cause", "instrument"):
        return f"`spinefoot rules list --kind {what}` lists them"
    if what == "rule":
        return "`spinefoot rules list` lists them"
    none = ", or [] where none should be named" if what == "root level" else ""
    return f"allowed: {', '.join(known)}{none}"


def _parse_json(text: str, name: str) -> tuple[y.Node | None, list[Problem]]:
    """Read JSON: judged by the json module, then read again as YAML for the places of its values."""
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        where = Location(name, error.lineno, error.colno)
        hint = "records of a line each belong into a file that ends in .ndjson" if error.msg == "Extra data" else None
        return None, [Problem("SF103", f"this is not well-formed JSON: {error.msg}", where, hint)]
    except RecursionError:
        return None, [Problem("SF102", "values are nested too deep", Location(name))]
    # JSON has tabs only between values, where YAML forbids them.
    return y.parse_yaml(text.replace("\t", " "), name)


def _parse_toml(text: str, name: str) -> tuple[y.Node | None, list[Problem]]:
    """Read TOML: by tomllib, which keeps no places, so that the line of a key is looked for in the text."""
    import tomllib

    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+), column (\d+)", str(error))
        where = Location(name, int(found[1]), int(found[2])) if found else Location(name)
        return None, [Problem("SF103", f"this is not well-formed TOML: {str(error).split(' (at')[0]}", where)]
    except RecursionError:
        return None, [Problem("SF102", "values are nested too deep", Location(name))]
    return _node(data, text.splitlines(), 0), []


def _node(value: Any, lines: list[str], line: int) -> y.Node:
    mark = yaml.Mark("", 0, line, 0, None, 0)
    if isinstance(value, dict):
        pairs = []
        for key, item in value.items():
            at = _line_of(key, lines, line)
            pairs.append((_node(str(key), lines, at), _node(item, lines, at)))
        return yaml.MappingNode("tag:yaml.org,2002:map", pairs, mark, mark)
    if isinstance(value, list):
        return yaml.SequenceNode("tag:yaml.org,2002:seq", [_node(item, lines, line) for item in value], mark, mark)
    if isinstance(value, str):
        return yaml.ScalarNode("tag:yaml.org,2002:str", value, mark, mark, style='"')
    return yaml.ScalarNode("tag:yaml.org,2002:str", json.dumps(value, default=str), mark, mark)


def _line_of(key: str, lines: list[str], start: int) -> int:
    pattern = re.compile(rf'\s*\[*\s*["\']?{re.escape(str(key))}["\']?\s*[=\]]')
    return next((number for number in range(start, len(lines)) if pattern.match(lines[number])), start)
