"""Batch mode with engines that run nothing: what is told to them, and what they may answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from runner import batch_mode
from runner.api.server import INDEX
from runner.batch import Call
from runner.batch_mode import Keys, Wish
from runner.contract import Mode
from runner.engines import sidecar
from runner.engines.base import Build, Ended, Hardening, Limits, Prepared, Service, Sink, Task
from runner.engines.hearing import Hearing
from runner.errors import CallError, EngineError
from runner.events import Event
from runner.life import Rules, Stop
from runner.results import JobResult, Outcome
from runner.workspace import open_workspace
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

    def __init__(self, script: Script, **said: Any) -> None:
        super().__init__(lambda _: script)
        self.said = said
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
    rules = Rules(timeout=wishes.pop("timeout", 60), grace=0.1)
    call = Call(engine, IMAGE, Prepared("sha256:fake"), rules, "run", seen.append, Stop(0.1))
    if not (folder / "ws").exists():
        workspace(folder / "ws")
    wish = Wish(Mode.BATCH, (open_workspace(folder / "ws"),), **wishes)
    places = folder / "out", folder / "log", folder / "scratch"
    return batch_mode.run_served(call, wish, *places), seen


def test_what_an_engine_is_told(tmp_path: Path) -> None:
    engine = ServingEngine(Script(), said=counts())
    keys = Keys()
    result, seen = run(tmp_path, engine, keys=keys, config_fields=3)
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
    assert f"It last asked for {words}, 2 s before; it had got 4 of 4 metrics" in result.message


def test_a_token_in_the_error_of_a_thread_is_hidden(tmp_path: Path) -> None:
    from runner.redact import Secrets

    engine = ServingEngine(Script(), said=counts())
    engine.log = (
        b"Exception in thread Thread-1:\nTraceback (most recent\n  a\nOSError: very-secret\n"
    )
    seen: list[Event] = []
    rules = Rules(secrets=Secrets(["very-secret"]))
    call = Call(engine, IMAGE, Prepared("x"), rules, "run", seen.append, Stop())
    wish = Wish(Mode.BATCH, (workspace(tmp_path / "ws"),))
    places = tmp_path / "out", tmp_path / "log", tmp_path / "scratch"
    result = batch_mode.run_served(call, wish, *places)
    (note,) = result.notes
    assert note.startswith("1 thread of it failed (OSError: [redacted])")


def test_without_metrics_nothing_is_started(tmp_path: Path) -> None:
    workspace(tmp_path / "ws", jobs=1)
    (tmp_path / "ws/jobs/job-0/outputs/metrics.binproto").write_bytes(b"\xff")
    engine = ServingEngine(Script())
    with pytest.raises(CallError, match="no job has metrics"):
        run(tmp_path, engine)
    assert engine.services == []
    assert not (tmp_path / "scratch").exists()


# -- the API beside a container ----------------------------------------------------------------


class Room:
    """A container of the fake engine."""

    def __init__(self, engine: Rooms, task: Task, number: int) -> None:
        self.id = f"id-{number}"
        self.task = task
        self._engine = engine
        self.over = number == 0 and engine.api_dies

    def wait(self, seconds: float) -> bool:
        return self.over or (self._engine.builds_end and self.id != "id-0")

    def terminate(self) -> None:
        self.over = True

    def kill(self) -> None:
        self.over = True

    def ended(self) -> Ended:
        return Ended(self._engine.code if self.id == "id-0" else 0)

    def take_outputs(self, into: Path, caps: Any) -> Any:
        raise AssertionError

    def remove(self) -> str:
        self._engine.removed.append(self.id)
        return ""


class Rooms:
    """A container engine that runs nothing; its API says that it listens, or does not."""

    def __init__(self, refuses: str = "", says: bytes = b'{"port": 8080}\n') -> None:
        self.refuses = refuses
        self.says = says
        self.code = 0
        self.api_dies = self.builds_end = False
        self.started: list[tuple[Build, Task]] = []
        self.removed: list[str] = []
        self.networks: list[str] = []

    def prepare(self, build: Build, say: Callable[[str], None]) -> Prepared:
        return Prepared("other")

    def start(self, build: Build, prepared: Prepared, task: Task, log: Sink) -> Room:
        if self.refuses and task.network.startswith("container:"):
            raise EngineError(self.refuses)
        self.started.append((build, task))
        if isinstance(log, Hearing):
            log.write(1, self.says)
        return Room(self, task, len(self.started) - 1)

    @contextmanager
    def host_network(self, wanted: str, task: Task) -> Iterator[tuple[str, str]]:
        self.networks.append(wanted)
        yield "made", "127.0.0.1"
        self.networks.remove(wanted)


@pytest.fixture
def service(tmp_path: Path) -> Service:
    from runner.api.prepare import prepare

    made = prepare([workspace(tmp_path / "ws")], tmp_path / "api", token="t", secret="s")
    index = (made.folder / INDEX).read_bytes()
    return Service(made.folder, index, "config.json", lambda url: url.encode())


def start(engine: Rooms, service: Service, build: Build = IMAGE) -> Any:
    task = Task("run", "batch", ())
    return sidecar.start(engine, build, Prepared("image"), task, service, Hearing())


def test_the_build_joins_the_network_of_its_api(service: Service) -> None:
    engine = Rooms()
    build = Build("image", env=(("NO_PROXY", "a"),), hardening=Hardening(init=False))
    run = start(engine, service, build)
    (api, api_task), (joined, task) = engine.started
    assert (api.entrypoint, api.hardening.network, api.hardening.init) == (
        ("python3",), "none", False,
    )  # fmt: skip
    assert [name for name, _ in api_task.inputs] == ["server.py", "blobs"]
    assert [name for name, _ in api_task.files] == ["inputs/index.json"]
    assert task.network == "container:id-0"
    assert task.files == (("inputs/config.json", b"http://127.0.0.1:8080/v1"),)
    assert dict(joined.env)["NO_PROXY"] == "a,127.0.0.1,localhost"
    assert (run.open_network(), run.problem(), run.counts()) == ("", "", None)
    run.ended()
    run.remove()
    assert engine.removed == ["id-1", "id-0"]


def test_an_engine_that_lets_none_join_gets_the_api_on_this_machine(service: Service) -> None:
    engine = Rooms("cannot join network of a container")
    run = start(engine, service)
    assert engine.removed == ["id-0"]
    assert engine.networks == ["none"]
    assert engine.started[-1][1].network == "made"
    address = engine.started[-1][1].files[0][1]
    assert address.startswith(b"http://127.0.0.1:")
    assert "lets no build join the API's network (cannot join network" in run.open_network()
    assert run.counts()["requests"] == 0
    run.remove()
    assert engine.networks == []


def test_other_refusals_are_no_reason_to_open_the_network(service: Service) -> None:
    engine = Rooms("no space left on device")
    with pytest.raises(EngineError, match="no space left"):
        start(engine, service)
    assert (engine.removed, engine.networks) == (["id-0"], [])


@pytest.mark.parametrize(
    ("code", "message"), [(127, "has no python3"), (2, "cannot run the API"), (0, "cannot run")]
)
def test_an_image_that_cannot_run_the_api_is_told(
    service: Service, code: int, message: str
) -> None:
    engine = Rooms(says=b"junk\n[]\n{}\n")
    engine.api_dies, engine.code = True, code
    with pytest.raises(EngineError, match=message) as caught:
        start(engine, service)
    assert "--api-image" in caught.value.hint
    assert engine.removed == ["id-0"]


def test_an_api_that_dies_is_a_problem(service: Service) -> None:
    engine = Rooms()
    run = start(engine, service)
    engine.code = 137
    run._api.run.over = True
    run.ended()
    assert "the API ended while the build ran (137)" in run.problem()


def test_what_a_server_says_is_heard_in_pieces() -> None:
    hearing = Hearing()
    line = json.dumps(counts()).encode() + b"\n"
    hearing.write(1, b"noise\n" + b'{"host": "a", "po')
    assert not hearing.ready.is_set()
    hearing.write(1, b'rt": 1}\n' + line[:20])
    hearing.write(1, line[20:] + b"[" * 100_000 + b"\n" + b'{"requests": "many", "lists": {}}\n')
    assert hearing.ready.is_set()
    assert hearing.counts == counts()
    hearing.write(1, b"x" * (3 << 20))
    hearing.write(1, b"\n" + json.dumps(counts(requests=16)).encode() + b"\n")
    assert hearing.counts == counts(requests=16)
    hearing.write(2, b"first\n\x1b[31mlast\n\n")
    assert hearing.said().isprintable()
    assert "last" in hearing.said()


def test_limits_grow_with_what_is_served(service: Service) -> None:
    engine = Rooms()
    large = Service(
        service.folder, service.index + b" " * (10 << 20), "config.json", service.config
    )
    start(engine, large, Build("image", limits=Limits(memory_mib=64)))
    assert (engine.started[0][0].limits.memory_mib or 0) >= 1024 + 160
    assert engine.started[1][0].limits.memory_mib == 64
