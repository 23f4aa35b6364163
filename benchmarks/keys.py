"""Time from a key to its frame, and the longest time that the event loop is blocked.

A script presses every key of every pane over 50,000 metrics, 1 GB and a workspace of 1,000 jobs.
Each script runs several times; of each step the best run counts, for what another program does
at the same time is not the app's doing. The numbers are milliseconds, not ratios.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TypedDict

import numpy as np

from benchmarks import Row, comparison, files
from benchmarks.measure import json_of, skip_slow
from resim_inspect.building.builder import DocumentBuilder

RUNS = 3
ANSWER = 100.0
"""ms that a key may take."""
GAP = 50.0
"""ms that a gap may exceed that of an app at rest."""
JOBS = 1000
METRICS = 50_000
"""Metrics of each of two files that are compared; every third one is not the same."""


class Step(TypedDict):
    """Measurements of one step of a script; times in ms."""

    step: str
    key: str
    answer: float
    cpu: float
    gap: float


def run() -> list[Row]:
    """The rows for keys."""
    scripts = [
        ("50,000 metrics", "document", files.path("wide"), "screen"),
        ("1,000 jobs", "workspace", workspace(), "screen"),
        (f"{METRICS:,} metrics compared", "changes", changes(), "pair"),
        (f"{comparison.JOBS:,} jobs compared", "comparison", comparison.batches(), "pair"),
    ]
    if not skip_slow():
        scripts.insert(1, ("1 GB", "document", files.path("XL"), "screen"))
    rows: list[Row] = []
    for name, script, path, way in scripts:
        runs = [played(script, path, way) for _ in range(RUNS)]
        print_steps(name, runs)
        rows += rows_of(name, runs)
    return rows


def changes() -> Path:
    """A folder with two files of scalars and curves, before and after."""
    folder = files.FOLDER / "changes-1"
    if not folder.is_dir():
        made = folder.with_suffix(".new")
        shutil.rmtree(made, ignore_errors=True)
        for side, late in (("before", 0.0), ("after", 1.0)):
            build = DocumentBuilder()
            clock = build.times("clock", [0.1 * step for step in range(500)])
            for number in range(METRICS):
                # Differences from better to worse, spread over the file.
                value = 3.0 + late * (number % 3 == 0) * (number % 7 - 3)
                if number % 100:
                    status = "FAIL_BLOCK" if value > 5 else "PASSED"
                    build.scalar(f"metric {number}", value, unit="m", fails_above=5, status=status)
                else:
                    heights = np.sin(np.arange(500) / 20) * value
                    data = build.doubles(f"data {number}", heights.tolist(), unit="m", index=clock)
                    pair = data, build.statuses(f"statuses {number}", data)
                    build.double_over_time(f"metric {number}", [pair])
            path = made / side / "outputs" / "metrics.binproto"
            path.parent.mkdir(parents=True)
            build.write(path)
        made.rename(folder)
    return folder


def rows_of(name: str, runs: list[list[Step]]) -> list[Row]:
    """The slowest key and the longest gap of all steps, of each step the best run."""
    keys = [min(steps, key=lambda one: one["answer"]) for steps in zip(*runs, strict=True)]
    gaps = [min(steps, key=lambda one: one["gap"]) for steps in zip(*runs, strict=True)]
    idle = next(one["gap"] for one in gaps if one["step"] == "idle")
    key = max(keys, key=lambda one: one["answer"])
    gap = max(gaps, key=lambda one: one["gap"])
    busy = max(keys, key=lambda one: one["cpu"])
    return [
        {
            "name": f"{name}: slowest key, ms",
            "ratio": key["answer"],
            "goal": ANSWER,
            "better": "lower",
            "note": f"{key['key']} in “{key['step']}”; most CPU time of the screen's thread: "
            f"{busy['cpu']:.0f} ms, {busy['key']} in “{busy['step']}”",
        },
        {
            "name": f"{name}: longest gap beyond an idle app's, ms",
            "ratio": gap["gap"] - idle,
            "goal": GAP,
            "better": "lower",
            "note": f"{gap['gap']:.0f} ms in “{gap['step']}”, {idle:.1f} ms idle",
        },
    ]


def print_steps(name: str, runs: list[list[Step]]) -> None:
    """Every step for a person, on stderr."""
    print(
        f"\n{name + ', best of ' + str(len(runs)):32} key          ms   CPU   gap", file=sys.stderr
    )
    for steps in zip(*runs, strict=True):
        key, gap = min(steps, key=lambda one: one["answer"]), min(one["gap"] for one in steps)
        print(
            f"{key['step']:32} {key['key']:10} {key['answer']:4.0f} {key['cpu']:5.0f} {gap:5.0f}",
            file=sys.stderr,
        )


def played(script: str, path: Path, way: str) -> list[Step]:
    """One run of a script in a process of its own."""
    found: list[Step] = json_of("benchmarks._keys", script, str(path), way)
    return found


def workspace() -> Path:
    """A workspace of 1,000 jobs of 12 metrics each, made once."""
    folder = files.FOLDER / f"workspace-{files.EDITION}"
    if folder.exists():
        return folder
    print(f"making {folder.name}", file=sys.stderr)
    half = folder.with_suffix(".half")
    shutil.rmtree(half, ignore_errors=True)
    random = np.random.default_rng(17)
    for number in range(JOBS):
        build = DocumentBuilder(f"bench job {number}")
        clock = build.times("clock", [0.1 * at for at in range(50)])
        speeds = random.normal(30, 5, 50)
        series = build.doubles("speed", speeds.tolist(), unit="m/s", index=clock)
        fine = build.statuses("speed status", ["PASSED"] * 50, index=clock)
        build.double_over_time("Speed", [(series, fine)])
        fast = float(speeds.max())
        status = "FAIL_BLOCK" if fast > 44 else "FAIL_WARN" if fast > 41 else "PASSED"
        build.scalar("Max speed", fast, unit="m/s", status=status)
        for value in range(10):
            build.scalar(f"Value {value}", float(random.normal()), unit="m")
        build.write(half / "jobs" / f"job-{number:04}" / "outputs" / "metrics.binproto")
    batch = DocumentBuilder("bench batch")
    batch.scalar("Jobs", float(JOBS))
    batch.write(half / "batch" / "outputs" / "metrics.binproto")
    half.rename(folder)
    return folder
