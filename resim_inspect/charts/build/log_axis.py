"""A logarithmic y axis for plots of positive values."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from resim_inspect.charts.analysis.curve_stats import curve_stats
from resim_inspect.charts.model.drawing import Drawing, Panel, Plot


def with_log_y(drawing: Drawing) -> Drawing:
    """The drawing with its plots of positive values on a log axis; other panels as they are."""
    return replace(
        drawing, panels=tuple(_logarithmic(p) if can_be_log(p) else p for p in drawing.panels)
    )


def can_be_log(panel: Panel | None) -> bool:
    """Return True for a plot of curves whose values on the left axis are all positive."""
    if not isinstance(panel, Plot) or panel.y.kind != "number" or panel.y.marks:
        return False
    left = [curve_stats(curve) for curve in panel.curves if not curve.right]
    drawn = [stats for stats in left if stats.finite]
    filled = any(curve.fill for curve in panel.curves)
    if filled or panel.boxes or panel.bands or panel.heatmap is not None:
        return False
    return bool(drawn) and all(stats.y_min > 0 for stats in drawn)


def _logarithmic(panel: Panel) -> Panel:
    if not isinstance(panel, Plot):
        return panel
    limits = panel.y.limits
    if limits is not None:
        limits = (_log(limits[0]), _log(limits[1])) if min(limits) > 0 else None
    return replace(
        panel,
        y=replace(panel.y, kind="log", limits=limits),
        curves=tuple(c if c.right else replace(c, y=_logs(c.y)) for c in panel.curves),
        reference_lines=tuple(
            line if line.vertical else replace(line, position=_log(line.position))
            for line in panel.reference_lines
            if line.vertical or line.position > 0
        ),
        annotations=tuple(
            note if note.right else replace(note, y=_log(note.y))
            for note in panel.annotations
            if note.right or note.y > 0
        ),
    )


def _logs(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Logarithms of positive values; what is not finite stays as it is."""
    return np.log10(values, out=values.astype(np.float64), where=np.isfinite(values))


def _log(value: float) -> float:
    return float(np.log10(value))
