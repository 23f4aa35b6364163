"""The classes of errors: their names, and the trees that docstrings draw of them."""

from __future__ import annotations

import ast
import importlib
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DRAWN = re.compile(r"^(?P<indent>[│├└─ ]*)(?P<name>\w+Error)\b")
TREES = {"resim_inspect.errors": "InspectError", "runner.api.client.errors": "ApiError"}


@cache
def classes() -> list[tuple[str, list[str]]]:
    """Name and bases of all public classes of errors of both programs."""
    return [
        (node.name, [base.id for base in node.bases if isinstance(base, ast.Name)])
        for program in ("resim_inspect", "runner")
        for path in sorted((ROOT / program).rglob("*.py"))
        if "Error(" in (source := path.read_text(encoding="utf-8"))
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ClassDef) and re.fullmatch(r"[A-Z]\w*Error", node.name)
    ]


def drawn(docstring: str) -> set[tuple[str, str]]:
    """Name and base of each class below the root of a drawn tree."""
    path: list[tuple[int, str]] = []
    pairs = set()
    for match in filter(None, map(DRAWN.match, docstring.splitlines())):
        depth = len(match["indent"])
        path = [above for above in path if above[0] < depth]
        if path:
            pairs.add((match["name"], path[-1][1]))
        path.append((depth, match["name"]))
    return pairs


def test_a_class_of_errors_has_a_name_of_its_own() -> None:
    assert [name for name, n in Counter(name for name, _ in classes()).items() if n > 1] == []


@pytest.mark.parametrize(("module", "root"), TREES.items())
def test_the_drawn_tree_has_every_class(module: str, root: str) -> None:
    known, pairs = {root}, set[tuple[str, str]]()
    while more := {(n, b) for n, bases in classes() for b in bases if b in known} - pairs:
        pairs |= more
        known |= {name for name, _ in more}
    docstring = importlib.import_module(module).__doc__
    assert docstring
    assert drawn(docstring) == pairs
