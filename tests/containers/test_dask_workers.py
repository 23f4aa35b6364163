"""Containers on the workers of a Dask cluster or of Slurm, one of which is killed."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from runner.storage.lease import LABEL_RUN
from tests.containers.container_harness import BASE_IMAGE, COPY, ROOT, command, make_jobs
from tests.runner.executors.cluster import Cluster, events_of, wait_for
from tests.runner.executors.slurm_nodes import SlurmNodes, require_slurm
from tests.soak import FACTOR

pytest.importorskip("distributed")
WORKERS = 3
SLOTS = 2
"""Containers at once of each worker."""
JOBS = 60 if FACTOR > 1 else 9
SECONDS = 5.0 if FACTOR > 1 else 0.5
"""Duration of a build."""
SLURM_JOBS, SLURM_SECONDS = (60, 4) if FACTOR > 1 else (6, 1)
LIMIT = 1.5
"""Ratio of the time of a whole call to that of its runs alone, on the slots that there are."""


@pytest.mark.soak
def test_the_containers_of_a_killed_worker_are_removed_and_its_jobs_run_again(
    docker: Callable[..., str], tmp_path: Path
) -> None:
    workspace = make_jobs(tmp_path / "flights", JOBS)
    for inputs in workspace.glob("jobs/*/inputs"):
        (inputs / "experience" / "name").write_text(inputs.parent.name)
    effects = tmp_path / "effects"
    effects.mkdir()
    effects.chmod(0o777)

    def kinds(kind: str) -> list[str]:
        return [event.get("job", "") for event in events_of(workspace) if event["event"] == kind]

    def effects_of(word: str) -> Counter[str]:
        lines = (effects / word).read_text().splitlines() if (effects / word).exists() else []
        return Counter(lines)

    build = (
        "job=$(cat /tmp/resim/inputs/experience/name); echo $job >> /effects/begun;"
        f" sleep {SECONDS}; {COPY}; echo $job >> /effects/ended"
    )
    with Cluster(tmp_path / "cluster") as cluster:
        for _ in range(WORKERS):
            cluster.add_worker()
        wait_for(lambda: cluster.connected() == WORKERS, "all workers")
        words = ("--executor", f"dask-file:{cluster.file}", "--only", "jobs", "--format", "json")
        run = subprocess.Popen(
            command(
                *("run", "--image", BASE_IMAGE, "--pull", "never", *words, workspace),
                *("--mount", f"{effects}:/effects:rw", "--", "sh", "-c", build),
            ),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        wait_for(lambda: len(kinds("finished")) >= JOBS // 3, "a third of the jobs")
        lost, killed = cluster.workers[0], time.time()
        lost.kill()
        out, err = run.communicate(timeout=300)
        assert run.returncode == 0, err
        assert json.loads(out)["outcomes"] == {"done": JOBS}
        # A job that was under way there is named, and no other one has an effect twice.
        begun, ended = effects_of("begun"), effects_of("ended")
        warned = [e for e in events_of(workspace) if e["event"] == "warning" and "job" in e]
        named = {e["job"] for e in warned if f"process {lost.pid} on" in e["text"]}
        assert len(begun) == len(ended) == JOBS
        assert {job for job, times in begun.items() if times > 1} <= named
        assert {job for job, times in ended.items() if times > 1} <= named
        assert len(named) <= SLOTS
        times_started = Counter(kinds("started"))
        assert {job for job, times in times_started.items() if times > 1} <= named
        label = f"label={LABEL_RUN}={events_of(workspace)[0]['run']}"
        wait_for(lambda: not docker("ps", "-aq", "--filter", label), "the end of all containers")
        if FACTOR > 1:
            _check_time(events_of(workspace), killed)
    wait_for(lambda: not cluster.processes(), "the end of all watchdogs")


@pytest.mark.soak
def test_the_containers_of_a_cancelled_worker_are_removed_by_itself(
    docker: Callable[..., str], tmp_path: Path
) -> None:
    pytest.importorskip("dask_jobqueue")
    require_slurm()
    workspace = make_jobs(tmp_path / "flights", SLURM_JOBS)
    (tmp_path / "resim.toml").write_text(
        '[slurm]\nworkers = 2\nslots = 2\nhost = "127.0.0.1"\ntls = false\n'
    )
    gate = tmp_path / "gate"
    gate.mkdir()
    # No build ends before both workers have two: the second one may come much later.
    build = f"until [ -e /gate/open ]; do sleep 0.1; done; sleep {SLURM_SECONDS}; {COPY}"
    words = ("run", "--image", BASE_IMAGE, "--pull", "never", "--executor", "slurm")
    with SlurmNodes(tmp_path / "slurm") as slurm:
        run = subprocess.Popen(
            command(
                *(*words, "--only", "jobs", "--format", "json", workspace),
                *("--mount", f"{gate}:/gate", "--", "sh", "-c", build),
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

        def containers() -> set[str]:
            events = events_of(workspace)
            label = f"label={LABEL_RUN}={events[0]['run']}" if events else "label=none"
            return set(docker("ps", "-aq", "--filter", label).split())

        try:
            wait_for(lambda: len(containers()) == 4, "4 containers")
            before = containers()
            slurm.call("scancel", slurm.running()[0])
            # The slots of the other worker are taken: what is gone was removed at the cancellation.
            wait_for(lambda: len(before - containers()) == 2, "the end of two containers")
            (gate / "open").touch()
            out, err = run.communicate(timeout=300)
        finally:
            run.kill()
        assert run.returncode == 0, err
        assert json.loads(out)["outcomes"] == {"done": SLURM_JOBS}
        twice = {job for job, times in Counter(kinds("started")).items() if times > 1}
        assert twice <= set(kinds("warning"))
        assert len(twice) == 2
        # No watchdog and no later worker had to do it.
        assert not [e for e in events_of(workspace) if "leftover" in e.get("text", "")]
        assert not containers()
        wait_for(lambda: not slurm.jobs(), "the end of the Slurm jobs")


def _check_time(events: list[dict[str, Any]], killed: float) -> None:
    """Compare the time from the plan to the end with that of the runs alone.

    On a busy machine each run takes longer, which is not the time of the executor.
    """
    begun = next(event["time"] for event in events if event["event"] == "plan")
    ended = [event for event in events if event["event"] == "finished"]
    seconds = sum(event["result"]["seconds"] for event in ended) / len(ended)
    earlier = sum(event["time"] < killed for event in ended)
    slots = SLOTS * WORKERS
    rounds = earlier / slots + (JOBS - earlier) / (slots - SLOTS)
    took = events[-1]["time"] - begun
    sys.stdout.write(
        f"{took:.1f} s: {took / rounds / seconds:.2f} times the runs, {took / rounds / SECONDS:.2f}"
        " times the builds alone\n"
    )
    assert took <= LIMIT * rounds * seconds
