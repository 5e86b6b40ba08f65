"""Nodes to typed values, one field at a time, so that every fault of a file is found in one go."""

from __future__ import annotations

from functools import cache
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin

import msgspec

from spinefoot import yaml_nodes as y
from spinefoot.errors import Location, Problem, nearest
from spinefoot.model.conditions import Condition
from spinefoot.rulebase.condition_reader import ConditionReader, Reference

__all__ = ["Decoder", "Use"]

T = TypeVar("T", bound=msgspec.Struct)

PLACE = "where"
"""The field that the decoder fills with the place of a value; no file may contain it."""


class Use(msgspec.Struct, frozen=True):
    """A word that names something else, as in `sources` or `origin`, and where it stands."""

    field: str
    word: str
    where: Location


class Decoder:
    """Decodes the nodes of one file; collects `problems`, condition `references` and `uses` of names."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.uses: list[Use] = []
        self._conditions = ConditionReader(file, self.problems)

    @property
    def references(self) -> list[Reference]:
        """Leaves of all conditions read so far, with their places."""
        return self._conditions.references

    def decode(self, node: y.Node, shape: type[T]) -> T | None:
        """
        Return *node* as a *shape*.

        Returns:
            The value, or None where `problems` now says why there is none.
        """
        fields = _fields(shape)
        before = len(self.problems)
        first_reference = len(self.references)
        if not y.entries(node) and y.kind_of(node) != "a mapping":
            self._report("SF204", f"{y.kind_of(node)} stands where a mapping is expected", node)
            return None
        values: dict[str, Any] = {}
        for key, key_node, value in y.entries(node):
            if key not in fields:
                close = nearest(key, fields)
                hint = f'did you mean "{close}"?' if close else f"allowed here: {', '.join(fields)}"
                self._report("SF202", f'"{key}" is not a key of {_title(shape)}', key_node, hint)
                continue
            values[key] = self._field(value, fields[key].type, key)
        for name, field in fields.items():
            if field.required and name not in values:
                self._report("SF203", f"{_title(shape)} lacks the key {name}", node)
        self._own_references(first_reference, values.get("id"))
        if len(self.problems) > before:
            return None
        if PLACE in shape.__struct_fields__:
            values[PLACE] = y.location(node, self.file)
        return shape(**values)

    def _own_references(self, first: int, owner: object) -> None:
        for i in range(first, len(self.references)):
            if isinstance(owner, str) and not self.references[i].owner:
                self.references[i] = msgspec.structs.replace(self.references[i], owner=owner)

    def _field(self, node: y.Node, kind: Any, name: str) -> Any:
        if _is_condition(kind):
            return self._conditions.read(node)
        struct = _struct_in(kind)
        if struct is not None and get_origin(kind) is tuple:
            return self._list(node, struct)
        if struct is not None and get_origin(kind) is dict:
            return {key: self.decode(value, struct) for key, _, value in y.entries(node)}
        if struct is not None:
            return self.decode(node, struct)
        return self._scalar(node, kind, name)

    def _list(self, node: y.Node, struct: type[msgspec.Struct]) -> tuple[Any, ...]:
        if not y.items(node) and y.kind_of(node) != "a list":
            self._report("SF204", f"{y.kind_of(node)} stands where a list is expected", node)
        return tuple(self.decode(child, struct) for child in y.items(node))

    def _scalar(self, node: y.Node, kind: Any, name: str) -> Any:
        value = y.plain(node)
        try:
            converted = msgspec.convert(value, kind)
        except msgspec.ValidationError as error:
            hint = _allowed(kind, value)
            self._report("SF204", f"{name} is {y.kind_of(node)}: {_first_lower(str(error))}", node, hint)
            return None
        if isinstance(value, str):
            if not value.strip():
                self._report("SF203", f"{name} is empty", node)
            self.uses.append(Use(name, value, y.location(node, self.file)))
        elif isinstance(value, list):
            self.uses.extend(Use(name, str(word.value), y.location(word, self.file)) for word in y.items(node))
        return converted

    def _report(self, code: str, message: str, node: y.Node, hint: str | None = None) -> None:
        self.problems.append(Problem(code, message, y.location(node, self.file), hint))


@cache
def _fields(shape: type[msgspec.Struct]) -> dict[str, msgspec.structs.FieldInfo]:
    return {field.name: field for field in msgspec.structs.fields(shape) if field.name != PLACE}


def _union(kind: Any) -> tuple[Any, ...]:
    return get_args(kind) if isinstance(kind, UnionType) or get_origin(kind) is not None else ()


def _is_condition(kind: Any) -> bool:
    members = set(get_args(kind)) - {type(None)}
    return bool(members) and members == set(get_args(Condition))


def _struct_in(kind: Any) -> type[msgspec.Struct] | None:
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return kind
    found = [arg for arg in _union(kind) if isinstance(arg, type) and issubclass(arg, msgspec.Struct)]
    return found[0] if len(found) == 1 else None


def _title(shape: type[msgspec.Struct]) -> str:
    words = "".join(f" {c.lower()}" if c.isupper() else c for c in shape.__name__).strip()
    return f"an {words}" if words[0] in "aeiou" else f"a {words}"


def _allowed(kind: Any, value: Any) -> str | None:
    words = [word for arg in (kind, *_union(kind)) for word in get_args(arg) if isinstance(word, str)]
    if not words:
        return None
    close = nearest(value, words) if isinstance(value, str) else None
    return f'did you mean "{close}"?' if close else f"allowed: {', '.join(words)}"


def _first_lower(text: str) -> str:
    return text[:1].lower() + text[1:]
