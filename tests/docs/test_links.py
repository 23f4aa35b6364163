"""Links of the documentation: inner ones lead to a file and heading, outer ones are reviewed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from build_tools.reference import PAGES as REFERENCE

ROOT = Path(__file__).parent.parent.parent
REVIEWED = Path(__file__).with_name("external_links.txt")
SKIPPED = {"_build", "reference", "node_modules"}
INLINE = re.compile(r"\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
DEFINITION = re.compile(r"^\s*\[[^\]]+\]:\s*<?(\S+?)>?\s*$", re.MULTILINE)
ADDRESS = re.compile(r"\b(?:https?|ftp)://[^\s<>()\[\]\"'`|]+")
FENCED = re.compile(r"^(`{3,})[^`]*?^\1\s*$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]+`")
HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*#*\s*$", re.MULTILINE)


def markdown_files() -> list[Path]:
    """Return all Markdown of the project that is written by hand."""
    folders = [ROOT / "docs", ROOT / "examples", ROOT / ".github"]
    pages = [*ROOT.glob("*.md"), *(page for folder in folders for page in folder.rglob("*.md"))]
    return sorted(page for page in pages if not SKIPPED & set(page.relative_to(ROOT).parts))


def named_in() -> list[Path]:
    """Return all files whose addresses are for people: Markdown, templates, the project's data."""
    return [*markdown_files(), *(ROOT / ".github").rglob("*.yml"), ROOT / "pyproject.toml"]


def prose(page: Path) -> str:
    """Return a page without its blocks and spans of code, in which nothing is a link."""
    return CODE.sub("", FENCED.sub("", page.read_text(encoding="utf-8")))


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings; those of equal headings are numbered."""
    known: dict[str, int] = {}
    result: set[str] = set()
    for title in HEADING.findall(FENCED.sub("", page.read_text(encoding="utf-8"))):
        text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", title)
        slug = re.sub(r"[^\w -]", "", text.lower()).replace(" ", "-")
        number = known[slug] = known.get(slug, -1) + 1
        result.add(f"{slug}-{number}" if number else slug)
    return result


def inner_links(page: Path) -> Iterator[str]:
    text = prose(page)
    for target in [*INLINE.findall(text), *DEFINITION.findall(text)]:
        if not re.match(r"[a-z][a-z0-9+.-]*:", target):
            yield target


def fault(page: Path, target: str) -> str:
    """Return what is wrong with an inner link; empty for one that is right."""
    path, _, anchor = target.partition("#")
    file = page if not path else page.parent / path
    inside = file.resolve().is_relative_to(ROOT)
    if not inside:
        return "leads out of the project"
    if file.parent.name == "reference":
        # These pages are made when the documentation is built.
        return "" if file.stem in REFERENCE else "is not a page of the reference"
    if not file.exists():
        return "does not exist"
    if anchor and file.suffix == ".md" and anchor not in anchors(file):
        return "has no such heading"
    return ""


def test_inner_links_lead_to_files_and_headings() -> None:
    faults = []
    links = 0
    for page in markdown_files():
        for target in inner_links(page):
            links += 1
            problem = fault(page, target)
            if problem:
                faults.append(f"{page.relative_to(ROOT)}: {target} {problem}")
    assert not faults
    assert links > 80


@pytest.mark.parametrize(
    ("target", "problem"),
    [
        ("SECURITY.md", ""),
        ("docs/compare.md#formats", ""),
        ("docs/reference/commands.md", ""),
        ("docs/reference/comands.md", "is not a page of the reference"),
        ("docs/compare.md#format", "has no such heading"),
        ("#no-such-heading", "has no such heading"),
        ("docs/missing.md", "does not exist"),
        ("../../etc/passwd", "leads out of the project"),
    ],
)
def test_a_broken_link_is_told(target: str, problem: str) -> None:
    assert fault(ROOT / "README.md", target) == problem


def addresses() -> set[str]:
    """Return the addresses outside of code that the documentation names."""
    texts = (
        prose(page) if page.suffix == ".md" else page.read_text(encoding="utf-8")
        for page in named_in()
    )
    return {match.rstrip(".,;:!?") for text in texts for match in ADDRESS.findall(text)}


def test_outer_links_are_reviewed_and_well_formed() -> None:
    lines = REVIEWED.read_text(encoding="utf-8").splitlines()
    reviewed = [line for line in lines if not line.startswith("#")]
    assert reviewed == sorted(set(reviewed))
    assert addresses() == set(reviewed)
    for address in reviewed:
        parts = urlsplit(address)
        assert parts.scheme == "https", address
        assert re.fullmatch(r"([a-z0-9-]+\.)+[a-z]{2,}", parts.netloc), address
        assert not parts.query, address


def test_every_page_is_listed_with_a_word_about_it() -> None:
    index = (ROOT / "docs/index.md").read_text(encoding="utf-8")
    listed = re.findall(r"^- \[[^\]]+\]\(([^)]+)\.md\): \S", index, re.MULTILINE)
    trees = re.findall(r"^```\{toctree\}\n(.*?)^```$", index, re.MULTILINE | re.DOTALL)
    in_trees = [line for tree in trees for line in tree.splitlines() if line and line[0] != ":"]
    assert listed == in_trees
    pages = {page.relative_to(ROOT / "docs").with_suffix("").as_posix() for page in DOC_PAGES}
    assert set(listed) == pages | {f"reference/{name}" for name in REFERENCE}


DOC_PAGES = [
    page
    for page in markdown_files()
    if page.is_relative_to(ROOT / "docs") and page.name != "index.md"
]
