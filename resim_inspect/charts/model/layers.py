"""The layers of a plot as plain data: axes, curves, boxes, bands, heat, rules, notes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from resim_inspect.charts.model.style import ColorRole
from resim_inspect.document.enums import MetricStatus

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

AxisKind = Literal["number", "log", "time", "category", "hidden"]


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
    """Time axis only: times of day; else times since `base` + `relative_origin`."""
    time_zone: str = "UTC"
    """The time zone to name with times of day; empty where the data do not say one."""
    relative_origin: int = 0
    """A relative time axis: the ns since `base` that are written as 0."""
    categories: tuple[str, ...] = ()
    integer_ticks: bool = False
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
    color_role: ColorRole = 0
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
    excluded_from_readout: bool = False
    """Belongs to other data, as a whisker or an outline does: it is never read out."""
    texts: tuple[str, ...] = ()
    """For the readout: one text a point, or nothing."""


class Fill(NamedTuple):
    """What a filled shape's colour means."""

    name: str
    color_role: ColorRole
    shade: int = 0
    """Which of the fills it is where there are no colours."""


@dataclass(frozen=True)
class Box:
    """A filled rectangle in axis units: a bar, a bucket, a span of time."""

    x0: float
    x1: float
    y0: float
    y1: float
    color_role: ColorRole
    name: str = ""
    text: str = ""
    """For the readout: the value with its unit."""
    label: str = ""
    """Written inside where it fits."""
    status: MetricStatus | None = None
    horizontal: bool = False
    """Grows along x."""
    right: bool = False
    shade: int = 0
    """Which fill it gets where there are no colours."""


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
    """For each run the severity (`MetricStatus.rank`) of its worst sample."""
    samples: int = 0

    @cached_property
    def marks(self) -> dict[str, str]:
        """For each failure state the marks that its runs have, the worst first."""
        import numpy as np

        found: dict[str, str] = {}
        for code in sorted(self.failing):
            severities = np.unique(self.severities[self.codes == code]).tolist()
            marks = [self.mark(code, severity) for severity in sorted(severities, reverse=True)]
            found[self.states[code]] = "".join(sorted(set(marks), key="✗!".index))
        return found

    def mark(self, code: int, severity: int) -> str:
        """The mark of a run: by its worst sample, else by whether its state is a failure."""
        if severity >= MetricStatus.FAIL_BLOCK.rank:
            return "✗"
        if severity == MetricStatus.FAIL_WARN.rank:
            return "!"
        return "✗" if code in self.failing else ""


@dataclass(frozen=True, eq=False)
class Heatmap:
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
class ReferenceLine:
    """A straight line across the plot: a threshold (at y), a moment (at x)."""

    position: float
    label: str
    color_role: ColorRole
    vertical: bool = False
    legend: bool = True
    in_range: bool = True
    """Whether the plot's range is widened for it, within reason."""
    mark: str = ""
    short: str = ""
    """A threshold: what it says in the fewest cells, `< 2 m`; its number is never cut."""


@dataclass(frozen=True, slots=True)
class TextAnnotation:
    """A text at a place of the plot, in axis units."""

    x: float
    y: float
    text: str
    color_role: ColorRole = "dim"


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
    heatmap: Heatmap | None = None
    reference_lines: tuple[ReferenceLine, ...] = ()
    annotations: tuple[TextAnnotation, ...] = ()
    fills: tuple[Fill, ...] = ()
    """What the colours of filled shapes mean: entries of the legend beside the curves'."""
    area: Area | None = None
