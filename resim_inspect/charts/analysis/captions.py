"""Sizes of the data behind a drawing, in words."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from resim_inspect.charts.analysis.curve_stats import curve_stats
from resim_inspect.charts.analysis.decimate import Decimation
from resim_inspect.charts.model.drawing import Bars, Curve, Drawing, Plot
from resim_inspect.text import count


def missing_counts(curves: Sequence[Curve]) -> list[str]:
    """Numbers of samples without a finite value: `3 without a value`, `1 at ∞ (↑)`."""
    values = [curve_stats(curve).missing_y for curve in curves]
    above = sum(int((ys == math.inf).sum()) for ys in values)
    below = sum(int((ys == -math.inf).sum()) for ys in values)
    total = sum(curve_stats(c).total - curve_stats(c).finite for c in curves)
    texts = [f"{total - above - below:,} without a value"] if total > above + below else []
    texts += [f"{above:,} at ∞ (↑)"] if above else []
    return texts + ([f"{below:,} at -∞ (↓)"] if below else [])


def window_caption(decimated: Decimation) -> str:
    """Numbers of the points in the window and of all of them; empty without curves."""
    counted = [(curve, points) for curve, points in decimated if curve.counted]
    if not counted:
        return ""
    shown = sum(points.behind for _, points in counted)
    total = sum(curve_stats(curve).finite for curve, _ in counted)
    noun = "point" if total == 1 else "points"
    text = f"{total:,} {noun}" if shown >= total else f"{shown:,} of {total:,} {noun}"
    complete = all(points.complete or not curve.line for curve, points in counted)
    text = text if complete else f"{text}, drawn from extremes"
    return " · ".join([text, *missing_counts([curve for curve, _ in counted])])


def _bars_without_value(panel: Bars) -> list[str]:
    """Numbers of bars that are not finite: `2 NaN`, `1 infinite`."""
    nan = infinite = 0
    for series in panel.series:
        values = series.values if series.has_value is None else series.values[series.has_value]
        nan += int(np.isnan(values).sum())
        infinite += int(np.isinf(values).sum())
    texts = [f"{nan:,} NaN"] if nan else []
    return texts + ([f"{infinite:,} infinite"] if infinite else [])


def caption(drawing: Drawing) -> str:
    """Size of the data behind a drawing, all panels together: `2 series · 600,000 points`."""
    if drawing.caption:
        return drawing.caption
    parts: list[str] = []
    curves = [c for p in drawing.panels if isinstance(p, Plot) for c in p.curves if c.counted]
    points = sum(curve_stats(c).total for c in curves)
    if len(curves) > 1:
        parts.append(f"{len(curves)} series")
    if curves:
        parts.append(count(points, "point"))
    for panel in drawing.panels:
        if isinstance(panel, Plot):
            parts += missing_counts([c for c in panel.curves if c.counted])
        if isinstance(panel, Bars):
            parts.append(count(len(panel.categories), *panel.category_noun))
            parts += _bars_without_value(panel)
        if isinstance(panel, Plot) and panel.bands:
            runs = sum(len(band.starts) for band in panel.bands)
            samples = sum(band.samples for band in panel.bands)
            parts.append(f"{count(samples, 'sample')} in {count(runs, 'segment')}")
    return " · ".join(parts)
