"""The table of a workspace: a row for each job, a column for each metric."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.binding import BindingType
from textual.message import Message

from resim_inspect.column_values import ColumnSummary, summarize
from resim_inspect.document.enums import MetricStatus
from resim_inspect.job_rows import JobRow
from resim_inspect.text import NOT_RUN, clean, fit
from resim_inspect.tui.key_hints import key_of, unmatched_text
from resim_inspect.tui.keys.columns import JOB_COLUMNS
from resim_inspect.tui.keys.workspace import JOBS
from resim_inspect.tui.theme import ThemeStyles
from resim_inspect.tui.widgets.column_table import CellFrame, Column, ColumnTable
from resim_inspect.tui.widgets.row_list import StyledText, overflow_hint
from resim_inspect.tui.workspace.column_layout import ColumnLayout
from resim_inspect.tui.workspace.columns import FIXED, JOB, PINNED, VERDICT, table_columns
from resim_inspect.tui.workspace.reference import (
    JobsReference,
    ReferenceView,
    Shown,
)
from resim_inspect.tui.workspace.reference_host import JobsReferenceApp

if TYPE_CHECKING:
    from resim_inspect.charts.build.job_values import JobValues
    from resim_inspect.filtering.query import Test


class JobsTable(ColumnTable[JobRow]):
    """Jobs × metrics, sorted and filtered."""

    BINDINGS: ClassVar[list[BindingType]] = [*JOBS, *JOB_COLUMNS]

    class JobRequested(Message):
        """A request to open a job at a metric, by its name."""

        def __init__(self, row: JobRow, metric: str) -> None:
            super().__init__()
            self.row = row
            self.metric = metric

    def __init__(self, label: str = "") -> None:
        """`label`: name of the workspace, for one that becomes the reference."""
        super().__init__(PINNED)
        self.label = label
        self.only_failing = False
        self.problem = ""
        """Reason why the list of jobs cannot be read."""
        self.view: ReferenceView | None = None
        """The reference, and whether its differences are shown; None without one."""
        self.column_layout = ColumnLayout()
        self.all_columns: list[Column[JobRow]] = list(PINNED)
        """The hidden ones too, in the order of the files."""
        self._summaries: dict[str, ColumnSummary] = {}
        self._summarized: list[JobRow] = []
        """Rows of the summaries, in any order."""

    def on_mount(self) -> None:
        if isinstance(self.app, JobsReferenceApp):
            state = self.app.jobs_reference
            self._reference_changed(state.reference)
            state.changed.subscribe(self, self._reference_changed)

    def set_problem(self, problem: str) -> None:
        """Show why the list of jobs cannot be read; empty for a list that can be."""
        if problem != self.problem:
            self.problem = problem
            self.refresh()
            if problem:
                self.app.notify(problem, severity="error", timeout=10, markup=False)

    @property
    def job(self) -> JobRow | None:
        """Row of the job at the cursor."""
        return self.row

    def columns_of(self, rows: list[JobRow]) -> list[Column[JobRow]]:
        self.all_columns = table_columns(rows, self.view)
        self._summaries.clear()
        return self._visible()

    def _visible(self) -> list[Column[JobRow]]:
        columns = self.column_layout.visible(self.all_columns)
        self.pinned = [column for column in columns if self.column_layout.is_pinned(column.key)]
        return columns

    def sortable_columns(self) -> Sequence[Column[JobRow]]:
        return self.all_columns

    def order_rows(self) -> None:
        """Filter and sort again; the cursor stays on its row."""
        super().order_rows()
        # Sorting alone leaves the summaries as they are.
        if set(map(id, self.shown)) != set(map(id, self._summarized)):
            self._summaries.clear()
            self._summarized = self.shown

    def summary(self, column: Column[JobRow]) -> ColumnSummary:
        """Return the summary of a column for the jobs that are shown."""
        summary = self._summaries.get(column.key)
        if summary is None:
            summary = self._summaries[column.key] = _summary(column, self.shown)
        return summary

    @property
    def layout_state(self) -> ColumnLayout:
        """The layout of the columns with the present sorting, to be restored later."""
        sort = self.wanted_sort or self.sort.key
        return replace(self.column_layout, sort=sort, descending=self.descending)

    def restore(self, layout: ColumnLayout) -> None:
        """Take over a layout; a column that is not there yet is found once it is."""
        self.wanted_sort, self.descending = layout.sort, layout.descending
        self.set_columns(layout)
        self.order_rows()

    def set_columns(self, layout: ColumnLayout) -> None:
        """Show the columns by a layout; the selected one stays selected if it is shown."""
        self.column_layout = layout
        self.put_columns(self._visible())
        self.refresh()
        self.post_message(self.Moved(self, self.cursor))

    def overflow(self) -> str:
        """Numbers of columns that are out of view and that are hidden, for a frame."""
        hint = overflow_hint(*self.outside(self.scrollable_content_region.width))
        hidden = self.column_layout.hidden_words(self.all_columns, self.sort.key)
        return " · ".join(filter(None, (hint, hidden)))

    def name_of(self, row: JobRow) -> str:
        return row.name

    def is_kept(self, row: JobRow) -> bool:
        return not self.only_failing or row.is_failing

    def compile_filter(self) -> tuple[Test[JobRow] | None, str]:
        from resim_inspect.filtering.jobs import JobFields
        from resim_inspect.filtering.query import checked_query

        return checked_query(self.query_text, JobFields(self.rows))

    def job_values(self, path: Path, name: str) -> JobValues | None:
        """Return the values of a metric in the jobs that have it, in the order of their names.

        None if the metrics file at `path` belongs to none of the jobs.
        """
        from resim_inspect.charts.build.job_values import JobValue, JobValues

        rows = sorted(self.rows, key=lambda row: row.name)
        current = next((row.name for row in rows if row.path == path), None)
        if current is None:
            return None
        cells = [(row.name, row.cells[name]) for row in rows if name in row.cells]
        values = (JobValue(job, cell.value, cell.status) for job, cell in cells)
        return JobValues(current, tuple(values))

    def empty_text(self) -> str:
        if not self.rows:
            return self.problem or "no jobs yet"
        if self.query_text:
            return unmatched_text("job", self.query_text, "workspace.back")
        return f"No job fails; {key_of('jobs.failing')} shows all of them."

    def render_row(self, row: int, width: int, styles: ThemeStyles) -> Sequence[StyledText]:
        job = self.shown[row]
        on_cursor = row == self.cursor
        mark = "▌" if on_cursor else " " if job.fetched else "↓"
        pieces: list[StyledText] = [(mark, styles.accent)]
        used = 1
        columns = (*self.held(width), *self.in_view(width))
        # Beyond the columns that a job without metrics has, too, its note has the room.
        fixed = sum(column in FIXED for column in columns)
        for column in columns:
            if not job.fetched and not job.cells and column is not JOB:
                pieces.append(("… pending", styles.quiet))
                break
            if job.verdict is None and not fixed:
                break
            fixed -= column in FIXED
            size = self.width_of(column, width)
            selected = on_cursor and column is self.selected
            if job.verdict is None and column not in FIXED:
                pieces.append((" " * size, styles.quiet))
            else:
                pieces += column.paint(job, CellFrame(styles, size, on_cursor, selected))
            used += size
        # The verdict of a job that has not run says so already.
        if job.is_broken or (not job.has_run and VERDICT not in columns):
            pieces.append((fit(clean(job.note, 300), max(0, width - used)), styles.quiet))
        return pieces

    def _reference_changed(self, reference: JobsReference | None) -> None:
        shown = Shown.DIFFERENCES if self.view is None else self.view.shown
        self.view = None if reference is None else ReferenceView(reference, shown)
        self.show(self.rows)

    def action_reference(self) -> None:
        app, job = self.app, self.job
        if not isinstance(app, JobsReferenceApp):
            return
        whole = {row.name: row.cells for row in self.rows}
        choices: list[tuple[str, JobsReference | None]] = [
            ("this workspace, job by job", JobsReference(self.label, whole))
        ]
        if job is not None:
            words = f"the job {clean(job.name, 40)}, for all jobs"
            choices.append((words, JobsReference(job.name, {job.name: job.cells}, job.name)))
        if self.view is not None:
            choices.append(("no reference", None))

        def answered(row: int | None) -> None:
            if row is None:
                return
            app.jobs_reference.set(choices[row][1])
            if self.view is not None:
                key = key_of("jobs.values")
                text = f"Differences are from the present values; {key} shows values or both."
                self.notify(text, timeout=4)

        from resim_inspect.tui.widgets.dialogs import ChoiceDialog

        title = "Reference of the tables of jobs"
        app.push_screen(ChoiceDialog(title, [words for words, _ in choices]), answered)

    def action_values(self) -> None:
        if self.view is None:
            key = key_of("jobs.reference")
            self.notify(f"No reference is set; {key} sets one.", timeout=4)
            return
        self.view = self.view._replace(shown=self.view.shown.next)
        self.show(self.rows)

    # Columns.

    def action_pin(self) -> None:
        key, layout = self.selected.key, self.column_layout
        if key == JOB.key:
            self.notify("The names of the jobs always stay at the left.", timeout=3)
            return
        self.set_columns(layout.with_pinned(key, pin=not layout.is_pinned(key)))

    def action_hide(self) -> None:
        key, at = self.selected.key, self.column
        if key == JOB.key:
            self.notify("The names of the jobs are always shown.", timeout=3)
            return
        self.set_columns(self.column_layout.with_hidden(key, hide=True))
        self.column = min(at, len(self.columns) - 1)
        self.notify(f"{key_of('jobs.all_columns')} shows all columns again.", timeout=3)

    def action_all_columns(self) -> None:
        self.set_columns(self.column_layout.with_all())

    def action_summary(self) -> None:
        self.set_columns(replace(self.column_layout, summary=not self.column_layout.summary))

    def action_failing(self) -> None:
        self.only_failing = not self.only_failing
        self.order_rows()


def _summary(column: Column[JobRow], rows: Sequence[JobRow]) -> ColumnSummary:
    values = column.values
    if values is None:
        return summarize((), ())
    numbers = () if values.has_mixed_units else map(values.number, rows)
    return summarize(numbers, map(values.status, rows))


def jobs_title(
    rows: Sequence[JobRow],
    shown: Sequence[JobRow],
    total: int,
    styles: ThemeStyles,
    room: int,
) -> Text:
    """Numbers of jobs for the border of the table: those read, pending, failing, without metrics.

    `rows`: all that are read; `shown`: those in the table, the ones that are counted by what they
    are; `total`: number of all jobs;
    `room`: cells beyond which symbols stand without their words.
    """
    title = _numbers_of(rows, shown, total, styles, words=True)
    return title if title.cell_len <= room else _numbers_of(rows, shown, total, styles, words=False)


def _numbers_of(
    rows: Sequence[JobRow],
    shown: Sequence[JobRow],
    total: int,
    styles: ThemeStyles,
    *,
    words: bool,
) -> Text:
    title = Text(f"Jobs {total:,}")
    if len(shown) != len(rows):
        title = Text(f"Jobs {len(shown):,} of {total:,}")
    if len(rows) < total:
        title.append(f" · {len(rows):,} read", styles.accent)
    pending = sum(not row.fetched for row in shown)
    if pending:
        title.append(f" · ↓ {pending:,}" + " pending" * words, styles.accent)
    verdicts = [row.verdict for row in shown]
    for status, word in (
        (MetricStatus.FAIL_BLOCK, " blocked"),
        (MetricStatus.FAIL_WARN, " warned"),
    ):
        number = verdicts.count(status)
        if number:
            title.append(f" · {status.symbol} {number:,}" + word * words, styles.of(status))
    broken = sum(row.is_broken for row in shown)
    not_run = verdicts.count(None) - broken
    if not_run:
        title.append(f" · {not_run:,} {NOT_RUN}", styles.quiet)
    if broken:
        text = f" · E {broken:,}" + " without metrics" * words
        title.append(text, styles.of(MetricStatus.FAIL_BLOCK))
    return title
