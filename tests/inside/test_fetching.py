"""Batch and report mode: metrics from an API, all of them or a clear error."""

from __future__ import annotations

import json
import socket
import threading
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from resim_inspect.document import open_document
from resim_inspect.document.builder import DocumentBuilder
from runner.api.background import Background
from runner.api.patience import Patience
from runner.api.prepare import Prepared, prepare
from runner.contract import BatchConfig, config_bytes
from runner.inside import fetch
from runner.inside.errors import Code, FetchError, InputsError
from runner.inside.fetching import fetch as fetch_patiently
from runner.inside.report import fetch_report, search_for
from runner.inside.unpacking import unpack
from runner.workspace import open_workspace
from tests.inside.room import Room, needs_sdk

pytestmark = needs_sdk

HASTE = Patience(connect=2, read=2, whole=5, attempts=2, backoff=0.01)
BATCH = uuid.UUID("00000000-0000-4000-8000-000000000001")
PROJECT = uuid.UUID("00000000-0000-4000-8000-000000000002")
SUMS = """
from resim.metrics.python.metrics_utils import MetricImportance, MetricStatus

def total(values, writer):
    metric = writer.add_scalar_metric("Total").with_value(float(sum(values)))
    metric.with_status(MetricStatus.PASSED_METRIC_STATUS).with_description("all together")
    metric.with_importance(MetricImportance.LOW_IMPORTANCE)

def batch_metrics(jobs, writer):
    total([m.value for job in jobs.values() for m in job.metrics if m.name == "Speed"], writer)

def report_metrics(report, writer):
    total([len(batch.jobs()) for batch in report.batches], writer)
"""


def flight(seed: str, speed: float) -> DocumentBuilder:
    """A job's document with what fetchers trip over: pictures, and names that are there twice."""
    b = DocumentBuilder(seed=seed)
    clock = b.times("clock", [0.0, 0.5, 1.0])
    values = b.doubles("Speed", [speed, 1.0, 2.0], unit="m/s", index=clock)
    statuses = b.statuses("statuses", values)
    b.scalar("Speed", speed, unit="m/s")
    b.double_over_time("Speeds", [(values, statuses)])
    first = b.scalar("Gust", 1.0, event=True)
    second = b.scalar("Gust", 2.0, event=True)
    b.event("First", at=0.5, metrics=[first])
    b.event("Second", at=1.0, metrics=[second])
    b.image("Map", b.file("map", "map.png"))
    return b


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("workspace")
    for number in range(12):
        outputs = folder / "jobs" / f"flight-{number:02}" / "outputs"
        outputs.mkdir(parents=True)
        flight(f"flight {number}", float(number)).write(outputs / "metrics.binproto")
    outputs = folder / "batch" / "outputs"
    outputs.mkdir(parents=True)
    b = DocumentBuilder(seed="batch")
    b.scalar("Of the batch", 3.0)
    b.write(outputs / "metrics.binproto")
    return folder


@pytest.fixture(scope="module")
def served(
    workspace: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Prepared, Background]]:
    folder = tmp_path_factory.mktemp("served") / "api"
    prepared = prepare([open_workspace(workspace)], folder, token="a-token", secret="a-secret")
    with Background(folder) as api:
        yield prepared, api


def test_all_that_was_written_comes_back(
    workspace: Path, served: tuple[Prepared, Background]
) -> None:
    prepared, api = served
    jobs = fetch(prepared.batch_config(api.url))
    expected = {job.id: job for job in open_workspace(workspace).jobs}
    assert set(jobs) == set(expected)
    for job_id, unpacked in jobs.items():
        with open_document(expected[job_id].place.metrics) as document:
            # The picture stays with its job, as the official fetcher has it.
            names = [m.name for m in document.metrics if m.name != "Map"]
            assert [m.name for m in unpacked.metrics] == names
            ids = [UUID(m.id) for m in document.metrics if m.name != "Map"]
            assert [m.id for m in unpacked.metrics] == ids
            data = {d.name: document.series(d) for d in document.data if d.name != "map"}
        assert {d.name for d in unpacked.metrics_data} == set(data)
        speed = next(d for d in unpacked.metrics_data if d.name == "Speed")
        assert list(speed.series) == list(data["Speed"].values)
        assert speed.index_data.name == "clock"
        assert unpacked.names == {*names, *data}
        number = int(expected[job_id].name[-2:])
        assert unpacked.metrics[0].value == number
    assert jobs.experience_names == {i: job.experience_name for i, job in expected.items()}


def test_it_is_what_the_official_fetcher_brings(tmp_path: Path, workspace: Path) -> None:
    from resim.metrics.fetch_job_metrics import fetch_job_metrics_by_batch

    # Without the names that it does not take.
    for number in range(3):
        outputs = tmp_path / "jobs" / str(number) / "outputs"
        outputs.mkdir(parents=True)
        b = DocumentBuilder(seed=str(number))
        v = b.doubles("v", [1.0, float(number)])
        b.histogram("h", v, b.statuses("s", v), buckets=[(0.0, 9.0)])
        b.write(outputs / "metrics.binproto")
    prepared = prepare([open_workspace(tmp_path)], tmp_path / "api", token="t", secret="s")
    with Background(tmp_path / "api") as api:
        config = prepared.batch_config(api.url)
        ours = fetch(config)
        official = fetch_job_metrics_by_batch(
            token=config.auth_token,
            api_url=config.api_url,
            project_id=config.project_id,
            batch_id=config.batch_id,
        )
    assert set(ours) == set(official)
    for job_id, unpacked in official.items():
        mine = ours[job_id]
        assert type(mine) is type(unpacked)
        assert mine.names == unpacked.names
        for kind in ("metrics", "metrics_data"):
            packed = [
                sorted(thing.pack().SerializeToString(deterministic=True) for thing in things)
                for things in (getattr(mine, kind), getattr(unpacked, kind))
            ]
            assert packed[0] == packed[1]


def test_a_config_can_be_a_file(tmp_path: Path, served: tuple[Prepared, Background]) -> None:
    prepared, api = served
    path = tmp_path / "batch_metrics_config.json"
    path.write_bytes(config_bytes(prepared.batch_config(api.url)))
    assert len(fetch(path)) == len(fetch(str(path))) == 12
    with pytest.raises(InputsError, match="cannot be read"):
        fetch(tmp_path / "missing.json")
    path.write_text("{}")
    with pytest.raises(InputsError, match="authToken is missing"):
        fetch(path)


def test_a_config_of_three_fields_takes_the_old_routes(
    served: tuple[Prepared, Background],
) -> None:
    prepared, api = served
    assert len(fetch(prepared.batch_config(api.url, fields=3))) == 12


def test_batch_mode_calls_the_function_with_the_jobs(
    room: Room,
    served: tuple[Prepared, Background],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    prepared, api = served
    room.config("batch_metrics_config.json", config_bytes(prepared.batch_config(api.url)))
    room.module(SUMS)
    assert room.run(monkeypatch) == Code.DONE
    said = capsys.readouterr().err
    assert "fetched 12 jobs: 48 metrics, 36 data" in said
    assert "batch mode: PASSED, 1 metric" in said
    assert prepared.token not in said
    with open_document(room.metrics) as document:
        assert document.job_id == str(prepared.batch_ids[0])
        (metric,) = document.metrics
        assert metric.values is not None
        assert getattr(metric.values, "value", None) == sum(range(12))


def test_report_mode_calls_the_function_with_the_batches(
    room: Room, served: tuple[Prepared, Background], monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared, api = served
    config = prepared.report_config(api.url)
    room.config("report_config.json", config_bytes(config))
    room.module(SUMS)
    assert room.run(monkeypatch) == Code.DONE
    with open_document(room.metrics) as document:
        assert document.job_id == str(prepared.report_id)
        assert getattr(document.metrics[0].values, "value", None) == 12
    report = fetch_report(config)
    (batch,) = report.batches
    assert [metric.name for metric in batch.metrics.metrics] == ["Of the batch"]
    assert batch.id == prepared.batch_ids[0]


def test_opting_out_of_batch_mode_fetches_nothing(
    room: Room, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config = BatchConfig("t", "http://127.0.0.1:9/v1", BATCH, PROJECT)
    room.config("batch_metrics_config.json", config_bytes(config))
    room.module("batch_metrics = None\n")
    assert room.run(monkeypatch) == Code.DONE
    assert "opts out of batch mode" in capsys.readouterr().err
    with open_document(room.metrics) as document:
        assert document.job_id == str(BATCH)


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("batch_metrics_config.json", b"{", "is no JSON"),
        ("batch_metrics_config.json", b"{}", "authToken is missing"),
        ("report_config.json", b"[]", "is JSON, but no object"),
    ],
)
def test_a_broken_config_is_the_set_ups_fault(
    room: Room,
    name: str,
    data: bytes,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    room.config(name, data)
    room.module(SUMS)
    assert room.run(monkeypatch) == Code.SETUP
    assert said in capsys.readouterr().err


# -- an API that answers otherwise --------------------------------------------------------------


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
        """What our fetcher makes of it."""
        return fetch_patiently(BatchConfig("t0ken", self.url, BATCH, PROJECT), HASTE)


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
    ("change", "said"),
    [
        ({"/blob": (404, b"")}, "is not there"),
        ({"/blob": (500, b"")}, "answers 500 .2 attempts"),
        ({"/blob": b"\xff\xff\xff"}, "that is no Metric"),
        ({"jobs": [{"jobID": "seven"}]}, 'a job with the id "seven"'),
        ({"metrics": (401, b"")}, "does not accept the token"),
        ({"metrics": b"<html>"}, "no JSON"),
        ({"metrics": {"metrics": [{"name": "Speed"}]}}, 'gives no metricURL for "Speed"'),
        ({"metricsData": (503, b"")}, "answers 503"),
    ],
)
def test_one_thing_that_is_missing_is_an_error(
    fake: Fake, change: dict[str, Any], said: str
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
    with pytest.raises(FetchError, match=said) as error:
        fake.fetch()
    assert error.value.code is Code.FETCH
    assert "t0ken" not in f"{error.value} {error.value.hint}"


def test_data_that_a_metric_needs_and_nobody_gives_is_an_error() -> None:
    message = flight("x", 1.0).message()
    metrics = [m.SerializeToString() for m in message.job_level_metrics.metrics]
    data = [d.SerializeToString() for d in message.metrics_data]
    assert len(unpack(metrics, data, "job x").metrics) == 4
    with pytest.raises(FetchError, match="the metrics of job x cannot be unpacked: KeyError"):
        unpack(metrics, data[:1], "job x")


def test_an_api_without_the_old_routes_is_told(fake: Fake) -> None:
    with pytest.raises(FetchError, match="has no projectID, and the API knows no batch without"):
        fetch_patiently(BatchConfig("t", fake.url, BATCH, None), HASTE)


def test_nobody_there_is_an_error_with_its_own_code(
    room: Room, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config = BatchConfig("t", "http://127.0.0.1:9/v1", BATCH, PROJECT)
    room.config("batch_metrics_config.json", config_bytes(config))
    room.module(SUMS)
    assert room.run(monkeypatch) == Code.FETCH
    assert "refuses the connection" in capsys.readouterr().err
    assert not room.metrics.exists()


def test_a_signal_ends_a_fetch_that_hangs(room: Room) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        config = BatchConfig("t", f"http://127.0.0.1:{silent.getsockname()[1]}", BATCH, PROJECT)
        room.config("batch_metrics_config.json", config_bytes(config))
        room.module(SUMS)
        process = room.start()
        silent.settimeout(30)
        connection, _ = silent.accept()
        with connection:
            process.terminate()
            _, said = process.communicate(timeout=10)
    assert process.returncode == Code.TERMINATED
    assert "stopped by a signal" in said


def test_the_search_of_a_report_cannot_be_broken_out_of() -> None:
    row = {
        "testSuiteID": str(BATCH),
        "branchID": str(PROJECT),
        "startTimestamp": "2026-01-02T03:04:05.678Z",
        "endTimestamp": "2026-02-02T03:04:05Z",
        "respectRevisionBoundary": True,
        "testSuiteRevision": 4,
    }
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
