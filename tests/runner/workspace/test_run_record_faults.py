"""Records of runs that are damaged, hostile or of another machine, read as far as they go."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from runner.workspace.growing_file import MAX_LINE, GrowingFile
from runner.workspace.layout import open_workspace
from runner.workspace.process_identity import current_owner, host_identity
from runner.workspace.results import JobResult, Outcome
from runner.workspace.run_events import Event
from runner.workspace.run_follower import RunFollower, run_state
from runner.workspace.run_record import (
    CLOCK_SKEW,
    LEASE,
    Liveness,
    RunOwner,
    RunRecord,
    holder_in,
    liveness,
    read_owner,
    record_of_workspace,
    request_stop,
    this_process,
)
from runner.workspace.run_state import Life, Phase, RunFold
from tests.containers.container_harness import call_runner
from tests.runner.named_jobs import workspace_of
from tests.runner.workspace.record_harness import begin, phases, plan, state_of, written


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


@pytest.mark.parametrize("pid", ["9" * 5000, "9" * 12, "²", "٣", ""])
def test_a_pid_that_no_process_has_is_no_fault(tmp_path: Path, pid: str) -> None:
    record = RunRecord(tmp_path)
    identity = f"{host_identity()}/{pid}/99"
    written(record, begin(), owner=RunOwner("r1", "", identity, 12, 1.0))
    assert run_state(record).life is Life.ALIVE
    assert holder_in(json.dumps({"identity": identity}).encode(), 0.0) is None


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
    # Here the process itself is looked up, however old its last heartbeat is.
    mine = RunOwner("r1", "", current_owner(), os.getpid(), 1.0)
    written(record, begin(), owner=mine)
    assert run_state(record, lambda: seen + 10 * LEASE).life is Life.ALIVE
    host, _, start = current_owner().rpartition("/")
    written(record, begin(), owner=RunOwner("r1", "", f"{host}/{start}9", os.getpid(), 1.0))
    assert run_state(record).life is Life.DIED


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


def test_links_in_a_record_are_not_followed(tmp_path: Path) -> None:
    workspace, call = workspace_of(tmp_path, "a")
    record = record_of_workspace(workspace)
    record.path.mkdir()
    (tmp_path / "mine").write_text("mine")
    log = open_workspace(workspace).jobs[0].folder.log
    log.parent.mkdir()
    for path in (record.log, record.events, record.owner, record.stop, record.build_log, log):
        path.symlink_to(tmp_path / "mine")
    assert call_runner(*call).code == 0
    assert (tmp_path / "mine").read_text() == "mine"
    assert not any(path.is_symlink() for path in (record.build_log, log))
    assert state_of(workspace).life is Life.FINISHED
    record.stop.symlink_to(tmp_path / "mine")
    with pytest.raises(OSError, match="symbolic"):
        request_stop(record, this_process("r", 1.0, ()))
