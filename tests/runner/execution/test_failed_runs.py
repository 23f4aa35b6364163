"""Metrics that a failed run left: neither a batch, nor a report, nor `serve` has them."""

from __future__ import annotations

from pathlib import Path

import pytest

from runner.storage.fs import write_atomic
from runner.workspace.failed_runs import failed_runs
from runner.workspace.layout import RunFolder, Workspace
from runner.workspace.results import JobResult, Outcome
from tests.api.test_serve import serving
from tests.api.workspaces import document, workspace


def end(run_folder: RunFolder, outcome: Outcome) -> None:
    """Record the end of a run beside the metrics that it left."""
    write_atomic(run_folder.result, JobResult("job", "id", outcome, "PASSED").as_bytes())


def own_metrics(space: Workspace) -> Path:
    """Write metrics of the batch itself."""
    path = space.batch.metrics
    path.parent.mkdir(parents=True)
    path.write_bytes(document("own", metrics=1))
    return path


@pytest.mark.parametrize("outcome", list(Outcome))
def test_only_the_metrics_of_runs_that_are_done_count(tmp_path: Path, outcome: Outcome) -> None:
    space = workspace(tmp_path / "ws", jobs=3)
    own = own_metrics(space)
    end(space.jobs[1].folder, outcome)
    end(space.batch, outcome)
    write_atomic(space.jobs[2].folder.result, b"damaged")
    done = outcome is Outcome.DONE
    failed = failed_runs((space,), batches=True)
    assert failed.metrics == (set() if done else {space.jobs[1].folder.metrics, own})
    assert failed.sentences() == (
        []
        if done
        else [
            "1 job failed: job-1. It is served without metrics.",
            "1 batch failed: ws. It is served without metrics of its own.",
        ]
    )
    assert own not in failed_runs((space,), batches=False).metrics


def test_many_failed_runs_are_one_sentence(tmp_path: Path) -> None:
    space = workspace(tmp_path / "ws", jobs=5)
    for job in space.jobs:
        end(job.folder, Outcome.TIMEOUT)
    (sentence,) = failed_runs((space,), batches=True).sentences()
    assert sentence == "5 jobs failed: job-0, job-1, job-2, …. They are served without metrics."


def test_a_served_workspace_is_what_a_run_would_serve(tmp_path: Path) -> None:
    space = workspace(tmp_path / "ws", jobs=3)
    own_metrics(space)
    end(space.jobs[0].folder, Outcome.TIMEOUT)
    end(space.batch, Outcome.FAILED)
    (tmp_path / "tmp").mkdir()
    with serving(tmp_path / "tmp", space.folder) as running:
        code, said = running.end()
    assert code == 0
    assert "Serving 3 jobs, 4 metrics and 6 metrics data" in said
    assert "! 1 job failed: job-0. It is served without metrics." in said
    assert "! 1 batch failed: ws. It is served without metrics of its own." in said
