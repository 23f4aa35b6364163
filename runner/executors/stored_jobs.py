"""Jobs whose inputs and outputs pass through an object store, since no folder is shared.

The store has, below the id of the workspace: `inputs/DIGEST` with the files of inputs and
`inputs/DIGEST.json` that lists them, `jobs/NAME/done.json` with a result and the list of its files
in `jobs/NAME/ATTEMPT/`, `jobs/NAME/claim.json`, and `calls/ID` for events and requests to stop.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import quote

from resim_inspect.text import clean
from runner.errors import StorageError
from runner.executors.remote_job import RemoteJob
from runner.storage.object_store import ObjectStore
from runner.storage.stored_files import StoredFile, as_values, from_values
from runner.workspace.results import FORMAT, JobResult, result_from_values
from runner.workspace.run_events import text_of


class StoredJob(NamedTuple):
    """A job as a worker gets it that sees no folder of the client."""

    remote: RemoteJob
    url: str
    workspace: str
    """Id of the workspace, below which all names are."""
    inputs: str
    """Digest of the inputs."""


@dataclass(frozen=True)
class Done:
    """A result in a store, and the files of its attempt."""

    result: JobResult
    attempt: str
    files: tuple[StoredFile, ...]

    def as_bytes(self) -> bytes:
        """Return the content of `done.json`."""
        values = {
            "format": FORMAT,
            "result": self.result.as_dict(),
            "attempt": self.attempt,
            "files": as_values(self.files),
        }
        return json.dumps(values).encode()


class StoredNames(NamedTuple):
    """Names of the files of one workspace in a store."""

    workspace: str

    def inputs(self, digest: str) -> str:
        """Return the folder of inputs; their list has the same name with `.json`."""
        return f"{self.workspace}/inputs/{digest}"

    def job(self, name: str) -> str:
        """Return the folder of a job."""
        return f"{self.workspace}/jobs/{quote(name, safe='', errors='surrogateescape')}"

    def done(self, name: str) -> str:
        """Return the file with the result of a job."""
        return f"{self.job(name)}/done.json"

    def call(self, call_id: str) -> str:
        """Return the folder of the events and the requests of a call."""
        return f"{self.workspace}/calls/{call_id}"


def write_list(store: ObjectStore, name: str, files: Iterable[StoredFile]) -> None:
    """Write the list of the files of a folder, when all of them are there."""
    values = {"format": FORMAT, "files": as_values(files)}
    store.write(f"{name}.json", json.dumps(values).encode())


def read_list(store: ObjectStore, name: str) -> list[StoredFile] | None:
    """Read the list of the files of a folder; None if it is missing; raises StorageError."""
    data = store.read(f"{name}.json")
    if data is None:
        return None
    try:
        return from_values(_object(data).get("files"))
    except ValueError as error:
        raise _damaged(store, f"{name}.json", error) from error


def read_done(store: ObjectStore, name: str) -> Done | None:
    """Read the result of a job; None if it is missing; raises StorageError."""
    data = store.read(name)
    if data is None:
        return None
    try:
        values = _object(data)
        attempt = text_of(values.get("attempt"))
        if not attempt.isalnum():
            raise ValueError("has no attempt")
        files = tuple(from_values(values.get("files")))
        return Done(result_from_values(values.get("result")), attempt, files)
    except ValueError as error:
        raise _damaged(store, name, error) from error


def _object(data: bytes) -> dict[str, Any]:
    try:
        values: Any = json.loads(data)
    except RecursionError as error:
        raise ValueError("is nested too deeply") from error
    if not isinstance(values, dict) or values.get("format") != FORMAT:
        raise ValueError("is not an object of this format")
    return values


def _damaged(store: ObjectStore, name: str, error: ValueError) -> StorageError:
    shown = clean(f"{store.url}/{name}")
    return StorageError(f"{shown} {clean(str(error), 120)}.", "Remove it, and run again.")
