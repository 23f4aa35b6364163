"""Files of this machine: looks at paths that never raise, and files that are written whole."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

MAX_FILES_FLUSHED = 100
"""Number of files above which they are not flushed one by one."""
MAX_SMALL = 256 << 20
"""Limit in bytes of a file that is read whole, such as the record of a run."""
_DEVICE_FOLDERS = {"/dev", "/dev/fd", "/proc/self/fd"}
"""Folders of which some names are links to what this process writes to, such as a pipe."""
_PREFIX_CHARACTERS = 50
"""Characters of a file's name in its temporary name, which stays below the 255 bytes that a file
system allows."""
_RANDOM_PART = 12 + len(".tmp")
"""Number of characters at the end of a temporary name: twelve random ones and `.tmp`."""


def expanded(text: str) -> Path:
    """Path of a text in which `~` and `~user` mean a home folder.

    Without such a user or home they are the names of files, as in a shell.
    """
    try:
        return Path(os.path.expanduser(text))  # noqa: PTH111 - Path raises for an unknown user
    except ValueError:
        # The name of a user has a NUL or half a character.
        return Path(text)


def absolute(path: Path) -> Path:
    """Absolute form of a path; the path itself if the working folder was removed."""
    try:
        return path.absolute()
    except OSError:
        return path


def exists(path: Path) -> bool:
    """Return True for a path that exists; False where it cannot be examined."""
    return os.path.exists(path)  # noqa: PTH110


def is_missing(path: Path) -> bool:
    """Return True for a path that does not exist; False where it cannot be examined."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except (OSError, ValueError):
        return False
    return False


def is_folder(path: Path) -> bool:
    """Return True for a folder; False where the path cannot be examined: its reader says why."""
    # Path.is_dir() raises for a parent without permission, and for a name that is too long.
    return os.path.isdir(path)  # noqa: PTH112


def is_file(path: Path) -> bool:
    """Return True for a regular file; False where the path cannot be examined."""
    return os.path.isfile(path)  # noqa: PTH113


def file_states(paths: Iterable[Path]) -> tuple[tuple[str, int, int, int], ...]:
    """Path, inode, size and time of the last change in ns of files; what is gone is left out."""
    states = []
    for path in paths:
        with suppress(OSError):
            status = path.stat()
            states.append((str(path), status.st_ino, status.st_size, status.st_mtime_ns))
    return tuple(states)


def read_small(path: Path, limit: int = MAX_SMALL) -> bytes:
    """Read a regular file of at most `limit` bytes; raises OSError for anything else.

    A pipe, which another program may have made, does not block the reader.
    """
    with open(path, "rb", opener=_open_at_once) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "it is not a regular file", str(path))
        data = file.read(limit + 1)
    if len(data) > limit:
        raise OSError(errno.EFBIG, f"it has more than {limit:,} bytes", str(path))
    return data


def read_end(path: Path, limit: int) -> bytes:
    """Read the last bytes of a file, at most `limit`; raises OSError."""
    with path.open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - limit))
        return file.read(limit)


def _open_at_once(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def is_socket(path: Path) -> bool:
    """Return True for a socket; False where the path cannot be examined."""
    try:
        return stat.S_ISSOCK(path.stat().st_mode)
    except (OSError, ValueError):
        return False


def is_open_to_all(folder: Path) -> bool:
    """Return True for a folder that every user may write to, or that cannot be examined."""
    if os.name != "posix":
        return False
    try:
        return bool(folder.stat().st_mode & stat.S_IWOTH)
    except OSError:
        return True


def is_temporary(name: str) -> bool:
    """Return True for a name under which `Staging` writes, or which a killed program has left."""
    prefix, random = name[:-_RANDOM_PART], name[-_RANDOM_PART : -len(".tmp")]
    named = len(prefix) > 2 and prefix[0] == prefix[-1] == "." and name.endswith(".tmp")
    return named and set(random) <= set("0123456789abcdef")


def remove_partial(path: Path) -> None:
    """Remove what killed programs have left of a file under temporary names; raises OSError.

    Only for the sole writer of the file: others may be writing it under such a name.
    """
    prefix = _temporary_prefix(path)
    with suppress(FileNotFoundError), os.scandir(path.parent) as entries:
        names = [entry.name for entry in entries if entry.name[:-_RANDOM_PART] == prefix]
        for name in filter(is_temporary, names):
            path.with_name(name).unlink(missing_ok=True)


def _temporary_prefix(path: Path) -> str:
    return f".{path.name[:_PREFIX_CHARACTERS]}."


def flush_file(path: Path) -> None:
    """Wait until the disk has the content of a file; raises OSError."""
    # Windows flushes only what is open for writing.
    descriptor = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def flush_files(paths: Sequence[Path]) -> None:
    """Wait until the disk has the content of files; raises OSError."""
    if len(paths) > MAX_FILES_FLUSHED and hasattr(os, "sync"):
        # Everything that this machine has not written yet takes less time than many single files.
        os.sync()
        return
    for path in paths:
        flush_file(path)


class Staging:
    """A set of files to be, under temporary names: `commit` gives them theirs, all verified.

    Leaving it without `commit` removes everything that it made. Only the user may read what is
    `private`. A device, such as /dev/null, is written to and stays.
    """

    def __init__(self, *, private: bool = False) -> None:
        self._private = private
        self._files: list[tuple[Path, Path]] = []
        self._folders: list[Path] = []

    def add(self, path: Path) -> Path:
        """Return the temporary path to write a file to; its folder is made. Raises OSError."""
        self._folders += make_folders(path.parent, private=self._private)
        # Other processes, threads and machines may write the same file at the same time.
        folder = _temporary_folder() if _is_device(path) else path.parent
        temporary = folder / f"{_temporary_prefix(path)}{os.urandom(6).hex()}.tmp"
        self._files.append((temporary, path))
        return temporary

    def write(self, path: Path, data: bytes) -> None:
        """Add a file with this content; raises OSError."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        descriptor = os.open(self.add(path), flags, 0o600 if self._private else 0o666)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)

    def commit(self, *, overwrite: bool = True, durable: bool = True) -> None:
        """Give the files their names, once the disk has them unless they are not `durable`.

        Raises OSError, of it FileExistsError for a name that is taken unless `overwrite`.
        """
        if durable:
            flush_files([temporary for temporary, _ in self._files])
        for temporary, path in self._files:
            if not overwrite:
                _move_to_free_name(temporary, path)
            elif _is_device(path):
                path.write_bytes(temporary.read_bytes())
                temporary.unlink()
            else:
                temporary.replace(path)
        self._files.clear()
        self._folders.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for temporary, _ in self._files:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
        for folder in reversed(self._folders):
            # Not empty: another program has put something into it.
            with suppress(OSError):
                folder.rmdir()


def write_whole(
    path: Path,
    data: bytes,
    *,
    private: bool = False,
    durable: bool = True,
    overwrite: bool = True,
) -> None:
    """Write a file whole or not at all: a reader sees the earlier file or the new one.

    Missing folders are created. Only the user may read a `private` file. A file that is not
    `durable` may be empty after a power cut, which saves the time of a disk. Raises OSError, of it
    FileExistsError for a file that exists unless `overwrite`.
    """
    with Staging(private=private) as staging:
        staging.write(path, data)
        staging.commit(overwrite=overwrite, durable=durable)


def make_folders(folder: Path, *, private: bool = False) -> list[Path]:
    """Create a folder and its parents; returns those that were missing. Raises OSError.

    Only the user may read the `private` ones.
    """
    made = []
    missing = [each for each in (folder, *folder.parents) if not exists(each)]
    for each in reversed(missing):
        # `parents=True` would create the parents of a private folder for all users.
        with suppress(FileExistsError):
            each.mkdir(mode=0o700 if private else 0o777)
            made.append(each)
    if not is_folder(folder):
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))
    return made


def _is_device(path: Path) -> bool:
    """Return True for a device, and for what the system names in its folders, as /dev/stdout.

    False for another link to a device, which is replaced as all links are.
    """
    if str(path.parent) in _DEVICE_FOLDERS:
        return exists(path)
    try:
        return stat.S_ISCHR(path.lstat().st_mode)
    except OSError:
        return False


def _temporary_folder() -> Path:
    # Imported for devices only: it takes time.
    from tempfile import gettempdir

    return Path(gettempdir())


def _move_to_free_name(temporary: Path, path: Path) -> None:
    """Rename a file unless the name is taken, also by a file that appears at this moment."""
    if os.name == "nt":
        temporary.rename(path)
        return
    try:
        path.hardlink_to(temporary)
    except FileExistsError:
        raise
    except OSError:
        # A file system without links.
        if path.exists() or path.is_symlink():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path)) from None
        temporary.rename(path)
    else:
        temporary.unlink()
