"""Ends of jobs before their time: time limits, a stop, and `--fail-fast`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from runner.execution import result_cache, scheduler
from runner.workspace.failed_runs import failed_runs
from runner.workspace.results import Outcome
from runner.workspace.verdict_gate import VerdictGate
from tests.runner.execution.scheduler_harness import call_of, go, outcomes, workspace_of
from tests.runner.fake import FakeEngine, Script, metrics


def test_a_timeout_asks_then_kills(tmp_path: Path) -> None:
    workspace = workspace_of(tmp_path, "a")
    engine = FakeEngine(lambda _: Script(waits=True, stubborn=True))
    results = go(workspace, call_of(engine, timeout=0.2, grace=0.1)[0])
    assert outcomes(results) == ["timeout"]
    assert VerdictGate().exit_code(results) == 6
    assert engine.signals == ["TERM", "KILL"]


@pytest.mark.parametrize("data", [metrics("FAIL_BLOCK"), b"half a file", b""])
def test_a_timeout_keeps_what_the_build_wrote_until_then(tmp_path: Path, data: bytes) -> None:
    workspace = workspace_of(tmp_path, "a")
    engine = FakeEngine(lambda _: Script(waits=True, data=data))
    (result,) = go(workspace, call_of(engine, timeout=0.1)[0])
    assert (result.outcome, result.files) == (Outcome.TIMEOUT, int(bool(data)))
    assert "did not end within" in result.message
    folder = workspace.jobs[0].folder
    assert (folder.metrics.read_bytes() if data else b"") == data
    # Complete or not, they are not the metrics of a run that ended.
    assert VerdictGate().exit_code([result]) == 6
    assert failed_runs((workspace,), batches=True).metrics == {folder.metrics}


@pytest.mark.parametrize("stubborn", [False, True])
def test_a_stop_ends_what_runs_and_starts_nothing_more(tmp_path: Path, stubborn: bool) -> None:
    workspace = workspace_of(tmp_path, "a", "b", "c", "d")
    engine = FakeEngine(lambda _: Script(waits=True, stubborn=stubborn))
    call, _ = call_of(engine, grace=0.3)
    planned = result_cache.plan(workspace, call)
    results = scheduler.run_all(
        planned, call, 2, signals=lambda: 1 if len(engine.started) == 2 else 0
    )
    assert outcomes(results) == ["cancelled"] * 4
    assert len(engine.started) == 2
    assert engine.alive == 0
    assert ("KILL" in engine.signals) is stubborn
    assert all(job.folder.read_result() is None for job in workspace.jobs)


@pytest.mark.parametrize(
    ("fail_on", "status", "stops"),
    [
        ("block", "FAIL_BLOCK", True),
        ("block", "FAIL_WARN", False),
        ("warn", "FAIL_WARN", True),
        ("none", "FAIL_BLOCK", False),
    ],
)
def test_fail_fast_starts_no_more_after_a_failure(
    tmp_path: Path, fail_on: str, status: str, stops: bool
) -> None:
    workspace = workspace_of(tmp_path, "a", "b", "c")
    gate = VerdictGate(fail_on, fail_fast=True)
    for _ in ("run now", "recorded"):
        engine = FakeEngine(lambda _: Script(data=metrics(status)))
        call, seen = call_of(engine)
        call = replace(call, gate=gate)
        results = scheduler.run_all(result_cache.plan(workspace, call), call, 1)
        assert outcomes(results) == ["done", *(["cancelled"] * 2 if stops else ["done"] * 2)]
        assert [event.kind for event in seen].count("stopping") == stops


def test_fail_fast_stops_for_a_run_that_failed(tmp_path: Path) -> None:
    workspace = workspace_of(tmp_path, "a", "b", "c")
    for script in (Script(1), Script(broken="the engine is gone.")):
        call, _ = call_of(FakeEngine(lambda _, script=script: script))  # type: ignore[misc]
        call = replace(call, gate=VerdictGate("none", fail_fast=True))
        results = scheduler.run_all(result_cache.plan(workspace, call, "all"), call, 1)
        assert outcomes(results)[1:] == ["cancelled", "cancelled"]
