"""The dashboard of a workspace: one metric in each job, as small multiples."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on, work
from textual.binding import BindingType
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static
from textual.worker import get_current_worker

from resim_inspect.job_rows import JobRow, metric_names
from resim_inspect.text import clean, count
from resim_inspect.tui.dashboard.bounded_drawing import samples_allowed
from resim_inspect.tui.dashboard.card_grid import CardGrid
from resim_inspect.tui.dashboard.job_cards import APPROXIMATE, JobCards, JobSource
from resim_inspect.tui.dashboard.screen import DashboardScreen, StateKeeper
from resim_inspect.tui.dashboard.shared_scale import (
    JobRange,
    SharedScale,
    range_of,
    range_of_cell,
)
from resim_inspect.tui.dashboard.state import DashboardState
from resim_inspect.tui.key_hints import key_of
from resim_inspect.tui.keymap import Hint
from resim_inspect.tui.keys.dashboard import JOB_CARDS
from resim_inspect.tui.theme import theme_styles
from resim_inspect.tui.widgets.column_table import select_rows
from resim_inspect.tui.widgets.filter_host import FilterFields

if TYPE_CHECKING:
    from resim_inspect.tui.dashboard.card_canvas import CardCanvas
    from resim_inspect.tui.workspace.screen import WorkspaceScreen

FOLLOW_INTERVAL = 0.5
"""Seconds between two looks at the rows of the workspace."""
SURVEY_SECONDS = 0.03
"""Time after which a thread that reads the ranges of jobs hands them over."""
RESCALE_INTERVAL = 0.5
"""Least seconds between two changes of the shared axis while jobs are still read."""


class JobsDashboard(DashboardScreen):
    """One metric in the jobs of a workspace, in pages of cards."""

    BINDINGS: ClassVar[list[BindingType]] = [*JOB_CARDS]

    class RangesRead(Message):
        """The ranges of some jobs have been read."""

        def __init__(self, ranges: Mapping[str, JobRange]) -> None:
            super().__init__()
            self.ranges = ranges

    def __init__(
        self,
        workspace: WorkspaceScreen,
        state: DashboardState,
        keep: StateKeeper,
        job: str | None = None,
    ) -> None:
        """`job`: the job whose card is chosen; None for the page of the state."""
        self.workspace = workspace
        self.metric = state.metric
        self._seen = workspace.table.rows
        self.rows = self._sorted()
        if job is not None:
            state = replace(state, page=0)  # That of the job takes its place.
        super().__init__(JobCards(self.rows, self.metric), state, keep)
        self.scale = SharedScale()
        self._surveying = self._waits = False
        self._rescaled = 0.0
        self._first = job
        """Job whose card is chosen once it has been read; None after that."""
        self._shown: str | None = None
        """Key of the card that is chosen without the user having done so."""

    def _sorted(self) -> list[JobRow]:
        """The jobs in the order of the workspace's table."""
        table = self.workspace.table
        return select_rows(table.rows, sort=table.sort, descending=table.descending)

    def heading(self) -> Widget:
        return Static(id="location", markup=False)

    def on_mount(self) -> None:
        self._go_to_first()
        self.set_interval(FOLLOW_INTERVAL, self._follow)
        self.call_after_refresh(self._survey_more)

    def _go_to_first(self) -> None:
        """Choose the card of the first job, as soon as it has been read."""
        item = None if self._first is None else self.grid.cards.item(self._first)
        if item is not None:
            self._first = None
            self.go_to(item)
        self._shown = self._chosen_key()

    def _chosen_key(self) -> str | None:
        item = self.grid.item
        return None if item is None else self.grid.cards.key(item)

    # Following the workspace.

    def _follow(self) -> None:
        """Show the jobs as the workspace has read them by now."""
        rows = self.workspace.table.rows
        if rows is not self._seen:
            self._seen = rows
            self._renew()

    def _renew(self) -> None:
        if self._chosen_key() != self._shown:
            self._first = None  # The user has chosen another card meanwhile.
        self.rows = self._sorted()
        cards = self.grid.cards
        known = cards if isinstance(cards, JobCards) else None
        self.grid.show_cards(JobCards(self.rows, self.metric, known))
        self._go_to_first()
        self.scale.keep_only({row.name for row in self.rows})
        self._survey_more()
        self.update_lines()

    # The shared axis.

    def on_card_canvas_cards_read(self, message: CardCanvas.CardsRead) -> None:
        message.stop()
        for card in message.cards:
            key, source = card.request.key, card.request.source
            if self.scale.is_known(key, source):
                continue
            read = range_of(card.drawing, source)
            is_cut = read.range is None and card.request.max_samples < samples_allowed(1)
            if is_cut and isinstance(source, JobSource) and source.is_surveyed:
                continue  # Among many cards one may draw less than the survey reads.
            self.scale.add(key, read)
        self._rescale()

    def _unread(self) -> list[tuple[str, JobSource]]:
        """Jobs whose values have not been read, with what they are read from.

        Of a scalar the rows have the values. Jobs that would have to be evaluated for it, and
        those without the metric, are left out.
        """
        cards, unread = self.grid.cards, []
        for item, row in enumerate(self.rows):
            source = cards.source(item)
            if not isinstance(source, JobSource) or self.scale.is_known(row.name, source):
                continue
            scalar = source.scalar
            if scalar is not None:
                self.scale.add(row.name, range_of_cell(scalar, source))
            elif source.is_surveyed:
                unread.append((row.name, source))
        return unread

    @property
    def is_surveying(self) -> bool:
        """Return True until every job is read and the cards have the axis of them all."""
        return self._surveying or self._waits

    def _survey_more(self) -> None:
        """Read the values of jobs whose cards have not been in view, for the shared axis."""
        if self._surveying or not self.grid.state.shared_scale:
            return
        if self.grid.is_painting:
            # Of two threads that compute, the one that paints what is in view comes first.
            self._survey_later()
            return
        unread = self._unread()
        self._rescale(last=not unread)
        if unread:
            self._surveying = True
            self._survey(tuple(unread))

    @work(thread=True, group="survey", exit_on_error=False, description="reading the jobs")
    def _survey(self, unread: Sequence[tuple[str, JobSource]]) -> None:
        worker, ranges = get_current_worker(), {}
        end = time.monotonic() + SURVEY_SECONDS
        try:
            for key, source in unread:
                if worker.is_cancelled:
                    break
                ranges[key] = JobRange(source, None, "", "")  # One that raises is not read again.
                drawn = source.draw(samples_allowed(1))
                ranges[key] = range_of(drawn.drawing, source)
                if time.monotonic() > end:
                    break
        finally:
            self.post_message(self.RangesRead(ranges))

    @on(RangesRead)
    def _ranges_read(self, message: RangesRead) -> None:
        message.stop()
        self._surveying = False
        for key, range_ in message.ranges.items():
            self.scale.add(key, range_)
        self.update_lines()
        # Between two batches the screen and the cards in view have their turn.
        self._survey_later()

    def _survey_later(self) -> None:
        if not self._waits:
            self._waits = True
            self.set_timer(SURVEY_SECONDS, self._survey_now)

    def _survey_now(self) -> None:
        self._waits = False
        self._survey_more()

    def _rescale(self, *, last: bool = False) -> None:
        """Give the cards the axis of the jobs read so far, not too often while there are more."""
        window = self.scale.window if self.grid.state.shared_scale else None
        now = time.monotonic()
        if window == self.grid.y_window or (
            not last and self.grid.y_window is not None and now - self._rescaled < RESCALE_INTERVAL
        ):
            return
        self._rescaled = now
        self.grid.y_window = window
        self.grid.ask()
        self.update_lines()

    # The lines around.

    def update_lines(self) -> None:
        styles = theme_styles(self.app)
        name = clean(self.workspace.folder.absolute().name, 80)
        location = Text(clean(self.metric, 80) or "(no name)", styles.strong)
        location.append(f"   in {len(self.rows):,} jobs of {name}", styles.quiet)
        if any(row.approximate for row in self.rows):
            location.append(f" · {APPROXIMATE}", styles.accent)
        self.query_one("#location", Static).update(location)
        super().update_lines()

    def more_words(self) -> Sequence[str]:
        key = key_of("dashboard.scale")
        if not self.grid.state.shared_scale:
            return (f"own y axes ({key})",)
        unread = sum(
            not self.scale.is_known(row.name, self.grid.cards.source(item))
            for item, row in enumerate(self.rows)
            if self.metric in row.cells
        )
        so_far = f"{count(unread, 'job')} not read" if unread else ""
        if self.scale.problem:
            # Cards of texts have no axis at all.
            differ = self.scale.has_ranges and not unread
            no_axis = f"own y axes: {self.scale.problem}" if differ else ""
            return no_axis, so_far
        return f"one y axis {self.scale.text} ({key})", so_far

    def grouping_words(self) -> str:
        if self.grid.state.grouping == "status":
            return "by status"
        return f"sorted by {clean(self.workspace.table.sort.title, 40)}"

    def more_hints(self) -> tuple[Hint, ...]:
        metric = Hint("dashboard.metric")
        if not self.grid.state.shared_scale:
            return (metric, Hint("dashboard.scale", "one y axis"))
        if self.scale.problem:
            return (metric,)
        return (metric, Hint("dashboard.scale", "own y axes"))

    def filter_fields(self) -> FilterFields:
        from resim_inspect.filtering.jobs import JobFields

        return JobFields

    # Keys.

    @on(CardGrid.Opened)
    def _opened(self, message: CardGrid.Opened) -> None:
        message.stop()
        position = None if message.card is None else message.card.position
        self.workspace.open_row(self.rows[message.item], position)

    def action_scale(self) -> None:
        state = self.grid.state
        self.grid.state = replace(state, shared_scale=not state.shared_scale)
        self._rescale(last=True)
        self._survey_more()
        self.update_lines()

    def action_metric(self) -> None:
        from resim_inspect.tui.widgets.quick_open import NamePicker

        names = metric_names(self.rows)

        def chosen(row: int | None) -> None:
            if row is not None:
                self.metric = names[row]
                self.grid.state = replace(self.grid.state, metric=self.metric)
                self.scale = SharedScale()
                self.grid.forget()
                self.grid.y_window = None
                self.grid.linking.show_all()
                self.grid.linking.cursor = None
                self._renew()

        current = names.index(self.metric) if self.metric in names else None
        self.app.push_screen(NamePicker("Metric", "metric", names, current=current), chosen)
