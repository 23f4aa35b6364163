"""Many requests of one client at once: all results come, over a bounded number of connections."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from resim_inspect.schema import metrics_pb2 as pb
from runner.api.client.client import Client, text_of
from runner.api.client.retry import RetryPolicy
from runner.api.client.worker_pool import PriorityThreadPool
from runner.workspace.layout import open_workspace
from tests.api.misbehaving_server import (
    MisbehavingServer,
    answer,
    misbehaving_server,
    reset,
)
from tests.api.workspaces import job_blobs, served, workspace


@pytest.fixture
def server() -> Iterator[MisbehavingServer]:
    with misbehaving_server() as running:
        yield running


def client_of(server: MisbehavingServer, connections: int) -> Client:
    retry = RetryPolicy(connect=2.0, read=2.0, attempts=6, backoff=0.001)
    return Client(server.url, "token", None, connections=connections, retry=retry)


def submit_blobs(
    server: MisbehavingServer, client: Client, size: int, blobs: int
) -> PriorityThreadPool[int, bytes]:
    """A pool that downloads blobs whose contents are their own numbers."""
    pool: PriorityThreadPool[int, bytes] = PriorityThreadPool(size)
    for number in range(blobs):
        path = f"/blob/{number}"
        url = server.url + path
        if path not in dict(server.scripts()):
            server.on(path, answer(200, str(number).encode()))
        pool.submit(0, number, lambda url=url: client.blob(url))  # type: ignore[misc]
    return pool


def fetching_threads() -> int:
    return sum(thread.name == "fetch" for thread in threading.enumerate())


def test_everything_of_a_real_batch_comes_as_it_is_in_the_files(tmp_path: Path) -> None:
    space = workspace(tmp_path / "ws", jobs=5, metrics=3)
    (tmp_path / "ws/jobs/failed/inputs").mkdir(parents=True)
    with served(tmp_path / "api", open_workspace(tmp_path / "ws")) as running:
        config = running.prepared.batch_config(running.api.url)
        client = Client(config.api_url, config.auth_token, config.project_id)
        ids = [text_of(row, "jobID") for row in client.jobs(config.batch_id)]
        found = {job_id: job_blobs(client, config.batch_id, job_id) for job_id in ids}
        events = [list(client.events(config.batch_id, job_id)) for job_id in ids]
        client.close()
        assert running.api.counts()["lost"] == 0
    assert len(found) == 6
    assert events == [[]] * 6
    for job in space.jobs:
        message = pb.JobMetrics.FromString(job.folder.metrics.read_bytes())
        metrics, data = found[str(job.id)]
        assert [pb.Metric.FromString(blob) for blob in metrics] == list(
            message.job_level_metrics.metrics
        )
        assert [pb.MetricsData.FromString(blob) for blob in data] == list(message.metrics_data)


def test_the_number_of_connections_is_bounded_and_the_threads_end(
    server: MisbehavingServer,
) -> None:
    pool = submit_blobs(server, client_of(server, 4), 4, 60)
    peak = 0
    found = {}
    while pool.pending:
        number, content, _ = pool.take()
        found[number] = content
        peak = max(peak, fetching_threads())
    pool.stop()
    assert found == {number: str(number).encode() for number in range(60)}
    assert server.peak <= 4
    assert peak <= 4
    assert len(server.requests) == 60
    deadline = time.monotonic() + 60
    while fetching_threads():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_nothing_is_lost_when_much_goes_wrong(server: MisbehavingServer) -> None:
    chance = random.Random(3)
    for number in range(200):
        if chance.random() < 0.2:
            trouble = chance.choice(
                [
                    answer(503),
                    answer(429, b"", "Retry-After: 0"),
                    reset,
                    answer(200, b"x", length=9),
                ]
            )
            server.on(f"/blob/{number}", trouble, answer(200, str(number).encode()))
    pool = submit_blobs(server, client_of(server, 8), 8, 200)
    found = {}
    while pool.pending:
        number, content, error = pool.take()
        assert error is None
        found[number] = content
    pool.stop()
    assert found == {number: str(number).encode() for number in range(200)}
    assert server.peak <= 16


def test_a_pool_that_is_stopped_starts_no_more_tasks(server: MisbehavingServer) -> None:
    pool = submit_blobs(server, client_of(server, 2), 2, 500)
    pool.take()
    pool.stop()
    deadline = time.monotonic() + 60
    while fetching_threads():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert len(server.requests) < 500


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
