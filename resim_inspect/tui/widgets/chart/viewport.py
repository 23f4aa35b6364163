"""The visible range of an axis: zooming and panning as arithmetic on a pair of numbers."""

from __future__ import annotations

from typing import NamedTuple

Window = tuple[float, float]


class View(NamedTuple):
    """The part of a chart that is in view, in axis units."""

    window: Window | None = None
    """Range of x; None for all."""
    y_window: Window | None = None
    """Range of y of the left axis; None for what the window needs."""
    fit_y: bool = False
    """Fit y to the data in the window alone: not to thresholds or set limits."""


MIN_SHARE = 1e-12
"""Width of the narrowest window, as a share of the whole extent."""


def zoom(window: Window, extent: Window, factor: float, anchor: float | None) -> Window | None:
    """Scale the window by `factor` about `anchor`; None stands for the whole extent."""
    low, high = window
    width = high - low
    whole = extent[1] - extent[0]
    if whole <= 0 or width <= 0:
        return None
    if anchor is None or not low <= anchor <= high:
        anchor = (low + high) / 2
    new = max(width * factor, whole * MIN_SHARE)
    if new >= whole * 0.999:
        return None
    part = (anchor - low) / width
    return clamp((anchor - part * new, anchor - part * new + new), extent)


def pan(window: Window, extent: Window, part: float) -> Window:
    """Move the window by a share of its width, inside the extent."""
    width = window[1] - window[0]
    return clamp((window[0] + part * width, window[1] + part * width), extent)


def clamp(window: Window, extent: Window) -> Window:
    """Move the window inside the extent without changing its width."""
    low, high = window
    if high - low >= extent[1] - extent[0]:
        return extent
    if low < extent[0]:
        return (extent[0], extent[0] + (high - low))
    if high > extent[1]:
        return (extent[1] - (high - low), extent[1])
    return window


def scroll_into_view(at: float, window: Window, extent: Window) -> Window:
    """Return the window if `at` is in it, else one of the same width with `at` in the middle."""
    low, high = window
    if low <= at <= high:
        return window
    half = (high - low) / 2
    return clamp((at - half, at + half), extent)


def scale(window: Window, factor: float, anchor: float | None) -> Window:
    """The window `factor` times as wide, about `anchor` if it is inside, else about its middle."""
    low, high = window
    if anchor is None or not low <= anchor <= high:
        anchor = (low + high) / 2
    return anchor - (anchor - low) * factor, anchor + (high - anchor) * factor
