"""Garbage in requests: each gets its answer or its end, and the next one is served."""

from __future__ import annotations

import ast
import json
import os
import random
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
from tests.api.raw_requests import AUTHORIZED, ask, connect, get, is_well
from tests.api.workspaces import SECRET, TOKEN, Served, served, workspace


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path / "api", workspace(tmp_path / "ws")) as running:
        yield running


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
        deadline = time.monotonic() + 60
        while not counts.exists() or json.loads(counts.read_bytes())["requests"] < 3:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert not json.loads(counts.read_bytes())["final"]
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0
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
    assert done.stderr.startswith("the folder ")
    assert done.stderr.count("\n") == 1
