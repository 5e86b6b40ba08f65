"""The wheel ships the rules and runs from any folder."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def _run(*words: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(word) for word in words], cwd=cwd, env={**os.environ, **environment}, capture_output=True, text=True, check=True
    )


def test_a_wheel_in_a_fresh_environment_assesses_from_another_folder(tmp_path: Path) -> None:
    _run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path, ROOT, cwd=tmp_path)
    (wheel,) = tmp_path.glob("*.whl")
    assert "spinefoot/rules/rulebase.yaml" in zipfile.ZipFile(wheel).namelist()
    assert "spinefoot/py.typed" in zipfile.ZipFile(wheel).namelist()

    _run(sys.executable, "-m", "venv", tmp_path / "env", cwd=tmp_path)
    python = tmp_path / "env" / "bin" / "python"
    _run(python, "-m", "pip", "install", "-q", wheel, cwd=tmp_path)
    done = _run(
        tmp_path / "env" / "bin" / "spinefoot",
        "assess",
        "--plain",
        ROOT / "examples" / "foot-drop.yaml",
        cwd=tmp_path,
        SPINEFOOT_CACHE="",
    )

    assert "Today - be assessed by the end of today" in done.stdout
    assert "not a diagnosis" in " ".join(done.stdout.split())
