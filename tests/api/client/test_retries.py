"""Retries of the client: what is tried again, for how long, and what is refused at once."""

from __future__ import annotations

import time
from email.utils import formatdate

import pytest

from runner.api.client.client import Client
from runner.api.client.errors import (
    ApiError,
    NotFoundError,
    RefusedError,
    TokenError,
    UnreachableError,
)
from runner.api.client.retry import RetryPolicy, retry_after
from tests.api.client.client_harness import JOBS, PROJECT, TOKEN, names
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

# -- trouble that passes -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "trouble",
    [
        *(answer(status) for status in (408, 425, 429, 500, 502, 503, 504, 599)),
        reset,
        raw(b""),
        raw(b"HTTP/1.1 200 X\r\nContent-Len"),
        raw(b'HTTP/1.1 200 X\r\n\r\n{"jobs": []}'),
        raw(b"garbage\r\n\r\n"),
        raw(b'HTTP/1.1 200 X\r\nContent-Length: 500\r\n\r\n{"jobs": []}'),
        raw(b'HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"job'),
        raw(b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}"),
        stall(0.6),
        raw(b"HTTP/1.1 200 X\r\nContent-Length: 500\r\n\r\n{", pause=0.6),
        drip(b"x" * 200, 0.02),
    ],
)
def test_what_may_pass_is_tried_again(
    server: MisbehavingServer, client: Client, slept: list[float], trouble: object
) -> None:
    fine = document({"jobs": [{"experienceName": "a"}]})
    server.on(JOBS, trouble, trouble, fine)  # type: ignore[arg-type]
    assert names(client) == ["a"]
    assert len(server.requests) == 3
    assert slept == [0.1, 0.2]


def test_it_is_not_tried_for_ever(
    server: MisbehavingServer, client: Client, slept: list[float]
) -> None:
    server.on(JOBS, answer(503))
    with pytest.raises(UnreachableError, match=r"answers 503 \(4 attempts\)"):
        names(client)
    assert len(server.requests) == 4
    assert slept == pytest.approx([0.1, 0.2, 0.4])


def test_an_unreachable_server_is_reported(slept: list[float]) -> None:
    with misbehaving_server() as gone:
        url = gone.url
    client = Client(url, TOKEN, PROJECT, sleep=slept.append, retry=RetryPolicy(attempts=2))
    with pytest.raises(UnreachableError, match="refuses the connection"):
        names(client)
    assert len(slept) == 1


def test_waits_are_as_long_as_asked_for_and_not_all_the_same(
    server: MisbehavingServer, slept: list[float]
) -> None:
    server.on(JOBS, answer(429, b"", "Retry-After: 7"), answer(503), document({"jobs": []}))
    client = Client(f"{server.url}/v1", TOKEN, PROJECT, sleep=slept.append, chance=lambda: 0.0)
    assert names(client) == []
    assert slept == [7.0, pytest.approx(0.1)]


def test_a_server_that_asks_for_an_hour_is_not_waited_for(
    server: MisbehavingServer, client: Client, slept: list[float]
) -> None:
    server.on(JOBS, answer(429, b"", "Retry-After: 3600"))
    with pytest.raises(UnreachableError, match="answers 429"):
        names(client)
    assert slept == []


def test_times_to_wait_are_read_in_every_form() -> None:
    assert retry_after("5") == 5.0
    assert retry_after(" 0 ") == 0.0
    soon = retry_after(formatdate(time.time() + 30, usegmt=True))
    assert soon is not None
    assert 25 < soon < 31
    assert retry_after(formatdate(time.time() - 30, usegmt=True)) == 0.0
    for text in ("", "soon", "-1", "1e9", "9" * 30, "Fri, 99 Foo 2026 25:00:00 GMT"):
        assert retry_after(text) is None, text


# -- trouble that stays --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, RefusedError),
        (401, TokenError),
        (403, TokenError),
        (404, NotFoundError),
        (409, RefusedError),
        (410, NotFoundError),
        (418, RefusedError),
        (204, RefusedError),
        (304, RefusedError),
    ],
)
def test_a_no_is_a_no(
    server: MisbehavingServer,
    client: Client,
    status: int,
    error: type[ApiError],
    slept: list[float],
) -> None:
    # A server that sends the token back must not see it printed.
    server.on(JOBS, answer(status, b"" if status in (204, 304) else TOKEN.encode()))
    with pytest.raises(error) as caught:
        names(client)
    assert len(server.requests) == 1
    assert slept == []
    assert TOKEN not in str(caught.value) + caught.value.hint
