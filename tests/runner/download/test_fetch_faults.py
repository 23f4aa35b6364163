"""Faults of single parts: each stays inside its job, is named, and costs no other part."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any
from uuid import uuid5

import pytest

from runner.api.client.errors import TokenError
from runner.download import job_download, store
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
from tests.runner.download.row_harness import (
    ALL,
    ODD_VALUES,
    external_row,
    file_row,
    message_of,
    offer_logs,
    put_rows,
    rows_of,
)
from tests.runner.fetch_harness import BASE, BATCH, TOKEN, fetch, job_id, job_row, tree

pytestmark = pytest.mark.slow

LISTS = {"metrics": "metrics", "metricsData": "metricsData", "events": "events", "logs": "logs"}
OWN_ID = {"metrics": "metricID", "metricsData": "dataID"}


@pytest.fixture
def whole(server: MisbehavingServer) -> MisbehavingServer:
    return offer_logs(server)


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

    def finish_with_faults(parts: job_download.Parts, *more: Any) -> Any:
        if parts.number == 1:
            raise KeyError("x")
        return finish(parts, *more)

    monkeypatch.setattr(job_download.Parts, "finish", finish_with_faults)
    found = fetch(whole, tmp_path / "end")
    assert [(job, one.what) for job, one in found.missing] == [("flight 1", "job")]
    assert len(message_of(tmp_path / "end", 2).metrics_data) == 2
    monkeypatch.undo()
    assert not fetch(whole, tmp_path / "end").missing


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
    given_up = [why for why in lost if "127.0.0.1 did not answer" in why]
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
