"""Screen of two compared batches: jobs × metrics, the verdicts above, each pair below Enter."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

from resim_inspect.comparison.directions import LISTED
from resim_inspect.text import BATCH_NAME, clean, count, cut
from resim_inspect.tui.comparison.change_list import direction_style, next_filter
from resim_inspect.tui.comparison.host import ComparedScreen
from resim_inspect.tui.comparison.jobs.rows import ComparedRow, compared_row
from resim_inspect.tui.comparison.jobs.table import ComparedTable, long_totals
from resim_inspect.tui.comparison.jobs.verdicts import verdicts_text
from resim_inspect.tui.comparison.location import show_location
from resim_inspect.tui.comparison.paths import (
    Compared,
    CompareFailed,
    Files,
    compare_paths,
    notify_of_failure,
    notify_of_tolerances,
)
from resim_inspect.tui.comparison.screen import ComparisonScreen
from resim_inspect.tui.exporting.host import ExportHost
from resim_inspect.tui.keymap import Hint
from resim_inspect.tui.keys.app import FOCUS
from resim_inspect.tui.keys.comparison import COMPARED_BATCHES, COMPARISON
from resim_inspect.tui.keys.exporting import EXPORT
from resim_inspect.tui.messages import CompareRequested, OpenRequested
from resim_inspect.tui.theme import theme_styles
from resim_inspect.tui.widgets.bottom_bar import BottomBar
from resim_inspect.tui.widgets.containers import VerticalBox
from resim_inspect.tui.widgets.facts_text import FactsText
from resim_inspect.tui.widgets.filter_host import FilterFields, TableScreen
from resim_inspect.tui.widgets.kept_views import keep_views, restore_later
from resim_inspect.tui.widgets.main_screen import MainScreen
from resim_inspect.tui.widgets.repainting import show_subtitle, show_title
from resim_inspect.tui.widgets.row_list import RowList, overflow_hint, strip_of
from resim_inspect.tui.workers import Background, after_first_frame

if TYPE_CHECKING:
    from resim_inspect.comparison import Comparison, JobChanges
    from resim_inspect.tui.exporting.choices import ExportChoice

POST_INTERVAL = 0.3
"""Seconds between two messages with rows to the screen."""


class ComparedHeading(Widget):
    """Titles and median differences above the table."""

    DEFAULT_CSS = "ComparedHeading { height: 2; }"

    def render_line(self, y: int) -> Strip:
        table, styles = self.screen.query_one(ComparedTable), theme_styles(self.app)
        width = table.scrollable_content_region.width
        line = table.summary(width, styles) if y else table.heading(width, styles)
        return strip_of(line, self.size.width, self.rich_style)


class ComparedJobsScreen(MainScreen[None], Background, TableScreen, ExportHost, ComparedScreen):
    """Compared jobs × metrics; Enter compares the two files of a job."""

    compares_jobs = True

    BOXES = ("#jobs",)
    BINDINGS: ClassVar[list[BindingType]] = [
        *COMPARISON, *COMPARED_BATCHES, *EXPORT, *FOCUS,
    ]  # fmt: skip
    DEFAULT_CSS = """
    ComparedJobsScreen > #location {
        height: auto; max-height: 2; background: $panel; padding: 0 1;
    }
    ComparedJobsScreen > #verdicts { height: auto; max-height: 4; padding: 0 1; }
    ComparedJobsScreen > #jobs { border: round $rule; border-title-color: $foreground;
        border-subtitle-color: $quiet; height: 1fr; }
    ComparedJobsScreen > #jobs:focus-within { border: round $accent; }
    ComparedJobsScreen #cell { height: 2; color: $quiet; padding: 0 1; }
    """

    class RowsCompared(Message):
        """Some jobs have been compared."""

        def __init__(self, rows: list[ComparedRow], done: int, total: int) -> None:
            super().__init__()
            self.rows = rows
            self.done = done
            self.total = total

    def __init__(self, base: Path, other: Path) -> None:
        super().__init__()
        self.base = base
        self.other = other
        self.comparison: Comparison | None = None
        self._files: Files = ({}, {})
        self._rows: list[ComparedRow] = []
        self._progress = (0, 0)

    def compose(self) -> ComposeResult:
        yield Static(id="location", markup=False)
        yield FactsText(id="verdicts")
        with VerticalBox(id="jobs"):
            yield ComparedHeading()
            yield ComparedTable()
            yield Static(id="cell", markup=False)
        yield BottomBar()

    def on_mount(self) -> None:
        self.table.focus()
        self.update_lines()
        restore_later(self, self.view_path())
        after_first_frame(self, self._compare)

    @property
    def table(self) -> ComparedTable:
        """The table of jobs."""
        return self.query_one(ComparedTable)

    @work(
        thread=True, exclusive=True, group="compare", exit_on_error=False, description="comparing"
    )
    def _compare(self) -> None:
        rows: list[ComparedRow] = []
        posted = time.monotonic()

        def compared(job: JobChanges) -> None:
            rows.append(compared_row(job))

        def progress(done: int, total: int) -> None:
            nonlocal rows, posted
            if done == total or time.monotonic() - posted >= POST_INTERVAL:
                self.post_message(self.RowsCompared(rows, done, total))
                rows, posted = [], time.monotonic()

        compare_paths(self, self.base, self.other, progress, compared)

    @on(RowsCompared)
    def _rows_compared(self, message: RowsCompared) -> None:
        message.stop()
        self._rows += message.rows
        self._progress = message.done, message.total
        self.table.show(self._rows)
        self.update_lines()

    @on(Compared)
    def _compared(self, message: Compared) -> None:
        message.stop()
        self.comparison, self._files = message.comparison, message.files
        self.table.set_totals(message.comparison.metrics)
        self.update_lines()
        notify_of_tolerances(self, message.comparison)

    @on(CompareFailed)
    def _failed(self, message: CompareFailed) -> None:
        message.stop()
        notify_of_failure(self, message.error)
        self.dismiss(None)

    def update_lines(self) -> None:
        styles, table = theme_styles(self.app), self.table
        show_location(self, (self.base, self.other), self.comparison)
        verdicts = verdicts_text(self.comparison, self._progress, styles)
        self.query_one(FactsText).show(verdicts)
        title = Text(f"Jobs {table.count:,}")
        if table.count != len(self._rows):
            title = Text(f"Jobs {table.count:,} of {len(self._rows):,}")
        for way in LISTED:
            number = sum(row.direction is way for row in self._rows)
            if number:
                title.append(" · ", styles.quiet)
                title.append(f"{way.symbol} {number:,} {way.value}", direction_style(styles, way))
        jobs = self.query_one("#jobs")
        show_title(jobs, title)
        hidden = overflow_hint(*table.outside(table.scrollable_content_region.width))
        show_subtitle(jobs, hidden)
        totals = long_totals(table.totals.get(table.selected.key))
        # One line each, within the frame and a blank on each side.
        width = max(0, self.size.width - 4)
        cell = f"{cut(table.cell, width)}\n{cut(totals, width)}"
        self.query_one("#cell", Static).update(cell, layout=False)
        self.show_problem()
        self.query_one(ComparedHeading).refresh()
        self.update_hints()

    def on_resize(self) -> None:
        self.update_lines()

    def key_hints(self) -> Iterable[Hint]:
        direction = "all" if self.table.direction is None else self.table.direction.value
        return (
            Hint("filter.done"),
            Hint("rows.choose", "changes of the job"),
            Hint("jobs.left"),
            Hint("jobs.right"),
            Hint("comparison.next_worse"),
            Hint("comparison.direction", f"shown: {direction}"),
            Hint("compared_jobs.filter"),
            Hint("jobs.sort"),
            *((Hint("compared_jobs.list"),) if self.comparison is not None else ()),
            Hint("comparison.back", "clear" if self.table.query_text else ""),
        )

    def export_choices(self) -> Sequence[ExportChoice]:
        from resim_inspect.tui.exporting.tables import column_choices

        table, name = self.table, self.other.absolute().name
        label = count(len(table.shown), "compared job")
        return column_choices(label, f"{name} compared", table.shown, table.columns)

    def on_theme_changed(self) -> None:
        """Repaint in the colours of a new theme."""
        self.update_lines()

    @on(RowList.Chosen)
    def _chosen(self, message: RowList.Chosen) -> None:
        message.stop()
        row = self.table.row
        if row is not None:
            self._open(row)

    def _open(self, row: ComparedRow) -> None:
        """Compare the files of a job, or open the only one that can be read."""
        before, after = row.paths
        if before is not None and after is not None and not row.note:
            self.post_message(CompareRequested(after, before, metric=self.table.metric))
            return
        readable = [
            path
            for path, verdict in zip(row.paths, row.verdicts, strict=True)
            if path is not None and verdict is not None
        ]
        if row.is_not_compared:
            self.app.notify(
                clean(row.note, 300), title="Not compared", severity="warning", timeout=6,
                markup=False,
            )  # fmt: skip
        if readable:
            self.post_message(OpenRequested(readable[0]))
        elif None in row.paths:
            self.app.notify("This job has no metrics that can be opened.", timeout=4)

    def action_batch(self) -> None:
        row = next((row for row in self._rows if row.name == BATCH_NAME), None)
        if row is None:
            self.app.notify("Neither side has metrics of its batch.", timeout=3)
        else:
            self.table.go_to(row.name)
            self._open(row)

    def action_changes(self) -> None:
        if self.comparison is None:
            self.app.notify("The jobs are still being compared.", timeout=3)
        else:
            known = self.comparison, self._files
            self.app.push_screen(ComparisonScreen(self.base, self.other, known=known))

    def action_worse(self, by: int) -> None:
        if not self.table.next_worse(by):
            done = self.comparison is not None
            words = "No job here got worse." if done else "No job here got worse so far."
            self.app.notify(words, timeout=3)

    def action_direction(self) -> None:
        ways = {row.direction for row in self._rows}
        self.table.direction = next_filter(self.table.direction, ways)
        self.table.order_rows()
        self.update_lines()

    def action_back(self) -> None:
        if not self.clear_filter():
            keep_views(self.app)
            self.dismiss(None)

    def filter_fields(self) -> FilterFields:
        from resim_inspect.tui.comparison.jobs.fields import ComparedJobFields

        return ComparedJobFields
