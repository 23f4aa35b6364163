"""Copies a build's untrusted outputs, from an engine's archive or a folder of this machine.

Both follow the same rules, which the writer has. Each entry is checked by its header before its
content is read. Of outputs that exceed a limit only metrics.binproto is kept.
"""

from __future__ import annotations

import io
import os
import shutil
import stat
import tarfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from resim_inspect.text import clean
from runner.errors import OutputsError
from runner.storage.output_writer import (
    CHUNK,
    MAX_DEPTH,
    MIB,
    Caps,
    LimitError,
    OutputWriter,
    Taken,
)
from runner.workspace.contract import METRICS, OUTPUTS

__all__ = ["MIB", "Caps", "Taken", "take_archive", "take_folder"]

END = 1024
"""Bytes of zeros at the end of an archive."""

Feed = Callable[[OutputWriter], None]
"""Passes outputs to a writer."""


def take_archive(
    chunks: Iterable[bytes],
    into: Path,
    caps: Caps,
    metrics: Callable[[], Iterable[bytes] | None] = lambda: None,
) -> Taken:
    """Copy the outputs from a tar stream with entries below `outputs/`; raises OutputsError.

    `metrics` opens a tar stream of metrics.binproto alone, for outputs that exceed a limit.
    """

    def feed_metrics(writer: OutputWriter) -> None:
        alone = metrics()
        if alone is not None:
            _take_stream(alone, writer, METRICS.name)

    writer = OutputWriter(into, caps)
    return _take(into, writer, lambda writer: _take_stream(chunks, writer), feed_metrics)


def _take(into: Path, writer: OutputWriter, feed: Feed, feed_metrics: Feed) -> Taken:
    """Copy everything, or metrics.binproto if a limit is exceeded; on an error keep nothing."""
    try:
        try:
            feed(writer)
            return writer.done()
        except LimitError as error:
            writer.restart(error)
            try:
                feed_metrics(writer)
            except OutputsError:
                writer.restart(error)
            return writer.done()
    except BaseException:
        shutil.rmtree(into, ignore_errors=True)
        raise


def _take_stream(chunks: Iterable[bytes], writer: OutputWriter, alone: str = "") -> None:
    stream = _Stream(chunks)
    try:
        with tarfile.open(fileobj=stream, mode="r|", bufsize=CHUNK) as archive:
            for member in archive:
                if alone:
                    member.name = f"{OUTPUTS.name}/{member.name}"
                _take_member(archive, member, writer)
                # tarfile keeps every header that it has read; a million would take gigabytes.
                archive.members = []  # type: ignore[attr-defined]
    except tarfile.TarError as error:
        raise OutputsError(f"the engine's archive of the outputs is damaged: {error}.") from error
    # tarfile takes an archive that breaks off between two files for a shorter one.
    if stream.tail.strip(b"\0") or len(stream.tail) < END:
        raise OutputsError("the engine's archive of the outputs is incomplete.")


def _take_member(archive: tarfile.TarFile, member: tarfile.TarInfo, writer: OutputWriter) -> None:
    top, _, name = member.name.rstrip("/").partition("/")
    if top != OUTPUTS.name:
        writer.refuse(member.name, "is outside of the outputs folder")
    elif not name:
        if not member.isdir():
            raise OutputsError("the outputs folder is no longer a directory.")
    elif member.isdir():
        writer.folder(name)
    elif member.issym():
        writer.link(name, member.linkname)
    elif member.islnk():
        writer.same_file(name, member.linkname.removeprefix(f"{OUTPUTS.name}/"))
    elif member.isreg() and not member.issparse():
        source = archive.extractfile(member)
        if source is not None:
            writer.file(name, member.size, source)
    else:
        writer.refuse(name, _kind(member))


def _kind(member: tarfile.TarInfo) -> str:
    if member.isfifo():
        return "is a pipe"
    return "is a sparse file" if member.issparse() else "is a device"


def take_folder(source: Path, into: Path, caps: Caps) -> Taken:
    """Copy the outputs from a folder of this machine, which a build may still be writing to."""
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
    try:
        descriptor = os.open(source, flags)
    except OSError as error:
        raise OutputsError("the outputs folder was removed or is no longer a directory.") from error
    try:
        writer = OutputWriter(into, caps, (str(OUTPUTS), str(source)))
        inodes: Counter[tuple[int, int]] = Counter()
        _count_inodes(descriptor, inodes, 0)
        reader = _FolderReader(writer, inodes)
        return _take(
            into,
            writer,
            lambda _: reader.take(descriptor, ""),
            lambda _: reader.take_file(descriptor, METRICS.name, METRICS.name),
        )
    finally:
        os.close(descriptor)


def _count_inodes(folder: int, inodes: Counter[tuple[int, int]], depth: int) -> None:
    """Count the names that each file has below a folder."""
    with os.scandir(folder) as entries:
        for entry in entries:
            file_stat = os.stat(entry.name, dir_fd=folder, follow_symlinks=False)
            if stat.S_ISDIR(file_stat.st_mode) and depth < MAX_DEPTH:
                inner = _open(entry.name, entry.name, folder, os.O_DIRECTORY)
                try:
                    _count_inodes(inner, inodes, depth + 1)
                finally:
                    os.close(inner)
            elif stat.S_ISREG(file_stat.st_mode):
                inodes[file_stat.st_dev, file_stat.st_ino] += 1


class _FolderReader:
    """Passes a folder to a writer; `inodes` counts the names of each file inside."""

    def __init__(self, writer: OutputWriter, inodes: Counter[tuple[int, int]]) -> None:
        self._writer = writer
        self._inodes = inodes

    def take(self, folder: int, prefix: str) -> None:
        """Take the entries of an open folder."""
        with os.scandir(folder) as entries:
            for entry in entries:
                name = prefix + entry.name
                mode = os.stat(entry.name, dir_fd=folder, follow_symlinks=False).st_mode
                if stat.S_ISDIR(mode):
                    if self._writer.folder(name):
                        inner = _open(entry.name, name, folder, os.O_DIRECTORY)
                        try:
                            self.take(inner, name + "/")
                        finally:
                            os.close(inner)
                elif stat.S_ISLNK(mode):
                    self._writer.link(name, os.readlink(entry.name, dir_fd=folder))
                elif stat.S_ISREG(mode):
                    self.take_file(folder, entry.name, name)
                else:
                    fault = "is a pipe" if stat.S_ISFIFO(mode) else "is a device or socket"
                    self._writer.refuse(name, fault)

    def take_file(self, folder: int, entry: str, name: str) -> None:
        """Take a file, unless it has a name outside of the outputs."""
        # Without O_NONBLOCK a pipe that just replaced the file would block here.
        descriptor = _open(entry, name, folder, os.O_NONBLOCK)
        with open(descriptor, "rb", buffering=0) as file:  # noqa: PTH123 - a descriptor
            file_stat = os.fstat(descriptor)
            if not stat.S_ISREG(file_stat.st_mode):
                self._writer.refuse(name, "is no longer a regular file")
            elif (
                file_stat.st_nlink > self._inodes[file_stat.st_dev, file_stat.st_ino]
                and file_stat.st_nlink > 1
            ):
                self._writer.refuse(name, "is a hard link to a file outside of the outputs")
            else:
                self._writer.file(name, file_stat.st_size, file)


def _open(entry: str, name: str, folder: int, extra: int) -> int:
    try:
        return os.open(entry, os.O_RDONLY | os.O_NOFOLLOW | extra, dir_fd=folder)
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        raise OutputsError(f'the output "{clean(name, 100)}" cannot be read: {reason}.') from error


class _Stream(io.RawIOBase):
    """A readable file over chunks of bytes."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks: Iterator[bytes] = iter(chunks)
        self._rest = b""
        self.tail = b""
        """Last bytes that were read; zeros at the end of a complete archive."""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        parts: list[bytes] = []
        have = 0
        while size < 0 or have < size:
            if not self._rest:
                self._rest = next(self._chunks, b"")
                self.tail = (self.tail + self._rest[-END:])[-END:]
                if not self._rest:
                    break
            part = self._rest if size < 0 else self._rest[: size - have]
            self._rest = self._rest[len(part) :]
            parts.append(part)
            have += len(part)
        return b"".join(parts)
