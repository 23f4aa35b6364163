"""Workspaces, served: for tests of the stub server and of the client."""

from __future__ import annotations

import http.client
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from resim_inspect.building.builder import DocumentBuilder
from runner.api.client.client import Client
from runner.api.stub_server.index_builder import ServedFolder, build_index
from runner.api.stub_server.thread_server import ThreadServer
from runner.workspace.layout import Workspace, open_workspace

TOKEN = "token-of-the-test"
SECRET = "secret-of-the-test"
MODIFIED = 1_767_323_045.678
"""Time at which every document was written: 2026-01-02 03:04:05.678 UTC."""
CREATED = "2026-01-02T03:04:05.678Z"


def document(name: str, *, metrics: int = 2, status: str = "PASSED") -> bytes:
    """A document with scalars, each with an indexed series of its own beside it."""
    b = DocumentBuilder(seed=name)
    times = b.times("clock", [0.0, 0.5])
    for number in range(metrics):
        b.scalar(f"scalar {number}", number + 0.5, unit="m", status=status)
        b.doubles(f"series {number}", [number, number + 1.0], unit="m", index=times)
    return b.bytes()


def write_job(folder: Path, name: str, data: bytes) -> Path:
    """Put a document into a workspace as a job's outputs."""
    path = folder / "jobs" / name / "outputs" / "metrics.binproto"
    path.parent.mkdir(parents=True)
    path.write_bytes(data)
    os.utime(path, (MODIFIED, MODIFIED))
    return path


def workspace(folder: Path, jobs: int = 2, metrics: int = 2) -> Workspace:
    """A workspace with that many jobs."""
    for number in range(jobs):
        write_job(folder, f"job-{number}", document(f"job-{number}", metrics=metrics))
    return open_workspace(folder)


class Served(NamedTuple):
    """A stub server that runs, and what it serves."""

    prepared: ServedFolder
    api: ThreadServer

    def get(self, path: str, token: str | None = TOKEN, method: str = "GET") -> tuple[int, Any]:
        """Status and JSON of the answer; bytes where it is not JSON."""
        connection = http.client.HTTPConnection("127.0.0.1", self.api.port, timeout=20)
        try:
            headers = {} if token is None else {"Authorization": f"Bearer {token}"}
            connection.request(method, path, headers=headers)
            answer = connection.getresponse()
            body = answer.read()
            json_body = answer.headers["Content-Type"] == "application/json" and body
            return answer.status, json.loads(body) if json_body else body
        finally:
            connection.close()

    @property
    def base(self) -> str:
        """The path of the first batch."""
        return f"/v1/projects/{self.prepared.project_id}/batches/{self.prepared.batch_ids[0]}"


@contextmanager
def served(folder: Path, *workspaces: Workspace, **options: Any) -> Iterator[Served]:
    """Serve workspaces for the length of a block; `folder` is for what is prepared."""
    prepared = build_index(workspaces, folder, token=TOKEN, secret=SECRET, **options)
    with ThreadServer(prepared.folder) as api:
        yield Served(prepared, api)


def job_blobs(client: Client, batch_id: UUID, job_id: str) -> tuple[list[bytes], list[bytes]]:
    """Download the metrics and the metrics data of a job, in the order of their lists."""
    metrics = [client.blob(row["metricURL"]) for row in client.metrics(batch_id, job_id)]
    data = client.metrics_data(batch_id, job_id)
    return metrics, [client.blob(row["metricsDataURL"]) for row in data]
