"""The screen of a run: its jobs, their logs, what it has come to, and keys to stop it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.notifications import SeverityLevel
from textual.widgets import Static

from resim_inspect.derived import is_derived
from resim_inspect.document.enums import MetricStatus
from resim_inspect.files import is_missing
from resim_inspect.text import clean, count
from resim_inspect.tui.key_hints import key_of
from resim_inspect.tui.keymap import Hint
from resim_inspect.tui.keys.app import FOCUS
from resim_inspect.tui.keys.runs import LOG_HOST, RUN_HOST, RUNS
from resim_inspect.tui.messages import OpenRequested
from resim_inspect.tui.runs.log_view import LogView
from resim_inspect.tui.runs.run_bar import RunBar
from resim_inspect.tui.runs.run_host import RunHost
from resim_inspect.tui.runs.run_places import RunPlaces
from resim_inspect.tui.runs.run_request import RunTarget
from resim_inspect.tui.runs.run_requests import RunRequests
from resim_inspect.tui.runs.run_summary import results_of, resume_command, tally
from resim_inspect.tui.runs.runs_table import RunsTable
from resim_inspect.tui.theme import theme_styles
from resim_inspect.tui.widgets.bottom_bar import BottomBar
from resim_inspect.tui.widgets.containers import Box
from resim_inspect.tui.widgets.kept_views import restore_later
from resim_inspect.tui.widgets.row_list import RowList

if TYPE_CHECKING:
    from runner.workspace.run_state import JobProgress, RunKey, RunState


class RunsScreen(RunRequests, RunHost):
    """Jobs of a run beside the log of the chosen one; Enter opens a job's results."""

    BOXES = ("RunsTable", "LogView")
    BINDINGS: ClassVar[list[BindingType]] = [*RUNS, *RUN_HOST, *LOG_HOST, *FOCUS]
    DEFAULT_CSS = """
    RunsScreen > #location { height: 1; background: $panel; padding: 0 1; }
    RunsScreen > #notice { height: auto; max-height: 5; padding: 0 1; display: none; }
    RunsScreen > #run { height: 1fr; layout: vertical; }
    RunsScreen > #chosen { height: auto; max-height: 2; padding: 0 1; color: $quiet; }
    RunsScreen RunsTable {
        border: round $rule; border-title-color: $foreground; border-subtitle-color: $quiet;
        height: 1fr;
    }
    RunsScreen RunsTable:focus { border: round $accent; }
    """

    def __init__(self, folder: Path, *, watch: bool = True) -> None:
        """`folder`: that of the run's record."""
        super().__init__()
        self.folder = folder
        self._watch = watch
        self._places = RunPlaces(folder)
        self._awaited: RunKey | None = None
        """Job whose results are opened once it has finished."""

    def compose(self) -> ComposeResult:
        yield Static(id="location", markup=False)
        yield RunBar(self.folder, watch=self._watch)
        yield Static(id="notice", markup=False)
        with Box(id="run"):
            yield RunsTable()
            yield LogView(watch=self._watch)
        yield Static(id="chosen", markup=False)
        yield BottomBar()

    def on_mount(self) -> None:
        self.table.focus()
        self._lines()
        restore_later(self, self.folder)
        if self._watch:
            self.set_interval(1.0, self._tick)

    @property
    def table(self) -> RunsTable:
        """The table of jobs."""
        return self.query_one(RunsTable)

    @property
    def bar(self) -> RunBar:
        """The line of the run."""
        return self.query_one(RunBar)

    @property
    def job(self) -> JobProgress | None:
        return self.table.job

    @property
    def is_read(self) -> bool:
        """True once the jobs of the run are in the table, or there are none."""
        return self.bar.is_read and (self.table.is_filled or not self.state.jobs)

    @property
    def state(self) -> RunState:
        """State of the run as it was read last."""
        return self.bar.state

    def _tick(self) -> None:
        if self.table.has_running:
            # The seconds of running jobs.
            self.table.now = self.bar.now()
            self.table.refresh()

    def run_target(self) -> RunTarget | None:
        return self._places.target()

    # The run.

    @on(RunBar.Changed)
    def _changed(self, message: RunBar.Changed) -> None:
        message.stop()
        before, state = message.before, message.state
        self.table.now = self.bar.now()
        if state.jobs is not before.jobs or state.life is not before.life:
            self.table.show(state)
        self._follow_log()
        self._lines()
        self._open_awaited()
        if before.life != state.life or before.run != state.run:
            self._life_changed(before, state)

    def _life_changed(self, before: RunState, state: RunState) -> None:
        from runner.workspace.run_state import Life

        died = state.life is Life.DIED
        ended = before.life is Life.ALIVE and state.life is not Life.ALIVE
        if not (ended or (died and before.watch)):
            return
        numbers = tally(results_of(state))
        bad = numbers.blocked + numbers.failed
        text = (
            "The runner has died."
            if died
            else f"{count(state.done, 'job')} {'has' if state.done == 1 else 'have'} run."
        )
        if bad and not died:
            # What needed no run counts too: its result enters the verdict all the same.
            text += f" {count(bad, 'result')} {'fails or blocks' if bad == 1 else 'fail or block'}."
        severity: SeverityLevel = "warning" if bad or state.error else "information"
        self.app.notify(
            clean(state.error, 300) or text,
            title=f"Run of {self._title()}",
            severity="error" if died else severity,
            timeout=6,
            markup=False,
        )

    def _title(self) -> str:
        return clean(self.state.title, 80) or clean(self.folder.absolute().parent.name, 80)

    def _lines(self) -> None:
        styles, state = theme_styles(self.app), self.state
        location = Text().append(self._title(), styles.strong)
        parts = [clean(part, 160) for part in (state.build, state.engine) if part]
        location.append("   " + " · ".join(parts) if parts else "   a run", styles.quiet)
        self.query_one("#location", Static).update(location)
        self._notice()
        table = self.table
        title = Text(f"Jobs {len(state.jobs):,}")
        if table.only_failing:
            title = Text(f"Jobs {table.count:,} of {len(state.jobs):,}")
        table.border_title = title
        job = table.job
        described = "" if job is None else table.described(job)
        chosen = self.query_one("#chosen", Static)
        chosen.update(described)
        chosen.display = bool(described)
        self._log_title()
        self.update_hints()

    def _notice(self) -> None:
        """Show what to do about a run that died, or the last warning of one that goes on."""
        from runner.workspace.run_state import Life

        styles, state = theme_styles(self.app), self.state
        notice = Text()
        if state.life is Life.DIED:
            command = resume_command(state)
            notice.append(f"{key_of('run.start')} resumes it, as does\n", styles.text)
            notice.append(clean(command, 400), styles.strong)
        elif state.warnings:
            more = f" ({len(state.warnings):,} messages, {key_of('run.messages')} shows them)"
            notice.append("! ", styles.of(MetricStatus.FAIL_WARN))
            notice.append(clean(state.warnings[-1], 300), styles.text)
            notice.append(more if len(state.warnings) > 1 else "", styles.quiet)
        box = self.query_one("#notice", Static)
        box.display = bool(notice)
        box.update(notice)

    def _follow_log(self) -> None:
        job = self.table.job
        self.query_one(LogView).show(
            None if job is None else self._places.log_of(job.key, self.state.log)
        )

    def _log_title(self) -> None:
        log, job = self.query_one(LogView), self.table.job
        log.border_title = Text("Log" if job is None else f"Log · {clean(job.name, 60)}")
        log.border_subtitle = "" if job is None else log.summary()

    def key_hints(self) -> Iterable[Hint]:
        alive = self.bar.is_alive
        job = self.table.job
        running = job is not None and job.result is None and alive
        failing = "all" if self.table.only_failing else "only failing"
        log = self.query_one(LogView)
        searched = log if log.has_focus else self.table
        return (
            Hint("rows.choose", "results"),
            *((Hint("run.stop"),) if running else ()),
            *self._run_hints(alive=alive),
            *log.state_hints(),
            *searched.search_hints(),
            Hint("focus.next", "log" if searched is self.table else "jobs"),
            Hint("run.failing", failing),
            *((Hint("run.messages"),) if self.state.warnings else ()),
            Hint("run.back"),
        )

    def _run_hints(self, *, alive: bool) -> tuple[Hint, ...]:
        if self.bar.is_watching:
            from runner.workspace.watch_requests import WatchPhase

            paused = self.state.watch is WatchPhase.PAUSED
            pause = Hint("run.pause", "go on" if paused else "pause")
            return Hint("run.all"), Hint("run.failed"), pause, Hint("run.stop_all", "end")
        return (Hint("run.stop_all"),) if alive else (Hint("run.start", "run again"),)

    def on_theme_changed(self) -> None:
        """Repaint in the colours of a new theme."""
        self._lines()

    @on(RowList.Moved)
    def _moved(self, message: RowList.Moved) -> None:
        message.stop()
        if message.list is self.table:
            self._follow_log()
            self._lines()

    @on(LogView.StateChanged)
    def _log_changed(self, message: LogView.StateChanged) -> None:
        message.stop()
        self._log_title()
        self.update_hints()

    # Results.

    @on(RowList.Chosen)
    def _chosen(self, message: RowList.Chosen) -> None:
        message.stop()
        job = self.table.job
        if job is None:
            return
        if job.result is None and self.bar.is_alive:
            self._awaited = job.key
            name, key = clean(job.name, 80), key_of("run.back")
            text = f"{name} opens once it has finished; {key} cancels that."
            self.app.notify(text, title="Not finished", timeout=5, markup=False)
        else:
            self._open(job)

    def _open(self, job: JobProgress) -> None:
        path = self._places.metrics_of(job.key)
        if not is_missing(path) or is_derived(path):
            self.post_message(OpenRequested(path))
        else:
            text = clean(job.result.message, 300) if job.result is not None else ""
            self.app.notify(
                text or "The job has left no metrics.", title="No metrics", timeout=5, markup=False
            )

    def _open_awaited(self) -> None:
        job = None if self._awaited is None else self.state.jobs.get(self._awaited)
        if job is None or job.result is None:
            return
        self._awaited = None
        if self.is_current:
            self.table.go_to(job.key)
            self._open(job)
        else:
            self.app.notify(f"{clean(job.name, 80)} has finished.", timeout=4, markup=False)

    def action_back(self) -> None:
        if self._awaited is not None:
            self._awaited = None
            self.app.clear_notifications()
        else:
            self.app.call_later(self.app.run_action, "previous")

    # The log, messages and the command line.

    def action_build_log(self) -> None:
        # It stands beside the jobs here.
        self.query_one(LogView).focus()

    def action_messages(self) -> None:
        from resim_inspect.tui.widgets.dialogs import DetailsDialog

        rows = [("warning", text) for text in self.state.warnings]
        rows += [("note", self.state.note)] if self.state.note else []
        rows += [("runner's log", str(self.bar.record.log))]
        self.app.push_screen(DetailsDialog("Messages of the runner", rows))

    def action_command(self) -> None:
        from resim_inspect.tui.clipboard import copy

        command = resume_command(self.state)
        if command:
            copy(self.app, command)
        else:
            self.app.notify("The command line of this run is unknown.", timeout=3)
