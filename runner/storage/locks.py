"""Exclusive locks on open files, which the operating system releases when their holder ends."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def try_lock(descriptor: int) -> bool:
    """Lock an open file; return False if another process holds the lock; raises OSError."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


def is_open_file(path: Path, descriptor: int) -> bool:
    """Return True if an open file is still the one at its path; raises OSError.

    A holder that removes its lock file leaves the next one with the lock on a file without a name.
    """
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False
