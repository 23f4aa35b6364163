"""The numbers of the schema that rules compare, and their names in words."""

from __future__ import annotations

from resim_inspect.document.enums import DataType, MetricStatus, MetricType

DOUBLE, TIMESTAMP, UUID, STRING, STATUS = 1, 2, 3, 4, 5
INDEXED_DOUBLE, INDEXED_TIMESTAMP, INDEXED_UUID, INDEXED_STRING, INDEXED_STATUS = 6, 7, 8, 9, 10
EXTERNAL_FILE = 11

PASSED, FAIL_WARN, FAIL_BLOCK = 1, 2, 5

LAST = 5
"""The last number of the statuses and of the importances."""
LAST_TYPE = 12
"""The last number of the metric types."""

INDEXED = frozenset((6, 7, 8, 9, 10))
SERIES = frozenset(range(1, 11))
TIMES = frozenset((TIMESTAMP, INDEXED_TIMESTAMP))
UUIDS = frozenset((UUID, INDEXED_UUID))
STRINGS = frozenset((STRING, INDEXED_STRING))
DOUBLES = frozenset((DOUBLE, INDEXED_DOUBLE))

FIELD_OF_DATA = {1: "doubles", 2: "timestamps", 3: "uuids", 4: "strings"} | {
    6: "doubles", 7: "timestamps", 8: "uuids", 9: "strings"
}  # fmt: skip
"""Field of a series by data type; `statuses` for every other number."""

VALUES_OF_TYPE = {
    1: "double_metric_values",
    2: "double_over_time_metric_values",
    3: "line_plot_metric_values",
    4: "bar_chart_metric_values",
    5: "states_over_time_metric_values",
    6: "histogram_metric_values",
    7: "scalar_metric_values",
    8: "plotly_metric_values",
    10: "batchwise_bar_chart_metric_values",
    11: "text_metric_values",
    12: "image_list_metric_values",
}
"""The field of MetricValues that a metric type needs; that of images for every other number."""

IMAGE_VALUES = "image_metric_values"

_TYPE_OF_VALUES = {field: number for number, field in VALUES_OF_TYPE.items()} | {IMAGE_VALUES: 9}


def data_type(number: int) -> str:
    """`indexed double`."""
    return DataType(number).label


def data_types(numbers: frozenset[int]) -> str:
    """`double or indexed double`."""
    return " or ".join(data_type(number) for number in sorted(numbers))


def metric_type(number: int) -> str:
    """`line plot`."""
    return MetricType(number).label


def values_type(field: str) -> str:
    """The metric type that a field of MetricValues is for: `line plot`."""
    return metric_type(_TYPE_OF_VALUES[field])


def status(number: int) -> str:
    """`FAIL_WARN`."""
    return MetricStatus(number).name
