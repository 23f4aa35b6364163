"""Bases of engines and runs that wrap another one: a subclass overrides what it changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from runner.engines.protocol import (
    Build,
    Engine,
    Prepared,
    RunExit,
    Running,
    Served,
    Service,
    Sink,
    Task,
)
from runner.storage.leftovers import Leftover
from runner.storage.output_extraction import Caps, Taken


class DelegatingRun:
    """A run that passes every call to another run."""

    def __init__(self, run: Running) -> None:
        self._run = run

    def wait(self, seconds: float) -> bool:
        return self._run.wait(seconds)

    def terminate(self) -> None:
        self._run.terminate()

    def kill(self) -> None:
        self._run.kill()

    def exit_info(self) -> RunExit:
        return self._run.exit_info()

    def take_outputs(self, into: Path, caps: Caps) -> Taken:
        return self._run.take_outputs(into, caps)

    def remove(self) -> str:
        return self._run.remove()


class DelegatingEngine:
    """An engine that passes every call to another engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.info = engine.info

    def prepare(self, build: Build, say: Callable[[str], None]) -> Prepared:
        return self._engine.prepare(build, say)

    def current(self, build: Build) -> Prepared | None:
        return self._engine.current(build)

    def start(self, build: Build, prepared: Prepared, task: Task, log: Sink) -> Running:
        return self._engine.start(build, prepared, task, log)

    def start_served(
        self, build: Build, prepared: Prepared, task: Task, service: Service, log: Sink
    ) -> Served:
        return self._engine.start_served(build, prepared, task, service, log)

    def shell(self, build: Build, prepared: Prepared, task: Task) -> int:
        return self._engine.shell(build, prepared, task)

    def no_outputs_hint(self, build: Build) -> str:
        return self._engine.no_outputs_hint(build)

    def leftovers(self, *, images: bool = False) -> Iterator[Leftover]:
        return self._engine.leftovers(images=images)

    def sweep(self) -> list[str]:
        return self._engine.sweep()

    def close(self) -> None:
        self._engine.close()
