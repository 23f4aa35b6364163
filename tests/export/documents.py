"""Documents to export, and the rows that their protobuf messages say a table must have."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.schema import metrics_pb2 as pb

START = 1_700_000_000_000_000_001
HOSTILE = (
    "=1+2",
    "@SUM(A1)",
    "-2+3",
    "+1",
    "-5",
    "'=x",
    '"quoted", with, commas',
    "two\nlines",
    "carriage\rreturn",
    "\ttab first",
    " blanks ",
    "",
    "NaN",
    "NULL",
    "null",
    "\x1b[31mred\x1b[0m",
    "\u202eright to left",
    "<script>alert(1)</script>",
    "日本語 🚁",
    "'; DROP TABLE jobs; --",
    "{}",
    "%2F",
    "back\\slash",
)
STATUSES = {0: "UNSET", 1: "PASSED", 2: "FAIL_WARN", 3: "NOT_APPLICABLE", 4: "RAW", 5: "FAIL_BLOCK"}
DOUBLES = [0.1, -0.0, 5e-324, 1.7976931348623157e308, math.nan, math.inf, -math.inf, 1 / 3]


def every_kind() -> DocumentBuilder:
    """All kinds of series, indexes and statuses, with hostile names and extreme numbers."""
    build = DocumentBuilder("export")
    n = len(DOUBLES)
    clock = build.times("clock", [START + 7 * at for at in range(n)])
    ids = build.uuids("ids", [f"00000000-0000-0000-0000-00000000000{at}" for at in range(n)])
    names = build.strings("names", list(HOSTILE))
    grid = build.doubles("grid", [0.5 * at for at in range(n)], unit="m")
    marks = build.statuses("marks", ["PASSED", "FAIL_WARN", "UNSET"])
    speed = build.doubles("speed", DOUBLES, unit="m/s", index=clock)
    speed_ok = build.statuses("speed ok", ["PASSED", "FAIL_BLOCK"] * (n // 2), index=clock)
    late = build.statuses("speed late", ["FAIL_WARN"] * (n - 3), index=clock)
    states = build.strings("=states", ["on", "", "@off", "on"] * (n // 4), index=clock)
    states_ok = build.statuses("states ok", [99, 1, 2, 3, 4, 5, 0, 1], index=clock)
    bars = build.doubles("bars", [float(at) for at in range(len(HOSTILE))], index=names)
    bars_ok = build.statuses("bars ok", bars)
    ends = build.times("ends", [START - at for at in range(n)], index=ids)
    build.doubles("by grid", DOUBLES, index=grid)
    build.doubles("by mark", [1.0, 2.0, 3.0], index=marks)
    build.doubles("longer than its index", [float(at) for at in range(n + 2)], index=clock)
    build.doubles("no values", [])
    build.times("far times", [253_402_300_799 * 10**9, -(10**10) * 10**9, 0, -1])
    categories = {"left": [1.0, 2.0], "=right": [3.0], "": []}
    by_category = build.doubles("by category", categories, unit="°")
    category_ok = build.statuses("category ok", by_category)
    image = build.file("picture", "picture.png")
    build.double_over_time("Speed", [(speed, speed_ok)], limits=[(30.0, None)])
    build.double_over_time("Speed again", [(speed, late)], limits=[(None, -1.0)])
    build.states_over_time("=HYPERLINK(1)", [(states, states_ok)], states=["on", "", "@off"])
    build.bar_chart('Bars, "and" more\n', [(bars, bars_ok)])
    build.batchwise_bar_chart("Batches", {"x": (ends, bars, bars_ok)}, colors=["#336699"])
    build.histogram("Categories", by_category, category_ok, buckets=[(0, 5)], lower=0, upper=5)
    build.image("Picture", image)
    scalar = build.scalar("Max speed", 44.7, unit="m/s", fails_above=40.0, status="FAIL_WARN")
    scalar.tags.add(key="team", value="=planner")
    build.scalar("Not a number", math.nan)
    build.text("Report", "# Title\n=1+1")
    build.event("-1+2", START, [scalar], absolute=True, tags=["a", "=b"])
    build.event("Later", 1.5)
    return build


def series_rows(message: pb.JobMetrics, job: str) -> Iterator[dict[str, Any]]:
    """The rows of the table of series, straight from the message, one value at a time."""
    data_by_id = {data.metrics_data_id.id.data: data for data in reversed(message.metrics_data)}
    referenced = set()
    for metric in message.job_level_metrics.metrics:
        pairs = _references(metric)
        for data_id, status_id in pairs.items():
            data = data_by_id.get(data_id)
            if data is not None:
                referenced.add(data_id)
                yield from _rows(data_by_id, job, metric.name, data, status_id)
    for data in message.metrics_data:
        if data.metrics_data_id.id.data not in referenced:
            yield from _rows(data_by_id, job, None, data, None)


def _references(metric: pb.Metric) -> dict[str, str | None]:
    """Ids of the data of a metric in the order of the schema, with their status data."""
    which = metric.metric_values.WhichOneof("metric_values")
    if which is None:
        return {}
    values = getattr(metric.metric_values, which)
    fields: dict[str, list[str]] = {}
    for field, value in values.ListFields():
        if field.message_type is not None and field.message_type.name == "MetricsDataId":
            many = [value] if isinstance(value, pb.MetricsDataId) else list(value)
            fields[field.name] = [data.id.data for data in many]
    statuses = [ids for name, ids in fields.items() if name.startswith("status")]
    valued = [ids for name, ids in fields.items() if name in VALUED]
    partner = dict(zip(valued[0], statuses[0], strict=True)) if valued and statuses else {}
    return {id_: partner.get(id_) for ids in fields.values() for id_ in ids}


VALUED = (
    "value_data_id", "doubles_over_time_data_id", "y_doubles_data_id", "values_data_id",
    "states_over_time_data_id",
)  # fmt: skip


def _series(data: pb.MetricsData, category: str | None) -> Any:
    series = (
        data.series_per_category.category_to_series[category]
        if category is not None
        else data.series
    )
    which = series.WhichOneof("series")
    return which, list(getattr(series, which).series)


def _rows(
    data_by_id: dict[str, pb.MetricsData],
    job: str,
    metric: str | None,
    data: pb.MetricsData,
    status_id: str | None,
) -> Iterator[dict[str, Any]]:
    if data.WhichOneof("data") == "external_file":
        return
    for category in data.category_names if data.is_per_category else [None]:
        kind, values = _series(data, category)
        index: list[Any] | None = None
        index_kind = ""
        if data.is_indexed:
            partner = data_by_id[data.index_data_id.id.data]
            index_kind, index = _series(partner, category if partner.is_per_category else None)
        statuses = None
        if status_id:
            status_data = data_by_id[status_id]
            _, statuses = _series(status_data, category if status_data.is_per_category else None)
        for at, value in enumerate(values):
            row: dict[str, Any] = dict.fromkeys(COLUMNS)
            row |= {"job": job, "metric": metric, "data": data.name, "category": category}
            row["unit"] = data.unit or None
            if index is None:
                row["index"] = float(at)
            elif at < len(index):
                column = {"timestamps": "index_ns", "doubles": "index"}.get(
                    index_kind, "index_text"
                )
                row[column] = plain(index_kind, index[at])
            column = {
                "doubles": "value", "timestamps": "value_ns", "statuses": "status",
            }.get(kind, "text")  # fmt: skip
            row[column] = plain(kind, value)
            if statuses is not None:
                row["status"] = plain("statuses", statuses[at]) if at < len(statuses) else None
            row["time"] = row["index_ns"] if row["index_ns"] is not None else row["value_ns"]
            if index is not None and index_kind == "timestamps" and row["index_ns"] is None:
                row["time"] = None
            if row["time"] is not None and abs(row["time"]) >= LAST_NS:
                row["time"] = None
            yield row


LAST_NS = 2**63 - 1
COLUMNS = (
    "job", "metric", "data", "category", "index_ns", "index", "index_text", "time", "value",
    "value_ns", "text", "unit", "status",
)  # fmt: skip


def plain(kind: str, value: Any) -> Any:
    """One element of a series as a number or a text."""
    if kind == "timestamps":
        # A time beyond 64 bits is the bound.
        return min(max(value.seconds * 10**9 + value.nanos, -LAST_NS - 1), LAST_NS)
    if kind == "statuses":
        return STATUSES.get(value, f"UNKNOWN_{value}")
    return value.data if kind == "uuids" else value
