"""Hosts that are dead, slow or vague, memory that many answers share, and routes of the token."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from runner.api.client.body import SMALL, BodyReader, MemoryBudget, content_length
from runner.api.client.client import Client
from runner.api.client.errors import BadAnswerError, UnreachableError, UnsafeError
from runner.api.client.host_health import HostHealth
from runner.api.client.retry import RetryableError, RetryPolicy
from runner.workspace.urls import origin_of
from tests.api.misbehaving_server import (
    MisbehavingServer,
    answer,
    document,
    drip,
    misbehaving_server,
    raw,
    reset,
    stall,
)

pytestmark = pytest.mark.slow

ROWS = json.dumps({"batches": [{"batchID": "x"}]}).encode()


@pytest.fixture
def server() -> Iterator[MisbehavingServer]:
    with misbehaving_server() as running:
        yield running


def client_of(server: MisbehavingServer, **more: float) -> Client:
    retry = RetryPolicy(
        connect=2.0, read=0.3, total_timeout=30.0, attempts=3, backoff=0.001,
        **more,  # type: ignore[arg-type]
    )  # fmt: skip
    return Client(server.url, "token", None, retry=retry)


# -- lengths -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "length"),
    [
        *[("5", 5), ("5, 5", 5), ("5,5 , 5", 5), ("9" * 18, 10**18 - 1)],
        *[(text, None) for text in ("", "5, 6", "-5", "5x", "9" * 19, "٥", ",")],
    ],
)
def test_a_length_counts_if_it_is_one(value: str, length: int | None) -> None:
    assert content_length(value) == length


def test_a_length_that_comes_twice_is_one_length(server: MisbehavingServer) -> None:
    twice = f"Content-Length: {len(ROWS)}"
    server.on("/batches", answer(200, ROWS, twice))
    client = client_of(server)
    assert len(list(client.batches())) == 1
    assert client.blob(f"{server.url}/batches") == ROWS
    assert len(server.requests) == 2


def test_an_answer_without_a_length_does_not_wait(server: MisbehavingServer) -> None:
    open_end = b"HTTP/1.1 200 X\r\n\r\n" + ROWS
    server.on("/batches", raw(open_end, pause=5))
    before = time.monotonic()
    with pytest.raises(UnreachableError, match="does not state the length"):
        list(client_of(server).batches())
    # JSON shows where it ends; a blob that breaks off looks complete.
    for head in (b"HTTP/1.0 200 X\r\n\r\n", b"HTTP/1.1 200 X\r\nConnection: close\r\n\r\n"):
        server.on("/batches", raw(head + ROWS))
        assert len(list(client_of(server).batches())) == 1
        with pytest.raises(UnreachableError, match="does not state the length"):
            client_of(server).blob(f"{server.url}/batches")
    assert time.monotonic() - before < 4


# -- hosts that do not answer --------------------------------------------------------------------


@pytest.mark.parametrize("trouble", [reset, stall(0.5), answer(503), drip(b"x" * 2_000, 0.05)])
def test_a_host_without_an_answer_is_given_up(server: MisbehavingServer, trouble: object) -> None:
    client = client_of(server, give_up_after=0.5, give_up_attempts=4, slowest=40)
    url = server.on("/blob", trouble)  # type: ignore[arg-type]
    reasons: list[str] = []
    before = time.monotonic()
    while not reasons or "did not answer" not in reasons[-1]:
        with pytest.raises(UnreachableError) as caught:
            client.blob(url)
        reasons.append(caught.value.reason)
        assert time.monotonic() - before < 20
    asked = len(server.requests)
    for _ in range(50):
        with pytest.raises(UnreachableError, match=r"127\.0\.0\.1 did not answer"):
            client.blob(url)
    assert len(server.requests) == asked


def test_only_failures_in_a_row_give_a_host_up() -> None:
    now = [0.0]
    health = HostHealth(RetryPolicy(), lambda: now[0])
    dead, alive, limited = (origin_of(f"https://{name}") for name in ("dead", "alive", "limited"))
    for number in range(400):
        now[0] = number * 1.0
        health.failed(dead, RetryableError("stalls"))
        health.failed(alive, RetryableError("stalls"))
        if number % 80 == 79:
            health.answered(alive)
        health.failed(limited, RetryableError("answers 429", 300.0))
    health.check(alive)
    health.check(limited)
    with pytest.raises(UnreachableError, match=r"91 requests in a row within 90 s .*: it stalls\)"):
        health.check(dead)
    # Few attempts over a long time are no reason.
    for _ in range(RetryPolicy().give_up_attempts - 1):
        now[0] += 100.0
        health.failed(alive, RetryableError("stalls"))
    health.check(alive)


def test_slow_answers_are_not_waited_for(server: MisbehavingServer) -> None:
    client = client_of(server, slowest=100)
    url = server.on("/blob", drip(b"x" * 400, 0.02))
    before = time.monotonic()
    with pytest.raises(UnreachableError, match="sends less than 100 bytes a second"):
        client.blob(url)
    assert time.monotonic() - before < 5
    # Far above the limit, since a busy machine sends more slowly.
    server.on("/blob", drip(b"x" * 40_000, 0.002, 200))
    assert len(client.blob(url)) == 40_000


def test_a_delay_of_some_minutes_is_waited_for(server: MisbehavingServer) -> None:
    slept: list[float] = []
    for seconds in (61, 300):
        server.on("/batches", answer(429, b"", f"Retry-After: {seconds}"), document({}))
        client = Client(server.url, "token", None, sleep=slept.append)
        assert list(client.batches()) == []
    assert slept == [61.0, 300.0]
    server.on("/batches", answer(429, b"", "Retry-After: 301"), document({}))
    with pytest.raises(UnreachableError, match="answers 429"):
        list(client.batches())


def test_a_delay_counts_for_all_requests_to_the_host(server: MisbehavingServer) -> None:
    slept: list[float] = []
    retry = RetryPolicy(attempts=1)
    client = Client(server.url, "token", None, sleep=slept.append, retry=retry)
    busy = server.on("/busy", answer(429, b"", "Retry-After: 40"))
    free = server.on("/free", answer(200, b"blob"))
    assert (client.blob(free), slept) == (b"blob", [])
    with pytest.raises(UnreachableError, match="answers 429"):
        client.blob(busy)
    assert client.blob(free) == b"blob"
    (waited,) = slept
    assert 30 < waited <= 40
    # One that asks for too much is not retried, so the others do not wait for it either.
    server.on("/busy", answer(429, b"", "Retry-After: 4000"))
    with pytest.raises(UnreachableError, match="answers 429"):
        client.blob(busy)
    slept.clear()
    client.blob(free)
    assert all(waited <= 40 for waited in slept)


def test_a_pause_of_a_host_ends_and_is_only_its_own() -> None:
    now = [0.0]
    health = HostHealth(RetryPolicy(), lambda: now[0])
    limited, other = (origin_of(f"https://{name}") for name in ("limited", "other"))
    health.failed(limited, RetryableError("answers 429", 30.0))
    health.failed(limited, RetryableError("answers 429", 5.0))
    health.failed(limited, RetryableError("answers 500"))
    now[0] = 10.0
    assert (health.pause(limited), health.pause(other)) == (20.0, 0.0)
    now[0] = 31.0
    assert health.pause(limited) == 0.0


# -- memory --------------------------------------------------------------------------------------


def test_large_answers_share_the_memory(server: MisbehavingServer) -> None:
    body = b"x" * (SMALL + 1_000_000)
    url = server.on("/blob", answer(200, body))
    client = client_of(server, memory=2 * len(body) + 1)
    sizes: list[int] = []
    threads = [
        threading.Thread(target=lambda: sizes.append(len(client.blob(url)))) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sizes == [len(body)] * 6


def test_a_budget_is_never_exceeded_and_nothing_waits_for_ever() -> None:
    budget = MemoryBudget(3 * SMALL)
    reserved, peak, lock = [0], [0], threading.Lock()

    def read(limit: int) -> None:
        def take(piece: bytes) -> None:
            return

        reader = BodyReader("http://x", limit, RetryPolicy(), take)
        with reader.in_memory(budget):
            reader.take(b"x" * (SMALL + 1))
            with lock:
                reserved[0] += limit
                peak[0] = max(peak[0], reserved[0])
            time.sleep(0.01)
            with lock:
                reserved[0] -= limit

    sizes = [2 * SMALL, SMALL + 2, 9 * SMALL] * 4
    threads = [threading.Thread(target=read, args=(size,), daemon=True) for size in sizes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    # The largest is above the budget, and is read alone.
    assert peak[0] == 9 * SMALL


def test_small_answers_need_no_memory_of_the_budget() -> None:
    budget = MemoryBudget(10)
    budget.reserve(10)
    taken: list[bytes] = []
    reader = BodyReader("http://x", 1 << 30, RetryPolicy(), taken.append)
    with reader.in_memory(budget):
        reader.take(b"x" * SMALL)
    assert len(taken) == 1
    with pytest.raises(BadAnswerError, match="are accepted"):
        reader.announce(2 << 30)


# -- routes --------------------------------------------------------------------------------------


@pytest.mark.parametrize("variable", ["http_proxy", "all_proxy", "HTTP_PROXY", "ALL_PROXY"])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "api.localhost", "127.8.8.8"])
def test_this_machine_is_never_asked_through_a_proxy(
    server: MisbehavingServer, monkeypatch: pytest.MonkeyPatch, variable: str, host: str
) -> None:
    for name in ("http_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    with misbehaving_server() as proxy:
        monkeypatch.setenv(variable, proxy.url)
        retry = RetryPolicy(connect=0.5, read=0.5, attempts=1)
        client = Client(f"http://{host}:{server.port}", "token", None, retry=retry)
        server.on("/batches", document({}))
        try:
            list(client.batches())
        except UnreachableError:
            assert host not in {"127.0.0.1", "localhost"}
        assert not proxy.requests


@pytest.mark.parametrize("proxied", [False, True])
@pytest.mark.parametrize("content", [None, "not certificates"])
def test_certificates_that_cannot_be_read_are_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None, proxied: bool
) -> None:
    path = tmp_path / "bundle.pem"
    if content is not None:
        path.write_text(content)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(path))
    if proxied:
        monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    client = Client("https://api.example.com/v1", "token", None)
    with pytest.raises(UnsafeError, match="the certificates to trust cannot be read") as caught:
        list(client.batches())
    reason = "it contains no certificates" if content else "No such file"
    assert reason in str(caught.value)
    assert "REQUESTS_CA_BUNDLE" in caught.value.hint
