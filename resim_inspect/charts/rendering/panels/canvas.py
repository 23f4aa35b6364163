"""What all painters share: the request, the result, and scales from data to cells."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from resim_inspect.charts.model.picture import Rect
from resim_inspect.charts.model.readings import Readout
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
