"""The record of a run in its workspace: state, progress, stop and death."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from runner.execution.cancellation import Stop
from runner.reporting.heartbeat import Heartbeat
from runner.workspace.results import JobResult, Outcome
from runner.workspace.run_events import Event, event_from_line
from runner.workspace.run_follower import RunFollower, run_state
from runner.workspace.run_record import (
    RunOwner,
    RunRecord,
    active_owner,
    record_of_outputs,
    record_of_workspace,
    request_stop,
    this_process,
)
from runner.workspace.run_state import Life, Phase, RunKey
from runner.workspace.stopping import run_is_active, stop_run
from tests.containers.container_harness import ROOT, call_runner, command
from tests.containers.engines import wait_for
from tests.runner.named_jobs import build_command, workspace_of, write_inputs
from tests.runner.workspace.record_harness import begin, phases, plan, started, state_of, written

pytestmark = pytest.mark.slow


def test_a_run_leaves_its_events_its_owner_and_its_log(tmp_path: Path) -> None:
    workspace, call = workspace_of(tmp_path, "a", "b")
    assert call_runner(*call, "--events", tmp_path / "events").code == 0
    state = state_of(workspace)
    assert (state.life, state.exit_code, state.command) == (Life.FINISHED, 0, "run")
    assert phases(state) == {"a": Phase.FINISHED, "b": Phase.FINISHED}
    assert (state.todo, state.done, state.damaged) == (2, 2, 0)
    result = state.jobs[RunKey("job", "a")].result
    assert result is not None
    assert (result.verdict, result.outcome) == ("PASSED", Outcome.DONE)
    assert state.owner is not None
    assert state.owner.command[:2] == ("resim-runner", "run")
    log = record_of_workspace(workspace).log.read_text()
    assert "2 jobs" in log
    assert "hello" not in log
    lines = record_of_workspace(workspace).events.read_text().splitlines()
    assert lines[1:] == (tmp_path / "events").read_text().splitlines()
    assert json.loads(lines[0])["event"] == "begin"
    call_runner(*call)
    again = state_of(workspace)
    assert phases(again) == {"a": Phase.KEPT, "b": Phase.KEPT}
    assert again.run != state.run


def test_a_run_that_cannot_begin_says_why_and_has_ended(tmp_path: Path) -> None:
    workspace, call = workspace_of(tmp_path, "a")
    assert call_runner(*call[:-1], "no-such-program").code == 2
    state = state_of(workspace)
    assert (state.life, state.exit_code, state.planned) == (Life.FINISHED, 2, False)
    assert state.error == 'the command "no-such-program" was not found.'
    assert state.error in record_of_workspace(workspace).log.read_text()


def test_a_run_under_way_is_followed_and_stopped(tmp_path: Path) -> None:
    workspace, call = workspace_of(tmp_path, "a", "slow-1", "slow-2")
    process = started([*call, "--parallel", "3"])
    follower = RunFollower(record_of_workspace(workspace))
    kinds: list[str] = []

    def phase(name: str) -> Phase | None:
        state = follower.poll(lambda event: kinds.append(event.kind))
        job = state.jobs.get(RunKey("job", name))
        return job.phase if job else None

    wait_for(lambda: (phase("a"), phase("slow-1")) == (Phase.FINISHED, Phase.RUNNING))
    log = workspace / "jobs/slow-1/run/log.txt"
    wait_for(lambda: log.is_file() and b"hello" in log.read_bytes())
    state = follower.poll()
    assert (state.life, state.done, state.todo) == (Life.ALIVE, 1, 3)
    assert state.seconds_left(time.time()) is not None
    second = call_runner(*call)
    assert second.code == 2
    assert "another run is active" in second.err.splitlines()[0]
    assert follower.poll().run == state.run
    assert state.owner is not None
    request_stop(follower.record, state.owner, "slow-1")
    wait_for(lambda: phase("slow-1") is Phase.FINISHED)
    state = follower.poll()
    assert phases(state)["slow-2"] is Phase.RUNNING
    stopped = state.jobs[RunKey("job", "slow-1")]
    assert stopped.stopping
    assert stopped.result is not None
    assert (stopped.result.outcome, stopped.result.message) == (
        Outcome.CANCELLED,
        "it was stopped.",
    )
    assert state.owner is not None
    request_stop(follower.record, state.owner)
    assert process.wait(60) == 5
    state = follower.poll()
    assert (state.life, state.exit_code) == (Life.FINISHED, 5)
    assert kinds[0] == "begin"
    # Requests for an earlier run stop nothing.
    assert call_runner(*call[:-1], "true", "--rerun", "all").code == 2
    assert state_of(workspace).exit_code == 2


def test_a_queued_job_that_is_stopped_does_not_start(tmp_path: Path) -> None:
    workspace, call = workspace_of(tmp_path, "slow-1", "zz")
    process = started([*call, "--parallel", "1"])
    record = record_of_workspace(workspace)
    wait_for(lambda: phases(run_state(record)).get("slow-1") is Phase.RUNNING)
    owner = active_owner(record)
    assert owner is not None
    queued = [name for name, phase in phases(run_state(record)).items() if phase is Phase.QUEUED]
    for name in [*queued, "slow-1"]:
        request_stop(record, owner, name)
    assert process.wait(60) == 5
    (result,) = [job.result for job in run_state(record).jobs.values() if job.name == queued[0]]
    assert result is not None
    assert result.message == "it was not started."


@pytest.mark.skipif(sys.platform == "win32", reason="needs KILL")
def test_a_killed_run_has_died_and_a_new_one_resumes_it(tmp_path: Path) -> None:
    workspace, call = workspace_of(tmp_path, "a", "slow-1")
    process = started([*call, "--parallel", "2"])
    record = record_of_workspace(workspace)
    wait_for(lambda: phases(run_state(record)).get("a") is Phase.FINISHED)
    assert run_state(record).life is Life.ALIVE
    process.send_signal(signal.SIGKILL)
    process.wait()
    state = run_state(record)
    assert state.life is Life.DIED
    assert active_owner(record) is None
    assert state.seconds_left(time.time()) is None
    (workspace / "jobs/slow-1/inputs/logs/name.txt").write_text("quick")
    assert call_runner(*call).code == 0
    assert phases(run_state(record)) == {"a": Phase.KEPT, "slow-1": Phase.FINISHED}


def test_a_single_job_has_its_record_and_its_log_beside_the_outputs(tmp_path: Path) -> None:
    write_inputs(tmp_path / "inputs", "one")
    words = ("job", "--no-sandbox", "--inputs", tmp_path / "inputs", "--outputs", tmp_path / "out")
    assert call_runner(*words, "--command", build_command(tmp_path)).code == 0
    state = run_state(record_of_outputs(tmp_path / "out"))
    assert (state.life, phases(state)) == (Life.FINISHED, {"job": Phase.FINISHED})
    assert Path(state.log).read_bytes().startswith(b"hello")
    assert Path(state.log).parent == tmp_path / "out.run"


def test_stderr_that_is_the_log_is_written_once(tmp_path: Path) -> None:
    workspace, call = workspace_of(tmp_path, "a")
    record = record_of_workspace(workspace)
    record.path.mkdir()
    record.log.write_text("of an earlier run\n")
    with record.log.open("ab") as log:
        words = [word for word in call if word != "--quiet"]
        subprocess.run(command(*words), cwd=ROOT, stderr=log, check=True)
    text = record.log.read_text()
    assert text.count("1 job") == 1
    assert "earlier" not in text


def test_a_missing_record_is_no_run(tmp_path: Path) -> None:
    assert run_state(RunRecord(tmp_path / "run")).life is Life.NONE
    assert run_state(RunRecord(tmp_path / "run")).jobs == {}


def test_events_read_back_as_they_were() -> None:
    result = JobResult("a", "id", Outcome.TIMEOUT, message="it hung.", statuses={"PASSED": 2})
    event = Event("finished", 12.5, "a", result=result)
    assert event_from_line(json.dumps(event.as_dict()).encode()) == event


def test_a_state_is_not_changed_by_later_events(tmp_path: Path) -> None:
    record = RunRecord(tmp_path / "run")
    written(record, begin(), plan("a", "b"))
    follower = RunFollower(record)
    before = follower.poll()
    with record.events.open("a") as file:
        file.write(json.dumps(Event("started", 5.0, "b").as_dict()) + "\n")
    after = follower.poll()
    assert phases(before)["b"] is Phase.QUEUED
    assert phases(after)["b"] is Phase.RUNNING
    assert [job.name for job in after.running] == ["b"]


class _Stubborn:
    """A run that does not end by TERM."""

    def __init__(self) -> None:
        self.signals: list[str] = []

    def terminate(self) -> None:
        self.signals.append("TERM")

    def kill(self) -> None:
        self.signals.append("KILL")


def test_a_job_that_is_stopped_alone_is_killed_after_its_grace_period() -> None:
    now = 10.0
    stop = Stop(grace=5.0, clock=lambda: now)
    one, other, late = _Stubborn(), _Stubborn(), _Stubborn()
    stop.add(one, "one")  # type: ignore[arg-type]
    stop.add(other, "other")  # type: ignore[arg-type]
    stop.stop_job("one")
    stop.stop_job("one")
    stop.tick()
    assert (one.signals, other.signals) == (["TERM"], [])
    now = 15.0
    stop.tick()
    stop.tick()
    assert (one.signals, other.signals) == (["TERM", "KILL"], [])
    stop.add(late, "one")  # type: ignore[arg-type]
    assert late.signals == ["TERM"]
    assert (stop.covers("one"), stop.covers("other")) == (True, False)
    stop.release("one")
    assert not stop.covers("one")
    stop.advance()
    assert other.signals == ["TERM"]
    assert stop.covers("other")


def test_a_heartbeat_renews_the_lease_of_its_own_process_alone(tmp_path: Path) -> None:
    mine, other = RunRecord(tmp_path / "mine"), RunRecord(tmp_path / "other")
    written(mine, begin(), owner=this_process("r1", 1.0, ()))
    written(other, begin(), owner=RunOwner("r1", "elsewhere", "elsewhere/boot/7/12/99", 12, 1.0))
    for record in (mine, other):
        os.utime(record.owner, (1.0, 1.0))
    with Heartbeat(mine, 0.01), Heartbeat(other, 0.01), Heartbeat(RunRecord(tmp_path), 0.01):
        wait_for(lambda: mine.owner.stat().st_mtime > 1.0)
        time.sleep(0.1)
    assert other.owner.stat().st_mtime == 1.0


def test_a_run_whose_events_cannot_be_read_says_why_it_is_not_stopped(tmp_path: Path) -> None:
    record = record_of_workspace(tmp_path)
    record.events.mkdir(parents=True)
    record.owner.write_bytes(this_process("r", time.time(), ()).as_bytes())
    assert run_is_active(record)
    problem = stop_run(record)
    assert problem.startswith("The run cannot be asked to stop: ")
    assert f"{record.events} cannot be read" in problem
    assert stop_run(record, "a") == ""
    assert json.loads(record.stop.read_text())["job"] == "a"
