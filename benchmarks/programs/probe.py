"""One measurement in a process of its own: `python -m benchmarks.programs.probe ACTION FILE`.

Imports are over before the clock starts. Prints the seconds and the peak memory as JSON.
"""

from __future__ import annotations

import gc
import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

Action = Callable[[Path], object]


def read() -> Action:
    """The bytes of the file, and nothing else."""
    return lambda path: path.read_bytes()


def open_document() -> Action:
    """Our document, with nothing decoded."""
    from resim_inspect.document import open_document

    return open_document


def parse() -> Action:
    """The file as the official message."""
    from resim.metrics.proto import metrics_pb2

    return lambda path: metrics_pb2.JobMetrics.FromString(path.read_bytes())


def decode_all() -> Action:
    """Every series to numpy, those of every category too."""
    import numpy as np

    from resim_inspect.document import open_document
    from resim_inspect.document.columns import block_series  # noqa: F401
    from resim_inspect.document.series_iter import iter_series

    np.zeros(1)

    def run(path: Path) -> object:
        document = open_document(path)
        for _ in iter_series(document):
            pass
        return document

    return run


def unpack() -> Action:
    """The official parse and `unpack_metrics`."""
    from resim.metrics.proto import metrics_pb2
    from resim.metrics.python.unpack_metrics import unpack_metrics

    def run(path: Path) -> object:
        message = metrics_pb2.JobMetrics.FromString(path.read_bytes())
        return unpack_metrics(
            metrics=list(message.job_level_metrics.metrics),
            metrics_data=list(message.metrics_data),
            events=list(message.events),
        )

    return run


def validate() -> Action:
    """Our document and all findings; what is imported only when needed is there already."""
    import numpy  # noqa: F401

    from resim_inspect.document import (  # noqa: F401
        decode,
        from_proto,
        open_document,
        series_stats,
        unknown_fields,
    )
    from resim_inspect.validation import validate, validator  # noqa: F401
    from resim_inspect.validation.wide import passes  # noqa: F401

    def run(path: Path) -> object:
        document = open_document(path)
        report = validate(document)
        assert report.valid, report.findings[:3]
        return document

    return run


def read_jobs() -> Action:
    """Open every document below both sides of a folder, and decode all of their series."""
    from resim_inspect.document import from_proto, open_document  # noqa: F401
    from resim_inspect.document.series_iter import iter_series

    def run(path: Path) -> object:
        for file in sorted(path.rglob("metrics.binproto")):
            with open_document(file) as document:
                for _ in iter_series(document):
                    pass
                for metric in document.metrics:
                    assert metric.values is not None
        return None

    return run


def compare_jobs() -> Action:
    """The comparison of both sides of a folder."""
    from resim_inspect.compared_sides import side_of
    from resim_inspect.comparison import compare_sides
    from resim_inspect.validation import validator  # noqa: F401

    def run(path: Path) -> object:
        comparison = compare_sides(side_of(path / "before"), side_of(path / "after"))
        assert comparison.matched == comparison.metrics[0].pairs
        return comparison

    return run


def compare_with_itself() -> Action:
    """The comparison of a file with itself: everything is the same."""
    from resim_inspect.compared_sides import side_of
    from resim_inspect.comparison import Direction, compare_sides
    from resim_inspect.validation import validator  # noqa: F401

    def run(path: Path) -> object:
        comparison = compare_sides(side_of(path), side_of(path))
        counts = comparison.summary
        assert counts[Direction.SAME] == len(comparison.changes) > 0, counts
        return comparison

    return run


def validate_officially() -> Action:
    """The official parse and `validate_job_metrics`."""
    from resim.metrics.proto import metrics_pb2
    from resim.metrics.proto.validate_metrics_proto import validate_job_metrics

    def run(path: Path) -> object:
        message = metrics_pb2.JobMetrics.FromString(path.read_bytes())
        validate_job_metrics(message)
        return message

    return run


def read_emissions() -> Action:
    """The topics of an emissions file as columns."""
    from resim_inspect.emissions.reader import read_emissions

    return read_emissions


def evaluate_emissions() -> Action:
    """Forty metrics over the emissions, evaluated."""
    from benchmarks.programs import evaluation

    return evaluation.evaluate


def query_emissions() -> Action:
    """The SQL of the same metrics over the same emissions in DuckDB alone."""
    from benchmarks.programs import evaluation

    return evaluation.query


def json_lines() -> Action:
    """Each line decoded by Python's own reader, and dropped."""

    def decode(path: Path) -> None:
        with path.open(encoding="utf-8") as stream:
            for line in stream:
                json.loads(line)

    return decode


ACTIONS: dict[str, Callable[[], Action]] = {
    "read": read,
    "open": open_document,
    "parse": parse,
    "decode": decode_all,
    "unpack": unpack,
    "validate": validate,
    "read-jobs": read_jobs,
    "compare-jobs": compare_jobs,
    "compare-with-itself": compare_with_itself,
    "validate-officially": validate_officially,
    "read-emissions": read_emissions,
    "evaluate-emissions": evaluate_emissions,
    "query-emissions": query_emissions,
    "json-lines": json_lines,
}


def peak_memory() -> int:
    """The most memory that this process has had, in bytes."""
    status = Path("/proc/self/status")
    if status.exists():
        # Of this program alone: getrusage also counts the one that started it.
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def main() -> None:
    action = ACTIONS[sys.argv[1]]()
    path = Path(sys.argv[2])
    gc.collect()
    before = time.perf_counter()
    result = action(path)
    seconds = time.perf_counter() - before
    print(json.dumps({"seconds": seconds, "peak": peak_memory()}))
    del result


if __name__ == "__main__":
    main()
