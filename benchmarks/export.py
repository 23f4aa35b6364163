"""Exporting series: speed against DuckDB writing the same columns, and memory."""

from __future__ import annotations

import statistics
from pathlib import Path

from benchmarks import Row, files
from benchmarks.measure import Measured, duration, json_of, memory, skip_slow

MOST_BYTES = 300_000_000
REPEATS = 3
LONG = {"parquet": '"bench 00" OR "bench s0"', "ndjson": '"bench s0"'}
"""Metrics of the largest file, with series of 3 million values each."""


def run() -> list[Row]:
    """The rows for exporting."""
    path = files.path("L")
    bare, ours = _measured([("bare",), ("parquet",)], path)
    rows: list[Row] = [
        {
            "name": "export 10.8 M rows as Parquet: bare DuckDB / ours",
            "ratio": bare.seconds / ours.seconds,
            "goal": 0.7,
            "better": "higher",
            "note": f"{duration(bare.seconds)} / {ours}",
        }
    ]
    if not skip_slow():
        for format_, query in LONG.items():
            (large,) = _measured([(format_, query)], files.path("XL"), 1)
            rows.append(
                {
                    "name": f"export of the 1 GB file as {format_}: memory / 300 MB",
                    "ratio": large.peak / MOST_BYTES,
                    "goal": 1,
                    "better": "lower",
                    "note": f"{memory(large.peak)}, {duration(large.seconds)}",
                }
            )
    return rows


def _measured(actions: list[tuple[str, ...]], path: Path, repeats: int = REPEATS) -> list[Measured]:
    """Medians of fresh processes, the actions taking turns."""
    found: list[list[Measured]] = [[] for _ in actions]
    for _ in range(repeats):
        for place, (action, *words) in enumerate(actions):
            answer = json_of("benchmarks._export", action, str(path), *words)
            found[place].append(Measured(answer["seconds"], answer["peak"]))
    return [
        Measured(
            statistics.median(one.seconds for one in runs),
            round(statistics.median(one.peak for one in runs)),
        )
        for runs in found
    ]
