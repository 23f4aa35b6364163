"""`workspace_status` of jobs that a run had begun before it died or broke off."""

from __future__ import annotations

import json
import os
import socket
from dataclasses import replace
from pathlib import Path

import pytest

from runner.workspace.job_status import JobStatus, workspace_status
from runner.workspace.layout import open_workspace
from runner.workspace.process_identity import current_owner
from runner.workspace.results import JobResult, Outcome
from runner.workspace.run_events import Event
from runner.workspace.run_record import claim_path, record_of_workspace, this_process
from tests.runner.named_jobs import workspace_of
from tests.runner.workspace.record_harness import begin, plan, written

STARTED = 14.0
ENDS = {
    "died": (),
    "broke off": (Event("end", 16.0, data={"exit_code": 2, "error": "the scheduler was lost."}),),
}


def status_of(
    tmp_path: Path, end: str, result: JobResult | None, claim: bytes | None = None
) -> JobStatus:
    """Status of a job that began at STARTED in a run that has ended in one of the ways."""
    workspace, _ = workspace_of(tmp_path, "a")
    folder = open_workspace(workspace).jobs[0].folder
    (folder.path / "run").mkdir(exist_ok=True)
    if result is not None:
        (folder.path / "run" / "result.json").write_bytes(result.as_bytes())
    if claim is not None:
        claim_path(folder).write_bytes(claim)
    owner = this_process("r1", 10.0, ("resim-runner", "run", "ws"))
    ended = replace(owner, host="host", identity=owner.identity + "0")
    events = (
        begin(),
        plan("a"),
        Event("started", STARTED, "a", data={"worker": "node-3/417"}),
        *ENDS[end],
    )
    written(record_of_workspace(workspace), *events, owner=ended)
    (job,) = workspace_status(open_workspace(workspace), lambda: 20.0).jobs
    return job


def result_at(started: float, seconds: float) -> JobResult:
    return JobResult("a", "", Outcome.DONE, "PASSED", seconds=seconds, started=started)


def claim_of(identity: str) -> bytes:
    return json.dumps({"format": 1, "identity": identity}).encode()


@pytest.mark.parametrize("end", ENDS)
def test_a_job_that_a_worker_published_after_its_run_is_done(tmp_path: Path, end: str) -> None:
    status = status_of(tmp_path, end, result_at(STARTED, 4.0))
    assert (status.outcome, status.verdict, status.seconds) == ("done", "PASSED", 4.0)


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("result", [None, result_at(3.0, 5.0)])
def test_a_job_without_a_new_result_is_interrupted(
    tmp_path: Path, end: str, result: JobResult | None
) -> None:
    status = status_of(tmp_path, end, result)
    assert (status.outcome, status.why) == ("interrupted", "its runner ended before the job did.")


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize(
    "identity", [current_owner(), "node-3/boot/7/417/99"], ids=["this machine", "another machine"]
)
def test_a_job_that_a_worker_has_claimed_runs(tmp_path: Path, end: str, identity: str) -> None:
    status = status_of(tmp_path, end, result_at(3.0, 5.0), claim_of(identity))
    host, _, _, pid, _ = identity.split("/")
    assert (status.outcome, status.seconds) == ("running", 6.0)
    assert status.why == f"by process {pid} on {host}, which outlived the run."


@pytest.mark.parametrize(
    "claim",
    [b"", b"[]", b"{", claim_of("x"), claim_of(current_owner() + "0")],
    ids=["empty", "list", "half", "no process", "an ended process"],
)
def test_the_claim_of_an_ended_process_or_another_program_does_not_count(
    tmp_path: Path, claim: bytes
) -> None:
    assert status_of(tmp_path, "died", None, claim).outcome == "interrupted"


def test_the_claim_of_another_machine_counts_for_its_lease(tmp_path: Path) -> None:
    claim = claim_of(f"not-{socket.gethostname()}/boot/7/417/99")
    assert status_of(tmp_path, "died", None, claim).outcome == "running"
    (path,) = tmp_path.rglob("claim.json")
    os.utime(path, (1.0, 1.0))
    (status,) = workspace_status(open_workspace(path.parents[3]), lambda: 20.0).jobs
    assert status.outcome == "interrupted"
