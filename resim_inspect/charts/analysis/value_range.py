"""The smallest and the largest value of a panel, with the samples that have them."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from resim_inspect.charts.analysis.curve_stats import curve_stats
from resim_inspect.charts.analysis.extremes import extremes_between
from resim_inspect.charts.analysis.readout import bar_reading, position_text, sample_reading
from resim_inspect.charts.model.drawing import Bars, Panel, Plot
from resim_inspect.charts.model.readings import Reading
from resim_inspect.text import digits_apart, number, quantity

_VALUED = ("number", "log")
"""Kinds of y axes whose values can be compared."""


@dataclass(frozen=True)
class ValueRange:
    """The smallest and the largest value; equal ones are those of the first sample."""

    smallest: Reading
    largest: Reading
    unit: str

    @property
    def largest_text(self) -> str:
        """A short text of the largest value, with its unit."""
        return quantity(self.largest.value or 0.0, self.largest.unit or self.unit)

    @property
    def span_text(self) -> str:
        """Both values in short: `0 … 89.4 m/s`, one where they are equal."""
        low, high = self.smallest.value or 0.0, self.largest.value or 0.0
        if low == high:
            return self.largest_text
        digits = digits_apart(low, [high])
        unit = self.largest.unit or self.unit
        return f"{number(low, digits)} … {quantity(high, unit, digits)}"

    def in_words(self, width: int) -> str:
        """`smallest 0 m at 1.000 s · largest 89.4 m at 8.420 s`, shorter where it is too wide."""
        ends = (("smallest", self.smallest), ("largest", self.largest))
        for named, placed in ((True, True), (False, True), (True, False), (False, False)):
            parts = []
            for word, reading in ends:
                text = self._with_unit(reading)
                name = f" {reading.series}" if named and reading.series else ""
                location = f" at {reading.x_text}" if placed and reading.x_text else ""
                parts.append(f"{word}{name} {text}{location}")
            line = " · ".join(parts)
            if len(line) <= width:
                break
        return line

    def _with_unit(self, reading: Reading) -> str:
        if reading.value is not None and reading.text == quantity(reading.value, "", 6):
            return quantity(reading.value, self.unit, 6)
        return reading.text


def value_range(panel: Panel | None) -> ValueRange | None:
    """Extremes of all samples of a panel; None if it has no values that can be compared."""
    with np.errstate(all="ignore"):
        if isinstance(panel, Bars):
            return _of_readings(_bars(panel), "")
        if isinstance(panel, Plot) and panel.y.kind in _VALUED and not panel.y.marks:
            return _of_readings(_plotted(panel), panel.y.shown_unit)
    return None


def _of_readings(readings: list[Reading], unit: str) -> ValueRange | None:
    known = [r for r in readings if r.value is not None and math.isfinite(r.value)]
    if not known:
        return None
    return ValueRange(
        min(known, key=lambda r: r.value or 0.0), max(known, key=lambda r: r.value or 0.0), unit
    )


def _bars(panel: Bars) -> list[Reading]:
    """The first smallest and the first largest bar of each series."""
    bars = []
    for number_of_series, series in enumerate(panel.series):
        values = np.asarray(series.values[: len(panel.categories)], np.float64)
        drawn = np.isfinite(values)
        if series.has_value is not None:
            drawn &= np.asarray(series.has_value[: len(values)], bool)
        positions = np.flatnonzero(drawn)
        if len(positions):
            ends = {int(values[drawn].argmin()), int(values[drawn].argmax())}
            bars += [(int(positions[end]), number_of_series) for end in ends]
    readings = [bar_reading(panel, panel.series[which], where) for where, which in sorted(bars)]
    several = len(panel.series) > 1
    return [
        reading if several else replace(reading, series="")
        for reading in readings
        if reading is not None
    ]


def _plotted(panel: Plot) -> list[Reading]:
    """The extremes of each curve on the left axis, and the values of vertical bars.

    Buckets and ranges have no value of their own.
    """
    curves = [curve for curve in panel.curves if curve.counted and not curve.right]
    bars = [b for b in panel.boxes if b.value is not None and not b.horizontal and not b.right]
    several = len({curve.name for curve in curves} | {bar.name for bar in bars}) > 1
    readings = []
    for curve in curves:
        stats = curve_stats(curve)
        for part in extremes_between(stats.y, (0, stats.finite)):
            for position in (part.lowest, part.highest):
                reading = sample_reading(curve, panel, position)
                readings.append(reading if several else replace(reading, series=""))
    for bar in bars:
        value = bar.value if bar.value is not None else math.nan
        where = position_text(panel, (bar.x0 + bar.x1) / 2)
        name = bar.name if several else ""
        readings.append(Reading(name, quantity(value, "", 6), bar.status, where, value=value))
    return readings
