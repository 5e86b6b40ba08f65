"""
The only import of experta.

experta 1.9.4 pins frozendict 1.2, which needs aliases that Python 3.10 took out of `collections`;
it calls `logging.basicConfig()` on import; and its `__init__` swallows a failed import of its own
parts. Here the aliases are lent for the import and taken back, the root logger is left as it was,
and a missing part is reported by name.
"""

from __future__ import annotations

import collections
import collections.abc
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

__all__ = [
    "BusNode",
    "ConflictSetNode",
    "Fact",
    "KnowledgeEngine",
    "OrdinaryMatchNode",
    "P",
    "ReteMatcher",
    "Rule",
    "SameContextCheck",
    "Token",
]

_ALIASES = ("Mapping", "MutableMapping", "Hashable", "Iterable", "Sequence", "Callable", "Set")


@contextmanager
def _lent_aliases() -> Iterator[None]:
    lent = [name for name in _ALIASES if not hasattr(collections, name)]
    for name in lent:
        setattr(collections, name, getattr(collections.abc, name))
    try:
        yield
    finally:
        for name in lent:
            delattr(collections, name)


@contextmanager
def _untouched_root_logger() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)


def _load() -> Any:
    with _lent_aliases(), _untouched_root_logger():
        import experta
        import experta.matchers.rete.check
        import experta.matchers.rete.nodes
        import experta.matchers.rete.token

        if not hasattr(experta, "KnowledgeEngine"):
            # experta/__init__ hid the reason; importing the part again shows it.
            import experta.engine

            raise ImportError(f"experta is incomplete: {experta.__file__}")
    return experta


_experta = _load()
Fact = _experta.Fact
KnowledgeEngine = _experta.KnowledgeEngine
P = _experta.P
ReteMatcher = _experta.KnowledgeEngine.__matcher__
SameContextCheck = _experta.matchers.rete.check.SameContextCheck
OrdinaryMatchNode = _experta.matchers.rete.nodes.OrdinaryMatchNode
ConflictSetNode = _experta.matchers.rete.nodes.ConflictSetNode
BusNode = _experta.matchers.rete.nodes.BusNode
Token = _experta.matchers.rete.token.Token
Rule = _experta.Rule
