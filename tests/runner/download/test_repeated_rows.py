"""Rows of a list that are repeated, foreign, or of a job that is already here."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid5

import pytest

from runner.cli import main
from runner.download.selection import DownloadSelection
from tests.api.misbehaving_server import MisbehavingServer, document
from tests.runner.download.row_harness import (
    ALL,
    external_row,
    message_of,
    offer_logs,
    put_rows,
    rows_of,
)
from tests.runner.fetch_harness import BASE, BATCH, TOKEN, call, fetch, job_id, job_row, offer, tree


@pytest.fixture
def whole(server: MisbehavingServer) -> MisbehavingServer:
    return offer_logs(server)


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


@pytest.mark.parametrize("late", [None, 1, 2])
def test_blobs_of_another_job_are_named_although_their_names_are_right(
    server: MisbehavingServer, tmp_path: Path, late: int | None
) -> None:
    scripts = dict(server.scripts())
    if late is not None:
        # The list that has the row of a blob may arrive long after the blob.
        path = f"{BASE}/jobs/{job_id(late)}/metrics"
        (script,) = scripts[path]

        def slow(client: socket.socket) -> bool:
            time.sleep(0.4)
            return script(client)

        server.on(path, slow)
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


@pytest.mark.slow
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
