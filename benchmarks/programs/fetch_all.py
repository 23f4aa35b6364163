"""Fetches a whole batch.

It is called by `python -m benchmarks.programs.fetch_all WHO URL PROJECT BATCH CONNECTIONS`.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path
from uuid import UUID

TOKEN = "benchmark"


def ours(url: str, project: UUID, batch: UUID, connections: int) -> tuple[int, float]:
    """Fetch to disk with the client; return the number of metrics and the time of the table."""
    from runner.api.client.client import Client
    from runner.download.batch import Watch, fetch_batch
    from runner.download.downloader import MAX_CONNECTIONS
    from runner.download.selection import DownloadSelection
    from runner.download.store import Target
    from runner.redact import Secrets

    client = Client(url, TOKEN, project, connections=connections or MAX_CONNECTIONS)
    before = time.perf_counter()
    tables: list[float] = []
    watch = Watch(table=lambda _: tables.append(time.perf_counter() - before))
    with tempfile.TemporaryDirectory() as folder:
        fetched = fetch_batch(
            client,
            Target(Path(folder), project, batch),
            DownloadSelection(),
            host="benchmark",
            secrets=Secrets(),
            connections=connections or None,
            watch=watch,
        )
        assert not fetched.missing
        assert len(list(Path(folder).glob("jobs/*/outputs/metrics.binproto"))) == len(fetched.jobs)
    return sum(len(job["metrics"]) for job in fetched.jobs), tables[0]


def official(url: str, project: UUID, batch: UUID) -> int:
    """Fetch with the official fetcher, which chooses its number of threads."""
    from resim.metrics.fetch_job_metrics import fetch_job_metrics_by_batch

    fetched = fetch_job_metrics_by_batch(
        token=TOKEN, api_url=url, project_id=project, batch_id=batch
    )
    return sum(len(job.metrics) for job in fetched.values())


def main() -> None:
    """Prints seconds and metrics as JSON; imports are not counted. 0 connections: the default."""
    who, url, project, batch, connections = sys.argv[1:]
    if who == "official":
        import resim.metrics.fetch_job_metrics  # noqa: F401
    else:
        import requests  # noqa: F401

        import runner.download.batch  # noqa: F401
    ids = UUID(project), UUID(batch)
    before = time.perf_counter()
    if who == "official":
        metrics, table = official(url, *ids), None
    else:
        metrics, table = ours(url, *ids, int(connections))
    seconds = time.perf_counter() - before
    print(json.dumps({"seconds": seconds, "metrics": metrics, "table": table}))


if __name__ == "__main__":
    main()
