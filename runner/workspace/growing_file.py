"""Reading of a file that grows: whole lines only, from where the last reading ended."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

CHUNK = 4 << 20
"""Maximum number of bytes of one reading."""
_FLAGS = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
"""The opening of a named pipe must not wait for a writer."""
MAX_LINE = 16 << 20
"""Maximum size of a line; what is longer is dropped up to its end."""


class Reading(NamedTuple):
    """The whole lines of one reading, without their ends."""

    lines: list[bytes]
    restarted: bool = False
    """True if the file is another one than at the last reading, or was cut; read from its start."""
    more: bool = False
    """True if there was more to read than one reading takes."""


class GrowingFile:
    """A file that another process appends to, or replaces; it may not exist yet."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._identity: tuple[int, int] | None = None
        self._offset = 0
        self._rest = b""
        self._dropping = False

    def read(self) -> Reading:
        """Return the lines that are complete since the last reading; a missing file has none.

        Raises OSError for a file that cannot be read. A last line without its end waits for the
        next reading.
        """
        try:
            descriptor = os.open(self.path, _FLAGS)
        except FileNotFoundError:
            return Reading([])
        try:
            about = os.fstat(descriptor)
            identity = (about.st_dev, about.st_ino)
            restarted = self._identity is not None and (
                identity != self._identity or about.st_size < self._offset
            )
            if restarted:
                self._offset, self._rest, self._dropping = 0, b"", False
            self._identity = identity
            os.lseek(descriptor, self._offset, os.SEEK_SET)
            data = os.read(descriptor, CHUNK)
        finally:
            os.close(descriptor)
        self._offset += len(data)
        return Reading(self._lines(data), restarted, len(data) == CHUNK)

    @property
    def offset(self) -> int:
        """Number of bytes of the file that were read."""
        return self._offset

    def go_on_at(self, offset: int) -> None:
        """Read from another offset the next time, in the same line."""
        self._offset = offset

    def take(self, data: bytes) -> list[bytes]:
        """Return the lines that end in bytes from elsewhere, which follow what was read last."""
        return self._lines(data)

    def rest(self) -> bytes:
        """Return the last line, which has no end so far."""
        return self._rest

    def _lines(self, data: bytes) -> list[bytes]:
        *lines, rest = data.split(b"\n")
        if not lines:
            self._rest = b"" if self._dropping else self._rest + rest
        else:
            lines[0] = b"" if self._dropping else self._rest + lines[0]
            self._rest, self._dropping = rest, False
        if len(self._rest) > MAX_LINE:
            self._rest, self._dropping = b"", True
        return lines
