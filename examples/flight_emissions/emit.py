"""Emits a flight's samples, events and picture: a build whose metrics are SQL in a config.

    python emit.py

It runs in job mode, as an image's entry point would, and needs Python alone.
"""

from __future__ import annotations

import csv
import json
import math
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# Without a container or sandbox, a runner names other folders.
INPUTS = Path(os.environ.get("RESIM_INPUTS", "/tmp/resim/inputs"))
OUTPUTS = Path(os.environ.get("RESIM_OUTPUTS", "/tmp/resim/outputs"))
SECOND = 1_000_000_000
"""ns"""
GUST = 1.0
"""Metres off the plan from which a gust is an event."""


def main() -> int:
    """Write emissions.resim.jsonl; 2 if these are not the inputs of a job."""
    logs = INPUTS / "logs"
    if not (logs / "flight.csv").is_file():
        sys.stderr.write("flight.csv is missing in the logs: this build has job mode only.\n")
        return 2
    with (logs / "flight.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    lines = list(emissions(rows, logs))
    # Renamed once it is whole: a build that is stopped leaves no half of a file.
    pending = OUTPUTS / "emissions.pending"
    with pending.open("w", encoding="utf-8") as out:
        for topic, timestamp, data, is_event in lines:
            metadata: dict[str, Any] = {"topic": topic}
            if timestamp is not None:
                metadata["timestamp"] = timestamp
            if is_event:
                metadata["event"] = True
            out.write(json.dumps({"$metadata": metadata, "$data": data}) + "\n")
    pending.rename(OUTPUTS / "emissions.resim.jsonl")
    return 0


Emission = tuple[str, int | None, dict[str, Any], bool]
"""Topic, timestamp in ns, fields, and whether it is an event."""


def emissions(rows: list[dict[str, str]], logs: Path) -> Iterator[Emission]:
    """Yield everything about a flight, by topic."""
    mode, off_plan = "", False
    for row in rows:
        stamp = round(float(row["time"]) * SECOND)
        error = math.dist(position(row, ""), position(row, "plan_"))
        sample = {"error": error, "height": float(row["z"]), "battery": float(row["battery"])}
        yield "flight_sample", stamp, sample, False
        yield "flight_mode", stamp, {"state": row["mode"]}, False
        if row["mode"] != mode:
            mode = row["mode"]
            yield "flight_event", stamp, event(f"Mode {mode}", "PASSED", ["mode"], error), True
        if error > GUST and not off_plan:
            yield "flight_event", stamp, event("Off plan", "FAIL_WARN", ["wind"], error), True
        # One gust is one event, though the error passes the limit several times.
        off_plan = error > (GUST / 2 if off_plan else GUST)
    yield "flight_summary", None, {"seconds": float(rows[-1]["time"]), "samples": len(rows)}, False
    for picture in sorted(logs.rglob("*.png")):
        shutil.copyfile(picture, OUTPUTS / picture.name)
        yield "picture", None, {"file": picture.name}, False


def position(row: dict[str, str], prefix: str) -> tuple[float, float, float]:
    """A position of a sample, in metres."""
    return float(row[f"{prefix}x"]), float(row[f"{prefix}y"]), float(row[f"{prefix}z"])


def event(name: str, status: str, tags: list[str], error: float) -> dict[str, Any]:
    """The fields of an event."""
    metrics = [{"name": "Off plan by", "type": "scalar", "value": error, "unit": "m"}]
    return {
        "name": name,
        "description": f"{error:.2f} m off the plan.",
        "status": status,
        "tags": tags,
        "metrics": metrics,
    }


if __name__ == "__main__":
    sys.exit(main())
