"""
spinefoot: is my foot pain linked to my spine?

An open, explainable, rule-based expert system. Triage and education, never a diagnosis.

    >>> import spinefoot
    >>> spinefoot.assess({"foot_drop": True}).urgency
    'same_day'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from spinefoot.version import __version__

if TYPE_CHECKING:
    from spinefoot.assessment.assess import Assessment, assess
    from spinefoot.casefile import case_from_answers, read_case_file
    from spinefoot.errors import InputError, Problem, RuleBaseError, SpinefootError
    from spinefoot.model.case import Case
    from spinefoot.model.rulebase import RuleBase
    from spinefoot.rulebase.store import load_rules

__all__ = [
    "Assessment",
    "Case",
    "InputError",
    "Problem",
    "RuleBase",
    "RuleBaseError",
    "SpinefootError",
    "__version__",
    "assess",
    "case_from_answers",
    "load_rules",
    "read_case_file",
]

_HOMES = {
    "Assessment": "spinefoot.assessment.assess",
    "Case": "spinefoot.model.case",
    "InputError": "spinefoot.errors",
    "Problem": "spinefoot.errors",
    "RuleBase": "spinefoot.model.rulebase",
    "RuleBaseError": "spinefoot.errors",
    "SpinefootError": "spinefoot.errors",
    "assess": "spinefoot.assessment.assess",
    "case_from_answers": "spinefoot.casefile",
    "load_rules": "spinefoot.rulebase.store",
    "read_case_file": "spinefoot.casefile",
}


def __getattr__(name: str) -> Any:
    """Import public names on first use, so that `spinefoot --help` starts fast."""
    if name not in _HOMES:
        raise AttributeError(f"module 'spinefoot' has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(_HOMES[name]), name)
