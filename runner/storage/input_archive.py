"""Input files of a build: listing, digests with a cache, and a tar archive."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from resim_inspect.files import read_small
from resim_inspect.text import clean
from runner.errors import RunnerError

BLOCK = 512
CHUNK = 1 << 20
# A file that changes twice within this many ns may keep its times: no digest is cached.
STABLE_AGE_NS = 2_000_000_000


class Item(NamedTuple):
    """A file or folder of an input, with its `/`-separated name."""

    name: str
    path: Path
    file_stat: os.stat_result
    linked: bool
    """True if it is a link or is reached through one, below the input itself."""

    @property
    def is_folder(self) -> bool:
        """True for a folder."""
        return stat.S_ISDIR(self.file_stat.st_mode)


def walk(root: Path, name: str) -> Iterator[Item]:
    """Yield an input and everything below it, sorted, following links; raises RunnerError.

    A folder that contains itself through a link is listed once. Pipes, sockets and devices are
    omitted, since reading them could block.
    """
    try:
        file_stat = root.stat()
    except OSError as error:
        raise _unreadable(root, error) from error
    yield from _walk(root, name, file_stat, False, frozenset())


def _walk(
    path: Path,
    name: str,
    file_stat: os.stat_result,
    linked: bool,
    above: frozenset[tuple[int, int]],
) -> Iterator[Item]:
    if stat.S_ISREG(file_stat.st_mode):
        yield Item(name, path, file_stat, linked)
        return
    key = (file_stat.st_dev, file_stat.st_ino)
    if not stat.S_ISDIR(file_stat.st_mode) or key in above:
        return
    yield Item(name, path, file_stat, linked)
    try:
        with os.scandir(path) as entries:
            sorted_entries = sorted(entries, key=lambda entry: entry.name)
        for entry in sorted_entries:
            is_link = entry.is_symlink()
            try:
                inner = entry.stat()
            except FileNotFoundError:
                # A broken link counts as no file.
                continue
            inner_name = f"{name}/{entry.name}"
            yield from _walk(Path(entry), inner_name, inner, linked or is_link, above | {key})
    except OSError as error:
        raise _unreadable(path, error) from error


def must_be_copied(root: Path) -> bool:
    """Return True if a mount would hide a part of an input from an unprivileged user.

    It would hide what others may not read, and targets of links outside the mount.
    """
    for item in walk(root, ""):
        needed = stat.S_IROTH | (stat.S_IXOTH if item.is_folder else 0)
        if item.linked or item.file_stat.st_mode & needed != needed:
            return True
    return False


class DigestCache:
    """Cache of file digests, keyed by name and valid for equal size, times and inode."""

    def __init__(self, path: Path | None = None, now_ns: int = 0) -> None:
        self._now = now_ns
        self._old: dict[str, list[object]] = {}
        self._new: dict[str, list[object]] = {}
        if path is not None:
            try:
                values = json.loads(read_small(path))
            except (OSError, ValueError, RecursionError):
                values = {}
            if isinstance(values, dict) and isinstance(values.get("files"), dict):
                self._old = values["files"]

    def digest(self, item: Item) -> str:
        """Digest of a file: sha256 in hex."""
        file_stat = item.file_stat
        times = [file_stat.st_size, file_stat.st_mtime_ns, file_stat.st_ctime_ns, file_stat.st_ino]
        known = self._old.get(item.name)
        if isinstance(known, list) and known[:4] == times and isinstance(known[-1], str):
            value = known[-1]
        else:
            value = file_digest(item.path)
        if max(file_stat.st_mtime_ns, file_stat.st_ctime_ns) < self._now - STABLE_AGE_NS:
            self._new[item.name] = [*times, value]
        return value

    def as_bytes(self) -> bytes | None:
        """Serialize the cache; None if it has not changed."""
        if self._new == self._old:
            return None
        return json.dumps({"format": 1, "files": self._new}).encode()


def inputs_digest(inputs: tuple[tuple[str, Path], ...], cache: DigestCache) -> str:
    """Digest of the names and contents of all inputs."""
    digest = hashlib.sha256()
    for name, root in inputs:
        for item in walk(root, name):
            content = "" if item.is_folder else cache.digest(item)
            digest.update(repr((item.name, content)).encode())
    return digest.hexdigest()


def file_digest(path: Path) -> str:
    """Digest of a file's content: sha256 in hex; raises RunnerError."""
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
    """Yield a tar stream with read permission for all users; files are read while it is made.

    It has folders as (name, mode), inputs by name, and files by name and content.
    """
    for name, mode in folders:
        yield _header(name, mode, tarfile.DIRTYPE)
    for name, root in inputs:
        for item in walk(root, name):
            if item.is_folder:
                yield _header(item.name, 0o755, tarfile.DIRTYPE, item.file_stat)
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
            mode = 0o555 if item.file_stat.st_mode & stat.S_IXUSR else 0o444
            yield _header(item.name, mode, tarfile.REGTYPE, item.file_stat, length)
            left = length
            while left:
                chunk = file.read(min(CHUNK, left))
                if not chunk:
                    raise RunnerError(f"{clean(str(item.path))} was truncated while it was read.")
                left -= len(chunk)
                yield chunk
            yield b"\0" * (-length % BLOCK)
    except OSError as error:
        raise _unreadable(item.path, error) from error


def _header(
    name: str, mode: int, kind: bytes, file_stat: os.stat_result | None = None, length: int = 0
) -> bytes:
    info = tarfile.TarInfo(name)
    info.mode = mode
    info.type = kind
    info.size = length
    info.mtime = 0 if file_stat is None else file_stat.st_mtime
    return info.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape")


def _unreadable(path: Path, error: OSError) -> RunnerError:
    reason = error.strerror or str(error)
    return RunnerError(f"the input {clean(str(path))} cannot be read: {reason}.")
