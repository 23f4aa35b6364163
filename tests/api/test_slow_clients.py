"""Clients that flood the stub server, come by the thousand, or take their time."""

from __future__ import annotations

import contextlib
import json
import resource
import select
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from runner.api.stub_server import server
from tests.api.raw_requests import ask, connect, get, is_well
from tests.api.workspaces import SECRET, Served, served, workspace

pytestmark = pytest.mark.slow


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path / "api", workspace(tmp_path / "ws")) as running:
        yield running


def test_requests_come_one_after_the_other_on_one_connection(api: Served) -> None:
    with connect(api) as client:
        stream = client.makefile("rb")
        for path in (f"{api.base}/jobs", "/v1/nothing", f"{api.base}/jobs"):
            client.sendall(get(path).encode())
            status = stream.readline().split()[1]
            headers = dict(line.rstrip().split(b": ") for line in iter(stream.readline, b"\r\n"))
            body = json.loads(stream.read(int(headers[b"Content-Length"])))
            assert (status, "jobs" in body) == ((b"404", False), (b"200", True))["jobs" in path]


def test_requests_that_come_all_at_once_or_byte_by_byte_are_answered_in_order(api: Served) -> None:
    paths = [f"{api.base}/jobs", "/v1/nothing", f"/blobs/{SECRET}/0", f"{api.base}/jobs"] * 25
    text = "".join(get(path) for path in paths[:-1]) + get(paths[-1], "Connection: close\r\n")
    whole = ask(api, text)
    assert whole.count(b"HTTP/1.1 200 OK") == 75
    assert whole.count(b"HTTP/1.1 404 Not Found") == 25
    with connect(api) as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in ("\r\n" + get(paths[0], "Connection: close\r\n")).encode():
            client.sendall(bytes([byte]))
        assert client.recv(15) == b"HTTP/1.1 200 OK"


@pytest.mark.parametrize(("second", "status"), [("\n", b"200"), ("GET", b"400"), ("\r", b"400")])
def test_half_an_empty_line_before_a_request_is_waited_for(
    api: Served, second: str, status: bytes
) -> None:
    with connect(api) as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.sendall(b"\r")
        readable, _, _ = select.select([client], [], [], 0.2)
        assert not readable
        client.sendall((second + get(f"{api.base}/jobs")).encode())
        assert client.recv(12) == b"HTTP/1.1 " + status


def test_a_flood_that_reads_no_answers_is_held_back(api: Served) -> None:
    with connect(api) as client:
        client.setblocking(False)
        request = get(f"{api.base}/jobs").encode() * 100
        sent = 0
        while sent < 64_000_000:
            _, ready, _ = select.select([], [client], [], 1.0)
            if not ready:
                break
            sent += client.send(request)
        # The system's own buffers, and then nothing more: the server's memory is bounded.
        assert sent < 64_000_000
        assert is_well(api)


def test_a_thousand_connections_at_once_are_all_served(api: Served) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 2500:
        pytest.skip(f"only {hard} open files are allowed here")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 2500), hard))
    clients = [connect(api) for _ in range(1000)]
    try:
        for client in clients:
            client.sendall(get(f"{api.base}/jobs").encode())
        for client in clients:
            assert client.recv(15) == b"HTTP/1.1 200 OK"
        assert api.api.counts()["peak_connections"] >= 1000
    finally:
        for client in clients:
            client.close()
    assert is_well(api)


def test_where_there_is_no_room_the_idle_make_it(
    api: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api.api._server, "max_connections", 20)
    clients = [connect(api) for _ in range(30)]
    try:
        assert is_well(api)
        assert api.api.counts()["evicted"] >= 10
        assert api.api.counts()["connections"] <= 21
    finally:
        for client in clients:
            client.close()


def test_who_takes_too_long_to_ask_is_told_and_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "CHECK_INTERVAL", 0.05)
    monkeypatch.setattr(server, "HEAD_TIMEOUT", 0.3)
    monkeypatch.setattr(server, "FIRST_TIMEOUT", 0.3)
    monkeypatch.setattr(server, "IDLE_TIMEOUT", 0.3)
    with served(tmp_path / "api", workspace(tmp_path / "ws")) as api:
        assert ask(api, "GET / HT").startswith(b"HTTP/1.1 408 ")
        assert ask(api, b"") == b""
        assert ask(api, get("/v1/nothing")).startswith(b"HTTP/1.1 404 ")
        with connect(api) as client:
            # A byte now and then is not enough.
            with contextlib.suppress(ConnectionError):
                for _ in range(40):
                    client.sendall(b"G")
                    time.sleep(0.02)
            with contextlib.suppress(ConnectionError):
                assert client.recv(15) in (b"HTTP/1.1 408 Re", b"")
        assert api.api.counts()["overdue"] == 2


def test_who_takes_too_long_to_read_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "CHECK_INTERVAL", 0.05)
    monkeypatch.setattr(server, "WRITE_TIMEOUT", 0.3)
    space = workspace(tmp_path / "ws", jobs=1)
    (tmp_path / "ws/jobs/job-0/outputs/large.bin").write_bytes(b"x" * 40_000_000)
    with served(tmp_path / "api", space, logs=True) as api:
        row = api.get(f"{api.base}/jobs/{space.jobs[0].id}/logs")[1]["logs"][0]
        path = "/" + row["logOutputLocation"].split("/", 3)[3]
        with connect(api) as client:
            client.sendall(get(path).encode())
            deadline = time.monotonic() + 60
            while not api.api.counts()["overdue"]:
                assert time.monotonic() < deadline
                time.sleep(0.02)
        assert is_well(api)


def test_who_reads_slowly_gets_all_of_it_before_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "CHECK_INTERVAL", 0.05)
    monkeypatch.setattr(server, "LINGER_TIMEOUT", 0.2)
    space = workspace(tmp_path / "ws", jobs=1)
    (tmp_path / "ws/jobs/job-0/outputs/large.bin").write_bytes(b"x" * 20_000_000)
    with served(tmp_path / "api", space, logs=True) as api:
        row = api.get(f"{api.base}/jobs/{space.jobs[0].id}/logs")[1]["logs"][0]
        path = "/" + row["logOutputLocation"].split("/", 3)[3]
        with connect(api) as client:
            client.sendall(get(path, "Connection: close\r\n").encode())
            time.sleep(0.6)
            received = client.makefile("rb").read()
        assert len(received.partition(b"\r\n\r\n")[2]) == 20_000_000
