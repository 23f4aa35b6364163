"""One number: a scalar, or one value of a series (a double summary)."""

from __future__ import annotations

from resim_inspect.charts.model.drawing import Drawing, Gauge
from resim_inspect.charts.source import Source
from resim_inspect.document.model import FailureDefinition, Metric, ScalarValues
from resim_inspect.text import clean


def scalar(source: Source, metric: Metric, values: ScalarValues) -> Drawing:
    """The number, its unit and its thresholds."""
    definition = values.failure_definition or FailureDefinition()
    panel = Gauge(
        value=values.value,
        unit=clean(values.unit or "", 24),
        status=metric.status,
        fails_above=definition.fails_above,
        fails_below=definition.fails_below,
        large=True,
    )
    return source.drawing(metric, panel)
