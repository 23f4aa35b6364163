"""Windows on an axis: zooming and panning as arithmetic on a pair of numbers."""

from __future__ import annotations

Window = tuple[float, float]

SMALLEST = 1e-12
"""The narrowest window, as a part of the whole extent."""


def zoomed(window: Window, extent: Window, factor: float, anchor: float | None) -> Window | None:
    """The window `factor` times as wide, `anchor` staying where it is; None for all of it."""
    low, high = window
    width = high - low
    whole = extent[1] - extent[0]
    if whole <= 0 or width <= 0:
        return None
    if anchor is None or not low <= anchor <= high:
        anchor = (low + high) / 2
    new = max(width * factor, whole * SMALLEST)
    if new >= whole * 0.999:
        return None
    part = (anchor - low) / width
    return held((anchor - part * new, anchor - part * new + new), extent)


def panned(window: Window, extent: Window, part: float) -> Window:
    """The window moved by a part of its width, kept inside the extent."""
    width = window[1] - window[0]
    return held((window[0] + part * width, window[1] + part * width), extent)


def held(window: Window, extent: Window) -> Window:
    """The window, moved inside the extent, its width kept."""
    low, high = window
    if high - low >= extent[1] - extent[0]:
        return extent
    if low < extent[0]:
        return (extent[0], extent[0] + (high - low))
    if high > extent[1]:
        return (extent[1] - (high - low), extent[1])
    return window


def around(at: float, window: Window, extent: Window) -> Window:
    """The window moved so far that `at` is in it: as it is, else with `at` in the middle."""
    low, high = window
    if low <= at <= high:
        return window
    half = (high - low) / 2
    return held((at - half, at + half), extent)
