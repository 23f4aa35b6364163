"""Jobs in the app that workers run, or have finished, after the death of their run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from resim_inspect.tui.runs.run_bar import RunBar
from runner.workspace.layout import open_workspace
from runner.workspace.process_identity import current_owner
from runner.workspace.results import JobResult, Outcome
from runner.workspace.run_record import claim_path
from tests.tui.conftest import started, text
from tests.tui.runs.run_harness import START, RecordedRun, make_jobs


@pytest.fixture
def run(tmp_path: Path) -> RecordedRun:
    """A run that died when each of its jobs had begun."""
    names = ("claimed", "done", "left")
    run = RecordedRun(make_jobs(tmp_path / "flights", *names), alive=False)
    run.plan(names, batch=0)
    for name in names:
        run.start(name)
        (run.workspace / "jobs" / name / "run").mkdir()
    return run


async def test_jobs_that_outlive_their_run_are_not_interrupted(
    run: RecordedRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RunBar, "now", lambda _: START + 9)
    folders = {job.name: job.folder for job in open_workspace(run.workspace).jobs}
    identity = current_owner()
    claim = json.dumps({"format": 1, "identity": identity})
    claim_path(folders["claimed"]).write_text(claim)
    result = JobResult("done", "", Outcome.DONE, "PASSED", seconds=4.0, started=START, metrics=3)
    (folders["done"].path / "run" / "result.json").write_bytes(result.as_bytes())
    async with started(run.record.path) as pilot:
        lines = text(pilot).splitlines()

    def row(name: str) -> str:
        return next(line for line in lines if line.startswith("│") and name in line[:14])

    assert "running" in row("claimed")
    assert "9 s" in row("claimed")
    assert f"by process {identity.split('/')[3]} on" in row("claimed")
    assert "interrupted" not in row("done")
    assert "4.0 s" in row("done")
    assert "interrupted" in row("left")
