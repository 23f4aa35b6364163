"""Sources of a document's bytes: a file that is read piece by piece, or memory.

A file is read with `pread`, never mapped: a writer that cuts a mapped file short kills
the reader's process, a short read is only an error.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import NamedTuple, Protocol

from resim_inspect.errors import THE_PATH, ChangedError, UnreadableError, missing

# Up to this size a file is read at once and closed: simpler, and safe from rewrites.
WHOLE = 1 << 20


class Stamp(NamedTuple):
    """Identity of a state of a file: it differs after each rewrite."""

    device: int
    inode: int
    size: int
    modified_ns: int


class Source(Protocol):
    """Random access to bytes."""

    @property
    def size(self) -> int:
        """Size in bytes."""
        ...

    @property
    def stamp(self) -> Stamp | None:
        """The state of the file that was opened; None for bytes from memory."""
        ...

    def read(self, offset: int, length: int) -> bytes:
        """`length` bytes from `offset`, fewer at the end."""
        ...

    def verify(self) -> None:
        """Raise ChangedError if the file has changed since it was opened."""
        ...

    def close(self) -> None:
        """Close the file; reading afterwards raises ChangedError."""
        ...


class BytesSource:
    """Bytes in memory."""

    def __init__(self, data: bytes, stamp: Stamp | None = None) -> None:
        self._data = data
        self.size = len(data)
        self.stamp = stamp

    def read(self, offset: int, length: int) -> bytes:
        if offset == 0 and length >= self.size:
            return self._data
        return self._data[offset : offset + length]

    def verify(self) -> None:
        """Memory does not change."""

    def close(self) -> None:
        """Nothing to let go of."""


class FileSource:
    """A regular file, held open."""

    def __init__(self, descriptor: int, path: Path, stamp: Stamp) -> None:
        self._descriptor = descriptor
        self._path = path
        self.size = stamp.size
        self.stamp: Stamp | None = stamp
        self._lock = Lock()
        self._uses = 1
        """Calls that use the descriptor, and one until `close`. The last one closes it: the next
        file that is opened takes its number, and must not be read in the place of this one."""
        self._closed = False

    def read(self, offset: int, length: int) -> bytes:
        with self._held() as descriptor:
            return self._read(descriptor, offset, max(0, min(length, self.size - offset)))

    def _read(self, descriptor: int, offset: int, length: int) -> bytes:
        parts: list[bytes] = []
        while length > 0:
            try:
                # One call gives at most 2 GiB.
                part = _pread(descriptor, min(length, 1 << 30), offset)
            except OSError as error:
                raise UnreadableError(
                    f"cannot be read at byte {offset:,}: {error.strerror}", self._path, offset
                ) from error
            if not part:
                raise ChangedError("was cut short while it was open", self._path, offset)
            parts.append(part)
            offset += len(part)
            length -= len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def verify(self) -> None:
        with self._held() as descriptor:
            try:
                status = os.fstat(descriptor)
            except OSError as error:  # such as a server that deleted it
                raise ChangedError(
                    f"can no longer be read: {error.strerror}", self._path
                ) from error
        if _stamp(status) != self.stamp:
            raise ChangedError("was rewritten while it was open", self._path)

    @contextmanager
    def _held(self) -> Iterator[int]:
        """The descriptor, open until the end of the block. Raises ChangedError after `close`."""
        with self._lock:
            if self._closed:
                raise ChangedError("has been closed", self._path)
            self._uses += 1
        try:
            yield self._descriptor
        finally:
            self._release()

    def _release(self) -> None:
        with self._lock:
            self._uses -= 1
            last = not self._uses
        if last:
            os.close(self._descriptor)

    def close(self) -> None:
        with self._lock:
            if self._closed:
                return
            self._closed = True
        self._release()

    def __del__(self) -> None:
        self.close()


if hasattr(os, "pread"):
    _pread = os.pread
else:  # Windows
    _seek_lock = Lock()

    def _pread(fd: int, length: int, offset: int, /) -> bytes:
        with _seek_lock:
            os.lseek(fd, offset, os.SEEK_SET)
            return os.read(fd, length)


def open_source(path: Path) -> Source:
    """Open a regular file.

    Raises UnreadableError for what is missing, not permitted or not a regular file,
    ChangedError for a file that changes while it is read.
    """
    # O_NONBLOCK: a pipe must be refused, not waited for.
    flags = os.O_RDONLY
    for name in ("O_NONBLOCK", "O_CLOEXEC", "O_BINARY", "O_NOINHERIT"):
        flags |= getattr(os, name, 0)
    try:
        if path.is_dir():
            raise UnreadableError("is a folder, not a file", path, subject=THE_PATH)
        descriptor = os.open(path, flags)
    except FileNotFoundError as error:
        raise missing(path) from error
    except PermissionError as error:
        raise UnreadableError("cannot be read: permission denied", path) from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise UnreadableError(f"cannot be opened: {reason}", path) from error
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableError("is a pipe or device, not a file", path, subject=THE_PATH)
        source = FileSource(descriptor, path, _stamp(status))
    except BaseException:
        os.close(descriptor)
        raise
    if source.size > WHOLE:
        return source
    try:
        data = source.read(0, source.size)
        source.verify()
    finally:
        source.close()
    return BytesSource(data, source.stamp)


def _stamp(status: os.stat_result) -> Stamp:
    return Stamp(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
