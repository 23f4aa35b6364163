"""Files of this machine: looks at paths that never raise, and waits for the disk."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

MANY_FILES = 100
"""Number of files above which they are not flushed one by one."""


def exists(path: Path) -> bool:
    """Return True for a path that exists; False where it cannot be examined."""
    return os.path.exists(path)  # noqa: PTH110


def is_missing(path: Path) -> bool:
    """Return True for a path that does not exist; False where it cannot be examined."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except (OSError, ValueError):
        return False
    return False


def is_folder(path: Path) -> bool:
    """Return True for a folder; False where the path cannot be examined: its reader says why."""
    # Path.is_dir() raises for a parent without permission, and for a name that is too long.
    return os.path.isdir(path)  # noqa: PTH112


def is_file(path: Path) -> bool:
    """Return True for a regular file; False where the path cannot be examined."""
    return os.path.isfile(path)  # noqa: PTH113


def file_states(paths: Iterable[Path]) -> tuple[tuple[str, int, int, int], ...]:
    """Path, inode, size and time of the last change in ns of files; what is gone is left out."""
    states = []
    for path in paths:
        with suppress(OSError):
            status = path.stat()
            states.append((str(path), status.st_ino, status.st_size, status.st_mtime_ns))
    return tuple(states)


def is_socket(path: Path) -> bool:
    """Return True for a socket; False where the path cannot be examined."""
    try:
        return stat.S_ISSOCK(path.stat().st_mode)
    except (OSError, ValueError):
        return False


def is_open_to_all(folder: Path) -> bool:
    """Return True for a folder that every user may write to, or that cannot be examined."""
    if os.name != "posix":
        return False
    try:
        return bool(folder.stat().st_mode & stat.S_IWOTH)
    except OSError:
        return True


def flush_file(path: Path) -> None:
    """Wait until the disk has the content of a file; raises OSError."""
    # Windows flushes only what is open for writing.
    descriptor = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def flush_files(paths: Sequence[Path]) -> None:
    """Wait until the disk has the content of files; raises OSError."""
    if len(paths) > MANY_FILES and hasattr(os, "sync"):
        # Everything that this machine has not written yet takes less time than many single files.
        os.sync()
        return
    for path in paths:
        flush_file(path)
