"""Temporary folders of long calls, and the removal of those that killed processes left behind."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from runner.storage.fs import disk_errors, remove_tree
from runner.storage.lease import current_owner, is_stale, owner_record


class ScratchKind(NamedTuple):
    """A kind of temporary folder, whose name begins with a prefix."""

    prefix: str
    owner: str
    owners: str
    """Owners in words, after `owner` for one: `server`, `servers`."""
    about: str
    """Sentence on its content, and on what removes one that was left behind."""


SERVE_PREFIX = "resim-serve-"
WORKER_PREFIX = "resim-worker-"
DEMO_PREFIX = "resim-demo-"
SCHEDULER_PREFIX = "resim-doctor-"
SCRATCH_KINDS = (
    ScratchKind(
        SERVE_PREFIX,
        "server",
        "servers",
        "Each holds copies of metrics; the next `resim-runner serve` removes it.",
    ),
    ScratchKind(
        WORKER_PREFIX,
        "worker",
        "workers",
        "Each holds inputs and outputs of jobs; `resim-runner clean` or the next worker that uses"
        " a storage removes it.",
    ),
    ScratchKind(
        DEMO_PREFIX,
        "demo",
        "demos",
        "Each holds generated flights and their results; the next `resim-runner demo` removes it.",
    ),
    ScratchKind(
        SCHEDULER_PREFIX,
        "check of Slurm",
        "checks of Slurm",
        "Each holds logs of a scheduler; the next `resim-runner doctor` with Slurm removes it.",
    ),
)
"""All kinds of temporary folders that a killed process leaves behind on this machine."""
REMOVE_STALE = "runner.storage.scratch:remove_stale"
REMOVE_FOLDER = "runner.storage.scratch:remove_folder"
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


def remove_folder(path: str) -> bool:
    """Remove a folder; return True if it existed. A task of the watchdog."""
    existed = Path(path).exists()
    remove_tree(Path(path))
    return existed


def stale_folders(prefix: str) -> list[Path]:
    """Folders with a prefix of this user's processes that have ended."""
    return sorted(
        path
        for path in Path(tempfile.gettempdir()).glob(f"{prefix}*")
        if is_stale(owner_record(path, _OWNER))
    )
