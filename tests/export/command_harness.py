"""Calls of the command `export`, and a workspace for it."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

from resim_inspect.building.builder import DocumentBuilder

Export = Callable[..., int]


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def workspace(folder: Path, jobs: int) -> Path:
    """Jobs with a scalar of their own each, and one that all have."""
    for number in range(jobs):
        build = DocumentBuilder(f"job {number}")
        build.scalar("Speed", float(number), unit="m/s", fails_above=2.0)
        if number == 1:
            build.scalar("Only here", 0.5)
        clock = build.times("clock", [0.1, 0.2])
        value = build.doubles("value", [1.0 * number, 2.0], unit="m", index=clock)
        build.double_over_time("Distance", [(value, build.statuses("ok", value))])
        build.write(folder / "jobs" / f"run {number:03}" / "outputs" / "metrics.binproto")
    return folder
