"""An API that answers otherwise: a clear error, or nothing that changes the metrics."""

from __future__ import annotations

import json
import socket
import threading
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import quote

import pytest

from resim_inspect.building.builder import DocumentBuilder
from runner.api.client.retry import RetryPolicy
from runner.inside.errors import Code, FetchError
from runner.inside.fetching import fetch
from runner.inside.report import fetch_report, search_for
from runner.inside.unpacking import unpack
from runner.workspace.contract import BatchConfig, ReportConfig, config_bytes
from tests.inside.runtime_harness import RuntimeHarness, needs_sdk
from tests.inside.test_fetching import BATCH, PROJECT, SUMS, flight

pytestmark = [pytest.mark.slow, needs_sdk]

FAST_RETRIES = RetryPolicy(connect=2, read=2, total_timeout=5, attempts=2, backoff=0.01)


class Fake:
    """An API with the answers it is given: (status, body) or text by path, else 404."""

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {}
        self.asked: list[str] = []
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                fake.asked.append(self.path)
                status, body = 200, fake.answers.get(self.path)
                if body is None:
                    status, body = 404, b""
                elif isinstance(body, tuple):
                    status, body = body
                elif not isinstance(body, bytes):
                    body = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def job(self, job_id: str, metrics: Any, data: Any) -> None:
        """A batch with one job that has these lists."""
        at = f"/projects/{PROJECT}/batches/{BATCH}/jobs"
        self.answers[at] = {"jobs": [{"jobID": job_id}]}
        self.answers[f"{at}/{job_id}/metrics"] = metrics
        self.answers[f"{at}/{job_id}/metricsData"] = data

    def fetch(self) -> Any:
        """Result of the fetcher on this API."""
        return fetch(BatchConfig("t0ken", self.url, BATCH, PROJECT), FAST_RETRIES)


@pytest.fixture
def fake() -> Iterator[Fake]:
    fake = Fake()
    yield fake
    fake.close()


def scalar_blob() -> bytes:
    b = DocumentBuilder(seed="scalar")
    b.scalar("Speed", 3.0)
    message = b.message().job_level_metrics.metrics[0]
    return message.SerializeToString()


def test_a_batch_without_jobs_is_an_empty_dict(fake: Fake) -> None:
    fake.answers[f"/projects/{PROJECT}/batches/{BATCH}/jobs"] = {"jobs": None}
    assert fake.fetch() == {}


def test_new_keys_and_values_of_the_api_change_nothing(fake: Fake) -> None:
    row = {"metricURL": f"{fake.url}/blob", "status": "SPLENDID", "of_tomorrow": {}}
    video = {"metricsDataURL": f"{fake.url}/video", "metricsDataType": "HOLOGRAM"}
    fake.job(str(BATCH), {"metrics": [row]}, {"metricsData": [video], "nextPageToken": ""})
    fake.answers["/blob"] = scalar_blob()
    (job,) = fake.fetch().values()
    assert [metric.name for metric in job.metrics] == ["Speed"]
    assert "/video" not in fake.asked


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"/blob": (404, b"")}, "does not exist"),
        ({"/blob": (500, b"")}, "answers 500 .2 attempts"),
        ({"/blob": b"\xff\xff\xff"}, "that is not a Metric"),
        ({"jobs": [{"jobID": "seven"}]}, 'a job whose id "seven"'),
        ({"metrics": (401, b"")}, "does not accept the token"),
        ({"metrics": b"<html>"}, "not JSON"),
        ({"metrics": {"metrics": [{"name": "Speed"}]}}, 'lists "Speed" without metricURL'),
        ({"metricsData": (503, b"")}, "answers 503"),
    ],
)
def test_one_thing_that_is_missing_is_an_error(
    fake: Fake, change: dict[str, Any], problem: str
) -> None:
    job_id = str(uuid.uuid4())
    fake.job(job_id, {"metrics": [{"metricURL": f"{fake.url}/blob"}]}, {"metricsData": []})
    fake.answers["/blob"] = scalar_blob()
    assert len(fake.fetch()) == 1
    at = f"/projects/{PROJECT}/batches/{BATCH}/jobs"
    for key, answer in change.items():
        if key == "jobs":
            fake.answers[at] = {"jobs": answer}
        else:
            fake.answers[key if key == "/blob" else f"{at}/{job_id}/{key}"] = answer
    with pytest.raises(FetchError, match=problem) as error:
        fake.fetch()
    assert error.value.code is Code.FETCH
    assert "t0ken" not in f"{error.value} {error.value.hint}"


def test_missing_data_of_a_metric_is_an_error() -> None:
    message = flight("x", 1.0).message()
    metrics = [m.SerializeToString() for m in message.job_level_metrics.metrics]
    data = [d.SerializeToString() for d in message.metrics_data]
    assert len(unpack(metrics, data, "job x").metrics) == 4
    with pytest.raises(FetchError, match="the metrics of job x cannot be unpacked: KeyError"):
        unpack(metrics, data[:1], "job x")


def test_an_api_without_the_old_routes_is_told(fake: Fake) -> None:
    with pytest.raises(
        FetchError, match="has no projectID, and the API does not find the batch without"
    ):
        fetch(BatchConfig("t", fake.url, BATCH, None), FAST_RETRIES)


def test_an_unreachable_server_is_an_error_with_its_own_code(
    harness: RuntimeHarness, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config = BatchConfig("t", "http://127.0.0.1:9/v1", BATCH, PROJECT)
    harness.config("batch_metrics_config.json", config_bytes(config))
    harness.module(SUMS)
    assert harness.run(monkeypatch) == Code.FETCH
    assert "refuses the connection" in capsys.readouterr().err
    assert not harness.metrics.exists()


def test_a_signal_ends_a_fetch_that_hangs(harness: RuntimeHarness) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        config = BatchConfig("t", f"http://127.0.0.1:{silent.getsockname()[1]}", BATCH, PROJECT)
        harness.config("batch_metrics_config.json", config_bytes(config))
        harness.module(SUMS)
        process = harness.start()
        silent.settimeout(30)
        connection, _ = silent.accept()
        with connection:
            process.terminate()
            _, said = process.communicate(timeout=10)
    assert process.returncode == Code.TERMINATED
    assert "stopped by a signal" in said


def test_a_config_with_plain_http_is_followed() -> None:
    # As where the stub server runs on the host of a container; whoever made the config decided.
    config = BatchConfig("t", "http://stub-server.invalid/v1", BATCH, PROJECT)
    with pytest.raises(FetchError, match=r"stub-server\.invalid") as error:
        fetch(config, FAST_RETRIES)
    assert "plain http" not in str(error.value)


REPORT = {
    "testSuiteID": str(BATCH),
    "branchID": str(PROJECT),
    "startTimestamp": "2026-01-02T03:04:05.678Z",
    "endTimestamp": "2026-02-02T03:04:05Z",
}


def test_a_batch_of_a_report_without_a_time_is_named_as_one(fake: Fake) -> None:
    project = f"/projects/{PROJECT}"
    fake.answers[f"{project}/reports/{BATCH}"] = REPORT
    batch = {"batchID": str(BATCH), "creationTimestamp": "soon"}
    fake.answers[f"{project}/batches?search={quote(search_for(REPORT))}"] = {"batches": [batch]}
    with pytest.raises(FetchError, match=r"a batch in the API's list has the creation"):
        fetch_report(ReportConfig("t0ken", fake.url, BATCH, PROJECT), FAST_RETRIES)


def test_the_search_of_a_report_cannot_be_broken_out_of() -> None:
    row = {**REPORT, "respectRevisionBoundary": True, "testSuiteRevision": 4}
    assert search_for(row) == (
        f'test_suite_id = "{BATCH}" AND branch_id = "{PROJECT}"'
        ' AND created_at > "2026-01-02 03:04:05.678000+00:00"'
        ' AND created_at < "2026-02-02 03:04:05+00:00" AND test_suite_revision = 4'
    )
    for key, value in (
        ("branchID", '" OR "" = "'),
        ("endTimestamp", "soon"),
        ("testSuiteRevision", "4 OR 1 = 1"),
    ):
        with pytest.raises(FetchError):
            search_for({**row, key: value})
