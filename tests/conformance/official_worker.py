"""A process that asks one release of open-core about files: python official_worker.py FOLDER.

Reads batches from stdin (a count, then length and bytes of each file) and answers each
file with one line: `valid`, or the exception that rejected it. A batch is read whole
before the first answer, so neither side can wait for the other.
"""

from __future__ import annotations

import struct
import sys
from pathlib import Path


def _exactly(length: int) -> bytes:
    data = sys.stdin.buffer.read(length)
    if len(data) != length:
        raise SystemExit(0)
    return data


def main() -> None:
    """Answer until stdin ends."""
    folder = Path(sys.argv[1]).resolve()
    sys.path.insert(0, str(folder))
    from resim.metrics.proto import metrics_pb2
    from resim.metrics.proto import validate_metrics_proto as validator

    if not Path(validator.__file__).resolve().is_relative_to(folder):
        raise SystemExit(f"another open-core answers: {validator.__file__}")

    def verdict(data: bytes) -> str:
        try:
            validator.validate_job_metrics(metrics_pb2.JobMetrics.FromString(data))
        except Exception as error:  # noqa: BLE001 - whatever it raises, it rejects
            # The lines that led to it, for the person who compares.
            lines = []
            trace = error.__traceback__
            while trace is not None:
                lines.append(str(trace.tb_lineno))
                trace = trace.tb_next
            return f"{type(error).__name__} at lines {' '.join(lines[1:])}"
        return "valid"

    while True:
        count = struct.unpack("<I", _exactly(4))[0]
        batch = [_exactly(struct.unpack("<I", _exactly(4))[0]) for _ in range(count)]
        sys.stdout.write("".join(verdict(data) + "\n" for data in batch))
        sys.stdout.flush()


if __name__ == "__main__":
    main()
