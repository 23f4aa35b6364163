"""Ranges of axes where the figure asks for more than that of the data."""

from __future__ import annotations

from typing import Any

from resim_inspect.charts.plotly import decode
from resim_inspect.charts.plotly.axes import PlotlyAxis
from resim_inspect.charts.plotly.layers import Layers

_PAD = 0.05
"""Share of an axis's length that plotly leaves free beyond the data."""


def resolve_ranges(subplots: list[Layers], axes: dict[str, PlotlyAxis]) -> None:
    """Set `limits` and `reverse` of the axes by name; axes that match share one range."""
    groups: dict[str, list[tuple[Layers, PlotlyAxis]]] = {}
    for layers in subplots:
        for axis in (layers.x, layers.y, layers.right):
            if axis is not None:
                groups.setdefault(match_root(axis, axes), []).append((layers, axis))
    for members in groups.values():
        _resolve_group(members)


def match_root(axis: PlotlyAxis, axes: dict[str, PlotlyAxis]) -> str:
    """Name of the axis whose range an axis shares in the end: it may match one that matches."""
    name, seen = axis.name, {axis.name}
    while name in axes:
        name_above = decode.word(axes[name].layout.get("matches"))
        if not name_above or name_above in seen:
            break
        seen.add(name_above)
        name = name_above
    return name


def _resolve_group(members: list[tuple[Layers, PlotlyAxis]]) -> None:
    axes = list({id(axis): axis for _, axis in members}.values())
    reference_axis = next((a for a in axes if _has_range(a)), axes[0])
    extents = [e for layers, axis in members if (e := layers.extent(axis)) is not None]
    extent = (min(e[0] for e in extents), max(e[1] for e in extents)) if extents else None
    anchored = any(axis.from_zero for axis in axes)
    # The renderer's own range begins at zero for bars only where there are no curves.
    mixed = anchored and any(
        axis is layers.x or curve.right is (axis is layers.right)
        for layers, axis in members
        for curve in layers.curves
    )
    is_x = axes[0].name.startswith("x")
    ends = _ends(reference_axis, extent, anchored, padded=not is_x, special=mixed or len(axes) > 1)
    for axis in axes:
        axis.reverse = axis.layout.get("autorange") == "reversed"
        if ends is not None and ends[0] != ends[1]:
            axis.limits = (min(ends), max(ends))
            axis.reverse |= ends[0] > ends[1]


def _has_range(axis: PlotlyAxis) -> bool:
    return bool(decode.items(axis.layout.get("range"))) or bool(axis.layout.get("rangemode"))


def _ends(
    axis: PlotlyAxis,
    extent: tuple[float, float] | None,
    anchored: bool,
    *,
    padded: bool,
    special: bool,
) -> tuple[float, float] | None:
    """Ends in axis units, from start to end; None where the renderer's own range will do."""
    low, high = _given_ends(axis)
    if low is not None and high is not None:
        return low, high
    mode = decode.word(axis.layout.get("rangemode"))
    options = axis.layout.get("autorangeoptions")
    least, most = (axis.unit(axis.layout.get(name)) for name in ("minallowed", "maxallowed"))
    special = (
        special
        or low is not None
        or high is not None
        or (mode in ("tozero", "nonnegative") and axis.kind == "linear")
        or (axis.kind in ("log", "date") and anchored)
        or isinstance(options, dict)
        or least is not None
        or most is not None
    )
    if not special or extent is None or axis.kind == "category":
        return None
    auto = _auto(extent, mode if axis.kind == "linear" else "", anchored, padded, axis)
    auto = _adjusted(axis, options, auto)
    ends = [auto[0] if low is None else low, auto[1] if high is None else high]
    if least is not None:
        ends[0] = max(ends[0], least)
    if most is not None:
        ends[1] = min(ends[1], most)
    return ends[0], ends[1]


def _given_ends(axis: PlotlyAxis) -> tuple[float | None, float | None]:
    """Ends that the figure sets: both, one (a half-open range), or none."""
    ends = decode.items(axis.layout.get("range"))
    if len(ends) != 2:
        return None, None
    low, high = axis.unit(ends[0]), axis.unit(ends[1])
    automatic = axis.layout.get("autorange")
    if low is not None and high is not None and automatic not in (None, False):
        return None, None
    return low, high


def _auto(
    extent: tuple[float, float], mode: str, anchored: bool, padded: bool, axis: PlotlyAxis
) -> tuple[float, float]:
    """Approximate plotly's own range of the data; the padding of bars never passes zero."""
    low, high = extent
    linear = axis.kind == "linear"
    from_zero = linear and (anchored or mode == "tozero")
    to_low, to_high = padded or anchored, padded or anchored
    if from_zero and low >= 0:
        low, to_low = 0.0, False
    if from_zero and high <= 0:
        high, to_high = 0.0, False
    if low == high:
        if mode == "tozero":
            return 0.0, 1.0
        low, high, to_low, to_high = low - 1, high + 1, False, False
    pad = (high - low) * _PAD / (1 - _PAD * (to_low + to_high))
    padded_low = low - pad if to_low else low
    padded_high = high + pad if to_high else high
    if mode == "nonnegative":
        padded_low = max(0.0, padded_low)
        padded_high = padded_high if high > 0 else 1.0
    return padded_low, padded_high


def _adjusted(axis: PlotlyAxis, options: Any, auto: tuple[float, float]) -> tuple[float, float]:
    """The automatic range with what `autorangeoptions` clips and includes."""
    if not isinstance(options, dict):
        return auto
    low, high = auto
    exact_low, exact_high = (axis.unit(options.get(k)) for k in ("minallowed", "maxallowed"))
    low = low if exact_low is None else exact_low
    high = high if exact_high is None else exact_high
    clip_low, clip_high = axis.unit(options.get("clipmin")), axis.unit(options.get("clipmax"))
    if clip_low is not None and clip_low < high:
        low = max(low, clip_low)
    if clip_high is not None and clip_high > low:
        high = min(high, clip_high)
    for value in decode.items(options.get("include")):
        at = axis.unit(value)
        if at is not None:
            low, high = min(low, at), max(high, at)
    return low, high
