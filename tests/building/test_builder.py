"""The builder sets the fields it is given, with the same bytes at every call."""

from __future__ import annotations

from pathlib import Path

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.document import open_document
from resim_inspect.document.enums import DataType, Importance, MetricStatus, MetricType
from resim_inspect.document.model import (
    BarChartValues,
    BatchwiseBarChartValues,
    Bucket,
    DoubleOverTimeValues,
    DoubleSummaryValues,
    FailureDefinition,
    HistogramValues,
    ImageListValues,
    ImageValues,
    LinePlotValues,
    PlotlyValues,
    ScalarValues,
    StatesOverTimeValues,
    Tag,
    TextValues,
)


def everything() -> DocumentBuilder:
    b = DocumentBuilder("everything")
    clock = b.times("clock", [0.0, 0.5, 1_000_000_000])
    speed = b.doubles("speed", [1.0, 2.0, 3.0], unit="m/s", index=clock)
    ok = b.statuses("ok", ["PASSED", "FAIL_WARN", "FAIL_BLOCK"], index=clock)
    b.double_summary("summary", speed, ok, time=0.5, fails_above=2.5, order=1)
    b.double_over_time(
        "over time", [(speed, ok)], limits=[(2.5, None)], start=0.0, end=1.0, y_axis="v"
    )
    b.line_plot("line", [(speed, speed, ok)], x_axis="x", y_axis="y", legend=["track"])
    places = b.strings("places", ["left", "right"])
    counts = b.doubles("counts", [1.0, -2.0], index=places)
    b.bar_chart("bars", [(counts, b.statuses("counts ok", counts))], stack=True)
    states = b.strings("states", ["A", "B", "A"], index=clock)
    b.states_over_time("states", [(states, ok)], states=["A", "B"], failures=["B"])
    b.histogram("histogram", speed, ok, buckets=[(0, 2), (2, 4)], lower=0.0, upper=4.0)
    b.scalar("scalar", 4.0, unit="m", status="FAIL_WARN", fails_above=3.0, tags={"k": "v"})
    b.plotly("plotly", {"data": [{"y": [1, None, "a", True]}], "layout": {}})
    files = [b.file("one", "images/1.png"), b.file("two", "images/2.png")]
    b.image("image", files[0], importance="HIGH", should_display=False, blocking=True)
    b.image_list("images", files)
    days = b.times("days", [1.0, 2.0])
    per_day = b.doubles("per day", [3.0, 4.0], index=days)
    b.batchwise_bar_chart(
        "batches", {"left": (days, per_day, b.statuses("day ok", per_day))}, colors=["#ff0000"]
    )
    b.text("text", "# Hello", description="a text")
    shot = b.scalar("shot", 1.0, event=True)
    b.event("photo", 0.5, [shot], tags=["camera"], status="FAIL_WARN", description="click")
    return b


def test_all_twelve_types_come_back_as_values() -> None:
    document = everything().document()
    by_name = {metric.name: metric for metric in document.metrics}
    ids = {data.name: data.id for data in document.data}
    values = {name: metric.values for name, metric in by_name.items()}
    assert values["summary"] == DoubleSummaryValues(
        ids["speed"], ids["ok"], timestamp_index=500_000_000,
        failure_definition=FailureDefinition(2.5, None),
    )  # fmt: skip
    assert values["over time"] == DoubleOverTimeValues(
        (ids["speed"],), (ids["ok"],), (FailureDefinition(2.5, None),), 0, 1_000_000_000, "v"
    )
    assert values["line"] == LinePlotValues(
        (ids["speed"],), (ids["speed"],), (ids["ok"],), "x", "y", ("track",)
    )
    assert values["bars"] == BarChartValues((ids["counts"],), (ids["counts ok"],), stack_bars=True)
    assert values["states"] == StatesOverTimeValues(
        (ids["states"],), (ids["ok"],), ("A", "B"), ("B",)
    )
    assert values["histogram"] == HistogramValues(
        ids["speed"], ids["ok"], (Bucket(0, 2), Bucket(2, 4)), 0, 4
    )
    assert values["scalar"] == ScalarValues(4.0, FailureDefinition(3.0, None), "m")
    assert values["image"] == ImageValues(ids["one"])
    assert values["images"] == ImageListValues((ids["one"], ids["two"]))
    batches = values["batches"]
    assert isinstance(batches, BatchwiseBarChartValues)
    assert (batches.categories, batches.colors) == (("left",), ("#ff0000",))
    assert values["text"] == TextValues("# Hello")
    plotly = values["plotly"]
    assert isinstance(plotly, PlotlyValues)
    assert plotly.load() == {"data": [{"y": [1.0, None, "a", True]}], "layout": {}}
    types = {metric.type for metric in document.metrics}
    assert types == {kind for kind in MetricType if kind.known} - {MetricType.UNSET}


def test_what_is_given_is_set_and_the_rest_is_not() -> None:
    document = everything().document()
    scalar = document.metric_named("scalar")
    image = document.metric_named("image")
    summary = document.metric_named("summary")
    assert scalar
    assert image
    assert summary
    assert (scalar.status, scalar.tags) == (MetricStatus.FAIL_WARN, (Tag("k", "v"),))
    assert (scalar.should_display, scalar.blocking, scalar.order) == (None, None, None)
    assert scalar.shown
    assert scalar.job_id == document.job_id
    assert (image.should_display, image.blocking, image.shown) == (False, True, False)
    assert image.importance is Importance.HIGH
    assert summary.order == 1
    assert document.status is MetricStatus.FAIL_WARN
    event = document.events[0]
    assert (event.timestamp, event.tags, event.description) == (500_000_000, ("camera",), "click")
    shot = document.metric_by_id(event.metrics[0])
    assert shot is not None
    assert shot.event_metric is True


def test_per_category_data_and_indexes() -> None:
    b = DocumentBuilder()
    times = b.times("t", {"a": [0.0], "b": [0.0, 1.0]})
    values = b.doubles("v", {"a": [1.0], "b": [2.0, 3.0]}, index=times)
    b.statuses("s", values)
    document = b.document()
    data = document.data[1]
    assert data.category_names == ("a", "b")
    assert data.type is DataType.INDEXED_DOUBLE
    assert document.index_of(data) == document.data[0]
    assert document.data[2].type is DataType.INDEXED_STATUS
    assert document.length(document.data[2], "b") == 2
    assert document.series(data, "b").doubles.tolist() == [2.0, 3.0]


def test_equal_calls_give_equal_bytes(tmp_path: Path) -> None:
    assert everything().bytes() == everything().bytes()
    path = everything().write(tmp_path / "new" / "metrics.binproto")
    assert open_document(path).job_id == everything().document().job_id
    assert DocumentBuilder("other").document().job_id != DocumentBuilder().document().job_id
