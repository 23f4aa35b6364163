"""Headlines of metrics and statistics of series, against values computed by hand."""

from __future__ import annotations

import math
import sys
from typing import Any

import numpy as np
import pytest

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.document import parse_document
from resim_inspect.document.enums import MetricStatus, SeriesKind
from resim_inspect.document.model import Series
from resim_inspect.document.summary import HEADLINE_LIMIT, Statistics, headline, statistics
from resim_inspect.schema import metrics_pb2 as pb


def first_headline(build: DocumentBuilder) -> str:
    document = build.document()
    return headline(document, document.metrics[0])


def doubles(*values: float) -> Statistics:
    return statistics(Series(SeriesKind.DOUBLES, np.array(values, dtype=np.float64)))


def test_doubles_count_what_is_not_finite_apart() -> None:
    found = doubles(1.0, math.nan, 3.0, math.inf, -math.inf, 8.0)
    assert found == Statistics(6, 3, 1, 2, 1.0, 4.0, 8.0)


def test_doubles_without_a_finite_value_have_no_figures() -> None:
    assert doubles(math.nan, math.inf) == Statistics(2, nan=1, infinite=1)
    assert doubles() == Statistics(0)


def test_the_mean_of_huge_values_is_finite() -> None:
    assert doubles(1.7e308, 1.7e308, 1.7e308).mean == pytest.approx(1.7e308)
    assert doubles(1.7e308, -1.7e308).mean == 0


@pytest.mark.filterwarnings("error")
def test_the_mean_of_the_largest_values_is_among_them() -> None:
    most = sys.float_info.max
    assert doubles(*[most] * 49).mean == most
    assert doubles(*[-most] * 49).mean == -most
    assert math.isfinite(doubles(*[most] * 20, *[-most] * 20).mean or 0.0)


def test_statuses_are_counted_worst_first() -> None:
    series = Series(SeriesKind.STATUSES, np.array([1, 5, 1, 2, 77, 1], dtype=np.int32))
    found = [(int(status), count) for status, count in statistics(series).statuses]
    assert found == [(5, 1), (2, 1), (1, 3), (77, 1)]


def test_strings_are_counted_most_frequent_first() -> None:
    codes = np.array([0, 1, 1, 2, 1], dtype=np.int32)
    series = Series(SeriesKind.STRINGS, codes, ("a", "b", "c"))
    assert statistics(series).strings == (("b", 3), ("a", 1), ("c", 1))


def test_uuids_are_counted_as_text() -> None:
    series = Series(SeriesKind.UUIDS, np.array([b"y", b"x", b"y"], dtype="S1"))
    assert statistics(series).strings == (("y", 2), ("x", 1))


def test_times_have_a_span() -> None:
    series = Series(SeriesKind.TIMESTAMPS, np.array([7, -3, 5], dtype=np.int64))
    assert statistics(series) == Statistics(3, earliest=-3, latest=7)


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [(44.7, "m/s", "44.7 m/s"), (87.5, "%", "87.5%"), (3.0, None, "3"), (None, "m", "no value")],
)
def test_a_scalar(value: float | None, unit: str | None, shown: str) -> None:
    build = DocumentBuilder()
    build.scalar("m", value, unit=unit)
    assert first_headline(build) == shown


def summary(**index: Any) -> str:
    build = DocumentBuilder()
    clock = build.times("t", [0.0, 0.5, 1.0])
    names = build.strings("s", ["a", "b", "c"])
    ids = build.uuids("u", [f"00000000-0000-0000-0000-00000000000{n}" for n in range(3)])
    by = clock if "time" in index else names if "string" in index else None
    by = ids if "uuid_" in index else by
    value = build.doubles("v", [10.0, 20.0, 30.0], unit="m", index=by)
    build.double_summary("m", value, build.statuses("st", value), **index)
    return first_headline(build)


def test_a_double_summary_by_every_kind_of_index() -> None:
    assert summary() == "10 m"
    assert summary(index=2) == "30 m"
    assert summary(time=0.5) == "20 m"
    assert summary(string="c") == "30 m"
    assert summary(uuid_="00000000-0000-0000-0000-000000000001") == "20 m"
    assert summary(index=3) == "no value at its index"
    assert summary(string="z") == "no value at its index"


def test_a_double_summary_of_a_long_series() -> None:
    build = DocumentBuilder()
    value = build.doubles("v", [float(n) for n in range(5000)])
    build.double_summary("m", value, build.statuses("st", value), index=4321)
    document = build.document()
    assert document.deferred
    assert headline(document, document.metrics[0]) == "4,321"


def test_a_double_summary_by_category() -> None:
    build = DocumentBuilder()
    value = build.doubles("v", {"on": [4.0], "off": [3.0]})
    build.double_summary("m", value, build.statuses("st", value))
    assert first_headline(build) == "on 4, off 3"


@pytest.mark.parametrize("own_index", [True, False], ids=["index per category", "one index"])
def test_a_double_summary_by_category_at_an_index(own_index: bool) -> None:
    build = DocumentBuilder()
    names = ["start", "end"]
    index = build.strings("s", {"on": names[::-1], "off": names} if own_index else names)
    value = build.doubles("v", {"on": [4.0, 5.0], "off": [3.0, 6.0]}, index=index)
    statuses = build.statuses("st", value)
    build.double_summary("end", value, statuses, string="end")
    build.double_summary("none", value, statuses, string="middle")
    document = build.document()
    assert [headline(document, metric) for metric in document.metrics] == [
        "on 4, off 6" if own_index else "on 5, off 6",
        "on no value, off no value",
    ]


def test_shapes_of_series() -> None:
    build = DocumentBuilder()
    clock = build.times("t", [0.0, 1.0])
    a, b = (build.doubles(name, [1.0, 2.0], index=clock) for name in "ab")
    longer = build.doubles("c", [1.0] * 1500)
    ok = build.statuses("ok", a)
    names = build.strings("names", ["p", "q"])
    bars = build.doubles("bars", [1.0, 2.0], index=names)
    build.double_over_time("1", [(a, ok), (b, ok)])
    build.double_over_time("2", [(a, ok), (longer, ok)])
    build.line_plot("3", [(a, b, ok)])
    build.bar_chart("4", [(bars, ok)])
    build.bar_chart("5", [(bars, ok), (bars, ok)])
    build.batchwise_bar_chart("6", {"x": (clock, a, ok)}, colors=["#ffffff"])
    build.histogram("7", longer, ok, buckets=[(0, 1), (1, 2)])
    states = build.strings("states", {"l": ["A"], "r": ["B"]})
    build.states_over_time("8", [(states, ok)], states=["A", "B"], failures=["B"])
    build.double_over_time("9", [])
    document = build.document()
    assert [headline(document, metric) for metric in document.metrics] == [
        "2 series × 2",
        "2 series, up to 1,500",
        "1 line × 2",
        "2 bars",
        "2 series × 2 bars",
        "2 batches",
        "1,500 values in 2 buckets",
        "2 states, 1 failure state",
        "0 series",
    ]


def test_figures_images_and_texts() -> None:
    build = DocumentBuilder()
    image = build.file("pic", "images/a.png")
    build.plotly("1", {"data": [{"type": "bar"}, {"y": [1]}, {"type": "bar"}], "layout": {}})
    build.plotly("2", {"layout": {}})
    build.image("3", image)
    build.image_list("4", [image, image])
    build.text("5", "\n\n## A *title*\nmore")
    build.text("6", "")
    document = build.document()
    assert [headline(document, metric) for metric in document.metrics] == [
        "3 traces: bar, scatter",
        "a figure without data",
        "images/a.png",
        "2 images",
        "A *title*",
        "empty",
    ]


def test_what_is_missing_is_said_and_nothing_hostile_gets_through() -> None:
    message = pb.JobMetrics()
    message.job_level_metrics.metrics.add(name="no values")
    lost = message.job_level_metrics.metrics.add(name="lost data")
    lost.metric_values.double_metric_values.value_data_id.id.data = "nowhere"
    fake = message.job_level_metrics.metrics.add(name="image of nothing")
    fake.metric_values.image_metric_values.image_data_id.id.data = "nowhere"
    hostile = message.job_level_metrics.metrics.add(name="hostile")
    hostile.metric_values.text_metric_values.text = "\x1b[31m" + "x" * 500
    document = parse_document(message.SerializeToString())
    shown = [headline(document, metric) for metric in document.metrics]
    assert shown[:3] == ["no value", "no value", "no image"]
    assert len(shown[3]) == HEADLINE_LIMIT
    assert shown[3].startswith("�[31m")


def test_reading_headlines_leaves_the_document_as_it_was() -> None:
    build = DocumentBuilder()
    build.plotly("1", {"data": [{}], "layout": {}})
    document = build.document()
    before = document.message.SerializeToString(deterministic=True)
    headline(document, document.metrics[0])
    assert document.message.SerializeToString(deterministic=True) == before


def test_statuses_are_an_open_enumeration() -> None:
    series = Series(SeriesKind.STATUSES, np.array([77], dtype=np.int32))
    assert statistics(series).statuses == ((MetricStatus(77), 1),)
