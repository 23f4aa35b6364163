"""What is to be seen of a metric, as plain data: panels, axes, curves, bars, tables, text."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from resim_inspect.charts.style import Ink
from resim_inspect.document.enums import MetricStatus

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from resim_inspect.charts.facts import CurveFacts

TimeMode = Literal["auto", "relative", "absolute"]
ImageMode = Literal["half", "none"]
AxisKind = Literal["number", "log", "time", "category", "hidden"]


@dataclass(frozen=True, slots=True)
class DrawOptions:
    """What a reader chose about a drawing."""

    time: TimeMode = "auto"
    """How times are written: since the start, as UTC, or by what the data look like."""
    hidden: frozenset[str] = frozenset()
    """Names of series that are left out."""
    category: str | None = None
    """Of per-category data: the one to draw; None is the first (or all, in a table)."""
    statuses: bool = True
    """Whether failing samples are marked."""
    image: ImageMode = "half"
    image_index: int = 0
    """Which image of a list, from 0."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One value at a position: exact, from the data."""

    series: str
    text: str
    """The value with its unit: `0.81 s`, `LANE_KEEP`."""
    status: MetricStatus | None = None
    x: str = ""
    """Where the sample lies: `8.420 s`."""
    ink: Ink = "text"


@dataclass(frozen=True)
class Axis:
    """One axis; a `hidden` one has no ticks.

    Positions are axis units: the data's own for numbers, their log10 for `log`, seconds
    since `base` (ns) for `time`, 0, 1, 2… for the places of `category`.
    """

    kind: AxisKind = "number"
    title: str = ""
    unit: str = ""
    base: int = 0
    absolute: bool = False
    """A time axis: whether it is written as UTC, else as time since `base` + `zero`."""
    zero: int = 0
    """A relative time axis: the ns since `base` that are written as 0."""
    categories: tuple[str, ...] = ()
    whole: bool = False
    """Counts: no ticks between whole numbers."""
    marks: tuple[tuple[float, str], ...] = ()
    """Positions and labels that the file sets in place of ticks of our own."""
    limits: tuple[float, float] | None = None
    """The range to show when nobody zoomed; None: that of the data."""
    reverse: bool = False


@dataclass(frozen=True, eq=False)
class Curve:
    """A series of points: a line, marks, or both. Arrays have n elements.

    `x` is int64 ns (absolute, as in the file) on a time axis, else float64 axis units;
    `y` float64 axis units, NaN where there is a gap; `statuses` int32 or None.
    """

    name: str
    x: NDArray[Any]
    y: NDArray[np.float64]
    statuses: NDArray[np.int32] | None = None
    unit: str = ""
    ink: Ink = 0
    line: bool = True
    mark: str | None = None
    steps: bool = False
    """Holds each value until the next point."""
    fill: bool = False
    """Filled down to zero."""
    right: bool = False
    """Belongs to the axis on the right."""
    legend: bool = True
    dots: bool = False
    """Small dots instead of a line."""
    counted: bool = True
    """Whether its points count as points of the drawing: not for marks on other curves."""
    aside: bool = False
    """Belongs to other data, as a whisker or an outline does: it is never read out."""
    texts: tuple[str, ...] = ()
    """For the readout: one text a point, or nothing."""

    @cached_property
    def facts(self) -> CurveFacts:
        """What drawing needs to know of all points, worked out once."""
        from resim_inspect.charts.facts import curve_facts

        return curve_facts(self)


@dataclass(frozen=True)
class Box:
    """A filled rectangle in axis units: a bar, a bucket, a span of time."""

    x0: float
    x1: float
    y0: float
    y1: float
    ink: Ink
    name: str = ""
    text: str = ""
    """For the readout: the value with its unit."""
    label: str = ""
    """Written inside where it fits."""
    status: MetricStatus | None = None
    horizontal: bool = False
    """Grows along x."""
    right: bool = False
    outline: bool = False


@dataclass(frozen=True, eq=False)
class Bands:
    """One row of states over time: run i holds `states[codes[i]]` from starts[i] to ends[i]."""

    name: str
    starts: NDArray[Any]
    """int64 ns, ascending"""
    ends: NDArray[Any]
    codes: NDArray[np.int32]
    states: tuple[str, ...]
    failing: frozenset[int]
    """Codes that are failure states."""
    severities: NDArray[np.int32]
    """For each run the severity (`MetricStatus.severity`) of its worst sample."""
    samples: int = 0


@dataclass(frozen=True, eq=False)
class Heat:
    """A grid of values: z is rows × columns, float64, row 0 lowest."""

    z: NDArray[np.float64]
    x0: float
    x1: float
    y0: float
    y1: float
    unit: str = ""
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight line across the plot: a threshold (at y), a moment (at x)."""

    at: float
    label: str
    ink: Ink
    vertical: bool = False
    legend: bool = True
    in_range: bool = True
    """Whether the plot's range is widened for it, within reason."""
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """A text at a place of the plot, in axis units."""

    x: float
    y: float
    text: str
    ink: Ink = "dim"


Area = tuple[float, float, float, float]
"""left, top, right, bottom: fractions of the whole."""


@dataclass(frozen=True, eq=False)
class Plot:
    """Layers on one pair of axes (and a second y axis on the right)."""

    x: Axis
    y: Axis
    right: Axis | None = None
    title: str = ""
    curves: tuple[Curve, ...] = ()
    boxes: tuple[Box, ...] = ()
    bands: tuple[Bands, ...] = ()
    heat: Heat | None = None
    rules: tuple[Rule, ...] = ()
    notes: tuple[Note, ...] = ()
    legend: tuple[tuple[str, Ink], ...] | None = None
    """Entries of its own instead of the curves' names."""
    area: Area | None = None
    equal: bool = False


@dataclass(frozen=True, eq=False)
class BarSeries:
    """One value a category; NaN where there is none."""

    name: str
    values: NDArray[np.float64]
    statuses: NDArray[np.int32] | None = None
    unit: str = ""
    ink: Ink = 0


@dataclass(frozen=True, eq=False)
class Bars:
    """A bar chart; the renderer chooses upright or lying bars by the room there is."""

    categories: tuple[str, ...]
    series: tuple[BarSeries, ...]
    stacked: bool = False
    x_title: str = ""
    y_title: str = ""
    upright: bool | None = None
    """None: whichever reads better."""
    percent: bool = False
    area: Area | None = None
    title: str = ""
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True)
class Cell:
    """One cell of a table."""

    text: str
    ink: Ink = "text"
    bold: bool = False


@dataclass(frozen=True)
class Table:
    """Rows of cells; numbers stand right."""

    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    right: frozenset[int] = frozenset()
    """Columns that are aligned to the right."""
    area: Area | None = None
    title: str = ""
    total: int | None = None
    """How many rows there are, if not all are given."""


@dataclass(frozen=True)
class Text:
    """Markdown, as the file has it, cleaned."""

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
    span: tuple[float, float] | None = None
    """What the scale should cover at least: the extremes of the series it is from."""
    area: Area | None = None


@dataclass(frozen=True, eq=False)
class Image:
    """An image that has been decoded, capped in size. `pixels` rows × columns × 3, uint8."""

    pixels: NDArray[np.uint8]
    caption: str
    path: str = ""
    area: Area | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence in a chart's place: what is missing, and why."""

    text: str
    area: Area | None = None


Panel = Plot | Bars | Table | Text | Gauge | Image | Message


@dataclass(frozen=True, eq=False)
class Drawing:
    """Everything that is to be seen of one metric, or of one metrics data."""

    title: str
    kind: str
    panels: tuple[Panel, ...]
    status: MetricStatus | None = None
    notes: tuple[str, ...] = ()
    """What the reader should know: what is missing, left out, or cut."""
    categories: tuple[str, ...] = ()
    category: str | None = None
    images: int = 0
    image_index: int = 0
    extra: dict[str, Any] = field(default_factory=dict, compare=False)

    @property
    def series(self) -> tuple[str, ...]:
        """Names of what can be hidden, in the order drawn, the hidden ones too."""
        names: tuple[str, ...] = self.extra.get("series", ())
        return names

    @property
    def main(self) -> Plot | Bars | None:
        """The panel that is zoomed and read: the first plot, if there is one."""
        return next((p for p in self.panels if isinstance(p, Plot | Bars)), None)

    @property
    def extent(self) -> tuple[float, float] | None:
        """The x range of all the data, in axis units; None where there is nothing to zoom."""
        import numpy as np

        from resim_inspect.charts.readout import extent

        with np.errstate(all="ignore"):
            return extent(self.main)

    @property
    def caption(self) -> str:
        """How much stands behind the drawing: `2 series · 600,000 points`."""
        from resim_inspect.charts.readout import caption

        return caption(self)

    def readout(self, x: float) -> tuple[Reading, ...]:
        """The values nearest to x (axis units), one for each series."""
        import numpy as np

        from resim_inspect.charts.readout import readings

        with np.errstate(all="ignore"):
            return readings(self.main, x)

    def x_text(self, x: float) -> str:
        """A position as people write it: `8.420 s`, `08:53:20.124`, a category."""
        from resim_inspect.charts.readout import position_text

        return position_text(self.main, x)
