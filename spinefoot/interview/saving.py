"""Answers to a symptom file and back: what is saved is what `assess` reads, with the unknowns and the rule base named."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import yaml

from spinefoot.casefile import read_saved_case
from spinefoot.errors import InputError, Location, Problem
from spinefoot.interview.session import Replies, Session
from spinefoot.model.case import Case
from spinefoot.model.findings import Value
from spinefoot.model.rulebase import RuleBase

__all__ = ["load_answers", "replies_of", "save_answers", "symptom_file"]


def symptom_file(session: Session, id: str) -> str:
    """Return the answers of *session* as a YAML symptom file; "I don't know" is written as unknown."""
    rulebase = session.rulebase
    replies = session.replies
    lines = [
        "# Answers of an interview with spinefoot. Health data: keep it private.",
        *yaml.safe_dump({"id": id}, allow_unicode=True).splitlines(),
        "rulebase:",
        f'  version: "{rulebase.version}"',
        f'  sha256: "{rulebase.sha256}"',
        "findings:" if replies else "findings: {}",
        *(f"  {name}: {_written(value)}" for name, value in replies.items()),
    ]
    return "\n".join(lines) + "\n"


def save_answers(session: Session, path: Path) -> None:
    """
    Write the answers of *session* to *path*, readable by the owner only; the file is complete or as it was before.

    Raises:
        InputError: The file cannot be written.
    """
    content = symptom_file(session, path.name.split(".")[0] or "interview").encode()
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        message = f"the answers cannot be saved: {error.strerror}"
        raise InputError([Problem("SF108", message, Location(str(path)))]) from None


def load_answers(path: Path, rulebase: RuleBase) -> tuple[Case, list[Problem]]:
    """
    Read saved answers; `replies_of` gives them to a session.

    Returns:
        The answers that fit *rulebase*, and one problem for each that does not.

    Raises:
        InputError: The file cannot be read or holds no case.
    """
    case, problems = read_saved_case(path, rulebase)
    if case is None:
        raise InputError(problems or [Problem("SF601", "the file holds no case", Location(str(path)))])
    return case, problems


def replies_of(case: Case) -> Replies:
    """Return what was replied, in the order in which the file has it; None where the file says unknown."""
    replies: dict[str, Value | None] = {**case.findings, **dict.fromkeys(case.declined)}
    return dict(sorted(replies.items(), key=lambda reply: case.places.get(reply[0]) or Location("")))


def _written(value: Value | None) -> str:
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
