"""Values that all painters share: the request, the painted panel, the frame of a plot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from resim_inspect.charts.analysis.scales import Scale
from resim_inspect.charts.model.picture import Rect
from resim_inspect.charts.model.readings import Readout
from resim_inspect.charts.model.style import Palette, Style
from resim_inspect.charts.rendering.cells import Grid


@dataclass(frozen=True)
class PanelRequest:
    """Room of a panel in cells, and the view of it."""

    width: int
    height: int
    palette: Palette
    window: tuple[float, float] | None = None
    """Range of x to show, in axis units; None for all."""
    cursor: float | None = None
    y_window: tuple[float, float] | None = None
    """Range of y to show on the left axis; None for what the window needs."""
    fit_y: bool = False
    """Fit the y axes to the data in the window alone: not to thresholds or set limits."""
    gutter: int = 0
    """Cells that the labels left of a plot take at least, where they are shown."""
    title_below: bool = False
    """The title of the x axis is left to the caller, who has a row below the panel for it."""


@dataclass(frozen=True)
class PaintedPanel:
    """A panel in cells; `plot` is relative to the panel's own corner."""

    grid: Grid
    plot: Rect | None = None
    x_range: tuple[float, float] | None = None
    y_range: tuple[float, float] | None = None
    reverse: bool = False
    position_rows: tuple[tuple[float, range], ...] = ()
    """Positions of horizontal bars, each with its rows of the panel."""
    caption: str = ""
    x_title: str = ""
    """Title of the x axis, if it was left to the caller."""
    more: int = 0
    """Number of lines that did not fit."""
    read: Callable[[int, int], Readout | None] | None = field(default=None, compare=False)


@dataclass(frozen=True)
class PlotFrame:
    """Cells of a grid that layers are painted on, and the scales from axis units to them."""

    grid: Grid
    area: Rect
    x: Scale
    y: Scale
    palette: Palette

    def row(self, cell: int) -> int:
        """Row of the grid of a cell that counts from the lower edge of the area."""
        return self.area.y + self.area.height - 1 - cell


def paint_column(frame: PlotFrame, cell: int, char: str, style: Style) -> None:
    """Write a character into the blank cells of a column of the area."""
    x = frame.area.x + cell
    for y in range(frame.area.y, frame.area.y + frame.area.height):
        if frame.grid.blank(x, y, 1):
            frame.grid.put(x, y, char, style)
