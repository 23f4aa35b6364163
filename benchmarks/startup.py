"""Start-up cost of the commands, against what protobuf alone costs."""

from __future__ import annotations

import sys

from benchmarks import Row, files
from benchmarks.measure import commands, duration

PROTOBUF = "from google.protobuf import struct_pb2, timestamp_pb2"


def run() -> list[Row]:
    """The rows for starting."""
    small = str(files.path("S"))
    program = [sys.executable, "-c", "from resim_inspect.cli import run; run()"]
    validate, as_json, floor = commands(
        [
            [*program, "validate", small],
            [*program, "show", "--format", "json", small],
            [sys.executable, "-c", PROTOBUF],
        ],
        21,
    )
    return [
        {
            "name": "validate S, start to end / import of protobuf",
            "ratio": validate / floor,
            "goal": 2,
            "better": "lower",
            "note": f"{duration(validate)} / {duration(floor)}",
        },
        {
            "name": "show --format json S / import of protobuf",
            "ratio": as_json / floor,
            "goal": 3,
            "better": "lower",
            "note": f"{duration(as_json)} / {duration(floor)}",
        },
    ]
