"""Time from a key to its frame, and the longest time that the event loop is blocked.

A script presses every key of every pane over 50,000 metrics, 1 GB and a workspace of 1,000 jobs.
It is played several times, each time in a new process, and in between the bare Textual app plays
its own. On both sides the median of these runs is taken: of each key of a script, and of the
longest gap of each step. The ratios are between the slowest keys of a kind, and between the
longest gaps, of these medians. So a key counts that is slow in most runs, and not one that
another program happened to interrupt; a delay that meets another key in each run is still a gap
of its step.
"""

from __future__ import annotations

import shutil
import statistics
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from benchmarks import Row, comparison, files
from benchmarks.measure import is_wanted, json_of, skip_slow
from resim_inspect.building.builder import DocumentBuilder

if TYPE_CHECKING:
    from benchmarks.programs.keys import Played

RUNS = 3
GOAL = 2.0
"""Slowest key and longest gap, by those of the bare app."""
KINDS = {
    "list": "a key in a list",
    "dialog": "a dialog",
    "palette": "a palette",
    "command": "a command of the palette",
    "theme": "a theme",
    "file": "another file",
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
PALETTES = frozenset((
    "palette", "jump mode", "theme looked for", "reference looked for", "command looked for",
))  # fmt: skip
"""Steps that look for names in all of them while one is typed."""
COMMANDS = frozenset(("as the reference",))
"""Steps that run a command of the palette, which holds frames back while it closes."""
FILES = frozenset(("opened", "open a job", "and back", "open the batch", "close it"))
"""Steps that change to the screen of another file, which is a mode of the app."""
JOBS = 1000
METRICS = 50_000
"""Metrics of each of two files that are compared; every third one is not the same."""


class Slowest(NamedTuple):
    """The slowest key of some steps; times in ms."""

    step: str
    key: str
    answer: float
    cpu: float


def run() -> list[Row]:
    """The rows for keys."""
    rows: list[Row] = []
    for name, script, source, way in (
        ("50,000 metrics", "document", partial(files.path, "wide"), "screen"),
        ("1 GB", "document", partial(files.path, "XL"), "screen"),
        ("1,000 jobs", "workspace", workspace, "screen"),
        (f"{METRICS:,} metrics compared", "changes", changes, "pair"),
        (f"{comparison.JOBS:,} jobs compared", "comparison", comparison.batches, "pair"),
    ):
        if not is_wanted(name) or (name == "1 GB" and skip_slow()):
            continue
        path = source()
        runs, bare = [], []
        for _ in range(RUNS):
            runs.append(played(script, path, way))
            bare.append(played("bare", path, "bare"))
        ours, others = medians(runs), medians(bare)
        print_steps(name, ours)
        print_steps("bare Textual app", others)
        rows += rows_of(name, ours, others)
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


def medians(runs: list[list[Played]]) -> list[Played]:
    """Steps with the median over some runs of the same script, of each key and of each gap."""
    return [
        {
            "step": steps[0]["step"],
            "keys": [
                {
                    "key": presses[0]["key"],
                    "answer": statistics.median(press["answer"] for press in presses),
                    "cpu": statistics.median(press["cpu"] for press in presses),
                }
                for presses in zip(*(step["keys"] for step in steps), strict=True)
            ],
            "gap": statistics.median(step["gap"] for step in steps),
        }
        for steps in zip(*runs, strict=True)
    ]


def rows_of(name: str, ours: list[Played], bare: list[Played]) -> list[Row]:
    """The slowest key of each kind and the longest gap, by those of the bare app."""
    rows: list[Row] = []
    others = slowest(bare)
    for kind, key in slowest(ours).items():
        rows.append(
            {
                "name": f"{name}: {KINDS.get(kind, 'a frame')} / bare Textual app",
                "ratio": key.answer / others[kind].answer,
                "goal": GOAL,
                "better": "lower",
                "note": f"{key.answer:.0f} / {others[kind].answer:.0f} ms, {key.key} in "
                f"“{key.step}”; the screen's thread was busy for {key.cpu:.0f} ms",
            }
        )
    gap, other = longest_gap(ours), longest_gap(bare)
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


def slowest(steps: list[Played]) -> dict[str, Slowest]:
    """The slowest key of each kind of steps."""
    slowest_of: dict[str, Slowest] = {}
    for step in steps:
        key = slowest_key(step)
        if key is not None:
            kind = kind_of(step["step"])
            slowest_of[kind] = max(slowest_of.get(kind, key), key, key=lambda each: each.answer)
    return slowest_of


def slowest_key(step: Played) -> Slowest | None:
    """The slowest key of a step; None if it has no keys."""
    keys = [Slowest(step["step"], **press) for press in step["keys"]]
    return max(keys, key=lambda each: each.answer, default=None)


def kind_of(step: str) -> str:
    """The step of the bare app that a step is compared with."""
    if step in LISTS:
        return "list"
    if step in DIALOGS:
        return "dialog"
    if step in PALETTES:
        return "palette"
    if step in FILES:
        return "file"
    if step in COMMANDS:
        return "command"
    return step if step in KINDS else FRAME


def longest_gap(steps: list[Played]) -> Played:
    """The step with the longest gap."""
    return max(steps, key=lambda step: step["gap"])


def print_steps(name: str, steps: list[Played]) -> None:
    """Every step with its slowest key for a person, on stderr."""
    print(f"\n{name:32} key          ms   CPU   gap", file=sys.stderr)
    for step in steps:
        key = slowest_key(step) or Slowest(step["step"], "", 0.0, 0.0)
        print(
            f"{key.step:32} {key.key:10} {key.answer:4.0f} {key.cpu:5.0f} {step['gap']:5.0f}",
            file=sys.stderr,
        )


def played(script: str, path: Path, way: str) -> list[Played]:
    """One run of a script in a process of its own."""
    steps_played: list[Played] = json_of("benchmarks.programs.keys", script, str(path), way)
    return steps_played


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
