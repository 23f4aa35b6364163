"""Times and memory of fresh processes: medians, the candidates taking turns."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[1]
SKIP_SLOW = "BENCHMARKS_SKIP_SLOW"
"""Set in the environment: leave out what takes a minute and more."""
ONLY = "BENCHMARKS_ONLY"
"""Set in the environment: a part of the names of what is measured."""


class Measured(NamedTuple):
    """Time and memory that one candidate took."""

    seconds: float
    peak: int
    """Bytes."""

    def __str__(self) -> str:
        return f"{duration(self.seconds)}, {memory(self.peak)}"


def skip_slow() -> bool:
    """Return True if only the quick measurements are wanted."""
    return bool(os.environ.get(SKIP_SLOW))


def is_wanted(name: str) -> bool:
    """Return True if what has this name is to be measured."""
    return os.environ.get(ONLY, "") in name


def probes(actions: Sequence[str], path: Path, repeat: int = 5) -> list[Measured]:
    """Each action on a file, `repeat` times in turn, in fresh processes: the medians."""
    return programs(
        "benchmarks.programs.probe", [(action, str(path)) for action in actions], repeat
    )


def programs(module: str, candidates: Sequence[Sequence[str]], repeat: int) -> list[Measured]:
    """A module with each candidate's words, `repeat` times in turn: the medians."""
    runs_of: list[list[Measured]] = [[] for _ in candidates]
    for _ in range(repeat):
        for position, words in enumerate(candidates):
            runs_of[position].append(_program(module, *words))
    return [
        Measured(
            statistics.median(run.seconds for run in runs),
            round(statistics.median(run.peak for run in runs)),
        )
        for runs in runs_of
    ]


def probe(action: str, path: Path) -> Measured:
    """One action on a file in a fresh process."""
    return _program("benchmarks.programs.probe", action, str(path))


def _program(module: str, *words: str) -> Measured:
    answer = json_of(module, *words)
    return Measured(answer["seconds"], answer["peak"])


def json_of(module: str, *words: str) -> Any:
    """The JSON that a module prints when it runs as a program, in a fresh process."""
    result = subprocess.run(
        [sys.executable, "-m", module, *words],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if result.returncode:
        raise RuntimeError(f"{module} {' '.join(words)} failed:\n{result.stderr}")
    return json.loads(result.stdout)


def commands(candidates: Sequence[Sequence[str]], repeat: int = 15) -> list[float]:
    """Seconds from start to end of whole commands, taking turns: the medians."""
    times_of: list[list[float]] = [[] for _ in candidates]
    for _ in range(repeat):
        for position, words in enumerate(candidates):
            before = time.perf_counter()
            subprocess.run(words, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
            times_of[position].append(time.perf_counter() - before)
    return [statistics.median(runs) for runs in times_of]


def duration(seconds: float) -> str:
    """A time for people."""
    if seconds < 0.1:
        return f"{seconds * 1000:.3g} ms"
    return f"{seconds:.3g} s"


def memory(amount: float) -> str:
    """Bytes for people."""
    return f"{amount / 1e6:,.0f} MB"
