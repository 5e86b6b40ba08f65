"""JSON Schema (draft 7, which editors read) for each kind of rule file, from the typed model."""

from __future__ import annotations

from typing import Any, get_args

import msgspec

from spinefoot.model.conditions import Condition
from spinefoot.model.rulebase import RuleBase
from spinefoot.rulebase.files import FILE_KINDS

__all__ = ["schemas"]

_CONDITION_CLASSES = frozenset(kind.__name__ for kind in get_args(Condition))


def schemas(rulebase: RuleBase) -> dict[str, Any]:
    """
    Return a draft 7 schema for each kind of file, by kind.

    Names that the rule base defines (findings, sources, urgencies, ...) are enumerated, so that
    editors complete them.
    """
    return {kind.name: _schema(kind.name, kind.shape, rulebase) for kind in FILE_KINDS}


def _schema(name: str, shape: type[Any], rulebase: RuleBase) -> dict[str, Any]:
    (root,), components = msgspec.json.schema_components([shape], ref_template="#/definitions/{name}")
    definitions = {key: _editable(key, value) for key, value in components.items() if key not in _CONDITION_CLASSES}
    definitions.pop("Location", None)
    if any(_mentions_condition(value) for value in components.values()):
        definitions["condition"] = _condition(rulebase)
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": f"spinefoot {name} file",
        **_named(root, rulebase),
        "definitions": {key: _named(value, rulebase) for key, value in sorted(definitions.items())},
    }


def _editable(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """Drop what the reader fills in itself, and point conditions at one definition."""
    properties = schema.get("properties", {})
    drop = {"where"} | ({"topic"} if name in ("Finding", "Checklist") else set()) | ({"syndrome"} if name == "RedFlag" else set())
    kept = {key: _with_conditions(value) for key, value in properties.items() if key not in drop}
    return {**schema, "properties": kept} if properties else schema


def _with_conditions(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_with_conditions(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if _is_condition(schema):
        return {"$ref": "#/definitions/condition"}
    return {key: _with_conditions(value) for key, value in schema.items() if key != "default" or value is not None}


def _is_condition(schema: dict[str, Any]) -> bool:
    names = [str(option.get("$ref", "")).rsplit("/", 1)[-1] for option in schema.get("anyOf", [])]
    return bool(names) and any(name in _CONDITION_CLASSES for name in names)


def _mentions_condition(schema: Any) -> bool:
    if isinstance(schema, dict):
        return _is_condition(schema) or any(_mentions_condition(value) for value in schema.values())
    return isinstance(schema, list) and any(_mentions_condition(item) for item in schema)


def _named(schema: Any, rulebase: RuleBase) -> Any:
    """Enumerate the names that a key may hold."""
    names: dict[str, list[str]] = {
        "sources": sorted(rulebase.source),
        "urgency": list(rulebase.urgency_rank),
        "default_urgency": list(rulebase.urgency_rank),
        "origin": [origin.id for origin in rulebase.origins],
        "verdict": [verdict.id for verdict in rulebase.verdicts],
        "root": [root.id for root in rulebase.roots],
        "checklist": sorted(checklist.id for checklist in rulebase.checklists),
    }
    properties = schema.get("properties") if isinstance(schema, dict) else None
    if not properties:
        return schema
    changed = dict(properties)
    for key in changed.keys() & names.keys():
        if key != "sources":
            changed[key] = {"enum": names[key]}
        elif changed[key].get("items", {}).get("type") == "string":
            changed[key] = {**changed[key], "items": {"enum": names[key]}}
    return {**schema, "properties": changed}


def _condition(rulebase: RuleBase) -> dict[str, Any]:
    here = {"$ref": "#/definitions/condition"}
    several = {"type": "array", "items": here, "minItems": 1}
    yes_no = [finding.id for finding in rulebase.findings if finding.kind == "yes_no"]
    compared = {
        "at_least": {"type": "number"},
        "at_most": {"type": "number"},
        "above": {"type": "number"},
        "below": {"type": "number"},
    }
    words = {"is": {"type": "string"}, "one_of": {"type": "array", "items": {"type": "string"}, "minItems": 1}}
    comparisons: dict[str, Any] = {}
    for finding in rulebase.findings:
        allowed: dict[str, Any] = {"is": {"enum": ["unknown"]}}
        if finding.kind == "number":
            allowed |= compared
        if finding.kind == "choice":
            options = list(finding.option_ids)
            allowed = {"is": {"enum": [*options, "unknown"]}, "one_of": {"type": "array", "items": {"enum": options}}}
        comparisons[finding.id] = {"type": "object", "properties": allowed, "additionalProperties": False, "minProperties": 1}
    word_test = {"type": "object", "properties": words, "additionalProperties": False, "minProperties": 1, "maxProperties": 1}
    named_test = {"type": "object", "minProperties": 1, "maxProperties": 1, "additionalProperties": word_test}
    return {
        "description": "A condition: an id (answered yes, or a pattern that holds), or one key with what it takes.",
        "anyOf": [
            {"enum": sorted([*yes_no, *rulebase.pattern])},
            {
                "type": "object",
                "minProperties": 1,
                "maxProperties": 1,
                "additionalProperties": False,
                "properties": {
                    "all": several,
                    "any": several,
                    "not": here,
                    "count": {
                        "type": "object",
                        "properties": {"at_least": {"type": "integer", "minimum": 1}, "of": several},
                        "required": ["at_least", "of"],
                        "additionalProperties": False,
                    },
                    "every_danger_question": {"type": "object", "properties": {"is": {"const": "no"}}},
                    "cause_level": named_test,
                    "origin_level": named_test,
                    "score_lead": {"type": "object", "required": ["of", "over", "at_least"]},
                    "red_flag": {"enum": [flag.id for flag in rulebase.red_flags]},
                    "root_level": {"enum": [root.id for root in rulebase.roots]},
                    "urgency": word_test,
                    "spine_link": word_test,
                    **comparisons,
                },
            },
        ],
    }
