"""A batch onto disk: whole, the same whatever happens on the way, and honest about gaps."""

from __future__ import annotations

import json
import os
import random
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from resim_inspect.document import open_document
from resim_inspect.document.sample import write_sample
from resim_inspect.schema import metrics_pb2 as pb
from resim_inspect.validation import validate
from runner.api.errors import ApiError, BadAnswerError, MissingError, TokenError, UnsafeError
from runner.errors import CallError, StorageError
from runner.fetching import store
from runner.fetching.batch import Watch
from runner.fetching.names import Wish
from runner.workspace import open_workspace
from tests.api.rude import Behaviour, Rude, answer, document, raw, reset, rude, stall
from tests.api.workspaces import TOKEN as SERVED_TOKEN
from tests.api.workspaces import served, workspace
from tests.runner.fetched import BASE, BATCH, TOKEN, fetch, job_id, job_row, offer, tree

ROOT = Path(__file__).parents[2]


@pytest.fixture
def server() -> Iterator[Rude]:
    with rude() as running:
        offer(running)
        yield running


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
    places = [(job.place, ours.place) for job, ours in zip(originals.jobs, found.jobs, strict=True)]
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


def test_the_table_is_there_before_the_blobs(server: Rude, tmp_path: Path) -> None:
    gate = threading.Event()

    def wait(client: object) -> bool:
        gate.wait(20)
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


def test_what_is_complete_is_not_asked_for_again(server: Rude, tmp_path: Path) -> None:
    fetch(server, tmp_path)
    before = tree(tmp_path)
    asked = server.counts()
    rows = [job_row(0), job_row(1, runCounter=2), job_row(2)]
    assert fetch(server, tmp_path).kept == 3
    assert tree(tmp_path) == before
    new = {path for path, times in server.counts().items() if times != asked.get(path)}
    assert new == {f"{BASE}/jobs", f"{BASE}/metrics", f"{BASE}/metricsData"}
    # A job that ran again is another matter.
    server.on(f"{BASE}/jobs", document({"jobs": rows}))
    assert fetch(server, tmp_path).kept == 2


def test_jobs_that_are_not_over_are_asked_for_again(server: Rude, tmp_path: Path) -> None:
    rows = [job_row(0, jobStatus="RUNNING"), job_row(1), job_row(2, jobStatus="NEW_WORD")]
    server.on(f"{BASE}/jobs", document({"jobs": rows}))
    first = fetch(server, tmp_path)
    assert len(first.notes) == 2
    assert fetch(server, tmp_path).kept == 1


def test_filters_choose_jobs_and_add_up(server: Rude, tmp_path: Path) -> None:
    rows = [job_row(0), job_row(1, conflatedStatus="BLOCKER"), job_row(2)]
    server.on(f"{BASE}/jobs", document({"jobs": rows}))
    for wish, names in (
        (Wish(jobs=frozenset({job_id(0)})), {"flight 0"}),
        (Wish(statuses=frozenset({"BLOCKER"})), {"flight 0", "flight 1"}),
        (Wish(name="FLIGHT 2"), {"flight 0", "flight 1", "flight 2"}),
    ):
        fetch(server, tmp_path, wish)
        assert {job.name for job in open_workspace(tmp_path).jobs} == names
    whole = tmp_path / "whole"
    fetch(server, whole)
    assert tree(whole) == {k: v for k, v in tree(tmp_path).items() if not k.startswith("whole")}


def test_names_from_the_cloud_stay_in_their_folder(server: Rude, tmp_path: Path) -> None:
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
    found = fetch(server, out, Wish(logs=True))
    assert {path.name for path in tmp_path.iterdir()} == {"deep"}
    assert {path.name for path in out.iterdir()} <= {
        *("jobs", "workspace.json", "listing.json", ".lock", ".fetch")
    }
    jobs = [job.name for job in open_workspace(out).jobs]
    assert len(jobs) == len({name.casefold() for name in jobs}) == len(names)
    assert all(name.isprintable() and "/" not in name for name in jobs)
    assert any("leads out of its folder" in one.why for _, one in found.missing)
    (read,) = out.glob("jobs/*/inputs/logs/a/b.txt")
    assert read.read_bytes() == b"log"
    assert not any(TOKEN.encode() in (data or b"") for data in tree(out).values())
    assert not any(TOKEN in name for name in tree(out))


# -- trouble -------------------------------------------------------------------------------------


def test_trouble_on_the_way_changes_nothing(server: Rude, tmp_path: Path) -> None:
    fetch(server, tmp_path / "calm")
    chance = random.Random(7)
    troubles = [
        answer(503),
        answer(429, b"", "Retry-After: 0"),
        reset,
        answer(200, b"half", length=900),
        raw(b"HTTP/1.1 200 X\r\nContent-Length: 90\r\n\r\nhalf"),
    ]
    for path, script in server.scripts():
        if chance.random() < 0.4:
            server.on(path, chance.choice(troubles), *script)
    server.on("/blob/0/metric/0", stall(0.6), *dict(server.scripts())["/blob/0/metric/0"])
    threads: list[int] = []

    def tick() -> None:
        threads.append(sum(one.name == "fetch" for one in threading.enumerate()))

    before = sum(one.name == "fetch" for one in threading.enumerate())
    storm = tmp_path / "storm"
    found = fetch(server, storm, connections=5, read=0.3, watch=Watch(tick=tick))
    assert not found.missing
    assert max(threads) <= before + 5
    assert tree(tmp_path / "storm") == tree(tmp_path / "calm")


def test_a_blob_that_is_gone_is_named_and_everything_else_comes(
    server: Rude, tmp_path: Path
) -> None:
    calm = dict(server.scripts())
    server.on("/blob/1/data/0", answer(404))
    server.on("/blob/2/metric/1", answer(200, b"<html>", "Content-Type: text/html"))
    server.on("/blob/0/data/1", answer(200, b"\xff\xff\xff"))
    found = fetch(server, tmp_path / "out")
    assert [(job, one.what) for job, one in found.missing] == [
        ("flight 0", "metrics data series 1"),
        ("flight 1", "metrics data series 0"),
        ("flight 2", "metrics scalar 1"),
    ]
    message = pb.JobMetrics.FromString(
        (tmp_path / "out/jobs/flight 1/outputs/metrics.binproto").read_bytes()
    )
    assert len(message.job_level_metrics.metrics) == 2
    assert [one.name for one in message.metrics_data] == ["series 1"]
    told = json.loads((tmp_path / "out/workspace.json").read_bytes())["fetched"]["jobs"]
    assert told["flight 1"]["missing"] == ["metrics data series 0"]
    # Once it is there, only what was missing is asked for.
    for path in ("/blob/1/data/0", "/blob/2/metric/1", "/blob/0/data/1"):
        server.on(path, *calm[path])
    before = server.counts()
    assert not fetch(server, tmp_path / "out").missing
    new = {p for p, n in server.counts().items() if n != before[p] and p.startswith("/blob")}
    assert new == {"/blob/1/data/0", "/blob/2/metric/1", "/blob/0/data/1"}
    fetch(server, tmp_path / "calm")
    assert tree(tmp_path / "out") == tree(tmp_path / "calm")


def test_addresses_that_expire_are_listed_again(server: Rude, tmp_path: Path) -> None:
    path = f"{BASE}/jobs/{job_id(1)}/metrics"
    rows = json.loads(_body(server, path))["metrics"]
    old = [{**row, "metricURL": f"{server.url}/old/{n}"} for n, row in enumerate(rows)]
    for number in range(len(rows)):
        server.on(f"/old/{number}", answer(403))
    server.on(path, document({"metrics": old}), document({"metrics": rows}))
    assert not fetch(server, tmp_path).missing
    assert server.counts()[path] == 2
    # Where that does not help, it ends.
    server.on(path, document({"metrics": old}))
    assert len(fetch(server, tmp_path / "other").missing) == 2
    assert server.counts()[path] == 4


def _body(server: Rude, path: str) -> bytes:
    import http.client

    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    connection.request("GET", path)
    body = connection.getresponse().read()
    connection.close()
    server.requests.clear()
    return body


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (401, TokenError, "does not accept the token"),
        (403, TokenError, "denies access"),
        (404, MissingError, "there is no batch"),
    ],
)
def test_a_no_of_the_api_is_one_clear_sentence(
    server: Rude, tmp_path: Path, status: int, kind: type[ApiError], words: str
) -> None:
    server.on(f"{BASE}/jobs", answer(status, f"token {TOKEN}".encode()))
    with pytest.raises(kind, match=words) as caught:
        fetch(server, tmp_path)
    assert TOKEN not in f"{caught.value}{caught.value.hint}"


def test_hostile_answers_are_safe(server: Rude, tmp_path: Path) -> None:
    with rude() as other:
        elsewhere = other.on("/x", document({"jobs": []}))
        server.on(f"{BASE}/jobs", answer(302, b"", f"Location: {elsewhere}"))
        with pytest.raises(UnsafeError, match="the token does not go there"):
            fetch(server, tmp_path / "a")
        assert not other.requests
    server.on(f"{BASE}/jobs", answer(200, b"", length=10 << 30))
    with pytest.raises(BadAnswerError, match="too many"):
        fetch(server, tmp_path / "b")
    server.on(f"{BASE}/jobs", answer(200, b"<html>Log in", "Content-Type: text/html"))
    with pytest.raises(BadAnswerError, match="a web page"):
        fetch(server, tmp_path / "c")
    offer(server)
    server.on("/blob/0/data/0", answer(200, b"", length=10 << 30))
    (one,) = fetch(server, tmp_path / "d").missing
    assert "would send 10,737,418,240 bytes" in one[1].why


def test_folders_of_others_are_left_alone(server: Rude, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(CallError, match="other things"):
        fetch(server, tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "mine"
    (tmp_path / "other").mkdir()
    (tmp_path / "other/workspace.json").write_text(json.dumps({"batchID": job_id(5)}))
    with pytest.raises(CallError, match="another batch"):
        fetch(server, tmp_path / "other")


def test_a_run_on_this_machine_is_left_alone(server: Rude, tmp_path: Path) -> None:
    fetch(server, tmp_path)
    (tmp_path / "jobs/flight 1/run/result.json").write_text("{}")
    mine = tmp_path / "jobs/flight 1/outputs/metrics.binproto"
    mine.write_bytes(b"mine")
    rows = [job_row(n, runCounter=2) for n in range(3)]
    server.on(f"{BASE}/jobs", document({"jobs": rows}))
    found = fetch(server, tmp_path)
    assert mine.read_bytes() == b"mine"
    assert found.kept == 1
    assert any("left alone" in note for note in found.notes)


def test_a_full_disk_is_known_before_anything_is_fetched(
    server: Rude, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "ROOM", 1 << 60)
    with pytest.raises(StorageError, match="are needed"):
        fetch(server, tmp_path)
    assert not server.requests


def test_connections_follow_the_latency(tmp_path: Path) -> None:
    for delay, fewest, most in ((0.0, 8, 30), (0.05, 40, 64)):
        with rude() as server:
            offer(server, jobs=12)
            for path, script in server.scripts():
                server.on(path, _late(delay, script[0]))
            seen: list[int] = []
            watch = Watch(begun=lambda p, seen=seen: seen.append(p))  # type: ignore[misc]
            fetch(server, tmp_path / str(delay), connections=None, watch=watch)
            assert fewest <= seen[0].connections <= most  # type: ignore[attr-defined]
            assert server.peak <= most


def _late(delay: float, then: Behaviour) -> Behaviour:
    def behave(client: socket.socket) -> bool:
        time.sleep(delay)
        return then(client)

    return behave


# -- ends ----------------------------------------------------------------------------------------


def call(
    folder: Path, url: str, project: str, batch: str, token: str, *more: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        arguments(folder, url, project, batch, *more),
        cwd=ROOT,
        env={**os.environ, "RESIM_TOKEN": token},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def arguments(folder: Path, url: str, project: str, batch: str, *more: str) -> list[str]:
    ids = ["--project", project, "--batch", batch, "--api-url", url]
    return [sys.executable, "-m", "runner", "fetch", *ids, str(folder), *more]


def test_killed_at_any_moment_it_ends_the_same(tmp_path: Path) -> None:
    """kill -9 again and again, each time a little later: what is there in the end is the same."""
    workspace(tmp_path / "ws", jobs=40, metrics=6)
    write_sample(tmp_path / "ws/jobs/sample/outputs")
    chance = random.Random(11)
    with served(tmp_path / "api", open_workspace(tmp_path / "ws"), logs=True) as running:
        ids = str(running.prepared.project_id), str(running.prepared.batch_ids[0])
        extra = "--files", "--logs", "--connections", "2"
        before = time.monotonic()
        done = call(tmp_path / "calm", running.api.url, *ids, SERVED_TOKEN, *extra)
        took = time.monotonic() - before
        assert done.returncode == 0, done.stderr
        kills = 0
        for _ in range(40):
            process = subprocess.Popen(
                arguments(tmp_path / "torn", running.api.url, *ids, *extra),
                cwd=ROOT,
                env={**os.environ, "RESIM_TOKEN": SERVED_TOKEN},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            try:
                assert process.wait(took * (0.2 + 0.5 * chance.random())) == 0
                break
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                kills += 1
                check_torn(tmp_path / "torn")
        done = call(tmp_path / "torn", running.api.url, *ids, SERVED_TOKEN, *extra)
        assert done.returncode == 0, done.stderr
    assert kills
    assert tree(tmp_path / "torn") == tree(tmp_path / "calm")


def check_torn(folder: Path) -> None:
    """What is there of a fetch that was killed can be read: each file whole."""
    for path in folder.glob("*.json"):
        json.loads(path.read_bytes())
    for path in folder.glob("jobs/*/outputs/metrics.binproto"):
        with open_document(path) as opened:
            assert validate(opened).valid


def test_the_command_says_how_it_ended(server: Rude, tmp_path: Path) -> None:
    project = BASE.split("/")[2]
    done = call(tmp_path / "out", server.url, project, str(BATCH), TOKEN, "--format", "json")
    assert done.returncode == 0
    values = json.loads(done.stdout)
    assert (len(values["jobs"]), values["missing"], values["exit_code"]) == (3, [], 0)
    assert "3 jobs, 6 metrics: 3 PASSED" in done.stderr
    server.on("/blob/1/data/0", answer(410))
    done = call(tmp_path / "gap", server.url, project, str(BATCH), TOKEN)
    assert done.returncode == 2
    assert "missing: flight 1: metrics data series 0" in done.stderr
    server.on(f"{BASE}/jobs", answer(401, TOKEN.encode()))
    done = call(tmp_path / "no", server.url, project, str(BATCH), TOKEN)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 2
    assert "does not accept the token (401)" in done.stderr
    assert TOKEN not in done.stdout + done.stderr


def test_an_interruption_keeps_what_came(server: Rude, tmp_path: Path) -> None:
    server.on("/blob/2/data/1", stall(30))
    process = subprocess.Popen(
        arguments(tmp_path / "out", server.url, BASE.split("/")[2], str(BATCH)),
        cwd=ROOT,
        env={**os.environ, "RESIM_TOKEN": TOKEN},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 30
    while not (tmp_path / "out/jobs/flight 0/run/fetched.json").exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.terminate()
    _, said = process.communicate(timeout=10)
    assert process.returncode == 143
    assert "what came is kept" in said
