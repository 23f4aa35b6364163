"""Staging folders beside `--outputs`: new outputs replace earlier ones as a whole or not at all.

One run at a time has the staging folder of an outputs folder. What a killed run left there is
recovered by the next one, or by the run's watchdog with the standard library only.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from resim_inspect.text import clean
from runner.errors import RunnerError
from runner.storage.fs import disk_errors, flush_tree, remove_tree
from runner.storage.locks import is_open_file, try_lock
from runner.storage.watchdog import WATCHDOG

NEW = "outputs"
OLD = "old"
RECOVER = "runner.storage.staging:recover"


@contextmanager
def staging_folder(outputs: Path) -> Iterator[Path]:
    """Create a folder beside the outputs, which is removed at the end.

    Raises RunnerError if another run has one, and StorageError.
    """
    outputs = outputs.absolute()
    with disk_errors(outputs):
        outputs.parent.mkdir(parents=True, exist_ok=True)
        lock = _locked(outputs)
        if lock is None:
            raise RunnerError(
                f"another run is active with --outputs {clean(str(outputs))}.",
                "Wait for it, or name another folder.",
            )
        try:
            WATCHDOG.guard(RECOVER, str(outputs))
            _recover(outputs)
            folder = Path(tempfile.mkdtemp(prefix=_prefix(outputs), dir=outputs.parent))
        except BaseException:
            _unlock(outputs, lock)
            raise
    try:
        yield folder
    finally:
        remove_tree(folder)
        _unlock(outputs, lock)


def failed_folder(outputs: Path) -> Path:
    """Return the path of what a failed run wrote, beside good outputs."""
    return outputs.with_name(f"{outputs.name}.failed")


def swap_in(folder: Path, target: Path) -> None:
    """Replace `target` by the new outputs in a staging folder; raises StorageError.

    `recover` completes what a crash interrupts.
    """
    with disk_errors(target):
        flush_tree(folder / NEW)
        if target.exists():
            target.rename(folder / OLD)
        (folder / NEW).rename(target)


def recover(outputs: str) -> bool:
    """Recover the outputs of a run that was killed; return True if it left anything."""
    path = Path(outputs)
    left = any(path.parent.glob(_prefix(path) + "*")) or _lock_path(path).exists()
    lock = _locked(path) if left else None
    if lock is None:
        # Nothing is left, or another run has begun, which has recovered them.
        return False
    try:
        _recover(path)
    finally:
        _unlock(path, lock)
    return True


def _recover(outputs: Path) -> None:
    for stale in outputs.parent.glob(_prefix(outputs) + "*"):
        if (stale / OLD).exists() and not outputs.exists():
            # The earlier outputs are moved away only when the new ones are complete.
            origin = stale / NEW if (stale / NEW).exists() else stale / OLD
            origin.rename(outputs)
        remove_tree(stale)


def _prefix(outputs: Path) -> str:
    return f".{outputs.name}.resim-staging-"


def _lock_path(outputs: Path) -> Path:
    return outputs.with_name(f".{outputs.name}.resim-lock")


def _locked(outputs: Path) -> int | None:
    """Lock the outputs; return the open lock file, or None if another process holds the lock."""
    path = _lock_path(outputs)
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            if not try_lock(descriptor):
                os.close(descriptor)
                return None
            # Its last holder may have removed the file in the meantime.
            if is_open_file(path, descriptor):
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


def _unlock(outputs: Path, descriptor: int) -> None:
    with suppress(OSError):
        _lock_path(outputs).unlink()
    os.close(descriptor)
