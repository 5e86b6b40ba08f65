"""Imports point downward only, and what is slow to import is imported late."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "spinefoot"

# Lower layers first; a module may import from its own layer and from those before it.
LAYERS = [
    ["errors", "version", "yaml_nodes"],
    ["model"],
    ["verdict", "scoring", "truth"],
    ["rulebase"],
    ["casefile"],
    ["executors"],
    ["planning"],
    ["assessment"],
    ["casecheck", "interview"],
    ["analysis"],
    ["rendering"],
    ["cli", "__main__"],
]
RANK = {name: rank for rank, names in enumerate(LAYERS) for name in names}
# The result knows how to print itself as JSON; the import is late and goes up once.
ALLOWED_UPWARD = {("assessment", "rendering")}


def _imports(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    return {name.split(".")[1] for name in names if name.startswith("spinefoot.")}


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_imports_point_downward(path: Path) -> None:
    own = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    if own == "__init__":
        return
    upward = {name for name in _imports(path) if RANK[name] > RANK[own] and (own, name) not in ALLOWED_UPWARD}

    assert upward == set()


def test_only_one_module_imports_experta() -> None:
    importers = [p.name for p in PACKAGE.rglob("*.py") if "import experta" in p.read_text(encoding="utf-8")]

    assert importers == ["experta_import.py"]


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["rules", "list", "--plain"]], ids=" ".join)
def test_help_and_version_load_neither_experta_nor_polars(arguments: list[str]) -> None:
    code = (
        "import sys\nfrom spinefoot.cli.app import app\n"
        f"try:\n    app({arguments!r})\nexcept SystemExit:\n    pass\n"
        "heavy = [m for m in ('experta', 'polars', 'jinja2', 'z3') if m in sys.modules]\nsys.exit(repr(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr


def test_importing_experta_leaves_logging_and_collections_as_they_were() -> None:
    code = (
        "import collections, logging\nbefore = set(vars(collections))\n"
        "import spinefoot.executors.experta_import\n"
        "assert logging.getLogger().handlers == []\nassert set(vars(collections)) == before\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr


def test_no_cause_is_named_in_python(rules) -> None:
    names = {*rules.cause, *(flag.id for flag in rules.red_flags)}
    for path in PACKAGE.rglob("*.py"):
        words = {
            node.value
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        assert words.isdisjoint(names), path
