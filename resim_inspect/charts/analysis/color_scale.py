"""The colour scale of heatmaps."""

from __future__ import annotations

import numpy as np

from resim_inspect.charts.model.layers import Heatmap
from resim_inspect.charts.model.style import RGB

_RAMP: tuple[RGB, ...] = (
    (13, 8, 135),
    (84, 2, 163),
    (139, 10, 165),
    (185, 50, 137),
    (219, 92, 104),
    (244, 136, 73),
    (254, 188, 43),
    (240, 249, 33),
)


def fraction(value: float, low: float, high: float) -> float:
    """Position of a value on a scale, from 0 at `low` to 1 at `high`; 0.5 without a span."""
    # Halves, since a difference of finite numbers may not be finite.
    span = high / 2 - low / 2
    part = (value / 2 - low / 2) / span if span > 0 else 0.5
    return min(1.0, max(0.0, part))


def color_at(part: float) -> RGB:
    """Colour at a fraction of the scale: dark violet at 0, yellow at 1."""
    scaled = part * (len(_RAMP) - 1)
    k = min(len(_RAMP) - 2, int(scaled))
    rest = scaled - k
    low, high = _RAMP[k], _RAMP[k + 1]
    return (
        round(low[0] + (high[0] - low[0]) * rest),
        round(low[1] + (high[1] - low[1]) * rest),
        round(low[2] + (high[2] - low[2]) * rest),
    )


def color_range(heatmap: Heatmap) -> tuple[float, float] | None:
    """Values at both ends of the colour scale; None without a finite value."""
    finite = heatmap.z[np.isfinite(heatmap.z)]
    if not len(finite):
        return None
    low = float(finite.min()) if heatmap.low is None else heatmap.low
    high = float(finite.max()) if heatmap.high is None else heatmap.high
    return low, high
