"""The drawing of a metric as plain data: plots, bars, tables, texts, gauges, images."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from resim_inspect.charts.model.layers import Area as Area
from resim_inspect.charts.model.layers import Axis as Axis
from resim_inspect.charts.model.layers import AxisKind as AxisKind
from resim_inspect.charts.model.layers import Bands as Bands
from resim_inspect.charts.model.layers import Box as Box
from resim_inspect.charts.model.layers import Curve as Curve
from resim_inspect.charts.model.layers import Fill as Fill
from resim_inspect.charts.model.layers import Heatmap as Heatmap
from resim_inspect.charts.model.layers import Plot as Plot
from resim_inspect.charts.model.layers import ReferenceLine as ReferenceLine
from resim_inspect.charts.model.layers import TextAnnotation as TextAnnotation
from resim_inspect.charts.model.style import ColorRole
from resim_inspect.document.enums import MetricStatus

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TimeMode = Literal["auto", "relative", "absolute"]


@dataclass(frozen=True, slots=True)
class DrawOptions:
    """Choices of the user for a drawing."""

    time: TimeMode = "auto"
    """Format of times: since the start, as UTC, or chosen by the data."""
    hidden: frozenset[str] = frozenset()
    """Names of series that are left out."""
    category: str | None = None
    """Category of per-category data to draw; None is the first (or all, in a table)."""
    statuses: bool = True
    """Mark failing samples."""
    image_index: int = 0
    """Position of the image in a list of images, from 0."""
    difference: bool = False
    """Draw two images as the difference of their pixels instead of side by side."""
    log_y: bool = False
    """Draw plots whose values are all positive on a logarithmic y axis."""


@dataclass(frozen=True, eq=False)
class BarSeries:
    """One value a category."""

    name: str
    values: NDArray[np.float64]
    statuses: NDArray[np.int32] | None = None
    unit: str = ""
    color_role: ColorRole = 0
    has_value: NDArray[np.bool_] | None = None
    """False for categories that the series has no value for; None if it has all."""


@dataclass(frozen=True, eq=False)
class Bars:
    """A bar chart; the renderer chooses vertical or horizontal bars by the room."""

    categories: tuple[str, ...]
    series: tuple[BarSeries, ...]
    stacked: bool = False
    x_title: str = ""
    y_title: str = ""
    vertical: bool | None = None
    """Direction of the bars; None lets the renderer choose."""
    percent: bool = False
    area: Area | None = None
    title: str = ""
    reference_lines: tuple[ReferenceLine, ...] = ()
    keys: tuple[Hashable, ...] = ()
    """Identity of each category, whose label may be cut; none if the labels are whole."""
    read_only_series: tuple[BarSeries, ...] = ()
    """Series of another panel, such as differences, that the cursor reads here, too; not drawn."""
    category_noun: tuple[str, str] = ("category", "categories")
    """Word for a category and for several of them."""


@dataclass(frozen=True)
class Cell:
    """One cell of a table."""

    text: str
    color_role: ColorRole = "text"
    bold: bool = False


@dataclass(frozen=True)
class Table:
    """Rows of cells."""

    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    right: frozenset[int] = frozenset()
    """Columns that are aligned to the right."""
    area: Area | None = None
    title: str = ""
    total: int | None = None
    """Number of all rows, if not all are given."""


@dataclass(frozen=True)
class Text:
    """Markdown of the file, cleaned."""

    markdown: str
    area: Area | None = None


@dataclass(frozen=True)
class Gauge:
    """One number, big, with its status and its thresholds on a scale."""

    value: float | None
    unit: str
    status: MetricStatus
    fails_above: float | None = None
    fails_below: float | None = None
    label: str = ""
    detail: str = ""
    other: float | None = None
    """Value of a base, marked on the scale, too."""
    span: tuple[float, float] | None = None
    """Range that the scale covers at least: the extremes of the value's series."""
    large: bool = False
    """Digits are several rows tall where there is room."""
    area: Area | None = None


@dataclass(frozen=True, eq=False)
class Image:
    """An image that has been decoded, capped in size. `pixels` rows × columns × 3, uint8."""

    pixels: NDArray[np.uint8]
    caption: str
    path: str = ""
    size: tuple[int, int] | None = None
    """Width and height of the image in its file, in pixels."""
    area: Area | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """A message in place of a chart: what is missing, and why."""

    text: str
    area: Area | None = None


Panel = Plot | Bars | Table | Text | Gauge | Image | Message


@dataclass(frozen=True, eq=False)
class Drawing:
    """Panels, notes and choices of one metric, or of one metrics data."""

    title: str
    type_label: str
    """Label of the metric's type, or of the data's."""
    panels: tuple[Panel, ...]
    status: MetricStatus | None = None
    notes: tuple[str, ...] = ()
    """Notes for the user: data that are missing, left out or cut."""
    categories: tuple[str, ...] = ()
    category: str | None = None
    images: int = 0
    image_index: int = 0
    series: tuple[str, ...] = ()
    """Names of what can be hidden, in the order drawn, the hidden ones too."""
    caption: str = ""
    """Size of the data in words; empty if it follows from the panels."""

    @property
    def main(self) -> Plot | Bars | None:
        """The panel that is zoomed and read: the first plot or bar chart; None without one.

        A view into space is none: its positions are those of the screen.
        """
        return next(
            (
                p
                for p in self.panels
                if isinstance(p, Bars) or (isinstance(p, Plot) and p.x.kind != "hidden")
            ),
            None,
        )
