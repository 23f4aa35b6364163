"""The exchange of a client and its workers in an object store."""

from __future__ import annotations

from pathlib import Path

import pytest

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
