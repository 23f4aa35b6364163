"""The newest lines of a log past its limit: a file beside the log until the run has ended.

A log over its limit keeps its beginning and its end. What follows the beginning is its overflow:
the end is written when the run has ended, and until then the newest part is in `log.txt.live`. The
first line of that file is the number of bytes of the overflow before its content, so that a reader
knows what it has read already and what it has missed.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable
from io import FileIO
from pathlib import Path
from typing import NamedTuple

LIVE_SUFFIX = ".live"
HEADER = len(b"%020d\n" % 0)
ENDED = b"ended\n"
"""Content of a file that has ended, should it not be possible to remove it."""
MAX_NOTE = 200
"""Maximum size of the note about the part that was left out, in bytes."""

_NOTE = re.compile("\\n… ([0-9,]{1,40}) bytes of the log were left out here …\\n".encode())


def live_path(log: Path) -> Path:
    """Return the path of the newest lines of a log that has reached its limit."""
    return log.with_name(log.name + LIVE_SUFFIX)


def omission_note(lost: int) -> bytes:
    """Return the note between the beginning and the end of a log, with line breaks around it."""
    return f"\n… {lost:,} bytes of the log were left out here …\n".encode()


class LiveLogWriter:
    """Writes the newest part of an overflow, at most about `room` bytes; raises OSError."""

    def __init__(self, log: Path, room: int) -> None:
        self._path = live_path(log)
        self._room = room
        self._file: FileIO | None = None
        self._held = 0
        self._end = 0
        """Number of bytes of the overflow."""

    def write(self, newest: Iterable[bytes]) -> None:
        """Write the last chunk of the overflow; `newest` are its chunks from the last one back.

        A file that is full begins again with as many of them as fill half of it.
        """
        chunks = iter(newest)
        parts = [next(chunks)]
        self._end += len(parts[0])
        if self._file is None:
            self._file = FileIO(str(self._path), "xb")
            self._begin(self._file, parts)
        elif self._held > self._room:
            size = len(parts[0])
            for chunk in chunks:
                if size + len(chunk) > self._room // 2:
                    break
                parts.append(chunk)
                size += len(chunk)
            self._begin(self._file, parts)
        else:
            self._put(self._file, parts[0])

    def _begin(self, file: FileIO, parts: list[bytes]) -> None:
        content = b"".join(reversed(parts))
        self._held = 0
        file.seek(0)
        file.truncate()
        self._put(file, b"%020d\n" % (self._end - len(content)) + content)

    def _put(self, file: FileIO, data: bytes) -> None:
        # Of a part that is missing, the positions of all later ones would be wrong.
        if file.write(data) != len(data):
            raise OSError("the disk is full")
        self._held += len(data)

    def close(self) -> None:
        """Remove the file, also one of a run that was killed."""
        file, self._file = self._file, None
        try:
            if file is not None:
                with file:
                    file.seek(0)
                    file.truncate()
                    file.write(ENDED)
        finally:
            self._path.unlink(missing_ok=True)


class LivePart(NamedTuple):
    """A part of an overflow."""

    data: bytes
    skipped: int = 0
    """Number of bytes before it that are missing."""


class LiveLog:
    """The part of a log's overflow that a reader has read."""

    def __init__(self, log: Path) -> None:
        self._path = live_path(log)
        self.position = 0
        """Number of bytes of the overflow that were read or skipped."""

    def exists(self) -> bool:
        """Return True while the file is there: the log has reached its limit and not its end."""
        try:
            about = self._path.stat()
        except OSError:
            return False
        return stat.S_ISREG(about.st_mode) and about.st_size != len(ENDED)

    def read(self, budget: int, *, newest: bool = False) -> LivePart | None:
        """Return what is new, at most `budget` bytes; None once the log has its end.

        With `newest`, of more than that the last bytes are returned. Raises OSError for a file
        that cannot be read.
        """
        if not self.exists():
            return None
        try:
            with self._path.open("rb", buffering=0) as file:
                head = file.read(HEADER)
                if head.startswith(ENDED):
                    return None
                size = file.seek(0, os.SEEK_END) - HEADER
                if not head.rstrip(b"\n").isdigit() or len(head) < HEADER or size < 0:
                    return LivePart(b"")
                begin = int(head)
                if begin + size < self.position:
                    # It belongs to another run.
                    return None
                start = max(self.position, begin, begin + size - budget if newest else 0)
                file.seek(HEADER + start - begin)
                data = file.read(budget)
                file.seek(0)
                if file.read(HEADER) != head:
                    # It began again meanwhile.
                    return LivePart(b"")
        except FileNotFoundError:
            return None
        skipped = start - self.position
        self.position = start + len(data)
        return LivePart(data, skipped)

    def end_in_log(self, start: bytes) -> tuple[int, int]:
        """Return where the log goes on after what was read, and how many bytes are missing there.

        `start` is the log after its beginning, up to `MAX_NOTE` bytes; the first number is an
        offset from there.
        """
        note = _NOTE.match(start)
        lost = int(note[1].replace(b",", b"")) if note is not None else 0
        first = note.end() if note is not None else 0
        return first + max(0, self.position - lost), max(0, lost - self.position)
