"""Shapes and annotations of a layout: lines, spans, outlines, and texts in their places."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from resim_inspect.charts.model.drawing import Curve, ReferenceLine, TextAnnotation
from resim_inspect.charts.model.style import ColorRole
from resim_inspect.charts.plotly import decode
from resim_inspect.charts.plotly.axes import PlotlyAxis
from resim_inspect.charts.plotly.layers import Layers

_MAX_ITEMS = 200


def belongs(reference: Any, axis: PlotlyAxis) -> bool:
    """Whether a reference such as `x2` or `y domain` means an axis or a part of its length."""
    return isinstance(reference, str) and reference.split(" ")[0] == axis.name


def add_shape(layers: Layers, shape: dict[str, Any]) -> bool:
    """Add a shape if it belongs to this subplot; whether it was."""
    kind = decode.word(shape.get("type")) or "rect"
    x_ref = decode.word(shape.get("xref")) or "x"
    y_ref = decode.word(shape.get("yref")) or "y"
    on_x, on_y = belongs(x_ref, layers.x), belongs(y_ref, layers.y)
    # Across the whole plot in one direction: a line at one place of the other.
    free_x = (on_x and "domain" in x_ref) or x_ref == "paper"
    free_y = (on_y and "domain" in y_ref) or y_ref == "paper"
    if not ((on_x and (on_y or free_y)) or (on_y and free_x)) or (free_x and free_y):
        return False
    color_role = _color_role(shape)
    label = decode.text(shape.get("label"), 40) or decode.text(shape.get("name"), 40)
    x0, x1 = (None, None) if free_x else (layers.x.unit(shape.get(k)) for k in ("x0", "x1"))
    y0, y1 = (None, None) if free_y else (layers.y.unit(shape.get(k)) for k in ("y0", "y1"))
    if kind == "path":
        return False
    if free_y and x0 is not None:
        for at in dict.fromkeys((x0, x1 if x1 is not None else x0)):
            layers.reference_lines.append(
                ReferenceLine(at, label, color_role, vertical=True, legend=bool(label))
            )
        return True
    if free_x and y0 is not None:
        for at in dict.fromkeys((y0, y1 if y1 is not None else y0)):
            layers.reference_lines.append(ReferenceLine(at, label, color_role, legend=bool(label)))
        return True
    if x0 is None or x1 is None or y0 is None or y1 is None:
        return False
    if (kind == "line" and y0 == y1) or kind == "line":
        xs, ys = [x0, x1], [y0, y1]
    elif kind == "circle":
        turn = np.linspace(0, 2 * math.pi, 61)
        xs = ((x0 + x1) / 2 + (x1 - x0) / 2 * np.cos(turn)).tolist()
        ys = ((y0 + y1) / 2 + (y1 - y0) / 2 * np.sin(turn)).tolist()
    else:
        xs, ys = [x0, x1, x1, x0, x0], [y0, y0, y1, y1, y0]
    layers.curves.append(
        Curve(
            label or "shape",
            np.array(xs),
            np.array(ys),
            color_role=color_role,
            legend=bool(label),
            counted=False,
            excluded_from_readout=True,
        )
    )
    return True


def _color_role(shape: dict[str, Any]) -> ColorRole:
    found = decode.color(decode.part(shape, "line", "color"))
    if found is None:
        found = decode.color(shape.get("fillcolor"))
    return found if found is not None else "limit"


def add_annotation(layers: Layers, note: dict[str, Any]) -> bool:
    """Add an annotation that stands in this subplot's coordinates; whether it was."""
    if not (belongs(note.get("xref", "x"), layers.x) and belongs(note.get("yref", "y"), layers.y)):
        return False
    if "domain" in str(note.get("xref")) or "domain" in str(note.get("yref")):
        return False
    x, y = layers.x.unit(note.get("x")), layers.y.unit(note.get("y"))
    said = decode.text(note.get("text"), 60)
    if x is None or y is None or not said or len(layers.annotations) >= _MAX_ITEMS:
        return False
    color = decode.color(decode.part(note, "font", "color"))
    layers.annotations.append(TextAnnotation(x, y, said, color if color is not None else "text"))
    return True
