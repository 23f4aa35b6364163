"""A batch of 200 jobs over a slow network: the client, the official fetcher, and the floor."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks import Row
from benchmarks.measure import ROOT, duration, skip_slow
from benchmarks.programs.fetch_all import TOKEN
from resim_inspect.building.builder import DocumentBuilder
from runner.api.stub_server.index_builder import build_index
from runner.workspace.layout import Workspace, open_workspace

JOBS, METRICS = 200, 10
EVERY = 50
"""Number of requests of which one is answered 503."""
REQUESTS = 1 + JOBS * (2 + 2 * METRICS)


def run() -> list[Row]:
    """Fetch at 20 ms with 32 connections, at 100 ms with 64, and from a server that is busy."""
    if skip_slow():
        return []
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        space = _workspace(Path(folder, "workspace"))
        build_index([space], Path(folder, "api"), token=TOKEN, secret="benchmark")
        for latency, connections, times, floors in ((0.02, 32, 2.3, 1.6), (0.1, 64, 3.0, 1.2)):
            with serving(Path(folder, "api"), latency) as url:
                ours, table = _fetch("ours", url, space, connections)
                default, _ = _fetch("ours", url, space, 0)
                official, _ = _fetch("official", url, space, connections)
            floor = REQUESTS * latency / connections
            at = f"at {latency * 1000:.0f} ms, {connections} connections"
            rows += [
                _row(f"fetch {at}: official / ours", official, ours, times, "higher"),
                _row(f"fetch {at}: ours / floor", ours, floor, floors, "lower"),
                _row(f"fetch {at}: official / first table", official, table, 20.0, "higher"),
                _row(
                    f"fetch at {latency * 1000:.0f} ms: official / ours by default",
                    official,
                    default,
                    times,
                    "higher",
                ),
            ]
        rows.append(_busy(Path(folder, "api"), space))
    return rows


def _busy(api: Path, space: Workspace) -> Row:
    """Cost of a 503 for one request in fifty: it is retried and nothing is lost."""
    seconds_by_number: dict[int, list[float]] = {0: [], EVERY: []}
    for _ in range(3):
        for every, times in seconds_by_number.items():
            with serving(api, 0.02, every) as url:
                times.append(_fetch("ours", url, space, 32)[0])
    calm, busy = (statistics.median(times) for times in seconds_by_number.values())
    name = f"fetch at 20 ms, 32 connections: with {100 // EVERY} % of 503s / without"
    return _row(name, busy, calm, 1.3, "lower")


def _row(name: str, measured: float, other: float, goal: float, better: str) -> Row:
    note = f"{duration(measured)} / {duration(other)}"
    return Row(name=name, ratio=measured / other, goal=goal, better=better, note=note)


def _workspace(folder: Path) -> Workspace:
    for job in range(JOBS):
        b = DocumentBuilder(seed=f"job {job}")
        for number in range(METRICS):
            b.scalar(f"scalar {number}", number + 0.5, unit="m")
            b.doubles(f"series {number}", [number, number + 1.0], unit="m")
        path = folder / "jobs" / f"job-{job:03}" / "outputs" / "metrics.binproto"
        path.parent.mkdir(parents=True)
        path.write_bytes(b.bytes())
    return open_workspace(folder)


@contextmanager
def serving(folder: Path, latency: float, every: int = 0) -> Iterator[str]:
    """The stub server as a process, on what `prepare` made; gives its address."""
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "benchmarks.programs.slow_api",
            str(folder),
            str(latency),
            str(every),
        ],
        stdout=subprocess.PIPE,
        cwd=ROOT,
    )
    try:
        assert process.stdout is not None
        port = json.loads(process.stdout.readline())["port"]
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.terminate()
        process.communicate()


def _fetch(who: str, url: str, space: Workspace, connections: int) -> tuple[float, float]:
    """Seconds for everything, which must have come, and for the first table."""
    ids = [str(space.project_id), str(space.batch_id), str(connections)]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.programs.fetch_all", who, url, *ids],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"the fetch failed:\n{done.stderr}")
    answer = json.loads(done.stdout)
    assert answer["metrics"] == JOBS * METRICS, answer
    return float(answer["seconds"]), float(answer["table"] or answer["seconds"])
