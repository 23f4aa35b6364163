"""Names that differ from each other; file names of jobs are safe on every system as well."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from hashlib import sha256
from pathlib import Path

from resim_inspect.document.discovery import METRICS_FILE
from resim_inspect.text import clean

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
        names.append(distinct_name(safe_name(job), taken, str.casefold) + suffix)
    return names


def distinct_name(name: str, taken: set[str], key: Callable[[str], str] = str) -> str:
    """Return a name, with a number if its key is taken, and add its key to those taken."""
    distinct, number = name, 2
    while key(distinct) in taken:
        distinct, number = f"{name} ({number})", number + 1
    taken.add(key(distinct))
    return distinct


def safe_name(job: str) -> str:
    """Return a name that is a file name on every system, without its suffix."""
    name = _UNSAFE.sub(lambda match: "".join(f"%{b:02X}" for b in _bytes(match[0])), job)
    # Hidden files, and names that Windows changes or reserves.
    if not name or name[0] in ". " or name[-1] in ". " or _RESERVED.fullmatch(name):
        name = f"_{name}_"
    if len(name) > MAX_BYTES:
        digest = sha256(_bytes(job)).hexdigest()[:12]
        name = f"{name[: MAX_BYTES - 13]}-{digest}"
    return name


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def file_job_name(path: Path) -> str:
    """Name of the folder of a metrics.binproto or of its outputs/; else the name of the file."""
    if path.name != METRICS_FILE:
        return clean(path.stem)
    folder = path.absolute().parent
    return clean(folder.parent.name if folder.name == "outputs" else folder.name) or path.stem
