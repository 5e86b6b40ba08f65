"""What tests of batch share: the command, run in this process, and tables to feed it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from spinefoot.cli.app import app

Run = Callable[..., Result]


@pytest.fixture(scope="session", autouse=True)
def _rules_are_compiled_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPINEFOOT_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture
def batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run `spinefoot batch` in an empty folder, with standard input if given."""
    monkeypatch.chdir(tmp_path)

    def run(*words: object, stdin: bytes | None = None) -> Any:
        return CliRunner().invoke(app, ["batch", *map(str, words)], input=stdin)

    return run
