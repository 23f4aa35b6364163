"""Ratios of earlier runs, one JSON line a run, and the rows that became worse since one of them.

Wall times differ between machines and moments, so a line has ratios only, with the kind of the
machine. A change counts when it exceeds the noise of its row: the spread of that row over the
earlier runs on the same kind of machine, with a floor for rows without a past.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, NamedTuple, TypedDict

from benchmarks import Row
from benchmarks.measure import ROOT

FILE = ROOT / "benchmarks" / "history.jsonl"
LAST = "LAST"
"""Name of the newest run on a machine of this kind."""

_FLOORS = {"time": 0.10, "instructions": 0.02}
"""Smallest relative change that counts, by what a row measures."""
_DEVIATIONS = 3
"""Median absolute deviations, scaled to standard deviations, that a change must exceed."""
_MAD_TO_DEVIATION = 1.4826
_ENOUGH = 4
"""Fewest earlier values of a row that its spread is computed from."""
_NEWEST = 12
"""Most earlier values of a row: older ones measure older code."""


class HistoryError(Exception):
    """A history that cannot be read, or a run that it does not hold: one sentence."""


class Run(TypedDict):
    """One line of the history."""

    format: Literal[1]
    time: str
    """ISO 8601, UTC, in seconds."""
    commit: str
    """Abbreviated commit, with `+` after it for a changed work tree; empty outside of git."""
    machine: str
    ratios: dict[str, float]


class Regression(NamedTuple):
    """A row that is worse than it was by more than its noise."""

    name: str
    before: float
    after: float
    noise: float
    """Relative change that the row shows without a cause."""

    def __str__(self) -> str:
        change = abs(self.after / self.before - 1)
        return (
            f"{self.name}: {self.before:.3g} → {self.after:.3g}, "
            f"{change:.0%} worse (noise {self.noise:.0%})"
        )


def machine_kind() -> str:
    """Kind of this machine: system, processor, cores and Python; no name of the machine."""
    cores = os.cpu_count() or 1
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return f"{platform.system()} {platform.machine()}, {cores} cores, Python {version}"


def run_of(rows: Sequence[Row], when: datetime | None = None) -> Run:
    """The line for the rows of a run that just ended."""
    return {
        "format": 1,
        "time": (when or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "commit": _commit(),
        "machine": machine_kind(),
        "ratios": {row["name"]: float(f"{row['ratio']:.4g}") for row in rows},
    }


def append(run: Run, path: Path = FILE) -> None:
    """Append a run to the history, also behind a last line without its newline."""
    text = json.dumps(run, ensure_ascii=False) + "\n"
    with path.open("a+b") as file:
        if file.tell():
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                text = "\n" + text
        file.write(text.encode())


def read(path: Path = FILE) -> list[Run]:
    """All runs, the oldest first. Raises HistoryError for a line that is not one."""
    if not path.exists():
        return []
    runs: list[Run] = []
    lines = path.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            run = json.loads(line)
            ratios = {str(name): float(ratio) for name, ratio in run["ratios"].items()}
            known = run["format"] == 1
            entry: Run = {
                "format": 1,
                "time": str(run["time"]),
                "commit": str(run["commit"]),
                "machine": str(run["machine"]),
                "ratios": ratios,
            }
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise HistoryError(f"Line {number} of {path} is not a run: {error!r}.") from error
        if not known:
            raise HistoryError(f"Line {number} of {path} has a format other than 1.")
        runs.append(entry)
    return runs


def select(runs: Sequence[Run], name: str, machine: str) -> Run:
    """The newest run named LAST, or by the start of its commit or time, on this kind of machine.

    Raises HistoryError without one.
    """
    same = [run for run in runs if run["machine"] == machine]
    if not same:
        raise HistoryError(
            f"The history has no run on a machine of this kind ({machine}); run make bench first."
        )
    if name == LAST:
        return same[-1]
    for run in reversed(same):
        if name and (run["commit"].startswith(name) or run["time"].startswith(name)):
            return run
    raise HistoryError(
        f"The history has no run of {name!r} on a machine of this kind; "
        f"the newest is {same[-1]['commit'] or same[-1]['time']}."
    )


def noise(name: str, runs: Sequence[Run], machine: str) -> float:
    """Relative change of a row that means nothing, from its earlier values on such machines."""
    floor = _FLOORS["instructions" if name.startswith("instructions") else "time"]
    values = [
        run["ratios"][name] for run in runs if run["machine"] == machine if name in run["ratios"]
    ]
    values = values[-_NEWEST:]
    if len(values) < _ENOUGH:
        return floor
    middle = statistics.median(values)
    if not middle:
        return floor
    spread = statistics.median(abs(value - middle) for value in values)
    return max(floor, _DEVIATIONS * _MAD_TO_DEVIATION * spread / abs(middle))


def regressions(rows: Sequence[Row], before: Run, runs: Sequence[Run]) -> list[Regression]:
    """The rows that are worse than in a run by more than their noise, the worst first."""
    worse: list[tuple[float, Regression]] = []
    for row in rows:
        earlier = before["ratios"].get(row["name"])
        if not earlier or row["ratio"] <= 0:
            continue
        # Costs as they grow: a speed that halves is a cost that doubles.
        growth = row["ratio"] / earlier if row["better"] == "lower" else earlier / row["ratio"]
        allowed = noise(row["name"], runs, before["machine"])
        if growth > 1 + allowed:
            worse.append((growth, Regression(row["name"], earlier, row["ratio"], allowed)))
    return [regression for _, regression in sorted(worse, reverse=True)]


def _commit() -> str:
    command = ["git", "describe", "--always", "--abbrev=9", "--dirty=+", "--exclude=*"]
    try:
        result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return result.stdout.strip()
