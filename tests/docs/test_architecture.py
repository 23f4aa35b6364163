"""The tree of packages in docs/architecture.md: complete, and without packages that are gone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROGRAMS = ("resim_inspect", "runner")
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
TREE = PAGE[PAGE.index("```\nresim_inspect/\n") :].split("```")[1]


def packages_of_the_page() -> list[str]:
    """Paths of the packages in the page's tree, which has two spaces for each level."""
    packages: list[str] = []
    parents: list[str] = []
    for indent, name in re.findall(r"^( *)(\w+)/", TREE, re.MULTILINE):
        level = len(indent) // 2
        parents[level:] = [name]
        packages.append("/".join(parents))
    return packages


def test_every_package_has_its_line() -> None:
    packages = packages_of_the_page()
    assert len(packages) == len(set(packages))
    expected = {
        path.parent.relative_to(ROOT).as_posix()
        for program in PROGRAMS
        for path in (ROOT / program).rglob("__init__.py")
    }
    assert set(packages) == expected


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_module_beside_the_packages_is_named(program: str) -> None:
    modules = {path.name for path in (ROOT / program).glob("*.py") if "__" not in path.name}
    assert modules
    assert modules <= set(re.findall(r"\w+\.py", TREE))
