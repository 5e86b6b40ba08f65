"""Files under `rules/` to a checked `RuleBase`: read, decode, assemble, check, hash."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

import msgspec

from spinefoot import yaml_nodes as y
from spinefoot.errors import Location, Problem, RuleBaseError, nearest
from spinefoot.model.conditions import LevelIs
from spinefoot.model.knowledge import AdviceRule, Cause, RedFlag, ScopeRule, Urgency
from spinefoot.model.rulebase import RuleBase
from spinefoot.rulebase import files as f
from spinefoot.rulebase.check import check
from spinefoot.rulebase.condition_reader import Reference
from spinefoot.rulebase.decode import Decoder, Use

__all__ = ["read_rulebase"]

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")

_RANKED = frozenset({"urgencies", "verdicts"})
"""Lists whose order has a meaning."""

T = TypeVar("T")


def read_rulebase(files: Mapping[str, bytes], directory: str) -> RuleBase:
    """
    Turn the files of a rule base into a checked value.

    Args:
        files: Contents by path relative to the rule base.
        directory: Shown in front of these paths in messages and in the trace.

    Raises:
        RuleBaseError: With every problem of every file, in file order.
    """
    reading = _Reading(directory)
    for path in sorted(files):
        reading.read(path, files[path])
    reading.stop_if_wrong()
    rulebase = reading.assemble()
    problems = check(rulebase, reading.references, reading.uses)
    if problems:
        raise RuleBaseError(problems)
    return rulebase


class _Reading:
    """The state of one reading: values by kind of file, and what to check once all are there."""

    def __init__(self, directory: str) -> None:
        self.directory = directory
        self.problems: list[Problem] = []
        self.references: list[Reference] = []
        self.uses: list[Use] = []
        self.values: dict[str, list[Any]] = {kind.name: [] for kind in f.FILE_KINDS}

    def read(self, path: str, content: bytes) -> None:
        name = f"{self.directory}/{path}"
        kind = f.kind_of_file(path)
        if kind is None:
            allowed = ", ".join(k.path for k in f.FILE_KINDS)
            self.problems.append(Problem("SF107", "no kind of file has this path", Location(name), f"allowed: {allowed}"))
            return
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            self.problems.append(Problem("SF101", "the file is not UTF-8 text", Location(name)))
            return
        node, faults = y.parse_yaml(text, name)
        self.problems.extend(faults)
        if node is None or faults:
            if not faults:
                self.problems.append(Problem("SF203", "the file is empty", Location(name)))
            return
        decoder = Decoder(name)
        value = decoder.decode(node, kind.shape)
        self.problems.extend(decoder.problems)
        self.references.extend(decoder.references)
        self.uses.extend(decoder.uses)
        if value is not None:
            self.values[kind.name].append(value)

    def stop_if_wrong(self) -> None:
        for kind in f.FILE_KINDS:
            if "*" not in kind.path and not self.values[kind.name] and not self.problems:
                where = Location(f"{self.directory}/{kind.path}")
                self.problems.append(Problem("SF101", "a rule base needs this file", where))
        if self.problems:
            raise RuleBaseError(self.problems)

    def assemble(self) -> RuleBase:
        v = self.values
        settings: f.Settings = v["rulebase"][0]
        link: f.SpineLink = v["spine_link"][0]
        roots: f.RootLevels = v["root_levels"][0]
        causes = tuple(_grouped(cause) for cause in v["cause"])
        content: dict[str, Any] = {
            "version": settings.version,
            "title": settings.title,
            "disclaimer": settings.disclaimer,
            "default_urgency": settings.default_urgency,
            "default_urgency_because": settings.default_urgency_because,
            "default_spine_link": link.default,
            "default_spine_link_because": link.default_because,
            "safety_net": settings.safety_net,
            "scoring": settings.scoring,
            "urgencies": settings.urgencies,
            "origins": settings.origins,
            "verdicts": link.verdicts,
            "roots": roots.roots,
            "sources": _joined(file.sources for file in v["sources"]),
            "topics": tuple(sorted((file.topic for file in v["findings"]), key=lambda topic: topic.order)),
            "checklists": _joined(_in_topic(file.checklists, file) for file in v["findings"]),
            "findings": _joined(_in_topic(file.findings, file) for file in _by_order(v["findings"])),
            "areas": _joined(file.areas for file in v["areas"]),
            "drawing": "\n".join(file.drawing for file in v["areas"]),
            "implications": _joined(file.implications for file in v["implications"]),
            "patterns": _joined(file.patterns for file in v["patterns"]),
            "syndromes": tuple(file.syndrome for file in v["red_flags"]),
            "scope": settings.scope,
            "red_flags": _joined(_in_syndrome(file) for file in v["red_flags"]),
            "causes": causes,
            "urgency_rules": _joined(file.rules for file in v["urgency"]),
            "root_level_rules": roots.rules,
            "spine_link_rules": link.rules,
            "advice": _joined(file.advice for file in v["advice"]) + _joined(map(_advice_of, causes)),
            "instruments": tuple(v["instrument"]),
        }
        content = {key: self._phrased(value, settings.phrases) for key, value in content.items()}
        self.stop_if_wrong()
        return RuleBase(**content, sha256=_hash(content), directory=self.directory)

    def _phrased(self, value: Any, phrases: Mapping[str, str]) -> Any:
        """Return *value* with {phrases} written out, wherever prose stands in it."""
        if isinstance(value, str):
            return _PLACEHOLDER.sub(lambda match: self._phrase(match[1], phrases), value) if "{" in value else value
        if isinstance(value, tuple):
            return tuple(self._phrased(item, phrases) for item in value)
        if isinstance(value, RedFlag | AdviceRule | ScopeRule | Urgency):
            changed = {
                name: self._phrased(text, phrases)
                for name in value.__struct_fields__
                if isinstance(text := getattr(value, name), str | tuple)
            }
            return msgspec.structs.replace(value, **changed)
        return value

    def _phrase(self, name: str, phrases: Mapping[str, str]) -> str:
        if name not in phrases:
            close = nearest(name, phrases)
            where = Location(f"{self.directory}/rulebase.yaml")
            hint = f'did you mean "{{{close}}}"?' if close else "phrases stand in rulebase.yaml"
            self.problems.append(Problem("SF201", f'unknown phrase "{{{name}}}"', where, hint))
        return phrases.get(name, "")


def _joined(parts: Iterator[tuple[T, ...]] | map[tuple[T, ...]]) -> tuple[T, ...]:
    return tuple(item for part in parts for item in part)


def _by_order(topic_files: list[f.TopicFile]) -> list[f.TopicFile]:
    return sorted(topic_files, key=lambda file: file.topic.order)


def _in_topic(values: tuple[Any, ...], file: f.TopicFile) -> tuple[Any, ...]:
    return tuple(msgspec.structs.replace(value, topic=file.topic.id) for value in values)


def _in_syndrome(file: f.RedFlags) -> tuple[RedFlag, ...]:
    return tuple(msgspec.structs.replace(flag, syndrome=file.syndrome.id) for flag in file.red_flags)


def _grouped(cause: Cause) -> Cause:
    """Give each item without a group a group of its own, named like the item."""
    evidence = tuple(item if item.group else msgspec.structs.replace(item, group=item.id) for item in cause.evidence)
    return msgspec.structs.replace(cause, evidence=evidence)


def _advice_of(cause: Cause) -> tuple[AdviceRule, ...]:
    """Turn the advice written beside a cause into rules that ask for the cause to be likely."""
    return tuple(
        AdviceRule(
            id=advice.id,
            kind=advice.kind,
            when=advice.when or LevelIs(cause.id, ("likely",)),
            unless=advice.unless,
            text=advice.text,
            basis=advice.basis,
            sources=advice.sources,
            where=advice.where,
        )
        for advice in cause.advice
    )


def _hash(content: dict[str, Any]) -> str:
    """SHA-256 of the content in canonical JSON: no places, so that comments, layout and file names do not count."""
    bare = {key: _without_places(msgspec.to_builtins(value)) for key, value in content.items()}
    bare = {key: value if key in _RANKED else _by_id(value) for key, value in bare.items()}
    return hashlib.sha256(msgspec.json.encode(bare, order="sorted")).hexdigest()


def _without_places(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_places(item) for key, item in value.items() if key != "where"}
    if isinstance(value, list | tuple):
        return [_without_places(item) for item in value]
    return value


def _by_id(value: Any) -> Any:
    """Sort a list of named things by name, so that the order of files does not count."""
    if isinstance(value, list) and all(isinstance(item, dict) and "id" in item for item in value):
        return sorted(value, key=lambda item: str(item["id"]))
    return value
