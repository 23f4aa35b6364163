"""What the traces of one plotly subplot add to its plot."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

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

MAX_CURVES = 200


@dataclass
class Layers:
    """Layers in the making; `left_out` collects what cannot be drawn, in words."""

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


@dataclass(frozen=True)
class Trace:
    """One trace of the figure."""

    data: dict[str, Any]
    kind: str
    place: int
    name: str
    color_role: ColorRole
    right: bool = False
    named: bool = True

    def word(self, *path: str) -> str:
        """A text of the trace; empty for anything else."""
        return decode.word(self.get(*path))

    def get(self, *path: str) -> Any:
        """A value of the trace, or None."""
        return decode.part(self.data, *path)
