"""Scatter traces: lines, steps, markers by colour, fills, error bars, texts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resim_inspect.charts.model.drawing import Curve, TextAnnotation
from resim_inspect.charts.model.style import RGB
from resim_inspect.charts.plotly import decode
from resim_inspect.charts.plotly.layers import Layers, Trace

_FEW_MARKS = 80
_MANY_MARKS = 600
_COLORS = 10
_MOST_TEXTS = 40

Stacks = dict[str, tuple[NDArray[np.float64], NDArray[np.float64]]]


def add(layers: Layers, trace: Trace, stacks: Stacks) -> None:
    """Add a scatter trace; `stacks` holds the sums of each stack group so far."""
    y_axis = layers.y_of(trace)
    ys = trace.get("y")
    xs = trace.get("x")
    if xs is None and ys is not None:
        xs = _steps(trace, "x", decode.size_of(ys))
    if ys is None and xs is not None:
        ys = _steps(trace, "y", decode.size_of(xs))
    x, y = layers.x.units(xs), y_axis.units(ys)
    n = min(len(x), len(y))
    x, y = x[:n], y[:n]
    if not n:
        return
    group = trace.word("stackgroup")
    if group:
        y = _stacked(layers, trace, stacks, group, x, y)
    mode = trace.word("mode")
    if not mode:
        mode = "lines" if n >= 20 or group else "lines+markers"
    fill = trace.word("fill")
    if fill not in ("", "none", "tozeroy", "tozerox") and not group:
        layers.left_out.append(f'the fill of "{trace.name}"')
    shape = trace.word("line", "shape")
    if shape in ("vh", "hvh", "vhv"):
        layers.left_out.append(f'the steps of "{trace.name}" (joined by straight lines)')
    curve = Curve(
        name=trace.name,
        x=x,
        y=y,
        color_role=trace.color_role,
        line="lines" in mode,
        steps=shape == "hv",
        fill=fill == "tozeroy",
        right=trace.right,
        legend=trace.named,
    )
    if "lines" in mode:
        layers.curves.append(curve)
    _errors(layers, trace, curve)
    if "markers" in mode:
        _markers(layers, trace, curve, "lines" in mode)
    if "text" in mode:
        _texts(layers, trace, x, y)


def _steps(trace: Trace, axis: str, n: int) -> NDArray[np.float64]:
    start = decode.number(trace.get(axis + "0")) or 0.0
    step = decode.number(trace.get("d" + axis))
    return start + np.arange(n, dtype=np.float64) * (1.0 if step is None else step)


def _stacked(
    layers: Layers,
    trace: Trace,
    stacks: Stacks,
    group: str,
    x: NDArray[np.float64],
    y: NDArray[np.float64],
) -> NDArray[np.float64]:
    before = stacks.get(group)
    values = np.nan_to_num(y)
    if before is not None:
        if len(before[0]) == len(x) and np.array_equal(before[0], x):
            values = values + before[1]
        else:
            layers.left_out.append(f'the stacking of "{trace.name}" (its x differ)')
    stacks[group] = (x, values)
    return values


def _markers(layers: Layers, trace: Trace, curve: Curve, with_line: bool) -> None:
    """Marks; a few, by their colours where these say something; many as small dots."""
    n = len(curve.x)
    groups = _by_color(trace, n)
    if groups:
        for name, color_role, where in groups:
            layers.curves.append(
                replace(
                    curve,
                    name=name or curve.name,
                    x=curve.x[where],
                    y=curve.y[where],
                    color_role=color_role,
                    line=False,
                    steps=False,
                    fill=False,
                    mark="●" if n <= _MANY_MARKS else None,
                    dots=n > _MANY_MARKS,
                    legend=bool(name),
                    counted=not with_line,
                )
            )
        return
    if with_line and n > _FEW_MARKS:
        return
    color = decode.color(trace.get("marker", "color"))
    layers.curves.append(
        replace(
            curve,
            color_role=color if color is not None else curve.color_role,
            line=False,
            steps=False,
            fill=False,
            mark="●" if n <= _MANY_MARKS else None,
            dots=n > _MANY_MARKS,
            legend=curve.legend and not with_line,
            counted=not with_line,
        )
    )


def _by_color(trace: Trace, n: int) -> list[tuple[str, RGB, NDArray[np.int64]]]:
    """(name, colour, positions) of groups of marks that the figure colours differently."""
    given = trace.get("marker", "color")
    if isinstance(given, str) or decode.size_of(given) < n or n == 0:
        return []
    listed = decode.items(given)[:n]
    if all(isinstance(v, str) for v in listed):
        colors = list(dict.fromkeys(listed))
        if not 1 <= len(colors) <= _COLORS:
            return []
        found = []
        for text in colors:
            rgb = decode.color(text)
            if rgb is not None:
                where = np.array([k for k, v in enumerate(listed) if v == text], np.int64)
                found.append(("", rgb, where))
        return found
    values = decode.numbers(given)[:n]
    finite = values[np.isfinite(values)]
    scale = trace.get("marker", "colorscale")
    if not len(finite) or not isinstance(scale, list):
        return []
    low = decode.number(trace.get("marker", "cmin"))
    high = decode.number(trace.get("marker", "cmax"))
    low = float(finite.min()) if low is None else low
    high = float(finite.max()) if high is None else high
    names = _names(trace)
    distinct = np.unique(finite)
    span = (high - low) or 1.0
    groups: list[tuple[str, RGB, NDArray[np.int64]]] = []
    if len(distinct) <= _COLORS:
        for value in distinct.tolist():
            rgb = decode.scale_color(scale, (value - low) / span)
            if rgb is not None:
                groups.append((names.get(value, ""), rgb, np.flatnonzero(values == value)))
        return groups
    steps = np.clip(((values - low) / span * _COLORS).astype(np.int64), 0, _COLORS - 1)
    for k in range(_COLORS):
        where = np.flatnonzero(np.isfinite(values) & (steps == k))
        rgb = decode.scale_color(scale, (k + 0.5) / _COLORS)
        if len(where) and rgb is not None:
            groups.append(("", rgb, where))
    return groups


def _names(trace: Trace) -> dict[float, str]:
    """What the colour bar calls the values."""
    places = decode.items(trace.get("marker", "colorbar", "tickvals"))
    texts = decode.items(trace.get("marker", "colorbar", "ticktext"))
    return {
        float(at): decode.text(name, 40)
        for at, name in zip(places, texts, strict=False)
        if isinstance(at, int | float)
    }


def _texts(layers: Layers, trace: Trace, x: NDArray[np.float64], y: NDArray[np.float64]) -> None:
    texts = decode.items(trace.get("text"))
    for k in range(min(len(x), len(texts), _MOST_TEXTS)):
        label = decode.text(texts[k], 24)
        if label and np.isfinite(x[k]) and np.isfinite(y[k]) and not trace.right:
            layers.annotations.append(
                TextAnnotation(float(x[k]), float(y[k]), label, trace.color_role)
            )
    if len(texts) > _MOST_TEXTS:
        layers.left_out.append(f'{len(texts) - _MOST_TEXTS:,} of the texts of "{trace.name}"')


def _errors(layers: Layers, trace: Trace, curve: Curve) -> None:
    """Error bars as upright or lying lines."""
    n = len(curve.x)
    for name in ("error_y", "error_x"):
        bars: Any = trace.get(name)
        if not isinstance(bars, dict) or bars.get("visible") is False:
            continue
        middle = curve.y if name == "error_y" else curve.x
        ends = _ends(bars, n, middle)
        if ends is None:
            continue
        if (name == "error_y" and layers.y_of(trace).kind == "log") or layers.x.kind == "log":
            layers.left_out.append(f'the error bars of "{trace.name}" (log axis)')
            continue
        low, high = ends
        along = np.stack((middle - low, middle + high, np.full(n, np.nan)), 1).ravel()
        still = np.repeat(curve.x if name == "error_y" else curve.y, 3)
        layers.curves.append(
            replace(
                curve,
                x=still if name == "error_y" else along,
                y=along if name == "error_y" else still,
                line=True,
                mark=None,
                steps=False,
                fill=False,
                legend=False,
                counted=False,
                excluded_from_readout=True,
            )
        )


def _ends(
    bars: dict[str, Any], n: int, middle: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    kind = decode.word(bars.get("type")) or ("data" if "array" in bars else "percent")
    if kind == "data":
        high = decode.numbers(bars.get("array"))
        low = decode.numbers(bars["arrayminus"]) if "arrayminus" in bars else high
        if len(high) < n or len(low) < n:
            return None
        return low[:n], high[:n]
    value = decode.number(bars.get("value"))
    if kind == "constant":
        size = np.full(n, 0.0 if value is None else value)
    elif kind == "percent":
        size = np.abs(middle) * (10.0 if value is None else value) / 100
    else:
        size = np.sqrt(np.abs(middle))
    return size, size
