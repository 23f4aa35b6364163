"""The table of a workspace: a row a job, a column a metric; only what is in view is written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.style import Style
from textual.binding import Binding, BindingType

from resim_inspect.document.enums import MetricStatus
from resim_inspect.text import clean, fit
from resim_inspect.tui.theme import ThemeStyles
from resim_inspect.tui.widgets.row_list import RowList, StyledText
from resim_inspect.tui.workspace.jobs import Cell, JobRow, chosen, columns, units

VERDICT = 16
NARROWEST, WIDEST = 9, 20
"""Cells of a metric's column, with its symbol and the blank behind it."""
MEASURED = 50
"""So many jobs decide how wide a column is."""


class JobsTable(RowList):
    """Jobs × metrics, sorted and filtered."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "column(-1)", "Left", tooltip="one column to the left"),
        Binding("right,l", "column(1)", "Right", tooltip="one column to the right"),
        Binding("s", "sort", "Sort", tooltip="sort by this column; again turns it round"),
        Binding("f", "failing", "Only failing", tooltip="only jobs that fail, or all"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[JobRow] = []
        self.shown: list[JobRow] = []
        self.names: list[str] = []
        self._units: dict[str, str | None] = {}
        self._widths: list[int] = []
        self.words = ""
        self.only_failing = False
        self.column = -2
        """-2 the job's name, -1 its verdict, from 0 on a metric."""
        self.sort: str | None = None
        self.descending = False
        self._left = 0

    @property
    def job(self) -> JobRow | None:
        """The chosen row."""
        return self.shown[self.cursor] if 0 <= self.cursor < len(self.shown) else None

    @property
    def cell(self) -> str:
        """The chosen cell in full: `Max speed 44.7 m/s ✗ FAIL_BLOCK`."""
        job = self.job
        if job is None or self.column < 0 or self.column >= len(self.names):
            return "" if job is None else clean(job.note, 200)
        name = self.names[self.column]
        cell = job.cells.get(name)
        if cell is None:
            return f"{clean(name, 80)}: not in this job"
        return f"{clean(name, 80)} {cell.full} {cell.status.symbol} {cell.status.name}"

    def show(self, rows: list[JobRow]) -> None:
        """Show these; called again when more are read, or some again."""
        here = self.names[self.column] if 0 <= self.column < len(self.names) else None
        self.rows = rows
        self.names = columns(rows)
        self._units = units(rows)
        self._widths = [self._width(name) for name in self.names]
        if here in self.names:
            self.column = self.names.index(here)
        self.order_rows()

    def order_rows(self) -> None:
        """Filter and sort again; the cursor stays on its job."""
        here = self.job
        self.shown = chosen(
            self.rows,
            words=self.words,
            failing=self.only_failing,
            sort=self.sort,
            descending=self.descending,
        )
        row = next((i for i, r in enumerate(self.shown) if here and r.name == here.name), None)
        self.set_count(len(self.shown), max(0, self.cursor) if row is None else row)

    def go_to(self, name: str) -> None:
        """Choose the job of this name, where it is shown."""
        row = next((i for i, r in enumerate(self.shown) if r.name == name), None)
        if row is not None:
            self.cursor = row

    def empty_text(self) -> str:
        return "no job is like that" if self.rows else "no jobs yet"

    def copy_text(self, row: int) -> str:
        job = self.shown[row]
        if 0 <= self.column < len(self.names):
            cell = job.cells.get(self.names[self.column])
            return cell.full or cell.status.name if cell else ""
        return job.name

    def _name_width(self, width: int) -> int:
        longest = max((len(row.name) for row in self.shown[:200]), default=8)
        return min(max(10, longest), max(10, width // 3))

    def _seen(self, width: int) -> list[int]:
        room = width - self._name_width(width) - VERDICT - 3
        self._left = min(self._left, max(0, self.column))
        # No room stays empty on the right while columns on the left are out of view.
        while self._left > 0 and sum(self._widths[self._left - 1 :]) <= room:
            self._left -= 1
        while True:
            found: list[int] = []
            used = 0
            for column in range(self._left, len(self.names)):
                used += self._widths[column]
                if used > room and found:
                    break
                found.append(column)
            if self.column < 0 or self.column in found or not found:
                return found
            self._left += 1

    def outside(self, width: int) -> tuple[int, int]:
        """How many metrics are left and right of those in view."""
        seen = self._seen(width)
        return self._left, len(self.names) - self._left - len(seen)

    def on_resize(self) -> None:
        # Other columns may be in view, which is said outside this widget.
        self.post_message(self.Moved(self, self.cursor))

    def _width(self, name: str) -> int:
        """How wide a metric's column is."""
        tail = cell_len(self._tail(name))
        longest = min(cell_len(clean(name, 60)) + tail, WIDEST - 2)
        for row in self.rows[:MEASURED]:
            if name in row.cells:
                longest = max(longest, cell_len(self._value(name, row.cells[name])))
        return min(max(longest + 2, NARROWEST), WIDEST) + 1

    def _tail(self, name: str) -> str:
        """The unit behind a column's title, where all values have the same one."""
        unit = clean(self._units.get(name) or "", 8).strip()
        return f" [{unit}]" if unit else ""

    def _value(self, name: str, cell: Cell) -> str:
        return cell.full if self._units.get(name, "") is None else cell.text

    def heading(self, width: int, styles: ThemeStyles) -> list[StyledText]:
        """The titles; the chosen column stands out, the sorted one has an arrow."""
        arrow = "▼" if self.descending else "▲"

        def title(text: str, size: int, column: int, key: str | None) -> StyledText:
            mark = arrow if key == self.sort else ""
            style = styles.accent + Style(bold=True) if column == self.column else styles.quiet
            return (fit(f"{text}{mark}", size - 1) + " ", style)

        pieces = [
            (" ", styles.quiet),
            title("job", self._name_width(width) + 1, -2, None),
            title("verdict", VERDICT, -1, "verdict"),
        ]
        for column in self._seen(width):
            name, tail = self.names[column], self._tail(self.names[column])
            size = self._widths[column]
            words = clean(name, 60)
            room = size - 2 - cell_len(tail) - (name == self.sort)
            words = words if cell_len(words) <= room else fit(words, room)
            pieces.append(title(words + tail, size, column, name))
        return pieces

    def render_row(self, row: int, width: int, styles: ThemeStyles) -> Sequence[StyledText]:
        job = self.shown[row]
        here = row == self.cursor
        label = fit(clean(job.name, 200), self._name_width(width)) + " "
        pieces: list[StyledText] = [
            ("▌" if here else " " if job.here else "↓", styles.accent),
            (label, styles.strong if here else styles.text),
        ]
        if job.verdict is None:
            pieces.append((fit("E no metrics", VERDICT), styles.of(MetricStatus.FAIL_BLOCK)))
            room = width - self._name_width(width) - VERDICT - 2
            pieces.append((fit(clean(job.note, 300), room), styles.quiet))
            return pieces
        if not job.here and not job.cells:
            pieces.append(("… to come", styles.quiet))
            return pieces
        word = "unset" if job.verdict is MetricStatus.UNSET else job.verdict.name
        pieces.append((fit(f"{job.verdict.symbol} {word}", VERDICT), styles.of(job.verdict)))
        for column in self._seen(width):
            name, size = self.names[column], self._widths[column]
            cell = job.cells.get(name)
            if cell is None:
                pieces.append((" " * size, styles.quiet))
                continue
            style = styles.of(cell.status)
            if here and column == self.column:
                style = style + Style(underline=True, bold=True)
            pieces.append((cell.status.symbol + " ", style))
            value_style = style if cell.status.fails else styles.text
            pieces.append((fit(self._value(name, cell), size - 4, right=True) + "  ", value_style))
        return pieces

    def action_column(self, by: int) -> None:
        self.column = min(max(-2, self.column + by), len(self.names) - 1)
        self.refresh()
        self.post_message(self.Moved(self, self.cursor))

    def action_sort(self) -> None:
        wanted = (
            None
            if self.column == -2
            else "verdict"
            if self.column == -1
            else self.names[self.column]
        )
        if wanted == self.sort:
            self.descending = not self.descending
        else:
            self.sort, self.descending = wanted, wanted is not None
        self.order_rows()
        self.cursor = 0 if self.shown else -1

    def action_failing(self) -> None:
        self.only_failing = not self.only_failing
        self.order_rows()
