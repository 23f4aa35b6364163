"""The stub API for a container: in a sidecar that shares its network, or on this machine."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from resim_inspect.text import clean
from runner.api.stub_server import server
from runner.api.stub_server.thread_server import ThreadServer
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
    Hardening,
    Limits,
    Prepared,
    RunExit,
    Running,
    Served,
    Service,
    Sink,
    Task,
)
from runner.errors import EngineError, ImageError
from runner.workspace.contract import INPUTS

READY = 60.0
"""Seconds in which the server must start to listen."""
OTHER_IMAGE = (
    "Name an image that has one with --api-image, or let the API run on this machine with"
    " --api-on-host."
)


class Container(Running, Protocol):
    """A run whose network another run may join."""

    id: str


class Containers(Protocol):
    """The operations of a container engine that a sidecar needs."""

    def prepare(self, build: Build, say: Any) -> Prepared: ...

    def start(self, build: Build, prepared: Prepared, task: Task, log: Sink) -> Container: ...

    def host_network(self, wanted: str, task: Task) -> AbstractContextManager[tuple[str, str]]: ...


def start(
    engine: Containers, build: Build, prepared: Prepared, task: Task, service: Service, log: Sink
) -> Served:
    """Start the API, then the build in its network; both are removed again if that fails.

    The API runs on this machine if the engine does not let a container join another's network,
    and if the build is to have a network of its own.
    """
    if service.on_host or build.hardening.network != "none":
        return _on_host(engine, build, prepared, task, service, log)
    api = ApiSidecar(engine, build, prepared, task, service)
    try:
        joined = replace(
            with_api_config(task, service, LOOPBACK, PORT), network=f"container:{api.run.id}"
        )
        run = engine.start(without_proxy(build, LOOPBACK), prepared, joined, log)
    except EngineError as error:
        api.run.remove()
        if isinstance(error, ImageError) or "network" not in str(error).lower():
            raise
        why = f"the engine lets no container join the API's network ({clean(error.reason, 150)}); "
        return _on_host(engine, build, prepared, task, service, log, why)
    except BaseException:
        api.run.remove()
        raise
    return ApiSidecarRun(run, api)


class ApiSidecar:
    """The stub server in a container with no network but its loopback."""

    def __init__(
        self, engine: Containers, build: Build, prepared: Prepared, task: Task, service: Service
    ) -> None:
        self.counts_reader = CountsReader()
        self.problem = ""
        mib = 1024 + 16 * (len(service.index) >> 20)
        api = Build(
            image=service.image or build.image,
            entrypoint=("python3",),
            command=(f"{INPUTS}/server.py", str(INPUTS), "--port", str(PORT), "--counts", "-"),
            platform=build.platform,
            pull="missing",
            limits=Limits(memory_mib=mib, pids=256, tmp_mb=16),
            hardening=Hardening(init=build.hardening.init),
            copy_inputs=True,
        )
        if service.image:
            prepared = engine.prepare(api, lambda _: None)
        inputs = [("server.py", Path(server.__file__))]
        inputs += [(path.name, path) for path in _served(service.folder)]
        files = ((f"{INPUTS.name}/{server.INDEX}", service.index),)
        about = Task(task.run, task.job, tuple(inputs), files)
        self.image = clean(api.image, 80)
        self.run = engine.start(api, prepared, about, self.counts_reader)
        try:
            self._wait()
        except BaseException:
            self.run.remove()
            raise

    def _wait(self) -> None:
        deadline = time.monotonic() + READY
        while not self.counts_reader.ready.wait(0.3):
            if self.run.wait(0.1):
                ended = self.run.exit_info()
                last_error = self.counts_reader.last_error()
                if ended.code in {126, 127} or "python3" in ended.error:
                    raise EngineError(
                        f"the image {self.image} has no python3 to run the API.", OTHER_IMAGE
                    )
                raise EngineError(
                    f"the python3 of {self.image} cannot run the API ({ended.code}): {last_error}",
                    OTHER_IMAGE,
                )
            if time.monotonic() > deadline:
                raise EngineError(f"the API in {self.image} did not start in time.", OTHER_IMAGE)

    def end(self) -> None:
        """Stop the API to get its final counts; record a problem if it has ended before."""
        try:
            early = self.run.wait(0.05)
            if not early:
                self.run.terminate()
                if not self.run.wait(10):
                    self.run.kill()
                    self.run.wait(10)
            ended = self.run.exit_info()
        except EngineError as error:
            self.problem = f"the connection to the API was lost: {error.reason}"
            return
        if early:
            why = "out of memory" if ended.oom else self.counts_reader.last_error()
            self.problem = f"the API ended while the build ran ({ended.code}): {why}"


def _served(folder: Path) -> list[Path]:
    """Files that the server needs apart from its index."""
    return sorted(path for path in folder.iterdir() if path.name != server.INDEX)


class ApiSidecarRun(ApiRun):
    """A build that shares the network of its API."""

    def __init__(self, run: Running, api: ApiSidecar) -> None:
        super().__init__(run)
        self._api = api

    def exit_info(self) -> RunExit:
        """Exit of the build, after the final counts of the API."""
        ended = super().exit_info()
        self._api.end()
        return ended

    def remove(self) -> str:
        """Remove the build and the API."""
        left = super().remove(), self._api.run.remove()
        return " ".join(filter(None, left))

    def counts(self) -> dict[str, Any] | None:
        """Latest counts of the API."""
        return self._api.counts_reader.counts

    def problem(self) -> str:
        """Reason why the API failed."""
        return self._api.problem


def _on_host(
    engine: Containers,
    build: Build,
    prepared: Prepared,
    task: Task,
    service: Service,
    log: Sink,
    why: str = "",
) -> Served:
    wanted = build.hardening.network
    with ExitStack() as stack:
        network, address = stack.enter_context(engine.host_network(wanted, task))
        if not address:
            raise EngineError(
                f"this machine has no address in the network {clean(network, 60)}.", OTHER_IMAGE
            )
        api = stack.enter_context(ThreadServer(service.folder, address, 0, service.index))
        joined = replace(with_api_config(task, service, address, api.port), network=network)
        run = engine.start(without_proxy(build, address), prepared, joined, log)
        if wanted == "none":
            reach = "the build reaches servers on all addresses of this machine, and nothing else."
        elif wanted == "host":
            reach = "the build has the network of this machine."
        else:
            reach = f"the build has the network {clean(wanted, 60)}, as requested."
        return HostApiRun(run, api, f"{why}the API runs on this machine: {reach}", stack.pop_all())
    raise AssertionError
