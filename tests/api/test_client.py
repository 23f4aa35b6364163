"""The client against servers that fail, stall, lie and lead astray."""

from __future__ import annotations

import gzip
import json
import ssl
import subprocess
import time
from collections.abc import Iterator
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from uuid import UUID

import pytest

from runner.api.client.client import Client
from runner.api.client.errors import (
    ApiError,
    BadAnswerError,
    MissingError,
    RefusedError,
    TokenError,
    UnreachableError,
    UnsafeError,
)
from runner.api.client.retry import RetryPolicy, retry_after
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

TOKEN = "secret-token-of-the-test"
PROJECT = UUID("0b2f5c1e-5b0e-4c58-8a1f-3d6a0c9e7f21")
BATCH = UUID("11111111-5b0e-4c58-8a1f-3d6a0c9e7f21")
JOBS = f"/v1/projects/{PROJECT}/batches/{BATCH}/jobs"


@pytest.fixture
def server() -> Iterator[MisbehavingServer]:
    with misbehaving_server() as running:
        yield running


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def client(server: MisbehavingServer, slept: list[float]) -> Iterator[Client]:
    retry = RetryPolicy(
        connect=2.0, read=0.3, total_timeout=1.0, attempts=4, listing=100_000, blob=100_000
    )
    made = Client(
        f"{server.url}/v1",
        TOKEN,
        PROJECT,
        retry=retry,
        sleep=slept.append,
        chance=lambda: 1.0,
    )
    yield made
    made.close()


def names(client: Client) -> list[str]:
    return [row["experienceName"] for row in client.jobs(BATCH)]


# -- lists ---------------------------------------------------------------------------------------


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
    with pytest.raises(BadAnswerError, match="last page"):
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
        (404, MissingError),
        (409, RefusedError),
        (410, MissingError),
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


def test_too_much_is_refused_before_it_is_read(server: MisbehavingServer, client: Client) -> None:
    server.on(JOBS, answer(200, b"x", length=10_000_000_000))
    with pytest.raises(BadAnswerError, match="too many"):
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


# -- where the token goes ------------------------------------------------------------------------


def test_blobs_are_asked_for_without_the_token(server: MisbehavingServer, client: Client) -> None:
    server.on("/blob", answer(200, b"\x00\x01"))
    assert client.blob(f"{server.url}/blob?signature=abc") == b"\x00\x01"
    assert "authorization" not in server.requests[0].headers
    assert server.requests[0].target == "/blob?signature=abc"


def test_cookies_and_netrc_play_no_part(
    server: MisbehavingServer, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password mine\n")
    monkeypatch.setenv("NETRC", str(netrc))
    server.on("/blob", answer(200, b"x", "Set-Cookie: a=b"))
    client.blob(f"{server.url}/blob")
    client.blob(f"{server.url}/blob")
    for each in server.requests:
        assert "cookie" not in each.headers
        assert "authorization" not in each.headers


def test_the_token_follows_on_the_same_host_and_to_no_other(
    server: MisbehavingServer, client: Client
) -> None:
    server.on(JOBS, answer(307, b"", "Location: /v1/elsewhere"))
    server.on("/v1/elsewhere", document({"jobs": [{"experienceName": "a"}]}))
    assert names(client) == ["a"]
    assert server.asked("/v1/elsewhere")[0].headers["authorization"] == f"Bearer {TOKEN}"
    with misbehaving_server() as other:
        for location in (
            f"{other.url}/steal",
            f"http://localhost:{server.port}/x",
            "//evil.test/x",
        ):
            server.on(JOBS, answer(302, b"", f"Location: {location}"))
            with pytest.raises(UnsafeError, match="the token does not go there"):
                names(client)
        assert other.requests == []


def test_going_in_circles_ends(server: MisbehavingServer, client: Client) -> None:
    server.on(JOBS, answer(302, b"", f"Location: {JOBS}"))
    with pytest.raises(BadAnswerError, match="too often"):
        names(client)
    for location in ("ftp://x/", "http://[", "javascript:1", "http://u:p@h/"):
        server.on(JOBS, answer(302, b"", f"Location: {location}"))
        with pytest.raises(BadAnswerError, match="invalid URL"):
            names(client)


def test_blobs_follow_to_other_hosts_of_the_same_kind(
    server: MisbehavingServer, client: Client
) -> None:
    with misbehaving_server() as other:
        other.on("/there", answer(200, b"x"))
        server.on("/blob", answer(302, b"", f"Location: {other.url}/there"))
        assert client.blob(f"{server.url}/blob") == b"x"
        assert "authorization" not in other.requests[0].headers
        server.on("/blob", answer(302, b"", "Location: http://example.com/there"))
        with pytest.raises(UnsafeError, match="plain http"):
            client.blob(f"{server.url}/blob")


@pytest.mark.parametrize(
    "url",
    ["http://api.example.com/v1", "http://10.0.0.1", "http://0.0.0.0:80", "http://[fe80::1]/"],
)
def test_plain_http_goes_to_this_machine_only(url: str) -> None:
    with pytest.raises(UnsafeError, match="plain http"):
        Client(url, TOKEN, PROJECT)
    Client(url, TOKEN, PROJECT, allow_http=True)
    for local in ("http://localhost:8080/v1", "http://127.0.0.1", "http://[::1]:1", "https://x.y"):
        Client(local, TOKEN, PROJECT)


def test_an_api_of_the_cloud_cannot_point_us_at_this_machine() -> None:
    client = Client("https://api.example.com/v1", TOKEN, PROJECT)
    for url in ("http://127.0.0.1:80/", "http://169.254.169.254/latest", "http://api.example.com/"):
        with pytest.raises(UnsafeError, match="plain http"):
            client.blob(url)
    for url in ("", "file:///etc/passwd", "blob", "https://", "https://u:p@h/"):
        with pytest.raises(BadAnswerError, match="invalid URL"):
            client.blob(url)


@pytest.mark.parametrize(
    "url", ["", "api.resim.ai", "ftp://x", "https://", "https://x/?a=b", "x\n"]
)
def test_what_is_no_address_is_no_api(url: str) -> None:
    with pytest.raises(BadAnswerError):
        Client(url, TOKEN, PROJECT)


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


# -- proxies and certificates --------------------------------------------------------------------


def test_proxies_are_honoured_but_where_they_are_not_wanted(
    server: MisbehavingServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.on("http://api.example.com/v1/batches", document({"batches": [{"batchID": "x"}]}))
    monkeypatch.setenv("http_proxy", server.url)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    client = Client("http://api.example.com/v1", TOKEN, None, allow_http=True)
    assert [row["batchID"] for row in client.batches()] == ["x"]
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    server.on("/v1/batches", document({"batches": [{"batchID": "y"}]}))
    assert [row["batchID"] for row in Client(f"{server.url}/v1", TOKEN, None).batches()] == ["y"]


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """An API with a self-signed certificate."""
    folder = tmp_path_factory.mktemp("tls")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=localhost",
    ]
    command += ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(key)]
    try:
        subprocess.run([*command, "-out", str(certificate)], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no openssl to make a certificate with: {error}")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps({"batches": [{"batchID": "safe"}]}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield f"https://localhost:{server.server_port}", certificate
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_self_signed_certificate_is_not_trusted(
    tls: tuple[str, Path], slept: list[float]
) -> None:
    client = Client(tls[0], TOKEN, None, sleep=slept.append)
    with pytest.raises(UnsafeError, match="certificate of localhost is self-signed") as caught:
        list(client.batches())
    assert "REQUESTS_CA_BUNDLE" in caught.value.hint
    assert slept == []


def test_certificates_of_ones_own_can_be_named(
    tls: tuple[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tls[1]))
    client = Client(tls[0], TOKEN, None)
    assert [row["batchID"] for row in client.batches()] == ["safe"]
    client.close()
    elsewhere = Client(tls[0].replace("localhost", "127.0.0.1"), TOKEN, None)
    with pytest.raises(UnsafeError, match="is for another host"):
        list(elsewhere.batches())
