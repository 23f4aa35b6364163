"""Exporting series: speed against DuckDB writing the same columns, and memory."""

from __future__ import annotations

from benchmarks import Row, files
from benchmarks.measure import duration, memory, programs, skip_slow

MAX_BYTES = 300_000_000
REPEATS = 3
PROGRAM = "benchmarks.programs.export"
LONG = {"parquet": '"bench 00" OR "bench s0"', "ndjson": '"bench s0"'}
"""Metrics of the largest file, with series of 3 million values each."""


def run() -> list[Row]:
    """The rows for exporting."""
    path = str(files.path("L"))
    bare, ours = programs(PROGRAM, [("bare", path), ("parquet", path)], REPEATS)
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
            (large,) = programs(PROGRAM, [(format_, str(files.path("XL")), query)], 1)
            rows.append(
                {
                    "name": f"export of the 1 GB file as {format_}: memory / 300 MB",
                    "ratio": large.peak / MAX_BYTES,
                    "goal": 1,
                    "better": "lower",
                    "note": f"{memory(large.peak)}, {duration(large.seconds)}",
                }
            )
    return rows
