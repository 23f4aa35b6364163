"""Builds with the stub API: the parts that all ways of connecting the two have in common."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from typing import Any

from runner.api.stub_server.thread_server import ThreadServer
from runner.engines.delegation import DelegatingRun
from runner.engines.protocol import Build, Running, Service, Task
from runner.workspace.contract import INPUTS

LOOPBACK = "127.0.0.1"
PORT = 8080


class ApiRun(DelegatingRun):
    """A run of a build with the stub API; subclasses know where the API runs."""

    def problem(self) -> str:
        """Return an empty text: no failure of the API is known here."""
        return ""

    def open_network(self) -> str:
        """Return an empty text: the build reaches no network beyond the API."""
        return ""


class HostApiRun(ApiRun):
    """A build with its API on a thread of this process."""

    def __init__(self, run: Running, api: ThreadServer, note: str, stack: ExitStack) -> None:
        super().__init__(run)
        self._api = api
        self._note = note
        self._stack = stack

    def remove(self) -> str:
        """Remove the build, then stop the API and release its network."""
        left = super().remove()
        self._stack.close()
        return left

    def counts(self) -> dict[str, Any] | None:
        """Counts of the API so far."""
        return self._api.counts()

    def open_network(self) -> str:
        """Access of the build beyond the API."""
        return self._note


def with_api_config(task: Task, service: Service, host: str, port: int) -> Task:
    """Task with the config that leads a build to the API at `host` and `port`."""
    config = service.config(f"http://{host}:{port}/v1")
    return replace(task, files=((f"{INPUTS.name}/{service.config_name}", config),))


def without_proxy(build: Build, host: str) -> Build:
    """Build whose environment excludes the API's host from proxies."""
    env = dict(build.env)
    for name in ("NO_PROXY", "no_proxy"):
        env[name] = ",".join(filter(None, (env.get(name, ""), host, "localhost")))
    return replace(build, env=tuple(env.items()))
