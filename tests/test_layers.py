"""Imports point downward only, and what is slow to import is imported late."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "spinefoot"
EXAMPLE = PACKAGE.parent / "examples" / "foot-drop.yaml"

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
    ["casecheck"],
    ["tables"],
    ["analysis", "batch", "evaluation", "interview"],
    ["rendering"],
    ["cli", "__main__"],
]
# Uses know nothing of each other, though they share a layer.
USES = {"interview", "batch", "evaluation", "analysis"}
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


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_use_knows_nothing_of_the_others(path: Path) -> None:
    own = path.relative_to(PACKAGE).parts[0]

    assert own not in USES or _imports(path) & USES <= {own}


def test_only_one_module_imports_experta() -> None:
    importers = [p.name for p in PACKAGE.rglob("*.py") if "import experta" in p.read_text(encoding="utf-8")]

    assert importers == ["experta_import.py"]


def _loaded(modules: str, arguments: list[str]) -> str:
    """Run a command in a new process, and return those of *modules* that it loaded."""
    code = (
        f"import sys\nfrom spinefoot.cli.app import main\nsys.argv = ['spinefoot', *{arguments!r}]\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        f"print([m for m in {modules.split()!r} if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stderr.splitlines()[-1]


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["rules", "list", "--plain"]], ids=" ".join)
def test_help_and_version_load_neither_experta_nor_polars(arguments: list[str]) -> None:
    assert _loaded("experta polars jinja2 z3", arguments) == "[]"


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["--version"],
        ["assess", str(EXAMPLE)],
        ["findings", "drop"],
        ["template"],
        ["rules", "list", "--plain"],
        ["rules", "show", "motor_new"],
        ["rules", "test", str(EXAMPLE)],
        ["batch", "--help"],
        ["evaluate", "--help"],
    ],
    ids=" ".join,
)
def test_only_evaluating_loads_numbers_and_tables(arguments: list[str]) -> None:
    assert _loaded("numpy scipy polars matplotlib", arguments) == "[]"


def test_evaluating_without_figures_loads_no_matplotlib(tmp_path: Path) -> None:
    table = tmp_path / "cases.csv"
    table.write_text("saddle_numbness,expected_urgency\nyes,emergency\n")

    assert _loaded("scipy polars matplotlib statsmodels", ["evaluate", str(table)]) == "['scipy', 'polars']"


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
