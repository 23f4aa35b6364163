"""The y axis that the cards of all jobs share: as wide as the values of every job need."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from resim_inspect.charts.analysis.ticks import log_value
from resim_inspect.charts.model.drawing import Drawing, Gauge, Plot
from resim_inspect.job_rows import Cell
from resim_inspect.text import clean, number, quantity
from resim_inspect.tui.widgets.chart.viewport import Window

_NUMERIC = ("number", "log")
UNIT_LIMIT = 24
"""Characters of a unit, as on the axes of charts."""


class JobRange(NamedTuple):
    """Range of the values of one job."""

    source: object
    """Origin of the values; another object stands for newer data."""
    range: Window | None
    """None for a job without values on a scale."""
    unit: str
    kind: str
    """Kind of the axis."""


class SharedScale:
    """Ranges of the values of jobs, by the keys of their cards."""

    def __init__(self) -> None:
        self._ranges: dict[str, JobRange] = {}
        self._known: tuple[Window | None, str] | None = None

    def __len__(self) -> int:
        return len(self._ranges)

    def is_known(self, key: str, source: object) -> bool:
        """Return True if a job's values have been read since they changed last."""
        known = self._ranges.get(key)
        return known is not None and known.source is source

    def add(self, key: str, range_: JobRange) -> None:
        """Take the range of one job."""
        before = self._ranges.get(key)
        self._ranges[key] = range_
        if before is None or before[1:] != range_[1:]:
            self._known = None

    def keep_only(self, keys: set[str]) -> None:
        """Drop the ranges of jobs that do not exist any more."""
        if not self._ranges.keys() <= keys:
            self._ranges = {key: r for key, r in self._ranges.items() if key in keys}
            self._known = None

    @property
    def window(self) -> Window | None:
        """Range of the shared axis; None where the jobs have none in common."""
        return self._worked_out()[0]

    @property
    def problem(self) -> str:
        """Reason why the cards do not share an axis; empty if they do."""
        return self._worked_out()[1]

    @property
    def has_ranges(self) -> bool:
        """True if the values of some job have a scale."""
        return any(known.range is not None for known in self._ranges.values())

    @property
    def text(self) -> str:
        """The range in words: `0 … 12.5 m/s`; empty without one."""
        window = self.window
        if window is None:
            return ""
        known = next(r for r in self._ranges.values() if r.range is not None)
        low, high = window
        if known.kind == "log":
            low, high = (log_value(end) for end in window)
        return f"{number(low, 3)} … {quantity(high, known.unit, 3)}"

    def _worked_out(self) -> tuple[Window | None, str]:
        if self._known is None:
            self._known = self._work_out()
        return self._known

    def _work_out(self) -> tuple[Window | None, str]:
        ranges = [r for r in self._ranges.values() if r.range is not None]
        if not ranges:
            return None, "no scale to share"
        if len({r.unit for r in ranges}) > 1:
            return None, "units differ"
        if len({r.kind for r in ranges}) > 1:
            return None, "axes differ"
        windows = [r.range for r in ranges if r.range is not None]
        return (min(low for low, _ in windows), max(high for _, high in windows)), ""


def range_of(drawing: Drawing, source: object) -> JobRange:
    """Range of the y axis of a job's chart, or of its number and thresholds."""
    from resim_inspect.charts.analysis.scales import left_range

    main = drawing.main
    if isinstance(main, Plot) and main.y.kind in _NUMERIC and not main.y.marks:
        drawn = main.curves or main.boxes or main.heatmap is not None
        shown = left_range(main) if drawn else None
        return JobRange(source, shown, main.y.shown_unit, main.y.kind)
    for panel in drawing.panels:
        if isinstance(panel, Gauge) and panel.value is not None:
            limits = [end for end in (panel.fails_above, panel.fails_below) if end is not None]
            return _range_of_number(panel.value, limits, panel.unit, source)
    return JobRange(source, None, "", "")


def range_of_cell(cell: Cell, source: object) -> JobRange:
    """Range of a scalar in a table of jobs: the one that `range_of` finds in its drawing."""
    limits = cell.limits
    ends = () if limits is None else (limits.fails_above, limits.fails_below)
    value = math.nan if cell.value is None else cell.value
    return _range_of_number(value, [end for end in ends if end is not None], cell.unit, source)


def _range_of_number(value: float, limits: Sequence[float], unit: str, source: object) -> JobRange:
    """Range of a number and its limits; a number that is not finite has none."""
    if not math.isfinite(value):
        return JobRange(source, None, "", "")
    ends = [value, *(limit for limit in limits if math.isfinite(limit))]
    return JobRange(source, (min(ends), max(ends)), clean(unit, UNIT_LIMIT), "number")
