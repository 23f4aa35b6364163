"""Keys, lag of the log and memory while 1,000 jobs are under way in the app.

A second process ends 20 jobs a second and writes 50 MB/s to the log in view. The numbers are
milliseconds and MB, not ratios; of the keys each one counts at its best of three presses.
"""

from __future__ import annotations

from typing import TypedDict

from benchmarks import Row
from benchmarks.measure import json_of

KEY_GOAL = 100.0
"""ms that a key may take."""
LAG_GOAL = 1000.0
"""ms that the log in view may be behind."""
MEMORY_GOAL = 100.0
"""MB that the app may grow by meanwhile."""


class Outcome(TypedDict):
    """Measurements of the app; times in ms."""

    key: str
    answer: float
    lag: float
    median_lag: float
    growth: float
    """MB."""
    written: float
    """MB of log."""
    finished: int
    """Number of jobs that ended meanwhile."""


def run() -> list[Row]:
    """The rows for runs."""
    outcome: Outcome = json_of("benchmarks.programs.runs")
    written = f"{outcome['written']:,.0f} MB written, {outcome['finished']:,} jobs ended"
    return [
        {
            "name": "1,000 jobs under way: slowest key, ms",
            "ratio": outcome["answer"],
            "goal": KEY_GOAL,
            "better": "lower",
            "note": outcome["key"],
        },
        {
            "name": "log of 50 MB/s: longest lag, ms",
            "ratio": outcome["lag"],
            "goal": LAG_GOAL,
            "better": "lower",
            "note": f"median {outcome['median_lag']:.0f} ms; {written}",
        },
        {
            "name": "1,000 jobs under way: growth of memory, MB",
            "ratio": outcome["growth"],
            "goal": MEMORY_GOAL,
            "better": "lower",
        },
    ]
