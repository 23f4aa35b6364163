"""Hosts that the client speaks to: redirects, blobs elsewhere, tokens, proxies and certificates."""

from __future__ import annotations

import json
import ssl
import subprocess
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from runner.api.client.client import Client
from runner.api.client.errors import BadAnswerError, UnsafeError
from tests.api.client.client_harness import JOBS, PROJECT, TOKEN, names
from tests.api.misbehaving_server import MisbehavingServer, answer, document, misbehaving_server

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
            with pytest.raises(UnsafeError, match="the token is not sent to another host"):
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
