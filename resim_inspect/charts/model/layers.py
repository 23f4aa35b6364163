"""The layers of a plot as plain data: axes, curves, boxes, bands, heat, rules, notes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from resim_inspect.charts.model.style import ColorRole
from resim_inspect.document.enums import MetricStatus

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

AxisKind = Literal["number", "log", "time", "category", "hidden"]

STACKED = "(stacked)"
"""End of the title of an axis along which areas are stacked."""
_UNIT_IN_TITLE = re.compile(r"[(\[]([^()\[\]]{1,12})[)\]]\s*$")


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
    """The time zone to name with times of day; empty if the data have none."""
    relative_origin: int = 0
    """A relative time axis: the ns since `base` that are written as 0."""
    categories: tuple[str, ...] = ()
    integer_ticks: bool = False
    """Counts: no ticks between integers."""
    marks: tuple[tuple[float, str], ...] = ()
    """Positions and labels of ticks that the file sets; else they are computed."""
    limits: tuple[float, float] | None = None
    """The range to show without a zoom; None: that of the data."""
    reverse: bool = False

    @property
    def shown_unit(self) -> str:
        """Unit of the values: the axis's own, or the one in brackets at the end of its title."""
        match = _UNIT_IN_TITLE.search(self.title.removesuffix(STACKED))
        return self.unit or (match.group(1).strip() if match else "")

    @property
    def title_with_unit(self) -> str:
        """The title with the axis's own unit in brackets, unless it names the unit itself."""
        if self.unit and self.unit not in self.title:
            return f"{self.title} [{self.unit}]".strip()
        return self.title


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
    """Drawn on the axis on the right."""
    legend: bool = True
    dots: bool = False
    """Small dots instead of a line."""
    counted: bool = True
    """Count its points as points of the drawing: False for marks on other curves."""
    excluded_from_readout: bool = False
    """Part of another shape, such as a whisker or an outline."""
    texts: tuple[str, ...] = ()
    """Texts of the readout: one a point, or none."""


class Fill(NamedTuple):
    """Legend entry of the colour of filled shapes, or of a sign beside them."""

    name: str
    color_role: ColorRole
    shade: int = 0
    """Position of its fill pattern, used without colours."""
    sign: str = ""
    """The sign, if it is not a filled cell."""


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
    """Text of the readout: the value with its unit."""
    label: str = ""
    """Written inside if it fits."""
    status: MetricStatus | None = None
    horizontal: bool = False
    """Grows along x."""
    right: bool = False
    shade: int = 0
    """Position of its fill pattern, used without colours."""
    value: float | None = None
    """The number of a bar, which may stand on others; None for a bucket or a range."""


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
    """Severity (`MetricStatus.rank`) of the worst sample of each run."""
    samples: int = 0

    @cached_property
    def marks(self) -> dict[str, str]:
        """Marks of the runs of each failure state, the worst first."""
        import numpy as np

        marks_of_state: dict[str, str] = {}
        for code in sorted(self.failing):
            severities = np.unique(self.severities[self.codes == code]).tolist()
            marks = [self.mark(code, severity) for severity in sorted(severities, reverse=True)]
            marks_of_state[self.states[code]] = "".join(sorted(set(marks), key="✗!".index))
        return marks_of_state

    def mark(self, code: int, severity: int) -> str:
        """The mark of a run: from its worst sample, else from its state; empty for none."""
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
    x_edges: NDArray[np.float64] | None = None
    """Edges of the columns, one more than there are, where these are not even."""
    y_edges: NDArray[np.float64] | None = None


@dataclass(frozen=True, slots=True)
class ReferenceLine:
    """A straight line across the plot: a threshold (at y), a moment (at x)."""

    position: float
    label: str
    color_role: ColorRole
    vertical: bool = False
    legend: bool = True
    in_range: bool = True
    """Widen the plot's range for it, unless that squeezes the data."""
    mark: str = ""
    short: str = ""
    """Short label of a threshold, `< 2 m`; its number is never cut."""
    group_label: str = ""
    """Entry of the legend for all lines of this kind, such as `4 events`, on the first one."""

    @property
    def legend_label(self) -> str:
        """Return the entry of the legend; empty without one."""
        return self.group_label or (self.label if self.legend else "")


@dataclass(frozen=True, slots=True)
class TextAnnotation:
    """A text at a point of the plot, in axis units."""

    x: float
    y: float
    text: str
    color_role: ColorRole = "dim"
    right: bool = False
    """Belongs to the axis on the right."""


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
    read_only_curves: tuple[Curve, ...] = ()
    """Curves of another panel, such as differences, that the cursor reads here, too; not drawn."""
    boxes: tuple[Box, ...] = ()
    bands: tuple[Bands, ...] = ()
    heatmap: Heatmap | None = None
    reference_lines: tuple[ReferenceLine, ...] = ()
    annotations: tuple[TextAnnotation, ...] = ()
    fills: tuple[Fill, ...] = ()
    """Legend entries of the filled shapes, beside those of the curves."""
    follows_main: bool = False
    """True if its x axis is that of the main panel, with its window, its cursor and its columns."""
    area: Area | None = None
