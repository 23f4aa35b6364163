"""Counts of the stub server: enough to say which metrics a build lost, and why."""

from __future__ import annotations

import json
import socket
import time
from pathlib import Path
from urllib.parse import urlsplit

from tests.api.workspaces import served, workspace


def test_what_was_listed_and_never_fetched_is_named(tmp_path: Path) -> None:
    with served(tmp_path / "api", workspace(tmp_path / "ws")) as running:
        jobs = running.get(f"{running.base}/jobs")[1]["jobs"]
        counts = running.api.counts()
        assert counts["lists"]["jobs"]["asked"] == 1
        assert counts["lists"]["metrics"] == {
            "asked": 0,
            "of": 2,
            "blobs": 4,
            "listed": 0,
            "served": 0,
            "spare": 0,
        }
        assert counts["lost"] == 0
        listed = [
            row
            for job in jobs
            for row in running.get(f"{running.base}/jobs/{job['jobID']}/metrics")[1]["metrics"]
        ]
        for row in listed[:3]:
            assert running.get(urlsplit(row["metricURL"]).path, token=None)[0] == 200
        assert running.get("/counts")[1]["lost"] == 1
        assert running.get("/nothing")[0] == 404
        assert running.get("/nothing", method="POST")[0] == 405
    counts = running.api.counts()
    assert counts["final"]
    assert (counts["lists"]["metrics"]["listed"], counts["lists"]["metrics"]["served"]) == (4, 3)
    assert counts["lost_names"] == [{"list": "metrics", "of": "job-1", "name": "scalar 1"}]
    assert counts["answers"] == {"200": 7, "404": 1, "405": 1}
    assert counts["unknown_paths"] == ["/nothing"]


def test_a_blob_counts_when_all_of_it_went_out(tmp_path: Path) -> None:
    # Larger than the system's own buffers.
    space = workspace(tmp_path / "ws", jobs=1)
    log = tmp_path / "ws/jobs/job-0/outputs/large.bin"
    log.write_bytes(b"x" * 40_000_000)
    with served(tmp_path / "api", space, logs=True) as running:
        logs = running.get(f"{running.base}/jobs/{space.jobs[0].id}/logs")[1]["logs"]
        path = urlsplit(logs[0]["logOutputLocation"]).path
        with socket.create_connection(("127.0.0.1", running.api.port)) as client:
            client.sendall(f"GET {path} HTTP/1.1\r\nHost: h\r\n\r\n".encode())
            assert client.recv(15) == b"HTTP/1.1 200 OK"
        deadline = time.monotonic() + 60
        while not running.api.counts()["broken"]:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        status, content = running.get(path, token=None)
        assert (status, len(content)) == (200, 40_000_000)


def test_a_file_that_has_gone_or_shrunk_is_told(tmp_path: Path) -> None:
    space = workspace(tmp_path / "ws", jobs=1)
    with served(tmp_path / "api", space, logs=True) as running:
        logs = running.get(f"{running.base}/jobs/{space.jobs[0].id}/logs")[1]["logs"]
        path = urlsplit(logs[0]["logOutputLocation"]).path
        space.jobs[0].folder.metrics.write_bytes(b"short")
        assert running.get(path, token=None)[0] == 410
        space.jobs[0].folder.metrics.unlink()
        assert running.get(path, token=None)[0] == 410


def test_counts_are_plain_json_of_a_known_format(tmp_path: Path) -> None:
    with served(tmp_path / "api", workspace(tmp_path / "ws")) as running:
        running.get(f"{running.base}/jobs")
        counts = running.api.counts()
    assert counts["format"] == 1
    assert json.loads(json.dumps(counts)) == counts
