"""Files that are written under temporary names and renamed together once all are verified."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from resim_inspect.files import flush_files


class Staging:
    """A set of files to be; leaving it without `commit` removes everything that it made."""

    def __init__(self) -> None:
        self._files: list[tuple[Path, Path]] = []
        self._folders: list[Path] = []

    def add(self, path: Path) -> Path:
        """Return the temporary path to write a file to; its folder is made. Raises OSError."""
        self._make(path.parent)
        temporary = path.with_name(f".export-{os.getpid()}-{len(self._files)}.tmp")
        self._files.append((temporary, path))
        return temporary

    def _make(self, folder: Path) -> None:
        if folder.is_dir():
            return
        self._make(folder.parent)
        folder.mkdir()
        self._folders.append(folder)

    def commit(self, *, overwrite: bool = True) -> None:
        """Wait until the disk has the files, and give them their names.

        Raises OSError, of it FileExistsError for a name that is taken unless `overwrite`.
        """
        flush_files([temporary for temporary, _ in self._files])
        for temporary, path in self._files:
            if overwrite:
                temporary.replace(path)
            else:
                _move_to_free_name(temporary, path)
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


def write_bytes(path: Path, content: bytes, *, overwrite: bool = True) -> None:
    """Write a file whole or not at all.

    Raises OSError, of it FileExistsError for a file that exists unless `overwrite`.
    """
    with Staging() as staging:
        staging.add(path).write_bytes(content)
        staging.commit(overwrite=overwrite)


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
