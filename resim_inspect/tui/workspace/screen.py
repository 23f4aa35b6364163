"""The screen of a workspace: all jobs and their metrics in one table."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.events import ScreenResume
from textual.widgets import Static
from textual.worker import Worker, WorkerState

from resim_inspect.files import is_missing
from resim_inspect.job_rows import JobRow, WorkspaceOutline
from resim_inspect.text import clean
from resim_inspect.tui.comparison.host import ComparedScreen, CompareHost
from resim_inspect.tui.exporting.host import ExportHost
from resim_inspect.tui.key_hints import key_of
from resim_inspect.tui.keymap import Hint
from resim_inspect.tui.keys.app import FOCUS
from resim_inspect.tui.keys.columns import COLUMN_HOST
from resim_inspect.tui.keys.exporting import EXPORT
from resim_inspect.tui.keys.query import QUERY_HOST
from resim_inspect.tui.keys.runs import LOG_HOST, RUN_HOST
from resim_inspect.tui.keys.workspace import WORKSPACE
from resim_inspect.tui.messages import OpenRequested
from resim_inspect.tui.query.host import QueryHost
from resim_inspect.tui.runs.log_host import LogHost
from resim_inspect.tui.runs.run_bar import RunBar
from resim_inspect.tui.runs.run_host import RunHost
from resim_inspect.tui.runs.run_request import RunTarget
from resim_inspect.tui.theme import theme_styles
from resim_inspect.tui.widgets.bottom_bar import BottomBar
from resim_inspect.tui.widgets.containers import VerticalBox
from resim_inspect.tui.widgets.dialogs import FRAME_ENDS
from resim_inspect.tui.widgets.filter_host import FilterFields, TableScreen
from resim_inspect.tui.widgets.kept_views import restore_later
from resim_inspect.tui.widgets.main_screen import MainScreen
from resim_inspect.tui.widgets.repainting import show_subtitle, show_title
from resim_inspect.tui.widgets.row_list import RowList
from resim_inspect.tui.workers import Background
from resim_inspect.tui.workspace.column_host import ColumnHost
from resim_inspect.tui.workspace.jobs_reader import JobsReader
from resim_inspect.tui.workspace.jobs_table import JobsTable, jobs_title
from resim_inspect.tui.workspace.scanning import OutlineRead, RowsRead, ScanFinished, scan
from resim_inspect.tui.workspace.table_lines import JobsHeading, JobsSummary

if TYPE_CHECKING:
    from resim_inspect.tui.exporting.choices import ExportChoice

SCAN_INTERVAL = 1.0
"""Seconds between two scans of the disk."""
MAX_SCAN_SHARE = 0.05
"""Largest share of the time spent scanning: with many jobs, scans become rarer."""


class WorkspaceScreen(
    MainScreen[None],
    Background,
    TableScreen,
    RunHost,
    LogHost,
    CompareHost,
    ExportHost,
    QueryHost,
    ColumnHost,
):
    """Jobs × metrics; Enter opens a job."""

    compares_jobs = True
    BOXES = ("#jobs",)
    BINDINGS: ClassVar[list[BindingType]] = [
        *WORKSPACE, *EXPORT, *RUN_HOST, *LOG_HOST, *QUERY_HOST,
        *COLUMN_HOST, *FOCUS,
    ]  # fmt: skip
    DEFAULT_CSS = """
    WorkspaceScreen > #location { height: 1; background: $panel; padding: 0 1; }
    WorkspaceScreen > #jobs { border: round $rule; border-title-color: $foreground;
        border-subtitle-color: $quiet; height: 1fr; }
    WorkspaceScreen > #jobs:focus-within { border: round $accent; }
    WorkspaceScreen #cell { height: 1; color: $quiet; padding: 0 1; }
    """

    def __init__(
        self,
        folder: Path,
        description: str = "a workspace",
        *,
        watch: bool = True,
        fetched: bool = False,
    ) -> None:
        super().__init__()
        self.folder = folder
        self.description = description
        """Kind of the folder in words."""
        self.outline: WorkspaceOutline | None = None
        self.watch_disk = watch
        """True if the disk is scanned periodically."""
        self._reader = JobsReader(folder, fetched=fetched)
        self._rows: dict[str, JobRow] = {}
        self._reading = False
        self._scan_again = False
        self._is_behind = False
        """True while rows that were read wait to be shown."""
        self.scan_pause = SCAN_INTERVAL
        """Seconds that must pass before the next periodic scan."""
        self.last_scan = 0.0
        """Time at which the last scan ended, by the monotonic clock."""

    def compose(self) -> ComposeResult:
        yield Static(id="location")
        yield from self.above()
        with VerticalBox(id="jobs"):
            yield JobsHeading()
            yield JobsTable(self.folder.absolute().name)
            yield JobsSummary()
            yield Static(id="cell", markup=False)
        yield BottomBar()

    def above(self) -> ComposeResult:
        """Widgets above the table."""
        yield RunBar(self.run_target().record().path, watch=self.watch_disk, hides=True)

    def on_mount(self) -> None:
        self.table.focus()
        self.update_lines()
        self.scan()
        restore_later(self, self.folder)
        if self.watch_disk:
            self.set_interval(SCAN_INTERVAL, self._scan_when_due)

    @property
    def table(self) -> JobsTable:
        """The table of jobs."""
        return self.query_one(JobsTable)

    @property
    def is_reading(self) -> bool:
        """True while the disk is scanned."""
        return self._reading

    def compared_path(self) -> Path | None:
        return self.folder

    def query_path(self) -> Path:
        return self.folder

    def run_target(self) -> RunTarget:
        return RunTarget(self.folder)

    def logged_target(self) -> RunTarget | None:
        job = self.table.job
        return None if job is None else RunTarget(self.folder, job.name)

    def follows_log(self) -> bool:
        return self.watch_disk

    @on(RunBar.Changed)
    def _run_changed(self, message: RunBar.Changed) -> None:
        message.stop()
        if self.is_current and message.state.done != message.before.done:
            self.scan()

    def action_reread(self) -> None:
        if not self._reading:
            self._reader.forget()
            self.scan()

    def scan(self) -> None:
        """Scan the disk now, or again after the scan in progress."""
        self._scan_again = self._reading
        if not self._reading:
            self._reading = True
            self._scan(self._reader)

    def _scan_when_due(self) -> None:
        # Also below a dashboard, which shows the same jobs.
        is_shown = self in self.app.screen_stack
        if is_shown and time.monotonic() - self.last_scan >= self.scan_pause:
            self.scan()

    @work(thread=True, group="jobs", exit_on_error=False, description="reading the workspace")
    def _scan(self, reader: JobsReader) -> None:
        scan(self, reader)

    @on(OutlineRead)
    def _outline_read(self, message: OutlineRead) -> None:
        self.outline = message.outline
        known = {name for name, _ in message.outline.jobs}
        if not self._rows.keys() <= known:
            self._rows = {name: row for name, row in self._rows.items() if name in known}
            self.table.show(list(self._rows.values()))
        self.update_lines()

    @on(RowsRead)
    def _rows_read(self, message: RowsRead) -> None:
        self._rows |= {row.name: row for row in message.rows}
        if isinstance(self.app.screen, ComparedScreen):
            self._is_behind = True  # Nothing of the table is in view.
        else:
            self._show_rows()
        self.rows_received()

    def _show_rows(self) -> None:
        self._is_behind = False
        self.table.show(list(self._rows.values()))
        self.update_lines()

    @on(ScreenResume)
    def _resumed(self) -> None:
        if self._is_behind:
            self._show_rows()

    def rows_received(self) -> None:
        """Handle new rows; for subclasses."""

    @on(ScanFinished)
    def _scan_finished(self, message: ScanFinished) -> None:
        self.last_scan = time.monotonic()
        self.scan_pause = message.seconds / MAX_SCAN_SHARE
        self._reading = False
        self.table.set_problem(message.problem)
        if self._scan_again:
            self.scan()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        if event.worker.group == "jobs" and event.state in (
            WorkerState.ERROR,
            WorkerState.CANCELLED,
        ):
            # It would fail again each second: the next scan is for the user to request.
            self._reading, self.scan_pause = False, math.inf

    def update_lines(self) -> None:
        styles, outline = theme_styles(self.app), self.outline
        total = len(outline.jobs) if outline else 0
        location = self.heading()
        if outline is not None and outline.batch is not None:
            key = key_of("workspace.batch")
            location.append(f" · with batch metrics, {key} opens them", styles.quiet)
        self.query_one("#location", Static).update(location, layout=False)
        table = self.table
        jobs = self.query_one("#jobs")
        rows, room = list(self._rows.values()), self.size.width - FRAME_ENDS
        show_title(jobs, jobs_title(rows, table.shown, total, styles, room))
        show_subtitle(jobs, table.overflow())
        self.query_one("#cell", Static).update(table.cell, layout=False)
        self.show_problem()
        self.query_one(JobsHeading).refresh()
        self.query_one(JobsSummary).show()
        self.update_hints()

    def key_hints(self) -> Iterable[Hint]:
        failing = "all" if self.table.only_failing else "only failing"
        return (
            Hint("filter.done"),
            Hint("rows.choose"),
            Hint("workspace.dashboard"),
            *self.more_hints(),
            Hint("jobs.left"),
            Hint("jobs.right"),
            Hint("jobs.sort"),
            Hint("jobs.failing", failing),
            Hint("jobs.chart"),
            Hint("jobs.columns"),
            *((Hint("jobs.all_columns"),) if self.table.column_layout.hidden else ()),
            Hint("workspace.filter"),
            Hint("workspace.batch"),
            *((Hint("log.open"),) if self.table.job and self.table.job.has_run else ()),
            *(() if self._unfiltered else (Hint("workspace.back"),)),
        )

    @property
    def _unfiltered(self) -> bool:
        return self.table.has_focus and not self.table.query_text

    def export_choices(self) -> Sequence[ExportChoice]:
        from resim_inspect.tui.exporting.tables import job_choices

        return job_choices(self.folder.absolute().name, self.table.shown)

    def heading(self) -> Text:
        """Text of the first line."""
        styles = theme_styles(self.app)
        location = Text(clean(self.folder.absolute().name, 80), styles.strong)
        return location.append(f"   {self.description}", styles.quiet)

    def more_hints(self) -> tuple[Hint, ...]:
        """Hints besides those of every workspace."""
        return (Hint("run.start"),)

    def on_theme_changed(self) -> None:
        """Repaint in the colours of a new theme."""
        self.update_lines()

    @on(RowList.Chosen)
    def _chosen(self, message: RowList.Chosen) -> None:
        message.stop()
        if self.table.job is not None:
            self.open_row(self.table.job)

    @on(JobsTable.JobRequested)
    def _requested(self, message: JobsTable.JobRequested) -> None:
        message.stop()
        cell = message.row.cells.get(message.metric)
        self.open_row(message.row, None if cell is None else cell.position)

    def open_row(self, job: JobRow, metric: int | None = None) -> None:
        """Open a job, at a metric by its position; notify of a job without a metrics file.

        Of a file that cannot be read, the app shows the bytes.
        """
        if not job.fetched:
            self.job_awaited(job)
        elif job.verdict is None and is_missing(job.path):
            self.app.notify(job.why_no_metrics, title="No metrics", timeout=5, markup=False)
        else:
            self.post_message(OpenRequested(job.path, metric))

    def job_awaited(self, job: JobRow) -> None:
        """Handle a choice of a job that has not been fetched yet."""
        self.app.notify(job.why_no_metrics, title="Not fetched", timeout=5, markup=False)

    def action_batch(self) -> None:
        if self.outline is None or self.outline.batch is None:
            self.app.notify("The batch has no metrics yet.", timeout=3)
        else:
            self.post_message(OpenRequested(self.outline.batch))

    def filter_fields(self) -> FilterFields:
        from resim_inspect.filtering.jobs import JobFields

        return JobFields

    def action_dismiss_layer(self) -> None:
        self.clear_filter()
