"""Claims on jobs in an object store, which has no locks: a file with a lease, created exclusively.

A holder rewrites its claim again and again. A claim that has not changed for a lease, by the clock
of a waiting process, is taken over. In rare cases two processes take it over at once, and both run
the job: each writes files of its own, and the result that is recorded last counts.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread
from typing import Any
from uuid import uuid4

from runner.errors import StorageError
from runner.storage.claims import ClaimError
from runner.storage.object_store import ObjectStore
from runner.workspace.process_identity import current_owner, is_stale
from runner.workspace.results import FORMAT
from runner.workspace.run_events import text_of
from runner.workspace.run_record import HEARTBEAT, LEASE, Holder

POLL_INTERVAL = 2.0
"""Seconds between two looks at a claim that another process holds: each is a request."""
TAKEOVER_DELAY = 1.0
"""Seconds after a takeover in which another process may have taken over as well."""


class StoreClaim:
    """A claim of this process."""

    def __init__(self, store: ObjectStore, name: str, taken_from: str = "") -> None:
        self._store = store
        self._name = name
        self._id = uuid4().hex
        self._heartbeat_number = 0
        self.taken_from = taken_from
        """Name of a holder that ended without giving it back; empty without one."""

    def content(self) -> bytes:
        """Return the content of the claim, which is another one each time."""
        self._heartbeat_number += 1
        values = {"format": FORMAT, "identity": current_owner(), "id": self._id}
        return json.dumps(values | {"beats": self._heartbeat_number}).encode()

    def is_held(self) -> bool:
        """Return True if no other process has taken it over; raises StorageError."""
        return text_of(_value(self._store.read(self._name), "id")) == self._id

    def renew(self) -> None:
        """Send a heartbeat; raises StorageError."""
        if self.is_held():
            self._store.write(self._name, self.content())

    def release(self) -> None:
        """Give the claim back, unless another process has it; a failure leaves it to its lease."""
        with suppress(StorageError):
            if self.is_held():
                self._store.remove(self._name)

    def check(self) -> None:
        """Raise ClaimError if another process has taken the job over."""
        if not self.is_held():
            raise ClaimError(
                "another worker has taken the job over.",
                "Run again to get the result of that worker.",
            )


@contextmanager
def claimed_in(
    store: ObjectStore,
    name: str,
    on_wait: Callable[[str], None],
    is_stopped: Callable[[], bool],
) -> Iterator[StoreClaim | None]:
    """Hold a claim; wait while another process has it. None if the wait was stopped.

    `on_wait` is called once with the name of the holder. Raises StorageError.
    """
    claim = _acquire(store, name, on_wait, is_stopped)
    if claim is None:
        yield None
        return
    ended = Event()
    Thread(
        target=_send_heartbeats, args=(claim, ended), name="claim in storage", daemon=True
    ).start()
    try:
        yield claim
    finally:
        ended.set()
        claim.release()


def _acquire(
    store: ObjectStore,
    name: str,
    on_wait: Callable[[str], None],
    is_stopped: Callable[[], bool],
) -> StoreClaim | None:
    seen, since, waited = b"", 0.0, False
    while True:
        claim = StoreClaim(store, name)
        if store.create(name, claim.content()):
            return claim
        content = store.read(name)
        if content is None:
            continue
        if content != seen:
            seen, since = content, time.monotonic()
        identity = text_of(_value(content, "identity"))
        holder = Holder(identity, 0.0)
        if is_stale(identity) or time.monotonic() - since > LEASE:
            claim = StoreClaim(store, name, holder.name)
            store.write(name, claim.content())
            time.sleep(TAKEOVER_DELAY)
            if claim.is_held():
                return claim
            continue
        if is_stopped():
            return None
        if not waited:
            on_wait(holder.name)
            waited = True
        time.sleep(POLL_INTERVAL)


def _value(content: bytes | None, key: str) -> Any:
    try:
        values: Any = json.loads(content or b"")
    except (ValueError, RecursionError):
        return None
    return values.get(key) if isinstance(values, dict) else None


def _send_heartbeats(claim: StoreClaim, ended: Event) -> None:
    while not ended.wait(HEARTBEAT):
        # A storage that does not answer now may do so before the lease ends.
        with suppress(StorageError):
            claim.renew()
