"""Instructions that opening, validating and `--help` execute, as ratios to a base beside them.

They hardly vary where wall times swing by two. `perf stat` counts them where the machine has
the counter; else valgrind's callgrind, which takes a minute; without either it has no rows.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence

from benchmarks import Row, files
from benchmarks.measure import ROOT, skip_slow

Counter = Callable[[Sequence[str]], int]

_OPEN = "import sys; from resim_inspect.document import open_document; open_document(sys.argv[1])"
_PARSE = (
    "import sys, pathlib; from resim_inspect.schema import metrics_pb2 as pb; "
    "pb.JobMetrics.FromString(pathlib.Path(sys.argv[1]).read_bytes())"
)
_PROTOBUF = "from google.protobuf import struct_pb2, timestamp_pb2"
_PROGRAM = "from resim_inspect.cli import run; run()"
_RUNNER = "from runner.__main__ import run; run()"


def run() -> list[Row]:
    """The rows; none if nothing counts instructions here."""
    count = counter()
    if count is None:
        print("instructions: neither perf nor valgrind counts here", file=sys.stderr)
        return []
    if count is _callgrind and skip_slow():
        return []
    python = [sys.executable, "-c"]
    small, wide = str(files.path("S")), str(files.path("wide"))
    nothing = count([*python, "pass"])
    protobuf = count([*python, _PROTOBUF])
    rows = [
        _row(
            "validate S / import of protobuf",
            count([*python, _PROGRAM, "validate", small]),
            protobuf,
            2,
        ),
        _row(
            "resim-inspect --help / bare Python",
            count([*python, _PROGRAM, "--help"]),
            nothing,
            4.5,
        ),
        _row(
            "resim-runner --help / bare Python", count([*python, _RUNNER, "--help"]), nothing, 4.5
        ),
    ]
    parsed = count([*python, _PARSE, wide])
    rows.append(_row("open wide / protobuf parse", count([*python, _OPEN, wide]), parsed, 2))
    return rows


def _row(name: str, executed: int, base: int, goal: float) -> Row:
    return {
        "name": f"instructions of {name}",
        "ratio": executed / base,
        "goal": goal,
        "better": "lower",
        "note": f"{executed / 1e6:,.0f} M / {base / 1e6:,.0f} M",
    }


def counter() -> Counter | None:
    """The counter of a command's instructions that works on this machine."""
    for program, count in (("perf", _perf), ("valgrind", _callgrind)):
        if shutil.which(program) is None:
            continue
        try:
            if count([sys.executable, "-S", "-c", "pass"]):
                return count
        except (OSError, ValueError, subprocess.CalledProcessError):
            continue
    return None


def _perf(command: Sequence[str]) -> int:
    """Raises ValueError where the processor's counter cannot be read, as in many containers."""
    errors = _errors_of(["perf", "stat", "-x,", "-e", "instructions:u", *command])
    # The last line is "COUNT,,instructions:u,…", the count a text where it is not supported.
    return int(errors.splitlines()[-1].split(",")[0])


def _callgrind(command: Sequence[str]) -> int:
    """Raises ValueError if valgrind reports no count."""
    errors = _errors_of(
        ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", *command]
    )
    match = re.search(r"Collected : (\d+)", errors)
    if match is None:
        raise ValueError("valgrind reports no count")
    return int(match[1])


def _errors_of(command: Sequence[str]) -> str:
    # A fixed order of sets and dictionaries, so that two runs execute the same.
    environment = os.environ | {"PYTHONHASHSEED": "0"}
    result = subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
        check=True,
    )
    return result.stderr
