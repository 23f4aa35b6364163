"""Rules about the values of the metric types that have series, and the checks of every type."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from resim_inspect.validation import schema_constants
from resim_inspect.validation.context import Context, quoted
from resim_inspect.validation.findings import Rule, Severity, Target
from resim_inspect.validation.ids import is_uuid
from resim_inspect.validation.rules.histogram import check_histogram
from resim_inspect.validation.rules.single_values import (
    check_image,
    check_image_list,
    check_plotly,
    check_scalar,
    check_text,
)
from resim_inspect.validation.rules.states import check_states
from resim_inspect.validation.rules.times import check_clocks, check_time
from resim_inspect.validation.rules.value_status_pairs import check_pair, report_values, same_counts

if TYPE_CHECKING:
    from resim_inspect.schema import metrics_pb2 as pb

COLOR_INVALID = Rule(
    "color-invalid",
    Severity.ERROR,
    "Colours are #rrggbb or #rrggbbaa",
    "Six or eight hexadecimal digits behind a number sign; names are not understood.",
    ('metrics["Pass rate"].values.colors = ["red"]',),
    ('metrics["Pass rate"].values.colors = ["#cc2200"]',),
    since="0.2.0",
)
PROJECT_ID = Rule(
    "project-id",
    Severity.ERROR,
    "A batchwise bar chart has a project id",
    "The project id is a UUID.",
    ('metrics["Pass rate"].values.project_id = unset',),
    ('metrics["Pass rate"].values.project_id = job_id',),
    since="0.3.0",
)
SUMMARY_INDEX = Rule(
    "summary-index",
    Severity.WARNING,
    "A double summary points at a value that is there",
    "The position counts from 0.",
    ('metrics["Last distance"].values.series_index = 3',),
    ('metrics["Last distance"].values.series_index = 2',),
)

# `$` and not `\Z`: ReSim's validator lets a line break pass behind the colour.
_COLOR = re.compile(r"^#(?:[0-9a-fA-F]{2}){3,4}$")


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
        entry = context.data_by_id.get(values.value_data_id.id.data)
        index = values.series_index
        if entry is not None and not entry.broken and entry.length >= 0:
            length = entry.length
            if index >= length:
                context.report(
                    SUMMARY_INDEX,
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
    data = context.data_by_id.get
    exact = not context.unknown_fields
    for index in range(min(len(values[0]), len(statuses))):
        value_id, status_id = values[0][index], statuses[index]
        # Nearly all pairs: indexed values that are as they should be, told apart here for speed.
        value_state, two = data(value_id.id.data), data(status_id.id.data)
        if (
            exact
            and value_state is not None
            and two is not None
            and value_state.length == two.length >= 0
            and value_state.type in allowed
            and value_state.type in _INDEXED
            and two.type == schema_constants.INDEXED_STATUS
            and value_state.index_id == two.index_id != ""
            and value_state.index_type in index_types
            and two.index_type in index_types
        ):
            value_state.used = two.used = True
            continue
        check_pair(
            context,
            position,
            (value_id, values[1], index),
            (status_id, "statuses", index),
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
    if len(doubles) > 1:
        check_clocks(context, position, doubles, "doubles")
    for name in ("start_time", "end_time"):
        if values.HasField(name):
            where = f"{context.metric_place(position)}.values.{name}"
            check_time(context, Target("metric", position), where, getattr(values, name))


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
    for index, color in enumerate(values.colors):
        if _COLOR.search(color) is None:
            report_values(
                context,
                position,
                f"colors[{index}]",
                COLOR_INVALID,
                f"{quoted(color)} is not a valid colour",
                "Write a colour as #rrggbb or #rrggbbaa.",
            )
    if context.edition.project_id and not is_uuid(values.project_id.data):
        own = values.project_id.data
        report_values(
            context,
            position,
            "project_id",
            PROJECT_ID,
            f"{quoted(own)} is not a valid UUID" if own else "has no project id",
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


CHECKS: dict[str, Callable[[Context, int, Any], None]] = {
    "double_metric_values": _double_summary,
    "double_over_time_metric_values": _double_over_time,
    "line_plot_metric_values": _line_plot,
    "bar_chart_metric_values": _bar_chart,
    "batchwise_bar_chart_metric_values": _batchwise_bar_chart,
    "states_over_time_metric_values": check_states,
    "histogram_metric_values": check_histogram,
    "scalar_metric_values": check_scalar,
    "plotly_metric_values": check_plotly,
    "text_metric_values": check_text,
    "image_metric_values": check_image,
    "image_list_metric_values": check_image_list,
}
"""Checks by field of MetricValues, called with context, position of the metric and values."""
