"""Files and folders of this machine: atomic writes, removal, and disk errors as StorageError."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from resim_inspect.files import flush_files, is_folder, remove_partial, write_whole
from resim_inspect.text import clean
from runner.errors import StorageError


@contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turn every OSError of this machine's disk into a StorageError that names the folder."""
    try:
        yield
    except OSError as error:
        folder = path if is_folder(path) else path.parent
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise StorageError(
                f"the disk is full: {clean(str(folder))}.", "Free some space and run again."
            ) from error
        reason = error.strerror or str(error)
        raise StorageError(f"{clean(str(path))} cannot be written: {reason}.") from error


def write_atomic(path: Path, data: bytes, *, private: bool = False, durable: bool = True) -> None:
    """Write a file whole or not at all, as `write_whole` does; raises StorageError."""
    with disk_errors(path):
        write_whole(path, data, private=private, durable=durable)


def write_locked(path: Path, data: bytes, *, durable: bool = True) -> None:
    """Write a file whole, and remove what killed programs left of it; raises StorageError.

    Only for files that a lock or a claim which this process holds keeps others from writing.
    """
    with disk_errors(path):
        remove_partial(path)
    write_atomic(path, data, durable=durable)


def flush_tree(folder: Path) -> None:
    """Wait until the disk has the content of all files below a folder; raises OSError.

    Then a record that they are complete holds after a power cut too.
    """
    flush_files([path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()])


def remove_link(path: Path) -> None:
    """Remove a path that is a link; raises StorageError.

    A workspace from elsewhere may have one in place of a file that is written in place, which
    would be written to the link's target.
    """
    with disk_errors(path):
        if path.is_symlink():
            path.unlink()


def remove_tree(path: Path) -> None:
    """Remove a folder or a link, if it exists; parts of a folder that cannot be removed stay.

    Raises OSError for a link that cannot be removed.
    """
    if path.is_symlink():
        path.unlink()
    elif path.exists():
        shutil.rmtree(path, ignore_errors=True)
