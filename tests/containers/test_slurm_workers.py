"""Containers on workers that are jobs of Slurm, one of which is cancelled."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from runner.storage.lease import LABEL_RUN
from tests.containers.container_harness import BASE_IMAGE, COPY, ROOT, command, make_jobs
from tests.runner.executors.cluster import events_of, wait_for
from tests.runner.executors.slurm_nodes import SlurmNodes, require_slurm
from tests.soak import FACTOR

pytest.importorskip("dask_jobqueue")
JOBS = 60 if FACTOR > 1 else 6
SECONDS = 4 if FACTOR > 1 else 2


@pytest.mark.soak
def test_the_containers_of_a_cancelled_worker_are_removed_by_itself(
    docker: Callable[..., str], tmp_path: Path
) -> None:
    require_slurm()
    workspace = make_jobs(tmp_path / "flights", JOBS)
    (tmp_path / "resim.toml").write_text(
        '[slurm]\nworkers = 2\nslots = 2\nhost = "127.0.0.1"\ntls = false\n'
    )
    words = ("run", "--image", BASE_IMAGE, "--pull", "never", "--executor", "slurm")
    with SlurmNodes(tmp_path / "slurm") as slurm:
        run = subprocess.Popen(
            command(
                *(*words, "--only", "jobs", "--format", "json", workspace),
                *("--", "sh", "-c", f"sleep {SECONDS}; {COPY}"),
            ),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=tmp_path,
            env={**slurm.env, "PYTHONPATH": str(ROOT)},
        )

        def kinds(kind: str) -> list[str]:
            events = events_of(workspace)
            return [event.get("job", "") for event in events if event["event"] == kind]

        wait_for(lambda: len(kinds("started")) - len(kinds("finished")) == 4, "4 containers")
        wait_for(lambda: len(kinds("finished")) >= JOBS // 3, "a third of the jobs")
        slurm.call("scancel", slurm.running()[0])
        label = f"label={LABEL_RUN}={events_of(workspace)[0]['run']}"
        out, err = run.communicate(timeout=300)
        assert run.returncode == 0, err
        assert json.loads(out)["outcomes"] == {"done": JOBS}
        twice = {job for job, times in Counter(kinds("started")).items() if times > 1}
        assert twice <= set(kinds("warning"))
        assert len(twice) <= 2
        # No watchdog and no later worker had to do it.
        assert not [e for e in events_of(workspace) if "leftover" in e.get("text", "")]
        assert not docker("ps", "-aq", "--filter", label)
        wait_for(lambda: not slurm.jobs(), "the end of the Slurm jobs")
