"""The record of a run in its workspace: state, progress, stop, death, and hostile files."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from runner.execution.cancellation import Stop
from runner.reporting.heartbeat import Heartbeat
from runner.workspace.growing_file import MAX_LINE, GrowingFile
from runner.workspace.process_identity import current_owner
from runner.workspace.results import JobResult, Outcome
from runner.workspace.run_events import Event, event_from_line
from runner.workspace.run_follower import RunFollower, run_state
from runner.workspace.run_record import (
    CLOCK_SKEW,
    LEASE,
    Liveness,
    RunOwner,
    RunRecord,
    active_owner,
    liveness,
    read_owner,
    record_of_outputs,
    record_of_workspace,
    request_stop,
    this_process,
)
from runner.workspace.run_state import Life, Phase, RunFold, RunKey, RunState
from runner.workspace.stopping import run_goes_on, stop_run
from tests.containers.container_harness import (
    ROOT,
    call_runner,
    command,
)
from tests.containers.engines import wait_for
from tests.runner.named_jobs import build_command, workspace_of, write_inputs


def state_of(workspace: Path) -> RunState:
    return run_state(record_of_workspace(workspace))


def phases(state: RunState) -> dict[str, Phase]:
    return {job.name: job.phase for job in state.jobs.values()}


def started(call: list[str | Path]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command(*call), cwd=ROOT, stderr=subprocess.DEVNULL)


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
    assert process.wait(30) == 5
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
    assert process.wait(30) == 5
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


def test_a_half_written_line_is_waited_for(tmp_path: Path) -> None:
    record = RunRecord(tmp_path / "run")
    written(record, begin(), plan("a"))
    follower = RunFollower(record)
    line = json.dumps(Event("started", 12.0, "a").as_dict()).encode() + b"\n"
    with record.events.open("ab", buffering=0) as file:
        file.write(line[:9])
        assert phases(follower.poll()) == {"a": Phase.QUEUED}
        before = follower.poll()
        file.write(line[9:])
        assert phases(follower.poll()) == {"a": Phase.RUNNING}
    assert phases(before) == {"a": Phase.QUEUED}
    assert before.damaged == 0


def test_the_file_of_the_next_run_is_read_from_its_start(tmp_path: Path) -> None:
    record = RunRecord(tmp_path / "run")
    written(record, begin("r1"), plan("a", "b"))
    follower = RunFollower(record)
    assert follower.poll().run == "r1"
    # In place, and longer than before: only its first event tells that it is another one.
    with record.events.open("a") as file:
        for event in (begin("r2"), plan("c")):
            file.write(json.dumps(event.as_dict()) + "\n")
    state = follower.poll()
    assert (state.run, list(phases(state))) == ("r2", ["c"])
    record.events.write_text("")
    written(record, begin("r3"), plan("d"))
    assert list(phases(follower.poll())) == ["d"]
    # The next owner is there already, and its events are not.
    written(record, begin("r3"), plan("d"), owner=this_process("r4", 1.0, ()))
    state = follower.poll()
    assert (state.run, state.jobs, state.life) == ("", {}, Life.ALIVE)


HOSTILE = [
    b"\xff\xfe\x00",
    b"[" * 100_000,
    b"null",
    b'{"format": 1}',
    b'{"format": 2, "event": "end", "time": 1}',
    b'{"format": 1, "event": 5, "time": 1}',
    b'{"format": 1, "event": "finished", "time": 1, "job": "a", "result": []}',
    b'{"format": 1, "event": "finished", "time": 1, "result": {"outcome": "done"}}',
    b'{"format": 1, "event": "finished", "time": 1, "job": "a", "result": {"job": "a",'
    b' "job_id": "", "outcome": "done", "verdict": 5}}',
    b'{"format": 1, "event": "finished", "time": 1, "job": "a", "result": {"job": "a",'
    b' "job_id": "", "outcome": "done", "statuses": {"PASSED": "many"}}}',
    b'{"format": 1, "event": "started", "time": 1, "job": ["a"]}',
]


@pytest.mark.parametrize("line", HOSTILE, ids=range(len(HOSTILE)))
def test_a_line_that_is_not_an_event_is_counted_and_left_out(tmp_path: Path, line: bytes) -> None:
    record = RunRecord(tmp_path / "run")
    written(record, begin(), plan("a"))
    with record.events.open("ab") as file:
        file.write(line + b"\n" + json.dumps(Event("started", 1.0, "a").as_dict()).encode() + b"\n")
    state = run_state(record)
    assert (state.damaged, phases(state)) == (1, {"a": Phase.RUNNING})


ODD = [
    b'{"format": 1, "event": "plan", "time": 1e999, "todo": "x", "queue": 5, "parallel": -1}',
    b'{"format": 1, "event": "plan", "time": 1, "todo": 1e999, "queue": [1, null], "batch": NaN}',
    b'{"format": 1, "event": "end", "time": null, "exit_code": "x"}',
    b'{"format": 1, "event": "retry", "time": 1, "job": "a", "attempt": {}}',
    b'{"format": 1, "event": "kept", "time": 1, "job": "a"}',
    b'{"format": 1, "event": "state", "time": 1}',
    b'{"format": 1, "event": "begin", "time": 1, "run": 5}',
]


@pytest.mark.parametrize("line", ODD, ids=range(len(ODD)))
def test_an_event_with_odd_values_makes_a_state(tmp_path: Path, line: bytes) -> None:
    record = RunRecord(tmp_path / "run")
    record.path.mkdir()
    record.events.write_bytes(line + b"\n")
    state = run_state(record)
    assert state.damaged == 0
    assert (state.todo >= 0, state.parallel >= 0) == (True, True)
    assert state.seconds_left(5.0) is None


def test_a_stopped_job_says_nothing_of_the_remaining_time() -> None:
    fold = RunFold()
    fold.add(Event("begin", 0.0, data={"run": "r"}))
    fold.add(Event("plan", 0.0, data={"queue": ["a", "b", "c"], "todo": 3, "parallel": 1}))
    results = (
        JobResult("a", "", Outcome.CANCELLED, seconds=1.0),
        JobResult("b", "", Outcome.DONE, "PASSED", seconds=9.0),
    )
    estimates = []
    for result in results:
        fold.add(Event("finished", 10.0, result.job, result=result))
        state = replace(fold.state(None, Liveness.ALIVE), life=Life.ALIVE)
        estimates.append(state.seconds_left(10.0))
    assert estimates == [None, 9.0]


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'{"format": 1}', b"[" * 100_000, b"\xff"])
def test_a_damaged_owner_counts_as_unknown(tmp_path: Path, data: bytes) -> None:
    record = RunRecord(tmp_path)
    record.owner.write_bytes(data)
    assert read_owner(record) is None
    assert liveness(read_owner(record), 0.0) is Liveness.UNKNOWN
    assert run_state(record).life is Life.NONE


def test_an_owner_elsewhere_lives_as_long_as_its_lease(tmp_path: Path) -> None:
    record = RunRecord(tmp_path)
    owner = RunOwner("r1", "elsewhere", "elsewhere/boot/7/12/99", 12, 1.0)
    written(record, begin(), plan("a"), owner=owner)
    seen = record.owner.stat().st_mtime
    ages = (
        (LEASE - 1, Life.ALIVE),
        (LEASE + 1, Life.DIED),
        (1 - CLOCK_SKEW, Life.ALIVE),
        (-1 - CLOCK_SKEW, Life.DIED),
        (-1e9, Life.DIED),
    )
    for age, life in ages:
        assert run_state(record, lambda age=age: seen + age).life is life  # type: ignore[misc]
    # Here the process itself is looked up, however old its last sign of life is.
    mine = RunOwner("r1", "", current_owner(), os.getpid(), 1.0)
    written(record, begin(), owner=mine)
    assert run_state(record, lambda: seen + 10 * LEASE).life is Life.ALIVE
    host, _, start = current_owner().rpartition("/")
    written(record, begin(), owner=RunOwner("r1", "", f"{host}/{start}9", os.getpid(), 1.0))
    assert run_state(record).life is Life.DIED


def test_a_missing_record_is_no_run(tmp_path: Path) -> None:
    assert run_state(RunRecord(tmp_path / "run")).life is Life.NONE
    assert run_state(RunRecord(tmp_path / "run")).jobs == {}


def test_events_read_back_as_they_were() -> None:
    result = JobResult("a", "id", Outcome.TIMEOUT, message="it hung.", statuses={"PASSED": 2})
    event = Event("finished", 12.5, "a", result=result)
    assert event_from_line(json.dumps(event.as_dict()).encode()) == event


def test_an_endless_line_is_dropped_and_the_next_one_is_read(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x" * (MAX_LINE + (9 << 20)) + b"\nnext\n")
    growing = GrowingFile(path)
    lines: list[bytes] = []
    while (part := growing.read()).more or part.lines:
        lines += part.lines
    assert lines == [b"", b"next"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_in_place_of_a_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "file")
    with pytest.raises(OSError, match="seek"):
        GrowingFile(tmp_path / "file").read()


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


def test_links_in_a_record_are_not_followed(tmp_path: Path) -> None:
    workspace, call = workspace_of(tmp_path, "a")
    record = record_of_workspace(workspace)
    record.path.mkdir()
    (tmp_path / "mine").write_text("mine")
    for path in (record.log, record.events, record.owner, record.stop):
        path.symlink_to(tmp_path / "mine")
    assert call_runner(*call).code == 0
    assert (tmp_path / "mine").read_text() == "mine"
    assert state_of(workspace).life is Life.FINISHED
    record.stop.symlink_to(tmp_path / "mine")
    with pytest.raises(OSError, match="symbolic"):
        request_stop(record, this_process("r", 1.0, ()))


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
    assert run_goes_on(record)
    problem = stop_run(record)
    assert problem.startswith("The run cannot be told to stop: ")
    assert f"{record.events} cannot be read" in problem
    assert stop_run(record, "a") == ""
    assert json.loads(record.stop.read_text())["job"] == "a"
