"""The table of a run's jobs: those that run first, then those that need attention."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from rich.style import Style
from textual.binding import BindingType

from resim_inspect.document.enums import MetricStatus
from resim_inspect.text import cell_width, clean, count, fit
from resim_inspect.tui.keys.runs import RUN_JOBS
from resim_inspect.tui.keys.searching import HITS
from resim_inspect.tui.theme import ThemeStyles
from resim_inspect.tui.widgets.column_values import duration_text
from resim_inspect.tui.widgets.row_list import StyledText
from resim_inspect.tui.widgets.searchable_list import SearchableList

if TYPE_CHECKING:
    from runner.workspace.results import JobResult
    from runner.workspace.run_state import JobProgress, RunKey, RunState

WORD_WIDTH = 12
"""Cells of the verdict or state of a job."""
SECONDS_WIDTH = 9
_STOPPED = 0
"""Order of a stopped job: behind those that fail, before those that do not."""


class RunsTable(SearchableList):
    """Jobs of a run with their state, duration, and what is wrong or has changed."""

    BINDINGS: ClassVar[list[BindingType]] = [*HITS, *RUN_JOBS]
    SEARCHED = "job", "a part of a job's name"

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        """Time in seconds since 1970 up to which running jobs are counted."""
        self.shown: list[JobProgress] = []
        self.only_failing = False
        self._state: RunState | None = None
        self._name_width = 4
        self._is_alive = False

    @property
    def job(self) -> JobProgress | None:
        """The job at the cursor."""
        return self.shown[self.cursor] if 0 <= self.cursor < len(self.shown) else None

    @property
    def is_filled(self) -> bool:
        """True once a state of the run has been shown."""
        return self._state is not None

    def show(self, state: RunState) -> None:
        """Show another state of the run; the cursor stays on its job."""
        from runner.workspace.run_state import Life

        self._state = state
        self._is_alive = state.life is Life.ALIVE
        here = self.job
        jobs = sorted(state.jobs.values(), key=rank)
        if self.only_failing:
            jobs = [job for job in jobs if needs_attention(job)]
        self.shown = jobs
        longest = max((cell_width(clean(job.name, 40)) for job in jobs[:200]), default=4)
        self._name_width = min(longest, 40)
        row = None if here is None else self._row_of(here.key)
        self.set_count(len(jobs), max(0, self.cursor) if row is None else row)

    @property
    def has_running(self) -> bool:
        """True if the seconds of a job that is shown go on."""
        return self._is_alive or any(job.holder for job in self.shown)

    def go_to(self, key: RunKey) -> None:
        """Move the cursor to a job, if it is shown."""
        row = self._row_of(key)
        if row is not None:
            self.cursor = row

    def _row_of(self, key: RunKey) -> int | None:
        return next((row for row, job in enumerate(self.shown) if job.key == key), None)

    def matching_rows(self, wanted: str) -> list[int]:
        return [row for row, job in enumerate(self.shown) if wanted in job.name.casefold()]

    def not_found_text(self) -> str:
        jobs = "failing job" if self.only_failing else "job"
        return f"No {jobs} has {self.wanted} in its name."

    def empty_text(self) -> str:
        return "no job failed" if self.only_failing else "no jobs yet"

    def action_failing(self) -> None:
        self.only_failing = not self.only_failing
        if self._state is not None:
            self.show(self._state)

    def render_row(self, row: int, width: int, styles: ThemeStyles) -> Sequence[StyledText]:
        job = self.shown[row]
        mark, word, style = state_of(job, styles, alive=self._is_alive)
        name_width = min(self._name_width, max(10, width // 3))
        name = (fit(clean(job.name, 80), name_width), styles.text)
        used = 5 + name_width + WORD_WIDTH + SECONDS_WIDTH
        return [
            ("▌" if row == self.cursor else " ", styles.accent),
            (f"{mark} ", style),
            *self.marked([name], styles.marks),
            ("  ", styles.text),
            (fit(word, WORD_WIDTH), style),
            (fit(self._seconds(job), SECONDS_WIDTH, right=True), styles.quiet),
            *([("  ", styles.text), (self._remark(job), styles.quiet)] if width > used + 8 else []),
        ]

    def _seconds(self, job: JobProgress) -> str:
        from runner.workspace.run_state import Phase

        if job.phase is Phase.RUNNING and (self._is_alive or job.holder):
            return duration_text(max(0.0, self.now - job.started), 0)
        return "" if job.result is None else duration_text(job.result.seconds)

    def _remark(self, job: JobProgress) -> str:
        if job.stopping and job.result is None:
            return "stopping…"
        again = f"attempt {job.attempt}" if job.attempt > 1 else ""
        worker = f"on {clean(job.worker, 60)}" if job.worker and job.result is None else ""
        if job.holder and job.result is None:
            worker = f"by {job.holder}, which outlived the run"
        change = clean(job.change, 300)
        parts = (again, worker, self._kept(job), change or remark_on(job.result))
        return " · ".join(part for part in parts if part)

    def _kept(self, job: JobProgress) -> str:
        """Return a word for a result of an earlier run that still holds."""
        from runner.workspace.run_state import Phase

        return "unchanged" if job.phase is Phase.KEPT else ""

    def described(self, job: JobProgress) -> str:
        """Return the remarks on a job, which its row may cut; empty without any."""
        parts = [self._remark(job)]
        if job.change and job.result is not None:
            parts.append(remark_on(job.result))
        if job.result is not None and job.result.hint:
            parts.append(clean(job.result.hint, 200))
        remarks = [part for part in parts if part]
        return " · ".join([clean(job.name, 80), *remarks]) if remarks else ""

    def copy_text(self, row: int) -> str:
        return self.shown[row].name


def rank(job: JobProgress) -> tuple[int, int]:
    """Return the place of a job in the table: the first number is that of its group."""
    from runner.workspace.run_state import Phase

    if job.phase is Phase.RUNNING:
        return 0, 0
    if job.phase is Phase.FINISHED:
        return 1, _order(job.result)
    return (2, 0) if job.phase is Phase.QUEUED else (3, _order(job.result))


def needs_attention(job: JobProgress) -> bool:
    """Return True for a job that failed, blocks or warns."""
    return job.result is not None and _order(job.result) < _STOPPED


def _order(result: JobResult | None) -> int:
    """Return where a job stands: runs without outputs, failing verdicts, stopped ones, others."""
    from runner.workspace.results import Outcome

    if result is None:
        return 1
    if result.outcome is Outcome.CANCELLED:
        return _STOPPED
    if result.outcome is not Outcome.DONE:
        return -MetricStatus.FAIL_BLOCK.rank - 1
    status = result.status or MetricStatus.UNSET
    return -status.rank if status.fails else 1


def state_of(job: JobProgress, styles: ThemeStyles, *, alive: bool) -> tuple[str, str, Style]:
    """Return the mark of a job, a word for its state, and their style; `alive`: the run goes on."""
    from runner.workspace.results import ENDINGS, Outcome
    from runner.workspace.run_state import Phase

    result = job.result
    if job.stale is not None and result is None and alive:
        return "▸" if job.phase is Phase.RUNNING else " ", "stale", styles.quiet
    if job.phase is Phase.RUNNING:
        alive = alive or bool(job.holder)
        return ("▸", "running", styles.accent) if alive else ("-", "interrupted", styles.quiet)
    if result is None:
        return " ", "waiting" if alive else "not started", styles.quiet
    if result.outcome is not Outcome.DONE:
        stopped = result.outcome is Outcome.CANCELLED
        style = styles.quiet if stopped else styles.of(MetricStatus.FAIL_BLOCK)
        return "-" if stopped else "E", ENDINGS[result.outcome], style
    status = result.status or MetricStatus.UNSET
    return status.symbol, clean(status.name, 20), styles.of(status)


def remark_on(result: JobResult | None) -> str:
    """Return what is wrong with a result, or how many metrics it has."""
    from runner.workspace.results import Outcome

    if result is None:
        return ""
    if result.outcome is not Outcome.DONE:
        return clean(result.message, 300)
    failing = [each for each in result.failing if each.status == result.verdict]
    if failing:
        parts = [f"{clean(f.name, 60)} {clean(f.headline, 60)}".strip() for f in failing[:2]]
        more = f"; {len(failing) - 2} more" if len(failing) > 2 else ""
        return "; ".join(parts) + more
    return count(result.metrics, "metric")
