"""Bar charts: vertical where the labels fit below, else horizontal, else drawn from extremes."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from resim_inspect.charts.analysis import bar_layout
from resim_inspect.charts.analysis.extremes import extremes_between
from resim_inspect.charts.model.drawing import Axis, Bars, BarSeries, Box, Plot
from resim_inspect.charts.model.style import ColorRole
from resim_inspect.charts.svg.area import WHOLE, PaintedChart, PlotArea, View
from resim_inspect.charts.svg.canvas import SMALL, Canvas, Room, text_width
from resim_inspect.charts.svg.panels import horizontal_bars, plot
from resim_inspect.document.enums import MetricStatus
from resim_inspect.text import number, quantity

_MIN_SLOT = 5.0
"""px of a bar with the gap beside it; with less, bars are drawn from extremes."""

_GAP = 0.24
"""Part of a category's slot that stays blank."""


def height(panel: Bars, width: float) -> float:
    """Natural height in px."""
    if _is_vertical(panel, range(len(panel.categories)), width):
        return plot.height(_axes_of(panel, (0.0, 1.0)), width)
    return horizontal_bars.height(panel, range(len(panel.categories)), width)


def _is_vertical(panel: Bars, categories: range, width: float) -> bool:
    """Return True if the bars of some categories should be vertical."""
    if panel.vertical is not None:
        return panel.vertical
    if len(categories) > horizontal_bars.MAX_CATEGORIES:
        return True
    widest = max((text_width(panel.categories[k], SMALL) for k in categories[:200]), default=0.0)
    across = 1 if panel.stacked else max(1, len(panel.series))
    slot = (width - 70) / max(1, len(categories))
    return len(categories) <= 24 and slot >= max(widest + 8, 14.0 * across)


def paint(canvas: Canvas, panel: Bars, room: Room, view: View = WHOLE) -> PaintedChart:
    """Paint the bars of the categories in view."""
    categories = bar_layout.visible_categories(panel, view.window)
    if not categories or not panel.series:
        return plot.paint(canvas, Plot(Axis(), Axis(title=panel.y_title)), room)
    if not _is_vertical(panel, categories, room.width):
        horizontal_bars.paint(canvas, panel, categories, room)
        return PaintedChart(bar_layout.category_caption(panel, len(categories)))
    bars = VerticalBars(panel, categories, room.width - 70)
    whole = View((categories[0] - 0.5, categories[-1] + 0.5))
    plot.paint(canvas, bars.plot(), room, whole, bars.paint_labels)
    caption = bar_layout.category_caption(panel, len(categories), from_extremes=bars.from_extremes)
    return PaintedChart(caption)


def _axes_of(panel: Bars, limits: tuple[float, float]) -> Plot:
    return Plot(
        Axis("category", title=panel.x_title, categories=panel.categories),
        Axis(title=panel.y_title, limits=limits),
        fills=bar_layout.bar_fills(panel),
        reference_lines=panel.reference_lines,
        title=panel.title,
    )


@dataclass(frozen=True)
class VerticalBars:
    """Vertical bars of some categories as boxes and labels of a plot."""

    panel: Bars
    categories: range
    columns: float
    """px between the axes, about"""

    @property
    def from_extremes(self) -> bool:
        """True if a column stands for several categories."""
        return len(self.categories) * _MIN_SLOT > self.columns

    def plot(self) -> Plot:
        """The plot of the bars."""
        low, high = self._ends()
        # Room for a label at the ends.
        pad = high * 0.09 - low * 0.09
        limits = (
            low if low == 0 else bar_layout.clipped(low - pad),
            high if high == 0 else bar_layout.clipped(high + pad),
        )
        picture = _axes_of(self.panel, limits)
        boxes = self._from_extremes() if self.from_extremes else self._side_by_side()
        return replace(picture, boxes=tuple(boxes))

    def _ends(self) -> tuple[float, float]:
        ends = [*bar_layout.ends(self.panel, self.categories)]
        ends += [line.position for line in self.panel.reference_lines if not line.vertical]
        low, high = min(ends), max(ends)
        return (low, high) if high > low else (low, low + 1.0)

    def _side_by_side(self) -> list[Box]:
        shares = 1 if self.panel.stacked else max(1, len(self.panel.series))
        boxes = []
        for category, series, low, high in bar_layout.stack(self.panel, self.categories):
            position = 0 if self.panel.stacked else self.panel.series.index(series)
            left = category - 0.5 + _GAP / 2 + position * (1 - _GAP) / shares
            boxes.append(
                self._box(category, series, (left, left + (1 - _GAP) / shares), (low, high))
            )
        return boxes

    def _from_extremes(self) -> list[Box]:
        """Bars with the lowest and highest total in each column, and the first that fails."""
        columns = max(1, int(self.columns))
        many = len(self.categories)
        totals, failing = bar_layout.totals_and_failures(self.panel, self.categories)
        cuts = np.unique(np.linspace(0, many, min(many, columns) + 1).astype(np.int64)).tolist()
        boxes = []
        for part in extremes_between(totals, cuts):
            chosen = {part.highest, part.lowest}
            if failing[part.start : part.stop].any():
                chosen.add(part.start + int(failing[part.start : part.stop].argmax()))
            span = (self.categories[part.start] - 0.5, self.categories[part.stop - 1] + 0.5)
            drawn = bar_layout.stack(self.panel, [self.categories[k] for k in sorted(chosen)])
            if not self.panel.stacked:
                # The shorter ones in front.
                drawn.sort(key=lambda bar: -abs(bar[3]))
            boxes += [self._box(c, series, span, (low, high)) for c, series, low, high in drawn]
        return boxes

    def _box(
        self,
        category: int,
        series: BarSeries,
        across: tuple[float, float],
        along: tuple[float, float],
    ) -> Box:
        value = float(series.values[category])
        name = self.panel.categories[category]
        return Box(
            *across,
            *along,
            bar_layout.color_role_of(self.panel, series, category),
            name=f"{name} · {series.name}" if series.name else name,
            text=quantity(value, series.unit),
            status=bar_layout.status_of(series, category),
            value=value,
        )

    def paint_labels(self, area: PlotArea) -> None:
        """Values with marks where they fit, else marks alone; a sign for what has no value."""
        if self.from_extremes:
            return
        stacked = self.panel.stacked
        shares = 1 if stacked else max(1, len(self.panel.series))
        width = (1 - _GAP) / shares
        room = area.across(width) - area.across(0.0)
        for category in self.categories:
            for position, series in enumerate(self.panel.series):
                value = bar_layout.value_at(series, category)
                if value is None or (stacked and math.isfinite(value)):
                    continue
                middle = category - 0.5 + _GAP / 2 + ((0 if stacked else position) + 0.5) * width
                status = bar_layout.status_of(series, category)
                _paint_label(area, area.across(middle), value, status, room)


def _paint_label(
    area: PlotArea, x: float, value: float, status: MetricStatus | None, room: float
) -> None:
    """The label of one bar at x, in `room` px: above it, below it if it is negative."""
    failing = status if status is not None and status.fails else None
    ink: ColorRole = failing if failing is not None else "dim"
    text = number(value) if math.isfinite(value) else {1: "∞", -1: "-∞"}.get(_sign(value), "NaN")
    width = text_width(text, SMALL)
    fits = width + (12 if failing is not None else 0) <= room + 6
    if not math.isfinite(value) and not fits:
        text = {1: "↑", -1: "↓"}.get(_sign(value), bar_layout.NO_VALUE_MARK)
        width, fits = text_width(text, SMALL), True
    if math.isnan(value):
        y = area.up(0.0) - 5
    elif math.isinf(value):
        y = area.room.y + 11 if value > 0 else area.room.bottom - 5
    else:
        y = area.up(value) + (-5 if value >= 0 else 13)
    lead = 14.0 if failing is not None and fits else 0.0
    if failing is not None:
        area.canvas.status(x - (width / 2 + 1 if fits else 0), y - 4, failing, 3.4)
    if fits:
        area.canvas.text(x + lead / 2, y, text, ink, size=SMALL, anchor="middle")


def _sign(value: float) -> int:
    return 1 if value > 0 else -1 if value < 0 else 0
