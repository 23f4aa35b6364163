"""The files that go into a build: listed, digested with a cache, packed into an archive."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from resim_inspect.text import clean
from runner.errors import RunnerError

BLOCK = 512
CHUNK = 1 << 20
# A file changed again within this many ns may keep its times; its digest is not remembered.
SETTLED = 2_000_000_000


class Item(NamedTuple):
    """A file or folder below an input, by its `/`-separated name."""

    name: str
    path: Path
    about: os.stat_result
    linked: bool
    """Whether it is a link, or lies behind one; the input itself may be one and counts not."""

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder."""
        return stat.S_ISDIR(self.about.st_mode)


def walk(root: Path, name: str) -> Iterator[Item]:
    """An input and everything below it, sorted, links followed; raises RunnerError.

    A folder that leads back into itself is listed once. Pipes, sockets and devices are
    left out: a build cannot read them, and we must not wait for them.
    """
    try:
        about = root.stat()
    except OSError as error:
        raise _unreadable(root, error) from error
    yield from _walk(root, name, about, False, frozenset())


def _walk(
    path: Path, name: str, about: os.stat_result, linked: bool, above: frozenset[tuple[int, int]]
) -> Iterator[Item]:
    if stat.S_ISREG(about.st_mode):
        yield Item(name, path, about, linked)
        return
    key = (about.st_dev, about.st_ino)
    if not stat.S_ISDIR(about.st_mode) or key in above:
        return
    yield Item(name, path, about, linked)
    try:
        with os.scandir(path) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
        for entry in found:
            is_link = entry.is_symlink()
            try:
                inner = entry.stat()
            except FileNotFoundError:
                # A link to nowhere is as good as no file.
                continue
            inner_name = f"{name}/{entry.name}"
            yield from _walk(Path(entry), inner_name, inner, linked or is_link, above | {key})
    except OSError as error:
        raise _unreadable(path, error) from error


def must_be_copied(root: Path) -> bool:
    """Whether a read-only mount of an input would hide a part of it from an unprivileged user.

    That is so for what others may not read, and for links, which point somewhere else inside.
    """
    for item in walk(root, ""):
        needed = stat.S_IROTH | (stat.S_IXOTH if item.is_folder else 0)
        if item.linked or item.about.st_mode & needed != needed:
            return True
    return False


class DigestCache:
    """Remembers digests of files by (size, times, inode), so that nothing is read twice."""

    def __init__(self, path: Path | None = None, now_ns: int = 0) -> None:
        self._now = now_ns
        self._old: dict[str, list[object]] = {}
        self._new: dict[str, list[object]] = {}
        if path is not None:
            try:
                values = json.loads(path.read_bytes())
            except (OSError, ValueError):
                values = {}
            if isinstance(values, dict) and isinstance(values.get("files"), dict):
                self._old = values["files"]

    def digest(self, item: Item) -> str:
        """The sha256 of a file's content, in hex."""
        about = item.about
        times = [about.st_size, about.st_mtime_ns, about.st_ctime_ns, about.st_ino]
        known = self._old.get(item.name)
        if isinstance(known, list) and known[:4] == times and isinstance(known[-1], str):
            value = known[-1]
        else:
            value = file_digest(item.path)
        if max(about.st_mtime_ns, about.st_ctime_ns) < self._now - SETTLED:
            self._new[item.name] = [*times, value]
        return value

    def as_bytes(self) -> bytes | None:
        """What to write down; None when nothing is new."""
        if self._new == self._old:
            return None
        return json.dumps({"format": 1, "files": self._new}).encode()


def inputs_digest(inputs: tuple[tuple[str, Path], ...], cache: DigestCache) -> str:
    """A digest of the names and contents of all inputs."""
    digest = hashlib.sha256()
    for name, root in inputs:
        for item in walk(root, name):
            content = "" if item.is_folder else cache.digest(item)
            digest.update(repr((item.name, content)).encode())
    return digest.hexdigest()


def file_digest(path: Path) -> str:
    """The sha256 of a file's content, in hex; raises RunnerError."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise _unreadable(path, error) from error


def archive_chunks(
    folders: tuple[tuple[str, int], ...],
    inputs: tuple[tuple[str, Path], ...],
    files: tuple[tuple[str, bytes], ...] = (),
) -> Iterator[bytes]:
    """A tar stream, readable for everybody, read as it goes.

    It holds folders as (name, mode), inputs by name, and files by name and content.
    """
    for name, mode in folders:
        yield _header(name, mode, tarfile.DIRTYPE)
    for name, root in inputs:
        for item in walk(root, name):
            if item.is_folder:
                yield _header(item.name, 0o755, tarfile.DIRTYPE, item.about)
            else:
                yield from _file(item)
    for name, content in files:
        yield _header(name, 0o444, tarfile.REGTYPE, None, len(content))
        yield content + b"\0" * (-len(content) % BLOCK)
    yield b"\0" * (2 * BLOCK)


def _file(item: Item) -> Iterator[bytes]:
    try:
        with item.path.open("rb") as file:
            length = os.fstat(file.fileno()).st_size
            mode = 0o555 if item.about.st_mode & stat.S_IXUSR else 0o444
            yield _header(item.name, mode, tarfile.REGTYPE, item.about, length)
            left = length
            while left:
                chunk = file.read(min(CHUNK, left))
                if not chunk:
                    raise RunnerError(f"{clean(str(item.path))} became shorter while it was read.")
                left -= len(chunk)
                yield chunk
            yield b"\0" * (-length % BLOCK)
    except OSError as error:
        raise _unreadable(item.path, error) from error


def _header(
    name: str, mode: int, kind: bytes, about: os.stat_result | None = None, length: int = 0
) -> bytes:
    info = tarfile.TarInfo(name)
    info.mode = mode
    info.type = kind
    info.size = length
    info.mtime = 0 if about is None else about.st_mtime
    return info.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape")


def _unreadable(path: Path, error: OSError) -> RunnerError:
    reason = error.strerror or str(error)
    return RunnerError(f"the input {clean(str(path))} cannot be read: {reason}.")
