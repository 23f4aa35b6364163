"""Signatures of files, by which a change is detected, and the delay of a reaction to it."""

from __future__ import annotations

from pathlib import Path

from resim_inspect.derived import derived_state

Signature = tuple[int, int, int]
"""Inode, size and time of the last change in ns; of a derived document a state of its sources."""


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
