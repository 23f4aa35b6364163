"""Rules for the values of the twelve metric types."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from resim_inspect.validation import schema_constants
from resim_inspect.validation.context import Context, quoted
from resim_inspect.validation.findings import Target
from resim_inspect.validation.ids import is_uuid
from resim_inspect.validation.rules.states import check_states
from resim_inspect.validation.rules.value_status_pairs import check_pair, reference

if TYPE_CHECKING:
    from resim_inspect.schema import metrics_pb2 as pb

# `$` and not `\Z`: ReSim's validator lets a line break pass behind the colour.
_COLOR = re.compile(r"^#(?:[0-9a-fA-F]{2}){3,4}$")


def _error(context: Context, position: int, field: str, rule: str, message: str, hint: str) -> None:
    where = f"{context.metric_place(position)}.values.{field}"
    context.error(rule, Target("metric", position), where, message, hint)


def same_counts(context: Context, position: int, counts: dict[str, int]) -> None:
    """One finding where the lists of a metric differ in length: `{"x": 2, "statuses": 1}`."""
    if len(set(counts.values())) == 1:
        return
    listed = ", ".join(f"{count} {field}" for field, count in counts.items())
    _error(
        context,
        position,
        next(iter(counts)),
        "values-count",
        f"the lists differ in length: {listed}",
        "Give one of each for every series.",
    )


def _double_summary(context: Context, position: int, values: pb.DoubleSummaryMetricValues) -> None:
    which = values.WhichOneof("index")
    allowed, index_types = _SUMMARY.get(which, (schema_constants.DOUBLES, schema_constants.SERIES))
    check_pair(
        context,
        position,
        (values.value_data_id, "value", None),
        (values.status_data_id, "status", None),
        allowed,
        index_types,
    )
    if which == "series_index":
        entry = context.data.get(values.value_data_id.id.data)
        index = values.series_index
        if entry is not None and not entry.broken and entry.length >= 0:
            length = entry.length
            if index >= length:
                context.warning(
                    "summary-index",
                    Target("metric", position),
                    context.metric_place(position) + ".values.series_index",
                    f"points at value {index:,}, but {quoted(entry.name)} has {length:,} "
                    "(counted from 0)",
                    "Point at a value that is there.",
                )


_INDEXED = schema_constants.INDEXED
_INDEXED_DOUBLE = frozenset((schema_constants.INDEXED_DOUBLE,))
_SUMMARY: dict[str | None, tuple[frozenset[int], frozenset[int]]] = {
    "timestamp_index": (_INDEXED_DOUBLE, schema_constants.TIMES),
    "uuid_index": (_INDEXED_DOUBLE, schema_constants.UUIDS),
    "string_index": (_INDEXED_DOUBLE, schema_constants.STRINGS),
}


def _pairs(
    context: Context,
    position: int,
    values: tuple[Sequence[pb.MetricsDataId], str],
    statuses: Sequence[pb.MetricsDataId],
    allowed: frozenset[int],
    index_types: frozenset[int],
) -> None:
    data = context.data.get
    exact = not context.unknown
    for place in range(min(len(values[0]), len(statuses))):
        value_id, status_id = values[0][place], statuses[place]
        # Nearly all pairs: indexed values that are as they should be, told apart here for speed.
        one, two = data(value_id.id.data), data(status_id.id.data)
        if (
            exact
            and one is not None
            and two is not None
            and one.length == two.length >= 0
            and one.type in allowed
            and one.type in _INDEXED
            and two.type == schema_constants.INDEXED_STATUS
            and one.index_id == two.index_id != ""
            and one.index_type in index_types
            and two.index_type in index_types
        ):
            one.used = two.used = True
            continue
        check_pair(
            context,
            position,
            (value_id, values[1], place),
            (status_id, "statuses", place),
            allowed,
            index_types,
        )


def _double_over_time(
    context: Context, position: int, values: pb.DoubleOverTimeMetricValues
) -> None:
    doubles = values.doubles_over_time_data_id
    statuses = values.statuses_over_time_data_id
    limits = len(values.failure_definition)
    if not len(doubles) == len(statuses) == limits:
        same_counts(
            context,
            position,
            {"doubles": len(doubles), "statuses": len(statuses), "failure_definitions": limits},
        )
    _pairs(
        context, position, (doubles, "doubles"), statuses, _INDEXED_DOUBLE, schema_constants.TIMES
    )


def _line_plot(context: Context, position: int, values: pb.LinePlotMetricValues) -> None:
    x, y, statuses = values.x_doubles_data_id, values.y_doubles_data_id, values.statuses_data_id
    if not len(x) == len(y) == len(statuses):
        same_counts(context, position, {"x": len(x), "y": len(y), "statuses": len(statuses)})
    _pairs(context, position, (x, "x"), statuses, schema_constants.DOUBLES, schema_constants.TIMES)
    _pairs(context, position, (y, "y"), statuses, schema_constants.DOUBLES, schema_constants.TIMES)


def _bar_chart(context: Context, position: int, values: pb.BarChartMetricValues) -> None:
    data, statuses = values.values_data_id, values.statuses_data_id
    if len(data) != len(statuses):
        same_counts(context, position, {"values": len(data), "statuses": len(statuses)})
    _pairs(context, position, (data, "values"), statuses, _INDEXED_DOUBLE, schema_constants.STRINGS)


def _batchwise_bar_chart(
    context: Context, position: int, values: pb.BatchwiseBarChartMetricValues
) -> None:
    data, times, statuses = values.values_data_id, values.times_data_id, values.statuses_data_id
    categories = len(values.categories)
    if not len(data) == len(times) == len(statuses) == categories:
        same_counts(
            context,
            position,
            {
                "values": len(data),
                "times": len(times),
                "statuses": len(statuses),
                "categories": categories,
            },
        )
    for place, color in enumerate(values.colors):
        if _COLOR.search(color) is None:
            _error(
                context,
                position,
                f"colors[{place}]",
                "color-invalid",
                f"{quoted(color)} is no colour",
                "Write a colour as #rrggbb or #rrggbbaa.",
            )
    if context.edition.project_id and not is_uuid(values.project_id.data):
        own = values.project_id.data
        _error(
            context,
            position,
            "project_id",
            "project-id",
            f"{quoted(own)} is no UUID" if own else "has no project id",
            "Set the UUID of the project.",
        )
    _pairs(context, position, (data, "values"), statuses, _INDEXED_DOUBLE, schema_constants.UUIDS)
    _pairs(
        context,
        position,
        (times, "times"),
        statuses,
        frozenset((schema_constants.INDEXED_TIMESTAMP,)),
        schema_constants.UUIDS,
    )


def _histogram(context: Context, position: int, values: pb.HistogramMetricValues) -> None:
    check_pair(
        context,
        position,
        (values.values_data_id, "values", None),
        (values.statuses_data_id, "statuses", None),
        schema_constants.DOUBLES,
        schema_constants.SERIES,
    )
    buckets = [(bucket.lower, bucket.upper) for bucket in values.buckets]
    lowest, highest = values.lower_bound, values.upper_bound
    if not buckets:
        _error(
            context, position, "buckets", "histogram-buckets", "has no buckets",
            "Give at least one bucket.",
        )  # fmt: skip
        return
    for place, (lower, upper) in enumerate(buckets):
        # `not <`, so that NaN is found too.
        if not lower < upper:
            _error(
                context, position, f"buckets[{place}]", "histogram-buckets",
                f"goes from {lower!r} to {upper!r}", "Its lower end must be below its upper end.",
            )  # fmt: skip
        if place and buckets[place - 1][1] != lower:
            _error(
                context, position, f"buckets[{place}]", "histogram-gap",
                f"begins at {lower!r}, but the bucket before ends at {buckets[place - 1][1]!r}",
                "Let each bucket begin where the one before it ends.",
            )  # fmt: skip
    for bound, field, edge, end in (
        (lowest, "lower_bound", buckets[0][0], "first bucket begins"),
        (highest, "upper_bound", buckets[-1][1], "last bucket ends"),
    ):
        if bound != edge:
            _error(
                context, position, field, "histogram-bounds",
                f"is {bound!r}, but the {end} at {edge!r}", "Make the two equal.",
            )  # fmt: skip


def _scalar(context: Context, position: int, values: pb.ScalarMetricValues) -> None:
    if not values.HasField("value"):
        _error(context, position, "value", "scalar-missing", "has no value", "Set the value.")
        return
    value = values.value
    if value - value == 0.0:
        return
    if not math.isnan(value):
        context.warning(
            "scalar-infinite",
            Target("metric", position),
            context.metric_place(position) + ".values.value",
            "the value is infinite",
            "Look for a division by zero.",
        )
    elif context.edition.scalar_nan:
        _error(
            context, position, "value", "scalar-nan", "the value is NaN",
            "Leave the metric out, or give a number.",
        )  # fmt: skip


def _plotly(context: Context, position: int, values: pb.PlotlyMetricValues) -> None:
    if not values.HasField("json"):
        _error(
            context, position, "figure", "plotly-missing", "has no figure",
            "Store the figure as plotly's JSON.",
        )  # fmt: skip
        return
    traces = values.json.fields.get("data")
    if traces is None or not traces.list_value.values:
        context.warning(
            "plotly-empty",
            Target("metric", position),
            context.metric_place(position) + ".values.figure",
            'the figure has no "data": nothing will be drawn',
            "Give the figure at least one trace.",
        )


def _text(context: Context, position: int, values: pb.TextMetricValues) -> None:
    if not values.text:
        _error(
            context, position, "text", "text-empty", "the text is empty",
            "Write something, or leave the metric out.",
        )  # fmt: skip


def _image(context: Context, position: int, values: pb.ImageMetricValues) -> None:
    _check_image(context, position, values.image_data_id, "image")


def _image_list(context: Context, position: int, values: pb.ImageListMetricValues) -> None:
    if not values.image_data_ids:
        _error(
            context, position, "images", "image-list-empty", "has no images",
            "Refer to at least one image, or leave the metric out.",
        )  # fmt: skip
    for place, data_id in enumerate(values.image_data_ids):
        _check_image(context, position, data_id, f"images[{place}]")


def _check_image(context: Context, position: int, data_id: pb.MetricsDataId, field: str) -> None:
    entry = reference(context, position, data_id.id.data, field, (schema_constants.EXTERNAL_FILE,))
    if entry is not None and entry.type != schema_constants.EXTERNAL_FILE:
        _error(
            context,
            position,
            field,
            "image-type",
            f"refers to {quoted(entry.name)}, which is {schema_constants.data_type(entry.type)}, "
            "not an external file",
            "Refer to a data of the type external file.",
        )


CHECKS: dict[str, Callable[[Context, int, Any], None]] = {
    "double_metric_values": _double_summary,
    "double_over_time_metric_values": _double_over_time,
    "line_plot_metric_values": _line_plot,
    "bar_chart_metric_values": _bar_chart,
    "batchwise_bar_chart_metric_values": _batchwise_bar_chart,
    "states_over_time_metric_values": check_states,
    "histogram_metric_values": _histogram,
    "scalar_metric_values": _scalar,
    "plotly_metric_values": _plotly,
    "text_metric_values": _text,
    "image_metric_values": _image,
    "image_list_metric_values": _image_list,
}
"""By field of MetricValues; called with the context, the metric's position and the values."""
