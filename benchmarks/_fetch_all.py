"""Fetches a whole batch: `python -m benchmarks._fetch_all WHO URL PROJECT BATCH CONNECTIONS`."""

from __future__ import annotations

import json
import sys
import time
from uuid import UUID

TOKEN = "benchmark"


def ours(url: str, project: UUID, batch: UUID, connections: int) -> int:
    """With our client; returns how many metrics came."""
    from runner.api.client import Client
    from runner.api.fetch import fetch_jobs

    client = Client(url, TOKEN, project, connections=connections)
    found = list(fetch_jobs(client, batch, connections=connections))
    assert not any(one.failures for one in found)
    return sum(len(one.metrics) for one in found)


def official(url: str, project: UUID, batch: UUID) -> int:
    """With the official fetcher, which decides by itself how many threads it takes."""
    from resim.metrics.fetch_job_metrics import fetch_job_metrics_by_batch

    found = fetch_job_metrics_by_batch(token=TOKEN, api_url=url, project_id=project, batch_id=batch)
    return sum(len(one.metrics) for one in found.values())


def main() -> None:
    """Prints seconds and metrics as JSON; imports are not counted."""
    who, url, project, batch, connections = sys.argv[1:]
    if who == "official":
        import resim.metrics.fetch_job_metrics  # noqa: F401
    else:
        import runner.api.fetch  # noqa: F401
    ids = UUID(project), UUID(batch)
    before = time.perf_counter()
    if who == "official":
        metrics = official(url, *ids)
    else:
        metrics = ours(url, *ids, int(connections))
    print(json.dumps({"seconds": time.perf_counter() - before, "metrics": metrics}))


if __name__ == "__main__":
    main()
