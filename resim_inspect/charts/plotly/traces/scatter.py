"""Scatter traces: lines, steps, marks, fills, error bars, texts, stacked areas."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from resim_inspect.charts.model.drawing import Curve, TextAnnotation
from resim_inspect.charts.plotly import decode
from resim_inspect.charts.plotly.axes import length_of
from resim_inspect.charts.plotly.colors import color
from resim_inspect.charts.plotly.layers import Layers, Trace
from resim_inspect.charts.plotly.traces.error_bars import add_error_bars
from resim_inspect.charts.plotly.traces.markers import MAX_LARGE_MARKS, color_groups

_MAX_MARKS_ON_LINE = 80
_MAX_TEXTS = 40


def add_scatter(layers: Layers, trace: Trace) -> None:
    """Add a scatter trace that is not stacked."""
    y_axis = layers.y_of(trace)
    xs, ys = trace.get("x"), trace.get("y")
    if xs is None and ys is not None:
        xs = trace.steps("x", length_of(ys))
    if ys is None and xs is not None:
        ys = trace.steps("y", length_of(xs))
    x_values, y_values = layers.x.calc(xs), y_axis.calc(ys)
    n = min(len(x_values), len(y_values))
    if not n:
        return
    x_values, y_values = x_values[:n], y_values[:n]
    x, y = layers.x.from_calc(x_values), y_axis.from_calc(y_values)
    mode = trace.word("mode") or ("lines" if n >= 20 else "lines+markers")
    fill = trace.word("fill")
    if fill not in ("", "none", "tozeroy"):
        layers.left_out.append(f'the fill of "{trace.name}" ({decode.text(fill, 12)})')
    curve = Curve(
        name=trace.name,
        x=x,
        y=y,
        unit=y_axis.unit_text,
        color_role=trace.color_role,
        line="lines" in mode,
        fill=fill == "tozeroy",
        right=trace.right,
        legend=trace.named,
    )
    if "lines" in mode:
        layers.curves.append(_line(trace, curve))
    add_error_bars(layers, trace, x, y_values, y_axis)
    add_error_bars(layers, trace, y, x_values, layers.x, horizontal=True)
    if "markers" in mode:
        _add_markers(layers, trace, curve, "lines" in mode)
    if "text" in mode:
        _add_texts(layers, trace, curve, alone=mode == "text")


def _line(trace: Trace, curve: Curve) -> Curve:
    """The line of a curve, over its gaps and in its steps as the trace asks."""
    x, y = curve.x, curve.y
    if trace.get("connectgaps") is True:
        known = np.isfinite(x) & np.isfinite(y)
        x, y = x[known], y[known]
    shape = trace.word("line", "shape")
    if shape in ("vh", "hvh", "vhv") and len(x) > 1:
        x, y = _steps(x, y, shape)
    return replace(curve, x=x, y=y, steps=shape == "hv", counted=len(x) == len(curve.x))


def _steps(
    x: NDArray[np.float64], y: NDArray[np.float64], shape: str
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Points with the corners of the steps between them."""
    middle_x, middle_y = (x[:-1] + x[1:]) / 2, (y[:-1] + y[1:]) / 2
    corners = {
        "vh": [(x[:-1], y[1:])],
        "hvh": [(middle_x, y[:-1]), (middle_x, y[1:])],
        "vhv": [(x[:-1], middle_y), (x[1:], middle_y)],
    }[shape]
    columns = [(x[:-1], y[:-1]), *corners]
    xs = np.stack([column for column, _ in columns], 1).ravel()
    ys = np.stack([column for _, column in columns], 1).ravel()
    return np.append(xs, x[-1]), np.append(ys, y[-1])


def _add_markers(layers: Layers, trace: Trace, curve: Curve, with_line: bool) -> None:
    """Marks; a few, by their colours where these say something; many as small dots."""
    n = len(curve.x)
    many = n > MAX_LARGE_MARKS
    plain = replace(
        curve, line=False, steps=False, fill=False, mark=None if many else "●", dots=many,
        counted=not with_line,
    )  # fmt: skip
    groups = color_groups(trace, n)
    if groups:
        for name, rgb, where in groups:
            layers.curves.append(
                replace(
                    plain,
                    name=name or curve.name,
                    x=curve.x[where],
                    y=curve.y[where],
                    color_role=rgb,
                    legend=bool(name) or (curve.legend and len(groups) == 1 and not with_line),
                )
            )
        return
    if with_line and n > _MAX_MARKS_ON_LINE and trace.get("connectgaps") is not True:
        return
    own = color(trace.get("marker", "color"))
    layers.curves.append(
        replace(
            plain,
            color_role=own if own is not None else curve.color_role,
            legend=curve.legend and not with_line,
        )
    )


def _add_texts(layers: Layers, trace: Trace, curve: Curve, *, alone: bool) -> None:
    """Texts at their points; where they are all there is, the points count and are read."""
    raw_texts = trace.get("text")
    n = len(curve.x)
    texts = [raw_texts] * n if isinstance(raw_texts, str) and raw_texts else decode.items(raw_texts)
    if alone and n:
        labels = tuple(decode.text(t, 24) for t in texts[:n])
        layers.curves.append(
            replace(curve, line=False, mark="·", fill=False, steps=False, texts=labels)
        )
    for k in range(min(n, len(texts), _MAX_TEXTS)):
        label = decode.text(texts[k], 24)
        if not (label and np.isfinite(curve.x[k]) and np.isfinite(curve.y[k])):
            continue
        layers.annotations.append(
            TextAnnotation(
                float(curve.x[k]), float(curve.y[k]), label, trace.color_role, trace.right
            )
        )
    if len(texts) > _MAX_TEXTS:
        layers.left_out.append(f'{len(texts) - _MAX_TEXTS:,} of the texts of "{trace.name}"')
