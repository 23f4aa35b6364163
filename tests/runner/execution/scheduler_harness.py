"""Workspaces and calls of many jobs with an engine that runs nothing."""

from __future__ import annotations

from pathlib import Path

from runner.engines.protocol import Build, Prepared
from runner.execution import result_cache, scheduler
from runner.execution.cancellation import Stop
from runner.execution.events import Event
from runner.execution.run_context import RunContext, RunPolicy
from runner.workspace.layout import Workspace, open_workspace
from runner.workspace.results import JobResult
from tests.runner.fake import FakeEngine

BUILD = Build("image:tag", ("run",))


def workspace_of(folder: Path, *names: str) -> Workspace:
    for name in names:
        for part in ("experience", "logs"):
            inner = folder / "jobs" / name / "inputs" / part
            inner.mkdir(parents=True)
            (inner / "data.txt").write_text(name)
    return open_workspace(folder)


def call_of(
    engine: FakeEngine, build: Build = BUILD, **rules: float
) -> tuple[RunContext, list[Event]]:
    seen: list[Event] = []
    made = RunPolicy(timeout=rules.get("timeout", 60), grace=rules.get("grace", 0.2))
    call = RunContext(
        engine, build, Prepared("sha256:fake"), made, "run", seen.append, Stop(made.grace)
    )
    return call, seen


def go(workspace: Workspace, call: RunContext, rerun: str = "") -> list[JobResult]:
    return scheduler.run_all(result_cache.plan(workspace, call, rerun), call, 2)


def outcomes(results: list[JobResult]) -> list[str]:
    return [result.outcome.value for result in results]
