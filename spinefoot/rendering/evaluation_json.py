"""
The JSON contract of an evaluation: one object, in a fixed order of keys.

| key | holds |
| --- | --- |
| `spinefoot`, `rulebase` | version of the program; `version`, `sha256` and `directory` of the rule base |
| `rows` | `read`, `rejected`, `without_expectation`, `files_rejected`, `repeated_ids` |
| `overall` | `cases`, `urgency`, `spine_link`, `root_levels`, `causes`, `calibration`; null where nothing is expected |
| `subgroups` | a list of `column` and `groups`, each with `value` (null: not given) and `measures` like `overall` |
| `comparison` | null, or `against`, `cases`, `refused`, `measures` (paired counts, `p`, `gained`, `lost`), `fell`, `rose` |
| `unread_columns` | columns that are neither finding, expectation nor subgroup |
| `problems` | what was wrong with rows and files: `code`, `message`, `file`, `line` (0: not known), `hint` |
| `definitions` | what is counted, in words |
| `disclaimer` | of the rule base |

A share is `count`, `of`, `estimate`, `low`, `high` (from 0 to 1; null where `of` is 0) and `method` (`wilson` or
`exact`). A likelihood ratio is `estimate`, `low`, `high`, `zero_cell` (0.5 was added to each cell) and
`undefined_because` (null where there is an estimate); without `low` and `high` everybody had the result. A kappa is
`estimate`, `low`, `high` and `undefined_because`. A matrix is `expected` (names of rows), `results` (names of
columns) and `counts`. The fields of each measure are those of its class under `spinefoot.evaluation`, whose
docstrings define them.
"""

from __future__ import annotations

from typing import Any

import msgspec

from spinefoot.errors import Problem
from spinefoot.evaluation.definitions import DEFINITIONS
from spinefoot.evaluation.run import Run
from spinefoot.version import __version__

__all__ = ["evaluation_contract"]


def evaluation_contract(run: Run, disclaimer: str) -> dict[str, Any]:
    """Return *run* in the shape of the contract."""
    evaluated = msgspec.to_builtins(run.evaluation)
    return {
        "spinefoot": __version__,
        **evaluated,
        "unread_columns": run.unread_columns,
        "problems": [_problem(problem) for problem in run.problems],
        "definitions": DEFINITIONS,
        "disclaimer": disclaimer,
    }


def _problem(problem: Problem) -> dict[str, Any]:
    where = problem.where
    return {
        "code": problem.code,
        "message": problem.message,
        "file": where.file if where else None,
        "line": where.line if where else 0,
        "hint": problem.hint,
    }
