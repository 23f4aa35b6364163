"""Exported tables, read by pandas, DuckDB and polars and compared with the message of the file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.message import DecodeError

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.building.sample import write_sample
from resim_inspect.export import FORMATS as WRITERS
from resim_inspect.export import TABLES, ExportOptions, JobFile, export_tables
from resim_inspect.export.tables import Table
from resim_inspect.schema import metrics_pb2 as pb
from tests.export.documents import STATUSES, every_kind, series_rows
from tests.export.readers import READERS, Rows, same

FORMATS = tuple(WRITERS)


def exported(path: Path, out: Path, format_: str, *, job: str = "job") -> dict[str, Path]:
    """Export all tables of a file without guards; the paths by table."""
    if format_ == "parquet":
        pytest.importorskip("duckdb")
    options = ExportOptions(format_, guard=False)
    result = export_tables([JobFile(job, path)], out, options)
    assert not result.omissions.error_count
    return {file.table: file.path for file in result.files}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return every_kind().write(tmp_path_factory.mktemp("hostile") / "metrics.binproto")


@pytest.fixture(scope="module")
def files(hostile: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Path]]:
    """The exported tables of the hostile document, by format."""
    return {
        format_: exported(hostile, tmp_path_factory.mktemp(format_) / "out", format_)
        for format_ in FORMATS
    }


def message_of(path: Path) -> pb.JobMetrics:
    return pb.JobMetrics.FromString(path.read_bytes())


def check(path: Path, table: Table, reader: str, expected: Rows) -> None:
    found = READERS[reader](path, table)
    # None of these documents was evaluated from emissions.
    expected = [{**row, "approximate": False} for row in expected]
    same(found, expected, empty_is_missing=reader == "pandas" and path.suffix == ".csv")


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("format_", FORMATS)
def test_series_are_those_of_the_file(
    files: dict[str, dict[str, Path]], hostile: Path, format_: str, reader: str
) -> None:
    expected = list(series_rows(message_of(hostile), "job"))
    assert len(expected) > 200
    check(files[format_]["series"], TABLES["series"], reader, expected)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("format_", FORMATS)
def test_events_are_those_of_the_file(
    files: dict[str, dict[str, Path]], hostile: Path, format_: str, reader: str
) -> None:
    message = message_of(hostile)
    names = {metric.metric_id.id.data: metric.name for metric in message.job_level_metrics.metrics}
    expected: Rows = []
    for position, event in enumerate(message.events):
        ns = event.timestamp.seconds * 10**9 + event.timestamp.nanos
        absolute = event.timestamp_type == pb.ABSOLUTE_TIMESTAMP
        metrics = [names[one.id.data] for one in event.metrics]
        expected.append(
            {
                "job": "job",
                "position": position,
                "id": event.event_id.id.data,
                "event": event.name,
                "time_ns": ns,
                "time_type": "ABSOLUTE" if absolute else "RELATIVE",
                "time": ns if absolute else None,
                "status": STATUSES[event.status],
                "importance": "MEDIUM",
                "description": event.description,
                "tags": json.dumps(list(event.tags)) if event.tags else None,
                "metrics": json.dumps(metrics) if metrics else None,
            }
        )
    check(files[format_]["events"], TABLES["events"], reader, expected)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("format_", FORMATS)
def test_metrics_are_those_of_the_file(
    files: dict[str, dict[str, Path]], hostile: Path, format_: str, reader: str
) -> None:
    message = message_of(hostile)
    found = READERS[reader](files[format_]["metrics"], TABLES["metrics"])
    assert len(found) == len(message.job_level_metrics.metrics)
    for row, metric in zip(found, message.job_level_metrics.metrics, strict=True):
        assert (row["metric"] or "") == metric.name
        assert row["id"] == metric.metric_id.id.data
        assert row["status"] == STATUSES[metric.status]
        scalar = metric.metric_values.scalar_metric_values
        if metric.metric_values.HasField("scalar_metric_values"):
            assert row["value"].hex() == scalar.value.hex()
            assert (row["unit"] or "") == scalar.unit
        else:
            assert row["value"] is None
    by_name = {row["metric"]: row for row in found}
    assert by_name["Max speed"]["fails_above"] == 40.0
    assert by_name["Max speed"]["fails_below"] is None
    assert json.loads(by_name["Max speed"]["tags"]) == {"team": "=planner"}
    assert by_name["Speed"]["unit"] == "m/s"
    assert json.loads(by_name["Speed"]["limits"]) == [
        {"data": "speed", "fails_above": 30.0, "fails_below": None}
    ]
    assert by_name["Report"]["text"] == "# Title\n=1+1"


@pytest.mark.parametrize("format_", FORMATS)
def test_real_files_are_exported_whole(sample_data: Path, format_: str, tmp_path: Path) -> None:
    found = sorted(sample_data.rglob("*.binproto"))
    assert found
    for number, path in enumerate(found):
        try:
            message = message_of(path)
        except DecodeError:
            # A figure that is nested too deeply.
            continue
        paths = exported(path, tmp_path / str(number), format_)
        check(paths["series"], TABLES["series"], "polars", list(series_rows(message, "job")))
        metrics = READERS["polars"](paths["metrics"], TABLES["metrics"])
        names = [metric.name for metric in message.job_level_metrics.metrics]
        assert [row["metric"] for row in metrics] == names


def test_the_sample_is_exported_whole(tmp_path: Path) -> None:
    path = write_sample(tmp_path)
    paths = exported(path, tmp_path / "out", "csv")
    expected = list(series_rows(message_of(path), "job"))
    check(paths["series"], TABLES["series"], "polars", expected)


def test_parquet_has_types_units_and_times_of_utc(files: dict[str, dict[str, Path]]) -> None:
    pq = pytest.importorskip("pyarrow.parquet")
    schema: Any = pq.read_schema(files["parquet"]["series"])
    types = {field.name: str(field.type) for field in schema}
    assert types["time"] == "timestamp[ns, tz=UTC]"
    assert types["index_ns"] == types["value_ns"] == "int64"
    assert types["value"] == types["index"] == "double"
    units = json.loads(schema.metadata[b"resim.units"])
    assert units == {"by category": "°", "grid": "m", "speed": "m/s"}


def small_documents() -> dict[str, DocumentBuilder]:
    """Documents at the edge: hardly anything in them."""
    only_events = DocumentBuilder("events", status="PASSED")
    only_events.event("Start", 0.0)
    only_data = DocumentBuilder("data", status="PASSED")
    only_data.doubles("lonely", [1.0])
    empty_series = DocumentBuilder("empty")
    clock = empty_series.times("clock", [])
    value = empty_series.doubles("value", [], index=clock)
    empty_series.double_over_time("Nothing", [(value, empty_series.statuses("ok", value))])
    one_category = DocumentBuilder("category")
    values = one_category.doubles("values", {"only": [1.0, 2.0]})
    one_category.histogram(
        "One category",
        values,
        one_category.statuses("values ok", values),
        buckets=[(0, 5)],
        lower=0,
        upper=5,
    )
    return {
        "events without metrics": only_events,
        "data without metrics": only_data,
        "empty series": empty_series,
        "one category": one_category,
    }


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("name", small_documents())
def test_documents_with_hardly_anything(name: str, format_: str, tmp_path: Path) -> None:
    path = small_documents()[name].write(tmp_path / "metrics.binproto")
    paths = exported(path, tmp_path / "out", format_)
    message = message_of(path)
    expected = {
        "series": len(list(series_rows(message, "job"))),
        "metrics": len(message.job_level_metrics.metrics),
        "events": len(message.events),
        "jobs": 1,
    }
    for reader in READERS:
        for table, rows in expected.items():
            if rows or format_ != "ndjson":
                assert len(READERS[reader](paths[table], TABLES[table])) == rows
            else:
                # Libraries refuse a file without a line.
                assert not paths[table].read_bytes()


@pytest.mark.slow
def test_more_metrics_than_a_spreadsheet_has_columns_are_exported(tmp_path: Path) -> None:
    build = DocumentBuilder("many")
    for number in range(20_000):
        build.scalar(f"metric {number}", number / 7, unit="m")
    path = build.write(tmp_path / "metrics.binproto")
    paths = exported(path, tmp_path / "out", "csv")
    found = READERS["polars"](paths["metrics"], TABLES["metrics"])
    assert [row["value"] for row in found] == [number / 7 for number in range(20_000)]
    wide = tmp_path / "wide.csv"
    result = export_tables([JobFile("job", path)], wide, ExportOptions("csv", wide=True))
    assert result.files[0].columns == 20_004
    assert "spreadsheet" in result.omissions.notes[0]
