"""The screen of a workspace: all jobs and their metrics in one table."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static
from textual.worker import Worker, get_current_worker

from resim_inspect.document.enums import MetricStatus
from resim_inspect.document.text import clean, symbol
from resim_inspect.tui.background import Background
from resim_inspect.tui.bars import BottomBar, Key
from resim_inspect.tui.jobs import JobRow, Shape, read_jobs, read_shape
from resim_inspect.tui.jobs_table import JobsTable
from resim_inspect.tui.lines import LineList, strip_of
from resim_inspect.tui.opening import Open
from resim_inspect.tui.theme import tones

if TYPE_CHECKING:
    from textual.widgets import Input

EVERY = 0.1
"""Seconds between two looks of the screen at what was read."""


class JobsHeading(Widget):
    """The titles above the table."""

    DEFAULT_CSS = "JobsHeading { height: 1; }"

    def render_line(self, y: int) -> Strip:  # noqa: ARG002
        table = self.screen.query_one(JobsTable)
        width = self.size.width
        return strip_of(table.heading(width, tones(self.app)), width, self.rich_style)


class WorkspaceScreen(Screen[None], Background):
    """Jobs × metrics; Enter opens a job."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (80, "-normal"), (110, "-wide")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", "Filter", tooltip="only jobs with these words in the name"),
        Binding("b", "batch", "Batch", tooltip="open the batch's own metrics"),
        Binding("f5,ctrl+r", "reread", "Reload", tooltip="read all jobs again"),
        Binding("escape", "peel", "Back", show=False, tooltip="take the filter away"),
    ]
    DEFAULT_CSS = """
    WorkspaceScreen > #place { height: 1; background: $panel; padding: 0 1; }
    WorkspaceScreen > #jobs { border: round $rule; border-title-color: $foreground; height: 1fr; }
    WorkspaceScreen > #jobs:focus-within { border: round $accent; }
    WorkspaceScreen #cell { height: 1; color: $quiet; padding: 0 1; }
    WorkspaceScreen #words, WorkspaceScreen #words:focus {
        border: none; height: 1; padding: 0 1; background: $panel;
    }
    """

    class Found(Message):
        """The workspace was looked at; its jobs are read next."""

        def __init__(self, shape: Shape) -> None:
            super().__init__()
            self.shape = shape

    class Rows(Message):
        """More jobs were read."""

        def __init__(self, rows: list[JobRow], *, first: bool, last: bool) -> None:
            super().__init__()
            self.rows = rows
            self.first = first
            self.last = last

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self.shape: Shape | None = None
        self._rows: list[JobRow] = []
        self._reading = False

    def compose(self) -> ComposeResult:
        yield Static(id="place")
        with Vertical(id="jobs"):
            yield JobsHeading()
            yield JobsTable()
            yield Static(id="cell", markup=False)
        yield BottomBar()

    def on_mount(self) -> None:
        self.table.focus()
        self._lines()
        self.action_reread()

    @property
    def table(self) -> JobsTable:
        """The table."""
        return self.query_one(JobsTable)

    def action_reread(self) -> None:
        if not self._reading:
            self._reading = True
            self._read(self.folder)

    @work(
        thread=True,
        exclusive=True,
        group="jobs",
        exit_on_error=False,
        description="reading the workspace",
    )
    def _read(self, folder: Path) -> None:
        worker = get_current_worker()
        shape = read_shape(folder)
        self.post_message(self.Found(shape))
        rows: list[JobRow] = []
        first, told = True, time.monotonic()
        for row in read_jobs(shape):
            if worker.is_cancelled:
                return
            rows.append(row)
            if time.monotonic() - told >= EVERY:
                self.post_message(self.Rows(rows, first=first, last=False))
                rows, first, told = [], False, time.monotonic()
        self.post_message(self.Rows(rows, first=first, last=True))

    @on(Found)
    def _found(self, message: Found) -> None:
        self.shape = message.shape
        self._lines()

    @on(Rows)
    def _more(self, message: Rows) -> None:
        self._rows = message.rows if message.first else [*self._rows, *message.rows]
        if message.last:
            self._reading = False
        self.table.show(self._rows)
        self._lines()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        if event.worker.group == "jobs" and event.worker.is_finished:
            self._reading = False

    def _lines(self) -> None:
        look, shape = tones(self.app), self.shape
        total = len(shape.jobs) if shape else 0
        place = Text(clean(self.folder.absolute().name, 80), look.strong)
        place.append("   a workspace", look.quiet)
        if shape is not None and shape.batch is not None:
            place.append(" · with batch metrics, b opens them", look.quiet)
        self.query_one("#place", Static).update(place)
        table = self.table
        title = Text(f"Jobs {total:,}")
        if table.count != len(self._rows):
            title = Text(f"Jobs {table.count:,} of {total:,}")
        if len(self._rows) < total:
            title.append(f" · {len(self._rows):,} read", look.accent)
        verdicts = [row.verdict for row in self._rows]
        for status, word in (
            (MetricStatus.FAIL_BLOCK, "blocked"),
            (MetricStatus.FAIL_WARN, "warned"),
        ):
            number = verdicts.count(status)
            if number:
                title.append(f" · {symbol(status)} {number:,} {word}", look.of(status))
        broken = verdicts.count(None)
        if broken:
            text = f" · E {broken:,} without metrics"
            title.append(text, look.of(MetricStatus.FAIL_BLOCK))
        self.query_one("#jobs").border_title = title
        self.query_one("#cell", Static).update(table.cell)
        self.query_one(JobsHeading).refresh()
        keys = (
            Key("Enter", "open", ""),
            Key("s", "sort", ""),
            Key("f", "all" if table.only_failing else "only failing", ""),
            Key("/", "filter", "screen.filter"),
            Key("b", "batch", "screen.batch"),
            Key("?", "help", "app.help"),
            Key("q", "quit", "app.quit"),
        )
        self.query_one(BottomBar).show((), "", keys)

    def restyle(self) -> None:
        """The theme is another one."""
        self._lines()

    @on(LineList.Moved)
    def _moved(self, message: LineList.Moved) -> None:
        message.stop()
        self._lines()

    @on(LineList.Chosen)
    def _chosen(self, message: LineList.Chosen) -> None:
        message.stop()
        job = self.table.job
        if job is None:
            return
        if job.verdict is None and not job.path.exists():
            self.app.notify(clean(job.note, 300), title="No metrics", timeout=5, markup=False)
        else:
            self.post_message(Open(job.path))

    def action_batch(self) -> None:
        if self.shape is None or self.shape.batch is None:
            self.app.notify("The batch has no metrics yet.", timeout=3)
        else:
            self.post_message(Open(self.shape.batch))

    async def action_filter(self) -> None:
        boxes = self.query("#words")
        if not boxes:
            from textual.widgets import Input

            box = Input(id="words", placeholder="words of a job's name")
            await self.query_one("#jobs").mount(box, before=0)
            box.focus()
        else:
            boxes.first().display = True
            boxes.first().focus()

    def on_input_changed(self, message: Input.Changed) -> None:
        message.stop()
        self.table.words = message.value
        self.table.order_rows()
        self._lines()

    def on_input_submitted(self, message: Input.Submitted) -> None:
        message.stop()
        message.input.display = bool(message.value)
        self.table.focus()

    def action_peel(self) -> None:
        from textual.widgets import Input

        for box in self.query("#words").results(Input):
            box.value = ""
            box.display = False
        self.table.focus()
