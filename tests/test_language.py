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
PROGRAMS = ("resim_inspect", "runner")
PATTERNS = {
    "is no …: write “is not a …”": re.compile(
        r"(?<![Tt]here )\b(is|are|was|were) no (?!longer|more|later|less|other|reason)\w"
    ),
    "archaic or vague wording": re.compile(
        r"\b(anew|everybody|for ever|heeds?|judg\w+|lately|nobody|says not|somebody|stand-in)\b",
        re.I,
    ),
    "a plural author": re.compile(r"\b(we|us|our)\b(?! own (wording|schema))"),
}
VAGUE_NAMES = {"found", "given", "it", "kept", "one", "place", "said"}
"""Names that say nothing of a value's type or role. They may not be names of local variables and
parameters in the programs; a module that knows the class `Place` may call its values `place`."""
VAGUE_LIMIT = re.compile(r"_?([A-Z]+_)*(MOST|LEAST|MANY|FEW|FEWEST|LONGEST|LARGEST)(_[A-Z_]+)?")
"""Names of constants that limit something; `MAX_` or `MIN_` begins them, and what they limit."""
SPACED_PERCENT = re.compile(r"(?:\A|\d) %(?=[\s.,;:)]|\Z)")
"""A blank before a percent sign, also where a number comes before it in an f-string."""
OPENING = re.compile(
    r"(What|Where|Whether|How|Who|Whose|Why|Which|Whatever|When|While|If|Because|Until|So|And|Or|But"
    r"|About|After|Also|As|At|Before|Behind|Between|By|For|From|In|Of|On|Only|Over|Than|That|Those"
    r"|These|Their|To|Under|With|Without|It|Its|They|Does|Has|Have|Not)\b"
)
"""Words that cannot open a docstring: the noun or the verb that they belong to is missing."""


class Texts(NamedTuple):
    """Texts of one module, each with its line."""

    path: Path
    wording: list[tuple[int, str]]
    """Docstrings and string constants of more than one word, and the comments, if any of them
    can break a rule: tokens are slow to read."""
    docstrings: list[tuple[int, str]]
    """Docstrings of the module, its classes, functions and fields."""
    vague_names: list[tuple[int, str]]
    """Names of `VAGUE_NAMES` and `VAGUE_LIMIT` that variables and parameters have."""


@cache
def modules() -> list[Texts]:
    return [
        texts(path)
        for top in (*PROGRAMS, "examples", "benchmarks", "build_tools", "tests")
        for path in sorted((ROOT / top).rglob("*.py"))
        if "metrics_pb2" not in path.name and path != Path(__file__)
    ]


def texts(path: Path) -> Texts:
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    name = path.relative_to(ROOT)
    names = vague_names(tree) if name.parts[0] in PROGRAMS else []
    if re.search(r"\bPlace\b", source):
        names = [named for named in names if named[1] != "place"]
    module = Texts(name, [], [], names)
    comments = "\n".join(line[line.index("#") :] for line in source.splitlines() if "#" in line)
    if any(rule.search(comments) for rule in PATTERNS.values()):
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.COMMENT:
                module.wording.append((token.start[0], token.string))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
            module.wording.append((node.lineno, node.value))
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            text = node.value.value
            if isinstance(text, str):
                module.docstrings.append((node.lineno, text))
    return module


@pytest.mark.parametrize("rule", PATTERNS)
def test_wording(rule: str) -> None:
    faults = [
        f"{module.path}:{line}: …{text[max(match.start() - 30, 0) : match.end() + 30]}…"
        for module in modules()
        for line, text in module.wording
        for match in PATTERNS[rule].finditer(text)
    ]
    assert not faults, "\n".join(faults)


def pages() -> list[Path]:
    """Pages and schemas, which people read too; not the generated pages, which may be old."""
    kinds = ("*.md", "docs/**/*.md", "examples/**/*.md", "resim_inspect/**/*.schema.json")
    paths = (path for kind in kinds for path in ROOT.glob(kind))
    return sorted(path for path in paths if not {"_build", "reference"} & {*path.parts})


@pytest.mark.parametrize("rule", PATTERNS)
def test_wording_of_pages_and_schemas(rule: str) -> None:
    assert len(pages()) > 40
    faults = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}"
        for path in pages()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if PATTERNS[rule].search(line)
    ]
    assert not faults, "\n".join(faults)


def test_a_percentage_has_no_blank() -> None:
    faults = [
        f"{module.path}:{line}: {text[:60]}"
        for module in modules()
        for line, text in module.wording
        if module.path.parts[0] in PROGRAMS and SPACED_PERCENT.search(text)
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


def vague_names(tree: ast.Module) -> list[tuple[int, str]]:
    """Vague names of local variables and parameters, each with its line; not of fields."""
    fields = {
        target
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        for statement in node.body
        if isinstance(statement, ast.Assign | ast.AnnAssign)
        for target in ast.walk(statement)
    }
    names = [
        (node.lineno, node.arg if isinstance(node, ast.arg) else node.id)
        for node in ast.walk(tree)
        if isinstance(node, ast.arg)
        or (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node not in fields)
    ]
    return [
        (line, name) for line, name in names if name in VAGUE_NAMES or VAGUE_LIMIT.fullmatch(name)
    ]


def test_local_names_say_what_they_hold() -> None:
    faults = [
        f"{module.path}:{line}: {name}" for module in modules() for line, name in module.vague_names
    ]
    assert not faults, "\n".join(faults)


def test_vague_names_are_noticed() -> None:
    source = "class Box:\n    place: int = 0\ndef f(given):\n    found = [one for one in given]\n"
    source += "_MOST_ROWS = MAX_ROWS = MOSTLY_TEXT = 3\n"
    names = sorted(name for _, name in vague_names(ast.parse(source)))
    assert names == ["_MOST_ROWS", "found", "given", "one"]
