"""The end of a worker by TERM: what its builds leave then is not a result."""

from __future__ import annotations

import dataclasses
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from runner.errors import WorkerError
from runner.execution import result_cache, scheduler
from runner.executors import worker_end
from runner.executors.address import WORKER_END, worker_command
from runner.storage.publish import new_outputs
from runner.workspace.results import JobResult, Outcome
from tests.containers.container_harness import ROOT
from tests.runner.execution.scheduler_harness import call_of, go, outcomes, workspace_of
from tests.runner.fake import FakeEngine


def test_a_result_that_does_not_hold_leaves_the_job_as_it_was(tmp_path: Path) -> None:
    workspace = workspace_of(tmp_path, "patrol")
    folder = workspace.jobs[0].folder
    call, _ = call_of(FakeEngine())

    def refuse(result: JobResult) -> None:
        assert result.outcome is Outcome.DONE
        assert new_outputs(folder).exists()
        raise WorkerError("node-3/417 was ended while it ran.")

    ending = dataclasses.replace(call, confirm=refuse)
    (planned,) = result_cache.plan(workspace, ending)
    result = scheduler.run_unless_stopped(planned.job, "", ending)
    assert (result.outcome, result.message) == (
        Outcome.BROKEN,
        "node-3/417 was ended while it ran.",
    )
    assert folder.read_result() is None
    assert not new_outputs(folder).exists()
    # The next worker neither waits for its claim nor finds a file of it.
    assert outcomes(go(workspace, call)) == ["done"]


@pytest.mark.skipif(sys.platform == "win32", reason="has no TERM")
def test_term_ends_a_worker_without_jobs_at_once(tmp_path: Path) -> None:
    code = (
        "import time\n"
        "from runner.executors import worker_end\n"
        "worker_end.dask_setup(None)\n"
        "print('ready', flush=True)\n"
        # Python looks at signals between system calls, and a long one could just begin.
        "while True: time.sleep(0.05)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=ROOT
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 143


def test_every_command_for_a_worker_lets_it_end_by_term() -> None:
    assert worker_end.__name__ == WORKER_END
    text = "\n".join(path.read_text() for path in sorted((ROOT / "docs").rglob("*.md")))
    recipes = re.findall(r"^dask worker (?:.*\\\n)*.*$", text, re.MULTILINE)
    assert len(recipes) >= 2
    for recipe in [*recipes, worker_command("tcp://10.0.0.1:8786")]:
        assert f"--preload {WORKER_END}" in recipe
