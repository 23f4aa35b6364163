"""Details of recent files: names that tell them apart, verdicts and ages."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from resim_inspect.document import DocumentError, open_document
from resim_inspect.document.discovery import METRICS_FILE
from resim_inspect.document.enums import MetricStatus
from resim_inspect.files import is_file
from resim_inspect.inputs.file_kinds import file_kind
from resim_inspect.text import cell_width, cut_left, fit

READ_SECONDS = 1.0
"""Seconds after which no further verdicts are read."""
DAY = 86_400


class RecentDetails(NamedTuple):
    """State of a recent file."""

    verdict: MetricStatus | None
    """None for what is not a readable metrics file."""
    age: str
    """Time since its last change: `today`, `3 days`; empty for an unknown one."""


def read_details(paths: Sequence[object], now: float | None = None) -> Mapping[Path, RecentDetails]:
    """Read verdict and age of the paths among some entries; `now`: seconds of the Unix clock."""
    now = time.time() if now is None else now
    deadline = time.monotonic() + READ_SECONDS
    details = {}
    for path in paths:
        if isinstance(path, Path):
            verdict = _verdict(path) if time.monotonic() < deadline else None
            details[path] = RecentDetails(verdict, _age(path, now))
    return details


def _verdict(path: Path) -> MetricStatus | None:
    if file_kind(path) or not is_file(path):
        return None
    try:
        with open_document(path) as document:
            return document.verdict
    except DocumentError:
        return None


def _age(path: Path, now: float) -> str:
    try:
        days = int(max(0.0, now - path.stat().st_mtime) // DAY)
    except OSError:
        return ""
    return "today" if days == 0 else "1 day" if days == 1 else f"{days:,} days"


def distinct_names(paths: Sequence[str], width: int) -> list[str]:
    """Paths in at most `width` cells each, so cut that no two different ones look alike.

    What all outputs have in common, `outputs/metrics.binproto` at the end, is the first to go;
    of those that still look alike the folder that tells them apart is kept.
    """
    parts = [_parts(path) for path in paths]
    groups: dict[str, list[list[str]]] = {}
    for part in parts:
        groups.setdefault(_cut("/".join(part), width), []).append(part)
    names = []
    for part in parts:
        name = _cut("/".join(part), width)
        alike = groups[name]
        names.append(name if alike == [part] * len(alike) else _told_apart(part, alike, width))
    return names


def _parts(path: str) -> list[str]:
    parts = path.replace("\\", "/").split("/")
    for tail in (METRICS_FILE, "outputs"):
        if len(parts) > 2 and parts[-1] == tail:
            parts.pop()
    return parts


def _cut(name: str, width: int) -> str:
    """The end of a path that fits, whole folders where possible."""
    if cell_width(name) <= width:
        return name
    rest = name
    while "/" in rest:
        rest = rest.partition("/")[2]
        if cell_width(rest) <= width - 2:
            return f"…/{rest}"
    return cut_left(name, width)


def _told_apart(parts: list[str], others: Sequence[list[str]], width: int) -> str:
    """The last folder that not all others share, and the end of the path."""
    unlike = [
        count
        for count in range(1, len(parts))
        if any(len(other) < count or other[-count] != parts[-count] for other in others)
    ]
    if not unlike:
        return _cut("/".join(parts), width)
    own, last = parts[-unlike[0]], parts[-1]
    if unlike[0] == 1:
        return fit(own, width).rstrip()
    room = max(4, width - min(cell_width(last), width // 2) - 5)
    return f"…/{fit(own, min(room, cell_width(own)))}/…/" + _cut(last, max(1, width // 2))
