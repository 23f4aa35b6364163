"""Layers that the traces of one plotly subplot add to its plot, and traces themselves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resim_inspect.charts.model.drawing import (
    Box,
    Curve,
    Fill,
    Heatmap,
    ReferenceLine,
    TextAnnotation,
)
from resim_inspect.charts.model.style import ColorRole
from resim_inspect.charts.plotly import decode
from resim_inspect.charts.plotly.axes import PlotlyAxis


@dataclass
class Layers:
    """Layers in the making; `left_out` collects in words what cannot be drawn."""

    x: PlotlyAxis
    y: PlotlyAxis
    right: PlotlyAxis | None = None
    curves: list[Curve] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    reference_lines: list[ReferenceLine] = field(default_factory=list)
    annotations: list[TextAnnotation] = field(default_factory=list)
    fills: list[Fill] = field(default_factory=list)
    heatmap: Heatmap | None = None
    left_out: list[str] = field(default_factory=list)

    def y_of(self, trace: Trace) -> PlotlyAxis:
        """The y axis that a trace belongs to."""
        return self.right if trace.right and self.right is not None else self.y

    def extent(self, axis: PlotlyAxis) -> tuple[float, float] | None:
        """Smallest and largest finite value of the layers on an axis, in axis units."""
        values: list[float] = []
        for curve in self.curves:
            if axis is self.x or (axis is self.right) == curve.right:
                positions = curve.x if axis is self.x else curve.y
                positions = positions[np.isfinite(positions)]
                values += [float(positions.min()), float(positions.max())] if len(positions) else []
        for box in self.boxes:
            if axis is self.x:
                values += [box.x0, box.x1]
            elif (axis is self.right) == box.right:
                values += [box.y0, box.y1]
        if self.heatmap is not None and axis is not self.right:
            grid = self.heatmap
            values += [grid.x0, grid.x1] if axis is self.x else [grid.y0, grid.y1]
        finite = [v for v in values if np.isfinite(v)]
        return (min(finite), max(finite)) if finite else None


@dataclass(frozen=True)
class Trace:
    """One trace of the figure."""

    data: dict[str, Any]
    kind: str
    index: int
    """Position in the figure, from 0"""
    name: str
    color_role: ColorRole
    right: bool = False
    """Belongs to the y axis on the right."""
    named: bool = True
    """True if it has an entry in the legend."""
    shade: int = 0
    """Fill where there are no colours: traces of one name and colour share it."""

    def word(self, *path: str) -> str:
        """Text at a path of the trace; empty for anything else."""
        return decode.word(self.get(*path))

    def get(self, *path: str) -> Any:
        """Value at a path of the trace, or None."""
        return decode.part(self.data, *path)

    def steps(self, letter: str, n: int) -> NDArray[np.float64]:
        """n positions for a trace without any: `x0 + k * dx`."""
        start = decode.numeral(self.get(letter + "0"))
        step = decode.number(self.get("d" + letter))
        start = 0.0 if np.isnan(start) else start
        return start + np.arange(n, dtype=np.float64) * (1.0 if step is None else step)
