"""Faults of JSON: whoever expects text that is not JSON also expects JSON nested too deeply."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import resim_inspect
import runner

READERS = {"json.load", "json.loads"}
FAULTS = {"ValueError", "json.JSONDecodeError"}
BOTH = """
def read(text):
    try:
        values = json.loads(text)
    except (OSError, ValueError{more}):
        return {{}}
    with suppress(ValueError{more}):
        for value in values:
            return json.loads(value)
"""


def unexpected(source: str) -> Iterator[int]:
    """Lines that read JSON where its faults are caught, except for that of too deep a nesting."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Try):
            caught = {name for handler in node.handlers for name in _names(handler.type)}
        elif isinstance(node, ast.With):
            calls = [item.context_expr for item in node.items]
            caught = {
                name
                for call in calls
                if isinstance(call, ast.Call) and ast.unparse(call.func) == "suppress"
                for argument in call.args
                for name in _names(argument)
            }
        else:
            continue
        if caught & FAULTS and "RecursionError" not in caught:
            for statement in node.body:
                for part in ast.walk(statement):
                    if isinstance(part, ast.Call) and ast.unparse(part.func) in READERS:
                        yield part.lineno


def _names(node: ast.expr | None) -> list[str]:
    if node is None:
        return ["RecursionError"]
    parts = node.elts if isinstance(node, ast.Tuple) else [node]
    return [ast.unparse(part) for part in parts]


@pytest.mark.parametrize("package", [resim_inspect, runner], ids=lambda package: package.__name__)
def test_json_that_is_nested_too_deeply_is_a_fault_of_the_text(package: object) -> None:
    folder = Path(str(getattr(package, "__file__", ""))).parent
    found = [
        f"{path.relative_to(folder)}:{line}"
        for path in sorted(folder.rglob("*.py"))
        if "json.load" in (source := path.read_text(encoding="utf-8"))
        for line in unexpected(source)
    ]
    assert found == [], "also catch RecursionError"


def test_the_rule_finds_what_misses_it() -> None:
    assert list(unexpected(BOTH.format(more=""))) == [4, 9]
    assert list(unexpected(BOTH.format(more=", RecursionError"))) == []
