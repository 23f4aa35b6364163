"""Garbage, floods, slow clients: each gets its answer or its end, and the next one is served."""

from __future__ import annotations

import ast
import contextlib
import json
import os
import random
import resource
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from runner.api.stub_server import server
from runner.api.stub_server.thread_server import ThreadServer
from runner.errors import EngineError
from tests.api.workspaces import SECRET, TOKEN, Served, served, workspace

AUTHORIZED = f"Host: h:1\r\nAuthorization: Bearer {TOKEN}\r\n"


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path / "api", workspace(tmp_path / "ws")) as running:
        yield running


def connect(api: Served) -> socket.socket:
    return socket.create_connection(("127.0.0.1", api.api.port), timeout=20)


def ask(api: Served, text: str | bytes) -> bytes:
    """Everything that comes back until the end of the connection."""
    with connect(api) as client:
        with contextlib.suppress(ConnectionError):
            client.sendall(text if isinstance(text, bytes) else text.encode())
        received = b""
        while True:
            try:
                piece = client.recv(1 << 16)
            except ConnectionError:
                return received
            if not piece:
                return received
            received += piece


def get(path: str, more: str = "") -> str:
    return f"GET {path} HTTP/1.1\r\n{AUTHORIZED}{more}\r\n"


def is_well(api: Served) -> bool:
    return api.get(f"{api.base}/jobs")[0] == 200


@pytest.mark.parametrize(
    "text",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 200,  # TLS
        b"\x00",
        b"GET\r\n\r\n",
        b"GET /\r\n\r\n",
        b"GET / HTTP/2.0\r\n\r\n",
        b"GET / HTTP/1.1 x\r\n\r\n",
        b"GET  / HTTP/1.1\r\n\r\n",
        b"GET nothing HTTP/1.1\r\nHost: h\r\n\r\n",
        b"G\xc3\x84T / HTTP/1.1\r\nHost: h\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: h\r\n\r\n",
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
        b"GET / HTTP/1.1\r\n folded: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost : a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello",
        b"GET / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
)
def test_garbage_is_a_bad_request(api: Served, text: bytes) -> None:
    assert ask(api, text).startswith(b"HTTP/1.1 400 ")
    assert is_well(api)


@pytest.mark.parametrize("host", ["a b", "a/b", "a@b", '"', "h:123456", "<script>", "h\tx"])
def test_a_host_that_is_none_gets_no_addresses(api: Served, host: str) -> None:
    path = f"{api.base}/jobs"
    text = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {TOKEN}\r\n"
    assert ask(api, text + "Connection: close\r\n\r\n").startswith(b"HTTP/1.1 400 ")


def test_addresses_of_blobs_begin_as_we_were_called(api: Served) -> None:
    job = api.get(f"{api.base}/jobs")[1]["jobs"][0]["jobID"]
    path = f"{api.base}/jobs/{job}/metrics"
    for host in ("build.test:81", "[::1]:8080", "host.docker.internal"):
        text = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: bearer {TOKEN}\r\n"
        answer = ask(api, text + "Connection: close\r\n\r\n")
        assert f'"http://{host}/blobs/{SECRET}/'.encode() in answer
    text = f"GET {path} HTTP/1.0\r\nAuthorization: Bearer {TOKEN}\r\n\r\n"
    assert f'"http://127.0.0.1:{api.api.port}/blobs/'.encode() in ask(api, text)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"])
def test_nothing_but_get_is_allowed(api: Served, method: str) -> None:
    body = "x" * 100_000
    answer = ask(
        api,
        f"{method} {api.base}/jobs HTTP/1.1\r\n{AUTHORIZED}Content-Length: 100000\r\n\r\n{body}",
    )
    assert answer.startswith(b"HTTP/1.1 405 ")
    assert b"Allow: GET\r\n" in answer
    assert b"Connection: close\r\n" in answer


def test_a_head_has_no_body(api: Served) -> None:
    answer = ask(api, f"HEAD {api.base}/jobs HTTP/1.1\r\n{AUTHORIZED}\r\n")
    assert answer.startswith(b"HTTP/1.1 405 ")
    assert answer.endswith(b"\r\n\r\n")


def test_a_body_without_end_is_cut_off(api: Served) -> None:
    started = time.monotonic()
    ask(api, b"POST / HTTP/1.1\r\nHost: h\r\n\r\n" + b"x" * 8_000_000)
    assert time.monotonic() - started < 10
    assert is_well(api)


@pytest.mark.parametrize(
    "text", [b"GET / HTTP/1.1\r\nA: " + b"x" * 200_000, b"GET /" + b"x" * 200_000, b"x" * 200_000]
)
def test_a_head_without_end_is_refused(api: Served, text: bytes) -> None:
    answer = ask(api, text)
    assert answer.startswith(b"HTTP/1.1 431 ") or answer == b""
    assert is_well(api)


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
    monkeypatch.setattr(server, "HEAD", 0.3)
    monkeypatch.setattr(server, "FIRST", 0.3)
    monkeypatch.setattr(server, "IDLE", 0.3)
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
    monkeypatch.setattr(server, "WRITE", 0.3)
    space = workspace(tmp_path / "ws", jobs=1)
    (tmp_path / "ws/jobs/job-0/outputs/large.bin").write_bytes(b"x" * 40_000_000)
    with served(tmp_path / "api", space, logs=True) as api:
        row = api.get(f"{api.base}/jobs/{space.jobs[0].id}/logs")[1]["logs"][0]
        path = "/" + row["logOutputLocation"].split("/", 3)[3]
        with connect(api) as client:
            client.sendall(get(path).encode())
            deadline = time.monotonic() + 20
            while not api.api.counts()["overdue"]:
                assert time.monotonic() < deadline
                time.sleep(0.02)
        assert is_well(api)


def test_who_reads_slowly_gets_all_of_it_before_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "CHECK_INTERVAL", 0.05)
    monkeypatch.setattr(server, "LINGER", 0.2)
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


@pytest.mark.parametrize(
    "text",
    [
        " " * 200_000,
        "\t \n" * 70_000 + "AN",
        "a" * 200_000,
        'a = "' + " " * 200_000,
        "a = b" + " " * 200_000 + "c",
        "a" + " " * 200_000 + "AND" + " " * 200_000 + "= 1",
        " AND " * 40_000,
    ],
    ids=["blanks", "blanks before AN", "a word", "a quote", "a value", "AND", "many ANDs"],
)
def test_the_time_of_a_search_is_linear_in_its_length(text: str) -> None:
    about = {"rows": [{"a": "b"}], "common": {}, "search": {"a": "a"}}
    before = time.process_time()
    list(server._wanted(about, {"search": [text]}))
    # Quadratic ones take minutes.
    assert time.process_time() - before < 2


def test_a_search_with_blanks_means_what_it_says() -> None:
    about = {"rows": [{"a": "x  AND y"}, {"a": "b"}], "common": {}, "search": {"a": "a"}}
    for text in ('a = "b"', '  a="b"  AND   a >= "b" ', "a = b\tAND\na = b"):
        assert list(server._wanted(about, {"search": [text]})) == [{"a": "b"}]


@pytest.mark.parametrize(
    "path",
    [
        f"/blobs/{SECRET}/%C2%B2",
        f"/blobs/{SECRET}/%D9%A1",
        f"/blobs/{SECRET}/-1",
        "/%00",
        "/%ff?%ff",
    ],
)
def test_odd_characters_are_only_not_there(
    api: Served, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert api.get(path)[0] == 404
    assert is_well(api)
    assert caplog.records == []


def test_random_bytes_never_bring_it_down(api: Served, caplog: pytest.LogCaptureFixture) -> None:
    chance = random.Random(7)
    good = get(f"{api.base}/jobs").encode()
    for _ in range(150):
        data = bytearray(good * 2)
        for _ in range(chance.randrange(1, 12)):
            place = chance.randrange(len(data))
            data[place : place + chance.randrange(3)] = chance.randbytes(chance.randrange(4))
        with connect(api) as client:
            client.sendall(data)
            client.shutdown(socket.SHUT_WR)
            while client.recv(1 << 16):
                pass
    assert is_well(api)
    # Nothing went wrong inside either.
    assert caplog.records == []


def test_a_port_that_is_taken_is_one_clear_sentence(api: Served) -> None:
    with (
        pytest.raises(EngineError, match="cannot listen on"),
        ThreadServer(api.prepared.folder, port=api.api.port),
    ):
        pass


# -- on its own, as in a container ---------------------------------------------------------------


def test_the_file_is_of_a_language_that_python_3_8_knows() -> None:
    ast.parse(Path(server.__file__).read_text(), feature_version=(3, 8))


@pytest.mark.parametrize("name", ["", "python3.8", "python3.9", "python3.10", "python3.13"])
def test_it_runs_alone_and_tells_its_counts(tmp_path: Path, name: str) -> None:
    python = shutil.which(name) if name else sys.executable
    # A version manager has commands for versions that it lacks.
    if (
        not python
        or subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode
    ):
        pytest.skip(f"{name} is not installed")
    with served(tmp_path / "api", workspace(tmp_path / "ws")) as api:
        base, folder = api.base, api.prepared.folder
    alone = tmp_path / "alone" / "server.py"
    alone.parent.mkdir()
    alone.write_bytes(Path(server.__file__).read_bytes())
    counts = tmp_path / "counts.json"
    process = subprocess.Popen(
        [python, "-I", str(alone), str(folder), "--counts", str(counts)],
        stdout=subprocess.PIPE,
        cwd=tmp_path / "alone",
        env={"PATH": os.environ["PATH"]},
    )
    try:
        assert process.stdout is not None
        said = json.loads(process.stdout.readline())
        request = f"GET {base}/jobs HTTP/1.0\r\nAuthorization: Bearer {TOKEN}\r\n\r\n"
        for _ in range(3):
            with socket.create_connection((said["host"], said["port"]), timeout=20) as client:
                client.sendall(request.encode())
                assert client.makefile("rb").read().startswith(b"HTTP/1.1 200 OK")
        deadline = time.monotonic() + 20
        while not counts.exists() or json.loads(counts.read_bytes())["requests"] < 3:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert not json.loads(counts.read_bytes())["final"]
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
    finally:
        process.kill()
        process.communicate()
    told = json.loads(counts.read_bytes())
    assert told["final"]
    assert told["answers"] == {"200": 3}
    assert [path.name for path in tmp_path.glob("counts*")] == ["counts.json"]


def test_a_folder_that_was_not_prepared_is_one_clear_sentence(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, server.__file__, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("cannot serve ")
    assert done.stderr.count("\n") == 1
