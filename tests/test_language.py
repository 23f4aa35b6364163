"""The wording of docstrings, comments and messages: standard technical English."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
PATTERNS = {
    "is no …: write “is not a …”": re.compile(
        r"(?<![Tt]here )\b(is|are|was|were) no (?!longer|more|later|less|other|reason)[a-z]"
    ),
    "archaic or vague wording": re.compile(
        r"\b(for ever|lately|nobody|somebody|everybody|says not|stand-in)\b",
        re.I,
    ),
    "a plural author": re.compile(r"\b(we|us|our)\b(?! own (wording|schema))"),
}
OPENING = re.compile(r"(What|Where|Whether|How|Who|Whose|Why|Which)\b")


class Texts(NamedTuple):
    """Texts of one module, each with its line."""

    path: Path
    wording: list[tuple[int, str]]
    """Docstrings and string constants of more than one word, and the comments, if any of them
    can break a rule: tokens are slow to read."""
    docstrings: list[tuple[int, str]]
    """Docstrings of the module, its classes, functions and fields."""


@cache
def modules() -> list[Texts]:
    return [
        texts(path)
        for top in ("resim_inspect", "runner", "examples", "benchmarks", "build_tools", "tests")
        for path in sorted((ROOT / top).rglob("*.py"))
        if "metrics_pb2" not in path.name and path != Path(__file__)
    ]


def texts(path: Path) -> Texts:
    source = path.read_text(encoding="utf-8")
    found = Texts(path.relative_to(ROOT), [], [])
    comments = "\n".join(line[line.index("#") :] for line in source.splitlines() if "#" in line)
    if any(rule.search(comments) for rule in PATTERNS.values()):
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.COMMENT:
                found.wording.append((token.start[0], token.string))
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
            found.wording.append((node.lineno, node.value))
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            text = node.value.value
            if isinstance(text, str):
                found.docstrings.append((node.lineno, text))
    return found


@pytest.mark.parametrize("rule", PATTERNS)
def test_wording(rule: str) -> None:
    faults = [
        f"{module.path}:{line}: …{text[max(found.start() - 30, 0) : found.end() + 30]}…"
        for module in modules()
        for line, text in module.wording
        for found in PATTERNS[rule].finditer(text)
    ]
    assert not faults, "\n".join(faults)


def test_docstrings_open_with_a_noun_or_a_verb() -> None:
    faults = [
        f"{module.path}:{line}: {text[:60]}"
        for module in modules()
        for line, text in module.docstrings
        if OPENING.match(text)
    ]
    assert not faults, "\n".join(faults)
