"""Blobs that came for a job that is not complete: kept on disk by id, whatever kills us.

One file a job, only ever appended to. A record that was cut short, or is not what was written,
ends what is believed of it.
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
    """The blobs of one job in one revision, by key; another revision begins anew."""

    def __init__(self, path: Path, revision: str) -> None:
        self._path = path
        self._revision = revision
        self._places: dict[str, tuple[int, int]] = {}
        self._end = 0
        self._file: IO[bytes] | None = None
        with disk_errors(path):
            if path.exists():
                self._read()

    def get(self, key: str) -> bytes | None:
        """The content, if it came before."""
        if key not in self._places:
            return None
        offset, length = self._places[key]
        with disk_errors(self._path), self._path.open("rb") as file:
            file.seek(offset)
            return file.read(length)

    def add(self, key: str, content: bytes) -> None:
        """Keep a content; raises StorageError."""
        with disk_errors(self._path):
            if self._file is None:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._file = self._path.open("r+b" if self._end else "w+b", buffering=0)
                # What was cut short is written over; it was never believed.
                self._file.truncate(self._end)
                self._file.seek(self._end)
            if not self._end:
                self._append(self._file, self._revision, b"")
            self._append(self._file, key, content)

    def close(self) -> None:
        """Nothing more comes for now."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def remove(self) -> None:
        """The job is complete: nothing of this is needed any more."""
        self.close()
        with disk_errors(self._path):
            self._path.unlink(missing_ok=True)
        self._places.clear()
        self._end = 0

    def _append(self, file: IO[bytes], key: str, content: bytes) -> None:
        name = key.encode()
        check = zlib.crc32(content, zlib.crc32(name))
        head = _HEAD.pack(_MAGIC, len(name), len(content), check) + name
        left = memoryview(head + content)
        while left:
            left = left[file.write(left) :]
        self._places[key] = (self._end + len(head), len(content))
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
                    self._places[name.decode()] = (start + name_length, length)
                first = False
                self._end = file.tell()
