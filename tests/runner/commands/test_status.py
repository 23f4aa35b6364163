"""`run --job` and `status`: choice of jobs, and a look at a workspace from outside."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import pytest

from runner.workspace.errors import WorkspaceError
from runner.workspace.job_selection import select_jobs
from runner.workspace.job_status import workspace_status
from runner.workspace.layout import open_workspace
from runner.workspace.results import JobResult, Outcome
from runner.workspace.run_events import Event
from runner.workspace.run_record import RunOwner, record_of_workspace, this_process
from runner.workspace.run_state import Life
from tests.containers.container_harness import ROOT, call_runner, command
from tests.containers.engines import wait_for
from tests.runner.named_jobs import workspace_of

pytestmark = pytest.mark.slow


def test_only_the_chosen_jobs_run(tmp_path: Path) -> None:
    workspace, call = workspace_of(tmp_path, "left-1", "left-2", "right", "[odd]")
    call = [word for word in call if word not in {"--only", "jobs"}]

    def ran(*words: str) -> list[str]:
        document = call_runner(*call, "--format", "json", *words).json
        assert "batch" not in document
        return [job["job"] for job in document["jobs"] if not job["kept"]]

    assert ran("--job", "left-*") == ["left-1", "left-2"]
    assert ran("--job", "left-*", "--job", "right") == ["right"]
    assert ran("--job", "left-?", "--rerun", "all") == ["left-1", "left-2"]
    assert ran("--job", "[odd]") == ["[odd]"]
    dry = call_runner(*call, "--job", "right", "--dry-run", "--format", "json").json
    assert [job["job"] for job in dry["jobs"]] == ["right"]
    values = json.loads((workspace / "workspace.json").read_text())
    assert sorted(values["jobs"]) == ["[odd]", "left-1", "left-2", "right"]


@pytest.mark.parametrize(
    ("pattern", "end"),
    [
        ("left_1", 'matches "left_1"; did you mean "left-1"?'),
        ("x*", 'matches "x*"; use one of left-1, right.'),
        ("LEFT-1", 'matches "LEFT-1"; did you mean "left-1"?'),
        ("", 'matches ""; use one of left-1, right.'),
    ],
)
def test_a_pattern_that_matches_nothing_names_the_nearest_job(
    tmp_path: Path, pattern: str, end: str
) -> None:
    workspace, call = workspace_of(tmp_path, "left-1", "right")
    with pytest.raises(WorkspaceError) as caught:
        select_jobs(open_workspace(workspace), ["right", pattern])
    assert str(caught.value) == f"no job of {workspace} {end}"
    refused = call_runner(*call, "--job", pattern)
    assert (refused.code, refused.out) == (2, "")
    assert end in refused.err
    assert not record_of_workspace(workspace).path.exists()


def test_job_and_only_batch_contradict_each_other(tmp_path: Path) -> None:
    _, call = workspace_of(tmp_path, "a")
    words = ["batch" if word == "jobs" else word for word in call]
    assert "--job runs jobs" in call_runner(*words, "--job", "a").err


def test_the_status_of_finished_jobs(tmp_path: Path) -> None:
    workspace, call = workspace_of(tmp_path, "block", "fails", "good", "new", "odd\x1b[2J")
    assert call_runner(*call, "--job", "[bfgo]*").code == 2
    (workspace / "jobs/good/run/result.json").write_text("{")
    call_json = call_runner("status", workspace, "--format", "json")
    assert call_json.code == 0
    values = call_json.json
    assert (values["format"], values["workspace"]) == (1, str(workspace))
    assert list(values) == ["format", "workspace", "jobs"]
    jobs = {job["name"]: job for job in values["jobs"]}
    assert list(jobs["new"]) == ["name", "outcome", "verdict", "seconds", "why"]
    assert jobs["new"] == dict.fromkeys(jobs["new"], None) | {"name": "new", "why": "not run yet"}
    assert (jobs["block"]["outcome"], jobs["block"]["verdict"]) == ("done", "FAIL_BLOCK")
    assert jobs["block"]["why"] == "Max speed 44.7 m/s (fails above 40)"
    assert (jobs["fails"]["outcome"], jobs["fails"]["verdict"]) == ("failed", None)
    assert jobs["fails"]["why"].startswith("it ended with exit code 3")
    assert jobs["block"]["seconds"] > 0
    assert jobs["good"]["outcome"] == "unreadable"
    text = call_runner("status", workspace)
    assert text.code == 0
    assert "\x1b" not in text.out
    lines = text.out.splitlines()
    assert lines[0].split() == [
        "JOB", "OUTCOME", "VERDICT", "SECONDS", "CPU", "s", "MEMORY", "WHY",
    ]  # fmt: skip
    assert lines[1].split()[:4] == ["block", "done", "✗", "FAIL_BLOCK"]
    assert "5 jobs: 1 FAIL_BLOCK · 1 PASSED · 1 failed · 1 unreadable · 1 not run yet." in lines


def record(workspace: Path, owner: RunOwner, *events: Event) -> None:
    folder = record_of_workspace(workspace)
    folder.path.mkdir(exist_ok=True)
    begin = Event("begin", 10.0, data={"run": owner.run, "command": "run"})
    lines = [json.dumps(event.as_dict()) + "\n" for event in (begin, *events)]
    folder.events.write_text("".join(lines))
    folder.owner.write_bytes(owner.as_bytes())


@pytest.mark.parametrize(
    ("alive", "outcomes"),
    [
        (True, ["done", "running", "queued", None]),
        (False, ["done", "interrupted", None, None]),
    ],
)
def test_the_status_of_a_run_under_way_and_of_one_that_died(
    tmp_path: Path, alive: bool, outcomes: list[str | None]
) -> None:
    workspace, _ = workspace_of(tmp_path, "a", "b", "c", "d")
    owner = this_process("r", 10.0, ("resim-runner", "run", "ws"))
    if not alive:
        owner = replace(owner, host="host", identity=owner.identity + "0")
    plan = {"queue": ["a", "b", "c"], "todo": 3, "parallel": 1}
    done = JobResult("a", "", Outcome.DONE, "PASSED", seconds=2.0)
    record(
        workspace,
        owner,
        Event("plan", 11.0, data=plan),
        Event("finished", 13.0, "a", result=done),
        Event("started", 14.0, "b"),
    )
    status = workspace_status(open_workspace(workspace), lambda: 15.0)
    assert [job.outcome for job in status.jobs] == outcomes
    assert [job.seconds for job in status.jobs] == [2.0, 1.0 if alive else None, None, None]
    out = call_runner("status", workspace).out
    if alive:
        assert f"(process {owner.pid} on {owner.host}), 1 of 3 ended, 1 running" in out
    else:
        assert f"The last run died (process {owner.pid} on host)" in out
        assert f"cd {shlex.quote(str(Path.cwd()))} && resim-runner run ws" in out


def test_a_run_of_a_machine_without_a_heartbeat_counts_as_dead(tmp_path: Path) -> None:
    workspace, _ = workspace_of(tmp_path, "a")
    owner = replace(this_process("r", 10.0, ("resim-runner", "run", "ws")), host="elsewhere")
    record(workspace, replace(owner, identity="elsewhere/boot/7/12/99", folder=""))
    assert "A run is under way" in call_runner("status", workspace).out
    tomorrow = time.time() + 86_400
    os.utime(record_of_workspace(workspace).owner, (tomorrow, tomorrow))
    out = call_runner("status", workspace).out
    assert (
        f"counts as dead (process {owner.pid} on elsewhere), as its machine sent no heartbeat"
        in out
    )
    assert "at most 5 minutes ahead" in out
    assert "kept: resim-runner run ws" in out


@pytest.mark.parametrize(
    ("phase", "alive", "says"),
    [
        ("waiting", True, "A watch waits for changes of files (process "),
        ("paused", True, "A watch is paused (process "),
        ("waiting", False, "its process ended before its watch did."),
        ("paused", False, "its process ended before its watch did."),
        ("", True, ""),
        ("", False, ""),
    ],
)
def test_the_status_of_a_watch_between_two_runs(
    tmp_path: Path, phase: str, alive: bool, says: str
) -> None:
    workspace, _ = workspace_of(tmp_path, "a")
    owner = this_process("r", 10.0, ("resim-runner", "run", "ws", "--watch"))
    if not alive:
        owner = replace(owner, identity=owner.identity + "0")
    record(
        workspace,
        owner,
        Event("watch", 10.0, data={"phase": "running"}),
        Event("plan", 11.0, data={"queue": ["a"], "todo": 1}),
        Event("finished", 13.0, "a", result=JobResult("a", "", Outcome.DONE, "PASSED")),
        Event("end", 14.0, data={"exit_code": 0}),
        Event("watch", 14.0, data={"phase": phase}),
    )
    life = workspace_status(open_workspace(workspace), lambda: 15.0).state.life
    assert life is (Life.DIED if says and not alive else Life.FINISHED)
    out = call_runner("status", workspace).out
    assert says in out
    assert ("watch" in out) is bool(says)
    assert ("resim-runner run ws --watch" in out) is (bool(says) and not alive)


def test_a_run_is_followed_and_stopped_from_another_terminal(tmp_path: Path) -> None:
    workspace, call = workspace_of(tmp_path, "a", "slow-1", "slow-2", "slow-3")
    assert "no run is under way" in call_runner("stop", workspace).err
    run = subprocess.Popen(command(*call, "--parallel", "3"), cwd=ROOT, stderr=subprocess.DEVNULL)
    follower: subprocess.Popen[str] | None = None
    try:
        wait_for(lambda: "slow-2" in outcomes(workspace, "running"))
        follower = subprocess.Popen(
            command("status", workspace, "--follow"),
            cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        wrong = call_runner("stop", workspace, "slw-1")
        assert (wrong.code, wrong.out) == (2, "")
        assert 'did you mean "slow-1"?' in wrong.err
        stopped = call_runner("stop", workspace, "slow-[12]")
        assert (stopped.code, stopped.out) == (0, "2 jobs stopped.\n")
        assert outcomes(workspace, "cancelled") == ["slow-1", "slow-2"]
        wait_for(lambda: "slow-3" in outcomes(workspace, "running"))
        assert call_runner("stop", workspace).out == "The run has ended.\n"
        assert run.wait(60) == 5
        out, err = follower.communicate(timeout=60)
    finally:
        run.kill()
        run.wait()
        if follower is not None:
            follower.kill()
            follower.wait()
    assert follower.returncode == 5
    assert "slow-1 is stopped on request." in err
    assert " ✓ a " in err
    assert "cancelled" in out
    assert "no run is under way" in call_runner("stop", workspace, "a").err


def outcomes(workspace: Path, outcome: str) -> list[str]:
    """The names of the jobs with an outcome."""
    jobs = workspace_status(open_workspace(workspace)).jobs
    return [job.key.name for job in jobs if job.outcome == outcome]


def test_a_time_that_no_calendar_has_is_left_out(tmp_path: Path) -> None:
    workspace, _ = workspace_of(tmp_path, "a")
    record(workspace, this_process("r", 1e300, ()))
    call = call_runner("status", workspace)
    assert call.code == 0
    assert f"A run is under way (process {os.getpid()} on " in call.out
