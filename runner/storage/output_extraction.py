"""Copies a build's untrusted outputs: regular files with plain names, or none of them.

An archive from a container and a folder of this machine follow the same rules: no links, pipes,
devices or sparse files, no name that leaves the folder or has control characters, and limits on
the number and size of files. Each entry is checked by its header before its content is read.
"""

from __future__ import annotations

import io
import os
import shutil
import stat
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from resim_inspect.text import clean, size
from runner.errors import OutputsError
from runner.storage.fs import disk_errors
from runner.workspace.contract import METRICS, OUTPUTS

MIB = 1 << 20
CHUNK = 1 << 20
END = 1024
"""Bytes of zeros at the end of an archive."""
MAX_DEPTH = 32
MAX_NAME = 255


@dataclass(frozen=True)
class Caps:
    """Limits on a build's outputs, in bytes and in files; folders count as files."""

    total: int = 2048 * MIB
    metrics: int = 512 * MIB
    files: int = 10_000


@dataclass(frozen=True)
class Taken:
    """Summary of copied outputs: number of files, bytes, and the first names, sorted."""

    files: int = 0
    size: int = 0
    names: tuple[str, ...] = ()


class OutputWriter:
    """Writer into the folder `into`, which it creates and which must not exist before."""

    def __init__(self, into: Path, caps: Caps) -> None:
        self._into = into
        self._caps = caps
        self._entries = 0
        self._files = 0
        self._size = 0
        self._names: list[str] = []
        with disk_errors(into):
            into.mkdir(mode=0o700)

    def folder(self, name: str) -> None:
        """Create a folder by its name relative to the outputs."""
        path = self._into / self._checked(name)
        with disk_errors(path):
            path.mkdir(exist_ok=True)

    def file(self, name: str, length: int, source: IO[bytes]) -> None:
        """Copy a regular file of `length` bytes."""
        relative = self._checked(name)
        self._check_size(name, length)
        path = self._into / relative
        with disk_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
            try:
                descriptor = os.open(path, flags, 0o666)
            except FileExistsError:
                raise OutputsError(f'the outputs hold "{_shown(name)}" twice.') from None
            with open(descriptor, "wb") as target:  # noqa: PTH123 - a descriptor
                left = length
                while left:
                    chunk = source.read(min(CHUNK, left))
                    if not chunk:
                        message = f'the output "{_shown(name)}" broke off while it was taken.'
                        raise OutputsError(message)
                    target.write(chunk)
                    left -= len(chunk)
        self._files += 1
        self._size += length
        if len(self._names) < 1000:
            self._names.append(name)

    def refuse(self, name: str, kind: str) -> None:
        """Raise OutputsError for an entry that is not a regular file."""
        raise OutputsError(
            f'the output "{_shown(name)}" is {kind}; only regular files are taken.',
            "Let the build write a copy instead.",
        )

    def done(self) -> Taken:
        """Set the folder's permissions by the umask and return the summary."""
        mask = os.umask(0)
        os.umask(mask)
        self._into.chmod(0o777 & ~mask)
        return Taken(self._files, self._size, tuple(sorted(self._names)[:20]))

    def _checked(self, name: str) -> Path:
        self._entries += 1
        if self._entries > self._caps.files:
            raise OutputsError(
                f"the outputs hold more than {self._caps.files:,} files.",
                "Pack them into fewer, or raise --max-files.",
            )
        parts = name.split("/")
        if name.startswith("/") or any(part in {"", ".", ".."} for part in parts):
            raise OutputsError(f'the output "{_shown(name)}" does not stay in the outputs folder.')
        if not name.isprintable() or "\\" in name:
            raise OutputsError(f'the output name "{_shown(name)}" has characters that are refused.')
        if len(parts) > MAX_DEPTH or any(len(part.encode()) > MAX_NAME for part in parts):
            raise OutputsError(f'the output name "{_shown(name)}" is too long or too deep.')
        return Path(*parts)

    def _check_size(self, name: str, length: int) -> None:
        if name == METRICS.name and length > self._caps.metrics:
            raise OutputsError(
                f"metrics.binproto has {size(length)}; at most {size(self._caps.metrics)} fits.",
                "Raise --max-metrics-mib if that is meant.",
            )
        if self._size + length > self._caps.total:
            raise OutputsError(
                f'with "{_shown(name)}" ({size(length)}) the outputs have more than'
                f" {size(self._caps.total)}.",
                "Raise --max-outputs-mib if that is meant.",
            )


def take_archive(chunks: Iterable[bytes], into: Path, caps: Caps) -> Taken:
    """Copy the outputs from a tar stream with entries below `outputs/`; raises OutputsError."""
    with _all_or_nothing(into, caps) as writer:
        _take_stream(chunks, writer)
        return writer.done()


def _take_stream(chunks: Iterable[bytes], writer: OutputWriter) -> None:
    stream = _Stream(chunks)
    try:
        with tarfile.open(fileobj=stream, mode="r|", bufsize=CHUNK) as archive:
            for member in archive:
                _take_member(archive, member, writer)
    except tarfile.TarError as error:
        raise OutputsError(f"the engine's archive of the outputs is damaged: {error}.") from error
    # tarfile takes an archive that breaks off between two files for a shorter one.
    if stream.tail.strip(b"\0") or len(stream.tail) < END:
        raise OutputsError("the engine's archive of the outputs broke off.")


@contextmanager
def _all_or_nothing(into: Path, caps: Caps) -> Iterator[OutputWriter]:
    """Yield a writer whose folder is removed again if anything is refused or fails."""
    writer = OutputWriter(into, caps)
    try:
        yield writer
    except BaseException:
        shutil.rmtree(into, ignore_errors=True)
        raise


def _take_member(archive: tarfile.TarFile, member: tarfile.TarInfo, writer: OutputWriter) -> None:
    top, _, name = member.name.rstrip("/").partition("/")
    if top != OUTPUTS.name:
        writer.refuse(member.name, "outside of the outputs folder")
    if not name:
        if not member.isdir():
            writer.refuse(OUTPUTS.name, "not a directory")
        return
    if member.isdir():
        writer.folder(name)
    elif member.isreg() and not member.issparse():
        source = archive.extractfile(member)
        if source is None:
            writer.refuse(name, "not readable")
        else:
            writer.file(name, member.size, source)
    else:
        writer.refuse(name, _kind(member))
    # tarfile keeps every header that it has read; a million of them would take gigabytes.
    archive.members = []  # type: ignore[attr-defined]


def _kind(member: tarfile.TarInfo) -> str:
    if member.issym():
        return f'a link to "{_shown(member.linkname)}"'
    if member.islnk():
        return f'a hard link to "{_shown(member.linkname)}"'
    if member.isfifo():
        return "a pipe"
    return "a sparse file" if member.issparse() else "a device"


def take_folder(source: Path, into: Path, caps: Caps) -> Taken:
    """Copy the outputs from a folder of this machine, which a build may still be writing to."""
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
    try:
        descriptor = os.open(source, flags)
    except OSError as error:
        raise OutputsError(
            "the outputs folder was removed or is not a directory any more."
        ) from error
    try:
        with _all_or_nothing(into, caps) as writer:
            _take_entries(descriptor, "", writer)
            return writer.done()
    finally:
        os.close(descriptor)


def _take_entries(folder: int, prefix: str, writer: OutputWriter) -> None:
    with os.scandir(folder) as entries:
        for entry in entries:
            name = prefix + entry.name
            file_stat = os.stat(entry.name, dir_fd=folder, follow_symlinks=False)
            kind = _file_kind(file_stat)
            if kind == "folder":
                writer.folder(name)
                inner = _open(entry.name, name, folder, os.O_DIRECTORY)
                try:
                    _take_entries(inner, name + "/", writer)
                finally:
                    os.close(inner)
            elif kind:
                writer.refuse(name, kind)
            else:
                _take_file(folder, entry.name, name, writer)


def _take_file(folder: int, entry: str, name: str, writer: OutputWriter) -> None:
    # Without O_NONBLOCK a pipe that just replaced the file would block here.
    descriptor = _open(entry, name, folder, os.O_NONBLOCK)
    with open(descriptor, "rb", buffering=0) as file:  # noqa: PTH123 - a descriptor
        file_stat = os.fstat(descriptor)
        kind = _file_kind(file_stat)
        if kind:
            writer.refuse(name, kind)
        writer.file(name, file_stat.st_size, file)


def _open(entry: str, name: str, folder: int, extra: int) -> int:
    try:
        return os.open(entry, os.O_RDONLY | os.O_NOFOLLOW | extra, dir_fd=folder)
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        raise OutputsError(f'the output "{_shown(name)}" cannot be read: {reason}.') from error


def _file_kind(file_stat: os.stat_result) -> str:
    """Kind of an entry: `folder`, empty for a regular file, else one that is refused."""
    mode = file_stat.st_mode
    if stat.S_ISDIR(mode):
        return "folder"
    if stat.S_ISREG(mode):
        return "a hard link" if file_stat.st_nlink > 1 else ""
    if stat.S_ISLNK(mode):
        return "a link"
    return "a pipe" if stat.S_ISFIFO(mode) else "a device or socket"


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


def _shown(name: str) -> str:
    return clean(name, 100)
