"""Segments of a line, clipped to a rectangle."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_CAP = 1e9
"""Coordinates are capped first: differences of 1e308 would overflow."""


def clipped_segments(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    breaks: NDArray[np.int64],
    edges: tuple[float, float, float, float],
) -> NDArray[np.float64]:
    """Each segment cut at the edges (Liang–Barsky), as m × 4: x0, y0, x1, y1.

    `x`, `y`: n finite points; `breaks`: positions before which the line is interrupted;
    `edges`: least x and y, most x and y. Segments outside are dropped.
    """
    left, low, right, high = edges
    x, y = np.clip(x, -_CAP, _CAP), np.clip(y, -_CAP, _CAP)
    x0, y0, dx, dy = x[:-1], y[:-1], np.diff(x), np.diff(y)
    enter, leave = np.zeros(len(dx)), np.ones(len(dx))
    visible = np.ones(len(dx), bool)
    visible[breaks[breaks > 0] - 1] = False
    for p, q in ((-dx, x0 - left), (dx, right - x0), (-dy, y0 - low), (dy, high - y0)):
        with np.errstate(divide="ignore", invalid="ignore"):
            r = q / p
        enter = np.where(p < 0, np.maximum(enter, r), enter)
        leave = np.where(p > 0, np.minimum(leave, r), leave)
        visible &= ~((p == 0) & (q < 0))
    visible &= enter <= leave
    visible_indices = np.flatnonzero(visible)
    a, b = enter[visible_indices], leave[visible_indices]
    starts = (
        x0[visible_indices] + a * dx[visible_indices],
        y0[visible_indices] + a * dy[visible_indices],
    )
    ends = (
        x0[visible_indices] + b * dx[visible_indices],
        y0[visible_indices] + b * dy[visible_indices],
    )
    return np.stack((*starts, *ends), 1)
