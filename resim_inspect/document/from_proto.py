"""Conversion of protobuf messages to the frozen values of `model`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from google.protobuf.struct_pb2 import ListValue, Struct, Value
from google.protobuf.timestamp_pb2 import Timestamp

from resim_inspect.document import model
from resim_inspect.document.enums import (
    DataType,
    Importance,
    MetricStatus,
    MetricType,
    SeriesKind,
    TimestampType,
)
from resim_inspect.errors import DEEP_FIGURE, MalformedError
from resim_inspect.schema import metrics_pb2 as pb


def nanoseconds(stamp: Timestamp) -> int:
    """A timestamp in ns, exact: it may be beyond 64 bits."""
    return stamp.seconds * 1_000_000_000 + stamp.nanos


def metric(message: pb.Metric, position: int, deep_figure: int | None = None) -> model.Metric:
    """A metric as a value; `deep_figure` is the offset of a figure that cannot be read."""
    values = _values(message.metric_values)
    if deep_figure is not None:
        values = _deep_figure(message.name, deep_figure)
    return model.Metric(
        position=position,
        id=message.metric_id.id.data,
        name=message.name,
        type=MetricType(message.type),
        description=message.description,
        status=MetricStatus(message.status),
        importance=Importance(message.importance),
        should_display=message.should_display if message.HasField("should_display") else None,
        blocking=message.blocking if message.HasField("blocking") else None,
        order=message.order if message.HasField("order") else None,
        event_metric=message.event_metric if message.HasField("event_metric") else None,
        job_id=message.job_id.id.data if message.HasField("job_id") else None,
        tags=tuple(model.Tag(tag.key, tag.value) for tag in message.tags),
        values=values,
    )


def metrics_data(message: pb.MetricsData, position: int) -> model.MetricsData:
    """A metrics data as a value, without its series."""
    holds = message.WhichOneof("data")
    kind: SeriesKind | None = None
    if holds == "series":
        kind = series_kind(message.series)
    return model.MetricsData(
        position=position,
        id=message.metrics_data_id.id.data,
        name=message.name,
        type=DataType(message.data_type),
        unit=message.unit,
        is_per_category=message.is_per_category,
        category_names=tuple(message.category_names),
        is_indexed=message.is_indexed,
        index_id=message.index_data_id.id.data if message.HasField("index_data_id") else None,
        index_type=DataType(message.index_data_type),
        kind=kind,
        external_path=message.external_file.path if holds == "external_file" else None,
    )


def series_kind(series: pb.Series) -> SeriesKind | None:
    """Type of the values of a series."""
    which = series.WhichOneof("series")
    return None if which is None else SeriesKind[which.upper()]


def event(message: pb.Event, position: int) -> model.Event:
    """An event as a value."""
    return model.Event(
        position=position,
        id=message.event_id.id.data,
        name=message.name,
        description=message.description,
        tags=tuple(message.tags),
        metrics=tuple(metric_id.id.data for metric_id in message.metrics),
        status=MetricStatus(message.status),
        importance=Importance(message.importance),
        timestamp=nanoseconds(message.timestamp),
        timestamp_type=TimestampType(message.timestamp_type),
    )


def json_value(value: Value) -> Any:
    """A JSON value as Python has it."""
    which = value.WhichOneof("kind")
    if which == "number_value":
        return value.number_value
    if which == "string_value":
        return value.string_value
    if which == "list_value":
        return json_list(value.list_value)
    if which == "struct_value":
        return json_object(value.struct_value)
    if which == "bool_value":
        return value.bool_value
    return None


def json_list(values: ListValue) -> list[Any]:
    """A JSON list as Python has it."""
    return [json_value(value) for value in values.values]


def json_object(struct: Struct) -> dict[str, Any]:
    """A JSON object as Python has it, keys sorted: on the wire they have no order."""
    return {key: json_value(struct.fields[key]) for key in sorted(struct.fields)}


def _ids(ids: Iterable[pb.MetricsDataId]) -> tuple[str, ...]:
    return tuple(data_id.id.data for data_id in ids)


def failure_definition(message: pb.DoubleFailureDefinition) -> model.FailureDefinition:
    """The limits of a failure definition."""
    return model.FailureDefinition(
        fails_above=message.fails_above if message.HasField("fails_above") else None,
        fails_below=message.fails_below if message.HasField("fails_below") else None,
    )


def _values(values: pb.MetricValues) -> model.MetricValues | None:
    which = values.WhichOneof("metric_values")
    return None if which is None else _CONVERT[which](getattr(values, which))


def _double_summary(values: pb.DoubleSummaryMetricValues) -> model.DoubleSummaryValues:
    index = values.WhichOneof("index")
    return model.DoubleSummaryValues(
        value_data=values.value_data_id.id.data,
        status_data=values.status_data_id.id.data,
        series_index=values.series_index if index == "series_index" else None,
        timestamp_index=(
            nanoseconds(values.timestamp_index) if index == "timestamp_index" else None
        ),
        uuid_index=values.uuid_index.data if index == "uuid_index" else None,
        string_index=values.string_index if index == "string_index" else None,
        failure_definition=failure_definition(values.failure_definition),
    )


def _double_over_time(values: pb.DoubleOverTimeMetricValues) -> model.DoubleOverTimeValues:
    return model.DoubleOverTimeValues(
        doubles_data=_ids(values.doubles_over_time_data_id),
        statuses_data=_ids(values.statuses_over_time_data_id),
        failure_definitions=tuple(
            failure_definition(definition) for definition in values.failure_definition
        ),
        start_time=nanoseconds(values.start_time) if values.HasField("start_time") else None,
        end_time=nanoseconds(values.end_time) if values.HasField("end_time") else None,
        y_axis_name=values.y_axis_name if values.HasField("y_axis_name") else None,
        legend_series_names=tuple(values.legend_series_names),
    )


def _line_plot(values: pb.LinePlotMetricValues) -> model.LinePlotValues:
    return model.LinePlotValues(
        x_data=_ids(values.x_doubles_data_id),
        y_data=_ids(values.y_doubles_data_id),
        statuses_data=_ids(values.statuses_data_id),
        x_axis_name=values.x_axis_name if values.HasField("x_axis_name") else None,
        y_axis_name=values.y_axis_name if values.HasField("y_axis_name") else None,
        legend_series_names=tuple(values.legend_series_names),
    )


def _bar_chart(values: pb.BarChartMetricValues) -> model.BarChartValues:
    return model.BarChartValues(
        values_data=_ids(values.values_data_id),
        statuses_data=_ids(values.statuses_data_id),
        x_axis_name=values.x_axis_name if values.HasField("x_axis_name") else None,
        y_axis_name=values.y_axis_name if values.HasField("y_axis_name") else None,
        stack_bars=values.stack_bars if values.HasField("stack_bars") else None,
        legend_series_names=tuple(values.legend_series_names),
    )


def _batchwise_bar_chart(values: pb.BatchwiseBarChartMetricValues) -> model.BatchwiseBarChartValues:
    return model.BatchwiseBarChartValues(
        times_data=_ids(values.times_data_id),
        values_data=_ids(values.values_data_id),
        statuses_data=_ids(values.statuses_data_id),
        categories=tuple(values.categories),
        colors=tuple(values.colors),
        x_axis_name=values.x_axis_name if values.HasField("x_axis_name") else None,
        y_axis_name=values.y_axis_name if values.HasField("y_axis_name") else None,
        stack_bars=values.stack_bars if values.HasField("stack_bars") else None,
        project_id=values.project_id.data if values.HasField("project_id") else None,
    )


def _states_over_time(values: pb.StatesOverTimeMetricValues) -> model.StatesOverTimeValues:
    return model.StatesOverTimeValues(
        states_data=_ids(values.states_over_time_data_id),
        statuses_data=_ids(values.statuses_over_time_data_id),
        states_set=tuple(values.states_set),
        failure_states=tuple(values.failure_states),
        legend_series_names=tuple(values.legend_series_names),
    )


def _histogram(values: pb.HistogramMetricValues) -> model.HistogramValues:
    return model.HistogramValues(
        values_data=values.values_data_id.id.data,
        statuses_data=values.statuses_data_id.id.data,
        buckets=tuple(
            model.Bucket(
                bucket.lower if bucket.HasField("lower") else None,
                bucket.upper if bucket.HasField("upper") else None,
            )
            for bucket in values.buckets
        ),
        lower_bound=values.lower_bound if values.HasField("lower_bound") else None,
        upper_bound=values.upper_bound if values.HasField("upper_bound") else None,
        x_axis_name=values.x_axis_name if values.HasField("x_axis_name") else None,
    )


def _scalar(values: pb.ScalarMetricValues) -> model.ScalarValues:
    return model.ScalarValues(
        value=values.value if values.HasField("value") else None,
        failure_definition=(
            failure_definition(values.failure_definition)
            if values.HasField("failure_definition")
            else None
        ),
        unit=values.unit if values.HasField("unit") else None,
    )


def _plotly(values: pb.PlotlyMetricValues) -> model.PlotlyValues:
    return model.PlotlyValues(lambda: json_object(values.json))


def _deep_figure(name: str, offset: int) -> model.PlotlyValues:
    """A figure whose decoding raises MalformedError."""

    def load() -> dict[str, Any]:
        raise MalformedError(DEEP_FIGURE, None, offset, subject=f'the figure of "{name}"')

    return model.PlotlyValues(load)


def _image(values: pb.ImageMetricValues) -> model.ImageValues:
    return model.ImageValues(values.image_data_id.id.data)


def _image_list(values: pb.ImageListMetricValues) -> model.ImageListValues:
    return model.ImageListValues(_ids(values.image_data_ids))


def _text(values: pb.TextMetricValues) -> model.TextValues:
    return model.TextValues(values.text)


_CONVERT: dict[str, Any] = {
    "double_metric_values": _double_summary,
    "double_over_time_metric_values": _double_over_time,
    "line_plot_metric_values": _line_plot,
    "bar_chart_metric_values": _bar_chart,
    "batchwise_bar_chart_metric_values": _batchwise_bar_chart,
    "states_over_time_metric_values": _states_over_time,
    "histogram_metric_values": _histogram,
    "scalar_metric_values": _scalar,
    "plotly_metric_values": _plotly,
    "image_metric_values": _image,
    "image_list_metric_values": _image_list,
    "text_metric_values": _text,
}
