"""What all painters share: the request, the result, and scales from data to cells."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from resim_inspect.charts.model.picture import Readout, Rect
from resim_inspect.charts.model.style import Palette
from resim_inspect.charts.rendering.cells import Grid


@dataclass(frozen=True)
class Request:
    """The room a panel gets, and what the reader looks at."""

    width: int
    height: int
    palette: Palette
    window: tuple[float, float] | None = None
    cursor: float | None = None


@dataclass(frozen=True)
class Painted:
    """A panel in cells; `plot` is relative to the panel's own corner."""

    grid: Grid
    plot: Rect | None = None
    x_range: tuple[float, float] | None = None
    y_range: tuple[float, float] | None = None
    reverse: bool = False
    caption: str = ""
    more: int = 0
    read: Callable[[int, int], Readout | None] | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Scale:
    """A range of axis units on a number of cells, 0 at the lower end."""

    low: float
    high: float
    cells: int
    reverse: bool = False

    def place(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Axis units as fractions of cells: 0 is the lower edge, `cells` the upper one."""
        # A quarter of everything first: the span of ±1e308 is more than a float holds.
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            span = self.high * 0.25 - self.low * 0.25
            part = (values * 0.25 - self.low * 0.25) / span
            return (1.0 - part if self.reverse else part) * self.cells

    def cell(self, value: float) -> int | None:
        """The cell in which a value lies, 0 the lowest; None outside."""
        part = float(self.place(np.array([value]))[0])
        if not (-1e-9 <= part <= self.cells * (1 + 1e-9)):
            return None
        return min(self.cells - 1, max(0, int(part)))

    def value(self, cell: float) -> float:
        """The value at a fraction of cells."""
        part = cell / max(1, self.cells)
        if self.reverse:
            part = 1 - part
        return self.low * (1 - part) + self.high * part


_MAX_FINITE = 1.7e308


def widen(low: float, high: float, part: float = 0.0) -> tuple[float, float]:
    """A range that is finite and not empty, wider by a part of its span at both ends."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return 0.0, 1.0
    low, high = min(low, high), max(low, high)
    low, high = max(low, -_MAX_FINITE), min(high, _MAX_FINITE)
    size = max(abs(low), abs(high))
    if high - low <= size * 1e-13 or high == low:
        pad = size * 0.1 if size > 1e-300 else 0.5
        return max(low - pad, -_MAX_FINITE), min(high + pad, _MAX_FINITE)
    pad = high * part - low * part
    return max(low - pad, -_MAX_FINITE), min(high + pad, _MAX_FINITE)
