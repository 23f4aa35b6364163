"""The legend of a plot: signs and names in as many rows as they need."""

from __future__ import annotations

from dataclasses import dataclass

from resim_inspect.charts.analysis.curve_stats import curve_stats
from resim_inspect.charts.model.drawing import Fill, Plot
from resim_inspect.charts.model.style import STATUS_MARKS, ColorRole
from resim_inspect.charts.svg.canvas import FONT_SIZE, LINE_HEIGHT, Canvas, Room, text_width
from resim_inspect.charts.svg.layers.curves import dashes
from resim_inspect.document.enums import MetricStatus

_MAX_ENTRIES = 40
"""Entries that are listed; the others are counted."""
_SIGN = 18.0
_GAP = 16.0


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """A sign and its meaning; `sign` is a mark, or `line`, `dash`, `fill`."""

    sign: str
    text: str
    color_role: ColorRole


@dataclass(frozen=True, slots=True)
class PlacedEntry:
    """An entry with its corner, relative to the legend's, and the px of its text."""

    x: float
    y: float
    width: float
    entry: LegendEntry


def entries(panel: Plot, outside: frozenset[str] = frozenset()) -> list[LegendEntry]:
    """Fills, series, lines and failing samples; `outside` names thresholds not in view.

    Thresholds in view have their label on their line, and states their mark.
    """
    # A heatmap has its colour scale beside it.
    fills = panel.fills if panel.heatmap is None else ()
    listed = [_fill_entry(panel, fill) for fill in fills]
    names: set[tuple[str, ColorRole]] = set()
    for curve in panel.curves:
        if curve.legend and curve.name and (curve.name, curve.color_role) not in names:
            names.add((curve.name, curve.color_role))
            sign = "line" if curve.line else (curve.mark or "•")
            listed.append(LegendEntry(sign, curve.name, curve.color_role))
    if len(names) == 1 and len(listed) == 1 and (panel.y.title or panel.title):
        listed = []
        names.clear()
    for line in panel.reference_lines:
        label = line.legend_label
        if not label:
            continue
        if line.label in outside:
            listed.append(LegendEntry("dash", f"{label} (not in view)", line.color_role))
        elif line.vertical:
            listed.append(LegendEntry(line.mark or "dash", label, line.color_role))
    for status, mark in STATUS_MARKS.items():
        many = sum(curve_stats(curve).status_counts.get(status, 0) for curve in panel.curves)
        if many:
            listed.append(LegendEntry(mark, f"{status.name} {many:,}", status))
    return listed


def _fill_entry(panel: Plot, fill: Fill) -> LegendEntry:
    if isinstance(fill.color_role, MetricStatus) and fill.name.startswith(fill.color_role.name):
        text = fill.name if fill.sign else f"{fill.color_role.symbol} {fill.name}"
        return LegendEntry(fill.sign or "fill", text, fill.color_role)
    marks = "".join(band.marks.get(fill.name, "") for band in panel.bands)
    text = f"{''.join(mark for mark in '✗!' if mark in marks)} {fill.name}".strip()
    return LegendEntry(fill.sign or "fill", text, fill.color_role)


def arrange(listed: list[LegendEntry], width: float) -> tuple[list[PlacedEntry], float]:
    """The entries in rows of `width` px, and the height of all rows."""
    shown = listed[:_MAX_ENTRIES]
    if len(listed) > len(shown):
        shown = [*shown, LegendEntry("", f"+{len(listed) - len(shown):,} more", "dim")]
    placed = []
    x = y = 0.0
    for entry in shown:
        lead = _SIGN if entry.sign else 0.0
        size = min(text_width(entry.text), width - lead, 320.0)
        if x and x + lead + size > width:
            x, y = 0.0, y + LINE_HEIGHT + 2
        placed.append(PlacedEntry(x, y, size, entry))
        x += lead + size + _GAP
    return placed, (y + LINE_HEIGHT + 4 if placed else 0.0)


def paint(canvas: Canvas, room: Room, placed: list[PlacedEntry]) -> None:
    """Write the entries into a room."""
    for item in placed:
        x, baseline = room.x + item.x, room.y + item.y + 12
        middle = baseline - FONT_SIZE * 0.36
        role = item.entry.color_role
        if item.entry.sign == "fill":
            canvas.draw("rect", fill=role, x=x, y=middle - 5, width=11, height=11, rx=2)
        elif item.entry.sign in ("line", "dash"):
            dash = "4 3" if item.entry.sign == "dash" else dashes(role)
            canvas.line(x, middle, x + 13, middle, role, stroke_width=2.2, stroke_dasharray=dash)
        elif item.entry.sign:
            canvas.mark(x + 6, middle, item.entry.sign, role, 3.8)
        lead = _SIGN if item.entry.sign else 0.0
        canvas.text(x + lead, baseline, item.entry.text, "text", width=item.width + 1)
