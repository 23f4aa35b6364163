"""Differences of the values at two positions of a panel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from resim_inspect.charts.analysis.readout import readings
from resim_inspect.charts.model.drawing import Axis, Panel, Plot
from resim_inspect.text import DIGITS, quantity, signed


class Difference(NamedTuple):
    """Distance of the second position from the first, and the growth of the values."""

    x_text: str
    """Distance of the samples, or of the positions where values hold over a stretch; empty on
    an axis of categories."""
    values: Mapping[str, str]
    """Signed differences by the name of the series, of those with a number at both positions."""


def difference(panel: Panel | None, start: float, end: float) -> Difference:
    """Difference of the values nearest to `end` and to `start` (axis units)."""
    before = {reading.series: reading for reading in readings(panel, start)}
    after = {reading.series: reading for reading in readings(panel, end)}
    values = {}
    for name, reading in after.items():
        other = before.get(name)
        if reading.value is not None and other is not None and other.value is not None:
            values[name] = signed(reading.value - other.value, reading.unit)
    if isinstance(panel, Plot):
        return Difference(_distance(panel.x, start, end), values)
    return Difference("", values)


def _distance(axis: Axis, start: float, end: float) -> str:
    if axis.kind == "time":
        return f"{end - start:+,.3f} s"
    if axis.kind == "number":
        return signed(end - start, axis.unit)
    if axis.kind == "log":
        return f"× {quantity(10.0 ** (end - start), '', DIGITS)}" if abs(end - start) < 300 else ""
    return ""
