"""Faults of single parts: each stays inside its job, is named, and costs no other part."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid5

import pytest

from resim_inspect.schema import metrics_pb2 as pb
from runner.api.client.errors import TokenError
from runner.cli import main
from runner.download import job_download, store
from runner.download.selection import DownloadSelection
from runner.errors import StorageError
from tests.api.misbehaving_server import (
    Behaviour,
    MisbehavingServer,
    answer,
    document,
    misbehaving_server,
    reset,
    stall,
)
from tests.runner.fetch_harness import (
    BASE,
    BATCH,
    TOKEN,
    call,
    fetch,
    job_id,
    job_row,
    offer,
    tree,
)

ALL = DownloadSelection(logs=True, files=True)
LISTS = {"metrics": "metrics", "metricsData": "metricsData", "events": "events", "logs": "logs"}
OWN_ID = {"metrics": "metricID", "metricsData": "dataID"}
NUMBERS = count()


def rows_of(server: MisbehavingServer, job: int, kind: str) -> list[dict[str, Any]]:
    """Rows that the server has for a list of a job."""
    script = dict(server.scripts())[f"{BASE}/jobs/{job_id(job)}/{kind}"]
    body = json.loads(_sent(script[0]).partition(b"\r\n\r\n")[2])
    rows: list[dict[str, Any]] = body[kind]
    return rows


def _sent(behave: Callable[..., bool]) -> bytes:
    class Client:
        data = b""

        def sendall(self, data: bytes) -> None:
            self.data += data

    client = Client()
    behave(client)
    return client.data


def put_rows(server: MisbehavingServer, job: int, kind: str, rows: list[Any]) -> None:
    server.on(f"{BASE}/jobs/{job_id(job)}/{kind}", document({kind: rows}))


def file_row(server: MisbehavingServer, name: str, content: bytes, **more: Any) -> dict[str, Any]:
    """Row of a log of the simulation, or with `executionStep` METRICS, of the build."""
    number = next(NUMBERS)
    url = server.on(f"/file/{number}", answer(200, content))
    one = {"logID": f"log {number}", "filePath": name, "fileName": name, "fileSize": len(content)}
    return {**one, "executionStep": "EXPERIENCE", "logOutputLocation": url, **more}


def external_row(server: MisbehavingServer, name: str, content: bytes) -> dict[str, Any]:
    number = next(NUMBERS)
    url = server.on(f"/file/{number}", answer(200, content))
    one = {"dataID": f"data {number}", "name": f"file {number}", "filename": name}
    return {**one, "metricsDataType": "EXTERNAL_FILE", "metricsDataURL": url}


@pytest.fixture
def whole(server: MisbehavingServer) -> MisbehavingServer:
    """The batch with logs for each job, and for the batch itself none."""
    for number in range(3):
        put_rows(server, number, "logs", [file_row(server, "a/log.txt", b"log")])
    server.on(f"{BASE}/logs", document({}))
    return server


def message_of(folder: Path, job: int) -> pb.JobMetrics:
    path = folder / f"jobs/flight {job}/outputs/metrics.binproto"
    return pb.JobMetrics.FromString(path.read_bytes())


ODD_VALUES: list[Any] = [
    "\ud800",
    "\x1b[2J\u202e\0",
    "x" * 70_000,
    "",
    None,
    True,
    -(10**400),
    10**18,
    1e308,
    [],
    {"a": ["\udfff"]},
]


@pytest.mark.parametrize("kind", ["metrics", "metricsData", "events", "logs", "jobs"])
def test_an_odd_value_in_any_list_ends_nothing(
    whole: MisbehavingServer, tmp_path: Path, kind: str
) -> None:
    """Each value in each field of a row, one job for each; the job beside them is complete."""
    sample = job_row(1) if kind == "jobs" else rows_of(whole, 1, kind)[0]
    fields = sorted({*sample, "unit", "value", "status", "fileSize"} - {"jobID"})
    odd = [(field, value) for field in fields for value in ODD_VALUES]
    jobs = [job_row(0)]
    for number, (field, value) in enumerate(odd, 10):
        # The row of a blob is known by its id only once its list is there: no two jobs share one.
        own = {OWN_ID[kind]: str(uuid5(BATCH, str(number)))} if kind in OWN_ID else {}
        row = {**sample, **own, field: value}
        jobs.append({**job_row(number), **({field: value} if kind == "jobs" else {})})
        for name in LISTS:
            put_rows(whole, number, name, [row] if name == kind else rows_of(whole, 1, name))
    whole.on(f"{BASE}/jobs", document({"jobs": jobs}))
    found = fetch(whole, tmp_path, ALL)
    message = message_of(tmp_path, 0)
    assert len(message.job_level_metrics.metrics) == len(message.metrics_data) == 2
    assert all(job == "batch" or job != "flight 0" for job, _ in found.missing)
    assert len(found.jobs) == len(jobs)
    assert not any("fault in resim-runner" in one.why for _, one in found.missing)
    json.dumps(found.jobs, allow_nan=False, ensure_ascii=False).encode()
    again = fetch(whole, tmp_path, ALL)
    assert again.missing == found.missing


def test_a_fault_of_the_program_is_one_missing_part(
    whole: MisbehavingServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(row: Any, *_: Any) -> bool:
        raise IndexError(row["name"])

    monkeypatch.setattr("runner.download.downloader.external", broken)
    found = fetch(whole, tmp_path / "rows")
    assert {(job, one.what) for job, one in found.missing} == {
        (f"flight {number}", "metrics data") for number in range(3)
    }
    assert "a fault in resim-runner (IndexError" in found.missing[0][1].why
    monkeypatch.undo()
    finish = job_download.Parts.finish

    def finish_most(parts: job_download.Parts, *more: Any) -> Any:
        if parts.number == 1:
            raise KeyError("x")
        return finish(parts, *more)

    monkeypatch.setattr(job_download.Parts, "finish", finish_most)
    found = fetch(whole, tmp_path / "end")
    assert [(job, one.what) for job, one in found.missing] == [("flight 1", "job")]
    assert len(message_of(tmp_path / "end", 2).metrics_data) == 2
    monkeypatch.undo()
    assert not fetch(whole, tmp_path / "end").missing


# -- names of files ------------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["EXPERIENCE", "METRICS"])
@pytest.mark.parametrize(
    ("names", "kept", "problem"),
    [
        (["a", "a/b"], ["a"], "is below the file"),
        (["a/b", "A"], ["a/b"], "is the folder of the file"),
        (["b", "x" * 256], ["b"], "is too long"),
        (["b", "../b"], ["b"], "is outside of its folder"),
        (["b", "metrics.binproto/x"], ["b"], "is below the file"),
    ],
)
def test_a_name_that_clashes_is_one_missing_file(
    whole: MisbehavingServer, tmp_path: Path, names: list[str], kept: list[str], problem: str,
    step: str,
) -> None:  # fmt: skip
    if "metrics.binproto/x" in names and step == "EXPERIENCE":
        kept, problem = names, ""
    rows = [file_row(whole, name, name.encode(), executionStep=step) for name in names]
    put_rows(whole, 1, "logs", rows)
    externals = [external_row(whole, name, name.encode()) for name in names]
    put_rows(whole, 2, "metricsData", [*rows_of(whole, 2, "metricsData"), *externals])
    found = fetch(whole, tmp_path, ALL)
    lost = [one.why for job, one in found.missing if job == "flight 1"]
    assert len(lost) == len(names) - len(kept)
    assert all(problem in why for why in lost)
    if step == "METRICS":
        (external,) = [one for job, one in found.missing if job == "flight 2"]
        assert problem in external.why
        assert external.what.startswith("metrics data file ")
    part = "inputs/logs" if step == "EXPERIENCE" else "outputs"
    folder = tmp_path / "jobs/flight 1" / part
    files = {path: data for path, data in tree(folder).items() if data is not None}
    files.pop("metrics.binproto", None)
    assert files == {name: name.encode() for name in kept}
    assert len(message_of(tmp_path, 0).metrics_data) == 2


def test_files_of_one_name_get_distinct_names(whole: MisbehavingServer, tmp_path: Path) -> None:
    contents = [f"content {number % 3}".encode() for number in range(5)]
    put_rows(whole, 0, "logs", [file_row(whole, "log.txt", content) for content in contents])
    externals = [external_row(whole, "i/a.png", content) for content in contents]
    put_rows(whole, 1, "metricsData", [*rows_of(whole, 1, "metricsData"), *externals])
    assert not fetch(whole, tmp_path, ALL).missing
    logs = tree(tmp_path / "jobs/flight 0/inputs/logs")
    assert logs == {
        "log.txt": contents[0], "log (2).txt": contents[1], "log (3).txt": contents[2],
    }  # fmt: skip
    outputs = tmp_path / "jobs/flight 1/outputs"
    paths = [
        one.external_file.path
        for one in message_of(tmp_path, 1).metrics_data
        if one.HasField("external_file")
    ]
    assert [(outputs / path).read_bytes() for path in paths] == contents
    before = tree(tmp_path)
    assert fetch(whole, tmp_path, ALL).complete_before == 3
    assert tree(tmp_path) == before


def test_a_name_that_the_file_system_refuses_is_one_missing_file(
    whole: MisbehavingServer, tmp_path: Path
) -> None:
    # Valid as a name, but the path is longer than any system allows together with its folder.
    deep = tmp_path.joinpath(*["d" * 200] * 17)
    parts = ["p" * 220] * 4
    put_rows(whole, 1, "logs", [file_row(whole, "/".join(parts), b"x"), file_row(whole, "b", b"b")])
    found = fetch(whole, deep, ALL)
    assert [job for job, _ in found.missing] == ["flight 1"]
    assert "is refused by the file system: File name too long" in found.missing[0][1].why
    assert (deep / "jobs/flight 1/inputs/logs/b").read_bytes() == b"b"


def test_files_of_a_job_without_metrics_come(whole: MisbehavingServer, tmp_path: Path) -> None:
    for kind in ("metrics", "metricsData", "events"):
        put_rows(whole, 1, kind, [])
    put_rows(whole, 1, "logs", [file_row(whole, "debug.txt", b"x", executionStep="METRICS")])
    assert not fetch(whole, tmp_path, ALL).missing
    assert tree(tmp_path / "jobs/flight 1/outputs") == {"debug.txt": b"x"}
    assert fetch(whole, tmp_path, ALL).complete_before == 3


def test_a_job_whose_folder_cannot_be_made_is_named(
    whole: MisbehavingServer, tmp_path: Path
) -> None:
    (tmp_path / "jobs").mkdir()
    fetch(whole, tmp_path / "other")
    (tmp_path / "workspace.json").write_bytes((tmp_path / "other/workspace.json").read_bytes())
    (tmp_path / "jobs/flight 1").write_text("mine")
    found = fetch(whole, tmp_path)
    assert [(job, one.what) for job, one in found.missing] == [("flight 1", "job")]
    assert found.complete_before == 0
    assert (tmp_path / "jobs/flight 1").read_text() == "mine"
    assert len(message_of(tmp_path, 2).metrics_data) == 2


def test_logs_that_claim_to_be_huge_are_missing_and_a_full_disk_ends_it(
    whole: MisbehavingServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_rows(whole, 1, "logs", [file_row(whole, "a", b"a", fileSize=10**17)])
    found = fetch(whole, tmp_path / "a", ALL)
    assert [job for job, _ in found.missing] == ["flight 1"]
    assert "are needed" in found.missing[0][1].why

    def full(*_: Any) -> None:
        try:
            raise OSError(28, "No space left on device")
        except OSError as error:
            raise StorageError("the disk is full.") from error

    monkeypatch.setattr(store, "put", full)
    with pytest.raises(StorageError, match="full"):
        fetch(whole, tmp_path / "b", ALL)


# -- blobs and rows ------------------------------------------------------------------------------


def test_blobs_of_other_rows_are_named(server: MisbehavingServer, tmp_path: Path) -> None:
    scripts = dict(server.scripts())
    blobs = [path for path in scripts if path.startswith("/blob/")]
    for path, other in zip(blobs, [*blobs[1:], blobs[0]], strict=True):
        server.on(path, *scripts[other])
    found = fetch(server, tmp_path)
    assert len(found.missing) == len(blobs)
    assert all(one.why.startswith("the downloaded blob ") for _, one in found.missing)
    for path in blobs:
        server.on(path, *scripts[path])
    assert not fetch(server, tmp_path).missing


def test_blobs_of_another_job_are_named_although_their_names_are_right(
    server: MisbehavingServer, tmp_path: Path
) -> None:
    scripts = dict(server.scripts())
    for path in (path for path in scripts if path.startswith("/blob/1/")):
        other = path.replace("/blob/1/", "/blob/2/")
        server.on(path, *scripts[other])
        server.on(other, *scripts[path])
    found = fetch(server, tmp_path)
    assert {job for job, _ in found.missing} == {"flight 1", "flight 2"}
    assert all("is that of another row" in one.why for _, one in found.missing)


def test_an_api_with_ids_of_its_own_is_believed(server: MisbehavingServer, tmp_path: Path) -> None:
    own: dict[str, str] = {}
    for kind, key in (("metrics", "metricID"), ("metricsData", "dataID")):
        rows = rows_of(server, 1, kind)
        for row in rows:
            own[str(uuid5(BATCH, row[key]))] = row[key]
            row[key] = str(uuid5(BATCH, row[key]))
        put_rows(server, 1, kind, rows)
    listed = rows_of(server, 1, "metrics")[1]["metricID"]
    (event,) = rows_of(server, 1, "events")
    put_rows(server, 1, "events", [{**event, "metricsIDs": [listed]}])
    assert not fetch(server, tmp_path).missing
    message = message_of(tmp_path, 1)
    metrics = message.job_level_metrics.metrics
    assert {metric.metric_id.id.data for metric in metrics} < set(own.values())
    # The event refers to the metric by the id that the metric has in the file.
    assert [each.id.data for each in message.events[0].metrics] == [own[listed]]


@pytest.mark.parametrize("kind", ["metrics", "metricsData", "events"])
def test_rows_that_pages_repeat_come_once(
    server: MisbehavingServer, tmp_path: Path, kind: str
) -> None:
    fetch(server, tmp_path / "calm")
    url = {"metrics": "metricURL", "metricsData": "metricsDataURL", "events": "x"}[kind]
    rows = rows_of(server, 1, kind)
    signed = [{**row, url: f"{row[url]}?signature=2"} if url in row else row for row in rows]
    page = {kind: rows, "nextPageToken": "2"}
    path = f"{BASE}/jobs/{job_id(1)}/{kind}"
    server.on(path, document(page), document({kind: signed}))
    assert not fetch(server, tmp_path / "out").missing
    assert tree(tmp_path / "out") == tree(tmp_path / "calm")


def test_jobs_that_pages_repeat_come_once(server: MisbehavingServer, tmp_path: Path) -> None:
    fetch(server, tmp_path / "calm")
    rows = [job_row(number) for number in range(3)]
    early = [job_row(0), job_row(1, jobStatus="RUNNING")]
    page = {"jobs": early, "nextPageToken": "2"}
    server.on(f"{BASE}/jobs", document(page), document({"jobs": rows}))
    found = fetch(server, tmp_path / "out")
    assert not found.missing
    assert not found.notes
    assert tree(tmp_path / "out") == tree(tmp_path / "calm")


def test_large_blobs_come_through_the_journal(
    server: MisbehavingServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch(server, tmp_path / "calm")
    monkeypatch.setattr(job_download, "_LARGE", 0)
    fetch(server, tmp_path / "out")
    assert tree(tmp_path / "out") == tree(tmp_path / "calm")


@pytest.mark.parametrize(
    "trouble", [stall(0.5), reset, answer(503)], ids=["silent", "reset", "503"]
)
def test_a_dead_storage_host_is_given_up_and_said(
    server: MisbehavingServer, tmp_path: Path, trouble: Behaviour
) -> None:
    with misbehaving_server() as storage:
        for number in range(3):
            rows = rows_of(server, number, "metrics")
            rows = [{**row, "metricID": f"{row['metricID']}{n}"} for row in rows for n in range(20)]
            for position, row in enumerate(rows):
                row["metricURL"] = storage.on(f"/{number}/{position}", trouble)
            put_rows(server, number, "metrics", rows)
        before = time.monotonic()
        found = fetch(server, tmp_path, read=0.3, give_up_after=0.3)
        assert time.monotonic() - before < 30
    lost = [one.why for _, one in found.missing]
    assert len(lost) == 120
    given_up = [why for why in lost if "127.0.0.1 is given up: it did not answer" in why]
    assert len(given_up) > 60
    # The data came from a host that answers.
    assert len(message_of(tmp_path, 2).metrics_data) == 2


# -- access and releases -------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["metrics", "metricsData", "events", "logs"])
def test_a_list_without_access_is_one_missing_part(
    whole: MisbehavingServer, tmp_path: Path, kind: str
) -> None:
    scripts = dict(whole.scripts())
    for number in range(3):
        whole.on(f"{BASE}/jobs/{job_id(number)}/{kind}", answer(403))
    found = fetch(whole, tmp_path, ALL)
    assert [job for job, _ in found.missing] == ["flight 0", "flight 1", "flight 2"]
    assert all("denies access (403)" in one.why for _, one in found.missing)
    for path, script in scripts.items():
        whole.on(path, *script)
    assert not fetch(whole, tmp_path, ALL).missing
    whole.on(f"{BASE}/jobs/{job_id(0)}/{kind}", answer(401))
    whole.on(f"{BASE}/jobs", document({"jobs": [job_row(0, runCounter=2)]}))
    with pytest.raises(TokenError):
        fetch(whole, tmp_path, ALL)


def test_an_api_without_events_is_said_once(server: MisbehavingServer, tmp_path: Path) -> None:
    for number in range(3):
        server.on(f"{BASE}/jobs/{job_id(number)}/events", answer(404))
    found = fetch(server, tmp_path)
    assert not found.missing
    (note,) = found.notes
    assert "no list of events for 3 jobs (404)" in note
    assert fetch(server, tmp_path).complete_before == 3


def test_the_token_is_hidden_in_what_is_made_from_lists(
    whole: MisbehavingServer, tmp_path: Path
) -> None:
    event = rows_of(whole, 1, "events")[0]
    event = {**event, "eventID": TOKEN, "name": f"<{TOKEN}>", "description": TOKEN}
    put_rows(whole, 1, "events", [{**event, "tags": [TOKEN], "metricsIDs": [TOKEN]}])
    external = {**external_row(whole, f"{TOKEN}.png", b"x"), "dataID": TOKEN, "name": TOKEN}
    put_rows(whole, 1, "metricsData", [*rows_of(whole, 1, "metricsData"), external])
    put_rows(whole, 1, "logs", [file_row(whole, f"{TOKEN}/{TOKEN}", b"x")])
    assert not fetch(whole, tmp_path, ALL).missing
    (made,) = message_of(tmp_path, 1).events
    assert made.name == "<[redacted]>"
    for path, data in tree(tmp_path).items():
        assert TOKEN not in path
        assert TOKEN.encode() not in (data or b"")
    assert (tmp_path / "jobs/flight 1/outputs/[redacted].png").read_bytes() == b"x"


# -- what is there before ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("outputs/metrics.binproto", Path.unlink),
        ("outputs/metrics.binproto", lambda path: path.write_bytes(b"")),
        ("outputs/metrics.binproto", lambda path: path.write_bytes(path.read_bytes()[:-1])),
        ("outputs/i/a.png", Path.unlink),
        ("inputs/logs/a/log.txt", lambda path: path.write_bytes(b"longer")),
        ("run/fetched.json", Path.unlink),
        ("run/fetched.json", lambda path: path.write_bytes(b"[]")),
    ],
)
def test_a_complete_job_that_is_damaged_is_fetched_again(
    whole: MisbehavingServer, tmp_path: Path, name: str, damage: Callable[[Path], object]
) -> None:
    externals = [external_row(whole, "i/a.png", b"image")]
    put_rows(whole, 1, "metricsData", [*rows_of(whole, 1, "metricsData"), *externals])
    fetch(whole, tmp_path, ALL)
    before = tree(tmp_path)
    damage(tmp_path / "jobs/flight 1" / name)
    found = fetch(whole, tmp_path, ALL)
    assert (found.complete_before, found.missing) == (2, [])
    assert tree(tmp_path) == before


ODD_PARTS = [None, 5, "x", [5], {"name": 5}, {"reconstructed": [5], "missing": []}]


def test_a_state_of_any_shape_is_fetched_again(server: MisbehavingServer, tmp_path: Path) -> None:
    fetch(server, tmp_path)
    before = tree(tmp_path)
    path = tmp_path / "jobs/flight 1/run/fetched.json"
    state = json.loads(path.read_bytes())
    broken = [{**state, key: value} for key in ("told", "listing", "sizes") for value in ODD_PARTS]
    for value in ODD_PARTS:
        broken.append({**state, "listing": {**state["listing"], "metrics": value}})
        broken.append({**state, "listing": {**state["listing"], "metrics": [value]}})
    for values in broken:
        path.write_text(json.dumps(values))
        found = fetch(server, tmp_path)
        assert (found.complete_before, found.missing) == (2, []), values
        assert tree(tmp_path) == before
        # A job that is not selected is read, too.
        path.write_text(json.dumps(values))
        fetch(server, tmp_path, DownloadSelection(jobs=frozenset({job_id(0)})))
        path.write_bytes(before["jobs/flight 1/run/fetched.json"] or b"")
        offer(server)


def test_a_refused_folder_is_left_as_it_was(
    server: MisbehavingServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    words = server.url, BASE.split("/")[2], str(BATCH), TOKEN
    assert call(tmp_path, *words).returncode == 2
    assert tree(tmp_path) == {"thesis.txt": b"mine"}
    ids = ["--project", BASE.split("/")[2], "--batch", str(BATCH), "--api-url", server.url]
    assert main(["fetch", *ids, ""]) == 2
    assert "the name of the folder is empty" in capsys.readouterr().err
    assert not server.requests
