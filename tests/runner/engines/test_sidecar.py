"""The API beside a container, with an engine that runs nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from runner.api.stub_server.index_builder import build_index
from runner.api.stub_server.server import INDEX
from runner.engines.api_service.counts_reader import CountsReader
from runner.engines.docker import api_sidecar
from runner.engines.protocol import Build, Hardening, Limits, Prepared, RunExit, Service, Sink, Task
from runner.errors import EngineError
from tests.api.workspaces import workspace
from tests.runner.execution.test_batch_run_fake import IMAGE, counts


class FakeContainer:
    """A container of the fake engine."""

    def __init__(self, engine: FakeContainerEngine, task: Task, number: int) -> None:
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

    def exit_info(self) -> RunExit:
        return RunExit(self._engine.code if self.id == "id-0" else 0)

    def take_outputs(self, into: Path, caps: Any) -> Any:
        raise AssertionError

    def remove(self) -> str:
        self._engine.removed.append(self.id)
        return ""


class FakeContainerEngine:
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

    def start(self, build: Build, prepared: Prepared, task: Task, log: Sink) -> FakeContainer:
        if self.refuses and task.network.startswith("container:"):
            raise EngineError(self.refuses)
        self.started.append((build, task))
        if isinstance(log, CountsReader):
            log.write(1, self.says)
        return FakeContainer(self, task, len(self.started) - 1)

    @contextmanager
    def host_network(self, wanted: str, task: Task) -> Iterator[tuple[str, str]]:
        self.networks.append(wanted)
        yield "made", "127.0.0.1"
        self.networks.remove(wanted)


@pytest.fixture
def service(tmp_path: Path) -> Service:
    made = build_index([workspace(tmp_path / "ws")], tmp_path / "api", token="t", secret="s")
    index = (made.folder / INDEX).read_bytes()
    return Service(made.folder, index, "config.json", lambda url: url.encode())


def start(engine: FakeContainerEngine, service: Service, build: Build = IMAGE) -> Any:
    task = Task("run", "batch", ())
    return api_sidecar.start(engine, build, Prepared("image"), task, service, CountsReader())


def test_the_build_joins_the_network_of_its_api(service: Service) -> None:
    engine = FakeContainerEngine()
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
    run.exit_info()
    run.remove()
    assert engine.removed == ["id-1", "id-0"]


def test_an_engine_that_lets_none_join_gets_the_api_on_this_machine(service: Service) -> None:
    engine = FakeContainerEngine("cannot join network of a container")
    run = start(engine, service)
    assert engine.removed == ["id-0"]
    assert engine.networks == ["none"]
    assert engine.started[-1][1].network == "made"
    address = engine.started[-1][1].files[0][1]
    assert address.startswith(b"http://127.0.0.1:")
    assert "lets no container join the API's network (cannot join network" in run.open_network()
    assert run.counts()["requests"] == 0
    run.remove()
    assert engine.networks == []


def test_other_refusals_are_no_reason_to_open_the_network(service: Service) -> None:
    engine = FakeContainerEngine("no space left on device")
    with pytest.raises(EngineError, match="no space left"):
        start(engine, service)
    assert (engine.removed, engine.networks) == (["id-0"], [])


@pytest.mark.parametrize(
    ("code", "message"), [(127, "has no python3"), (2, "cannot run the API"), (0, "cannot run")]
)
def test_an_image_that_cannot_run_the_api_is_told(
    service: Service, code: int, message: str
) -> None:
    engine = FakeContainerEngine(says=b"junk\n[]\n{}\n")
    engine.api_dies, engine.code = True, code
    with pytest.raises(EngineError, match=message) as caught:
        start(engine, service)
    assert "--api-image" in caught.value.hint
    assert engine.removed == ["id-0"]


def test_an_api_that_dies_is_a_problem(service: Service) -> None:
    engine = FakeContainerEngine()
    run = start(engine, service)
    engine.code = 137
    run._api.run.over = True
    run.exit_info()
    assert "the API ended while the build ran (137)" in run.problem()


def test_what_a_server_says_is_heard_in_pieces() -> None:
    counts_reader = CountsReader()
    line = json.dumps(counts()).encode() + b"\n"
    counts_reader.write(1, b"noise\n" + b'{"host": "a", "po')
    assert not counts_reader.ready.is_set()
    counts_reader.write(1, b'rt": 1}\n' + line[:20])
    counts_reader.write(
        1, line[20:] + b"[" * 100_000 + b"\n" + b'{"requests": "many", "lists": {}}\n'
    )
    assert counts_reader.ready.is_set()
    assert counts_reader.counts == counts()
    counts_reader.write(1, b"x" * (3 << 20))
    counts_reader.write(1, b"\n" + json.dumps(counts(requests=16)).encode() + b"\n")
    assert counts_reader.counts == counts(requests=16)
    counts_reader.write(2, b"first\n\x1b[31mlast\n\n")
    assert counts_reader.last_error().isprintable()
    assert "last" in counts_reader.last_error()


def test_limits_grow_with_what_is_served(service: Service) -> None:
    engine = FakeContainerEngine()
    large = Service(
        service.folder, service.index + b" " * (10 << 20), "config.json", service.config
    )
    start(engine, large, Build("image", limits=Limits(memory_mib=64)))
    assert (engine.started[0][0].limits.memory_mib or 0) >= 1024 + 160
    assert engine.started[1][0].limits.memory_mib == 64
