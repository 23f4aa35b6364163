"""Containers on the workers of a Dask cluster, one of which is killed."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from runner.storage.lease import LABEL_RUN
from tests.containers.container_harness import BASE_IMAGE, COPY, ROOT, command, make_jobs
from tests.runner.executors.cluster import Cluster, events_of, wait_for

pytest.importorskip("distributed")
JOBS = 8


def test_the_containers_of_a_killed_worker_are_removed_and_its_jobs_run_again(
    docker: Callable[..., str], tmp_path: Path
) -> None:
    workspace = make_jobs(tmp_path / "flights", JOBS)

    def kinds(kind: str) -> list[str]:
        return [event.get("job", "") for event in events_of(workspace) if event["event"] == kind]

    with Cluster(tmp_path / "cluster") as cluster:
        for _ in range(2):
            cluster.add_worker()
        words = ("--executor", f"dask-file:{cluster.file}", "--only", "jobs", "--format", "json")
        run = subprocess.Popen(
            command(
                *("run", "--image", BASE_IMAGE, "--pull", "never", *words, workspace),
                *("--", "sh", "-c", f"sleep 1; {COPY}"),
            ),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        wait_for(lambda: len(kinds("finished")) >= 2, "two jobs")
        cluster.workers[0].kill()
        out, err = run.communicate(timeout=120)
        assert run.returncode == 0, err
        assert json.loads(out)["outcomes"] == {"done": JOBS}
        # A job whose container was under way is named, and no other one begins twice.
        begun = kinds("started")
        twice = {job for job in begun if begun.count(job) > 1}
        assert twice <= set(kinds("warning"))
        label = f"label={LABEL_RUN}={events_of(workspace)[0]['run']}"
        wait_for(lambda: not docker("ps", "-aq", "--filter", label), "the end of all containers")
