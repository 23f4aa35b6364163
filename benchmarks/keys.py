"""Time from a key to its frame, and the longest time that the event loop is blocked.

A script presses every key of every pane over 50,000 metrics, 1 GB and a workspace of 1,000 jobs.
Each script runs several times; of each step the best run counts, for what another program does
at the same time is not the app's doing. The same is done with a bare Textual app in between: the
ratios are to its keys of the same kind.
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
GOAL = 2.0
"""Slowest key and longest gap, by those of the bare app."""
KINDS = {
    "list": "a key in a list",
    "dialog": "a dialog",
    "palette": "a palette",
    "theme": "a theme",
}
"""Kinds of steps, which are the names of the bare app's; every other step is one of `FRAME`."""
FRAME = "frame"
LISTS = frozenset((
    "down and up", "pages and ends", "next failing", "next worse", "data: down, pages, ends",
    "rows: down, pages, ends", "rows: next failing", "columns back", "with a reference",
))  # fmt: skip
"""Steps that move in a list or table and show what is there, while no thread computes."""
DIALOGS = frozenset((
    "help", "edition", "edition back", "rows: go to", "series, statuses, times",
))  # fmt: skip
"""Steps that open a dialog over the screen and close it."""
PALETTES = frozenset(("palette", "jump mode"))
"""Steps that look for names in all of them while one is typed."""
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
        runs, bare = [], []
        for _ in range(RUNS):
            runs.append(played(script, path, way))
            bare.append(played("bare", path, "bare"))
        print_steps(name, runs)
        print_steps("bare Textual app", bare)
        rows += rows_of(name, runs, bare)
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


def rows_of(name: str, runs: list[list[Step]], bare: list[list[Step]]) -> list[Row]:
    """The slowest key of each kind and the longest gap, of each step the best run."""
    rows: list[Row] = []
    ours, others = slowest(runs), slowest(bare)
    for kind, key in ours.items():
        rows.append(
            {
                "name": f"{name}: {KINDS.get(kind, 'a frame')} / bare Textual app",
                "ratio": key["answer"] / others[kind]["answer"],
                "goal": GOAL,
                "better": "lower",
                "note": f"{key['answer']:.0f} / {others[kind]['answer']:.0f} ms, {key['key']} in "
                f"“{key['step']}”; the screen's thread was busy for {key['cpu']:.0f} ms",
            }
        )
    gap, other = longest_gap(runs), longest_gap(bare)
    rows.append(
        {
            "name": f"{name}: longest gap / bare Textual app",
            "ratio": gap["gap"] / other["gap"],
            "goal": GOAL,
            "better": "lower",
            "note": f"{gap['gap']:.0f} ms in “{gap['step']}” / {other['gap']:.0f} ms in "
            f"“{other['step']}”",
        }
    )
    return rows


def slowest(runs: list[list[Step]]) -> dict[str, Step]:
    """The slowest step of each kind, of each step the best run."""
    found: dict[str, Step] = {}
    for steps in zip(*runs, strict=True):
        key = min(steps, key=lambda one: one["answer"])
        kind = kind_of(key["step"])
        if kind not in found or found[kind]["answer"] < key["answer"]:
            found[kind] = key
    return found


def kind_of(step: str) -> str:
    """The step of the bare app that a step is compared with."""
    if step in LISTS:
        return "list"
    if step in DIALOGS:
        return "dialog"
    if step in PALETTES:
        return "palette"
    return step if step in KINDS else FRAME


def longest_gap(runs: list[list[Step]]) -> Step:
    """The step with the longest gap, of each step the best run."""
    gaps = [min(steps, key=lambda one: one["gap"]) for steps in zip(*runs, strict=True)]
    longest: Step = max(gaps, key=lambda one: one["gap"])
    return longest


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
