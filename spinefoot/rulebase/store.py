"""
Loading a rule base, with a compiled copy in the user's cache so that the next start is fast.

The copy is named by a hash of every byte of every file, of the program and its libraries, so it can never be
stale; it holds knowledge only, never answers; and without a writable cache nothing changes but the time.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import msgspec

from spinefoot.model.rulebase import RuleBase
from spinefoot.rulebase.locate import read_files, rules_directory
from spinefoot.version import __version__

__all__ = ["CACHE_VARIABLE", "load_rules"]

CACHE_VARIABLE = "SPINEFOOT_CACHE"
"""The environment variable that names another cache folder; empty turns the cache off."""

_KEPT = 8


def load_rules(path: str | Path | None = None) -> RuleBase:
    """
    Return a checked rule base.

    Args:
        path: Its folder; None for `SPINEFOOT_RULES`, else the shipped rules.

    Raises:
        RuleBaseError: With every problem of every file.
    """
    directory = rules_directory(path)
    files = read_files(directory)
    cached = _cache_file(files, str(directory))
    if cached is not None:
        with suppress(OSError, msgspec.MsgspecError):
            return msgspec.msgpack.decode(cached.read_bytes(), type=RuleBase)
    from spinefoot.rulebase.load import read_rulebase

    rulebase = read_rulebase(files, str(directory))
    if cached is not None:
        with suppress(OSError):
            _write(cached, msgspec.msgpack.encode(rulebase))
    return rulebase


def _cache_file(files: Mapping[str, bytes], directory: str) -> Path | None:
    folder = _cache_folder()
    if folder is None:
        return None
    digest = hashlib.sha256(f"{__version__} {_code_stamp()} {msgspec.__version__} {sys.version} {directory}".encode())
    for name in sorted(files):
        digest.update(f"\0{name}\0{len(files[name])}\0".encode())
        digest.update(files[name])
    return folder / f"rules-{digest.hexdigest()[:40]}.msgpack"


def _code_stamp() -> str:
    """Stand for the code that compiles rules: in a checkout it changes without a new version."""
    package = Path(__file__).resolve().parent.parent
    stamps = [p.stat() for folder in ("model", "rulebase") for p in sorted((package / folder).glob("*.py"))]
    return " ".join(f"{stamp.st_mtime_ns}:{stamp.st_size}" for stamp in stamps)


def _cache_folder() -> Path | None:
    chosen = os.environ.get(CACHE_VARIABLE)
    if chosen is not None:
        return Path(chosen) if chosen else None
    base = os.environ.get("XDG_CACHE_HOME") or (Path.home() / ".cache" if _has_home() else None)
    return Path(base) / "spinefoot" if base else None


def _has_home() -> bool:
    with suppress(RuntimeError):
        return Path.home().is_dir()
    return False


def _write(target: Path, content: bytes) -> None:
    """Write whole or not at all, and keep only the newest few copies."""
    import tempfile

    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".rules-")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    os.replace(name, target)
    copies = sorted(target.parent.glob("rules-*.msgpack"), key=lambda p: p.stat().st_mtime, reverse=True)
    for old in copies[_KEPT:]:
        old.unlink(missing_ok=True)
