"""A build with the stand-in API: what all ways of putting the two together do alike."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from runner.api.stub_server.thread_server import ThreadServer
from runner.engines.protocol import Build, RunExit, Running, Service, Task
from runner.storage.output_extraction import Caps, Taken
from runner.workspace.contract import INPUTS

HERE = "127.0.0.1"
PORT = 8080


class DelegatingRun:
    """Passes on to the build what is asked of a run; its API is a matter of who inherits."""

    def __init__(self, run: Running) -> None:
        self._run = run

    def wait(self, seconds: float) -> bool:
        """Whether the build ended within that time."""
        return self._run.wait(seconds)

    def terminate(self) -> None:
        """TERM to the build; the API stays for as long as it lives."""
        self._run.terminate()

    def kill(self) -> None:
        """KILL to the build."""
        self._run.kill()

    def exit_info(self) -> RunExit:
        """How the build ended."""
        return self._run.exit_info()

    def take_outputs(self, into: Path, caps: Caps) -> Taken:
        """The build's outputs."""
        return self._run.take_outputs(into, caps)

    def remove(self) -> str:
        """Remove what is left."""
        return self._run.remove()

    def problem(self) -> str:
        """Why the API failed; empty where it did not."""
        return ""

    def open_network(self) -> str:
        """What else than the API the build can reach; empty: nothing."""
        return ""


class HostApiRun(DelegatingRun):
    """A build with its API on a thread of this process, which lives as long as we do."""

    def __init__(self, run: Running, api: ThreadServer, note: str, stack: ExitStack) -> None:
        super().__init__(run)
        self._api = api
        self._note = note
        self._stack = stack

    def remove(self) -> str:
        """Remove the build, then end the API and take its network away."""
        left = super().remove()
        self._stack.close()
        return left

    def counts(self) -> dict[str, Any] | None:
        """What was served so far."""
        return self._api.counts()

    def open_network(self) -> str:
        """What the build can reach."""
        return self._note


def with_api_config(task: Task, service: Service, host: str, port: int) -> Task:
    """The task with the config that leads a build to the API."""
    config = service.config(f"http://{host}:{port}/v1")
    return replace(task, files=((f"{INPUTS.name}/{service.config_name}", config),))


def without_proxy(build: Build, host: str) -> Build:
    """The build with an environment in which no proxy stands between it and the API."""
    env = dict(build.env)
    for name in ("NO_PROXY", "no_proxy"):
        env[name] = ",".join(filter(None, (env.get(name, ""), host, "localhost")))
    return replace(build, env=tuple(env.items()))
