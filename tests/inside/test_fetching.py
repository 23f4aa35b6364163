"""Batch and report mode: metrics from an API, all of them or a clear error."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.document import open_document
from runner.api.stub_server.index_builder import ServedFolder, build_index
from runner.api.stub_server.thread_server import ThreadServer
from runner.inside import fetch
from runner.inside.errors import Code, InputsError
from runner.inside.report import fetch_report
from runner.workspace.contract import BatchConfig, config_bytes
from runner.workspace.layout import open_workspace
from tests.inside.runtime_harness import RuntimeHarness, needs_sdk

pytestmark = needs_sdk

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
) -> Iterator[tuple[ServedFolder, ThreadServer]]:
    folder = tmp_path_factory.mktemp("served") / "api"
    prepared = build_index([open_workspace(workspace)], folder, token="a-token", secret="a-secret")
    with ThreadServer(folder) as api:
        yield prepared, api


def test_all_that_was_written_comes_back(
    workspace: Path, served: tuple[ServedFolder, ThreadServer]
) -> None:
    prepared, api = served
    jobs = fetch(prepared.batch_config(api.url))
    expected = {job.id: job for job in open_workspace(workspace).jobs}
    assert set(jobs) == set(expected)
    for job_id, unpacked in jobs.items():
        with open_document(expected[job_id].folder.metrics) as document:
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
    prepared = build_index([open_workspace(tmp_path)], tmp_path / "api", token="t", secret="s")
    with ThreadServer(tmp_path / "api") as api:
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


def test_a_config_can_be_a_file(tmp_path: Path, served: tuple[ServedFolder, ThreadServer]) -> None:
    prepared, api = served
    path = tmp_path / "batch_metrics_config.json"
    path.write_bytes(config_bytes(prepared.batch_config(api.url)))
    assert len(fetch(path)) == len(fetch(str(path))) == 12
    with pytest.raises(InputsError, match="cannot be read"):
        fetch(tmp_path / "missing.json")
    path.write_text("{}")
    with pytest.raises(InputsError, match="has no authToken"):
        fetch(path)


def test_a_config_of_three_fields_takes_the_old_routes(
    served: tuple[ServedFolder, ThreadServer],
) -> None:
    prepared, api = served
    assert len(fetch(prepared.batch_config(api.url, fields=3))) == 12


def test_batch_mode_calls_the_function_with_the_jobs(
    harness: RuntimeHarness,
    served: tuple[ServedFolder, ThreadServer],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    prepared, api = served
    harness.config("batch_metrics_config.json", config_bytes(prepared.batch_config(api.url)))
    harness.module(SUMS)
    assert harness.run(monkeypatch) == Code.DONE
    said = capsys.readouterr().err
    assert "fetched 12 jobs: 48 metrics, 36 data" in said
    assert "batch mode: PASSED, 1 metric" in said
    assert prepared.token not in said
    with open_document(harness.metrics) as document:
        assert document.job_id == str(prepared.batch_ids[0])
        (metric,) = document.metrics
        assert metric.values is not None
        assert getattr(metric.values, "value", None) == sum(range(12))


def test_report_mode_calls_the_function_with_the_batches(
    harness: RuntimeHarness,
    served: tuple[ServedFolder, ThreadServer],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    prepared, api = served
    config = prepared.report_config(api.url)
    harness.config("report_config.json", config_bytes(config))
    harness.module(SUMS)
    assert harness.run(monkeypatch) == Code.DONE
    with open_document(harness.metrics) as document:
        assert document.job_id == str(prepared.report_id)
        assert getattr(document.metrics[0].values, "value", None) == 12
    report = fetch_report(config)
    (batch,) = report.batches
    assert [metric.name for metric in batch.metrics.metrics] == ["Of the batch"]
    assert batch.id == prepared.batch_ids[0]


def test_opting_out_of_batch_mode_fetches_nothing(
    harness: RuntimeHarness, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config = BatchConfig("t", "http://127.0.0.1:9/v1", BATCH, PROJECT)
    harness.config("batch_metrics_config.json", config_bytes(config))
    harness.module("batch_metrics = None\n")
    assert harness.run(monkeypatch) == Code.DONE
    assert "opts out of batch mode" in capsys.readouterr().err
    with open_document(harness.metrics) as document:
        assert document.job_id == str(BATCH)


@pytest.mark.parametrize(
    ("name", "data", "problem"),
    [
        ("batch_metrics_config.json", b"{", "is not valid JSON"),
        ("batch_metrics_config.json", b"{}", "has no authToken"),
        ("report_config.json", b"[]", "is not a JSON object"),
    ],
)
def test_a_broken_config_is_the_set_ups_fault(
    harness: RuntimeHarness,
    name: str,
    data: bytes,
    problem: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    harness.config(name, data)
    harness.module(SUMS)
    assert harness.run(monkeypatch) == Code.SETUP
    assert problem in capsys.readouterr().err
