"""The chart of a column of the table of jobs: over the jobs, or as a histogram."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from resim_inspect.job_rows import JobRow
from resim_inspect.text import clean, count
from resim_inspect.tui.keymap import Hint
from resim_inspect.tui.keys.columns import COLUMN_CHART
from resim_inspect.tui.theme import theme_styles
from resim_inspect.tui.widgets.bottom_bar import BottomBar
from resim_inspect.tui.widgets.chart.painter import Subject
from resim_inspect.tui.widgets.chart.view import ChartView
from resim_inspect.tui.widgets.column_table import Column
from resim_inspect.tui.widgets.column_values import ColumnValues
from resim_inspect.tui.widgets.main_screen import MainScreen
from resim_inspect.tui.workspace.column_data import column_data
from resim_inspect.tui.workspace.jobs_table import JobsTable

if TYPE_CHECKING:
    from resim_inspect.charts.model.drawing import Drawing

FOLLOW_INTERVAL = 0.5
"""Seconds between two looks at the rows of the table, which may still be read."""


class ColumnChartScreen(MainScreen[None]):
    """A column of the jobs that the table shows; Enter opens the job at the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [*COLUMN_CHART]
    DEFAULT_CSS = """
    ColumnChartScreen > #location { height: 1; background: $panel; padding: 0 1; }
    ColumnChartScreen ChartView { border: round $accent; border-title-color: $foreground; }
    """

    def __init__(self, table: JobsTable) -> None:
        """`table`: the table whose selected column is drawn."""
        super().__init__()
        self.table = table
        self.jobs: tuple[JobRow, ...] = ()
        """The jobs in the order of the chart; none if it counts them."""
        self.has_numbers = True
        """False if the chart counts jobs by the texts of the column."""
        self.histogram = False
        """True if jobs are counted in bins, where the column has numbers."""
        self._drawn: tuple[Column[JobRow], Sequence[JobRow]] | None = None
        """Column and rows that were drawn last; None to draw again in any case."""

    @property
    def column(self) -> Column[JobRow]:
        """The column that is drawn."""
        return self.table.selected

    @property
    def chart(self) -> ChartView:
        """The chart."""
        return self.query_one(ChartView)

    def compose(self) -> ComposeResult:
        yield Static(id="location", markup=False)
        yield ChartView()
        yield BottomBar()

    def on_mount(self) -> None:
        self.chart.focus()
        self._show(moves_cursor=True)
        self.set_interval(FOLLOW_INTERVAL, self._follow)

    def _follow(self) -> None:
        if self.is_active:
            self._show()

    def on_screen_resume(self) -> None:
        """Draw again if jobs were read while another screen was in front."""
        if self._drawn is not None:
            self._show()

    def _show(self, *, moves_cursor: bool = False) -> None:
        """Draw the column; `moves_cursor` puts the cursor at the job of the table.

        Otherwise it stays at its job. A table without columns of values closes the chart.
        """
        column, rows = self.column, self.table.shown
        if column.values is None:
            self.dismiss(None)
            return
        if self._drawn is not None and all(map(operator.is_, self._drawn, (column, rows))):
            return
        here = self.table.job if moves_cursor else self.job
        self._drawn = column, rows
        draw = self._drawer(column.title, column.values, rows)
        # By the key: other columns may come before it.
        self.chart.show_subject(Subject(None, f"{self._kind()} {column.key}", 0, draw=draw))
        names = [] if here is None else [row.name for row in self.jobs]
        if here is not None and here.name in names:
            self.chart.look_at(float(names.index(here.name)))
        self._lines()

    def _kind(self) -> str:
        if not self.has_numbers:
            return "counts"
        return "histogram" if self.histogram else "jobs"

    def _drawer(
        self, title: str, values: ColumnValues[JobRow], rows: Sequence[JobRow]
    ) -> Callable[[], Drawing]:
        """Return what draws the column, for the thread that paints; set the jobs of the chart."""
        descending = self.table.descending if self.column is self.table.sort else None
        data = column_data(title, values, rows, descending)
        self.has_numbers = bool(data.rows)
        self.jobs = () if self.histogram else data.rows
        kind = self._kind()
        labels = () if data.rows else [values.label(row) or "–" for row in rows]

        def draw() -> Drawing:
            from resim_inspect.charts.build.job_columns import as_counts, as_histogram, over_jobs

            if kind == "counts":
                return as_counts(title, labels)
            return as_histogram(data.column) if kind == "histogram" else over_jobs(data.column)

        return draw

    @property
    def job(self) -> JobRow | None:
        """The job under the cursor."""
        at = self.chart.cursor_x
        if at is None or not 0 <= round(at) < len(self.jobs):
            return None
        return self.jobs[round(at)]

    def action_job(self) -> None:
        row, values = self.job, self.column.values
        if not self.jobs:
            self.notify("A bar stands for several jobs.", timeout=3)
        elif row is None:
            self.notify("Move the cursor to a job first.", timeout=3)
        elif values is not None:
            self.table.go_to(row.name)
            self.table.post_message(JobsTable.JobRequested(row, values.metric))

    def on_click(self, event: events.Click) -> None:
        if event.chain >= 2 and event.widget is self.chart and self.job is not None:
            event.stop()
            self.action_job()

    def action_view(self) -> None:
        if not self.has_numbers:
            self.notify("The column has no numbers for another chart.", timeout=3)
            return
        self.histogram, self._drawn = not self.histogram, None
        self._show(moves_cursor=True)

    def action_step(self, by: int) -> None:
        columns = self.table.columns
        for steps in range(1, len(columns) + 1):
            column = columns[(self.table.column + by * steps) % len(columns)]
            if column.values is not None:
                self.table.select_column(column)
                self._show(moves_cursor=True)
                return

    def action_back(self) -> None:
        if self.chart.is_zoomed:
            self.chart.action_reset()
            return
        if self.job is not None:
            self.table.go_to(self.job.name)
        self.dismiss(None)

    @on(ChartView.Read)
    def _chart_read(self) -> None:
        self._lines()

    def on_theme_changed(self) -> None:
        """Repaint in the colours of a new theme."""
        self._lines()
        self.chart.on_theme_changed()

    def _lines(self) -> None:
        styles, table = theme_styles(self.app), self.table
        title = Text(clean(self.column.title, 60), styles.strong, no_wrap=True, overflow="ellipsis")
        words = {"jobs": "sorted by value", "counts": "jobs by value"}.get(self._kind())
        title.append(f"   {words or self._kind()}", styles.quiet)
        shown, total = len(table.shown), len(table.rows)
        jobs = f"{shown:,} of {count(total, 'job')}" if shown != total else count(total, "job")
        title.append(f"   {jobs}", styles.quiet)
        failing = table.summary(self.column)
        if failing.worst is not None:
            text = f"   {failing.worst.symbol} {failing.failing:,} failing"
            title.append(text, styles.of(failing.worst))
        row, values = self.job, self.column.values
        status = None if row is None or values is None else values.status(row)
        if status is not None:
            title.append(f"   {status.symbol} {status.name}", styles.of(status))
        self.query_one("#location", Static).update(title)
        self.update_hints()

    def key_hints(self) -> Iterable[Hint]:
        view = (self._view_hint(),) if self.has_numbers else ()
        job = () if self.job is None else (Hint("column_chart.job"),)
        return (
            *job,
            *view,
            *((Hint("column_chart.next"),) if self._has_others else ()),
            Hint("column_chart.back"),
            *self.chart.key_hints(),
        )

    @property
    def _has_others(self) -> bool:
        """True if another column has a chart."""
        return any(
            column.values is not None and column is not self.column for column in self.table.columns
        )

    def _view_hint(self) -> Hint:
        return Hint("column_chart.view", "jobs" if self.histogram else "")
