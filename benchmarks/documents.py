"""Opening against reading, and decoding everything against the official parse and unpack."""

from __future__ import annotations

from benchmarks import Row, files
from benchmarks.measure import Measured, duration, probe, probes, skip_slow

OPEN_GOALS = {"L": 0.1, "XL": 0.02}
DECODE_GOALS = {"M": 12, "L": 30, "XL": 30, "wide": 12}
REPEATS = {"M": 5, "L": 3, "wide": 3, "XL": 3}


def run() -> list[Row]:
    """The rows for opening and decoding."""
    rows: list[Row] = []
    for name, goal in OPEN_GOALS.items():
        opened, read = probes(["open", "read"], files.path(name), 5)
        rows.append(
            {
                "name": f"open {name} / read()",
                "ratio": opened.seconds / read.seconds,
                "goal": goal,
                "better": "lower",
                "note": f"{opened} / {duration(read.seconds)}",
            }
        )
    opened, parsed = probes(["open", "parse"], files.path("wide"), 5)
    rows.append(
        {
            "name": "open wide / protobuf parse",
            "ratio": opened.seconds / parsed.seconds,
            "goal": 1.0,
            "better": "lower",
            "note": f"{opened} / {parsed}",
        }
    )
    for name, speed in DECODE_GOALS.items():
        if name == "XL":
            if skip_slow():
                continue
            # More than a minute and 6 GB: once.
            (decoded,), official = probes(["decode"], files.path(name), 3), probe_once(name)
        else:
            decoded, official = probes(["decode", "unpack"], files.path(name), REPEATS[name])
        rows.append(
            {
                "name": f"decode all {name}: official / ours",
                "ratio": official.seconds / decoded.seconds,
                "goal": speed,
                "better": "higher",
                "note": f"{official} / {decoded}",
            }
        )
    return rows


def probe_once(name: str) -> Measured:
    """The official unpack of a very large file."""
    return probe("unpack", files.path(name))
