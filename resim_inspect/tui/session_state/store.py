"""Files of saved views in the user's state folder: one for each path, bounded, read with care."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from resim_inspect.files import is_temporary, write_whole
from resim_inspect.tui.session_state.model import SavedSession, session_from_json
from resim_inspect.tui.user_state import FORMAT, is_off, state_file

FOLDER = "views"
"""Name of the folder with the files."""
MAX_FILES = 200
"""Number of files; the ones that were written longest ago are removed."""
MAX_BYTES = 64 * 1024
"""Size of a file."""
STALE_SECONDS = 3_600
"""Age after which a half-written file has been left behind."""


def view_file(path: Path) -> Path:
    """Path of the file with the view of a document or workspace at an absolute path."""
    name = hashlib.sha256(os.fsencode(path)).hexdigest()[:40]
    return state_file(f"{FOLDER}/{name}")


def read_view(path: Path) -> SavedSession | None:
    """Read the view of a path; None without one, and if its file is not what this app wrote."""
    path = _resolved(path)
    values = read_object(view_file(path))
    if values.get("path") != str(path):
        return None
    return session_from_json(values.get("view"))


def write_view(path: Path, view: SavedSession) -> None:
    """Write the view of a path, or remove it if it is too large; raises OSError."""
    if is_off():
        return
    path = _resolved(path)
    target = view_file(path)
    document = {"format": FORMAT, "path": str(path), "view": view.to_json()}
    try:
        text = json.dumps(document, allow_nan=False)
    except ValueError:
        text = ""
    if not 0 < len(text) <= MAX_BYTES:
        forget_view(path)
        return
    write_whole(target, text.encode(), private=True, durable=False)
    _prune(target.parent, target)


def forget_view(path: Path) -> None:
    """Remove the view of a path; raises OSError."""
    if not is_off():
        view_file(_resolved(path)).unlink(missing_ok=True)


def read_object(file: Path) -> dict[str, Any]:
    """Read a small JSON object that this user's app wrote; an empty one for anything else."""
    if is_off():
        return {}
    try:
        content = _read_own(file)
        values = json.loads(content, parse_constant=_refuse)
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(values, dict) or values.get("format") != FORMAT:
        return {}
    return values


def _refuse(constant: str) -> object:
    """Refuse NaN and infinities, which are not JSON."""
    raise ValueError(constant)


def _read_own(file: Path) -> bytes:
    """Read a regular file of this user; raises OSError and ValueError for another one."""
    if file.is_symlink():
        raise ValueError
    # A pipe that another program made must not block.
    flags = os.O_RDONLY
    for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"):
        flags |= getattr(os, name, 0)
    descriptor = os.open(file, flags)
    with os.fdopen(descriptor, "rb") as opened:
        status = os.fstat(descriptor)
        is_own = sys.platform == "win32" or status.st_uid == os.geteuid()
        if not stat.S_ISREG(status.st_mode) or not is_own or status.st_size > MAX_BYTES:
            raise ValueError
        content = opened.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise ValueError
    return content


def _resolved(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError):  # A cycle of links.
        return path.absolute()


def _prune(folder: Path, latest: Path) -> None:
    """Remove the oldest files beyond `MAX_FILES`, and what writers left behind."""
    with suppress(OSError):
        files = sorted(_files(folder), reverse=True)
        old_files = [file for _, file in files if file.suffix == ".json" and file != latest]
        old = time.time_ns() - STALE_SECONDS * 10**9
        left = [file for written, file in files if is_temporary(file.name) and written < old]
        for file in (*old_files[MAX_FILES - 1 :], *left):
            with suppress(OSError):
                file.unlink()


def _files(folder: Path) -> Iterator[tuple[int, Path]]:
    """Yield the regular files of a folder with the times of their last change in ns."""
    with os.scandir(folder) as entries:
        for entry in entries:
            with suppress(OSError):
                if entry.is_file(follow_symlinks=False):
                    changed = entry.stat(follow_symlinks=False).st_mtime_ns
                    yield changed, Path(entry.path)
