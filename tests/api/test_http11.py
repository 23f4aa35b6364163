"""Plain GETs: answers in every legal shape, connections used again, and nothing mixed up."""

from __future__ import annotations

import random
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from runner.api.client.client import Client
from runner.api.client.errors import ApiError, BadAnswerError, UnreachableError, UnsafeError
from runner.api.client.retry import RetryPolicy
from tests.api.misbehaving_server import (
    Behaviour,
    MisbehavingServer,
    answer,
    misbehaving_server,
    raw,
)


@pytest.fixture
def server() -> Iterator[MisbehavingServer]:
    with misbehaving_server() as running:
        yield running


@pytest.fixture
def client(server: MisbehavingServer) -> Iterator[Client]:
    retry = RetryPolicy(
        connect=2.0,
        read=0.5,
        total_timeout=1.0,
        attempts=2,
        backoff=0.001,
        blob=100_000,
        listing=100_000,
    )
    made = Client(server.url, "token", None, retry=retry)
    yield made
    made.close()


def kept(data: bytes) -> Behaviour:
    """Bytes as they are, over a connection that goes on."""

    def behave(client: socket.socket) -> bool:
        client.sendall(data)
        return True

    return behave


def pieces(data: bytes, seed: int) -> Behaviour:
    """The same in pieces of any size, so that every boundary is hit some time."""

    def behave(client: socket.socket) -> bool:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        chance, at = random.Random(seed), 0
        while at < len(data):
            step = chance.randint(1, 40)
            client.sendall(data[at : at + step])
            at += step
            time.sleep(0.0005)
        return True

    return behave


def chunked(*chunks: bytes, trailer: bytes = b"") -> bytes:
    head = b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n"
    body = b"".join(b"%x;note=1\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)
    return head + body + b"0\r\n" + trailer + b"\r\n"


BODY = bytes(range(256)) * 3


@pytest.mark.parametrize(
    "data",
    [
        b"HTTP/1.1 200 X\r\nContent-Length: 768\r\n\r\n" + BODY,
        b"HTTP/1.1 200\r\ncontent-length:768\r\nX: \r\nodd line\r\n\r\n" + BODY,
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 X\r\nContent-Length: 768\r\n\r\n" + BODY,
        chunked(BODY[:1], BODY[1:500], BODY[500:]),
        chunked(BODY, trailer=b"Checksum: 5\r\n"),
    ],
)
def test_every_shape_of_an_answer_gives_its_body(
    server: MisbehavingServer, client: Client, data: bytes
) -> None:
    url = server.on("/x", kept(data), *(pieces(data, seed) for seed in range(3)))
    assert [client.blob(url) for _ in range(4)] == [BODY] * 4
    # All of them over one connection.
    assert server.peak == 1


def test_what_follows_an_answer_is_not_taken_for_the_next(
    server: MisbehavingServer, client: Client
) -> None:
    surplus = b"HTTP/1.1 200 X\r\nContent-Length: 4\r\n\r\nmineHTTP/1.1 200 X\r\n"
    url = server.on("/x", kept(surplus + b"Content-Length: 4\r\n\r\nevil"))
    for _ in range(3):
        assert client.blob(url) == b"mine"
        assert client.blob(server.on("/y", answer(200, b"next"))) == b"next"


def test_a_connection_that_ended_is_not_used_again(
    server: MisbehavingServer, client: Client
) -> None:
    url = server.on("/x", raw(b"HTTP/1.1 200 X\r\nContent-Length: 2\r\n\r\nok"))
    for _ in range(3):
        assert client.blob(url) == b"ok"
        time.sleep(0.05)
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    "data",
    [
        b"HTTP/1.1 200 X\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok!",
        b"HTTP/1.1 200 X\r\nContent-Length: -2\r\n\r\nok",
        b"HTTP/1.1 200 X\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\nok",
        b"HTTP/2 200\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.1 20x OK\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\nok\r\n0\r\n\r\n",
        b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nok\r\n0\r\n\r\n",
        b"HTTP/1.1 200 X\r\n" + b"A: b\r\n" * 50_000,
        b"HTTP/1.1 100 X\r\n\r\n" * 3,
    ],
)
def test_what_is_no_answer_is_none(server: MisbehavingServer, client: Client, data: bytes) -> None:
    url = server.on("/x", raw(data))
    with pytest.raises(UnreachableError):
        client.blob(url)
    assert len(server.requests) == 2


def test_a_body_without_end_ends_at_the_limit(server: MisbehavingServer, client: Client) -> None:
    many = chunked(*[b"x" * 60_000] * 3)
    with pytest.raises(BadAnswerError, match="sends more than"):
        client.blob(server.on("/x", raw(many)))
    closing = b"HTTP/1.1 200 X\r\nConnection: close\r\n\r\n" + b"x" * 200_000
    server.on("/batches", raw(closing))
    with pytest.raises(BadAnswerError, match="sends more than"):
        list(client.batches())


@pytest.mark.slow
def test_heads_chunks_and_trailers_that_drip_for_ever_are_given_up(
    server: MisbehavingServer, client: Client
) -> None:
    def drip(start: bytes, more: bytes) -> Behaviour:
        def behave(client: socket.socket) -> bool:
            client.sendall(start)
            while True:
                client.sendall(more)
                time.sleep(0.01)

        return behave

    before = time.monotonic()
    trailers = chunked(b"x").removesuffix(b"\r\n")
    size = chunked(b"x").partition(b"\r\n\r\n")[0] + b"\r\n\r\n1;"
    line = b"A: b\r\n"
    for start, more in ((b"HTTP/1.1 200 X\r\n", line), (trailers, line), (size, b"n")):
        with pytest.raises(ApiError, match="takes more than 1 s"):
            client.blob(server.on("/x", drip(start, more)))
    assert time.monotonic() - before < 20


def test_odd_addresses_are_asked_for_all_the_same(
    server: MisbehavingServer, client: Client
) -> None:
    server.on("/caf%C3%A9", answer(200, b"drink"))
    assert client.blob(f"{server.url}/café") == b"drink"
    server.on("/a", answer(200, b"plain"))
    assert client.blob(f"{server.url}/a?sig=a%2Fb+c&x=[1]#fragment") == b"plain"
    assert server.requests[-1].target == "/a?sig=a%2Fb+c&x=[1]"


def test_a_download_is_the_last_attempt_alone(
    server: MisbehavingServer, client: Client, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("download") / "file"
    url = server.on("/x", answer(200, b"much longer", length=90), answer(200, b"whole"))
    assert client.download(url, path) == 5
    assert path.read_bytes() == b"whole"


_AUTHORITY = """
[ca]
default_ca = own
[own]
database = index
serial = serial
new_certs_dir = .
default_md = sha256
policy = any
x509_extensions = names
[any]
commonName = supplied
[names]
subjectAltName = DNS:localhost
"""


def test_a_certificate_that_has_expired_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "index").write_text("")
    (tmp_path / "serial").write_text("01\n")
    (tmp_path / "config").write_text(_AUTHORITY)
    key = "-newkey rsa:2048 -nodes -subj /CN=localhost -keyout key -out request"
    dates = "-startdate 20200101000000Z -enddate 20200102000000Z"
    sign = f"-config config -selfsign -batch -keyfile key -in request -out signed {dates}"
    try:
        for command in (f"req {key}", f"ca {sign}"):
            words = ["openssl", *command.split()]
            subprocess.run(words, cwd=tmp_path, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no openssl to make a certificate with: {error}")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "signed", tmp_path / "key")
    asked: list[bytes] = []

    def serve(listener: socket.socket) -> None:
        plain, _ = listener.accept()
        try:
            with plain, context.wrap_socket(plain, server_side=True) as connection:
                asked.append(connection.recv(1000))
        except OSError:
            return

    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "signed"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,), daemon=True)
        thread.start()
        client = Client(f"https://localhost:{listener.getsockname()[1]}", "token", None)
        with pytest.raises(UnsafeError, match=r"^the certificate of localhost has expired\.$"):
            list(client.batches())
        thread.join(60)
    # The token was sent to no server.
    assert asked == []
