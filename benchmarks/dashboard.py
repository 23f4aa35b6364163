"""The dashboard: time until the cards of a page are painted, and from a key to its frame.

Over 50,000 metrics and over 1,000 jobs; of each key and each page the median of several runs
counts, as for the other keys. The keys are also compared with those of an app of Textual alone
that fills the same screen.
"""

from __future__ import annotations

import statistics
import sys
from pathlib import Path
from typing import Any

from benchmarks import Row, files
from benchmarks.keys import RUNS, medians, print_steps, slowest, workspace
from benchmarks.measure import is_wanted, json_of
from benchmarks.programs.keys import Played

ANSWER = 100.0
"""ms that a key may take."""
PAGE = 150.0
"""ms until all cards of a page are painted."""


def run() -> list[Row]:
    """The rows for the dashboard."""
    bare = statistics.median(_played("bare", Path())["pages"])
    rows: list[Row] = []
    for name, kind, path in (
        ("dashboard of 50,000 metrics", "document", files.path("wide")),
        ("dashboard of 1,000 jobs", "workspace", workspace()),
    ):
        if not is_wanted(name):
            continue
        runs = [_played(kind, path) for _ in range(RUNS)]
        steps = medians([measured_run["steps"] for measured_run in runs])
        print_steps(name, steps)
        pages = list(
            map(
                statistics.median,
                zip(*(measured_run["pages"] for measured_run in runs), strict=True),
            )
        )
        first = statistics.median(measured_run["opened"] for measured_run in runs)
        print(f"{name}: {first:.0f} ms until its first page is painted", file=sys.stderr)
        rows.append(
            {
                "name": f"{name}: slowest page, ms",
                "ratio": max(pages),
                "goal": PAGE,
                "better": "lower",
                "note": f"median {statistics.median(pages):.0f} ms, the first one {first:.0f} ms",
            }
        )
        rows.append(_slowest_key(name, steps))
        rows.append(_against_bare(name, steps, bare))
    return rows


def _slowest_key(name: str, steps: list[Played]) -> Row:
    key = max(slowest(steps).values(), key=lambda each: each.answer)
    return {
        "name": f"{name}: slowest key, ms",
        "ratio": key.answer,
        "goal": ANSWER,
        "better": "lower",
        "note": f"{key.key} in “{key.step}”; the screen's thread was busy for {key.cpu:.0f} ms",
    }


def _against_bare(name: str, steps: list[Played], bare: float) -> Row:
    """The cursor over all cards, against a bare app that shows another text."""
    answers = [
        press["answer"] for step in steps if step["step"] == "cursor" for press in step["keys"]
    ]
    return {
        "name": f"{name}: cursor key / bare Textual app",
        "ratio": max(answers) / bare,
        "goal": 5.0,
        "better": "lower",
        "note": f"{max(answers):.0f} ms / {bare:.0f} ms",
    }


def _played(kind: str, path: Path) -> dict[str, Any]:
    """One run in a process of its own."""
    figures: dict[str, Any] = json_of("benchmarks.programs.dashboard", kind, str(path))
    return figures
