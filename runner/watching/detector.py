"""Detection of changed content: marks of files first, then digests of those whose marks changed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path

from runner.errors import RunnerError
from runner.storage.input_archive import STABLE_AGE_NS, file_digest
from runner.watching.file_set import Stamp, Stamps

QUIET = 0.4
"""Seconds without a further change after which a change is complete."""
MAX_WAIT = 3.0
"""Seconds after which a change counts, although files still change."""

Digest = Callable[[Path], str]


class ChangeDetector:
    """Compares files with a baseline by content. A file that is only touched has not changed."""

    def __init__(
        self, digest: Digest = file_digest, now_ns: Callable[[], int] = time.time_ns
    ) -> None:
        self._digest = digest
        self._now_ns = now_ns
        self._known: dict[str, tuple[Stamp, str]] = {}
        """Digest of each file for its marks."""
        self._recently_modified: set[str] = set()
        self._baseline: dict[str, str] = {}

    def rebase(self, stamps: Stamps) -> None:
        """Make the present content the baseline."""
        self._baseline = {path: self._digest_of(path, stamp) for path, stamp in stamps.items()}
        self._known = {path: known for path, known in self._known.items() if path in stamps}
        self._recently_modified &= set(stamps)

    def accept(self, paths: Iterable[Path], stamps: Stamps) -> None:
        """Make the present content of some files their baseline."""
        for path in map(str, paths):
            if path in stamps:
                self._baseline[path] = self._digest_of(path, stamps[path])

    def changed(self, stamps: Stamps) -> list[str]:
        """Return the files whose content differs from the baseline, new and removed ones too."""
        changed = [path for path in self._baseline if path not in stamps]
        for path, stamp in stamps.items():
            if self._baseline.get(path) != self._digest_of(path, stamp):
                changed.append(path)
        return changed

    def _digest_of(self, path: str, stamp: Stamp) -> str:
        known = self._known.get(path)
        if known is not None and known[0] == stamp and path not in self._recently_modified:
            return known[1]
        begun = self._now_ns()
        try:
            digest = self._digest(Path(path))
        except RunnerError:
            # It was removed meanwhile, or cannot be read.
            digest = ""
        self._known[path] = stamp, digest
        if begun - stamp.mtime_ns < STABLE_AGE_NS:
            self._recently_modified.add(path)
        else:
            self._recently_modified.discard(path)
        return digest


class Debounce:
    """Waits until files have stopped changing, at most `MAX_WAIT` seconds."""

    def __init__(self) -> None:
        self._first: float | None = None
        self._last = 0.0
        self._seen: Stamps = {}

    def is_complete(self, stamps: Stamps, now: float) -> bool:
        """Take the present marks of files that have changed; return True if they count now."""
        if self._first is None:
            self._first = self._last = now
            self._seen = dict(stamps)
            return False
        if stamps != self._seen:
            self._seen, self._last = dict(stamps), now
        return now - self._last >= QUIET or now - self._first >= MAX_WAIT

    def reset(self) -> None:
        """Forget the change."""
        self._first = None
