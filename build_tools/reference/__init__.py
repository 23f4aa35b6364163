"""Pages of the reference in Markdown, made from the code: nothing in them is written twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from build_tools.reference import api, commands, documents, keys, rules, settings

PAGES: dict[str, Callable[[], Iterable[str]]] = {
    "commands": commands.lines,
    "keys": keys.lines,
    "rules": rules.lines,
    "settings": settings.lines,
    "documents": documents.lines,
    "api": api.lines,
}
"""Name of a page without its suffix -> its lines."""


def write_reference(folder: Path) -> None:
    """Write all pages into a folder; pages that have not changed keep their times."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, lines in PAGES.items():
        path = folder / f"{name}.md"
        content = "\n".join(lines()) + "\n"
        # Sphinx reads pages again by their times.
        if not path.exists() or path.read_text(encoding="utf-8") != content:
            path.write_text(content, encoding="utf-8", newline="\n")
