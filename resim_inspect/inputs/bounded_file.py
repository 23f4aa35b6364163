"""Bounded reads of a regular file that may change or shrink at any time."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from resim_inspect.inputs.recording import RecordingError


class BoundedFile:
    """Reads pieces of an open file; none is larger than what was asked for."""

    def __init__(self, descriptor: int, status: os.stat_result) -> None:
        self._descriptor = descriptor
        self.size = status.st_size
        """Size when the file was opened."""
        self.identity = (status.st_dev, status.st_ino)
        """Device and inode: other ones are another file."""
        self.modified = status.st_mtime_ns
        """Time of the last change in ns."""

    def read(self, offset: int, length: int) -> bytes:
        """Return up to `length` bytes from an offset; fewer at the end of the file."""
        os.lseek(self._descriptor, offset, os.SEEK_SET)
        return os.read(self._descriptor, length)

    def read_most(self, offset: int, length: int) -> bytes:
        """Return `length` bytes from an offset; fewer only where the file ends before."""
        data = self.read(offset, length)
        while 0 < len(data) < length:
            piece = self.read(offset + len(data), length - len(data))
            if not piece:
                break
            data += piece
        return data

    def read_all(self, offset: int, length: int) -> bytes:
        """Return exactly `length` bytes; raises RecordingError if the file ends before."""
        pieces: list[bytes] = []
        left = length
        while left > 0:
            piece = self.read(offset + length - left, min(left, 1 << 20))
            if not piece:
                raise RecordingError("The file ends before its records do: it is cut off.")
            pieces.append(piece)
            left -= len(piece)
        return b"".join(pieces)


@contextmanager
def opened(path: Path) -> Iterator[BoundedFile]:
    """Open a regular file; raises RecordingError for what is none, and OSError."""
    # A pipe must not block the reader.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise RecordingError("The file is not a regular file.")
        yield BoundedFile(descriptor, status)
    finally:
        os.close(descriptor)
