"""Claims on jobs: the file `run/claim.json` names the process that runs a job at this moment.

The lock of a workspace keeps two calls apart. Workers of a call on other machines may outlive it,
so each job is claimed as well: by a lock that the kernel releases with its holder, and by a lease
for file systems whose locks do not reach other machines.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock, Thread
from typing import NamedTuple

from runner.errors import RunnerError
from runner.storage.fs import disk_errors
from runner.storage.locks import is_open_file, try_lock
from runner.workspace.layout import RunFolder
from runner.workspace.process_identity import current_owner, is_local, is_stale
from runner.workspace.results import FORMAT
from runner.workspace.run_record import (
    HEARTBEAT,
    LEASE,
    MAX_CLAIM_BYTES,
    Holder,
    claim_path,
    holder_in,
)

POLL_INTERVAL = 0.2
"""Seconds between two attempts to take a claim that another process holds."""


class ClaimError(RunnerError):
    """Another process has a job and sends no heartbeat, so that its end cannot be awaited."""


class Claim(NamedTuple):
    """A claim of this process on a job."""

    path: Path
    descriptor: int
    taken_from: str = ""
    """Name of a holder that ended without giving it back; empty without one."""


@contextmanager
def claimed(
    run_folder: RunFolder,
    on_wait: Callable[[str], None],
    is_stopped: Callable[[], bool],
) -> Iterator[Claim | None]:
    """Hold the claim on a job; wait while another process has it. None if the wait was stopped.

    `on_wait` is called once with the name of the holder. Raises StorageError, and ClaimError
    for a holder that keeps its lock but sent no heartbeat within its lease.
    """
    claim = _acquire(claim_path(run_folder), on_wait, is_stopped)
    if claim is None:
        yield None
        return
    _RENEWER.add(claim.path)
    try:
        yield claim
    finally:
        _RENEWER.discard(claim.path)
        _release(claim)


def _acquire(
    path: Path, on_wait: Callable[[str], None], is_stopped: Callable[[], bool]
) -> Claim | None:
    with disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        waited = False
        while isinstance(taken := _try_claim(path, os.O_CREAT), Holder):
            if is_stopped():
                return None
            if not waited:
                on_wait(taken.name)
                waited = True
            if taken.seen and not taken.is_fresh:
                raise ClaimError(
                    f"{taken.name} has the job, and sent no heartbeat for {LEASE:.0f} s.",
                    "End that process, and run the job again.",
                )
            time.sleep(POLL_INTERVAL)
        _write(taken.descriptor)
    return taken


def is_claimed(run_folder: RunFolder) -> bool:
    """Return True if another process runs a job at this moment; raises StorageError."""
    path = claim_path(run_folder)
    with disk_errors(path), suppress(FileNotFoundError, NotADirectoryError):
        taken = _try_claim(path)
        if isinstance(taken, Holder):
            return True
        os.close(taken.descriptor)
    return False


def _try_claim(path: Path, flags: int = 0) -> Claim | Holder:
    """Lock the claim, whose content stays, or return its holder; raises OSError."""
    flags |= os.O_RDWR | getattr(os, "O_NOFOLLOW", 0)
    while True:
        descriptor = os.open(path, flags, 0o666)
        try:
            locked = try_lock(descriptor)
            if locked and not is_open_file(path, descriptor):
                # Its holder has removed the file, and released the lock.
                os.close(descriptor)
                continue
            holder = _holder_of(descriptor)
            if not locked or _has_lease(holder):
                os.close(descriptor)
                return holder or Holder("", 0.0)
            return Claim(path, descriptor, "" if holder is None else holder.name)
        except BaseException:
            with suppress(OSError):
                os.close(descriptor)
            raise


def _has_lease(holder: Holder | None) -> bool:
    """Return True for a holder whose lock may not reach this machine, and which is alive."""
    if holder is None or is_stale(holder.identity):
        return False
    return not is_local(holder.identity) and holder.is_fresh


def _holder_of(descriptor: int) -> Holder | None:
    try:
        os.lseek(descriptor, 0, os.SEEK_SET)
        return holder_in(os.read(descriptor, MAX_CLAIM_BYTES), os.fstat(descriptor).st_mtime)
    except OSError:
        return None


def _write(descriptor: int) -> None:
    owner = current_owner()
    values = {"format": FORMAT, "host": owner.partition("/")[0], "identity": owner}
    os.ftruncate(descriptor, 0)
    os.lseek(descriptor, 0, os.SEEK_SET)
    os.write(descriptor, json.dumps(values).encode() + b"\n")


def _release(claim: Claim) -> None:
    if sys.platform == "win32":
        # There an open file cannot be removed.
        os.close(claim.descriptor)
        with suppress(OSError):
            claim.path.unlink()
        return
    with suppress(OSError):
        # The folder of the job may be gone.
        claim.path.unlink()
    os.close(claim.descriptor)


class _ClaimRenewer:
    """Renews the leases of all claims of this process, from one thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._paths: set[Path] = set()
        self._thread: Thread | None = None

    def add(self, path: Path) -> None:
        """Renew the lease of a claim from now on."""
        with self._lock:
            self._paths.add(path)
            if self._thread is None:
                self._thread = Thread(target=self._send_heartbeats, name="claims", daemon=True)
                self._thread.start()

    def discard(self, path: Path) -> None:
        """Stop to renew the lease of a claim."""
        with self._lock:
            self._paths.discard(path)

    def _send_heartbeats(self) -> None:
        while True:
            time.sleep(HEARTBEAT)
            with self._lock:
                paths = tuple(self._paths)
            for path in paths:
                with suppress(OSError):
                    os.utime(path)


_RENEWER = _ClaimRenewer()
