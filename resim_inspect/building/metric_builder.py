"""Builder of metrics: one method for each metric type."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypedDict, Unpack

from google.protobuf.struct_pb2 import Struct

from resim_inspect.building.data_builder import DataBuilder, DataRef, set_time, status_number
from resim_inspect.schema import metrics_pb2 as pb


class Common(TypedDict, total=False):
    """Fields of every metric; the defaults are PASSED, MEDIUM and otherwise unset."""

    status: str
    importance: str
    description: str
    should_display: bool
    blocking: bool
    order: float
    event: bool
    tags: Mapping[str, str]


class MetricBuilder(DataBuilder):
    """Collects metrics; their ids are derived from the seed and their names."""

    def __init__(self, seed: str) -> None:
        super().__init__(seed)
        self._names: dict[str, int] = {}

    def _metric(self, name: str, type_: str, common: Common) -> pb.Metric:
        metric = self._message.job_level_metrics.metrics.add(name=name)
        # Several event metrics may share a name.
        count = self._names[name] = self._names.get(name, 0) + 1
        metric.metric_id.id.data = self._id("metric", f"{name}#{count}" if count > 1 else name)
        metric.job_id.CopyFrom(self._message.job_id)
        metric.type = pb.MetricType.Value(f"{type_}_METRIC_TYPE")  # type: ignore[assignment]
        metric.status = status_number(common.get("status", "PASSED"))
        metric.importance = importance_number(common.get("importance", "MEDIUM"))
        metric.description = common.get("description", "")
        if "should_display" in common:
            metric.should_display = common["should_display"]
        if "blocking" in common:
            metric.blocking = common["blocking"]
        if "order" in common:
            metric.order = common["order"]
        if "event" in common:
            metric.event_metric = common["event"]
        for key, value in common.get("tags", {}).items():
            metric.tags.add(key=key, value=value)
        return metric

    def scalar(
        self,
        name: str,
        value: float | None,
        *,
        unit: str | None = None,
        fails_above: float | None = None,
        fails_below: float | None = None,
        **common: Unpack[Common],
    ) -> pb.Metric:
        """One number."""
        metric = self._metric(name, "SCALAR", common)
        values = metric.metric_values.scalar_metric_values
        values.SetInParent()
        if value is not None:
            values.value = value
        if unit is not None:
            values.unit = unit
        if fails_above is not None or fails_below is not None:
            _limits(values.failure_definition, fails_above, fails_below)
        return metric

    def double_summary(
        self,
        name: str,
        value: DataRef,
        statuses: DataRef,
        *,
        index: int | None = None,
        time: float | int | None = None,
        string: str | None = None,
        uuid_: str | None = None,
        fails_above: float | None = None,
        fails_below: float | None = None,
        **common: Unpack[Common],
    ) -> pb.Metric:
        """One value of a series: by position, time, string or UUID."""
        metric = self._metric(name, "DOUBLE_SUMMARY", common)
        values = metric.metric_values.double_metric_values
        values.value_data_id.id.data = value.id
        values.status_data_id.id.data = statuses.id
        if index is not None:
            values.series_index = index
        if time is not None:
            set_time(values.timestamp_index, time)
        if string is not None:
            values.string_index = string
        if uuid_ is not None:
            values.uuid_index.data = uuid_
        _limits(values.failure_definition, fails_above, fails_below)
        return metric

    def double_over_time(
        self,
        name: str,
        series: Sequence[tuple[DataRef, DataRef]],
        *,
        limits: Sequence[tuple[float | None, float | None]] = (),
        start: float | int | None = None,
        end: float | int | None = None,
        y_axis: str | None = None,
        legend: Sequence[str] = (),
        **common: Unpack[Common],
    ) -> pb.Metric:
        """(values, statuses) pairs; `limits` are (fails_above, fails_below) for each."""
        metric = self._metric(name, "DOUBLE_OVER_TIME", common)
        values = metric.metric_values.double_over_time_metric_values
        values.SetInParent()
        for position, (doubles, statuses) in enumerate(series):
            values.doubles_over_time_data_id.add().id.data = doubles.id
            values.statuses_over_time_data_id.add().id.data = statuses.id
            above, below = limits[position] if position < len(limits) else (None, None)
            _limits(values.failure_definition.add(), above, below)
        if start is not None:
            set_time(values.start_time, start)
        if end is not None:
            set_time(values.end_time, end)
        if y_axis is not None:
            values.y_axis_name = y_axis
        values.legend_series_names.extend(legend)
        return metric

    def line_plot(
        self,
        name: str,
        series: Sequence[tuple[DataRef, DataRef, DataRef]],
        *,
        x_axis: str | None = None,
        y_axis: str | None = None,
        legend: Sequence[str] = (),
        **common: Unpack[Common],
    ) -> pb.Metric:
        """(x, y, statuses) triples."""
        metric = self._metric(name, "LINE_PLOT", common)
        values = metric.metric_values.line_plot_metric_values
        values.SetInParent()
        for x, y, statuses in series:
            values.x_doubles_data_id.add().id.data = x.id
            values.y_doubles_data_id.add().id.data = y.id
            values.statuses_data_id.add().id.data = statuses.id
        _axes(values, x_axis, y_axis)
        values.legend_series_names.extend(legend)
        return metric

    def bar_chart(
        self,
        name: str,
        series: Sequence[tuple[DataRef, DataRef]],
        *,
        x_axis: str | None = None,
        y_axis: str | None = None,
        stack: bool | None = None,
        legend: Sequence[str] = (),
        **common: Unpack[Common],
    ) -> pb.Metric:
        """(values, statuses) pairs, indexed by strings."""
        metric = self._metric(name, "BAR_CHART", common)
        values = metric.metric_values.bar_chart_metric_values
        values.SetInParent()
        for doubles, statuses in series:
            values.values_data_id.add().id.data = doubles.id
            values.statuses_data_id.add().id.data = statuses.id
        _axes(values, x_axis, y_axis)
        if stack is not None:
            values.stack_bars = stack
        values.legend_series_names.extend(legend)
        return metric

    def batchwise_bar_chart(
        self,
        name: str,
        series: Mapping[str, tuple[DataRef, DataRef, DataRef]],
        *,
        colors: Sequence[str],
        x_axis: str | None = None,
        y_axis: str | None = None,
        stack: bool | None = None,
        **common: Unpack[Common],
    ) -> pb.Metric:
        """(times, values, statuses) by category; one colour (`#rrggbb`) for each."""
        metric = self._metric(name, "BATCHWISE_BAR_CHART", common)
        values = metric.metric_values.batchwise_bar_chart_metric_values
        values.SetInParent()
        for category, (times, doubles, statuses) in series.items():
            values.categories.append(category)
            values.times_data_id.add().id.data = times.id
            values.values_data_id.add().id.data = doubles.id
            values.statuses_data_id.add().id.data = statuses.id
        values.colors.extend(colors)
        values.project_id.data = self._id("project", "")
        _axes(values, x_axis, y_axis)
        if stack is not None:
            values.stack_bars = stack
        return metric

    def states_over_time(
        self,
        name: str,
        series: Sequence[tuple[DataRef, DataRef]],
        *,
        states: Sequence[str],
        failures: Sequence[str] = (),
        legend: Sequence[str] = (),
        **common: Unpack[Common],
    ) -> pb.Metric:
        """(states, statuses) pairs; `failures` are those of `states` that fail."""
        metric = self._metric(name, "STATES_OVER_TIME", common)
        values = metric.metric_values.states_over_time_metric_values
        values.SetInParent()
        for strings, statuses in series:
            values.states_over_time_data_id.add().id.data = strings.id
            values.statuses_over_time_data_id.add().id.data = statuses.id
        values.states_set.extend(states)
        values.failure_states.extend(failures)
        values.legend_series_names.extend(legend)
        return metric

    def histogram(
        self,
        name: str,
        value: DataRef,
        statuses: DataRef,
        *,
        buckets: Iterable[tuple[float, float]],
        lower: float | None = None,
        upper: float | None = None,
        x_axis: str | None = None,
        **common: Unpack[Common],
    ) -> pb.Metric:
        """Values in buckets, each from a lower to an upper edge."""
        metric = self._metric(name, "HISTOGRAM", common)
        values = metric.metric_values.histogram_metric_values
        values.values_data_id.id.data = value.id
        values.statuses_data_id.id.data = statuses.id
        for low, high in buckets:
            values.buckets.add(lower=low, upper=high)
        if lower is not None:
            values.lower_bound = lower
        if upper is not None:
            values.upper_bound = upper
        if x_axis is not None:
            values.x_axis_name = x_axis
        return metric

    def plotly(self, name: str, figure: Mapping[str, Any], **common: Unpack[Common]) -> pb.Metric:
        """A plotly figure as JSON-like values."""
        metric = self._metric(name, "PLOTLY", common)
        struct = Struct()
        struct.update(figure)
        metric.metric_values.plotly_metric_values.json.CopyFrom(struct)
        return metric

    def image(self, name: str, file: DataRef, **common: Unpack[Common]) -> pb.Metric:
        """One image."""
        metric = self._metric(name, "IMAGE", common)
        metric.metric_values.image_metric_values.image_data_id.id.data = file.id
        return metric

    def image_list(
        self, name: str, files: Sequence[DataRef], **common: Unpack[Common]
    ) -> pb.Metric:
        """Several images."""
        metric = self._metric(name, "IMAGE_LIST", common)
        values = metric.metric_values.image_list_metric_values
        values.SetInParent()
        for file in files:
            values.image_data_ids.add().id.data = file.id
        return metric

    def text(self, name: str, markdown: str, **common: Unpack[Common]) -> pb.Metric:
        """A text in Markdown."""
        metric = self._metric(name, "TEXT", common)
        metric.metric_values.text_metric_values.text = markdown
        return metric


def importance_number(name: str) -> pb.MetricImportance:
    """The number of an importance by its short name, such as `HIGH`."""
    return pb.MetricImportance.Value(f"{name}_IMPORTANCE")  # type: ignore[return-value]


def _limits(target: pb.DoubleFailureDefinition, above: float | None, below: float | None) -> None:
    target.SetInParent()
    if above is not None:
        target.fails_above = above
    if below is not None:
        target.fails_below = below


def _axes(values: Any, x_axis: str | None, y_axis: str | None) -> None:
    if x_axis is not None:
        values.x_axis_name = x_axis
    if y_axis is not None:
        values.y_axis_name = y_axis
