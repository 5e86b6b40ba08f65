"""Which rule base to use, and its files as bytes: all that a start from the cache needs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

from spinefoot.errors import Location, Problem, RuleBaseError

__all__ = ["CASES_SUFFIX", "MAX_BYTES", "MUTANTS_EXPLAINED", "RULES_VARIABLE", "is_case_file", "read_files", "rules_directory"]

RULES_VARIABLE = "SPINEFOOT_RULES"
"""The environment variable that names another rule base."""

CASES_SUFFIX = ".cases.yaml"
"""Ends the name of a file that holds cases for the rules beside it."""

MUTANTS_EXPLAINED = "mutants_explained.yaml"
"""The file of a rule base that says which faults no case needs to notice (`spinefoot rules mutate`); no knowledge."""

MAX_BYTES = 2 * 1024 * 1024
"""No file under `rules/` and no symptom file comes near this; larger ones are refused unread."""


def is_case_file(path: str) -> bool:
    """Tell whether *path* holds cases that test the rules beside it."""
    return path.endswith(CASES_SUFFIX)


def rules_directory(path: str | Path | None = None) -> Path:
    """
    Return the directory of the rule base to use.

    That is *path*, else `SPINEFOOT_RULES`, else the rules shipped with the program (in a wheel
    inside the package, in a checkout beside it).
    """
    chosen = path or os.environ.get(RULES_VARIABLE)
    if chosen:
        return Path(chosen)
    package = Path(__file__).resolve().parent.parent
    shipped = package / "rules"
    return shipped if shipped.is_dir() else package.parent / "rules"


def read_files(directory: Path) -> dict[str, bytes]:
    """
    Read the knowledge files of a rule base (not its cases), by relative path, paths sorted.

    Raises:
        RuleBaseError: The directory or a file cannot be read, or a file is of absurd size.
    """
    if not directory.is_dir():
        where = Location(str(directory))
        raise RuleBaseError([Problem("SF101", "there is no rule base here", where, "name its folder with --rules")])
    found: dict[str, bytes] = {}
    problems: list[Problem] = []
    for relative in sorted(_knowledge_files(directory)):
        path = f"{directory}/{relative}"
        where = Location(path)
        try:
            if os.stat(path).st_size > MAX_BYTES:
                problems.append(Problem("SF102", f"the file is larger than {MAX_BYTES // 2**20} MiB", where))
                continue
            with open(path, "rb") as file:
                found[relative] = file.read()
        except OSError as error:
            problems.append(Problem("SF101", f"the file cannot be read: {error.strerror}", where))
    if problems:
        raise RuleBaseError(problems)
    return found


def _knowledge_files(directory: Path) -> Iterator[str]:
    """Yield the relative paths of the knowledge files below *directory*, without what is hidden; twice as fast as rglob."""
    for folder, subfolders, names in os.walk(directory, onerror=_refuse):
        subfolders[:] = [name for name in subfolders if not name.startswith(".")]
        inside = Path(folder).relative_to(directory)
        for name in names:
            relative = (inside / name).as_posix()
            if name.endswith(".yaml") and not is_case_file(name) and not name.startswith(".") and relative != MUTANTS_EXPLAINED:
                yield relative


def _refuse(error: OSError) -> NoReturn:
    raise RuleBaseError([Problem("SF101", f"the folder cannot be read: {error.strerror}", Location(str(error.filename)))])
