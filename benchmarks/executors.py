"""Overhead of a worker per trivial job: 500 jobs on a Dask worker against as many on threads."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import Row, runner
from benchmarks.measure import ROOT

JOBS = 500
SLOTS = 2
GOAL = 1.3
ROUNDS = 3
"""Number of measurements of each kind, in turn; the quickest counts, as on a machine of its own."""
PATIENCE = 60.0
"""Seconds that a scheduler may take to start."""
COPY = "sh -c 'cp $RESIM_INPUTS/experience/given.binproto $RESIM_OUTPUTS/metrics.binproto'"


def run() -> list[Row]:
    """The row of the executors; none without Dask."""
    try:
        import distributed  # noqa: F401
    except ImportError:
        return []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        workspace = runner.workspace(folder / "flights", JOBS)
        file = folder / "scheduler.json"
        words = ("--host", "127.0.0.1", "--dashboard-address", "127.0.0.1:0")
        cluster = [_dask("scheduler", "--port", "0", "--scheduler-file", str(file), *words)]
        try:
            end = time.monotonic() + PATIENCE
            while not file.exists() and time.monotonic() < end:
                time.sleep(0.1)
            slots = ("--nthreads", str(SLOTS), "--resources", f"resim={SLOTS}")
            where = ("--no-nanny", "--local-directory", name)
            cluster.append(_dask("worker", "--scheduler-file", str(file), *where, *slots, *words))
            # The first run imports and connects, which a worker does once.
            _seconds(workspace, f"dask-file:{file}", "--job", "job-0000")
            pairs = [
                (_seconds(workspace, "threads"), _seconds(workspace, f"dask-file:{file}"))
                for _ in range(ROUNDS)
            ]
        finally:
            for process in cluster:
                process.kill()
                process.wait()
    threads, workers = (min(times) for times in zip(*pairs, strict=True))
    return [
        {
            "name": f"{JOBS} trivial jobs: a Dask worker over threads",
            "ratio": workers / threads,
            "goal": GOAL,
            "better": "lower",
            "note": f"{1000 * workers / JOBS:.1f} and {1000 * threads / JOBS:.1f} ms a job,"
            f" {SLOTS} at once",
        }
    ]


def _dask(*words: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "dask", *words]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _seconds(workspace: Path, executor: str, *more: str) -> float:
    """Run all jobs; return the seconds from the plan to the end."""
    words = ("--no-sandbox", "--only", "jobs", "--rerun", "all", "--parallel", str(SLOTS), *more)
    subprocess.run(
        [
            *(sys.executable, "-m", "runner", "run", "--command", COPY, str(workspace)),
            *("--executor", executor, *words),
        ],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    lines = (workspace / "run" / "events.jsonl").read_text().splitlines()
    events = [json.loads(line) for line in lines]
    begun = next(event["time"] for event in events if event["event"] == "plan")
    return float(events[-1]["time"] - begun)
