"""Jobs through a storage in this process, and on workers that see no folder of the client."""

from __future__ import annotations

import json
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from runner.engines import discovery
from runner.engines.entry import EngineOptions
from runner.execution import result_cache, scheduler
from runner.execution.events import Event
from runner.execution.run_context import RunContext
from runner.executors import stored_worker
from runner.executors.exchange import Exchange
from runner.executors.remote_job import exchange_of, remote_call
from runner.executors.stored_execution import StoredExecutor
from runner.executors.stored_jobs import StoredJob, StoredNames
from runner.executors.stored_worker import run_stored
from runner.storage.object_store import ObjectStore
from runner.storage.watchdog import WATCHDOG
from runner.workspace.layout import Workspace
from runner.workspace.results import JobResult, Outcome
from tests.containers.container_harness import call_runner, make_jobs
from tests.runner.execution.scheduler_harness import call_of, workspace_of
from tests.runner.executors.cluster import Build, Cluster, events_of, run_on, wait_for
from tests.runner.fake import FakeEngine, Script

pytest.importorskip("distributed")


@pytest.fixture
def store() -> ObjectStore:
    return ObjectStore(f"memory:///{uuid4().hex}")


@contextmanager
def placed(
    store: ObjectStore, workspace: Workspace, context: RunContext
) -> Iterator[StoredExecutor]:
    """An executor whose workers are threads of this process, with folders of their own."""
    call = remote_call(workspace.folder, context, EngineOptions())
    Exchange(exchange_of(workspace.folder), context)
    with ThreadPoolExecutor(2) as pool:
        executor = StoredExecutor(pool, store, str(workspace.id), call, context, run_stored)
        try:
            yield executor
        finally:
            executor.shutdown()


def run_through(
    store: ObjectStore, workspace: Workspace, engine: FakeEngine, rerun: str = ""
) -> tuple[list[JobResult], list[Event]]:
    """Run a workspace through a storage; the engine is that of the workers as well."""
    context, seen = call_of(engine)
    # A call has an id of its own.
    context = replace(context, call_id=uuid4().hex)
    with placed(store, workspace, context) as executor:
        planned = result_cache.plan(workspace, context, rerun)
        results = scheduler.run_all(
            planned, context, 2, executor=executor, work_of=executor.work_of
        )
    return results, seen


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> FakeEngine:
    """The engine that workers of this process connect to."""
    engine = FakeEngine(lambda name: Script(7 if name == "b" else 0))
    monkeypatch.setattr(discovery, "connect", lambda *_: engine)
    monkeypatch.setattr(WATCHDOG, "leave", lambda: None)
    return engine


def test_outputs_and_logs_come_back_and_finished_jobs_are_kept(
    tmp_path: Path, store: ObjectStore, engine: FakeEngine
) -> None:
    workspace = workspace_of(tmp_path, "a", "b", "c d")
    results, seen = run_through(store, workspace, engine)
    assert [result.outcome.value for result in results] == ["done", "failed", "done"]
    for job, result in zip(workspace.jobs, results, strict=True):
        assert job.folder.read_result() == result
        assert job.folder.metrics.is_file()
        assert job.folder.log.read_text() == f"hello from {job.name}\n"
        # The worker had folders of its own, and the claim was in the storage.
        assert sorted(p.name for p in job.folder.path.iterdir()) == ["inputs", "outputs", "run"]
    assert [event.kind for event in seen].count("finished") == 3
    again, _ = run_through(store, workspace, engine)
    assert again == results
    assert sorted(engine.started) == ["a", "b", "c d"]
    run_through(store, workspace, engine, "all")
    assert len(engine.started) == 6
    # One attempt of each job is left, and nothing of the calls.
    names = StoredNames(str(workspace.id))
    assert store.names(f"{names.job('a')}") == ["done.json"]
    assert not store._fs.find(store._path(f"{workspace.id}/calls"))
    assert sum("metrics.binproto" in name for name in store._fs.find(store._root)) == 3
    assert not list(_scratch().glob("*/jobs/*"))


def _scratch() -> Path:
    root = stored_worker._CALLS._root
    assert root is not None
    return root


def test_a_job_that_a_lost_client_left_finished_is_only_taken_back(
    tmp_path: Path, store: ObjectStore, engine: FakeEngine
) -> None:
    workspace = workspace_of(tmp_path, "a")
    first, _ = run_through(store, workspace, engine)
    job = workspace.jobs[0]
    job.folder.result.unlink()
    job.folder.metrics.unlink()
    second, _ = run_through(store, workspace, engine)
    assert second == first
    assert job.folder.metrics.is_file()
    assert engine.started == ["a"]


@pytest.mark.parametrize("damage", ["list", "file", "missing"])
def test_a_damaged_storage_breaks_the_job_alone(
    tmp_path: Path, store: ObjectStore, engine: FakeEngine, damage: str
) -> None:
    workspace = workspace_of(tmp_path, "a", "c")
    run_through(store, workspace, engine)
    name = StoredNames(str(workspace.id)).done("a")
    values = json.loads(store.read(name) or b"")
    if damage == "list":
        values["files"][-1][0] = "../../outside"
    elif damage == "file":
        values["files"][-1][1] = "0" * 64
    for job in workspace.jobs:
        job.folder.result.unlink()
    store.write(name, b"[" if damage == "missing" else json.dumps(values).encode())
    results, _ = run_through(store, workspace, engine)
    assert [result.outcome for result in results] == [Outcome.BROKEN, Outcome.DONE]
    assert "\n" not in results[0].message
    assert not (tmp_path / "outside").exists()


def test_inputs_that_change_while_they_are_uploaded_break_the_job(
    tmp_path: Path, store: ObjectStore, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = workspace_of(tmp_path, "a")
    put = store.put

    def change(path: Path, name: str) -> None:
        path.write_text("changed")
        put(path, name)

    monkeypatch.setattr(store, "put", change)
    monkeypatch.setattr(stored_worker, "store_at", lambda _: store)
    ((result,), _) = run_through(store, workspace, engine)
    assert result.outcome is Outcome.BROKEN
    assert "has changed since it was listed" in result.message
    assert not engine.started


def test_what_a_worker_is_sent_names_no_folder_of_the_client(
    tmp_path: Path, store: ObjectStore, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = workspace_of(tmp_path, "a")
    sent: list[StoredJob] = []
    run = run_stored

    def note(stored: StoredJob) -> JobResult:
        sent.append(stored)
        return run(stored)

    monkeypatch.setattr(sys.modules[__name__], "run_stored", note)
    run_through(store, workspace, engine)
    assert len(sent) == 1
    assert str(workspace.folder) not in repr(sent)


def test_a_storage_needs_workers_and_no_credentials_in_its_url(tmp_path: Path) -> None:
    workspace_of(tmp_path, "a")
    words = ("run", "--command", "true", "--no-sandbox", tmp_path, "--storage")
    call = call_runner(*words, "memory:///a")
    assert call.code == 2
    assert "--storage is for workers of a cluster." in call.err
    call = call_runner(*words, "s3://KEY:hidden@bucket", "--executor", "dask+tcp://127.0.0.1:9")
    assert call.code == 2
    assert "has a user name, a password or a query." in call.err
    assert "hidden" not in call.err


# A scheduler and workers, which take seconds to start.
@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")
def test_workers_share_a_storage_alone_and_one_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(_folder(tmp_path / "tmp")))
    workspace = make_jobs(tmp_path / "flights", 12)
    build = Build(tmp_path, 0.5)
    script = build.script.read_text()
    # Names of jobs are in the inputs, since a worker's folders have other names.
    for inputs in workspace.glob("jobs/*/inputs"):
        (inputs / "experience" / "name").write_text(inputs.parent.name)
    # The inputs of the killed worker are removed while its last build may still begin.
    taken = 'job=$(cat "$RESIM_INPUTS/experience/name") || exit 1'
    lines = [taken if line.startswith("job=") else line for line in script.splitlines()]
    build.script.write_text("\n".join(lines) + "\n")
    words = ("--storage", f"file://{tmp_path.as_posix()}/store", "--format", "json")
    with Cluster(tmp_path / "cluster") as cluster:
        for _ in range(2):
            cluster.add_worker()
        wait_for(lambda: cluster.connected() == 2, "both workers")
        run = run_on(f"dask-file:{cluster.file}", workspace, build, "--partial-fetch", *words)
        wait_for(lambda: len(build.jobs("end")) >= 4, "a third of the jobs")
        lost = cluster.workers[0]
        lost.kill()
        out, err = run.communicate(timeout=120)
        assert run.returncode == 0, err
        document = json.loads(out)
        assert document["outcomes"] == {"done": 12}
        assert document["batch"]["outcome"] == "done"
        begun = Counter(build.jobs("begin"))
        warned = [e for e in events_of(workspace) if e["event"] == "warning" and "job" in e]
        named = {e["job"] for e in warned if f"process {lost.pid} on" in e["text"]}
        assert {job for job, times in begun.items() if times > 1} <= named
        assert len(named) <= 2
        started = [e for e in events_of(workspace) if e["event"] == "started" and "worker" in e]
        pids = {e["worker"].split("/")[1] for e in started}
        assert pids <= {str(worker.pid) for worker in cluster.workers}
        assert len({e["job"] for e in started}) == 12

        slow = Build(_folder(tmp_path / "slow"), 50)
        run = run_on(f"dask-file:{cluster.file}", workspace, slow, "--only", "jobs", *words)
        wait_for(lambda: len(slow.jobs("begin")) == 2, "two jobs")
        run.send_signal(signal.SIGINT)
        sent = time.monotonic()
        wait_for(lambda: not slow.processes(), "the end of the builds")
        assert time.monotonic() - sent < 5
        assert run.wait(60) == 130
        assert len(list((tmp_path / "tmp").glob("resim-worker-*"))) == 1
    # No worker came to its own end, and the watchdog of each removes its folder.
    wait_for(lambda: not list((tmp_path / "tmp").glob("resim-worker-*")), "the removal")


def _folder(path: Path) -> Path:
    path.mkdir()
    return path
