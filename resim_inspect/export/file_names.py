"""File names of jobs: safe on every system, and different from each other."""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import sha256

MAX_BYTES = 150
"""Bytes of a name before its suffix; longer ones are cut and end in a digest."""
_UNSAFE = re.compile(r"[^A-Za-z0-9._ ()+=@,~-]")
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def file_names(jobs: Iterable[str], suffix: str) -> list[str]:
    """Return a file name for each job: its name, with unsafe characters as `%2F`.

    Names that differ in case only get a number.
    """
    names: list[str] = []
    taken: set[str] = set()
    for job in jobs:
        base = _safe(job)
        name, number = base, 2
        while name.casefold() in taken:
            name, number = f"{base} ({number})", number + 1
        taken.add(name.casefold())
        names.append(name + suffix)
    return names


def _safe(job: str) -> str:
    name = _UNSAFE.sub(lambda found: "".join(f"%{b:02X}" for b in _bytes(found[0])), job)
    # Hidden files, and names that Windows changes or reserves.
    if not name or name[0] in ". " or name[-1] in ". " or _RESERVED.fullmatch(name):
        name = f"_{name}_"
    if len(name) > MAX_BYTES:
        digest = sha256(_bytes(job)).hexdigest()[:12]
        name = f"{name[: MAX_BYTES - 13]}-{digest}"
    return name


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
