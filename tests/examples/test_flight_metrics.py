"""The example build: its flights, its metrics of a job, and those of a batch."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import uuid
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from examples.flight_metrics import generate
from resim_inspect.document import Document, open_document
from resim_inspect.document.enums import MetricStatus, MetricType
from resim_inspect.document.model import ScalarValues
from resim_inspect.validation import validate
from resim_inspect.validation.findings import Severity
from tests.inside.runtime_harness import needs_sdk

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "flight_metrics"


def run_job(inputs: Path, outputs: Path) -> None:
    """Run the build as its image does, without one."""
    env = {"RESIM_INPUTS": str(inputs), "RESIM_OUTPUTS": str(outputs)}
    done = subprocess.run(
        [sys.executable, "-m", "runner.inside"],
        env={**os.environ, **env, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=EXAMPLE,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All experiences, flown once and measured."""
    folder = tmp_path_factory.mktemp("flights")
    assert generate.main([str(folder)]) == 0
    for job in sorted((folder / "jobs").iterdir()):
        run_job(job / "inputs", job / "outputs")
    return folder


def document(job: Path) -> Document:
    return open_document(job / "outputs" / "metrics.binproto")


# -- the generator -----------------------------------------------------------------------------


def test_the_same_arguments_make_the_same_flight(tmp_path: Path) -> None:
    for name in ("a", "b"):
        assert generate.main([str(tmp_path / name), "night_patrol"]) == 0
    files = [p.relative_to(tmp_path / "a") for p in (tmp_path / "a").rglob("*") if p.is_file()]
    assert len(files) == 6
    for file in files:
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_a_reader_that_ends_early_ends_nothing(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    program = [sys.executable, str(EXAMPLE / "generate.py")]
    words = [*program, str(tmp_path), "night_patrol", "calm_survey"]
    done = subprocess.run(words, stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")
    assert {job.name for job in (tmp_path / "jobs").iterdir()} == {"night_patrol", "calm_survey"}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device")
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_what_cannot_be_written_is_one_sentence(tmp_path: Path, unbuffered: str) -> None:
    program = [sys.executable, str(EXAMPLE / "generate.py")]
    (tmp_path / "file").touch()
    environ = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    with Path("/dev/full").open("wb") as full:
        for workspace, what in (("ws", "the output"), ("file", str(tmp_path / "file"))):
            done = subprocess.run(
                [*program, str(tmp_path / workspace), "night_patrol"],
                stdout=full,
                stderr=subprocess.PIPE,
                env=environ,
                text=True,
                check=False,
            )
            assert done.returncode == 2
            assert done.stderr.startswith(f"generate.py: {what}")
            assert done.stderr.count("\n") == 1
            assert "cannot be written: " in done.stderr


def test_a_log_can_have_any_size(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, words in (("short", []), ("long", ["--laps", "3"]), ("fine", ["--rate", "50"])):
        generate.main([str(tmp_path / name), *words, "night_patrol"])
    found = re.findall(r"([\d,]+) samples", capsys.readouterr().out)
    short, long, fine = (int(number.replace(",", "")) for number in found)
    assert 2 * short < long < 3 * short
    assert fine == pytest.approx(5 * short, rel=0.02)
    log = tmp_path / "fine/jobs/night_patrol/inputs/logs/flight.csv"
    assert log.read_text().count("\n") == fine + 1


def test_an_unknown_experience_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        generate.main([str(tmp_path), "moon_landing"])
    assert end.value.code == 2
    assert "there are calm_survey" in capsys.readouterr().err


def test_a_flight_ends_where_it_began_and_passes_its_waypoints(tmp_path: Path) -> None:
    waypoints = generate.EXPERIENCES["coast_inspection"].waypoints
    samples = list(generate.fly(waypoints, 1, 20))
    assert samples[-1].plan == (0.0, 0.0, 0.0)
    assert {s.plan for s in samples if s.mode == "HOVER"} == set(waypoints)
    plan = np.array([s.plan for s in samples])
    assert np.linalg.norm(np.diff(plan, axis=0), axis=1).max() <= generate.CRUISE / 20 * 1.01


# -- job mode ----------------------------------------------------------------------------------


@needs_sdk
def test_every_flight_has_a_valid_file_without_warnings(workspace: Path) -> None:
    verdicts = {}
    for job in sorted((workspace / "jobs").iterdir()):
        with document(job) as found:
            report = validate(found)
            assert [f for f in report.findings if f.severity is not Severity.INFO] == []
            verdicts[job.name] = found.verdict
    assert verdicts == {
        "calm_survey": MetricStatus.PASSED,
        "coast_inspection": MetricStatus.PASSED,
        "gusty_delivery": MetricStatus.FAIL_WARN,
        "night_patrol": MetricStatus.PASSED,
        "tower_orbit": MetricStatus.PASSED,
    }


@needs_sdk
def test_a_job_shows_all_that_there_is_to_show(workspace: Path) -> None:
    with document(workspace / "jobs" / "tower_orbit") as found:
        # The batchwise bar chart is one of reports, over many batches.
        assert {m.type for m in found.metrics} == set(MetricType) - {
            MetricType.BATCHWISE_BAR_CHART,
            *(kind for kind in MetricType if kind.value == 0),
        }
        assert [e.name for e in found.events] == ["Furthest off the plan", "Landed"]
        assert any(metric.tags for metric in found.metrics)
        assert [d.name for d in found.data if not found.users_of(d)] == ["Height error"]
        for data in found.data:
            path = found.external_path(data)
            assert path is None or path.is_file()
        # The official fetcher refuses a job in which a name is there twice.
        names = [m.name for m in found.metrics] + [d.name for d in found.data]
        assert len(set(names)) == len(names)


@needs_sdk
def test_the_numbers_are_those_of_the_log(workspace: Path) -> None:
    job = workspace / "jobs" / "coast_inspection"
    rows = (job / "inputs/logs/flight.csv").read_text().splitlines()
    table = np.array([row.split(",")[:8] for row in rows[1:]], dtype=float)
    error = np.sqrt(((table[:, 1:4] - table[:, 4:7]) ** 2).sum(axis=1))
    with document(job) as found:
        assert scalar(found, "Mean deviation") == pytest.approx(error.mean())


@needs_sdk
def test_a_storm_blocks(tmp_path: Path) -> None:
    generate.main([str(tmp_path), "night_patrol", "--wind", "9"])
    job = tmp_path / "jobs" / "night_patrol"
    run_job(job / "inputs", job / "outputs")
    with document(job) as found:
        assert found.verdict is MetricStatus.FAIL_BLOCK


# -- batch mode --------------------------------------------------------------------------------


def fetched(workspace: Path, *names: str) -> dict[uuid.UUID, Any]:
    """The jobs' metrics as the official fetcher hands them over."""
    from resim.metrics.proto import metrics_pb2
    from resim.metrics.python.unpack_metrics import unpack_metrics

    jobs = {}
    for job in sorted((workspace / "jobs").iterdir()):
        if not names or job.name in names:
            data = (job / "outputs" / "metrics.binproto").read_bytes()
            message = metrics_pb2.JobMetrics.FromString(data)
            pictures = {metrics_pb2.IMAGE_METRIC_TYPE, metrics_pb2.IMAGE_LIST_METRIC_TYPE}
            jobs[uuid.uuid5(uuid.NAMESPACE_URL, job.name)] = unpack_metrics(
                metrics=[m for m in message.job_level_metrics.metrics if m.type not in pictures],
                metrics_data=list(message.metrics_data),
                events=[],
            )
    return jobs


def batch(jobs: dict[uuid.UUID, Any]) -> Document:
    from resim.metrics.python.metrics_writer import ResimMetricsWriter

    from examples.flight_metrics.metrics import batch_metrics
    from resim_inspect.document import parse_document

    writer = ResimMetricsWriter(uuid.uuid4())
    batch_metrics(jobs, writer)
    return parse_document(writer.write().metrics_msg.SerializeToString())


def scalar(metrics_document: Document, name: str) -> float:
    metric = metrics_document.metric_named(name)
    assert metric is not None
    assert isinstance(metric.values, ScalarValues)
    assert metric.values.value is not None
    return metric.values.value


@needs_sdk
def test_the_batch_averages_by_flight_time_and_merges_all_samples(workspace: Path) -> None:
    total = weight = 0.0
    samples = 0
    for job in (workspace / "jobs").iterdir():
        with document(job) as flight:
            seconds = scalar(flight, "Flight time")
            total += seconds * scalar(flight, "Mean deviation")
            weight += seconds
            errors = next(d for d in flight.data if d.name == "Height error")
            samples += flight.length(errors)
    found = batch(fetched(workspace))
    assert validate(found).valid
    assert scalar(found, "Mean deviation of all flights") == pytest.approx(total / weight)
    merged = next(d for d in found.data if d.name == "Height errors")
    assert found.length(merged) == samples
    assert found.verdict is MetricStatus.PASSED


@needs_sdk
def test_one_flight_that_blocks_blocks_the_batch(workspace: Path) -> None:
    from resim.metrics.python.metrics_utils import MetricStatus as Official

    jobs = fetched(workspace, "calm_survey", "night_patrol")
    first = next(iter(jobs.values()))
    first.metrics[0].status = Official.FAIL_BLOCK_METRIC_STATUS
    found = batch(jobs)
    assert scalar(found, "Flights that block") == 1
    assert found.verdict is MetricStatus.FAIL_BLOCK


@needs_sdk
def test_the_worst_average_alone_is_a_warning(workspace: Path) -> None:
    found = batch(fetched(workspace, "gusty_delivery"))
    assert scalar(found, "Flights that block") == 0
    assert found.verdict is MetricStatus.FAIL_WARN


@needs_sdk
def test_a_batch_without_the_needed_metrics_says_which(workspace: Path) -> None:
    with pytest.raises(ValueError, match="no jobs"):
        batch({})
    jobs = fetched(workspace, "night_patrol")
    for job in jobs.values():
        job.metrics = [m for m in job.metrics if m.name != "Flight time"]
    with pytest.raises(
        LookupError, match="the job has no scalar 'Flight time'; its metrics are All passed"
    ):
        batch(jobs)


# -- report mode -------------------------------------------------------------------------------


@needs_sdk
def test_a_report_has_a_bar_for_each_batch(workspace: Path) -> None:
    from resim.metrics.proto import metrics_pb2
    from resim.metrics.python.metrics_writer import ResimMetricsWriter
    from resim.metrics.python.unpack_metrics import unpack_metrics

    from examples.flight_metrics.metrics import batch_metrics, report_metrics
    from resim_inspect.document import parse_document

    def measured(*names: str) -> Any:
        writer = ResimMetricsWriter(uuid.uuid4())
        batch_metrics(fetched(workspace, *names), writer)
        message: metrics_pb2.JobMetrics = writer.write().metrics_msg
        return unpack_metrics(
            metrics=list(message.job_level_metrics.metrics),
            metrics_data=list(message.metrics_data),
            events=[],
        )

    def batch_of(day: int, metrics: Any) -> Any:
        created = datetime(2026, 3, day, tzinfo=UTC)
        return SimpleNamespace(id=uuid.uuid4(), created=created, metrics=metrics)

    empty = unpack_metrics(metrics=[], metrics_data=[], events=[])
    found = [measured("calm_survey"), measured("gusty_delivery"), empty]
    batches = [batch_of(day, metrics) for day, metrics in enumerate(found, 1)]
    writer = ResimMetricsWriter(uuid.uuid4())
    report_metrics(SimpleNamespace(project_id=uuid.uuid4(), batches=batches), writer)
    document = parse_document(writer.write().metrics_msg.SerializeToString())
    assert [f for f in validate(document).findings if f.severity is not Severity.INFO] == []
    (metric,) = document.metrics
    assert metric.type is MetricType.BATCHWISE_BAR_CHART
    averages = next(data for data in document.data if data.name == "Averages")
    assert document.length(averages) == 2
    assert document.verdict is MetricStatus.FAIL_WARN
    with pytest.raises(ValueError, match="no batch of the report has"):
        report_metrics(SimpleNamespace(project_id=uuid.uuid4(), batches=batches[2:]), writer)


# -- what is told about it ---------------------------------------------------------------------


def test_the_image_of_the_example_is_two_lines_on_ours() -> None:
    lines = (EXAMPLE / "Dockerfile").read_text().splitlines()
    assert lines == ["FROM resim-metrics", "COPY metrics /app/metrics"]


def test_the_mission_says_what_was_flown(tmp_path: Path) -> None:
    generate.main([str(tmp_path), "calm_survey", "--wind", "2"])
    path = tmp_path / "jobs/calm_survey/inputs/experience/mission.json"
    mission = json.loads(path.read_text())
    assert mission["name"] == "calm_survey"
    assert mission["wind"] == 2 * generate.EXPERIENCES["calm_survey"].wind
    assert len(mission["waypoints"]) == 8
    assert mission["geofence"].keys() == {"x", "y", "z"}
