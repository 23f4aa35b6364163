"""The names of a page's side files, in its head, so that the next report can remove old ones."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from resim_inspect.files import is_file

_NAME = "resim-side-files"
_HEAD_BYTES = 4 << 20
"""Part of an earlier page that is searched: the list of 100,000 side files fits."""
_ELEMENT = re.compile(rf'<meta name="{_NAME}" content="([a-z0-9. -]*)">'.encode())
_FILE = re.compile(r"(figure|image|text)-[0-9]+\.[a-z]+")
_GENERATOR = b'<meta name="generator" content="resim-inspect">'


def side_folder(page: Path) -> Path:
    """The folder of the files beside a page."""
    return page.with_name(f"{page.stem}_files")


def side_files_element(names: Sequence[str]) -> str:
    """The element of a page's head that lists its side files."""
    return f'<meta name="{_NAME}" content="{" ".join(names)}">\n'


def listed_side_files(page: Path) -> frozenset[str]:
    """The names that an earlier page lists; empty for a file that is not a report.

    The earlier page may come from elsewhere: only names that a report gives are taken.
    """
    if not is_file(page):
        return frozenset()
    try:
        with page.open("rb") as stream:
            start = stream.read(_HEAD_BYTES).partition(b"<title>")[0]
    except OSError:
        return frozenset()
    element = _ELEMENT.search(start)
    if element is None or _GENERATOR not in start:
        return frozenset()
    return frozenset(name for name in element[1].decode().split() if _FILE.fullmatch(name))


def remove_side_files(page: Path, names: frozenset[str]) -> None:
    """Remove files beside a page, and their folder if nothing else is in it.

    The new page does not refer to them: one that cannot be removed does no harm.
    """
    if not names:
        return
    folder = side_folder(page)
    for name in sorted(names):
        with suppress(OSError):
            (folder / name).unlink(missing_ok=True)
    with suppress(OSError):
        # Not empty: it holds files of the new page, or of the user.
        folder.rmdir()
