"""Comparing against reading: batches of jobs, many metrics, and a large file with itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np

from benchmarks import Row, files
from benchmarks.measure import Measured, memory, probes, skip_slow
from resim_inspect.building.builder import DocumentBuilder

JOBS = 1_000
SCALARS, CURVES, SAMPLES = 40, 10, 100
MAX_BYTES = 300_000_000
FOLDER = files.FOLDER / "comparison-1"


def run() -> list[Row]:
    """The rows for comparing."""
    read, compared = probes(["read-jobs", "compare-jobs"], batches(), 3)
    title = f"compare: {JOBS:,} jobs × {SCALARS + CURVES} metrics"
    rows = [
        _row(f"{title}: compare / read", compared, read, 5),
        _memory_row(f"{title}: memory / 300 MB", compared),
    ]
    # Of many small metrics reading is not to decode but to look at each: validating does.
    # Not 5 as for the others: both sides are validated, which is 2 of it, and of each of 50,000
    # metrics the bytes are compared, the series decoded, and its mean and words made, about 5.
    other, compared = probes(["validate", "compare-with-itself"], files.path("wide"), 3)
    rows.append(_row("compare wide with itself: compare / validate", compared, other, 10))
    if not skip_slow():
        other, compared = probes(["decode", "compare-with-itself"], files.path("XL"), 3)
        rows.append(_row("compare XL with itself: compare / decode", compared, other, 5))
        rows.append(_memory_row("compare XL with itself: memory / 300 MB", compared))
    return rows


def _row(name: str, ours: Measured, other: Measured, goal: float) -> Row:
    return {
        "name": name,
        "ratio": ours.seconds / other.seconds,
        "goal": goal,
        "better": "lower",
        "note": f"{ours} / {other}",
    }


def _memory_row(name: str, measured: Measured) -> Row:
    return {
        "name": name,
        "ratio": measured.peak / MAX_BYTES,
        "goal": 1,
        "better": "lower",
        "note": memory(measured.peak),
    }


def batches() -> Path:
    """A folder with two batches, made if it is not there; in a process of its own."""
    if not (FOLDER / "done").exists():
        print(f"making {FOLDER.name}", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "benchmarks.comparison"], check=True)
    return FOLDER


def make() -> None:
    """Write both batches: the same jobs with other noise, and one metric that drifts."""
    for side, drift in (("before", 0.0), ("after", 0.5)):
        random = np.random.default_rng(len(side))
        for number in range(JOBS):
            folder = FOLDER / side / "jobs" / f"flight-{number:04}" / "outputs"
            _job(random, drift).write(folder / "metrics.binproto")
    (FOLDER / "done").touch()


def _job(random: np.random.Generator, drift: float) -> DocumentBuilder:
    build = DocumentBuilder("bench job")
    for metric in range(SCALARS):
        value = float(random.normal(metric + drift * (metric == 3)))
        status = "FAIL_BLOCK" if value > metric + 2 else "PASSED"
        build.scalar(f"scalar {metric}", value, unit="m", fails_above=metric + 2, status=status)
    times = [0.1 * sample for sample in range(SAMPLES)]
    for metric in range(CURVES):
        clock = build.times(f"clock {metric}", times)
        values = np.sin(times) + random.normal(0, 0.1, SAMPLES)
        data = build.doubles(f"value {metric}", values.tolist(), unit="m/s", index=clock)
        series = [(data, build.statuses(f"status {metric}", data))]
        build.double_over_time(f"curve {metric}", series, limits=[(3.0, None)])
    return build


if __name__ == "__main__":
    make()
