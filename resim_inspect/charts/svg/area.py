"""The area of a plot between its axes, and the scales from axis units to px."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from resim_inspect.charts.analysis.decimate import Decimation
from resim_inspect.charts.analysis.scales import Range, Scale
from resim_inspect.charts.svg.canvas import Canvas, Room

_FAR = 1e6
"""px; what is farther away is far outside of any drawing."""


@dataclass(frozen=True)
class View:
    """The part of the main panel that is shown."""

    window: Range | None = None
    """Range of x, in axis units; None for all."""
    y_window: Range | None = None
    """Range of y on the left axis; None for what the window needs."""
    fit_y: bool = False
    """Fit the y axes to the data in the window alone: not to thresholds or set limits."""


WHOLE = View()


@dataclass(frozen=True)
class PlotArea:
    """The area that layers are drawn in; its scales count px from the lower left corner."""

    canvas: Canvas
    room: Room
    x: Scale
    y: Scale
    right_y: Scale
    decimated: Decimation
    remarks: list[str] = field(default_factory=list)
    """Sentences of layers about points that are left out."""

    def across(self, value: float) -> float:
        """px of a position on the x axis, capped far outside of the area."""
        return self.room.x + _capped(self.x, value)

    def up(self, value: float, right: bool = False) -> float:
        """px of a position on a y axis, capped far outside of the area."""
        return self.room.bottom - _capped(self.right_y if right else self.y, value)

    def xs(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """px of positions on the x axis."""
        return self.room.x + _finite(self.x.place(values))

    def ys(self, values: NDArray[np.float64], right: bool = False) -> NDArray[np.float64]:
        """px of positions on a y axis."""
        return self.room.bottom - _finite((self.right_y if right else self.y).place(values))

    def holds_x(self, value: float) -> bool:
        """Return True for a position within the range of x."""
        return self.x.low <= value <= self.x.high

    def holds_y(self, value: float, right: bool = False) -> bool:
        """Return True for a position within the range of y."""
        scale = self.right_y if right else self.y
        return scale.low <= value <= scale.high


def _capped(scale: Scale, value: float) -> float:
    return float(_finite(scale.place(np.array([value])))[0])


def _finite(px: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.nan_to_num(np.clip(px, -_FAR, _FAR), nan=-_FAR)


@dataclass(frozen=True)
class PaintedChart:
    """The caption of a panel: how many points it shows, and whether all."""

    caption: str = ""
    remarks: tuple[str, ...] = ()
    """Parts of the caption of the whole drawing: points that are left out."""
