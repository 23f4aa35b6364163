"""Messages of the app: they name keys by the bindings, which the user may have changed."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from resim_inspect import tui


def test_messages_take_the_names_of_keys_from_the_bindings() -> None:
    """A key that is written into a message is wrong once the user has rebound it."""
    written = re.compile(r"\b(Esc|Tab|Space|PgUp|PgDn|F\d+|Ctrl)\b")
    found = []
    for path in sorted(Path(tui.__path__[0]).rglob("*.py")):
        if path.parent.name == "keys" or path.name in {"keymap.py", "key_hints.py"}:
            continue
        for text in string_literals(ast.parse(path.read_text(encoding="utf-8"))):
            if written.search(text):
                found.append(f"{path.name}: {text}")
    assert found == []


def string_literals(tree: ast.Module) -> Iterator[str]:
    """Texts of a module, without those that stand alone as a docstring does."""
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in alone:
            yield node.value
