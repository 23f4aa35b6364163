"""The list of changes: what got worse first, both values, the difference and a bar."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import ClassVar

from rich.style import Style
from textual.binding import BindingType

from resim_inspect.comparison.cells import Layout, bar, delta_text, kind_words, layout, place, title
from resim_inspect.comparison.changes import Change, Reading
from resim_inspect.comparison.directions import LISTED, Direction
from resim_inspect.document.enums import MetricStatus
from resim_inspect.text import clean, fit
from resim_inspect.tui.keys.searching import CHANGE_HITS
from resim_inspect.tui.theme import ThemeStyles
from resim_inspect.tui.widgets.row_list import StyledText
from resim_inspect.tui.widgets.searchable_list import SearchableList

_STYLE_OF = {
    Direction.WORSE: MetricStatus.FAIL_BLOCK,
    Direction.GONE: MetricStatus.FAIL_WARN,
    Direction.CHANGED: MetricStatus.RAW,
    Direction.BETTER: MetricStatus.PASSED,
    Direction.ADDED: MetricStatus.RAW,
    Direction.SAME: MetricStatus.UNSET,
}
FILTERS: tuple[Direction | None, ...] = (None, *LISTED)
"""Directions that a list can be filtered by, in the order of the key; None: all that differ."""
MEASURED_ROWS = 300
"""Number of rows whose texts determine the widths of the columns."""
Row = Change | str
"""A change, or a heading."""


def direction_style(styles: ThemeStyles, direction: Direction) -> Style:
    """Style of a direction, with the colours of statuses."""
    return styles.of(_STYLE_OF[direction])


def next_filter(current: Direction | None, present: Collection[Direction]) -> Direction | None:
    """Next filter after the current one that shows something; None for all that differ."""
    start = FILTERS.index(current) + 1
    order = (*FILTERS[start:], *FILTERS[:start])
    return next(way for way in order if way is None or way in present)


def named_change(changes: Sequence[Change], name: str, event: str) -> Change | None:
    """The change of a metric and its event; of another event where that one has none."""
    named = [change for change in changes if change.name == name] if name else []
    # The table of jobs names the metric alone: the worst of its name comes first.
    return next((change for change in named if change.event == event), named[0] if named else None)


class ChangeList(SearchableList):
    """Changes under the headings of their directions; those that are the same on demand."""

    BINDINGS: ClassVar[list[BindingType]] = [*CHANGE_HITS]
    SEARCHED = "change", "a part of its name or place"
    NEXT_HIT = "comparison.next_hit", "comparison.previous_hit"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.rows: Sequence[Row] = ()
        self.direction: Direction | None = None
        """The only direction that is shown; None for all that differ."""
        self.loaded = False
        self._changes: Mapping[Direction, Sequence[Change]] = {}
        self._layout = Layout(14, 12, 10, 8)
        self._laid_out_for = 0
        self._searched: list[str] | None = None
        """Case-folded names and places of the rows; None until they are searched."""

    @property
    def change(self) -> Change | None:
        """The change at the cursor; None on a heading."""
        row = self.rows[self.cursor] if 0 <= self.cursor < len(self.rows) else ""
        return None if isinstance(row, str) else row

    def show(
        self, changes: Mapping[Direction, Sequence[Change]], direction: Direction | None
    ) -> None:
        """Show the changes of a direction, or all; the cursor stays with its change."""
        here = self.change
        self._changes, self.direction, self.loaded = changes, direction, True
        rows: list[Row] = []
        for way, members in changes.items():
            if way is direction or (direction is None and way is not Direction.SAME):
                rows += [f"{way.symbol} {way.value}: {kind_words(members)}", *members]
        self.rows = rows
        self._searched = None
        self._laid_out_for = 0
        row = 0 if here is None else next((at for at, row in enumerate(rows) if row is here), 0)
        self.set_count(len(rows), row)

    def go_to(self, change: Change | None) -> None:
        """Move the cursor to a change, if it is listed."""
        if change is None:
            return
        row = next((at for at, row in enumerate(self.rows) if row is change), None)
        if row is not None:
            self.cursor = row

    def selectable(self, row: int) -> bool:
        return 0 <= row < self.count and not isinstance(self.rows[row], str)

    def matching_rows(self, wanted: str) -> list[int]:
        if self._searched is None:
            self._searched = [
                "" if isinstance(row, str) else f"{row.name} {place(row)}".casefold()
                for row in self.rows
            ]
        return [at for at, text in enumerate(self._searched) if text and wanted in text]

    def next_worse(self, by: int) -> bool:
        """Go to the next change that got worse, cyclically; False if nothing got worse."""
        worse = self._rows_of(Direction.WORSE)
        if not worse:
            return False
        wanted = self.cursor + (1 if by > 0 else -1)
        if by > 0:
            self.cursor = max(wanted, worse[0]) if wanted <= worse[-1] else worse[0]
        else:
            self.cursor = min(wanted, worse[-1]) if wanted >= worse[0] else worse[-1]
        return True

    def _rows_of(self, direction: Direction) -> range:
        """Rows of the changes of a direction; empty where it is not shown."""
        members = self._changes.get(direction, ())
        if not members or self.direction not in (None, direction):
            return range(0)
        first = next(at for at, row in enumerate(self.rows) if row is members[0])
        return range(first, first + len(members))

    def copy_text(self, row: int) -> str:
        change = self.rows[row]
        if isinstance(change, str):
            return change
        sides = [
            "none" if reading is None else reading.measured.text
            for reading in (change.before, change.after)
        ]
        return f"{change.direction}: {change.name}: {sides[0]} → {sides[1]}"

    def empty_text(self) -> str:
        if not self.loaded:
            return "comparing…"
        if self.direction is not None:
            return f"nothing is {self.direction.value}"
        return "everything is the same" if self._changes else "there is nothing to compare"

    def render_row(self, row: int, width: int, styles: ThemeStyles) -> Sequence[StyledText]:
        change = self.rows[row]
        if isinstance(change, str):
            way = next(direction for direction in LISTED if change.startswith(direction.symbol))
            return [(fit(change, width), direction_style(styles, way))]
        if self._laid_out_for != width:
            shown = [row for row in self.rows[:MEASURED_ROWS] if not isinstance(row, str)]
            self._layout, self._laid_out_for = layout(shown, width, places=True), width
        columns, chosen = self._layout, row == self.cursor
        pieces: list[StyledText] = [
            ("▌" if chosen else " ", styles.accent),
            (change.direction.symbol + " ", direction_style(styles, change.direction)),
            (
                fit(title(change), columns.name),
                styles.strong if chosen else styles.text,
            ),
        ]
        for reading in (change.before, change.after):
            pieces += [("  ", styles.text), *_value(reading, columns.value, styles)]
        delta = delta_text(change)
        if columns.delta:
            pieces.append(("  " + fit(delta, columns.delta), styles.text))
        if delta:
            size = bar(change.relative, columns.bar)
            pieces.append(("  " + size, direction_style(styles, change.direction)))
        return self.marked(pieces, styles.marks)


def _value(reading: Reading | None, width: int, styles: ThemeStyles) -> list[StyledText]:
    if reading is None:
        return [(" " * width, styles.text)]
    symbol = reading.status.symbol if reading.status else " "
    return [
        (f"{symbol} ", styles.of(reading.status)),
        (fit(clean(reading.measured.text), width - 2), styles.text),
    ]
