"""Names of a job's files: valid on every system, distinct in their folder, and without clashes."""

from __future__ import annotations

import filecmp
import os
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from resim_inspect.text import clean

_DEVICES = {"con", "prn", "aux", "nul", "conin$", "conout$"} | {
    f"{port}{number}" for port in ("com", "lpt") for number in "0123456789\u00b9\u00b2\u00b3"
}
"""Names of devices on Windows, also with a suffix."""
_NOT_ON_WINDOWS = str.maketrans(dict.fromkeys('<>:"|?*', "_"))
_MAX_BYTES = 900
_MAX_PART_BYTES = 255
_MAX_DEPTH = 64


def name_problem(name: str) -> str:
    """Reason why a relative file name cannot be used, as a predicate; empty if it can."""
    parts = PurePosixPath(name).parts
    if not parts:
        return "is empty"
    if PurePosixPath(name).is_absolute() or ".." in parts or "\\" in name:
        return "is outside of its folder"
    if not name.isprintable():
        return "has characters that cannot be displayed"
    if len(parts) > _MAX_DEPTH:
        return f"has more than {_MAX_DEPTH} folders"
    longest = max(len(part.encode("utf-8", "replace")) for part in parts)
    if longest > _MAX_PART_BYTES or len(name.encode("utf-8", "replace")) > _MAX_BYTES:
        return "is too long"
    return ""


def not_a_device(name: str) -> str:
    """Return the name of a file or folder, changed if Windows opens a device by it: `con_.txt`."""
    stem, dot, suffix = name.partition(".")
    return f"{stem}_{dot}{suffix}" if stem.strip().lower() in _DEVICES else name


def windows_name(name: str) -> str:
    """Return a relative file name with what Windows forbids replaced, such as a colon.

    A part such as `C:x` would lead out of the folder, and `a.txt:x` into another file.
    """
    parts = (part.translate(_NOT_ON_WINDOWS) for part in PurePosixPath(name).parts)
    ends = (part[:-1] + "_" if part.endswith((".", " ")) else part for part in parts)
    return "/".join(map(not_a_device, ends))


class PlacedFile(NamedTuple):
    """A downloaded file, and the kind and key of its row."""

    path: Path
    owner: tuple[str, str]


@dataclass
class FileNames:
    """Files of one folder by name; names are compared without case, as some systems do."""

    reserved: Iterable[str] = ()
    """Names of files that are taken."""
    windows: bool = os.name == "nt"
    """True to change names that Windows does not accept; elsewhere they are kept for a build."""
    files: dict[str, PlacedFile] = field(default_factory=dict)
    _names: dict[str, str] = field(default_factory=dict)
    """Names by their folded form."""
    _folders: dict[str, str] = field(default_factory=dict)
    """Names of a file in each folder, by the folder's folded form."""

    def __post_init__(self) -> None:
        for name in self.reserved:
            self._names[_folded(name)] = name

    def add(self, name: str, path: Path, owner: tuple[str, str]) -> str:
        """Add a file and return its name, with a number if another file has the name already.

        A file with the same name and content as an earlier one is not added twice. Raises
        ValueError with a predicate for a name that is invalid, reserved, or a file and a folder.
        """
        problem = name_problem(name)
        if problem:
            raise ValueError(problem)
        pure = PurePosixPath(windows_name(name) if self.windows else name)
        for parent in map(str, pure.parents):
            if taken := self._names.get(_folded(parent)):
                raise ValueError(f'is below the file "{clean(taken, 80)}"')
        if taken := self._folders.get(_folded(str(pure))):
            raise ValueError(f'is the folder of the file "{clean(taken, 80)}"')
        number, chosen = 1, pure
        while known := self._names.get(_folded(str(chosen))):
            if known not in self.files:
                raise ValueError("is reserved")
            if filecmp.cmp(self.files[known].path, path, shallow=False):
                return known
            number += 1
            chosen = pure.with_name(f"{pure.stem} ({number}){pure.suffix}")
        if problem := name_problem(str(chosen)):
            raise ValueError(problem)
        self._names[_folded(str(chosen))] = str(chosen)
        for parent in map(str, chosen.parents):
            self._folders.setdefault(_folded(parent), str(chosen))
        self.files[str(chosen)] = PlacedFile(path, owner)
        return str(chosen)


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
