"""Batch mode with engines that run nothing: what is told to them, and what they may answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from runner.engines.protocol import Build, Prepared, Service, Sink, Task
from runner.errors import CallError, EngineError
from runner.execution import batch_run
from runner.execution.batch_run import ApiCredentials, BatchRunRequest
from runner.execution.cancellation import Stop
from runner.execution.events import Event
from runner.execution.run_context import RunContext, RunPolicy
from runner.workspace.contract import Mode
from runner.workspace.layout import open_workspace
from runner.workspace.results import JobResult, Outcome
from tests.api.workspaces import workspace
from tests.runner.fake import FakeEngine, FakeRun, Script

IMAGE = Build("image:tag", ("run",))


class FakeServed(FakeRun):
    """A run with an API that says what it is told to say."""

    said: dict[str, Any] | None = None
    failed = ""
    note = ""

    def counts(self) -> dict[str, Any] | None:
        return self.said

    def problem(self) -> str:
        return self.failed

    def open_network(self) -> str:
        return self.note


class ServingEngine(FakeEngine):
    """Keeps what it was told."""

    def __init__(self, script: Script, **served_counts: Any) -> None:
        super().__init__(lambda _: script)
        self.said = served_counts
        self.log = b""
        self.builds: list[Build] = []
        self.tasks: list[Task] = []
        self.services: list[Service] = []
        self.on_disk = b""

    def start_served(
        self, build: Build, prepared: Prepared, task: Task, service: Service, log: Sink
    ) -> FakeServed:
        self.alive += 1
        self.builds.append(build)
        self.tasks.append(task)
        self.services.append(service)
        self.on_disk = b"".join(p.read_bytes() for p in service.folder.iterdir())
        log.write(2, self.log)
        run = FakeServed(self, self.script(task.job))
        for name, value in self.said.items():
            setattr(run, name, value)
        return run


def counts(**more: Any) -> dict[str, Any]:
    """Counts of a build that fetched everything of two jobs."""
    lists = {
        "metrics": {"asked": 2, "of": 2, "blobs": 4, "served": 4},
        "metricsData": {"asked": 2, "of": 2, "blobs": 6, "served": 6},
    }
    return {"requests": 15, "lists": lists, "answers": {"200": 15}, **more}


def run(folder: Path, engine: ServingEngine, **wishes: Any) -> tuple[JobResult, list[Event]]:
    seen: list[Event] = []
    rules = RunPolicy(timeout=wishes.pop("timeout", 60), grace=0.1)
    call = RunContext(engine, IMAGE, Prepared("sha256:fake"), rules, "run", seen.append, Stop(0.1))
    if not (folder / "ws").exists():
        workspace(folder / "ws")
    request = BatchRunRequest(Mode.BATCH, (open_workspace(folder / "ws"),), **wishes)
    places = folder / "out", folder / "log", folder / "scratch"
    return batch_run.run_served(call, request, *places), seen


def test_what_an_engine_is_told(tmp_path: Path) -> None:
    engine = ServingEngine(Script(), said=counts())
    keys = ApiCredentials()
    result, seen = run(tmp_path, engine, credentials=keys, config_fields=3)
    assert (result.outcome, result.mode, result.notes) == (Outcome.DONE, "batch", ())
    (service,), (build,) = engine.services, engine.builds
    assert keys.token.encode() in service.index
    assert keys.token.encode() not in engine.on_disk
    assert keys.secret.encode() not in engine.on_disk
    assert keys.token not in repr(service) + repr(keys) + repr(engine.tasks)
    config = json.loads(service.config("http://here/v1"))
    assert config == {
        "authToken": keys.token,
        "apiURL": "http://here/v1",
        "batchID": str(open_workspace(tmp_path / "ws").batch_id),
    }
    assert build.limits.pids == 4096
    assert engine.tasks[0].inputs == ()
    assert not (tmp_path / "scratch").exists()
    assert engine.alive == 0
    assert seen == []


@pytest.mark.slow
def test_limits_fit_the_threads_of_fetchers(tmp_path: Path) -> None:
    workspace(tmp_path / "ws", jobs=1200, metrics=0)
    engine = ServingEngine(Script(), said=counts())
    run(tmp_path, engine)
    assert engine.builds[0].limits.pids == 4 * 1200 + 512


def test_an_api_that_failed_is_not_the_builds_fault(tmp_path: Path) -> None:
    engine = ServingEngine(Script(1), said=counts(), failed="the API ended: out of memory")
    result, _ = run(tmp_path, engine)
    assert (result.outcome, result.message) == (Outcome.BROKEN, "the API ended: out of memory")


def test_an_engine_without_a_place_for_an_api_is_told(tmp_path: Path) -> None:
    class Plain(ServingEngine):
        def start_served(self, *_: Any) -> FakeServed:
            raise EngineError("there is no place.", "Make some.")

    result, _ = run(tmp_path, Plain(Script()))
    assert (result.outcome, result.message, result.hint) == (
        Outcome.BROKEN, "there is no place.", "Make some.",
    )  # fmt: skip


def test_an_open_network_is_warned_of(tmp_path: Path) -> None:
    engine = ServingEngine(Script(), said=counts(), note="it reaches the moon.")
    _, seen = run(tmp_path, engine)
    (warning,) = [event.text for event in seen if event.kind == "warning"]
    assert warning == "the network of the batch is not closed: it reaches the moon."


def test_unknown_and_hostile_counts_hurt_nobody(tmp_path: Path) -> None:
    hostile: list[Any] = [
        None,
        {"requests": 1, "lists": {}},
        {"requests": True, "lists": {"metrics": 3, "metricsData": {"of": "x", "asked": -1}}},
        counts(answers=[1], lost_names=[{"name": 3}, 4], unknown="9", unknown_paths=7, last=[]),
        counts(unknown=2, unknown_paths=[], evicted=1 << 80, idle_seconds="soon"),
        counts(idle_seconds=10**400, last="blobs/²", answers={"401": 1e999}),
    ]
    for number, said in enumerate(hostile):
        result, _ = run(tmp_path / f"a{number}", ServingEngine(Script(), said=said))
        assert result.outcome is Outcome.DONE
        assert json.loads(result.as_bytes())
        script = Script(waits=True)
        result, _ = run(tmp_path / f"b{number}", ServingEngine(script, said=said), timeout=0.05)
        assert result.outcome is Outcome.TIMEOUT


def test_names_of_metrics_cannot_write_to_the_terminal(tmp_path: Path) -> None:
    said = counts(lost_names=[{"name": "\x1b[31mred", "of": "job\n"}])
    said["lists"]["metrics"]["served"] = 3
    result, _ = run(tmp_path, ServingEngine(Script(), said=said))
    assert "lost 1 of 4 metrics" in result.message
    assert result.message.isprintable()


@pytest.mark.parametrize(
    ("last", "words"),
    [
        ("batches/{batch}/jobs", "the list of jobs"),
        ("batches/{batch}/jobs/{job}/metricsData", "the list of metrics data of job-1"),
        ("blobs/0", 'the metrics "scalar 0" of job-0'),
        ("somewhere/else", '"somewhere/else"'),
    ],
)
def test_what_was_last_asked_is_said_in_words(tmp_path: Path, last: str, words: str) -> None:
    ws = workspace(tmp_path / "ws")
    path = last.format(batch=ws.batch_id, job=ws.jobs[1].id)
    engine = ServingEngine(Script(waits=True), said=counts(last=path, idle_seconds=2.04))
    result, _ = run(tmp_path, engine, timeout=0.05)
    assert (
        f"Its last request was for {words}, 2 s before; it had received 4 of 4 metrics"
        in result.message
    )


def test_a_token_in_the_error_of_a_thread_is_hidden(tmp_path: Path) -> None:
    from runner.redact import Secrets

    engine = ServingEngine(Script(), said=counts())
    engine.log = (
        b"Exception in thread Thread-1:\nTraceback (most recent\n  a\nOSError: very-secret\n"
    )
    seen: list[Event] = []
    rules = RunPolicy(secrets=Secrets(["very-secret"]))
    call = RunContext(engine, IMAGE, Prepared("x"), rules, "run", seen.append, Stop())
    request = BatchRunRequest(Mode.BATCH, (workspace(tmp_path / "ws"),))
    places = tmp_path / "out", tmp_path / "log", tmp_path / "scratch"
    result = batch_run.run_served(call, request, *places)
    (note,) = result.notes
    assert note.startswith("1 thread of it failed (OSError: [redacted])")
    (warning,) = [event.text for event in seen if event.kind == "warning"]
    assert warning.startswith("a thread of the batch failed (OSError: [redacted]); code that waits")


def test_without_metrics_nothing_is_started(tmp_path: Path) -> None:
    workspace(tmp_path / "ws", jobs=1)
    (tmp_path / "ws/jobs/job-0/outputs/metrics.binproto").write_bytes(b"\xff")
    engine = ServingEngine(Script())
    with pytest.raises(CallError, match="no job has metrics"):
        run(tmp_path, engine)
    assert engine.services == []
    assert not (tmp_path / "scratch").exists()
