"""Bringing a batch: everything comes, bounded, and what does not come is named."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from resim_inspect.schema import metrics_pb2 as pb
from runner.api.client.client import Client
from runner.api.client.errors import MissingError, RefusedError, TokenError
from runner.api.client.job_fetcher import JobParts, fetch_jobs, standard
from runner.api.client.retry import RetryPolicy
from runner.api.client.worker_pool import PriorityThreadPool
from runner.workspace.layout import open_workspace
from tests.api.misbehaving_server import (
    MisbehavingServer,
    answer,
    document,
    misbehaving_server,
    reset,
)
from tests.api.workspaces import served, workspace

BATCH = "11111111-5b0e-4c58-8a1f-3d6a0c9e7f21"
JOBS = f"/batches/{BATCH}/jobs"


@pytest.fixture
def server() -> Iterator[MisbehavingServer]:
    with misbehaving_server() as running:
        yield running


def client_of(server: MisbehavingServer, connections: int = 4, attempts: int = 6) -> Client:
    retry = RetryPolicy(connect=2.0, read=2.0, attempts=attempts, backoff=0.001)
    return Client(server.url, "token", None, connections=connections, retry=retry)


def offer(server: MisbehavingServer, jobs: int, each: int) -> None:
    """A batch whose blobs are their own names."""
    server.on(JOBS, document({"jobs": [{"jobID": f"job{n}"} for n in range(jobs)]}))
    for job in range(jobs):
        for kind, key, url in (
            ("metrics", "metrics", "metricURL"),
            ("metricsData", "metricsData", "metricsDataURL"),
        ):
            rows = []
            for number in range(each):
                name = f"{kind}-{job}-{number}"
                address = server.on(f"/blob/{name}", answer(200, name.encode()))
                rows.append({"name": name, url: address, "metricsDataType": "STANDARD"})
            server.on(f"{JOBS}/job{job}/{kind}", document({key: rows}))


def check_whole(jobs_parts: list[JobParts], jobs: int, each: int) -> None:
    assert sorted(one.id for one in jobs_parts) == sorted(f"job{n}" for n in range(jobs))
    for one in jobs_parts:
        assert not one.failures
        number = one.id.removeprefix("job")
        for kind, parts in (("metrics", one.metrics), ("metricsData", one.data)):
            # In the order of the list, whatever the order in which they came.
            assert [part.content.decode() for part in parts] == [
                f"{kind}-{number}-{place}" for place in range(each)
            ]


def test_everything_of_a_real_batch_comes_as_it_is_in_the_files(tmp_path: Path) -> None:
    space = workspace(tmp_path / "ws", jobs=5, metrics=3)
    (tmp_path / "ws/jobs/failed/inputs").mkdir(parents=True)
    with served(tmp_path / "api", open_workspace(tmp_path / "ws")) as running:
        config = running.prepared.batch_config(running.api.url)
        client = Client(config.api_url, config.auth_token, config.project_id)
        found = {one.id: one for one in fetch_jobs(client, config.batch_id, events=True)}
        client.close()
        assert running.api.counts()["lost"] == 0
    assert len(found) == 6
    for job in space.jobs:
        message = pb.JobMetrics.FromString(job.folder.metrics.read_bytes())
        one = found[str(job.id)]
        assert [pb.Metric.FromString(part.content) for part in one.metrics] == list(
            message.job_level_metrics.metrics
        )
        assert [pb.MetricsData.FromString(part.content) for part in one.data] == list(
            message.metrics_data
        )


def test_jobs_come_one_by_one_over_a_bounded_number_of_connections(
    server: MisbehavingServer,
) -> None:
    offer(server, 12, 3)
    client = client_of(server, connections=4)
    rows = fetch_jobs(client, BATCH, connections=4)
    found = [next(rows)]
    # The first job is here long before the last one was asked for.
    assert len(server.requests) < 12 * 8
    peak = 0
    for one in rows:
        found.append(one)
        peak = max(peak, sum(thread.name == "fetch" for thread in threading.enumerate()))
    check_whole(found, 12, 3)
    assert server.peak <= 4
    assert peak <= 4
    assert len(server.requests) == 1 + 12 * 8
    deadline = time.monotonic() + 60
    while any(thread.name == "fetch" for thread in threading.enumerate()):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_nothing_is_lost_when_much_goes_wrong(server: MisbehavingServer) -> None:
    offer(server, 20, 5)
    chance = random.Random(3)
    for path, script in list(server.scripts()):
        if chance.random() < 0.2:
            trouble = chance.choice(
                [
                    answer(503),
                    answer(429, b"", "Retry-After: 0"),
                    reset,
                    answer(200, b"x", length=9),
                ]
            )
            server.on(path, trouble, *script)
    found = list(fetch_jobs(client_of(server, 8), BATCH, connections=8))
    check_whole(found, 20, 5)
    assert server.peak <= 16


def test_what_does_not_come_is_named_and_the_rest_comes(server: MisbehavingServer) -> None:
    offer(server, 3, 2)
    server.on("/blob/metrics-1-0", answer(410))
    server.on("/blob/metricsData-1-1", answer(403))
    server.on(f"{JOBS}/job2/metrics", answer(404))
    found = {one.id: one for one in fetch_jobs(client_of(server), BATCH)}
    assert not found["job0"].failures
    first, second = found["job1"].failures
    assert (first.what, type(first.error)) == ("metrics metrics-1-0", MissingError)
    assert (second.what, type(second.error)) == ("metrics data metricsData-1-1", RefusedError)
    assert [part.content for part in found["job1"].metrics] == [b"metrics-1-1"]
    assert [part.content for part in found["job1"].data] == [b"metricsData-1-0"]
    assert [failure.what for failure in found["job2"].failures] == ["metrics"]
    assert len(found["job2"].data) == 2


def test_a_token_that_expires_ends_it(server: MisbehavingServer) -> None:
    offer(server, 5, 1)
    server.on(f"{JOBS}/job3/metrics", answer(401))
    with pytest.raises(TokenError):
        list(fetch_jobs(client_of(server), BATCH))


def test_rows_without_ids_or_addresses_are_failures(server: MisbehavingServer) -> None:
    server.on(JOBS, document({"jobs": [{}, {"jobID": "a"}, {"jobID": 5}]}))
    server.on(f"{JOBS}/a/metrics", document({"metrics": [{"name": "x"}, {"metricURL": 7}]}))
    server.on(f"{JOBS}/a/metricsData", document({}))
    found = list(fetch_jobs(client_of(server), BATCH))
    assert len(found) == 3
    assert [failure.what for one in found for failure in one.failures].count("job") == 2
    assert all(one.failures for one in found)


def test_external_files_come_only_when_wanted(server: MisbehavingServer) -> None:
    offer(server, 1, 1)
    rows = [{"name": "f", "metricsDataType": "EXTERNAL_FILE", "metricsDataURL": f"{server.url}/f"}]
    server.on(f"{JOBS}/job0/metricsData", document({"metricsData": rows}))
    server.on("/f", answer(200, b"file"))
    (one,) = fetch_jobs(client_of(server), BATCH)
    assert one.data == ()
    (one,) = fetch_jobs(client_of(server), BATCH, wanted=lambda row: True)
    assert [part.content for part in one.data] == [b"file"]
    assert not standard({"metricsDataType": None})


def test_whoever_stops_listening_stops_the_fetch(server: MisbehavingServer) -> None:
    offer(server, 50, 2)
    rows = fetch_jobs(client_of(server), BATCH, connections=2)
    next(rows)
    rows.close()
    time.sleep(0.2)
    asked = len(server.requests)
    assert asked < 50 * 6
    time.sleep(0.2)
    assert len(server.requests) == asked


def test_the_most_urgent_is_done_first() -> None:
    gate = threading.Event()
    pool: PriorityThreadPool[str, str] = PriorityThreadPool(1)
    pool.submit(0, "first", lambda: str(gate.wait(60)))
    for priority, tag in ((1, "late"), (0, "soon"), (1, "later")):
        pool.submit(priority, tag, lambda tag=tag: tag)  # type: ignore[misc]
    pool.submit(2, "broken", lambda: str(1 // 0))
    assert pool.take_within(0.01) is None
    assert pool.pending == 5
    gate.set()
    taken = [pool.take_within(10) or pool.take(), *(pool.take() for _ in range(4))]
    assert [tag for tag, _, _ in taken] == ["first", "soon", "late", "later", "broken"]
    assert isinstance(taken[4][2], ZeroDivisionError)
    assert pool.pending == 0
    pool.stop()
