"""Rules about scalars, plotly figures, texts and images."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from resim_inspect.errors import DEEP_FIGURE
from resim_inspect.validation import schema_constants
from resim_inspect.validation.context import Context, quoted
from resim_inspect.validation.findings import Rule, Severity, Target
from resim_inspect.validation.rules.value_status_pairs import reference, report_values

if TYPE_CHECKING:
    from resim_inspect.schema import metrics_pb2 as pb

SCALAR_MISSING = Rule(
    "scalar-missing",
    Severity.ERROR,
    "A scalar has a value",
    "Zero is a value; unset is not.",
    ('metrics["Max speed"].values.value = unset',),
    ('metrics["Max speed"].values.value = 0',),
)
SCALAR_NAN = Rule(
    "scalar-nan",
    Severity.ERROR,
    "The value of a scalar is not NaN",
    "Releases before 0.10.0 let it pass.",
    ('metrics["Max speed"].values.value = NaN',),
    ('metrics["Max speed"].values.value = 44.7',),
    since="0.10.0",
)
SCALAR_INFINITE = Rule(
    "scalar-infinite",
    Severity.WARNING,
    "The value of a scalar is finite",
    "ReSim accepts infinities, but no chart and no comparison between jobs can use them.",
    ('metrics["Max speed"].values.value = inf',),
    ('metrics["Max speed"].values.value = 44.7',),
)
PLOTLY_MISSING = Rule(
    "plotly-missing",
    Severity.ERROR,
    "A plotly metric has a figure",
    "An empty figure passes ReSim's validator, no figure does not.",
    ('metrics["Figure"].values.figure = unset',),
    ('metrics["Figure"].values.figure = {"data": [{"x": [1], "y": [2]}]}',),
)
PLOTLY_EMPTY = Rule(
    "plotly-empty",
    Severity.WARNING,
    "A plotly figure has traces",
    'A figure without "data" draws nothing.',
    ('metrics["Figure"].values.figure = {"layout": {}}',),
    ('metrics["Figure"].values.figure = {"data": [{"x": [1], "y": [2]}]}',),
)
TEXT_EMPTY = Rule(
    "text-empty",
    Severity.ERROR,
    "A text metric has a text",
    "Any text will do.",
    ('metrics["Summary"].values.text = ""',),
    ('metrics["Summary"].values.text = "All went well."',),
    since="0.3.3",
)
IMAGE_LIST_EMPTY = Rule(
    "image-list-empty",
    Severity.ERROR,
    "An image list has images",
    "A list of images names at least one.",
    ('metrics["Photos"].values.images = []',),
    ('metrics["Photos"].values.images = [data["photo"]]',),
    since="0.5.0",
)
IMAGE_TYPE = Rule(
    "image-type",
    Severity.ERROR,
    "An image is an external file",
    "Images refer to data of the type external file, which names a file beside metrics.binproto.",
    ('metrics["Photos"].values.images = [data["labels"]]',),
    ('metrics["Photos"].values.images = [data["photo"]]',),
)


def check_scalar(context: Context, position: int, values: pb.ScalarMetricValues) -> None:
    if not values.HasField("value"):
        report_values(context, position, "value", SCALAR_MISSING, "has no value", "Set the value.")
        return
    value = values.value
    if value - value == 0.0:
        return
    if not math.isnan(value):
        context.report(
            SCALAR_INFINITE,
            Target("metric", position),
            context.metric_place(position) + ".values.value",
            "the value is infinite",
            "Look for a division by zero.",
        )
    elif context.edition.scalar_nan:
        report_values(
            context, position, "value", SCALAR_NAN, "the value is NaN",
            "Leave the metric out, or give a number.",
        )  # fmt: skip


PLOTLY_DEEP = Rule(
    "plotly-deep",
    Severity.ERROR,
    "A plotly figure is not nested too deeply",
    "protobuf reads JSON of about 31 levels, objects inside of objects, and refuses the whole "
    "file for a figure that is deeper; its writers do not check this.",
)


def check_plotly(context: Context, position: int, values: pb.PlotlyMetricValues) -> None:
    if position in context.document.deep_figures:
        report_values(
            context, position, "figure", PLOTLY_DEEP, DEEP_FIGURE,
            "Flatten the figure: plotly's own schema is not that deep.",
        )  # fmt: skip
        return
    if not values.HasField("json"):
        report_values(
            context, position, "figure", PLOTLY_MISSING, "has no figure",
            "Store the figure as plotly's JSON.",
        )  # fmt: skip
        return
    traces = values.json.fields.get("data")
    if traces is None or not traces.list_value.values:
        context.report(
            PLOTLY_EMPTY,
            Target("metric", position),
            context.metric_place(position) + ".values.figure",
            'the figure has no "data": nothing will be drawn',
            "Give the figure at least one trace.",
        )


def check_text(context: Context, position: int, values: pb.TextMetricValues) -> None:
    if not values.text:
        report_values(
            context, position, "text", TEXT_EMPTY, "the text is empty",
            "Write something, or leave the metric out.",
        )  # fmt: skip


def check_image(context: Context, position: int, values: pb.ImageMetricValues) -> None:
    _check_reference(context, position, values.image_data_id, "image")


def check_image_list(context: Context, position: int, values: pb.ImageListMetricValues) -> None:
    if not values.image_data_ids:
        report_values(
            context, position, "images", IMAGE_LIST_EMPTY, "has no images",
            "Refer to at least one image, or leave the metric out.",
        )  # fmt: skip
    for index, data_id in enumerate(values.image_data_ids):
        _check_reference(context, position, data_id, f"images[{index}]")


def _check_reference(
    context: Context, position: int, data_id: pb.MetricsDataId, field: str
) -> None:
    entry = reference(context, position, data_id.id.data, field, (schema_constants.EXTERNAL_FILE,))
    if entry is not None and entry.type != schema_constants.EXTERNAL_FILE:
        report_values(
            context,
            position,
            field,
            IMAGE_TYPE,
            f"refers to {quoted(entry.name)}, which is {schema_constants.data_type(entry.type)}, "
            "not an external file",
            "Refer to a data of the type external file.",
        )
