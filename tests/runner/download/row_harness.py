"""Rows of a server's lists: logs, files and values of any kind."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

from resim_inspect.schema import metrics_pb2 as pb
from runner.download.selection import DownloadSelection
from tests.api.misbehaving_server import MisbehavingServer, answer, document
from tests.runner.fetch_harness import BASE, job_id

ALL = DownloadSelection(logs=True, files=True)
NUMBERS = count()


def rows_of(server: MisbehavingServer, job: int, kind: str) -> list[dict[str, Any]]:
    """Rows that the server has for a list of a job."""
    script = dict(server.scripts())[f"{BASE}/jobs/{job_id(job)}/{kind}"]
    body = json.loads(_sent(script[0]).partition(b"\r\n\r\n")[2])
    rows: list[dict[str, Any]] = body[kind]
    return rows


def _sent(behave: Callable[..., bool]) -> bytes:
    class Client:
        data = b""

        def sendall(self, data: bytes) -> None:
            self.data += data

    client = Client()
    behave(client)
    return client.data


def put_rows(server: MisbehavingServer, job: int, kind: str, rows: list[Any]) -> None:
    server.on(f"{BASE}/jobs/{job_id(job)}/{kind}", document({kind: rows}))


def file_row(server: MisbehavingServer, name: str, content: bytes, **more: Any) -> dict[str, Any]:
    """Row of a log of the simulation, or with `executionStep` METRICS, of the build."""
    number = next(NUMBERS)
    url = server.on(f"/file/{number}", answer(200, content))
    row = {"logID": f"log {number}", "filePath": name, "fileName": name, "fileSize": len(content)}
    return {**row, "executionStep": "EXPERIENCE", "logOutputLocation": url, **more}


def external_row(server: MisbehavingServer, name: str, content: bytes) -> dict[str, Any]:
    number = next(NUMBERS)
    url = server.on(f"/file/{number}", answer(200, content))
    row = {"dataID": f"data {number}", "name": f"file {number}", "filename": name}
    return {**row, "metricsDataType": "EXTERNAL_FILE", "metricsDataURL": url}


def offer_logs(server: MisbehavingServer) -> MisbehavingServer:
    """Offer logs of each job, and none of the batch itself."""
    for number in range(3):
        put_rows(server, number, "logs", [file_row(server, "a/log.txt", b"log")])
    server.on(f"{BASE}/logs", document({}))
    return server


def message_of(folder: Path, job: int) -> pb.JobMetrics:
    path = folder / f"jobs/flight {job}/outputs/metrics.binproto"
    return pb.JobMetrics.FromString(path.read_bytes())


ODD_VALUES: list[Any] = [
    "\ud800",
    "\x1b[2J\u202e\0",
    "x" * 70_000,
    "",
    None,
    True,
    -(10**400),
    10**18,
    1e308,
    [],
    {"a": ["\udfff"]},
]
