"""The wording of docstrings, comments and messages: standard technical English."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

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


def sources() -> Iterator[Path]:
    for top in ("resim_inspect", "runner", "examples", "benchmarks", "tests"):
        for path in sorted((ROOT / top).rglob("*.py")):
            if "metrics_pb2" not in path.name and path != Path(__file__):
                yield path


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """Comments, docstrings and string constants of a module with their lines."""
    source = path.read_text(encoding="utf-8")
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
            yield node.lineno, node.value


def docstrings(path: Path) -> Iterator[tuple[int, str]]:
    """Docstrings of modules, classes, functions and fields with their lines."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            text = node.value.value
            if isinstance(text, str):
                yield node.lineno, text


@pytest.mark.parametrize("rule", PATTERNS)
def test_wording(rule: str) -> None:
    faults = [
        f"{path.relative_to(ROOT)}:{line}: …{text[max(found.start() - 30, 0) : found.end() + 30]}…"
        for path in sources()
        for line, text in texts(path)
        for found in PATTERNS[rule].finditer(text)
    ]
    assert not faults, "\n".join(faults)


def test_docstrings_open_with_a_noun_or_a_verb() -> None:
    faults = [
        f"{path.relative_to(ROOT)}:{line}: {text[:60]}"
        for path in sources()
        for line, text in docstrings(path)
        if OPENING.match(text)
    ]
    assert not faults, "\n".join(faults)
