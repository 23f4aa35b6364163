"""Faults of files of settings: a sentence with file and line, and the nearest known name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from resim_inspect.errors import InspectError
from resim_inspect.text import clean

Key = tuple[str | int, ...]
"""Keys and positions that lead to a value of the file: `("build", "flight", "image")`."""

NOT_A_FILE = "the path must be a file, not a folder, a pipe or a broken link."
_MAX_NAMES = 12
"""Known names that a message lists."""


class SettingsError(InspectError):
    """A file of settings that cannot be used; `str(error)` is a sentence with file and line."""

    def __init__(self, reason: str, path: Path, line: int = 0, hint: str = "") -> None:
        location = f"{path}:{line}" if line else str(path)
        super().__init__(f"{clean(location)}: {reason}")
        self.path = path
        self.line = line
        self.hint = hint


class Origin(NamedTuple):
    """A line of a file; 0 if the line is unknown."""

    path: Path
    line: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}" if self.line else str(self.path)


def line_of(lines: Mapping[Key, int], key: Key) -> int:
    """Line of a key, or of the nearest table above it; 0 if neither is known."""
    while key and key not in lines:
        key = key[:-1]
    return lines.get(key, 0)


def near_or_all(name: str, known: list[str]) -> str:
    """End of a sentence about an unknown name: the nearest known one, or all of them."""
    if not known:
        return "; it has none."
    near = nearest(name, known)
    if near is not None:
        return f'; did you mean "{clean(near, 60)}"?'
    names = ", ".join(clean(other, 60) for other in known[:_MAX_NAMES])
    if len(known) > _MAX_NAMES:
        names += f" and {len(known) - _MAX_NAMES:,} more"
    return f"; use {'one of ' if len(known) > 1 else ''}{names}."


def nearest(name: str, known: list[str]) -> str | None:
    """Return the known name that is most like an unknown one; None if none is near."""
    from difflib import get_close_matches

    folded = {other.casefold(): other for other in reversed(known)}
    near = get_close_matches(name.casefold(), folded, 1, 0.5)
    return folded[near[0]] if near else None
