"""Records of runs for tests of the app, written as the runner writes them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.tui.runs.run_request import BuildChoice, BuildKind
from runner.workspace.process_identity import current_owner, host_identity
from runner.workspace.results import Failing, JobResult, Outcome
from runner.workspace.run_events import Event
from runner.workspace.run_record import RunOwner, RunRecord, record_of_workspace

TYPED_COMMAND = BuildChoice(BuildKind.COMMAND, "python -m metrics")
START = 1_000_000.0
"""Time of the start of every run, in seconds since 1970."""
COMMAND = ("resim-runner", "run", "/flights", "--command", "python build.py")
DEAD = f"{host_identity()}/999999999/1"
"""Identity of a process that has ended."""


def make_jobs(folder: Path, *names: str) -> Path:
    """A workspace with these jobs, which have inputs and no results."""
    for name in names:
        inputs = folder / "jobs" / name / "inputs"
        (inputs / "logs").mkdir(parents=True)
        (inputs / "experience").mkdir()
        (inputs / "logs" / "log.txt").write_text("44.7\n")
        (inputs / "experience" / "experience.txt").write_text("a street\n")
    return folder


class RecordedRun:
    """A run whose events a test writes one after the other."""

    def __init__(self, workspace: Path, *, alive: bool = True) -> None:
        self.workspace = workspace
        self.record: RunRecord = record_of_workspace(workspace)
        self.record.path.mkdir(parents=True, exist_ok=True)
        self.record.events.write_bytes(b"")
        self.own(alive=alive)
        self.write(Event("begin", START, data={"run": "run-1", "command": "run"}))

    def own(self, *, alive: bool) -> None:
        """Write the owner: this process, or one that has ended."""
        identity = current_owner() if alive else DEAD
        owner = RunOwner("run-1", "desk", identity, 4242, START, COMMAND)
        self.record.owner.write_bytes(owner.as_bytes())

    def write(self, *events: Event) -> None:
        """Append events."""
        with self.record.events.open("a", encoding="utf-8") as file:
            for event in events:
                file.write(json.dumps(event.as_dict()) + "\n")

    def plan(self, names: Sequence[str], *, batch: int = 1, **more: Any) -> None:
        """Plan to run these jobs, and the batch after them."""
        data = {
            "title": self.workspace.name,
            "build": "command python build.py",
            "engine": "on this machine, no sandbox",
            "jobs": len(names),
            "todo": len(names),
            "parallel": 2,
            "batch": batch,
            "queue": list(names),
        }
        self.write(Event("plan", START, data=data | more))

    def start(self, name: str, at: float = START) -> None:
        """Start a job."""
        self.write(Event("started", at, name))

    def log(self, name: str, data: bytes) -> None:
        """Append to the log of a job."""
        path = self.workspace / "jobs" / name / "run" / "log.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as file:
            file.write(data)

    def finish(self, name: str, speed: float, *, outcome: Outcome = Outcome.DONE) -> None:
        """End a job, whose metrics have one speed: over 40 it warns, over 50 it blocks."""
        status = "FAIL_BLOCK" if speed > 50 else "FAIL_WARN" if speed > 40 else "PASSED"
        if outcome is Outcome.DONE:
            build = DocumentBuilder(name)
            build.scalar("Max speed", speed, unit="m/s", status=status)
            build.write(self.workspace / "jobs" / name / "outputs" / "metrics.binproto")
        failing = (Failing("Max speed", status, f"{speed:g} m/s"),) if status != "PASSED" else ()
        done = outcome is Outcome.DONE
        result = JobResult(
            name,
            "",
            outcome,
            verdict=status if done else None,
            message="" if done else "it ended with exit code 1: KeyError: 'speeds'.",
            seconds=2.5,
            metrics=1,
            failing=failing if done else (),
        )
        self.write(Event("finished", START + 5, name, result=result))

    def end(self, code: int = 0, at: float = START + 10) -> None:
        """End the run."""
        self.write(Event("end", at, data={"exit_code": code}))


def under_way(workspace: Path) -> RecordedRun:
    """A run with a job in each state."""
    names = [f"flight-{number:03}" for number in range(8)]
    make_jobs(workspace, *names)
    run = RecordedRun(workspace)
    run.write(Event("warning", START, text="no sandbox: the build can read your files."))
    run.plan(names[:7])
    kept_result = JobResult(names[7], "", Outcome.DONE, verdict="PASSED", seconds=2.1, metrics=8)
    run.write(Event("kept", START, names[7], result=kept_result))
    for name in names[:6]:
        run.start(name)
    run.finish(names[0], 31.2)
    run.finish(names[1], 44.7)
    run.finish(names[2], 58.0)
    run.finish(names[3], 0.0, outcome=Outcome.FAILED)
    run.log(
        names[4],
        b"reading 1,204 samples\n\x1b[33mwarning\x1b[0m: a gap of 0.2 s in /odom\n"
        + b"a long line about the clearance to the nearest obstacle " * 3
        + b"\nsmoothing 10 %\rsmoothing 60 %",
    )
    return run
