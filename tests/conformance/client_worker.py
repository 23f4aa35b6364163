"""Runs the client functions of one open-core release: JSON in, JSON out, in a process of its own.

`python -I -S client_worker.py RELEASE DEPENDENCIES`: nothing of any other release is on the path.
"""

from __future__ import annotations

import asyncio
import gc
import importlib
import json
import sys
import threading
import traceback
import uuid
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

sys.path[:0] = sys.argv[1:3]

try:
    client_package = importlib.import_module("resim.sdk.client").__name__
except ImportError:
    client_package = importlib.import_module("resim_python_client").__name__

FAILED_THREADS: list[str] = []
IMAGES = (9, 12)


def api(name: str) -> ModuleType:
    return importlib.import_module(f"{client_package}.{name}")


def client(job: dict[str, Any]) -> Any:
    """A client of the release; it reads no certificates, which takes longer than most calls."""
    make = api("client").AuthenticatedClient
    return make(base_url=job["url"], token=job["token"], verify_ssl=False)


@cache
def shared_client(url: str, token: str) -> Any:
    return client({"url": url, "token": token})


def call(job: dict[str, Any]) -> Any:
    """One endpoint, all its pages: what the client made of them, as JSON again."""
    function = api(f"api.{job['function']}").sync_detailed
    answers = []
    more: dict[str, Any] = dict(job.get("options", {}))
    while True:
        shared = shared_client(job["url"], job["token"])
        response = function(*job["ids"], client=shared, **more)
        assert response.status_code == 200, (job, response.status_code)
        assert response.parsed is not None, job
        answers.append(response.parsed.to_dict())
        token = getattr(response.parsed, "next_page_token", None)
        if not token:
            return answers
        more["page_token"] = token


def plain(value: Any, depth: int = 0) -> Any:
    """Any unpacked object as JSON values, whatever its class is called."""
    import enum

    import numpy as np

    assert depth < 40
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, enum.Enum):
        return value.name
    if isinstance(value, np.ndarray | list | tuple):
        return [plain(entry, depth + 1) for entry in value]
    if isinstance(value, set | frozenset):
        return sorted(json.dumps(plain(entry, depth + 1)) for entry in value)
    if isinstance(value, dict):
        return {str(key): plain(entry, depth + 1) for key, entry in value.items()}
    if isinstance(value, np.generic):
        return plain(value.item(), depth + 1)
    names = list(getattr(value, "__slots__", ())) + list(getattr(value, "__dict__", ()))
    return {name: plain(getattr(value, name, None), depth + 1) for name in sorted(names)}


def unpacked(unpacked_metrics: Any) -> Any:
    def by_id(objects: Any) -> Any:
        return sorted(
            (plain(entry) for entry in objects), key=lambda entry: str(entry.get("id", entry))
        )

    return [
        by_id(unpacked_metrics.metrics),
        by_id(unpacked_metrics.metrics_data),
        sorted(unpacked_metrics.names),
    ]


def fetch_batch(job: dict[str, Any]) -> Any:
    """The batch as the release fetches it, beside what it makes of the files that went in."""
    fetcher = importlib.import_module("resim.metrics.fetch_job_metrics")
    schema = importlib.import_module("resim.metrics.proto.metrics_pb2")
    unpack = importlib.import_module("resim.metrics.python.unpack_metrics").unpack_metrics
    fetched = fetcher.fetch_job_metrics_by_batch(
        token=job["token"],
        api_url=job["url"],
        project_id=uuid.UUID(job["project"]),
        batch_id=uuid.UUID(job["batch"]),
    )
    differing = []
    counts = [0, 0]
    for job_id, path in job["files"].items():
        message = schema.JobMetrics.FromString(Path(path).read_bytes())
        metrics = [
            metric for metric in message.job_level_metrics.metrics if metric.type not in IMAGES
        ]
        data = [data for data in message.metrics_data if data.WhichOneof("data") != "external_file"]
        wanted = unpacked(unpack(metrics=metrics, metrics_data=data, events=[]))
        if wanted != unpacked(fetched.pop(uuid.UUID(job_id))):
            differing.append(job_id)
        counts[0] += len(wanted[0])
        counts[1] += len(wanted[1])
    return {"differing": differing, "more": [str(item) for item in fetched], "counts": counts}


def count_batch(job: dict[str, Any]) -> Any:
    """Counts of what the release fetches of a batch."""
    fetcher = importlib.import_module("resim.metrics.fetch_job_metrics")
    ids = {"project_id": uuid.UUID(job["project"]), "batch_id": uuid.UUID(job["batch"])}
    fetched = fetcher.fetch_job_metrics_by_batch(token=job["token"], api_url=job["url"], **ids)
    return {
        "jobs": len(fetched),
        "metrics": sum(len(job.metrics) for job in fetched.values()),
        "data": sum(len(job.metrics_data) for job in fetched.values()),
    }


def fetch_report(job: dict[str, Any]) -> Any:
    """The batches of a report, and their jobs."""
    fetcher = importlib.import_module("resim.metrics.fetch_report_metrics")
    project = uuid.UUID(job["project"])

    async def fetch() -> tuple[Any, Any]:
        batches = await fetcher.fetch_batches_for_report(
            client=client(job), report_id=uuid.UUID(job["report"]), project_id=project
        )
        jobs = await fetcher.fetch_jobs_for_batches(
            client=client(job), batch_ids=[batch.batch_id for batch in batches], project_id=project
        )
        return batches, jobs

    batches, jobs = asyncio.run(fetch())
    return {
        "batches": [batch.batch_id for batch in batches],
        "jobs": {
            batch: sorted(job.job_id for job in fetched_jobs)
            for batch, fetched_jobs in jobs.items()
        },
    }


def fetch_sweep(job: dict[str, Any]) -> Any:
    """The scalars of a sweep with the parameters of their jobs."""
    # The login imports it, and is not used here.
    sys.modules.setdefault("polling2", ModuleType("polling2"))
    fetcher = importlib.import_module("resim.metrics.fetch_sweep_metrics")
    frame = asyncio.run(
        fetcher.fetch_sweep_metrics_frame(
            client=client(job),
            sweep_id=uuid.UUID(job["sweep"]),
            project_id=uuid.UUID(job["project"]),
            pivot=False,
        )
    )
    return sorted(frame[["wind", "road", "name"]].values.tolist())


def default_report(job: dict[str, Any]) -> Any:
    """The default report, whole: how many metrics it wrote."""
    module = importlib.import_module("resim.metrics.default_report_metrics")
    compute: Callable[..., Any] = getattr(module, "fetch_and_compute_metrics", None) or (
        module.compute_metrics
    )
    asyncio.run(
        compute(
            token=job["token"],
            api_url=job["url"],
            project_id=uuid.UUID(job["project"]),
            report_id=uuid.UUID(job["report"]),
            output_path=job["output"],
        )
    )
    schema = importlib.import_module("resim.metrics.proto.metrics_pb2")
    message = schema.JobMetrics.FromString(Path(job["output"]).read_bytes())
    return {"metrics": len(message.job_level_metrics.metrics)}


def main() -> None:
    # A worker is short: to look for garbage takes an eighth of its time.
    gc.disable()

    def failed(about: threading.ExceptHookArgs) -> None:
        FAILED_THREADS.append(repr(about.exc_value))

    threading.excepthook = failed
    jobs = json.load(sys.stdin)
    answers = []
    for job in jobs:
        FAILED_THREADS.clear()
        try:
            answer = {"value": globals()[job["do"]](job)}
        except Exception:  # noqa: BLE001 - told to the test that asked for it
            answer = {"error": traceback.format_exc()}
        answers.append(answer | {"failed_threads": list(FAILED_THREADS)})
    json.dump({"answers": answers}, sys.stdout)


if __name__ == "__main__":
    main()
