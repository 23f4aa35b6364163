"""Exclusive locks on open files, which the operating system releases when their holder ends."""

from __future__ import annotations

import sys


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
