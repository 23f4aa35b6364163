"""Temporary folders of long calls, and the removal of those that killed processes left behind."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from runner.storage.fs import disk_errors, remove_tree
from runner.storage.lease import current_owner, is_stale, owner_record

SERVE_PREFIX = "resim-serve-"
"""Prefix of the folders of the stub server, which hold its token and copies of metrics."""
WORKER_PREFIX = "resim-worker-"
"""Prefix of the folders of workers, which hold inputs and outputs of jobs under way."""
REMOVE_STALE = "runner.storage.scratch:remove_stale"
_OWNER = ".owner"


@contextmanager
def scratch_folder(prefix: str) -> Iterator[Path]:
    """Create a folder for this user and process only, and remove it after the block.

    Folders with the same prefix whose processes have ended are removed first. Raises
    StorageError.
    """
    remove_stale(prefix)
    with disk_errors(Path(tempfile.gettempdir())):
        folder = Path(tempfile.mkdtemp(prefix=prefix))
    try:
        with disk_errors(folder):
            (folder / _OWNER).write_text(current_owner(), "utf-8")
        yield folder
    finally:
        remove_tree(folder)


def remove_stale(prefix: str) -> bool:
    """Remove the folders with a prefix whose processes have ended; return True if there were any.

    A task of the watchdog.
    """
    stale = stale_folders(prefix)
    for folder in stale:
        remove_tree(folder)
    return bool(stale)


def stale_folders(prefix: str) -> list[Path]:
    """Folders with a prefix of this user's processes that have ended."""
    return sorted(
        path
        for path in Path(tempfile.gettempdir()).glob(f"{prefix}*")
        if is_stale(owner_record(path, _OWNER))
    )
