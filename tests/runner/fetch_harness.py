"""Batches to fetch, from a server that behaves as it is told, and what came of them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from resim_inspect.building.builder import DocumentBuilder
from runner.api.client.client import Client
from runner.api.client.retry import RetryPolicy
from runner.download.batch import Fetched, Watch, fetch_batch
from runner.download.selection import DownloadSelection
from runner.download.store import Target
from runner.redact import Secrets
from tests.api.misbehaving_server import MisbehavingServer, answer, document

ROOT = Path(__file__).parents[2]
PROJECT = UUID("0b2f5c1e-5b0e-4c58-8a1f-3d6a0c9e7f21")
BATCH = UUID("11111111-5b0e-4c58-8a1f-3d6a0c9e7f21")
BASE = f"/projects/{PROJECT}/batches/{BATCH}"
TOKEN = "token-of-the-fetch"


def job_id(number: int) -> str:
    return str(uuid5(BATCH, f"job {number}"))


def job_row(number: int, **more: Any) -> dict[str, Any]:
    status = {"jobStatus": "SUCCEEDED", "jobMetricsStatus": "PASSED"}
    return {"jobID": job_id(number), "experienceName": f"flight {number}", **status, **more}


def offer(server: MisbehavingServer, jobs: int = 3, metrics: int = 2) -> None:
    """A batch of jobs, each with scalars, series of numbers and an event."""
    server.on(f"{BASE}/jobs", document({"jobs": [job_row(n) for n in range(jobs)]}))
    for number in range(jobs):
        b = DocumentBuilder(seed=f"job {number}")
        for each in range(metrics):
            b.scalar(f"scalar {each}", each + 0.5, unit="m")
            b.doubles(f"series {each}", [each, each + 1.0], unit="m")
        message = b.message()
        base = f"{BASE}/jobs/{job_id(number)}"
        rows = []
        for position, metric in enumerate(message.job_level_metrics.metrics):
            url = server.on(
                f"/blob/{number}/metric/{position}", answer(200, metric.SerializeToString())
            )
            metric_id = metric.metric_id.id.data
            row = {
                "metricID": metric_id,
                "name": metric.name,
                "metricURL": url,
                "value": position + 0.5,
            }
            rows.append({**row, "status": "PASSED", "type": "SCALAR", "unit": "m"})
        server.on(f"{base}/metrics", document({"metrics": rows}))
        event = {
            "eventID": str(uuid5(BATCH, f"event {number}")),
            "name": "gust",
            "description": "wind",
            "timestampType": "RELATIVE",
            "timestamp": "1970-01-01T00:00:02.123456789Z",
            "tags": ["wind"],
            "status": "FAIL_WARN",
            "metricsIDs": [],
        }
        server.on(f"{base}/events", document({"events": [event]}))
        rows = []
        for position, data in enumerate(message.metrics_data):
            url = server.on(
                f"/blob/{number}/data/{position}", answer(200, data.SerializeToString())
            )
            row = {"dataID": data.metrics_data_id.id.data, "name": data.name, "filename": ""}
            rows.append({**row, "metricsDataURL": url, "metricsDataType": "STANDARD"})
        server.on(f"{base}/metricsData", document({"metricsData": rows}))


def fetch(
    server: MisbehavingServer,
    folder: Path,
    wanted: DownloadSelection | None = None,
    *,
    connections: int | None = 4,
    read: float = 2.0,
    watch: Watch | None = None,
    give_up_after: float = 90.0,
) -> Fetched:
    retry = RetryPolicy(
        connect=2.0,
        read=read,
        attempts=6,
        backoff=0.001,
        blob=1 << 20,
        give_up_after=give_up_after,
    )
    client = Client(server.url, TOKEN, PROJECT, connections=connections or 64, retry=retry)
    try:
        return fetch_batch(
            client,
            Target(folder, PROJECT, BATCH),
            wanted or DownloadSelection(),
            host="127.0.0.1",
            secrets=Secrets([TOKEN]),
            connections=connections,
            watch=watch,
        )
    finally:
        client.close()


def tree(folder: Path) -> dict[str, bytes | None]:
    """Every file and folder below a folder, with its bytes."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }


def call(
    folder: Path, url: str, project: str, batch: str, token: str, *more: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        arguments(folder, url, project, batch, *more),
        cwd=ROOT,
        env={**os.environ, "RESIM_TOKEN": token},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def arguments(folder: Path, url: str, project: str, batch: str, *more: str) -> list[str]:
    ids = ["--project", project, "--batch", batch, "--api-url", url]
    return [sys.executable, "-m", "runner", "fetch", *ids, str(folder), *more]
