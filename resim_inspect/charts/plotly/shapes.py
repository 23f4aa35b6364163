"""Shapes and annotations of a layout: lines, spans, outlines, and texts in their places."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from resim_inspect.charts.model.drawing import Curve, ReferenceLine, TextAnnotation
from resim_inspect.charts.model.style import ColorRole
from resim_inspect.charts.plotly import decode
from resim_inspect.charts.plotly.axes import PlotlyAxis
from resim_inspect.charts.plotly.colors import color
from resim_inspect.charts.plotly.layers import Layers

_MAX_ITEMS = 200


def belongs(reference: Any, axis: PlotlyAxis) -> bool:
    """Return True if a reference such as `x2` or `y domain` means an axis or its length."""
    return isinstance(reference, str) and reference.split(" ")[0] == axis.name


def add_shape(layers: Layers, shape: dict[str, Any]) -> bool:
    """Add a shape if it belongs to this subplot and can be drawn; return True if it was.

    Positions are data: on a log axis the values themselves, not their logarithms.
    """
    kind = decode.word(shape.get("type")) or "rect"
    if kind == "path" or "pixel" in (shape.get("xsizemode"), shape.get("ysizemode")):
        return False
    x_ref = decode.word(shape.get("xref")) or "x"
    y_ref = decode.word(shape.get("yref")) or "y"
    on_x, on_y = belongs(x_ref, layers.x), belongs(y_ref, layers.y)
    # Across the whole plot in one direction: a line at one place of the other.
    free_x = (on_x and "domain" in x_ref) or x_ref == "paper"
    free_y = (on_y and "domain" in y_ref) or y_ref == "paper"
    if not ((on_x and (on_y or free_y)) or (on_y and free_x)) or (free_x and free_y):
        return False
    role = _color_role(shape)
    label = decode.text(shape.get("label"), 40) or decode.text(shape.get("name"), 40)
    x0, x1 = (None, None) if free_x else (_place(layers.x, shape, k) for k in ("x0", "x1"))
    y0, y1 = (None, None) if free_y else (_place(layers.y, shape, k) for k in ("y0", "y1"))
    legend = bool(label)
    if free_y and x0 is not None:
        for at in dict.fromkeys((x0, x1 if x1 is not None else x0)):
            layers.reference_lines.append(
                ReferenceLine(at, label, role, vertical=True, legend=legend)
            )
        return True
    if free_x and y0 is not None:
        for at in dict.fromkeys((y0, y1 if y1 is not None else y0)):
            layers.reference_lines.append(ReferenceLine(at, label, role, legend=legend))
        return True
    if x0 is None or x1 is None or y0 is None or y1 is None:
        return False
    if kind == "line":
        xs, ys = [x0, x1], [y0, y1]
    elif kind == "circle":
        turn = np.linspace(0, 2 * math.pi, 61)
        xs = ((x0 + x1) / 2 + (x1 - x0) / 2 * np.cos(turn)).tolist()
        ys = ((y0 + y1) / 2 + (y1 - y0) / 2 * np.sin(turn)).tolist()
    else:
        xs, ys = [x0, x1, x1, x0, x0], [y0, y0, y1, y1, y0]
    layers.curves.append(
        Curve(label or "shape", np.array(xs), np.array(ys), color_role=role, legend=legend,
              counted=False, excluded_from_readout=True)
    )  # fmt: skip
    return True


def _place(axis: PlotlyAxis, shape: dict[str, Any], key: str) -> float | None:
    return axis.unit(shape.get(key), data=True)


def _color_role(shape: dict[str, Any]) -> ColorRole:
    own = color(decode.part(shape, "line", "color"))
    if own is None:
        own = color(shape.get("fillcolor"))
    return own if own is not None else "limit"


def add_annotation(layers: Layers, note: dict[str, Any]) -> bool:
    """Add an annotation in this subplot's coordinates; return True if it was added."""
    x_ref, y_ref = note.get("xref", "x"), note.get("yref", "y")
    right = layers.right is not None and belongs(y_ref, layers.right)
    if not belongs(x_ref, layers.x) or not (right or belongs(y_ref, layers.y)):
        return False
    if "domain" in str(x_ref) or "domain" in str(y_ref):
        return False
    y_axis = layers.right if right and layers.right is not None else layers.y
    x, y = layers.x.unit(note.get("x")), y_axis.unit(note.get("y"))
    text = decode.text(note.get("text"), 60)
    if x is None or y is None or not text or len(layers.annotations) >= _MAX_ITEMS:
        return False
    own = color(decode.part(note, "font", "color"))
    layers.annotations.append(TextAnnotation(x, y, text, own if own is not None else "text", right))
    return True
