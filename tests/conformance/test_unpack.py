"""Every file that the official writer makes reads equal to the official `unpack_metrics`."""

from __future__ import annotations

import os
import random
import uuid
from typing import Any

import numpy as np
import pytest

from resim_inspect.document import Document, model, parse_document
from resim_inspect.document.enums import SeriesKind

if os.environ.get("RESIM_REQUIRE_OPEN_CORE") != "1":
    pytest.importorskip("resim.metrics.python.metrics_writer", reason="no resim-open-core here")

import resim.metrics.python.metrics as om
import resim.metrics.python.metrics_utils as ou
from resim.metrics.python.metrics_writer import ResimMetricsWriter
from resim.metrics.python.unpack_metrics import unpack_metrics

STATUSES = [status for status in ou.MetricStatus if status.value]
IMPORTANCES = [one for one in ou.MetricImportance if one.value]


class Maker:
    """Random metrics of all twelve types through the official writer."""

    def __init__(self, seed: int, count: int) -> None:
        self.rng = random.Random(seed)
        self.count = count
        self.made = 0
        self.writer = ResimMetricsWriter(self.uuid())

    def uuid(self) -> uuid.UUID:
        return uuid.UUID(int=self.rng.getrandbits(128), version=4)

    def name(self) -> str:
        self.made += 1
        return f"{self.rng.choice(['speed', 'größe', '速度', ''])} {self.made}"

    def time(self) -> Any:
        return ou.Timestamp(self.rng.choice([0, 7, 1_760_000_000]), self.rng.randrange(10**9))

    def data(self, value: Any, index: Any = None) -> Any:
        series = np.empty(self.count, dtype=object)
        for place in range(self.count):
            series[place] = value()
        data = om.SeriesMetricsData(self.name(), series, self.rng.choice(["m", ""]))
        return data if index is None else data.with_index_data(index)

    def grouped(self, value: Any, index: Any = None) -> Any:
        categories = {}
        for key in ("left", "rechts ü"):
            categories[key] = np.empty(self.count, dtype=object)
            for place in range(self.count):
                categories[key][place] = value()
        data = om.GroupedMetricsData(self.name(), categories, "m")
        return data if index is None else data.with_index_data(index)

    def double(self) -> float:
        return self.rng.choice([0.0, 1.5, -3e8, float("nan"), float("inf"), self.rng.random()])

    def status(self) -> Any:
        return self.rng.choice(STATUSES)

    def state(self) -> str:
        return self.rng.choice(["GO", "STOP", "warten …"])

    def failure(self) -> Any:
        limit = [None, 0.0, 2.5]
        return ou.DoubleFailureDefinition(self.rng.choice(limit), self.rng.choice(limit))

    def common(self, metric: Any) -> Any:
        metric.with_description(self.name()).with_status(self.status())
        metric.with_importance(self.rng.choice(IMPORTANCES))
        metric.with_should_display(self.rng.random() < 0.5)
        metric.with_blocking(self.rng.random() < 0.5)
        if self.rng.random() < 0.3:
            metric.with_tag("key", self.name())
        return metric

    def metrics(self) -> None:
        add = self.writer
        times = self.data(self.time)
        doubles = self.data(self.double, times)
        statuses = self.data(self.status, times)
        summary = self.common(add.add_double_summary_metric(self.name()))
        summary.with_value_data(doubles).with_status_data(statuses)
        summary.with_index(times.series[0]).with_failure_definition(self.failure())
        over_time = self.common(add.add_double_over_time_metric(self.name()))
        over_time.append_doubles_over_time_data(doubles, "legend")
        over_time.append_statuses_over_time_data(statuses)
        over_time.with_failure_definitions([self.failure()]).with_y_axis_name("y")
        over_time.with_start_time(self.time()).with_end_time(self.time())
        line = self.common(add.add_line_plot_metric(self.name()))
        line.append_series_data(doubles, doubles, "legend").append_statuses_data(statuses)
        line.with_x_axis_name("x").with_y_axis_name("y")
        strings = self.data(self.state)
        counts = self.data(self.double, strings)
        bars = self.common(add.add_bar_chart_metric(self.name()))
        bars.append_values_data(counts, "legend")
        bars.append_statuses_data(self.data(self.status, strings))
        bars.with_x_axis_name("x").with_y_axis_name("y").with_stack_bars(True)
        states = self.common(add.add_states_over_time_metric(self.name()))
        states.append_states_over_time_data(self.data(self.state, times), "legend")
        states.append_statuses_over_time_data(statuses)
        states.with_states_set({"GO", "STOP", "warten …"}).with_failure_states({"STOP"})
        histogram = self.common(add.add_histogram_metric(self.name()))
        histogram.with_values_data(doubles).with_statuses_data(statuses)
        histogram.with_buckets([ou.HistogramBucket(0.0, 1.0), ou.HistogramBucket(1.0, 2.5)])
        histogram.with_lower_bound(0.0).with_upper_bound(2.5).with_x_axis_name("x")
        scalar = self.common(add.add_scalar_metric(self.name())).with_value(1.25).with_unit("kg")
        scalar.with_failure_definition(self.failure())
        self.common(add.add_plotly_metric(self.name())).with_plotly_data(
            '{"data": [{"y": [1, 2.5, null, true, "a"]}], "layout": {"title": {"text": "t"}}}'
        )
        files = [om.ExternalFileMetricsData(self.name(), f"images/{n}.png") for n in range(2)]
        self.common(add.add_image_metric(self.name())).with_image_data(files[0])
        self.common(add.add_image_list_metric(self.name())).with_image_list_data(files)
        self.common(add.add_text_metric(self.name())).with_text("# Text")
        batches = self.common(add.add_batchwise_bar_chart_metric(self.name()))
        batches.append_category_data("fast", times, doubles, statuses).with_colors(
            ["#aabbcc"]
        ).with_project_id(self.uuid())
        batches.with_x_axis_name("x").with_y_axis_name("y").with_stack_bars(False)
        # Data that no metric uses, of every remaining kind.
        ids = self.data(self.uuid)
        add.add_metrics_data(self.data(self.double, ids))
        group = self.grouped(self.time)
        for value in (self.double, self.state, self.status, self.uuid):
            add.add_metrics_data(self.grouped(value, group))
        shot = self.common(add.add_scalar_metric(self.name())).with_value(1.0).is_event_metric()
        event = add.add_event(self.name()).with_description("d").with_tags(["a", "b"])
        event.with_status(self.status()).with_importance(self.rng.choice(IMPORTANCES))
        event.with_absolute_timestamp(self.time()).with_metrics([shot])


def _value(value: Any) -> Any:
    if isinstance(value, ou.Timestamp):
        return value.to_nanos()
    if isinstance(value, uuid.UUID):
        return str(value)
    return value.value if isinstance(value, ou.MetricStatus) else value


def _same_series(document: Document, data: model.MetricsData, theirs: Any, category: Any) -> None:
    ours = document.series(data, category)
    assert len(ours) == document.length(data, category) == len(theirs)
    if ours.kind is SeriesKind.DOUBLES:
        np.testing.assert_array_equal(ours.doubles, theirs.astype(float))
    else:
        assert [ours.value(place) for place in range(len(ours))] == [_value(v) for v in theirs]


@pytest.mark.parametrize(
    ("seed", "count"), [(seed, 1 + seed % 3) for seed in range(24)] + [(0, 900), (1, 900)]
)
def test_our_reading_equals_theirs(seed: int, count: int) -> None:
    maker = Maker(seed, count)
    maker.metrics()
    message = maker.writer.write().metrics_msg
    theirs = unpack_metrics(
        metrics=message.job_level_metrics.metrics,
        metrics_data=message.metrics_data,
        events=message.events,
    )
    document = parse_document(message.SerializeToString(), threshold=64 if seed % 2 else 4096)
    assert bool(document.deferred) == (seed % 2 == 1 or count == 900)
    assert document.status.value == message.metrics_status
    _compare_data(document, theirs)
    _compare_metrics(document, theirs)
    for event, official in zip(document.events, theirs.events, strict=True):
        assert (event.id, event.name) == (str(official.id), official.name)
        assert (event.description, list(event.tags)) == (official.description, official.tags)
        assert (event.status.value, event.importance.value) == (
            official.status.value,
            official.importance.value,
        )
        assert event.timestamp == official.timestamp.to_nanos()
        assert event.timestamp_type.value == official.timestamp_type.value
        assert list(event.metrics) == [str(metric.id) for metric in official.metrics]


def _compare_data(document: Document, theirs: Any) -> None:
    assert len(document.data) == len(theirs.metrics_data)
    for official in theirs.metrics_data:
        data = document.data_by_id(str(official.id))
        assert data is not None
        assert data.name == official.name
        if isinstance(official, om.ExternalFileMetricsData):
            assert data.external_path == official.filename
            continue
        assert data.unit == official.unit
        index = document.index_of(data)
        assert (index.id if index else None) == (
            str(official.index_data.id) if official.index_data is not None else None
        )
        if isinstance(official, om.GroupedMetricsData):
            assert list(data.category_names) == list(official.category_to_series)
            for category, series in official.category_to_series.items():
                _same_series(document, data, series, category)
        else:
            _same_series(document, data, official.series, None)


def _failure(ours: model.FailureDefinition | None, theirs: Any) -> bool:
    return ours == model.FailureDefinition(theirs.fails_above, theirs.fails_below)


def _ids(theirs: Any) -> tuple[str, ...]:
    return tuple(str(one.id) for one in theirs)


def _compare_metrics(document: Document, theirs: Any) -> None:
    assert len(document.metrics) == len(theirs.metrics)
    for metric, official in zip(document.metrics, theirs.metrics, strict=True):
        assert (metric.id, metric.name) == (str(official.id), official.name)
        assert metric.description == official.description
        assert metric.status.value == official.status.value
        assert metric.importance.value == official.importance.value
        assert metric.should_display == official.should_display
        assert metric.blocking == official.blocking
        assert bool(metric.event_metric) == bool(official.event_metric)
        _compare_values(metric.values, official)


def _compare_values(values: model.MetricValues | None, official: Any) -> None:
    match values:
        case model.DoubleSummaryValues():
            assert values.value_data == str(official.value_data.id)
            assert values.status_data == str(official.status_data.id)
            assert values.timestamp_index == official.index.to_nanos()
            assert _failure(values.failure_definition, official.failure_definition)
        case model.DoubleOverTimeValues():
            assert values.doubles_data == _ids(official.doubles_over_time_data)
            assert values.statuses_data == _ids(official.statuses_over_time_data)
            assert values.start_time == official.start_time.to_nanos()
            assert values.end_time == official.end_time.to_nanos()
            assert values.y_axis_name == official.y_axis_name
            assert list(values.legend_series_names) == official.legend_series_names
            pairs = zip(values.failure_definitions, official.failure_definitions, strict=True)
            assert all(_failure(ours, theirs) for ours, theirs in pairs)
        case model.LinePlotValues():
            assert values.x_data == _ids(official.x_doubles_data)
            assert values.y_data == _ids(official.y_doubles_data)
            assert values.statuses_data == _ids(official.statuses_data)
            assert (values.x_axis_name, values.y_axis_name) == ("x", "y")
        case model.BarChartValues():
            assert values.values_data == _ids(official.values_data)
            assert values.statuses_data == _ids(official.statuses_data)
            assert values.stack_bars == official.stack_bars
        case model.BatchwiseBarChartValues():
            assert values.times_data == _ids(official.times_data)
            assert values.values_data == _ids(official.values_data)
            assert list(values.categories) == list(official.categories)
            assert list(values.colors) == list(official.colors)
            assert values.project_id == str(official.project_id)
        case model.StatesOverTimeValues():
            assert values.states_data == _ids(official.states_over_time_data)
            assert set(values.states_set) == set(official.states_set)
            assert set(values.failure_states) == set(official.failure_states)
        case model.HistogramValues():
            assert values.values_data == str(official.values_data.id)
            assert [(bucket.lower, bucket.upper) for bucket in values.buckets] == [
                (bucket.lower, bucket.upper) for bucket in official.buckets
            ]
            assert (values.lower_bound, values.upper_bound) == (
                official.lower_bound,
                official.upper_bound,
            )
        case model.ScalarValues():
            assert (values.value, values.unit or "") == (official.value, official.unit)
            unset = model.FailureDefinition()
            assert _failure(values.failure_definition or unset, official.failure_definition)
        case model.PlotlyValues():
            import json

            assert values.load() == json.loads(official.plotly_data)
        case model.ImageValues():
            assert values.image_data == str(official.image_data.id)
        case model.ImageListValues():
            assert values.image_data == _ids(official.image_list_data)
        case model.TextValues():
            assert values.text == official.text
        case _:
            pytest.fail(f"a metric without values: {official.name}")
