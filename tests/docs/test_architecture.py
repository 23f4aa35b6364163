"""docs/architecture.md: all packages and modules are in its tree and its layers, and no others."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROGRAMS = ("resim_inspect", "runner")
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
TREE = PAGE[PAGE.index("```\nresim_inspect/\n") :].split("```")[1]

LAYERS = PAGE[PAGE.index("## Layers") :].split("```")[1]
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONTRACTS = {each["id"]: each for each in SETTINGS["tool"]["importlinter"]["contracts"]}
OUTSIDE = {"__init__.py", "__main__.py"}
"""Modules of a program without a layer."""


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


def layers_of_the_contracts() -> dict[str, list[set[str]]]:
    """Names in each layer by the program, from the highest layer to the lowest."""
    ids = {"resim_inspect": "layers", "runner": "runner-layers"}
    return {
        program: [
            {name.removeprefix("resim_inspect.") for name in layer.split(" | ")}
            for layer in CONTRACTS[id]["layers"]
        ]
        for program, id in ids.items()
    }


def layers_of_the_page() -> dict[str, list[set[str]]]:
    layers: dict[str, list[set[str]]] = {}
    program = ""
    for line in LAYERS.strip().splitlines():
        if line.startswith(" "):
            layers[program].append(set(line.split()) - {"·"})
        else:
            program = line
            layers[program] = []
    return layers


def test_the_page_has_the_layers_of_the_contracts() -> None:
    assert layers_of_the_page() == layers_of_the_contracts()


@pytest.mark.parametrize("program", PROGRAMS)
def test_everything_in_a_program_has_a_layer(program: str) -> None:
    folder = ROOT / program
    expected = {path.parent.name for path in folder.glob("*/__init__.py")}
    expected |= {path.stem for path in folder.glob("*.py") if path.name not in OUTSIDE}
    named = set().union(*layers_of_the_contracts()[program]) - set(PROGRAMS)
    assert expected == named
