"""Reading a metrics file that may be rewritten at any time, and detecting changes of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from resim_inspect.derived import UNOBSERVED, Control, derived_state, is_derived
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
"""Inode, size and time of the last change in ns; of a derived document a state of its sources."""

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


def document_signature(path: Path | None) -> Signature | None:
    """Signature of a file, or of what a document is made of that is evaluated from emissions."""
    derived = None if path is None else derived_state(path)
    return signature(path) if derived is None else derived


class Debounce:
    """Delay of a reaction to changes that may come in quick succession."""

    def __init__(self, longest: float) -> None:
        """`longest`: seconds after which there is a reaction to changes that do not end."""
        self._longest = longest
        self._state: Signature | None = None
        self._since: float | None = None

    def is_due(self, state: Signature | None, now: float) -> bool:
        """Return True if a changed state is the same as at the last look, or has waited enough."""
        if self._since is None:
            self._state, self._since = state, now
            return False
        is_still, self._state = state == self._state, state
        if not is_still and now - self._since < self._longest:
            return False
        self._since = None
        return True


def load(path: Path, control: Control = UNOBSERVED) -> Loaded:
    """Open a file; `control` follows and ends the evaluation of emissions. Raises DocumentError."""
    before = document_signature(path)
    return Loaded(open_document(path, control=control), before)


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
    last = document_signature(path)
    still_since = started = clock()
    while True:
        try:
            loaded = load(path)
        except (*_HALF_WRITTEN, UnreadableError):
            now = document_signature(path)
            if cancelled() or is_folder(path):
                raise
            if now != last:
                last, still_since = now, clock()
            elif clock() - still_since >= timeout:
                raise
        else:
            now = document_signature(path)
            # Emissions only grow: all of their states are whole.
            if (
                is_derived(path)
                or now == loaded.signature
                or cancelled()
                or clock() - started >= 15 * timeout
            ):
                return loaded
            # Written to while it was read: the bytes may be of two versions.
            loaded.document.close()
            last, still_since = now, clock()
        sleep(pause)
