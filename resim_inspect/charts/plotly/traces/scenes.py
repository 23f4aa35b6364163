"""Lines and marks in space, as seen from the camera."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from resim_inspect.charts.model.drawing import Axis, Curve, Plot, TextAnnotation
from resim_inspect.charts.plotly import decode
from resim_inspect.charts.plotly.axes import PlotlyAxis, length_of
from resim_inspect.charts.plotly.colors import color
from resim_inspect.charts.plotly.layers import Trace
from resim_inspect.charts.plotly.traces.markers import MAX_LARGE_MARKS, color_groups
from resim_inspect.text import number

_MAX_TEXTS = 100_000
_ROOM = 1.12
"""Factor on the range that is shown: room for the names of the axes at their tips."""


def scene_panel(traces: list[Trace], scene: dict[str, Any]) -> Plot:
    """scatter3d traces of one scene, without perspective; its axes and their ranges are named."""
    traces = [t for t in traces if min(length_of(t.get(letter)) for letter in "xyz")]
    axes = [_axis(traces, scene, letter) for letter in "xyz"]
    points = [np.stack([_column(t, axis) for axis in axes], 1) for t in traces]
    every = np.concatenate([*points, np.zeros((0, 3))])
    every = every[np.isfinite(every).all(axis=1)]
    if not len(every):
        return Plot(Axis("hidden"), Axis("hidden"))
    low, high = _ranges(axes, every)
    span = np.where(high > low, high - low, 1.0)
    half = _proportions(scene, span)
    right, up = _camera(scene)
    curves: list[Curve] = []
    names: list[TextAnnotation] = []
    described: list[str] = []
    corner = -half
    for k, letter in enumerate("xyz"):
        end = corner.copy()
        end[k] = half[k]
        ends = np.stack((corner, end))
        curves.append(
            Curve(
                letter, ends @ right, ends @ up, color_role="grid", legend=False, counted=False,
                excluded_from_readout=True,
            )
        )  # fmt: skip
        title = decode.text(decode.part(scene, f"{letter}axis", "title"), 24) or letter
        label = f"{title} {_value(axes[k], low[k])}…{_value(axes[k], high[k])}"
        described.append(label)
        tip = end + (end - corner) * 0.02
        names.append(TextAnnotation(float(tip @ right), float(tip @ up), label))
    for trace, raw in zip(traces, points, strict=True):
        placed = ((raw - low) / span * 2 - 1) * half
        curves += _curves(trace, axes, raw, placed @ right, placed @ up)
    x_limits, y_limits = _limits(curves, names)
    return Plot(
        Axis("hidden", title=" · ".join(described), limits=x_limits),
        Axis("hidden", limits=y_limits),
        curves=tuple(curves),
        annotations=tuple(names),
    )


def _axis(traces: list[Trace], scene: dict[str, Any], letter: str) -> PlotlyAxis:
    layout = scene.get(f"{letter}axis")
    axis = PlotlyAxis(letter, layout if isinstance(layout, dict) else {})
    for trace in traces:
        axis.feed(trace.get(letter))
    axis.determine_kind()
    return axis


def _column(trace: Trace, axis: PlotlyAxis) -> NDArray[np.float64]:
    n = min(length_of(trace.get(letter)) for letter in "xyz")
    return axis.units(trace.get(axis.name))[:n]


def _ranges(
    axes: list[PlotlyAxis], points: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Ends of the three axes: the figure's, else those of the data."""
    low, high = points.min(axis=0), points.max(axis=0)
    for k, axis in enumerate(axes):
        ends = [axis.unit(v) for v in decode.items(axis.layout.get("range"))]
        if len(ends) == 2 and ends[0] is not None and ends[1] is not None and ends[0] != ends[1]:
            low[k], high[k] = ends
    return low, high


def _value(axis: PlotlyAxis, value: float) -> str:
    if axis.kind == "log":
        return number(10.0**value)
    if axis.kind == "category":
        names = list(axis.categories)
        nearest = round(value)
        return decode.text(names[nearest], 24) if 0 <= nearest < len(names) else number(value)
    if axis.kind == "date":
        ns = axis.base + round(value * 1e9)
        return str(np.datetime64(ns, "ns").astype("datetime64[s]")).replace("T", " ")
    return number(float(value))


def _proportions(scene: dict[str, Any], span: NDArray[np.float64]) -> NDArray[np.float64]:
    """Half the length of each side of the box, the mean of them 1."""
    mode = decode.word(scene.get("aspectmode"))
    proportions = [decode.number(decode.part(scene, "aspectratio", k)) for k in "xyz"]
    ratio = np.array([v for v in proportions if v is not None and v > 0], np.float64)
    if len(ratio) == 3 and mode in ("", "manual"):
        sides = ratio
    elif mode == "data" or (mode in ("", "auto") and span.max() <= 4 * span.min()):
        sides = np.abs(span)
    else:
        sides = np.ones(3)
    return np.asarray(sides / sides.mean(), np.float64)


def _camera(scene: dict[str, Any]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The screen's directions to the right and upwards, seen from the camera."""
    eye = np.array(
        [decode.number(decode.part(scene, "camera", "eye", k)) or 0.0 for k in "xyz"], np.float64
    )
    if not np.isfinite(eye).all() or np.linalg.norm(eye) < 1e-9:
        eye = np.array([1.25, 1.25, 1.25])
    view = eye / np.linalg.norm(eye)
    right = np.cross(np.array([0.0, 0.0, 1.0]), view)
    if np.linalg.norm(right) < 1e-6:
        right = np.array([0.0, 1.0, 0.0])
    right = right / np.linalg.norm(right)
    return right, np.cross(view, right)


def _limits(
    curves: list[Curve], names: list[TextAnnotation]
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Ranges of the screen's directions that hold the points and the names of the axes."""
    limits = []
    for letter in ("x", "y"):
        values = np.concatenate(
            [getattr(c, letter) for c in curves] + [np.array([getattr(n, letter) for n in names])]
        )
        values = values[np.isfinite(values)]
        middle = float(values.max() + values.min()) / 2
        reach = max(float(np.ptp(values)) / 2 * _ROOM, 1e-9)
        limits.append((middle - reach, middle + reach))
    return limits[0], limits[1]


def _curves(
    trace: Trace,
    axes: list[PlotlyAxis],
    raw: NDArray[np.float64],
    u: NDArray[np.float64],
    v: NDArray[np.float64],
) -> list[Curve]:
    mode = trace.word("mode") or "lines+markers"
    n = len(u)
    texts: tuple[str, ...] = ()
    if n <= _MAX_TEXTS:
        texts = tuple(
            "(" + ", ".join(_value(axis, c) for axis, c in zip(axes, point, strict=True)) + ")"
            for point in raw.tolist()
        )
    curves = []
    if "lines" in mode:
        curves.append(
            Curve(trace.name, u, v, color_role=trace.color_role, legend=trace.named, texts=texts)
        )
    if "markers" in mode or not curves:
        groups = color_groups(trace, n)
        if not groups:
            own = color(trace.get("marker", "color"))
            groups = [("", own, np.arange(n))] if own is not None else []
        many = n > MAX_LARGE_MARKS
        for name, rgb, where in groups:
            curves.append(
                Curve(name or trace.name, u[where], v[where], color_role=rgb, line=False,
                      mark=None if many else "●", dots=many, legend=bool(name),
                      counted="lines" not in mode, excluded_from_readout="lines" in mode)
            )  # fmt: skip
        if not groups and "lines" not in mode:
            curves.append(
                Curve(trace.name, u, v, color_role=trace.color_role, line=False, texts=texts,
                      mark=None if many else "●", dots=many, legend=trace.named)
            )  # fmt: skip
    return curves
