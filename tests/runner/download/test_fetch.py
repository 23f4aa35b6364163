"""A batch onto disk: whole, the same whatever happens on the way, and honest about gaps."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from resim_inspect.building.sample import write_sample
from resim_inspect.document import open_document
from resim_inspect.schema import metrics_pb2 as pb
from resim_inspect.validation import validate
from runner.download import downloader
from runner.download.batch import Watch
from runner.download.selection import DownloadSelection
from runner.workspace.layout import open_workspace
from tests.api.misbehaving_server import MisbehavingServer, answer, document
from tests.api.workspaces import TOKEN as SERVED_TOKEN
from tests.api.workspaces import served, workspace
from tests.runner.fetch_harness import (
    BASE,
    TOKEN,
    call,
    fetch,
    job_id,
    job_row,
    tree,
)

# -- what comes ----------------------------------------------------------------------------------


def test_parts_keep_their_bytes_and_the_file_is_valid(tmp_path: Path) -> None:
    space = workspace(tmp_path / "ws", jobs=2)
    write_sample(tmp_path / "ws/jobs/sample/outputs")
    write_sample(tmp_path / "ws/batch/outputs")
    with served(tmp_path / "api", open_workspace(tmp_path / "ws"), logs=True) as running:
        prepared = running.prepared
        for extra in ([], ["--files"]):
            done = call(
                tmp_path / "out",
                running.api.url,
                str(prepared.project_id),
                str(prepared.batch_ids[0]),
                SERVED_TOKEN,
                *extra,
            )
            assert done.returncode == 0, done.stderr
    found = open_workspace(tmp_path / "out")
    assert [job.name for job in found.jobs] == ["job-0", "job-1", "sample"]
    assert found.batch_id == prepared.batch_ids[0]
    assert {job.id for job in space.jobs} <= {job.id for job in found.jobs}
    originals = open_workspace(tmp_path / "ws")
    places = [
        (job.folder, ours.folder) for job, ours in zip(originals.jobs, found.jobs, strict=True)
    ]
    for theirs, ours in (*places, (originals.batch, found.batch)):
        old = pb.JobMetrics.FromString(theirs.metrics.read_bytes())
        new = pb.JobMetrics.FromString(ours.metrics.read_bytes())
        assert new.job_id == old.job_id
        assert new.metrics_status == old.metrics_status
        assert list(new.job_level_metrics.metrics) == list(old.job_level_metrics.metrics)
        assert list(new.metrics_data) == list(old.metrics_data)
        with open_document(ours.metrics) as opened:
            assert validate(opened).valid
    old = pb.JobMetrics.FromString(places[2][0].metrics.read_bytes())
    new = pb.JobMetrics.FromString(places[2][1].metrics.read_bytes())
    assert [one.timestamp for one in new.events] == [one.timestamp for one in old.events]
    assert [list(one.metrics) for one in new.events] == [list(one.metrics) for one in old.events]
    for image in places[2][0].outputs.glob("images/*"):
        assert (places[2][1].outputs / "images" / image.name).read_bytes() == image.read_bytes()
    told = json.loads((tmp_path / "out/workspace.json").read_bytes())["fetched"]["jobs"]
    assert told["job-0"] == {"reconstructed": ["job id", "status"], "missing": []}
    assert "events" in told["sample"]["reconstructed"]


def test_the_table_is_there_before_the_blobs(server: MisbehavingServer, tmp_path: Path) -> None:
    gate = threading.Event()

    def wait(client: object) -> bool:
        gate.wait(60)
        return False

    for path, script in server.scripts():
        if path.startswith("/blob/"):
            server.on(path, wait, *script)

    def table(jobs: list[dict[str, object]]) -> None:
        on_disk = json.loads((tmp_path / "listing.json").read_bytes())
        assert on_disk["jobs"] == jobs
        seen.append(jobs)
        gate.set()

    seen: list[list[dict[str, object]]] = []
    found = fetch(server, tmp_path, watch=Watch(table=table))
    assert not found.missing
    assert len(seen) == 1
    first = seen[0][0]
    assert (first["name"], first["status"]) == ("flight 0", "PASSED")
    metric = {"name": "scalar 0", "status": "PASSED", "type": "SCALAR", "value": 0.5, "unit": "m"}
    assert first["metrics"][0] == metric  # type: ignore[index]


def test_names_and_statuses_are_there_before_the_lists_of_metrics(
    server: MisbehavingServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloader, "FIRST_TABLE_AFTER", 0.0)
    gate = threading.Event()

    def wait(client: object) -> bool:
        gate.wait(60)
        return False

    def listing() -> dict[str, object]:
        return {
            job["name"]: job["metrics"] and len(job["metrics"])
            for job in json.loads((tmp_path / "listing.json").read_bytes())["jobs"]
        }

    late = f"{BASE}/jobs/{job_id(1)}/metrics"
    for path, script in server.scripts():
        if path == late:
            server.on(path, wait, *script)
    seen: list[dict[str, object]] = []

    def tick() -> None:
        if not seen or listing() != seen[-1]:
            seen.append(listing())
        if list(seen[-1].values()).count(None) == 1:
            gate.set()

    fetch(server, tmp_path, watch=Watch(tick=tick))
    assert set(seen[0]) == {"flight 0", "flight 1", "flight 2"}
    assert None in seen[0].values()
    partly = next(one for one in seen if list(one.values()).count(None) == 1)
    assert partly == {**seen[-1], "flight 1": None}
    assert None not in seen[-1].values()


def test_what_is_complete_is_not_asked_for_again(server: MisbehavingServer, tmp_path: Path) -> None:
    fetch(server, tmp_path)
    before = tree(tmp_path)
    asked = server.counts()
    rows = [job_row(0), job_row(1, runCounter=2), job_row(2)]
    assert fetch(server, tmp_path).complete_before == 3
    assert tree(tmp_path) == before
    new = {path for path, times in server.counts().items() if times != asked.get(path)}
    assert new == {BASE, f"{BASE}/jobs", f"{BASE}/metrics", f"{BASE}/metricsData"}
    # A job that ran again is another matter.
    server.on(f"{BASE}/jobs", document({"jobs": rows}))
    assert fetch(server, tmp_path).complete_before == 2


def test_jobs_that_are_not_over_are_asked_for_again(
    server: MisbehavingServer, tmp_path: Path
) -> None:
    rows = [job_row(0, jobStatus="RUNNING"), job_row(1), job_row(2, jobStatus="NEW_WORD")]
    server.on(f"{BASE}/jobs", document({"jobs": rows}))
    first = fetch(server, tmp_path)
    assert len(first.notes) == 2
    assert fetch(server, tmp_path).complete_before == 1


def test_filters_choose_jobs_and_add_up(server: MisbehavingServer, tmp_path: Path) -> None:
    rows = [job_row(0), job_row(1, conflatedStatus="BLOCKER"), job_row(2)]
    server.on(f"{BASE}/jobs", document({"jobs": rows}))
    for wanted, names in (
        (DownloadSelection(jobs=frozenset({job_id(0)})), {"flight 0"}),
        (DownloadSelection(statuses=frozenset({"BLOCKER"})), {"flight 0", "flight 1"}),
        (DownloadSelection(name="FLIGHT 2"), {"flight 0", "flight 1", "flight 2"}),
    ):
        fetch(server, tmp_path, wanted)
        assert {job.name for job in open_workspace(tmp_path).jobs} == names
    whole = tmp_path / "whole"
    fetch(server, whole)
    assert tree(whole) == {k: v for k, v in tree(tmp_path).items() if not k.startswith("whole")}


def test_names_from_the_cloud_stay_in_their_folder(
    server: MisbehavingServer, tmp_path: Path
) -> None:
    names = ["../../etc", "same", "Same", "\x1b[31mred\u202e", "", "." * 300, TOKEN]
    rows = [job_row(n, experienceName=name) for n, name in enumerate(names)]
    server.on(f"{BASE}/jobs", document({"jobs": rows}))
    log = {"fileName": "x", "filePath": "../../../x", "executionStep": "EXPERIENCE"}
    logs = [{**log, "logOutputLocation": server.on("/log", answer(200, b"log"))}]
    good = {**log, "filePath": "a/b.txt", "logOutputLocation": f"{server.url}/log"}
    server.on(f"{BASE}/jobs/{job_id(0)}/logs", document({"logs": [*logs, good]}))
    for number in range(1, len(names)):
        server.on(f"{BASE}/jobs/{job_id(number)}/logs", document({"logs": []}))
    server.on(f"{BASE}/logs", document({}))
    out = tmp_path / "deep" / "out"
    found = fetch(server, out, DownloadSelection(logs=True))
    assert {path.name for path in tmp_path.iterdir()} == {"deep"}
    assert {path.name for path in out.iterdir()} <= {
        *("jobs", "workspace.json", "listing.json", ".lock", ".fetch")
    }
    jobs = [job.name for job in open_workspace(out).jobs]
    assert len(jobs) == len({name.casefold() for name in jobs}) == len(names)
    assert all(name.isprintable() and "/" not in name for name in jobs)
    assert any("is outside of its folder" in one.why for _, one in found.missing)
    (read,) = out.glob("jobs/*/inputs/logs/a/b.txt")
    assert read.read_bytes() == b"log"
    assert not any(TOKEN.encode() in (data or b"") for data in tree(out).values())
    assert not any(TOKEN in name for name in tree(out))
