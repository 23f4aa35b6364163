"""Copies of the exchange between a client and its workers in an object store.

Client and worker use files of their own folders. A mirror takes the lines that workers leave to the
client, as a new file each time, and the requests to stop of the client to the workers.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Event, Lock, Thread

from runner.errors import StorageError
from runner.executors.remote_job import EVENTS_SUFFIX
from runner.storage.fs import disk_errors
from runner.storage.object_store import ObjectStore
from runner.workspace.run_record import RunRecord

POLL_INTERVAL = 1.0
"""Seconds between two looks at the store, each of which is a request."""


class ClientMirror:
    """The client's end: lines of workers come in, requests to stop go out."""

    def __init__(self, store: ObjectStore, name: str, folder: RunRecord) -> None:
        self._store, self._name, self._folder = store, name, folder
        self._lock = Lock()
        self._sent = b""

    def exchange(self) -> None:
        """Take what has come in, and send new requests; raises StorageError."""
        with self._lock:
            requests = _content(self._folder.stop)
            if requests != self._sent:
                self._store.write(f"{self._name}/stop", requests)
                self._sent = requests
            for file in self._store.names(f"{self._name}/events"):
                worker, _, rest = file.rpartition(".")
                # Its name ends with a number; the part before it is the name of the worker.
                if not (worker and rest.isdecimal()):
                    # A worker may be writing it now, under a temporary name.
                    continue
                data = self._store.read(f"{self._name}/events/{file}")
                if data is not None:
                    _append(self._folder.path / f"{Path(worker).name}{EVENTS_SUFFIX}", data)
                self._store.remove(f"{self._name}/events/{file}")


class WorkerMirror:
    """A worker's end: its lines go out, requests to stop come in."""

    def __init__(self, store: ObjectStore, name: str, folder: RunRecord) -> None:
        self._store, self._name, self._folder = store, name, folder
        self._lock = Lock()
        self._sent: dict[str, int] = {}
        self._known = 0

    def exchange(self) -> None:
        """Send new lines, and take new requests; raises StorageError."""
        with self._lock:
            for path in self._folder.path.glob(f"*{EVENTS_SUFFIX}"):
                data = _content(path)
                start = self._sent.get(path.stem, 0)
                if len(data) > start:
                    # Sorted by name, they come in the order of their lines.
                    file = f"{path.stem}.{len(data):012}"
                    self._store.write(f"{self._name}/events/{file}", data[start:])
                    self._sent[path.stem] = len(data)
            requests = self._store.read(f"{self._name}/stop") or b""
            if len(requests) > self._known:
                _append(self._folder.stop, requests[self._known :])
                self._known = len(requests)


def keep_exchanging(exchange: Callable[[], None], ended: Event) -> None:
    """Exchange again and again, in a thread, until the event is set."""

    def run() -> None:
        while not ended.wait(POLL_INTERVAL):
            # A store that does not answer now may do so the next time.
            with suppress(StorageError, OSError):
                exchange()

    Thread(target=run, name="exchange through storage", daemon=True).start()


def _content(path: Path) -> bytes:
    with suppress(OSError):
        return path.read_bytes()
    return b""


def _append(path: Path, data: bytes) -> None:
    with disk_errors(path), path.open("ab") as file:
        file.write(data)
