"""Batch mode that goes wrong on this machine: lost metrics, wrong tokens, garbage and hangs."""

from __future__ import annotations

import re
import uuid
from pathlib import Path

import pytest

from tests.runner.batch_harness import FETCH, WITH_AND_WITHOUT_SANDBOX, batch, result
from tests.runner.engines.process_harness import sandboxed

pytestmark = pytest.mark.slow


def test_lost_metrics_are_counted_and_named(tmp_path: Path) -> None:
    text = """
config = read_config()
def one(number, url):
    if number in (2, 3, 7):
        raise OSError("Too many open files")
    get(url)
for each in enumerate(list(urls(config))):
    # One after the other: threads that fail together write into each other's tracebacks.
    thread = threading.Thread(target=one, args=each)
    thread.start()
    thread.join()
done()
"""
    call = batch(tmp_path, text, "--no-sandbox")
    assert call.code == 2
    found = result(call)
    assert (found["outcome"], found["problem"]) == ("failed", "lost-metrics")
    assert found["verdict"] == "PASSED"
    assert found["message"].startswith("the build's fetcher lost ")
    lost = [int(n) for n in re.findall(r"(\d+) of \d+ metrics", found["message"])]
    assert sum(lost) == 3
    assert "3 threads of it failed (OSError: Too many open files)" in found["message"]
    assert "opened more files" in found["hint"]
    assert "of job-" in found["message"]
    # What it leaves out on purpose is not lost; that its threads failed is still said.
    call = batch(tmp_path, text, "--no-sandbox", "--partial-fetch")
    assert call.code == 0
    assert "3 threads of it failed" in " ".join(result(call)["notes"])


def test_lists_alone_are_a_way_to_read_metrics(tmp_path: Path) -> None:
    call = batch(tmp_path, "list(urls(read_config()))\ndone()", "--no-sandbox")
    assert call.code == 0, call.err
    assert result(call)["served"]["metrics"]["served"] == 0
    assert result(call)["notes"] == []


def test_failed_threads_that_fetched_nothing_lost_all(tmp_path: Path) -> None:
    text = """
config = read_config()
def one():
    for url in urls(config): raise RuntimeError("can't start new thread")
thread = threading.Thread(target=one)
thread.start()
thread.join()
done()
"""
    call = batch(tmp_path, text, "--no-sandbox")
    assert call.code == 2
    assert "lost 4 of 4 metrics" in result(call)["message"]
    assert "--pids" in result(call)["hint"]


def test_an_unknown_id_is_told(tmp_path: Path) -> None:
    text = f"""
config = read_config()
get(base(config) + "/jobs/{uuid.UUID(int=0)}/metrics", config["authToken"])
"""
    call = batch(tmp_path, text, "--no-sandbox")
    assert call.code == 2
    assert "404" in result(call)["message"]
    (note,) = result(call)["notes"]
    assert note.startswith("it made 1 request for paths that do not exist, such as /v1/projects/")
    assert note.endswith("/jobs/00000000-0000-0000-0000-000000000000/metrics (404).")
    assert f"warning: batch: {note}" in call.err


def test_a_wrong_token_garbage_and_floods_are_told(tmp_path: Path) -> None:
    text = (
        FETCH
        + """
import http.client, socket
from urllib.parse import urlsplit
for _ in range(2):
    try:
        get(base(config) + "/jobs", "wrong")
    except urllib.error.HTTPError as error:
        assert error.code == 401
where = urlsplit(config["apiURL"])
for garbage in (b"\\0\\1\\2\\3\\r\\n\\r\\n", b"POST / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n"):
    with socket.create_connection((where.hostname, where.port)) as peer:
        peer.sendall(garbage)
        peer.recv(1000)
line = http.client.HTTPConnection(where.hostname, where.port)
for _ in range(2500):
    line.request("GET", "/v1/batches", headers={"Authorization": "Bearer " + config["authToken"]})
    line.getresponse().read()
done()
"""
    )
    call = batch(tmp_path, text, "--no-sandbox")
    assert call.code == 0, call.err
    refused, garbage, flood = result(call)["notes"]
    assert "refused 2 times (401)" in refused
    assert "2 malformed requests (4xx)" in garbage
    assert "2,51" in flood
    assert "fetch everything" in flood


@WITH_AND_WITHOUT_SANDBOX
def test_a_hang_is_told_with_what_was_last_asked(tmp_path: Path, more: tuple[str, ...]) -> None:
    text = """
config = read_config()
found = urls(config)
get(next(found))
lock = threading.Lock()
lock.acquire()
lock.acquire()
"""
    call = batch(tmp_path, text, "--timeout", "3", "--grace", "2", *more)
    assert call.code == 6
    found = result(call)
    assert (found["outcome"], found["problem"]) == ("timeout", "hang")
    assert 'Its last request was for the metrics "scalar 0" of job-0, ' in found["message"]
    assert "it had received 1 of 4 metrics" in found["message"]
    assert "fetcher hangs" in found["hint"]


@sandboxed
def test_a_hang_that_hears_no_signal_is_told_as_well(tmp_path: Path) -> None:
    text = """
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
config = read_config()
rows(base(config) + "/jobs", "jobs", config["authToken"])
time.sleep(600)
"""
    call = batch(tmp_path, text, "--timeout", "3", "--grace", "1")
    assert call.code == 6
    assert "Its last request was for the list of jobs, " in result(call)["message"]
