"""Signs of life of the process that owns the record of a run."""

from __future__ import annotations

import os
from contextlib import suppress
from threading import Event, Thread
from typing import Self

from runner.workspace.process_identity import current_owner
from runner.workspace.run_record import HEARTBEAT, RunRecord, read_owner


class Heartbeat:
    """Renews the lease of this process on a record while it is entered, from its own thread.

    A record that another process has taken over since then is left alone.
    """

    def __init__(self, record: RunRecord, interval: float = HEARTBEAT) -> None:
        self._record = record
        self._interval = interval
        self._closed = Event()
        self._thread = Thread(target=self._send_heartbeats, name="heartbeat", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closed.set()

    def _send_heartbeats(self) -> None:
        while not self._closed.wait(self._interval):
            with suppress(OSError):
                if is_own(self._record):
                    os.utime(self._record.owner)


def is_own(record: RunRecord) -> bool:
    """Return True if this process owns a record."""
    reading = read_owner(record)
    return reading is not None and reading.owner.identity == current_owner()
