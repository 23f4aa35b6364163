"""The exchange of a client and its workers in an object store."""

from __future__ import annotations

from pathlib import Path

import pytest

from runner.errors import StorageError
from runner.executors.store_mirror import ClientMirror, WorkerMirror
from runner.storage.object_store import ObjectStore
from runner.workspace.run_record import RunRecord

pytest.importorskip("fsspec")


def test_a_file_that_a_worker_is_writing_stays(tmp_path: Path) -> None:
    store = ObjectStore(f"file://{tmp_path.as_posix()}/store")
    near, far = RunRecord(tmp_path / "client"), RunRecord(tmp_path / "worker")
    for folder in (near, far):
        folder.path.mkdir()
    client, worker = ClientMirror(store, "call", near), WorkerMirror(store, "call", far)
    (far.path / "node-1.jsonl").write_text("line\n")
    worker.exchange()
    partial = "node-1.000000000009.0123456789abcdef.tmp"
    store.write(f"call/events/{partial}", b"half a li")
    client.exchange()
    assert (near.path / "node-1.jsonl").read_text() == "line\n"
    assert store.names("call/events") == [partial]


def test_lines_that_cannot_be_written_here_stay_in_the_store(tmp_path: Path) -> None:
    store = ObjectStore(f"file://{tmp_path.as_posix()}/store")
    near = RunRecord(tmp_path / "client")
    near.path.write_text("a file in place of the folder")
    name = "node-1.000000000005"
    store.write(f"call/events/{name}", b"line\n")
    with pytest.raises(StorageError, match="cannot be written: Not a directory"):
        ClientMirror(store, "call", near).exchange()
    assert store.names("call/events") == [name]
