"""A fetch over bad ways and from hostile hands: nothing lost, nothing spoilt, all named."""

from __future__ import annotations

import json
import random
import socket
import threading
import time
from pathlib import Path

import pytest

from resim_inspect.schema import metrics_pb2 as pb
from runner.api.client.errors import (
    ApiError,
    BadAnswerError,
    NotFoundError,
    TokenError,
    UnsafeError,
)
from runner.download import store
from runner.download.batch import Watch
from runner.errors import CallError, StorageError
from tests.api.misbehaving_server import (
    Behaviour,
    MisbehavingServer,
    answer,
    document,
    misbehaving_server,
    raw,
    reset,
    stall,
)
from tests.runner.fetch_harness import BASE, TOKEN, fetch, job_id, job_row, offer, tree


def test_trouble_on_the_way_changes_nothing(server: MisbehavingServer, tmp_path: Path) -> None:
    fetch(server, tmp_path / "calm")
    chance = random.Random(7)
    troubles = [
        answer(503),
        answer(429, b"", "Retry-After: 0"),
        reset,
        answer(200, b"half", length=900),
        raw(b"HTTP/1.1 200 X\r\nContent-Length: 90\r\n\r\nhalf"),
    ]
    for path, script in server.scripts():
        if chance.random() < 0.4:
            server.on(path, chance.choice(troubles), *script)
    server.on("/blob/0/metric/0", stall(0.6), *dict(server.scripts())["/blob/0/metric/0"])
    threads: list[int] = []

    def tick() -> None:
        threads.append(sum(one.name == "fetch" for one in threading.enumerate()))

    before = sum(one.name == "fetch" for one in threading.enumerate())
    storm = tmp_path / "storm"
    found = fetch(server, storm, connections=5, read=0.3, watch=Watch(tick=tick))
    assert not found.missing
    assert max(threads) <= before + 5
    assert tree(tmp_path / "storm") == tree(tmp_path / "calm")


def test_a_blob_that_is_gone_is_named_and_everything_else_comes(
    server: MisbehavingServer, tmp_path: Path
) -> None:
    calm = dict(server.scripts())
    server.on("/blob/1/data/0", answer(404))
    server.on("/blob/2/metric/1", answer(200, b"<html>", "Content-Type: text/html"))
    server.on("/blob/0/data/1", answer(200, b"\xff\xff\xff"))
    found = fetch(server, tmp_path / "out")
    assert [(job, one.what) for job, one in found.missing] == [
        ("flight 0", "metrics data series 1"),
        ("flight 1", "metrics data series 0"),
        ("flight 2", "metrics scalar 1"),
    ]
    message = pb.JobMetrics.FromString(
        (tmp_path / "out/jobs/flight 1/outputs/metrics.binproto").read_bytes()
    )
    assert len(message.job_level_metrics.metrics) == 2
    assert [one.name for one in message.metrics_data] == ["series 1"]
    told = json.loads((tmp_path / "out/workspace.json").read_bytes())["fetched"]["jobs"]
    assert told["flight 1"]["missing"] == ["metrics data series 0"]
    # Once it is there, only what was missing is asked for.
    for path in ("/blob/1/data/0", "/blob/2/metric/1", "/blob/0/data/1"):
        server.on(path, *calm[path])
    before = server.counts()
    assert not fetch(server, tmp_path / "out").missing
    new = {p for p, n in server.counts().items() if n != before[p] and p.startswith("/blob")}
    assert new == {"/blob/1/data/0", "/blob/2/metric/1", "/blob/0/data/1"}
    fetch(server, tmp_path / "calm")
    assert tree(tmp_path / "out") == tree(tmp_path / "calm")


def test_addresses_that_expire_are_listed_again(server: MisbehavingServer, tmp_path: Path) -> None:
    path = f"{BASE}/jobs/{job_id(1)}/metrics"
    rows = json.loads(_body(server, path))["metrics"]
    old = [{**row, "metricURL": f"{server.url}/old/{n}"} for n, row in enumerate(rows)]
    for number in range(len(rows)):
        server.on(f"/old/{number}", answer(403))
    server.on(path, document({"metrics": old}), document({"metrics": rows}))
    assert not fetch(server, tmp_path).missing
    assert server.counts()[path] == 2
    # Where that does not help, it ends.
    server.on(path, document({"metrics": old}))
    assert len(fetch(server, tmp_path / "other").missing) == 2
    assert server.counts()[path] == 4


def _body(server: MisbehavingServer, path: str) -> bytes:
    import http.client

    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    connection.request("GET", path)
    body = connection.getresponse().read()
    connection.close()
    server.requests.clear()
    return body


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (401, TokenError, "does not accept the token"),
        (403, TokenError, "denies access"),
        (404, NotFoundError, "there is no batch"),
    ],
)
def test_a_no_of_the_api_is_one_clear_sentence(
    server: MisbehavingServer, tmp_path: Path, status: int, kind: type[ApiError], words: str
) -> None:
    server.on(f"{BASE}/jobs", answer(status, f"token {TOKEN}".encode()))
    with pytest.raises(kind, match=words) as caught:
        fetch(server, tmp_path)
    assert TOKEN not in f"{caught.value}{caught.value.hint}"


def test_hostile_answers_are_safe(server: MisbehavingServer, tmp_path: Path) -> None:
    with misbehaving_server() as other:
        elsewhere = other.on("/x", document({"jobs": []}))
        server.on(f"{BASE}/jobs", answer(302, b"", f"Location: {elsewhere}"))
        with pytest.raises(UnsafeError, match="the token is not sent to another host"):
            fetch(server, tmp_path / "a")
        assert not other.requests
    server.on(f"{BASE}/jobs", answer(200, b"", length=10 << 30))
    with pytest.raises(BadAnswerError, match="are accepted"):
        fetch(server, tmp_path / "b")
    server.on(f"{BASE}/jobs", answer(200, b"<html>Log in", "Content-Type: text/html"))
    with pytest.raises(BadAnswerError, match="a web page"):
        fetch(server, tmp_path / "c")
    offer(server)
    server.on("/blob/0/data/0", answer(200, b"", length=10 << 30))
    (one,) = fetch(server, tmp_path / "d").missing
    assert "would send 10,737,418,240 bytes" in one[1].why


def test_folders_of_others_are_left_alone(server: MisbehavingServer, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(CallError, match="other content"):
        fetch(server, tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "mine"
    (tmp_path / "other").mkdir()
    (tmp_path / "other/workspace.json").write_text(json.dumps({"batchID": job_id(5)}))
    with pytest.raises(CallError, match="another batch"):
        fetch(server, tmp_path / "other")


def test_a_run_on_this_machine_is_left_alone(server: MisbehavingServer, tmp_path: Path) -> None:
    fetch(server, tmp_path)
    (tmp_path / "jobs/flight 1/run/result.json").write_text("{}")
    mine = tmp_path / "jobs/flight 1/outputs/metrics.binproto"
    mine.write_bytes(b"mine")
    rows = [job_row(n, runCounter=2) for n in range(3)]
    server.on(f"{BASE}/jobs", document({"jobs": rows}))
    found = fetch(server, tmp_path)
    assert mine.read_bytes() == b"mine"
    assert found.complete_before == 1
    assert any("was not replaced" in note for note in found.notes)


def test_a_full_disk_is_known_before_anything_is_fetched(
    server: MisbehavingServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "RESERVED_BYTES", 1 << 60)
    with pytest.raises(StorageError, match="are needed"):
        fetch(server, tmp_path)
    assert not server.requests


def test_connections_follow_the_latency(tmp_path: Path) -> None:
    for delay, fewest, most in ((0.0, 8, 30), (0.05, 40, 64)):
        with misbehaving_server() as server:
            offer(server, jobs=12)
            for path, script in server.scripts():
                server.on(path, _late(delay, script[0]))
            seen: list[int] = []
            watch = Watch(begun=lambda p, seen=seen: seen.append(p))  # type: ignore[misc]
            fetch(server, tmp_path / str(delay), connections=None, watch=watch)
            assert fewest <= seen[0].connections <= most  # type: ignore[attr-defined]
            assert server.peak <= most


def _late(delay: float, then: Behaviour) -> Behaviour:
    def behave(client: socket.socket) -> bool:
        time.sleep(delay)
        return then(client)

    return behave
