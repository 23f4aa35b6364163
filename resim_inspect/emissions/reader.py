"""Reader of emissions files: whole, or what has been appended since the last look."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from resim_inspect.derived import emissions_names
from resim_inspect.emissions.line_decoder import MAX_LINE, LineDecoder
from resim_inspect.emissions.model import Emissions
from resim_inspect.errors import UnreadableError
from resim_inspect.files import file_states, is_folder

BLOCK = 2 << 20
"""Bytes that are decoded at a time."""
ReadProgress = Callable[[int, int], None]
"""Takes the bytes that have been read, and those of all files; what it raises ends the reading."""


def emissions_files(folder: Path) -> list[Path]:
    """Return the emissions files of one folder by name; raises UnreadableError."""
    try:
        names = emissions_names(folder)
    except OSError as error:
        raise UnreadableError(_reason(error), folder) from error
    return [folder / name for name in names]


def _ignore(_: int, __: int) -> None:
    """Take no notice of the progress."""


def read_emissions(source: Path | Sequence[Path], progress: ReadProgress = _ignore) -> Emissions:
    """Read a folder's emissions files, or the files that are named, merged by topic.

    Raises UnreadableError for a file that cannot be read. Lines that cannot be used are faults.
    """
    if isinstance(source, Path):
        paths = emissions_files(source) if is_folder(source) else [source]
    else:
        paths = list(source)
    return EmissionsReader(paths, progress).read_all()


@dataclass
class _Position:
    """The place in one file up to which it has been read."""

    offset: int = 0
    lines: int = 0
    identity: tuple[int, int] | None = None
    """Device and inode, which change if the file is replaced."""
    held_back: int = 0
    """Bytes after the last line feed."""
    skipping: bool = False
    """True inside a line that is too long."""


class EmissionsReader:
    """Reads files, and what is appended to them later.

    A line counts once its line feed is there. A file that is replaced or has become shorter
    is read again, and with it all others.
    """

    def __init__(self, paths: Sequence[Path], progress: ReadProgress = _ignore) -> None:
        self.paths = tuple(paths)
        self._progress = progress
        self._restart()

    def _restart(self) -> None:
        self._decoder = LineDecoder()
        self._positions = [_Position() for _ in self.paths]

    def read_all(self) -> Emissions:
        """Read to the ends of the files; a whole last line counts without a line feed too."""
        self.update()
        for file, position in enumerate(self._positions):
            if position.held_back:
                self._finish(file, position)
        return self.emissions()

    def update(self) -> bool:
        """Read the lines that are new, and return True if there are any.

        Raises UnreadableError for a file that cannot be read. A later call continues.
        """
        if any(map(self._is_replaced, self.paths, self._positions)):
            self._restart()
            self._read_new()
            return True
        return self._read_new()

    def emissions(self) -> Emissions:
        """Return all rows that have been read."""
        return Emissions(
            self.paths,
            {
                name: builder.topic()
                for name, builder in self._decoder.topics.items()
                if builder.has_rows
            },
            self._decoder.faults.faults(),
            tuple(position.lines for position in self._positions),
            {
                file: position.held_back
                for file, position in enumerate(self._positions)
                if position.held_back
            },
        )

    def _is_replaced(self, path: Path, position: _Position) -> bool:
        if position.identity is None:
            return False
        try:
            status = path.stat()
        except OSError as error:
            raise UnreadableError(_reason(error), path) from error
        end = position.offset + position.held_back
        return (status.st_dev, status.st_ino) != position.identity or status.st_size < end

    def _read_new(self) -> bool:
        lines = [position.lines for position in self._positions]
        total = sum(size for _, _, size, _ in file_states(self.paths))
        for file, path in enumerate(self.paths):
            try:
                self._read_file(file, path, self._positions[file], total)
            except OSError as error:
                raise UnreadableError(_reason(error), path) from error
        return lines != [position.lines for position in self._positions]

    def _read_file(self, file: int, path: Path, position: _Position, total: int) -> None:
        _refuse_devices(path)
        with path.open("rb", buffering=0) as stream:
            status = os.fstat(stream.fileno())
            position.identity = (status.st_dev, status.st_ino)
            stream.seek(position.offset)
            # A file that grows faster than it is read is read up to its present end.
            left = status.st_size - position.offset
            rest = b""
            while left > 0 and (block := stream.read(min(BLOCK, left))):
                left -= len(block)
                self._progress(sum(position.offset for position in self._positions), total)
                rest = self._take(file, position, rest + block)
            position.held_back = len(rest)

    def _take(self, file: int, position: _Position, data: bytes) -> bytes:
        """Decode the whole lines of `data` and return what follows them."""
        end = data.rfind(b"\n")
        if position.skipping:
            start = data.find(b"\n") + 1
            if not start:
                position.offset += len(data)
                return b""
            position.skipping = False
            position.lines += 1
            position.offset += start
            data, end = data[start:], end - start
        if end >= 0:
            count = self._decoder.decode(data[:end], file, position.lines + 1)
            position.lines += count
            position.offset += end + 1
            data = data[end + 1 :]
        if len(data) > MAX_LINE:
            self._decoder.faults.add(
                "line-length", file, position.lines + 1, "", f"is longer than {MAX_LINE >> 20} MiB"
            )
            position.skipping = True
            position.offset += len(data)
            return b""
        return data

    def _finish(self, file: int, position: _Position) -> None:
        path = self.paths[file]
        try:
            with path.open("rb") as stream:
                stream.seek(position.offset)
                data = stream.read(position.held_back)
        except OSError as error:
            raise UnreadableError(_reason(error), path) from error
        if self._decoder.is_whole(data):
            position.lines += self._decoder.decode(data, file, position.lines + 1)
            position.offset += len(data)
            position.held_back = 0


def _refuse_devices(path: Path) -> None:
    """Raise UnreadableError for a pipe, which would block, or a device, which may never end."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise UnreadableError("is not a regular file", path)


def _reason(error: OSError) -> str:
    return f"cannot be read: {(error.strerror or str(error)).lower()}"
