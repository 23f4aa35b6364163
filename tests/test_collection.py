"""The files of tests that pytest collects: none is passed over in silence."""

from __future__ import annotations

import ast
from fnmatch import fnmatch
from pathlib import Path

import pytest

TESTS = Path(__file__).parent


def passed_over(folder: Path, config: pytest.Config) -> dict[str, str]:
    """Files below a folder with tests that pytest does not collect, and the reason for each."""
    files: list[str] = config.getini("python_files")
    skipped: list[str] = config.getini("norecursedirs")
    reasons = {}
    for path in sorted(folder.rglob("*.py")):
        if not has_tests(path):
            continue
        name = path.relative_to(folder)
        for part in name.parent.parts:
            if any(fnmatch(part, pattern) for pattern in skipped):
                reasons[name.as_posix()] = f"pytest skips folders with the name {part}"
        if not any(fnmatch(path.name, pattern) for pattern in files):
            reasons[name.as_posix()] = f"its name is none of {', '.join(files)}"
    return reasons


def has_tests(path: Path) -> bool:
    """Return True for a module with a function or a class that pytest would run."""
    tree = ast.parse(path.read_bytes())
    definitions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    names = [node.name for node in tree.body if isinstance(node, definitions)]
    return any(name.startswith(("test", "Test")) for name in names)


def test_every_file_of_tests_is_collected(pytestconfig: pytest.Config) -> None:
    assert passed_over(TESTS, pytestconfig) == {}


def test_a_file_that_is_passed_over_is_named(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    for name in ("charts/build/test_bars.py", "charts/bars.py", "charts/test_bars.py", "help.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x = 1\n" if name == "help.py" else "def test_bars() -> None: ...\n")
    assert passed_over(tmp_path, pytestconfig) == {
        "charts/bars.py": "its name is none of test_*.py, *_test.py",
        "charts/build/test_bars.py": "pytest skips folders with the name build",
    }
