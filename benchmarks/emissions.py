"""A million emitted rows read, against `json.loads`, and evaluated, against bare DuckDB."""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks import Row, files
from benchmarks.measure import probes

ROWS = 1_000_000
TIME_GOAL = 2
MEMORY_GOAL = 3
REPEATS = 3


def run() -> list[Row]:
    """The rows for reading and for evaluating emissions."""
    path = files.FOLDER / "million-1.resim.jsonl"
    if not path.exists():
        print(f"making {path.name}", file=sys.stderr)
        write(path, ROWS)
    ours, plain = probes(["read-emissions", "json-lines"], path, REPEATS)
    evaluated, queried = probes(["evaluate-emissions", "query-emissions"], path, REPEATS)
    size = path.stat().st_size
    return [
        {
            "name": "emissions: 40 metrics over 1 M rows / reading and the same SQL in DuckDB",
            "ratio": evaluated.seconds / queried.seconds,
            "goal": TIME_GOAL,
            "better": "lower",
            "note": f"{evaluated} / {queried}",
        },
        {
            "name": "emissions: read 1 M rows / json.loads of each line",
            "ratio": ours.seconds / plain.seconds,
            "goal": TIME_GOAL,
            "better": "lower",
            "note": f"{ours} / {plain}",
        },
        {
            "name": "emissions: peak memory / size of the file",
            "ratio": ours.peak / size,
            "goal": MEMORY_GOAL,
            "better": "lower",
            "note": f"{ours} for {size / 1e6:.0f} MB",
        },
    ]


def write(path: Path, number: int) -> None:
    """Write an emissions file with that many rows of four topics."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(".half")
    with half.open("w", encoding="utf-8") as out:
        out.writelines(lines(number))
    half.replace(path)


def lines(number: int) -> Iterator[str]:
    """Yield lines of four topics in turn: numbers, numbers, words, and words with numbers."""
    source = random.Random(17)
    for row in range(number):
        kind = row % 4
        data: dict[str, object]
        if kind == 0:
            topic = "flight_sample"
            data = {"speed": source.uniform(0, 30), "yaw": source.uniform(-3, 3), "count": row}
        elif kind == 1:
            topic = "pose"
            data = {"x": source.uniform(0, 30), "y": source.uniform(-3, 3), "z": 3.5}
        elif kind == 2:
            topic = "state"
            data = {"state": source.choice(("CRUISE", "LAND", "TAKEOFF")), "ok": True}
        else:
            topic = "goal_distance"
            data = {"goal_name": f"goal {source.randrange(17)}", "distance_m": source.random()}
        metadata = {"topic": topic, "timestamp": row * 1_000_000}
        yield json.dumps({"$metadata": metadata, "$data": data}) + "\n"
