"""An engine that runs nothing: what a build would do is a function of its job's name."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from resim_inspect.building.builder import DocumentBuilder
from runner.engines.protocol import (
    Build,
    EngineInfo,
    Prepared,
    RunExit,
    Served,
    Service,
    Sink,
    Task,
)
from runner.errors import EngineError
from runner.storage.leftovers import Leftover
from runner.storage.output_extraction import Caps, Taken


def metrics(status: str = "PASSED") -> bytes:
    """A valid file with one scalar."""
    builder = DocumentBuilder("fake")
    builder.scalar("Max speed", 31.2, unit="m/s", status=status)
    return builder.bytes()


class Script:
    """The behaviour of one run: its exit code, its file, or a wait for a signal."""

    def __init__(
        self,
        code: int = 0,
        data: bytes | None = None,
        *,
        waits: bool = False,
        stubborn: bool = False,
        broken: str = "",
    ) -> None:
        self.code = code
        self.data = metrics() if data is None else data
        self.waits = waits
        self.stubborn = stubborn
        self.broken = broken


class FakeRun:
    """A run of the fake engine."""

    def __init__(self, engine: FakeEngine, script: Script) -> None:
        self._engine = engine
        self._script = script
        self._over = threading.Event()
        self._code = script.code
        if not script.waits:
            self._over.set()

    def wait(self, seconds: float) -> bool:
        if self._script.broken:
            raise EngineError(self._script.broken)
        return self._over.wait(seconds)

    def terminate(self) -> None:
        self._engine.signals.append("TERM")
        if not self._script.stubborn:
            self._code = 143
            self._over.set()

    def kill(self) -> None:
        self._engine.signals.append("KILL")
        self._code = 137
        self._over.set()

    def exit_info(self) -> RunExit:
        return RunExit(self._code)

    def take_outputs(self, into: Path, caps: Caps) -> Taken:
        into.mkdir()
        if not self._script.data:
            return Taken()
        (into / "metrics.binproto").write_bytes(self._script.data)
        return Taken(1, len(self._script.data), ("metrics.binproto",))

    def remove(self) -> str:
        self._engine.alive -= 1
        return ""


class FakeEngine:
    """Counts what it was asked."""

    def __init__(self, script: Callable[[str], Script] = lambda _: Script()) -> None:
        self.info = EngineInfo("fake", "1", 4, 16 << 30, "memory://", "linux/amd64")
        self.script = script
        self.started: list[str] = []
        self.signals: list[str] = []
        self.alive = 0
        self.most = 0
        self._lock = threading.Lock()

    def prepare(self, build: Build, say: Callable[[str], None]) -> Prepared:
        return Prepared("sha256:fake", "fake")

    def current(self, build: Build) -> Prepared | None:
        return Prepared("sha256:fake", "fake")

    def start(self, build: Build, prepared: Prepared, task: Task, log: Sink) -> FakeRun:
        with self._lock:
            self.started.append(task.job)
            self.alive += 1
            self.most = max(self.most, self.alive)
        log.write(1, f"hello from {task.job}\n".encode())
        return FakeRun(self, self.script(task.job))

    def start_served(
        self, build: Build, prepared: Prepared, task: Task, service: Service, log: Sink
    ) -> Served:
        raise EngineError("this engine has no place for an API.")

    def shell(self, build: Build, prepared: Prepared, task: Task) -> int:
        raise EngineError("this engine has no terminal.")

    def no_outputs_hint(self, build: Build) -> str:
        return "a hint of the engine"

    def leftovers(self, *, images: bool = False) -> Iterator[Leftover]:
        yield from ()

    def sweep(self) -> list[str]:
        return []

    def close(self) -> None:
        return
