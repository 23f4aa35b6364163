"""The legend: one line (two where there is room), names cut before entries are left out."""

from __future__ import annotations

from dataclasses import dataclass

from resim_inspect.charts.drawing import Plot
from resim_inspect.charts.grid import Grid, cut, width_of
from resim_inspect.charts.panels.shapes import fill_char
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
    for fill in panel.fills:
        sign = fill_char(fill.shade, palette)
        if panel.bands and not palette.color:
            # In a narrow run stands the first letter of the state, or that it fails.
            sign = "✗" if fill.ink is MetricStatus.FAIL_BLOCK else fill.name[:1]
        found.append(Entry(sign, fill.name, fill.ink))
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
    # Names are cut only as far as it takes for all entries to fit.
    for longest in (60, 40, 32, 24, 18, 12, 8):
        placed, left = _placed(found, longest, room, width, most)
        if not left:
            break
    for x, row, entry, text in placed:
        after = grid.put(x, y + row, entry.sign, palette.style(entry.ink, bold=True))
        grid.put(after + 1, y + row, text, palette.style("text"))
    last = placed[-1] if placed else (0, 0, found[0], "")
    if left:
        at = last[0] + width_of(last[3]) + 5 if placed else 0
        limit = room if last[1] == 0 else width
        grid.put(at, y + last[1], cut(f"+{left} more", max(0, limit - at)), palette.style("dim"))
    return last[1] + 1


def _placed(
    found: list[Entry], longest: int, room: int, width: int, most: int
) -> tuple[list[tuple[int, int, Entry, str]], int]:
    """(column, row, entry, its text) of those that fit, and how many do not."""
    placed: list[tuple[int, int, Entry, str]] = []
    x, row = 0, 0
    for place, entry in enumerate(found):
        left = len(found) - place
        limit = room if row == 0 else width
        text = cut(entry.text, min(longest, max(4, limit - 2)))
        need = width_of(text) + 2
        if x + need > limit and x > 0 and row + 1 < most:
            x, row = 0, row + 1
            limit = width
        spare = 0 if left == 1 or row + 1 < most else len(f"+{left} more") + 1
        if x + need + spare > limit and x > 0:
            return placed, left
        placed.append((x, row, entry, text))
        x += need + 3
    return placed, 0


def rows_needed(found: list[Entry], right: str, width: int, most: int, palette: Palette) -> int:
    """How many rows the legend takes."""
    return paint(Grid(width, most), 0, found, right, palette, most)
