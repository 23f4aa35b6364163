"""Answers to the client: pages, lists without end, nonsense, and too much of anything."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from runner.api.client.client import Client
from runner.api.client.errors import ApiError, BadAnswerError, RefusedError
from tests.api.client.client_harness import BATCH, JOBS, TOKEN, names
from tests.api.misbehaving_server import MisbehavingServer, answer, document, raw


def test_pages_are_asked_for_one_by_one_with_the_token(
    server: MisbehavingServer, client: Client
) -> None:
    server.on(
        JOBS,
        document({"jobs": [{"experienceName": "a"}], "nextPageToken": "x/ &="}),
        document({"jobs": None, "nextPageToken": "y"}),
        document({"jobs": [{"experienceName": "b", "conflatedStatus": "NEW", "extra": {}}]}),
    )
    assert names(client) == ["a", "b"]
    assert [each.target.partition("?")[2] for each in server.asked(JOBS)] == [
        "",
        "pageToken=x%2F%20%26%3D",
        "pageToken=y",
    ]
    assert {each.headers["authorization"] for each in server.requests} == {f"Bearer {TOKEN}"}


def test_the_first_page_is_there_before_the_second_is_asked_for(
    server: MisbehavingServer, client: Client
) -> None:
    page = {"jobs": [{"experienceName": "a"}], "nextPageToken": "x"}
    server.on(JOBS, document(page), document({"jobs": []}))
    rows = client.jobs(BATCH)
    assert next(rows)["experienceName"] == "a"
    assert len(server.requests) == 1
    assert list(rows) == []


def test_without_a_project_the_routes_are_those_of_2023(server: MisbehavingServer) -> None:
    server.on(f"/v1/batches/{BATCH}/jobs", document({"jobs": [{"experienceName": "old"}]}))
    assert names(Client(f"{server.url}/v1/", TOKEN, None)) == ["old"]


def test_lists_that_never_end_are_seen(server: MisbehavingServer, client: Client) -> None:
    server.on(JOBS, document({"jobs": [], "nextPageToken": "again"}))
    with pytest.raises(BadAnswerError, match="pages that never end"):
        names(client)
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"[" * 50_000,
        b'{"jobs": {}}',
        b'{"jobs": [1]}',
        b'{"jobs": [], "nextPageToken": 5}',
        b"\xff\xfe",
        b"<!doctype html><title>Log in</title>",
    ],
)
def test_answers_that_make_no_sense_are_one_sentence(
    server: MisbehavingServer, client: Client, body: bytes
) -> None:
    server.on(JOBS, answer(200, body))
    with pytest.raises(BadAnswerError) as caught:
        names(client)
    assert len(server.requests) == 1
    assert len(str(caught.value)) < 300
    if body.startswith(b"<"):
        assert "a web page" in str(caught.value)


def test_too_much_is_refused_before_it_is_read(server: MisbehavingServer, client: Client) -> None:
    server.on(JOBS, answer(200, b"x", length=10_000_000_000))
    with pytest.raises(BadAnswerError, match="are accepted"):
        names(client)
    chunk = b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n30d40\r\n" + b"x" * 200_000
    server.on("/large", raw(chunk + b"\r\n0\r\n\r\n"))
    with pytest.raises(BadAnswerError, match="more than 100,000"):
        client.blob(f"{server.url}/large")
    assert len(server.requests) == 2


def test_what_is_packed_may_not_unpack_to_too_much(
    server: MisbehavingServer, client: Client, tmp_path: Path
) -> None:
    bomb = gzip.compress(b" " * 50_000_000)
    server.on(JOBS, answer(200, bomb, "Content-Encoding: gzip"))
    server.on("/bomb", answer(200, bomb, "Content-Encoding: gzip"))
    with pytest.raises(BadAnswerError, match="more than 100,000"):
        names(client)
    with pytest.raises(BadAnswerError, match="more than 100,000"):
        client.download(f"{server.url}/bomb", tmp_path / "bomb")
    packed = gzip.compress(b'{"jobs": [{"experienceName": "a"}]}')
    server.on(JOBS, answer(200, packed, "Content-Encoding: gzip"))
    server.on("/packed", answer(200, packed, "Content-Encoding: gzip"))
    assert names(client) == ["a"]
    assert client.download(f"{server.url}/packed", tmp_path / "packed") == 35
    # A blob is held in memory: it is not unpacked there.
    with pytest.raises(BadAnswerError, match="a compressed body, which was not requested"):
        client.blob(f"{server.url}/packed")
    server.on(JOBS, answer(200, b"no gzip", "Content-Encoding: gzip"))
    with pytest.raises(BadAnswerError, match="decompressed"):
        names(client)


def test_messages_hold_neither_tokens_nor_signatures(
    server: MisbehavingServer, client: Client
) -> None:
    server.on("/signed", answer(403, b"expired"))
    with pytest.raises(RefusedError) as caught:
        client.blob(f"{server.url}/signed?X-Signature=hidden")
    assert "hidden" not in str(caught.value) + caught.value.hint
    assert "expire" in caught.value.hint
    assert TOKEN not in repr(client)
    server.on(JOBS, answer(302, b"", "Location: http://evil.test/\x1b[2J"))
    with pytest.raises(ApiError) as wild:
        names(client)
    assert "\x1b" not in str(wild.value)
