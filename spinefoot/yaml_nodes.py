"""YAML text to nodes with positions: a small, strict YAML 1.2 without anchors, surprises or bombs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, TypeAlias

import yaml

from spinefoot.errors import Location, Problem

__all__ = [
    "Node",
    "entries",
    "items",
    "kind_of",
    "location",
    "parse_yaml",
    "plain",
    "scalar",
]

Node: TypeAlias = yaml.Node

MAX_DEPTH = 60

_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]{1,30}|[0-9]{1,30}(\.[0-9]{0,30})?)([eE][-+]?[0-9]{1,3})?")
_FIXED: dict[str, bool | None] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
_YAML_1_1_WORDS = frozenset({"yes", "no", "on", "off", "y", "n"})
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def parse_yaml(text: str, name: str) -> tuple[Node | None, list[Problem]]:
    """
    Read one YAML document, keeping the place of every value.

    Args:
        text: The document.
        name: The file name that messages show.

    Returns:
        The root node (None for an empty or unreadable document) and what is wrong with the text:
        syntax, aliases, duplicate keys, keys that YAML 1.1 would read as booleans, depth.
    """
    try:
        root = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = Location(name, mark.line + 1, mark.column + 1) if mark else Location(name)
        return None, [Problem("SF103", f"this is not well-formed YAML: {error.problem or error.context}", where)]
    except yaml.YAMLError as error:
        return None, [Problem("SF103", f"this is not well-formed YAML: {str(error).splitlines()[0]}", Location(name))]
    if root is None:
        return None, []
    return root, list(_faults(root, name, set(), 0))


def location(node: Node, name: str) -> Location:
    """Return where *node* begins in the file called *name*."""
    return Location(name, node.start_mark.line + 1, node.start_mark.column + 1)


def kind_of(node: Node) -> str:
    """Name the shape of *node* in words fit for a message."""
    if isinstance(node, yaml.MappingNode):
        return "a mapping"
    if isinstance(node, yaml.SequenceNode):
        return "a list"
    return f'"{node.value}"'


def entries(node: Node) -> list[tuple[str, Node, Node]]:
    """Return (key, key node, value node) of a mapping, in file order; empty for anything else."""
    if not isinstance(node, yaml.MappingNode):
        return []
    return [(key.value, key, value) for key, value in node.value if isinstance(key, yaml.ScalarNode)]


def items(node: Node) -> list[Node]:
    """Return the nodes of a list, in file order; empty for anything else."""
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def scalar(node: Node) -> bool | int | float | str | None:
    """
    Return the value of a scalar by the YAML 1.2 core rules: true, false, null, numbers, else text.

    "yes" and "no" stay text, quoted scalars are always text, and there are no dates or sexagesimals.
    """
    text: str = node.value
    if isinstance(node, yaml.ScalarNode) and node.style:  # None or empty for a plain scalar, by loader
        return text
    if text in _FIXED:
        return _FIXED[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text


def plain(node: Node) -> Any:
    """Return *node* as dictionaries, lists and scalars."""
    if isinstance(node, yaml.MappingNode):
        return {key: plain(value) for key, _, value in entries(node)}
    if isinstance(node, yaml.SequenceNode):
        return [plain(child) for child in node.value]
    return scalar(node)


def _faults(node: Node, name: str, seen: set[int], depth: int) -> Iterator[Problem]:
    where = location(node, name)
    if id(node) in seen:
        yield Problem("SF104", "an alias points to another part of the file", where, "write the value out in full")
        return
    seen.add(id(node))
    if depth > MAX_DEPTH:
        yield Problem("SF102", f"values are nested more than {MAX_DEPTH} deep", where)
        return
    if not str(node.tag).startswith("tag:yaml.org,2002:"):
        yield Problem("SF103", f'the tag "{node.tag}" has no meaning here', where)
    if isinstance(node, yaml.SequenceNode):
        for child in node.value:
            yield from _faults(child, name, seen, depth + 1)
    elif isinstance(node, yaml.MappingNode):
        first: dict[str, int] = {}
        for key, value in node.value:
            yield from _key_faults(key, name, first)
            yield from _faults(value, name, seen, depth + 1)


def _key_faults(key: Node, name: str, first: dict[str, int]) -> Iterator[Problem]:
    where = location(key, name)
    if not isinstance(key, yaml.ScalarNode):
        yield Problem("SF106", f"a key must be plain text, not {kind_of(key)}", where)
        return
    word = key.value
    if not key.style and word.lower() in _YAML_1_1_WORDS:
        yield Problem("SF106", f'"{word}" as a key is read as a truth value by many editors', where)
    if word in first:
        yield Problem("SF105", f'the key "{word}" stands twice in one mapping', where, f"it is first in line {first[word]}")
    first.setdefault(word, where.line)
