"""Crash-safe journal of the downloaded blobs of an incomplete job.

One append-only file per job. A truncated or damaged record ends the valid part of the file.
"""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import IO

from runner.storage.fs import disk_errors

_HEAD = struct.Struct("<4sIQI")
"""Magic, length of the key, length of the content, checksum of both."""
_MAGIC = b"blob"


class Journal:
    """Blobs of one revision of a job, by key; another revision starts an empty journal."""

    def __init__(self, path: Path, revision: str) -> None:
        self._path = path
        self._revision = revision
        self._spans: dict[str, tuple[int, int]] = {}
        self._end = 0
        self._file: IO[bytes] | None = None
        with disk_errors(path):
            if path.exists():
                self._read()

    def get(self, key: str) -> bytes | None:
        """Content of a key; None if the journal does not have it."""
        if key not in self._spans:
            return None
        offset, length = self._spans[key]
        with disk_errors(self._path), self._path.open("rb") as file:
            file.seek(offset)
            return file.read(length)

    def __contains__(self, key: str) -> bool:
        return key in self._spans

    def add(self, key: str, content: bytes) -> None:
        """Append a content; raises StorageError."""
        with disk_errors(self._path):
            if self._file is None:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._file = self._path.open("r+b" if self._end else "w+b", buffering=0)
                # A truncated record at the end is overwritten.
                self._file.truncate(self._end)
                self._file.seek(self._end)
            if not self._end:
                self._append(self._file, self._revision, b"")
            self._append(self._file, key, content)

    def close(self) -> None:
        """Close the file; the journal stays."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def remove(self) -> None:
        """Remove the file of a complete job."""
        self.close()
        with disk_errors(self._path):
            self._path.unlink(missing_ok=True)
        self._spans.clear()
        self._end = 0

    def _append(self, file: IO[bytes], key: str, content: bytes) -> None:
        name = key.encode()
        check = zlib.crc32(content, zlib.crc32(name))
        head = _HEAD.pack(_MAGIC, len(name), len(content), check) + name
        left = memoryview(head + content)
        while left:
            left = left[file.write(left) :]
        self._spans[key] = (self._end + len(head), len(content))
        self._end += len(head) + len(content)

    def _read(self) -> None:
        with self._path.open("rb") as file:
            size = self._path.stat().st_size
            first = True
            while len(head := file.read(_HEAD.size)) == _HEAD.size:
                magic, name_length, length, check = _HEAD.unpack(head)
                start = file.tell()
                if magic != _MAGIC or start + name_length + length > size:
                    return
                name = file.read(name_length)
                if zlib.crc32(file.read(length), zlib.crc32(name)) != check:
                    return
                if first and name != self._revision.encode():
                    return
                if not first:
                    self._spans[name.decode()] = (start + name_length, length)
                first = False
                self._end = file.tell()
