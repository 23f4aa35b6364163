"""Costs that grow with the jobs of a call.

It is called by `python -m benchmarks.programs.executor_scale JOBS [threads]`.

The engine is a stub, so that what is measured is the plan, the executor, the results and the
record. Prints one JSON object. `call` as the first word is the client's process.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import runner
from benchmarks.measure import ROOT
from benchmarks.programs import stub_engine
from runner.cli import main
from runner.workspace.run_record import record_of_workspace

WORKERS = 2
PATIENCE = 60.0
"""Seconds that a scheduler may take to start."""


def call(workspace: str, executor: str) -> dict[str, float]:
    """Run all jobs of a workspace in this process; return seconds and MB."""
    from runner.executors.dask_cluster import DaskCluster

    submitted = [0.0, 0.0]
    submit: Callable[..., Any] = DaskCluster.submit

    def timed(*words: Any, **named: Any) -> Any:
        begun = time.perf_counter()
        future = submit(*words, **named)
        submitted[0] += time.perf_counter() - begun
        submitted[1] += 1
        return future

    DaskCluster.submit = timed  # type: ignore[method-assign]
    before = _peak_of_this_process()
    code = main(
        [
            *("run", "--image", "stub", "--only", "jobs", "--executor", executor, "--quiet"),
            *("--parallel", str(WORKERS), "--color", "never", workspace),
        ]
    )
    assert code == 0
    return {
        "submit": submitted[0],
        "client_mb": _peak_of_this_process() - before,
        "client_cpu_ms_per_job": 1000 * time.process_time() / max(1, submitted[1]),
    }


def measured(jobs: int, *, on_threads: bool = False) -> dict[str, float]:
    """Run jobs on workers or threads, then ask for the status; return seconds, MB and bytes."""
    with tempfile.TemporaryDirectory() as name:
        workspace = runner.workspace(Path(name, "flights"), jobs)
        if on_threads:
            values = _called(str(workspace), "threads")
        else:
            values = _on_workers(Path(name), workspace)
        events = record_of_workspace(workspace).events
        lines = [json.loads(line) for line in events.read_bytes().splitlines()]
        times = {
            line["event"]: line["time"] for line in lines if line["event"] in {"begin", "plan"}
        }
        status = [sys.executable, "-m", "runner", "status", "--format", "json", str(workspace)]
        code = "from benchmarks.programs.executor_scale import call; call(sys.argv[1], 'threads')"
        again = ["-c", f"import sys; {code}", str(workspace)]
        return values | {
            "jobs": jobs,
            "plan": times["plan"] - times["begin"],
            "run": lines[-1]["time"] - times["plan"],
            "ms_per_job": 1000 * (lines[-1]["time"] - times["plan"]) / jobs,
            "events_bytes_per_job": events.stat().st_size / jobs,
            "status": _seconds(status),
            "again": _seconds([sys.executable, *again]),
        }


def _seconds(words: list[str]) -> float:
    begun = time.perf_counter()
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, cwd=ROOT)
    return time.perf_counter() - begun


def _on_workers(folder: Path, workspace: Path) -> dict[str, float]:
    file = folder / "scheduler.json"
    local = ("--host", "127.0.0.1", "--dashboard-address", "127.0.0.1:0")
    processes = [_dask("scheduler", "--port", "0", "--scheduler-file", str(file), *local)]
    try:
        end = time.monotonic() + PATIENCE
        while not file.exists() and time.monotonic() < end:
            time.sleep(0.1)
        slots = ("--nthreads", "1", "--resources", "resim=1", "--no-nanny")
        where = ("--local-directory", str(folder), "--preload", stub_engine.__name__)
        for _ in range(WORKERS):
            words = ("worker", "--scheduler-file", str(file))
            processes.append(_dask(*words, *slots, *where, *local))
        time.sleep(4)
        before = _resident(processes[0].pid, "VmRSS")
        values = _called(str(workspace), f"dask-file:{file}")
        peak, worker = (_resident(p.pid, "VmHWM") for p in processes[:2])
        cpu = [1000 * _cpu_seconds(p.pid) for p in processes]
        jobs = len(list((workspace / "jobs").iterdir()))
        return values | {
            "scheduler_mb": peak - before,
            "worker_mb": worker,
            "scheduler_cpu_ms_per_job": cpu[0] / jobs,
            "workers_cpu_ms_per_job": sum(cpu[1:]) / jobs,
        }
    finally:
        for process in processes:
            process.kill()
            process.wait()


def _called(workspace: str, executor: str) -> dict[str, float]:
    words = [
        sys.executable,
        "-m",
        "benchmarks.programs.executor_scale",
        "call",
        workspace,
        executor,
    ]
    done = subprocess.run(words, check=True, stdout=subprocess.PIPE, cwd=ROOT)
    values: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return values


def _dask(*words: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "dask", *words]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _resident(pid: int, name: str) -> float:
    """Return a value of `/proc/PID/status` in MB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _cpu_seconds(pid: int) -> float:
    """Return the processor time of a process, of its start as well."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _peak_of_this_process() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    if sys.argv[1:2] == ["call"]:
        print(json.dumps(call(*sys.argv[2:4])))
    else:
        print(json.dumps(measured(int(sys.argv[1]), on_threads="threads" in sys.argv)))
