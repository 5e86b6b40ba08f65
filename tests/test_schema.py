"""The JSON Schemas that editors use are current, and accept what the reader accepts."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

import spinefoot
from spinefoot import yaml_nodes as y
from spinefoot.rulebase.files import kind_of_file
from spinefoot.rulebase.locate import MUTANTS_EXPLAINED, is_case_file
from spinefoot.rulebase.schema import schemas

RULES = Path(__file__).resolve().parent.parent / "rules"


def test_the_schemas_beside_the_rules_are_current(rules: spinefoot.RuleBase) -> None:
    for name, schema in schemas(rules).items():
        written = json.loads((RULES / "schema" / f"{name}.schema.json").read_text(encoding="utf-8"))

        assert written == json.loads(json.dumps(schema)), "run: spinefoot rules schema --write"


def test_every_rule_file_is_valid_by_its_schema_and_names_it(rules: spinefoot.RuleBase) -> None:
    made = {name: jsonschema.Draft7Validator(schema) for name, schema in schemas(rules).items()}
    for path in sorted(RULES.rglob("*.yaml")):
        relative = path.relative_to(RULES).as_posix()
        if is_case_file(relative) or relative == MUTANTS_EXPLAINED:
            continue
        kind = kind_of_file(relative)
        text = path.read_text(encoding="utf-8")
        node, _ = y.parse_yaml(text, relative)
        assert kind is not None
        assert node is not None
        assert f"schema/{kind.name}.schema.json" in text.splitlines()[0], relative
        errors = [f"{relative}: {error.message[:200]}" for error in made[kind.name].iter_errors(y.plain(node))]
        assert errors == []


def test_a_misspelt_finding_is_an_error_for_editors_too(rules: spinefoot.RuleBase) -> None:
    pattern = {"patterns": [{"id": "p", "title": "-", "when": {"all": ["foot_dorp"]}}]}

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(pattern, schemas(rules)["patterns"], cls=jsonschema.Draft7Validator)
