"""The index of a workspace: bytes as they were written, rows that say what they are."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.document import parse_document
from resim_inspect.document.enums import MetricStatus
from resim_inspect.schema import metrics_pb2 as pb
from runner.api.stub_server import resources
from runner.api.stub_server.index_builder import build_index, new_token
from runner.errors import StorageError, WorkspaceError
from runner.workspace.contract import config_bytes as as_bytes
from runner.workspace.contract import parse_batch_config, parse_report_config
from runner.workspace.layout import open_workspace
from tests.api.workspaces import CREATED, document, workspace, write_job


def index_of(folder: Path) -> dict[str, Any]:
    index: dict[str, Any] = json.loads((folder / "index.json").read_bytes())
    return index


def blob(folder: Path, index: dict[str, Any], number: int) -> bytes:
    file, offset, length = index["blobs"][number]
    data: bytes = (folder / index["files"][file]).read_bytes()
    return data[offset : offset + length]


def test_blobs_are_the_bytes_of_the_document(tmp_path: Path) -> None:
    # An encoding that protobuf's own library would not write: name first, an unknown field.
    metric = b"\x12\x01m\x18\x07\x28\x01\xc2\x3e\x02xy"
    data = b"\x12\x01d\x08\x01\xc2\x3e\x02zz"
    collection = b"\x0a" + bytes([len(metric)]) + metric
    whole = b"\x12" + bytes([len(collection)]) + collection + b"\x1a" + bytes([len(data)]) + data
    write_job(tmp_path / "ws", "odd", whole)
    space = open_workspace(tmp_path / "ws")
    ready = build_index([space], tmp_path / "api", token="t", secret="s")
    assert (ready.metrics, ready.data, ready.problems) == (1, 1, ())
    index = index_of(tmp_path / "api")
    base = f"batches/{space.batch_id}/jobs/{space.jobs[0].id}"
    assert blob(tmp_path / "api", index, index["lists"][f"{base}/metrics"]["rows"][0]["blob"]) == (
        metric
    )
    row = index["lists"][f"{base}/metricsData"]["rows"][0]
    assert blob(tmp_path / "api", index, row["blob"]) == data


def test_all_blobs_of_all_jobs_are_there_in_the_order_of_the_file(tmp_path: Path) -> None:
    space = workspace(tmp_path / "ws", jobs=3, metrics=4)
    ready = build_index([space], tmp_path / "api", token="t", secret="s")
    assert (ready.jobs, ready.metrics, ready.data) == (3, 12, 15)
    index = index_of(tmp_path / "api")
    for job in space.jobs:
        message = pb.JobMetrics.FromString(job.folder.metrics.read_bytes())
        base = f"batches/{space.batch_id}/jobs/{job.id}"
        metrics = index["lists"][f"{base}/metrics"]["rows"]
        assert [
            pb.Metric.FromString(blob(tmp_path / "api", index, row["blob"])) for row in metrics
        ] == list(message.job_level_metrics.metrics)
        data = index["lists"][f"{base}/metricsData"]["rows"]
        assert [
            pb.MetricsData.FromString(blob(tmp_path / "api", index, row["blob"])) for row in data
        ] == list(message.metrics_data)


def test_only_the_owner_may_read_what_holds_the_token(tmp_path: Path) -> None:
    build_index([workspace(tmp_path / "ws")], tmp_path / "api", token="t", secret="s")
    assert stat.S_IMODE((tmp_path / "api").stat().st_mode) == 0o700
    for path in (tmp_path / "api").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_job_that_cannot_be_read_is_one_that_failed(tmp_path: Path) -> None:
    write_job(tmp_path / "ws", "cut", document("cut")[:-3])
    write_job(tmp_path / "ws", "good", document("good"))
    write_job(tmp_path / "ws", "text", b"not a metrics file")
    (tmp_path / "ws/jobs/nothing/inputs").mkdir(parents=True)
    space = open_workspace(tmp_path / "ws")
    ready = build_index([space], tmp_path / "api", token="t", secret="s")
    assert [problem.partition(":")[0] for problem in ready.problems] == ["cut", "nothing", "text"]
    index = index_of(tmp_path / "api")
    jobs = {
        r["experienceName"]: r for r in index["lists"][f"batches/{space.batch_id}/jobs"]["rows"]
    }
    assert [jobs[name]["conflatedStatus"] for name in ("cut", "good", "nothing", "text")] == [
        "ERROR",
        "PASSED",
        "ERROR",
        "ERROR",
    ]
    batch = index["objects"][f"batches/{space.batch_id}"]
    assert batch["jobStatusCounts"]["error"] == 3
    assert batch["jobMetricsStatusCounts"]["noStatusReported"] == 3
    # Nothing of a file that was refused half-way is left.
    assert ready.metrics == 2
    assert len(index["blobs"]) == 5
    assert sum(length for _, _, length in index["blobs"]) == (
        (tmp_path / "api/blobs").stat().st_size
    )
    for job in space.jobs:
        for kind in ("metrics", "metricsData", "events", "logs"):
            assert f"batches/{space.batch_id}/jobs/{job.id}/{kind}" in index["lists"]


@pytest.mark.parametrize(
    ("status", "conflated"),
    [("FAIL_BLOCK", "BLOCKER"), ("FAIL_WARN", "WARNING"), ("RAW", "PASSED")],
)
def test_verdicts_are_told_as_the_cloud_tells_them(
    tmp_path: Path, status: str, conflated: str
) -> None:
    write_job(tmp_path / "ws", "one", document("one", status=status))
    space = open_workspace(tmp_path / "ws")
    build_index([space], tmp_path / "api", token="t", secret="s")
    index = index_of(tmp_path / "api")
    row = index["lists"][f"batches/{space.batch_id}/jobs"]["rows"][0]
    assert (row["jobMetricsStatus"], row["conflatedStatus"]) == (status, conflated)
    batch = index["objects"][f"batches/{space.batch_id}"]
    assert batch["jobsMetricsStatus"] == batch["overallMetricsStatus"] == status
    assert batch["batchMetricsStatus"] == "NO_STATUS_REPORTED"


def test_a_batch_has_its_own_metrics_unless_they_are_to_be_computed(tmp_path: Path) -> None:
    space = workspace(tmp_path / "ws")
    path = tmp_path / "ws/batch/outputs/metrics.binproto"
    path.parent.mkdir(parents=True)
    path.write_bytes(document("batch", metrics=3, status="FAIL_WARN"))
    ready = build_index([space], tmp_path / "with", token="t", secret="s")
    index = index_of(tmp_path / "with")
    assert len(index["lists"][f"batches/{space.batch_id}/metrics"]["rows"]) == 3
    assert len(index["lists"][f"batches/{space.batch_id}/metricsData"]["rows"]) == 4
    assert index["objects"][f"batches/{space.batch_id}"]["batchMetricsStatus"] == "FAIL_WARN"
    assert index["objects"][f"batches/{space.batch_id}"]["overallMetricsStatus"] == "FAIL_WARN"
    assert ready.metrics == 4
    build_index([space], tmp_path / "without", token="t", secret="s", batch_metrics=False)
    index = index_of(tmp_path / "without")
    assert index["lists"][f"batches/{space.batch_id}/metrics"]["rows"] == []


def test_only_the_jobs_that_are_named_are_served(tmp_path: Path) -> None:
    space = workspace(tmp_path / "ws", jobs=3)
    ready = build_index([space], tmp_path / "api", token="t", secret="s", jobs={"job-1"})
    assert ready.jobs == 1
    rows_of_jobs = index_of(tmp_path / "api")["lists"][f"batches/{space.batch_id}/jobs"]["rows"]
    assert [row["jobID"] for row in rows_of_jobs] == [str(space.jobs[1].id)]


def test_images_can_be_hidden_from_old_fetchers(tmp_path: Path) -> None:
    b = DocumentBuilder(seed="images")
    b.image("shot", b.file("file", "shot.png"))
    b.scalar("scalar", 1.0)
    write_job(tmp_path / "ws", "one", b.bytes())
    space = open_workspace(tmp_path / "ws")
    path = f"batches/{space.batch_id}/jobs/{space.jobs[0].id}/metrics"
    for hide, names in ((False, ["shot", "scalar"]), (True, ["scalar"])):
        folder = tmp_path / f"api-{hide}"
        ready = build_index([space], folder, token="t", secret="s", hide_images=hide)
        assert [row["name"] for row in index_of(folder)["lists"][path]["rows"]] == names
        # An external file is served, but no official client asks for it.
        assert (ready.metrics, ready.data) == (len(names), 0)


def test_two_batches_with_one_id_are_refused(tmp_path: Path) -> None:
    ids = '{"workspaceID": "0b2f5c1e-5b0e-4c58-8a1f-3d6a0c9e7f21"}'
    for name in ("a", "b"):
        (tmp_path / name / "jobs/x/inputs").mkdir(parents=True)
        (tmp_path / name / "workspace.json").write_text(ids)
    spaces = [open_workspace(tmp_path / name) for name in ("a", "b")]
    with pytest.raises(WorkspaceError, match="same batch ID"):
        build_index(spaces, tmp_path / "api", token="t", secret="s")


def test_a_folder_that_is_there_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "api").mkdir()
    with pytest.raises(StorageError):
        build_index([workspace(tmp_path / "ws")], tmp_path / "api", token="t", secret="s")
    assert not list((tmp_path / "api").iterdir())


def test_configs_are_as_the_contract_wants_them(tmp_path: Path) -> None:
    space = workspace(tmp_path / "ws")
    ready = build_index([space], tmp_path / "api", token=new_token(), secret=new_token())
    for fields in (3, 4):
        config = ready.batch_config("http://127.0.0.1:8080/v1", fields=fields)
        assert parse_batch_config(as_bytes(config)) == config
        assert config.batch_id == space.batch_id
        assert config.project_id == (space.project_id if fields == 4 else None)
    report = ready.report_config("http://127.0.0.1:8080/v1")
    assert parse_report_config(as_bytes(report)) == report
    assert ready.token not in repr(ready)


def test_logs_are_listed_with_the_step_they_are_of(tmp_path: Path) -> None:
    space = workspace(tmp_path / "ws", jobs=1)
    logs = tmp_path / "ws/jobs/job-0/inputs/logs/deep"
    logs.mkdir(parents=True)
    (logs / "drive.mcap").write_bytes(b"mcap")
    (logs / "link").symlink_to("/etc/hostname")
    build_index([space], tmp_path / "api", token="t", secret="s", logs=True)
    index = index_of(tmp_path / "api")
    found = index["lists"][f"batches/{space.batch_id}/jobs/{space.jobs[0].id}/logs"]["rows"]
    assert [(r["filePath"], r["fileName"], r["executionStep"], r["logType"]) for r in found] == [
        ("deep/drive.mcap", "drive.mcap", "EXPERIENCE", "MCAP_LOG"),
        ("metrics.binproto", "metrics.binproto", "METRICS", "METRICS_OUTPUT_LOG"),
    ]
    assert blob(tmp_path / "api", index, found[0]["blob"]) == b"mcap"


def test_odd_values_become_what_every_client_can_parse(tmp_path: Path) -> None:
    message = pb.JobMetrics(metrics_status=pb.PASSED_METRIC_STATUS)
    metric = message.job_level_metrics.metrics.add(name="odd", type=pb.SCALAR_METRIC_TYPE)
    metric.metric_id.id.data = "{0B2F5C1E-5B0E-4C58-8A1F-3D6A0C9E7F21}"
    metric.status = 77  # type: ignore[assignment]
    metric.metric_values.scalar_metric_values.value = float("nan")
    other = message.job_level_metrics.metrics.add(name="no id")
    other.metric_id.id.data = "none"
    read = parse_document(message.SerializeToString())
    owner = open_workspace(workspace(tmp_path / "ws").folder).id
    first = resources.metric_row(read.metrics[0], owner)
    assert first["metricID"] == "0b2f5c1e-5b0e-4c58-8a1f-3d6a0c9e7f21"
    assert (first["status"], first["type"]) == ("NO_STATUS_REPORTED", "SCALAR")
    assert "value" not in first
    second = resources.metric_row(read.metrics[1], owner)
    assert resources.uuid_text(second["metricID"], owner) == second["metricID"] != str(owner)
    assert resources.status_name(MetricStatus(9)) == "NO_STATUS_REPORTED"


def test_times_are_written_for_every_clock(tmp_path: Path) -> None:
    assert resources.time_text(1_767_323_045.678) == CREATED
    assert resources.time_text(0) == "1970-01-01T00:00:00.000Z"
    assert resources.nanos_text(1_500_000_000) == "1970-01-01T00:00:01.500000Z"
    assert resources.nanos_text(1_000_000_007) == "1970-01-01T00:00:01.000000007Z"
    assert resources.nanos_text(-1) == "1969-12-31T23:59:59.999999999Z"
    assert resources.nanos_text(10**30).startswith("9999-12-31")
    assert resources.nanos_text(-(10**30)).startswith("0001-01-01")
