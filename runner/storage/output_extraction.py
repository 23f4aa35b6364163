"""Takes a build's outputs, which nobody should trust: regular files with plain names, or nothing.

Whether they come as an archive out of a container or lie in a folder, the rules are one: no
links, pipes, devices or sparse giants, no name that leaves the folder or holds control
characters, not too many and not too much, all judged by the header before a byte is read.
"""

from __future__ import annotations

import errno
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
from runner.errors import OutputsError, StorageError
from runner.workspace.contract import METRICS, OUTPUTS

MIB = 1 << 20
CHUNK = 1 << 20
END = 1024
"""Bytes of zeros at the end of an archive."""
MAX_DEPTH = 32
MAX_NAME = 255


@dataclass(frozen=True)
class Caps:
    """The most that a build may leave behind, in bytes and in files (folders count too)."""

    total: int = 2048 * MIB
    metrics: int = 512 * MIB
    files: int = 10_000


@dataclass(frozen=True)
class Taken:
    """What was taken: number of files, bytes, and the first names, sorted."""

    files: int = 0
    size: int = 0
    names: tuple[str, ...] = ()


class Taker:
    """Writes into `into`, a folder that it makes itself and that must not exist."""

    def __init__(self, into: Path, caps: Caps) -> None:
        self._into = into
        self._caps = caps
        self._entries = 0
        self._files = 0
        self._size = 0
        self._names: list[str] = []
        with storage(into):
            into.mkdir(mode=0o700)

    def folder(self, name: str) -> None:
        """Make a folder of that name, relative to the outputs."""
        path = self._into / self._checked(name)
        with storage(path):
            path.mkdir(exist_ok=True)

    def file(self, name: str, length: int, source: IO[bytes]) -> None:
        """Copy a regular file of `length` bytes."""
        relative = self._checked(name)
        self._check_size(name, length)
        path = self._into / relative
        with storage(path):
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
        """Say why a thing that is no regular file is refused."""
        raise OutputsError(
            f'the output "{_shown(name)}" is {kind}; only regular files are taken.',
            "Let the build write a copy instead.",
        )

    def done(self) -> Taken:
        """Everything was taken: open the folder to whom the umask allows."""
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
    """Take the outputs from a tar stream whose entries lie below `outputs/`."""
    with _whole(into, caps) as taker:
        _take_stream(chunks, taker)
        return taker.done()


def _take_stream(chunks: Iterable[bytes], taker: Taker) -> None:
    stream = _Stream(chunks)
    try:
        with tarfile.open(fileobj=stream, mode="r|", bufsize=CHUNK) as archive:
            for member in archive:
                _take_member(archive, member, taker)
    except tarfile.TarError as error:
        raise OutputsError(f"the engine's archive of the outputs is damaged: {error}.") from error
    # To the reader an archive that breaks off between two files looks like a shorter one.
    if stream.tail.strip(b"\0") or len(stream.tail) < END:
        raise OutputsError("the engine's archive of the outputs broke off.")


@contextmanager
def _whole(into: Path, caps: Caps) -> Iterator[Taker]:
    """A taker whose folder is gone again if anything was refused or went wrong."""
    taker = Taker(into, caps)
    try:
        yield taker
    except BaseException:
        shutil.rmtree(into, ignore_errors=True)
        raise


def _take_member(archive: tarfile.TarFile, member: tarfile.TarInfo, taker: Taker) -> None:
    top, _, name = member.name.rstrip("/").partition("/")
    if top != OUTPUTS.name:
        taker.refuse(member.name, "outside of the outputs folder")
    if not name:
        if not member.isdir():
            taker.refuse(OUTPUTS.name, "no folder")
        return
    if member.isdir():
        taker.folder(name)
    elif member.isreg() and not member.issparse():
        source = archive.extractfile(member)
        if source is None:
            taker.refuse(name, "not readable")
        else:
            taker.file(name, member.size, source)
    else:
        taker.refuse(name, _kind(member))
    # A stream remembers every header that it has seen; a million of them would be gigabytes.
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
    """Take the outputs from a folder on this machine that a build may still be writing to."""
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
    try:
        descriptor = os.open(source, flags)
    except OSError as error:
        raise OutputsError("the outputs folder is gone or is no folder any more.") from error
    try:
        with _whole(into, caps) as taker:
            _take_entries(descriptor, "", taker)
            return taker.done()
    finally:
        os.close(descriptor)


def _take_entries(folder: int, prefix: str, taker: Taker) -> None:
    with os.scandir(folder) as entries:
        for entry in entries:
            name = prefix + entry.name
            about = os.stat(entry.name, dir_fd=folder, follow_symlinks=False)
            kind = _file_kind(about)
            if kind == "folder":
                taker.folder(name)
                inner = _open(entry.name, name, folder, os.O_DIRECTORY)
                try:
                    _take_entries(inner, name + "/", taker)
                finally:
                    os.close(inner)
            elif kind:
                taker.refuse(name, kind)
            else:
                _take_file(folder, entry.name, name, taker)


def _take_file(folder: int, entry: str, name: str, taker: Taker) -> None:
    # Not to be held up by a pipe that took the file's place a moment ago.
    descriptor = _open(entry, name, folder, os.O_NONBLOCK)
    with open(descriptor, "rb", buffering=0) as file:  # noqa: PTH123 - a descriptor
        about = os.fstat(descriptor)
        kind = _file_kind(about)
        if kind:
            taker.refuse(name, kind)
        taker.file(name, about.st_size, file)


def _open(entry: str, name: str, folder: int, extra: int) -> int:
    try:
        return os.open(entry, os.O_RDONLY | os.O_NOFOLLOW | extra, dir_fd=folder)
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        raise OutputsError(f'the output "{_shown(name)}" cannot be read: {reason}.') from error


def _file_kind(about: os.stat_result) -> str:
    """What a thing is that is refused; `folder` for a folder, nothing for a regular file."""
    mode = about.st_mode
    if stat.S_ISDIR(mode):
        return "folder"
    if stat.S_ISREG(mode):
        return "a hard link" if about.st_nlink > 1 else ""
    if stat.S_ISLNK(mode):
        return "a link"
    return "a pipe" if stat.S_ISFIFO(mode) else "a device or socket"


class _Stream(io.RawIOBase):
    """Chunks of bytes as a file to read from."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks: Iterator[bytes] = iter(chunks)
        self._rest = b""
        self.tail = b""
        """The last bytes that were given: of a whole archive they are zeros."""

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


@contextmanager
def storage(path: Path) -> Iterator[None]:
    """Turns this machine's own disk errors into a StorageError that names the folder."""
    try:
        yield
    except OSError as error:
        folder = path if path.is_dir() else path.parent
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise StorageError(
                f"the disk is full: {clean(str(folder))}.", "Free some space and run again."
            ) from error
        reason = error.strerror or str(error)
        raise StorageError(f"{clean(str(path))} cannot be written: {reason}.") from error


def _shown(name: str) -> str:
    return clean(name, 100)
