"""Validating against the official parse and validator, and how the time grows with the size."""

from __future__ import annotations

from benchmarks import Row, files
from benchmarks.measure import duration, probes

GOALS = {"M": 2.5, "L": 4, "XL": 5, "wide": 5, "many-events": 15}
REPEATS = {"M": 7, "L": 5, "XL": 3, "wide": 3, "many-events": 5}


def run() -> list[Row]:
    """The rows for validating."""
    rows: list[Row] = []
    seconds = {}
    for name, goal in GOALS.items():
        path = files.path(name)
        ours, official = probes(["validate", "validate-officially"], path, REPEATS[name])
        seconds[name] = ours.seconds
        rows.append(
            {
                "name": f"validate {name}: official / ours",
                "ratio": official.seconds / ours.seconds,
                "goal": goal,
                "better": "higher",
                "note": f"{official} / {ours}",
            }
        )
    growth = files.path("XL").stat().st_size / files.path("L").stat().st_size
    rows.append(
        {
            "name": "validate: time of XL / L, by their size",
            "ratio": seconds["XL"] / seconds["L"] / growth,
            "goal": 1.2,
            "better": "lower",
            "note": f"{duration(seconds['XL'])} / {duration(seconds['L'])}, {growth:.1f}× as large",
        }
    )
    return rows
