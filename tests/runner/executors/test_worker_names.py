"""The name of the worker that has a job: in `status`, the live table and the app."""

from __future__ import annotations

import io
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from resim_inspect.tui.runs.runs_table import RunsTable
from runner.execution.events import Event
from runner.reporting.table import LiveTable
from runner.workspace.job_status import workspace_status
from runner.workspace.layout import open_workspace
from runner.workspace.run_record import record_of_workspace, this_process
from runner.workspace.run_state import RunKey
from tests.containers.container_harness import call_runner
from tests.runner.execution.scheduler_harness import workspace_of

WORKER = "node-3/417\x1b[2J"
"""A name as another program may have written it."""


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A workspace with a run under way, of which this process is the owner."""
    workspace_of(tmp_path, "patrol", "dock")
    record = record_of_workspace(tmp_path)
    record.path.mkdir()
    record.owner.write_bytes(this_process("r", time.time(), ("run",)).as_bytes())
    plan = {"title": "t", "jobs": 2, "todo": 2, "parallel": 2, "queue": ["patrol", "dock"]}
    events = [
        Event("begin", 1.0, data={"run": "r", "command": "run"}),
        Event("plan", 2.0, data=plan),
        Event("started", 3.0, "patrol", data={"worker": WORKER}),
        Event("started", 3.0, "dock"),
    ]
    record.events.write_text("".join(json.dumps(e.as_dict()) + "\n" for e in events))
    return tmp_path


def test_status_and_the_app_name_the_worker(workspace: Path) -> None:
    lines = call_runner("status", workspace).out.splitlines()
    assert next(line for line in lines if line.startswith("patrol")).endswith("on node-3/417�[2J")
    assert not next(line for line in lines if line.startswith("dock")).endswith("2J")
    jobs = call_runner("status", workspace, "--format", "json").json["jobs"]
    assert [job["why"] for job in jobs] == ["", f"on {WORKER}"]
    state = workspace_status(open_workspace(workspace)).state
    table = RunsTable()
    described = [table.described(state.jobs[RunKey("job", name)]) for name in ("patrol", "dock")]
    assert described == ["patrol · on node-3/417�[2J", ""]


def test_the_live_table_names_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    table = LiveTable(color=False, log_of=lambda _: "", hints="")
    table(Event("started", 3.0, "patrol", data={"worker": WORKER}))
    wait_for_text(stream, lambda text: "on node-3/417" in text)
    table.close()
    assert "417\x1b[2J" not in stream.getvalue()


def wait_for_text(stream: io.StringIO, reached: Callable[[str], bool]) -> None:
    """Wait until a condition on the output is true."""
    end = time.monotonic() + 60
    while not reached(stream.getvalue()):
        assert time.monotonic() < end
        time.sleep(0.05)
