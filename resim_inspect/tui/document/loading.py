"""Reading a metrics file that may be rewritten at any time, and detecting changes of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from resim_inspect.document import Document, open_document
from resim_inspect.errors import (
    ChangedError,
    EmptyFileError,
    MalformedError,
    TruncatedError,
    UnreadableError,
)
from resim_inspect.files import is_folder

Signature = tuple[int, int, int]
"""Inode, size and time of the last change in ns."""

_HALF_WRITTEN = (EmptyFileError, TruncatedError, MalformedError, ChangedError)


class Loaded(NamedTuple):
    """A document and the state of its file when it was read."""

    document: Document
    signature: Signature | None


def signature(path: Path | None) -> Signature | None:
    """Signature of a file; None if it cannot be read."""
    if path is None:
        return None
    try:
        stat = path.stat()
    except OSError:
        return None
    return (stat.st_ino, stat.st_size, stat.st_mtime_ns)


def load(path: Path) -> Loaded:
    """Open a file. Raises DocumentError."""
    before = signature(path)
    return Loaded(open_document(path), before)


def load_when_written(
    path: Path,
    *,
    timeout: float = 2.0,
    pause: float = 0.1,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
    cancelled: Callable[[], bool] = lambda: False,
) -> Loaded:
    """Open a file that may be half-written.

    A file that is empty, cut off or malformed is tried again for as long as it keeps
    changing, and for `timeout` seconds after its last change. Raises DocumentError.
    """
    last = signature(path)
    still_since = started = clock()
    while True:
        try:
            loaded = load(path)
        except (*_HALF_WRITTEN, UnreadableError):
            now = signature(path)
            if cancelled() or is_folder(path):
                raise
            if now != last:
                last, still_since = now, clock()
            elif clock() - still_since >= timeout:
                raise
        else:
            now = signature(path)
            if now == loaded.signature or cancelled() or clock() - started >= 15 * timeout:
                return loaded
            # Written to while it was read: the bytes may be of two versions.
            loaded.document.close()
            last, still_since = now, clock()
        sleep(pause)
