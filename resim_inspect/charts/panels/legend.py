"""The legend: one line (two where there is room), names cut before entries are left out."""

from __future__ import annotations

from dataclasses import dataclass

from resim_inspect.charts.drawing import Plot
from resim_inspect.charts.grid import Grid, cut, width_of
from resim_inspect.charts.style import SERIES_MARKS, STATUS_MARKS, Ink, Palette
from resim_inspect.document.enums import MetricStatus


@dataclass(frozen=True, slots=True)
class Entry:
    """A sign and what it stands for."""

    sign: str
    text: str
    ink: Ink


def entries(panel: Plot, palette: Palette, off_plot: frozenset[str] = frozenset()) -> list[Entry]:
    """What a plot's legend lists: series, thresholds, the failing samples."""
    found: list[Entry] = []
    if panel.legend is not None:
        found += [Entry("█", name, ink) for name, ink in panel.legend]
    else:
        named = [c for c in panel.curves if c.legend and c.name]
        for curve in named:
            sign = curve.mark or ("─" if curve.line else "•")
            if not palette.color and len(named) > 1:
                sign = series_mark(named.index(curve))
            found.append(Entry(sign, curve.name, curve.ink))
    for rule in panel.rules:
        if rule.legend and rule.label:
            beyond = " (not in view)" if rule.label in off_plot else ""
            sign = rule.mark or ("┊" if rule.vertical else "┄")
            found.append(Entry(sign, rule.label + beyond, rule.ink))
    for status, mark in STATUS_MARKS.items():
        many = sum(_failing(c.facts.status_counts, status) for c in panel.curves)
        if many:
            found.append(Entry(mark, f"{status.name} {many:,}", status))
    return found


def _failing(counts: dict[MetricStatus, int], status: MetricStatus) -> int:
    return counts.get(status, 0)


def series_mark(position: int) -> str:
    """The mark of the n-th series where there are no colours."""
    return SERIES_MARKS[position % len(SERIES_MARKS)]


def paint(
    grid: Grid, y: int, found: list[Entry], right: str, palette: Palette, most: int = 1
) -> int:
    """Write the legend from row y on, in at most `most` rows; how many it took.

    `right` (the y axis's title) stands at the end of the first row.
    """
    width = grid.width
    title = cut(right, max(8, width // 2 if found else width))
    taken = width_of(title) + 2 if title else 0
    if title:
        grid.put(width - width_of(title), y, title, palette.style("dim"))
    if not found:
        return 1 if title else 0
    room = width - taken
    longest = max(8, min(32, room // max(1, min(3, len(found))) - 5))
    x, row = 0, 0
    for place, entry in enumerate(found):
        text = cut(entry.text, longest if len(found) > 1 else max(4, room - 2))
        need = width_of(text) + 2
        left = len(found) - place
        more = f"+{left} more"
        limit = room if row == 0 else width
        last_row = row + 1 >= most
        spare = 0 if left == 1 or not last_row else len(more) + 2
        if x + need + spare > limit and x > 0:
            if last_row:
                grid.put(x, y + row, cut(more, max(0, limit - x)), palette.style("dim"))
                return row + 1
            x, row = 0, row + 1
        x = grid.put(x, y + row, entry.sign, palette.style(entry.ink, bold=True))
        x = grid.put(x + 1, y + row, text, palette.style("text")) + 3
    return row + 1


def rows_needed(found: list[Entry], right: str, width: int, most: int, palette: Palette) -> int:
    """How many rows the legend takes."""
    return paint(Grid(width, most), 0, found, right, palette, most)
