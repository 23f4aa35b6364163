"""The size of modules and packages: a large one should be split."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAX_LINES = 350
MAX_MODULES = 20
STUB_SERVER = Path("runner/api/stub_server/server.py")
"""One file by design: it runs with the Python of any image."""


@pytest.mark.parametrize(
    "top", ["resim_inspect", "runner", "tests", "benchmarks", "build_tools", "examples"]
)
def test_no_module_is_too_long(top: str) -> None:
    lengths = {
        path.relative_to(ROOT): len(path.read_text(encoding="utf-8").splitlines())
        for path in (ROOT / top).rglob("*.py")
        if "metrics_pb2" not in path.name
    }
    assert lengths
    others = {path: lines for path, lines in lengths.items() if path != STUB_SERVER}
    assert {path: lines for path, lines in others.items() if lines > MAX_LINES} == {}


@pytest.mark.parametrize("top", ["resim_inspect", "runner", "tests", "benchmarks", "build_tools"])
def test_no_package_has_too_many_modules(top: str) -> None:
    packages = {path.parent for path in (ROOT / top).rglob("__init__.py")}
    crowded = {
        package.relative_to(ROOT): count
        for package in packages
        if (count := sum(path.name != "__init__.py" for path in package.glob("*.py"))) > MAX_MODULES
    }
    assert crowded == {}
