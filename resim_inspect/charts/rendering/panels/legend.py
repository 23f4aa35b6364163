"""The legend of a plot in one or two rows; thresholds keep their numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from resim_inspect.charts.analysis.curve_stats import curve_stats
from resim_inspect.charts.model.drawing import Plot
from resim_inspect.charts.model.layers import ReferenceLine
from resim_inspect.charts.model.style import (
    SERIES_MARKS,
    STATUS_MARKS,
    VALUE_MARK,
    ColorRole,
    Palette,
)
from resim_inspect.charts.rendering.cells import Grid, cut_title
from resim_inspect.charts.rendering.panels.boxes import fill_char
from resim_inspect.document.enums import MetricStatus
from resim_inspect.text import cell_width, cut


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """A sign and its meaning."""

    sign: str
    text: str
    color_role: ColorRole
    rank: int = 1
    """Priority if not all entries fit: the lowest stay first."""
    short: str = ""
    """Text to use before the full one would be cut."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Title and placed entries: (column, row, entry, its text)."""

    title: str
    placed: tuple[tuple[int, int, LegendEntry, str], ...]
    left: int
    """Number of entries without room."""
    more: tuple[int, int] = (0, 0)
    """Column and row of the text that counts them."""

    @property
    def rows(self) -> int:
        """Number of rows."""
        if not self.placed:
            return 1 if self.title or self.left else 0
        return max(self.placed[-1][1], self.more[1] if self.left else 0) + 1


_GAP = 3
_LENGTHS = (40, 32, 24, 18, 12)
_MIN_TITLE = 6


def entries(
    panel: Plot, palette: Palette, off_plot: frozenset[str] = frozenset()
) -> list[LegendEntry]:
    """Entries of a plot's legend: fills, series, thresholds, failing samples."""
    listed: list[LegendEntry] = []
    letters = state_letters(panel)
    for fill in panel.fills:
        sign = fill.sign or fill_char(fill.shade, palette)
        if panel.bands and not palette.color:
            # As in a narrow run.
            sign = _failure_marks(panel, fill.name) or letters.get(fill.name, "")
        rank = 0 if fill.color_role is MetricStatus.FAIL_BLOCK and panel.bands else 1
        rank = 2 if fill.sign else rank
        listed.append(LegendEntry(sign, fill.name, fill.color_role, rank))
    mark_of = series_marks(panel, palette)
    for curve in panel.curves:
        if curve.legend and curve.name:
            sign = mark_of.get(curve.name) or curve.mark or ("─" if curve.line else "•")
            listed.append(LegendEntry(sign, curve.name, curve.color_role))
    listed += reference_entries(panel.reference_lines, off_plot)
    for status, mark in STATUS_MARKS.items():
        many = sum(_failing(curve_stats(c).status_counts, status) for c in panel.curves)
        if many:
            listed.append(LegendEntry(mark, f"{status.name} {many:,}", status, 2))
    return listed


def reference_entries(
    lines: Iterable[ReferenceLine], off_plot: frozenset[str] = frozenset(), *, turned: bool = False
) -> Iterator[LegendEntry]:
    """Yield an entry for each labelled line; `turned` for axes that have changed places."""
    for line in lines:
        if line.legend_label:
            beyond = " (not in view)" if line.label in off_plot else ""
            sign = line.mark or ("┊" if line.vertical is not turned else "┄")
            rank = 0 if line.short else 3
            yield LegendEntry(sign, line.legend_label + beyond, line.color_role, rank, line.short)


def _failure_marks(panel: Plot, state: str) -> str:
    marks = "".join(band.marks.get(state, "") for band in panel.bands)
    return "".join(mark for mark in "✗!" if mark in marks)


def state_letters(panel: Plot) -> dict[str, str]:
    """A letter for each state that is not a failure, or a digit if its letters are taken.

    First letters come before those that begin another word of the name, then any others.
    """
    failing = {state for band in panel.bands for state in band.marks}
    letters: dict[str, str] = {}
    taken: set[str] = set()
    for fill in panel.fills if panel.bands else ():
        if fill.name in failing:
            continue
        starts = [c for before, c in pairwise(f" {fill.name}") if not before.isalnum()]
        own = (c for c in [*starts, *fill.name] if c.isalnum() and cell_width(c) == 1)
        free = (c for c in [*own, *"123456789"] if c.casefold() not in taken)
        letters[fill.name] = letter = next(free, "·")
        taken.add(letter.casefold())
    return letters


def _failing(counts: dict[MetricStatus, int], status: MetricStatus) -> int:
    return counts.get(status, 0)


def series_marks(panel: Plot, palette: Palette) -> dict[str, str]:
    """The mark of each name in the legend, if nothing else tells the curves apart.

    Empty with colours and for a single name. Curves of one name share their mark, also those
    that are not in the legend themselves.
    """
    names = dict.fromkeys(
        c.name for c in panel.curves if c.legend and c.name and c.mark != VALUE_MARK
    )
    if palette.color or len(names) < 2:
        return {}
    return {name: SERIES_MARKS[k % len(SERIES_MARKS)] for k, name in enumerate(names)}


def paint(
    grid: Grid, y: int, entries: list[LegendEntry], right: str, palette: Palette, max_rows: int = 1
) -> int:
    """Write the legend from row y on, in at most `max_rows` rows; returns their number.

    `right` (the y axis's title) is at the end of the first row.
    """
    layout = arrange(entries, right, grid.width, max_rows)
    title = layout.title
    if title:
        grid.put(grid.width - cell_width(title), y, title, palette.style("dim"))
    for x, row, entry, text in layout.placed:
        after = grid.put(x, y + row, entry.sign, palette.style(entry.color_role, bold=True))
        grid.put(after + 1, y + row, text, palette.style("text"))
    if layout.left:
        x, row = layout.more
        limit = grid.width - (cell_width(title) + 2 if title and not row else 0)
        text = cut(f"+{layout.left:,} more", max(0, limit - x))
        grid.put(x, y + row, text, palette.style("dim"))
    return layout.rows


def arrange(entries: list[LegendEntry], right: str, width: int, max_rows: int) -> Layout:
    """The fullest legend that fits: short forms come before cuts, cuts before gaps.

    The y axis's title gives way to the entries: only they explain the colours.
    """
    title = _title_in(right, max(8, width // 2 if entries else width))
    if not entries:
        return Layout(title, (), 0)
    shorts = [entry.short or entry.text for entry in entries]
    ways = [[entry.text for entry in entries], shorts]
    ways += [
        [e.short or cut(e.text, longest) for e in entries]
        for longest in _LENGTHS
        if len(entries) < 100
    ]
    room = width - (cell_width(title) + 2 if title else 0)
    for texts in ways:
        cells = _flow(entries, texts, room, width, max_rows)
        if cells is not None:
            return _layout(title, entries, texts, cells)
    for texts in ways[1:]:
        # What the entries leave of the first row is the title's.
        for least in (_MIN_TITLE, 0) if title else ():
            cells = _flow(entries, texts, width - (least + 2 if least else 0), width, max_rows)
            if cells is not None:
                taken = max(
                    (x + _size(e, t) for e, t, (x, row) in _zip(entries, texts, cells) if not row),
                    default=0,
                )
                spare = width - taken - 2
                shown_title = _title_in(right, spare) if spare >= _MIN_TITLE else ""
                return _layout(shown_title, entries, texts, cells)
    return _partial(entries, title, width, max_rows)


def _title_in(title: str, room: int) -> str:
    """Drop `y: ` from a title that does not fit, then cut the title before its unit."""
    return title if cell_width(title) <= room else cut_title(title.removeprefix("y: "), room)


def _partial(entries: list[LegendEntry], title: str, width: int, max_rows: int) -> Layout:
    """The entries that fit; without the title if only so all series and thresholds do."""
    shown_title = _title_in(title, width // 3) if width // 3 >= _MIN_TITLE else ""
    needed = sum(entry.rank <= 1 for entry in entries)
    first = _fitting(entries, shown_title, width, max_rows)
    if not shown_title or sum(entry.rank <= 1 for _, _, entry, _ in first.placed) == needed:
        return first
    bare = _fitting(entries, "", width, max_rows)
    named = sum(entry.rank <= 1 for _, _, entry, _ in bare.placed)
    return bare if named == needed else first


def _fitting(entries: list[LegendEntry], title: str, width: int, max_rows: int) -> Layout:
    """Choose as many whole entries as fit, those that matter most first; they keep their order."""
    room = width - (cell_width(title) + 2 if title else 0)
    chosen: list[int] = []
    best: tuple[list[int], list[tuple[int, int]]] | None = None
    misses = 0
    for k in sorted(range(len(entries)), key=lambda k: entries[k].rank):
        trial = sorted([*chosen, k])
        candidates = [entries[j] for j in trial]
        note = LegendEntry("", f"+{len(entries) - len(trial):,} more", "dim")
        texts = [_short_text(e, width) for e in candidates]
        cells = _flow([*candidates, note], [*texts, note.text[1:]], room, width, max_rows)
        if cells is not None:
            chosen, best = trial, (trial, cells)
            continue
        misses += 1
        if misses > 8:
            break
    if best is None:
        first = min(entries, key=lambda e: e.rank)
        text = cut(first.short or first.text, max(1, width - 2))
        at = (0, 1) if max_rows > 1 else (_size(first, text) + _GAP, 0)
        return Layout("", ((0, 0, first, text),), len(entries) - 1, at)
    trial, cells = best
    candidates = [entries[j] for j in trial]
    placed = tuple(
        (x, row, e, _short_text(e, width)) for e, (x, row) in zip(candidates, cells, strict=False)
    )
    return Layout(title, placed, len(entries) - len(trial), cells[-1])


def _short_text(entry: LegendEntry, width: int) -> str:
    return cut(entry.short or entry.text, width - 2 if entry.short else max(8, min(24, width - 2)))


def _layout(
    title: str, entries: list[LegendEntry], texts: list[str], cells: list[tuple[int, int]]
) -> Layout:
    return Layout(title, tuple((x, row, e, t) for e, t, (x, row) in _zip(entries, texts, cells)), 0)


def _zip(
    entries: list[LegendEntry], texts: list[str], cells: list[tuple[int, int]]
) -> Iterator[tuple[LegendEntry, str, tuple[int, int]]]:
    return zip(entries, texts, cells, strict=True)


def _size(entry: LegendEntry, text: str) -> int:
    return cell_width(entry.sign) + 1 + cell_width(text)


def _flow(
    entries: list[LegendEntry], texts: list[str], room: int, width: int, max_rows: int
) -> list[tuple[int, int]] | None:
    """(column, row) of each entry, the first row `room` cells wide; None if they do not fit."""
    cells: list[tuple[int, int]] = []
    x, row = 0, 0
    for entry, text in zip(entries, texts, strict=True):
        size = _size(entry, text)
        if x + size > (width if row else room):
            x, row = 0, row + 1
            if row >= max_rows or size > width:
                return None
        cells.append((x, row))
        x += size + _GAP
    return cells


def complete(entries: list[LegendEntry], right: str, width: int, max_rows: int) -> bool:
    """Return True if all entries fit in `max_rows` rows."""
    return not arrange(entries, right, width, max_rows).left


def title_is_whole(entries: list[LegendEntry], right: str, width: int, max_rows: int) -> bool:
    """Return True if the y axis's title is not cut for the sake of the entries."""
    return arrange(entries, right, width, max_rows).title == arrange([], right, width, 1).title
