"""The local API service: the stub API in a build's sandbox, or on this machine's loopback."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import Any, Protocol

from runner.api.stub_server import server
from runner.api.stub_server.thread_server import ThreadServer
from runner.engines.api_service import sandbox_launcher
from runner.engines.api_service.base import (
    LOOPBACK,
    PORT,
    ApiRun,
    HostApiRun,
    with_api_config,
    without_proxy,
)
from runner.engines.api_service.counts_reader import CountsReader
from runner.engines.protocol import (
    Build,
    Mount,
    Prepared,
    RunExit,
    Running,
    Served,
    Service,
    Sink,
    Task,
)
from runner.workspace.contract import ROOT

FOLDER = ROOT / "api"
CHUNK = 64 << 10
OPEN = "the build has your rights on this machine and access to its whole network."


class Starter(Protocol):
    """The start of a run, which every engine has."""

    def start(self, build: Build, prepared: Prepared, task: Task, log: Sink) -> Running: ...


class PipeStarter(Protocol):
    """The start of a run that inherits open files of this process."""

    def start(
        self, build: Build, prepared: Prepared, task: Task, log: Sink, pass_fds: tuple[int, ...]
    ) -> Running: ...


def start_in_sandbox(
    engine: PipeStarter, build: Build, prepared: Prepared, task: Task, service: Service, log: Sink
) -> Served:
    """Start a launcher in the sandbox that starts the API and the build, without a network."""
    command = (sys.executable, "-I", f"{FOLDER}/launch.py")
    mounts = [
        Mount(Path(server.__file__), f"{FOLDER}/server.py", True),
        Mount(Path(sandbox_launcher.__file__), f"{FOLDER}/launch.py", True),
        *(
            Mount(path.resolve(), str(FOLDER / path.name), True)
            for path in sorted(service.folder.iterdir())
            if path.name != server.INDEX
        ),
    ]
    # The runner's own Python may be below /tmp, which the sandbox hides.
    for prefix in dict.fromkeys((sys.base_prefix, sys.prefix)):
        if Path(prefix).is_relative_to("/tmp"):
            mounts.insert(0, Mount(Path(prefix), prefix, True))
    counts_reader = CountsReader()
    reading, writing = os.pipe()
    try:
        words = (*command, str(writing), str(FOLDER), str(PORT), *build.command)
        build = replace(build, command=words, mounts=(*mounts, *build.mounts))
        task = with_api_config(task, service, LOOPBACK, PORT)
        index = f"{FOLDER.name}/{server.INDEX}", service.index
        task = replace(task, files=(*task.files, index))
        run = engine.start(without_proxy(build, LOOPBACK), prepared, task, log, (writing,))
    except BaseException:
        os.close(reading)
        raise
    finally:
        os.close(writing)
    return SandboxApiRun(run, reading, counts_reader)


def start_on_loopback(
    engine: Starter, build: Build, prepared: Prepared, task: Task, service: Service, log: Sink
) -> Served:
    """Start the API on a thread of this process, then the build.

    It suits every engine whose builds reach this machine's loopback.
    """
    with ExitStack() as stack:
        api = stack.enter_context(ThreadServer(service.folder, LOOPBACK, 0, service.index))
        served = with_api_config(task, service, LOOPBACK, api.port)
        run = engine.start(without_proxy(build, LOOPBACK), prepared, served, log)
        return HostApiRun(run, api, OPEN, stack.pop_all())
    raise AssertionError


class SandboxApiRun(ApiRun):
    """A sandbox with a build and its API, which writes its counts to a pipe."""

    def __init__(self, run: Running, reading: int, counts_reader: CountsReader) -> None:
        super().__init__(run)
        self._counts_reader = counts_reader
        self._pump = Thread(target=self._drain, args=(reading,), daemon=True)
        self._pump.start()

    def _drain(self, reading: int) -> None:
        with open(reading, "rb", buffering=0) as pipe:
            while data := pipe.read(CHUNK):
                self._counts_reader.write(1, data)

    def exit_info(self) -> RunExit:
        """Exit of the build, after the final counts of the API."""
        ended = super().exit_info()
        self._pump.join(5)
        return ended

    def remove(self) -> str:
        """Remove the sandbox."""
        left = super().remove()
        self._pump.join(5)
        return left

    def counts(self) -> dict[str, Any] | None:
        """Latest counts of the API."""
        return self._counts_reader.counts

    def problem(self) -> str:
        """Reason why the API did not start."""
        if self._counts_reader.ready.is_set():
            return ""
        return f"the API did not start in the sandbox with {sys.executable}."
