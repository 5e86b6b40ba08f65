"""Which file under `rules/` holds what: a shape for each kind of file, found by its path."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import Any

import msgspec

from spinefoot.model.findings import Area, Checklist, Finding, Implication, Topic
from spinefoot.model.knowledge import (
    AdviceRule,
    Cause,
    Instrument,
    Origin,
    Pattern,
    RedFlag,
    Root,
    RootLevelRule,
    ScopeRule,
    Scoring,
    Source,
    SpineLinkRule,
    Syndrome,
    Urgency,
    UrgencyRule,
    Verdict,
)

__all__ = ["FILE_KINDS", "FileKind", "kind_of_file"]


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class Settings(_File, frozen=True):
    """`rulebase.yaml`: version, wording, thresholds and defaults of the whole rule base."""

    version: str
    title: str
    disclaimer: str
    default_urgency: str
    default_urgency_because: str
    scoring: Scoring
    urgencies: tuple[Urgency, ...]
    origins: tuple[Origin, ...]
    safety_net: tuple[str, ...]
    phrases: dict[str, str] = {}
    scope: tuple[ScopeRule, ...] = ()


class Sources(_File, frozen=True):
    """`sources.yaml`: the bibliography."""

    sources: tuple[Source, ...]


class TopicFile(_File, frozen=True):
    """`findings/<topic>.yaml`: a part of the interview, with its checklists and findings."""

    topic: Topic
    findings: tuple[Finding, ...]
    checklists: tuple[Checklist, ...] = ()


class Areas(_File, frozen=True):
    """`areas.yaml`: the body map; `[mark]` in the drawing stands for the area with that mark."""

    areas: tuple[Area, ...]
    drawing: str = ""


class Implications(_File, frozen=True):
    """`implications.yaml`: a yes that makes another finding yes."""

    implications: tuple[Implication, ...]


class Patterns(_File, frozen=True):
    """`patterns/<topic>.yaml`: named conditions."""

    patterns: tuple[Pattern, ...]


class RedFlags(_File, frozen=True):
    """`red_flags/<syndrome>.yaml`: a family of red flags."""

    syndrome: Syndrome
    red_flags: tuple[RedFlag, ...]


class RootLevels(_File, frozen=True):
    """`root_levels.yaml`: nerve roots, and the rules that say which one a case fits best."""

    roots: tuple[Root, ...]
    rules: tuple[RootLevelRule, ...]


class SpineLink(_File, frozen=True):
    """`spine_link.yaml`: the answers to the headline question, best supported first, and their rules."""

    default: str
    default_because: str
    verdicts: tuple[Verdict, ...]
    rules: tuple[SpineLinkRule, ...]


class UrgencyRules(_File, frozen=True):
    """`urgency.yaml`: rules about levels that raise the urgency, and those that allow self-care."""

    rules: tuple[UrgencyRule, ...]


class Advice(_File, frozen=True):
    """`advice/<topic>.yaml`: general advice."""

    advice: tuple[AdviceRule, ...]


class FileKind(msgspec.Struct, frozen=True):
    """A kind of file: its *name* (of the schema), the paths it may have, and its shape."""

    name: str
    path: str
    shape: type[Any]


FILE_KINDS: tuple[FileKind, ...] = (
    FileKind("rulebase", "rulebase.yaml", Settings),
    FileKind("sources", "sources.yaml", Sources),
    FileKind("areas", "areas.yaml", Areas),
    FileKind("implications", "implications.yaml", Implications),
    FileKind("findings", "findings/*.yaml", TopicFile),
    FileKind("patterns", "patterns/*.yaml", Patterns),
    FileKind("red_flags", "red_flags/*.yaml", RedFlags),
    FileKind("cause", "causes/*/*.yaml", Cause),
    FileKind("root_levels", "root_levels.yaml", RootLevels),
    FileKind("urgency", "urgency.yaml", UrgencyRules),
    FileKind("spine_link", "spine_link.yaml", SpineLink),
    FileKind("advice", "advice/*.yaml", Advice),
    FileKind("instrument", "instruments/*.yaml", Instrument),
)


def kind_of_file(path: str) -> FileKind | None:
    """Return the kind of the file at *path* (relative to the rule base, with forward slashes), or None."""
    depth = len(PurePosixPath(path).parts)
    for kind in FILE_KINDS:
        if depth == kind.path.count("/") + 1 and fnmatchcase(path, kind.path):
            return kind
    return None
