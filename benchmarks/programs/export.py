"""One export in this process, or the bare library writing the same columns; prints its cost."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import numpy as np
from numpy.typing import NDArray

from benchmarks.programs.probe import peak_memory
from resim_inspect.document import open_document
from resim_inspect.document.enums import MetricStatus
from resim_inspect.document.model import DoubleOverTimeValues
from resim_inspect.export import ExportOptions, JobFile, export_tables

METRICS = 6
"""Metrics of the file L that are exported: 10.8 million rows."""
QUERY = " OR ".join(f'"bench {number:02}"' for number in range(METRICS))


def ours(path: Path, out: Path, query: str) -> float:
    """Seconds of an export of series, from opening the file to the verified result."""
    before = time.perf_counter()
    options = ExportOptions(out.suffix[1:], ("series",), query)
    export_tables([JobFile("job", path)], out, options)
    return time.perf_counter() - before


def bare(path: Path, out: Path) -> float:
    """Seconds of DuckDB's COPY from numpy arrays that are ready, and of reading every column."""
    columns, names = _columns(path)
    with duckdb.connect() as connection:
        before = time.perf_counter()
        connection.register("columns", columns)
        metrics, data = ([n.replace("'", "") for n in part] for part in names)
        statuses = [MetricStatus(number).name for number in range(6)]
        connection.execute(
            f"""COPY (SELECT 'job' AS job, ({metrics})[metric + 1] AS metric,
            ({data})[data + 1] AS data, NULL::VARCHAR AS category, index_ns,
            NULL::DOUBLE AS "index", NULL::VARCHAR AS index_text, "time",
            CASE WHEN has_value THEN value END AS value, NULL::BIGINT AS value_ns,
            NULL::VARCHAR AS text, CASE WHEN has_value THEN 'm' END AS unit,
            ({statuses})[status + 1] AS status FROM columns)
            TO '{out}' (FORMAT parquet, COMPRESSION zstd)"""
        ).fetchall()
        counts = (
            "count(job), count(metric), count(data), count(category), count(index_ns), "
            'count("index"), count(index_text), count("time"), count(value), count(value_ns), '
            "count(text), count(unit), count(status)"
        )
        connection.execute(f"SELECT count(*), {counts} FROM '{out}'").fetchall()
        return time.perf_counter() - before


def _columns(path: Path) -> tuple[dict[str, NDArray[np.generic]], tuple[list[str], list[str]]]:
    """Values and statuses of the metrics in the order of the export, as whole columns."""
    parts: dict[str, list[NDArray[np.generic]]] = {
        name: [] for name in ("metric", "data", "index_ns", "value", "has_value", "status")
    }
    names: tuple[list[str], list[str]] = ([], [])
    with open_document(path) as document:
        for number, metric in enumerate(document.metrics[:METRICS]):
            values = metric.values
            assert isinstance(values, DoubleOverTimeValues)
            names[0].append(metric.name)
            pairs = list(zip(values.doubles_data, values.statuses_data, strict=True))
            for member in (0, 1):
                for pair in pairs:
                    data = document.data_by_id(pair[member])
                    status_data = document.data_by_id(pair[1])
                    assert data is not None
                    assert status_data is not None
                    index = document.index_of(data)
                    assert index is not None
                    times, status = document.series(index).times, document.series(status_data)
                    n = len(times)
                    parts["metric"].append(np.full(n, number, np.int32))
                    parts["data"].append(np.full(n, len(names[1]), np.int32))
                    parts["index_ns"].append(times)
                    is_value = member == 0
                    parts["value"].append(
                        document.series(data).doubles if is_value else np.zeros(n)
                    )
                    parts["has_value"].append(np.full(n, is_value))
                    parts["status"].append(status.statuses)
                    names[1].append(data.name)
    columns = {name: np.concatenate(arrays) for name, arrays in parts.items()}
    columns["time"] = columns["index_ns"].view("M8[ns]")
    return columns, names


def main() -> None:
    """Run `bare FILE`, or `FORMAT FILE [QUERY]`."""
    action, path = sys.argv[1], Path(sys.argv[2])
    with tempfile.TemporaryDirectory() as folder:
        if action == "bare":
            seconds = bare(path, Path(folder, "bare.parquet"))
        else:
            query = sys.argv[3] if len(sys.argv) > 3 else QUERY
            seconds = ours(path, Path(folder, f"ours.{action}"), query)
    print(json.dumps({"seconds": seconds, "peak": peak_memory()}))


if __name__ == "__main__":
    main()
