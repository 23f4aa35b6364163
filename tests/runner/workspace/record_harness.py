"""Records of runs, written by hand, and what they say."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from runner.workspace.run_events import Event
from runner.workspace.run_follower import run_state
from runner.workspace.run_record import RunOwner, RunRecord, record_of_workspace
from runner.workspace.run_state import Phase, RunState
from tests.containers.container_harness import ROOT, command


def state_of(workspace: Path) -> RunState:
    return run_state(record_of_workspace(workspace))


def phases(state: RunState) -> dict[str, Phase]:
    return {job.name: job.phase for job in state.jobs.values()}


def started(call: list[str | Path]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command(*call), cwd=ROOT, stderr=subprocess.DEVNULL)


def written(record: RunRecord, *events: Event, owner: RunOwner | None = None) -> None:
    record.path.mkdir(exist_ok=True)
    lines = [json.dumps(event.as_dict()) for event in events]
    record.events.write_text("".join(f"{line}\n" for line in lines))
    if owner is not None:
        record.owner.write_bytes(owner.as_bytes())


def begin(run: str = "r1") -> Event:
    return Event("begin", 10.0, data={"run": run, "command": "run"})


def plan(*names: str) -> Event:
    return Event("plan", 11.0, data={"todo": len(names), "parallel": 2, "queue": list(names)})
