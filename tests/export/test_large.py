"""Round trips of large series, bit for bit: ten million rows in a soak."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.files import STATES, Writer
from resim_inspect.document import open_document
from resim_inspect.document.enums import MetricStatus, SeriesKind
from resim_inspect.export import FORMATS, ExportOptions, JobFile, export_tables
from tests.soak import FACTOR

SAMPLES = 25_000 if FACTOR == 1 else 200_000 * FACTOR
"""Samples of each of five series: more rows together than one block of an export."""


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    writer = Writer("large")
    clock = writer.times("clock", SAMPLES)
    value = writer.doubles("value", SAMPLES, clock)
    ok = writer.statuses("ok", SAMPLES, clock)
    states = writer.states("states", SAMPLES, clock)
    states_ok = writer.statuses("states ok", SAMPLES, clock)
    writer.builder.double_over_time("Value", [(value, ok)])
    writer.builder.states_over_time("States", [(states, states_ok)], states=STATES)
    path = tmp_path_factory.mktemp("large") / "metrics.binproto"
    with path.open("wb") as file:
        for piece in writer.pieces():
            file.write(piece)
    return path


def scanned(path: Path) -> Any:
    """The columns that are compared, as polars reads them."""
    pl = pytest.importorskip("polars")
    types = {
        "data": pl.String, "index_ns": pl.Int64, "value": pl.Float64, "value_ns": pl.Int64,
        "text": pl.String, "status": pl.String,
    }  # fmt: skip
    if path.suffix == ".parquet":
        frame = pl.scan_parquet(path)
    elif path.suffix == ".csv":
        frame = pl.scan_csv(path, schema_overrides=types)
    else:
        assert path.suffix == ".ndjson", f"this test reads no {path.suffix}"
        frame = pl.scan_ndjson(path, schema=types)
    return frame.select(list(types))


@pytest.mark.soak
@pytest.mark.slow
# A file of JSON is one object, which its readers hold as a whole.
@pytest.mark.parametrize("format_", sorted(FORMATS.keys() - {"json"}))
def test_large_series_come_back_bit_for_bit(large: Path, format_: str, tmp_path: Path) -> None:
    pl = pytest.importorskip("polars")
    if format_ == "parquet":
        pytest.importorskip("duckdb")
    out = tmp_path / f"series.{format_}"
    result = export_tables([JobFile("job", large)], out, ExportOptions(format_, ("series",)))
    assert [file.rows for file in result.files] == [5 * SAMPLES]
    rows = scanned(out)
    with open_document(large) as document:
        for data in document.data:
            found = rows.filter(pl.col("data") == data.name).collect()
            series = document.series(data)
            index = document.index_of(data)
            if index is not None:
                times = document.series(index).times
                np.testing.assert_array_equal(found["index_ns"].to_numpy(), times)
            if series.kind is SeriesKind.DOUBLES:
                bits = found["value"].to_numpy().view(np.int64)
                np.testing.assert_array_equal(bits, series.doubles.view(np.int64))
            elif series.kind is SeriesKind.TIMESTAMPS:
                np.testing.assert_array_equal(found["value_ns"].to_numpy(), series.times)
            elif series.kind is SeriesKind.STRINGS:
                _same_texts(found["text"], series.uniques, series.codes)
            else:
                names = [MetricStatus(number).name for number in range(6)]
                _same_texts(found["status"], names, series.statuses)


def _same_texts(column: Any, texts: Sequence[str], codes: np.ndarray[Any, Any]) -> None:
    assert (column.to_numpy() == np.array(texts, object)[codes]).all()
