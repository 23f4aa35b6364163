"""Exact values of the data at a position, and extents of panels."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resim_inspect.charts.analysis import bar_layout
from resim_inspect.charts.analysis.curve_stats import CurveStats, curve_stats
from resim_inspect.charts.analysis.decimate import axis_units, ns_of, stored_units
from resim_inspect.charts.analysis.scales import Scale, data_extent
from resim_inspect.charts.analysis.ticks import log_value, position_label
from resim_inspect.charts.model.drawing import (
    Axis,
    Bands,
    Bars,
    BarSeries,
    Curve,
    Panel,
    Plot,
)
from resim_inspect.charts.model.readings import Reading, Readout
from resim_inspect.document.enums import MetricStatus
from resim_inspect.text import DIGITS, digits_apart, number, quantity

_NEAR = 0.01
"""Share of the extent that a cell of a chart covers, approximately."""
_MAX_READINGS = 64
_BY_RANK = {s.rank: s for s in MetricStatus if s is not MetricStatus.UNSET}


def extent(panel: Panel | None) -> tuple[float, float] | None:
    """Range of x of all the data of a panel, in axis units; None where there is none."""
    if isinstance(panel, Plot):
        with np.errstate(all="ignore"):
            data_range = data_extent(panel)
        if data_range is not None and panel.x.kind == "category" and panel.x.categories:
            return -0.5, len(panel.x.categories) - 0.5
        return data_range
    if isinstance(panel, Bars) and panel.categories:
        return -0.5, len(panel.categories) - 0.5
    return None


def value_text(value: float, curve_unit: str, axis: Axis, digits: int = DIGITS) -> str:
    """Text of a y value that is given in axis units."""
    if axis.kind == "log":
        value = log_value(value)
    if axis.kind == "category":
        category = round(value) if math.isfinite(value) else -1
        return axis.categories[category] if 0 <= category < len(axis.categories) else number(value)
    if axis.kind == "time":
        return position_label(value, axis)
    return quantity(value, curve_unit, digits)


def readings(panel: Panel | None, x: float) -> tuple[Reading, ...]:
    """The value nearest to x (axis units) of each series."""
    # Overflows are expected of hostile numbers; a warning would spoil a screen.
    with np.errstate(all="ignore"):
        return _readings(panel, x)


def _readings(panel: Panel | None, x: float) -> tuple[Reading, ...]:
    if isinstance(panel, Bars):
        return bar_readings(panel, round(x)) if math.isfinite(x) else ()
    if not isinstance(panel, Plot) or not math.isfinite(x):
        return ()
    curves = [c for c in panel.curves if not c.excluded_from_readout][:_MAX_READINGS]
    full = extent(panel)
    near = _NEAR * (full[1] - full[0]) if full else 0.0
    nearest = [r for c in curves if (r := _nearest(c, panel, x, near)) is not None]
    nearest += [r for b in panel.bands[:_MAX_READINGS] if (r := _state(b, panel.x, x)) is not None]
    for box in panel.boxes:
        if min(box.x0, box.x1) <= x <= max(box.x0, box.x1) and len(nearest) < _MAX_READINGS:
            nearest.append(Reading(box.name, box.text, box.status, color_role=box.color_role))
    # A line and its marks are two curves that say the same.
    return tuple(dict.fromkeys(nearest))


def readout(panel: Panel | None, x: float) -> Readout:
    """The values nearest to x (axis units), and the position of their samples."""
    values = readings(panel, x)
    if isinstance(panel, Plot) and panel.read_only_curves:
        values += readings(replace(panel, curves=panel.read_only_curves, bands=(), boxes=()), x)
    if isinstance(panel, Bars) and panel.read_only_series:
        values += readings(replace(panel, series=panel.read_only_series), x)
    return _at_samples(Readout(x, position_text(panel, x), values), panel)


def _at_samples(readout: Readout, panel: Panel | None, span: float | None = None) -> Readout:
    """The readout of the nearest sample's position in place of the cursor's between samples.

    A reading of a sample elsewhere gives its own position; a reading that holds over a
    stretch (a state) keeps the cursor's position.
    """
    positions = [r.x for r in readout.readings if r.x is not None]
    if readout.x is None or not isinstance(panel, Plot) or not positions:
        return readout
    if span is None:
        full = extent(panel)
        span = full[1] - full[0] if full else 0.0
    text = readout.x_text
    if len(positions) == len(readout.readings):
        here = readout.x
        text = position_label(min(positions, key=lambda at: abs(at - here)), panel.x, span)
    readings_here = []
    for reading in readout.readings:
        label = "" if reading.x is None else position_label(reading.x, panel.x, span)
        if label and label != text:
            reading = replace(reading, sample_x=label.removesuffix(".000"))
        readings_here.append(reading)
    return Readout(readout.x, text, tuple(readings_here))


def readout_at(panel: Plot, x: float, y: float, scales: tuple[Scale, Scale]) -> Readout:
    """Values at a point of a plot, (x, y) in axis units."""
    span = abs(scales[0].high - scales[0].low)
    text = position_label(x, panel.x, span)
    if panel.heatmap is not None:
        return Readout(x, text, _heatmap_reading(panel, x, y))
    boxes = [
        b
        for b in panel.boxes
        if min(b.x0, b.x1) <= x <= max(b.x0, b.x1) and min(b.y0, b.y1) <= y <= max(b.y0, b.y1)
    ]
    if panel.y.kind == "category" and boxes:
        return Readout(
            x,
            text,
            tuple(Reading(b.name, b.text, b.status, color_role=b.color_role) for b in boxes),
        )
    curves = [c for c in panel.curves if not c.excluded_from_readout and curve_stats(c).total][
        :_MAX_READINGS
    ]
    if any(not curve_stats(c).sorted for c in curves):
        nearest = [r for c in curves if (r := _closest(c, panel, x, y, scales)) is not None]
        return Readout(x, text, tuple(nearest))
    return _at_samples(Readout(x, text, readings(panel, x)), panel, span)


def sample_reading(curve: Curve, panel: Plot, k: int) -> Reading:
    """The value of the k-th of the finite points of a curve."""
    stats = curve_stats(curve)
    axis = panel.right if curve.right and panel.right is not None else panel.y
    at = float(axis_units(stats.x[k : k + 1], panel.x)[0])
    status = None if stats.statuses is None else MetricStatus(int(stats.statuses[k]))
    limits = [line.position for line in panel.reference_lines if not line.vertical]
    near = [*stats.y[max(0, k - 1) : k + 2].tolist(), *limits]
    value = float(stats.y[k])
    unit = curve.unit or axis.shown_unit
    text = value_text(value, unit, axis, digits_apart(value, near))
    if axis.kind == "log":
        value = log_value(value)
    if curve.texts:
        raw = k if stats.positions is None else int(stats.positions[k])
        if raw < len(curve.texts) and curve.texts[raw]:
            text = f"{text} {curve.texts[raw]}"
    return Reading(
        curve.name,
        text,
        status,
        position_label(at, panel.x),
        curve.color_role,
        at,
        value=value if axis.kind in ("number", "log") else None,
        unit=unit,
    )


def _without_value(curve: Curve, panel: Plot, k: int) -> Reading:
    """The k-th of the samples that have no finite value."""
    sample = int(curve_stats(curve).missing[k])
    axis = panel.right if curve.right and panel.right is not None else panel.y
    at = float(axis_units(curve_stats(curve).missing_x[k : k + 1], panel.x)[0])
    status = None if curve.statuses is None else MetricStatus(int(curve.statuses[sample]))
    value = float(curve.y[sample])
    # On a log axis NaN may as well be a number that has no logarithm.
    text = "–" if axis.kind == "log" and math.isnan(value) else f"– ({number(value)})"
    return Reading(curve.name, text, status, position_label(at, panel.x), curve.color_role, at)


def _nearest(curve: Curve, panel: Plot, x: float, near: float) -> Reading | None:
    """The sample nearest to x, also one without a value; None beyond the curve's ends.

    Beyond its first and last sample a curve is read within `near` (axis units), and as far
    as these samples are from their neighbours.
    """
    stats = curve_stats(curve)
    at = stored_units(x, stats.x, panel.x).item()
    sample = _nearest_position(stats.x, at) if stats.sorted else int(np.abs(stats.x - at).argmin())
    gap = _nearest_position(stats.missing_x, at)
    ways = [
        math.inf if k is None else abs(values[k].item() - at)
        for k, values in ((sample, stats.x), (gap, stats.missing_x))
    ]
    if min(ways) == math.inf:
        return None
    unit = 1e9 if stats.x.dtype.kind in "iu" else 1.0
    if min(ways) > near * unit and min(ways) > _step_at_end(stats, at):
        return None
    if gap is not None and ways[1] < ways[0]:
        return _without_value(curve, panel, gap)
    return None if sample is None else sample_reading(curve, panel, sample)


def _nearest_position(values: NDArray[Any], at: float) -> int | None:
    """Position of the nearest of some ascending values; None without any."""
    if not len(values):
        return None
    k = int(np.searchsorted(values, at))
    if k >= len(values) or (k > 0 and at - values[k - 1].item() <= values[k].item() - at):
        k -= 1
    return k


def _step_at_end(stats: CurveStats, at: float) -> float:
    """Distance that a curve is read beyond its samples at x; infinite between its ends."""
    values = [v for v in (stats.x, stats.missing_x) if len(v)]
    if not stats.sorted:
        inside = stats.x_min <= at <= stats.x_max
        return math.inf if inside else 0.0
    first = sorted(v.item() for part in values for v in part[:2])
    last = sorted(v.item() for part in values for v in part[-2:])
    if first[0] <= at <= last[-1]:
        return math.inf
    if len(first) < 2:
        return 0.0
    return float(first[1] - first[0] if at < first[0] else last[-1] - last[-2])


def _closest(
    curve: Curve, panel: Plot, x: float, y: float, scales: tuple[Scale, Scale]
) -> Reading | None:
    """The point nearest in both directions, measured in cells (twice as tall as wide)."""
    stats = curve_stats(curve)
    if not stats.finite:
        return None
    here = scales[0].place(np.array([x])), scales[1].place(np.array([y]))
    with np.errstate(invalid="ignore", over="ignore"):
        dx = scales[0].place(axis_units(stats.x, panel.x)) - here[0]
        dy = 2 * (scales[1].place(stats.y) - here[1])
        k = int((dx * dx + dy * dy).argmin())
    nearest = sample_reading(curve, panel, k)
    return Reading(
        nearest.series,
        f"({nearest.x_text}, {nearest.text})",
        nearest.status,
        nearest.x_text,
        nearest.color_role,
    )


def _state(band: Bands, axis: Axis, x: float) -> Reading | None:
    if not len(band.starts):
        return None
    at = axis.base + ns_of(x)
    k = int(np.searchsorted(band.starts, np.int64(max(-(2**63), min(2**63 - 1, at))), "right")) - 1
    if k < 0 or at > int(band.ends[k]):
        return None
    since = position_label((int(band.starts[k]) - axis.base) / 1e9, axis)
    status = _BY_RANK.get(int(band.severities[k]))
    return Reading(band.name, band.states[int(band.codes[k])], status, since)


def _place_in_grid(
    at: float, low: float, high: float, many: int, edges: NDArray[np.float64] | None
) -> float:
    """Position in units of a grid's columns or rows; negative outside."""
    if edges is None:
        return (at - low) / (high - low) * many
    if not edges[0] <= at <= edges[-1]:
        return -1.0
    return float(np.interp(at, edges, np.arange(many + 1)))


def _heatmap_reading(panel: Plot, x: float, y: float) -> tuple[Reading, ...]:
    heatmap = panel.heatmap
    if (
        heatmap is None
        or not heatmap.z.size
        or heatmap.x1 == heatmap.x0
        or heatmap.y1 == heatmap.y0
    ):
        return ()
    rows, columns = heatmap.z.shape
    across = _place_in_grid(x, heatmap.x0, heatmap.x1, columns, heatmap.x_edges)
    down = _place_in_grid(y, heatmap.y0, heatmap.y1, rows, heatmap.y_edges)
    if not (0 <= across < columns and 0 <= down < rows):
        return ()
    r, c = int(down), int(across)
    where = value_text(y, "", panel.y)
    return (Reading(where, quantity(float(heatmap.z[r, c]), heatmap.unit)),)


def bar_readings(panel: Bars, category: int) -> tuple[Reading, ...]:
    """The values of one category."""
    if not 0 <= category < len(panel.categories):
        return ()
    readings = (bar_reading(panel, series, category) for series in panel.series[:_MAX_READINGS])
    return tuple(reading for reading in readings if reading is not None)


def bar_reading(panel: Bars, series: BarSeries, category: int) -> Reading | None:
    """The value of one bar; None if the series has none for the category."""
    value = bar_layout.value_at(series, category)
    if value is None:
        return None
    near = series.values[max(0, category - 1) : category + 2].tolist()
    text = quantity(value, series.unit, digits_apart(value, near))
    return Reading(
        series.name,
        text,
        bar_layout.status_of(series, category),
        panel.categories[category],
        series.color_role,
        value=value,
        unit=series.unit,
    )


def position_text(panel: Panel | None, x: float) -> str:
    """A position of x in words: `8.420 s`, `08:53:20.124`, a category."""
    if isinstance(panel, Bars):
        category = round(x) if math.isfinite(x) else -1
        return panel.categories[category] if 0 <= category < len(panel.categories) else ""
    if isinstance(panel, Plot) and math.isfinite(x):
        full = extent(panel)
        return position_label(x, panel.x, full[1] - full[0] if full else 0.0)
    return ""
