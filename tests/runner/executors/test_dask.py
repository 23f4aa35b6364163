"""Jobs on the workers of a Dask cluster, where workers, the scheduler and the client are lost."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.containers.container_harness import make_jobs
from tests.runner.executors.cluster import (
    Build,
    Cluster,
    events_of,
    run_on,
    wait_for,
)

pytest.importorskip("distributed")
# Each starts a scheduler and workers, which takes seconds.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc"),
]
JOBS = 60


def test_a_killed_worker_costs_only_the_jobs_that_it_had_begun(tmp_path: Path) -> None:
    workspace = make_jobs(tmp_path / "flights", JOBS)
    build = Build(tmp_path, 0.1)
    with Cluster(tmp_path / "cluster") as cluster:
        for _ in range(3):
            cluster.add_worker()
        words = ("--partial-fetch", "--format", "json")
        run = run_on(f"dask-file:{cluster.file}", workspace, build, *words)
        wait_for(lambda: len(build.jobs("end")) >= JOBS // 3, "a third of the jobs")
        lost = cluster.workers[0]
        lost.kill()
        out, err = run.communicate(timeout=120)
        assert run.returncode == 0, err
        assert json.loads(out)["outcomes"] == {"done": JOBS}
        assert json.loads(out)["batch"]["outcome"] == "done"
        begun = Counter(build.jobs("begin"))
        assert len(begun) == JOBS + 1
        assert begun["batch"] == 1
        twice = {job for job, times in begun.items() if times > 1}
        warned = [e for e in events_of(workspace) if e["event"] == "warning" and "job" in e]
        said = {e["job"] for e in warned if f"process {lost.pid} on" in e["text"]}
        # Only jobs that the lost worker had begun may run twice, and the run names them.
        assert twice <= said
        assert len(said) <= 2
        assert max(begun.values()) <= 2
        started = [e for e in events_of(workspace) if e["event"] == "started"]
        assert started[-1]["mode"] == "batch"
        # A finished job that Dask starts again does not count as running.
        times_started = Counter(event["job"] for event in started)
        assert {job for job, times in times_started.items() if times > 1} <= said
        names = {e["worker"].split("/")[1] for e in started}
        assert names <= {str(worker.pid) for worker in cluster.workers}
        assert len(names) >= 2
        # Everything holds: another run, without the cluster, has nothing to do.
        again = run_on("threads", workspace, build, *words)
        document = json.loads(again.communicate(timeout=120)[0])
        assert all(job["kept"] for job in [*document["jobs"], document["batch"]])
        wait_for(lambda: not build.processes(), "the end of all builds")


def test_a_stop_reaches_workers_and_a_lost_scheduler_leaves_what_is_done(tmp_path: Path) -> None:
    workspace = make_jobs(tmp_path / "flights", 6)
    slow, quick = Build(tmp_path, 50), Build(_folder(tmp_path / "quick"), 0.2)
    with Cluster(tmp_path / "cluster") as cluster:
        cluster.add_worker()
        address = json.loads(cluster.file.read_text())["address"]
        run = run_on(f"dask+{address}", workspace, slow, "--only", "jobs")
        wait_for(lambda: len(slow.jobs("begin")) == 2, "two jobs")
        run.send_signal(signal.SIGINT)
        begun = time.monotonic()
        wait_for(lambda: not slow.processes(), "the end of the builds")
        assert time.monotonic() - begun < 5
        assert run.wait(60) == 130
        assert len(slow.jobs("begin")) == 2

        run = run_on(f"dask-file:{cluster.file}", workspace, quick, "--only", "jobs")
        wait_for(lambda: len(quick.jobs("end")) >= 2, "two jobs")
        cluster.scheduler.kill()
        _, err = run.communicate(timeout=60)
        assert run.returncode == 2
        assert "Traceback" not in err
        assert f"the Dask scheduler {address} was lost.\n  Finished jobs are kept" in err
    done = set(quick.jobs("end"))
    again = run_on("threads", workspace, quick, "--only", "jobs", "--format", "json")
    out, err = again.communicate(timeout=60)
    assert again.returncode == 0, err
    kept = {job["job"] for job in json.loads(out)["jobs"] if job["kept"]}
    assert len(kept) >= 2
    assert kept <= done
    assert not [job for job in kept if quick.jobs("begin").count(job) > 1]


def _folder(path: Path) -> Path:
    path.mkdir()
    return path


def test_no_library_below_the_executor_logs(capfd: pytest.CaptureFixture[str]) -> None:
    code = (
        "import logging\n"
        "import distributed\n"
        "from runner.executors import dask_cluster\n"
        "dask_cluster.silence()\n"
        "for name in ('distributed.core', 'tornado.application', 'asyncio'):\n"
        "    logging.getLogger(name).error('Traceback of %s', name)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    assert capfd.readouterr().err == ""
