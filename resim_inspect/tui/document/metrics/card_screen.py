"""Screen of one metric, with keys to the next and the previous one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.events import ScreenResume

from resim_inspect.document.approximate import is_approximate
from resim_inspect.document.enums import FAILING
from resim_inspect.tui.document.metrics.card import Card
from resim_inspect.tui.document.session import Session, same_metric
from resim_inspect.tui.document.top_bar import TopBar
from resim_inspect.tui.exporting.host import ExportHost
from resim_inspect.tui.keymap import Hint
from resim_inspect.tui.keys.document import CARD
from resim_inspect.tui.keys.exporting import EXPORT
from resim_inspect.tui.keys.query import QUERY_HOST
from resim_inspect.tui.keys.raw import RAW_HOST
from resim_inspect.tui.query.host import QueryHost
from resim_inspect.tui.widgets.bottom_bar import BottomBar
from resim_inspect.tui.widgets.chart.view import ChartView
from resim_inspect.tui.widgets.main_screen import MainScreen

if TYPE_CHECKING:
    from resim_inspect.tui.exporting.choices import ExportChoice


class CardScreen(MainScreen[int | None], ExportHost, QueryHost):
    """The card; returns the position of the metric shown last."""

    COMMON_HINTS = ()
    BINDINGS: ClassVar[list[BindingType]] = [*(*CARD, *EXPORT, *QUERY_HOST, *RAW_HOST)]

    def __init__(
        self,
        session: Session,
        position: int,
        positions: Sequence[int],
        at: float | None = None,
        chart: ChartView | None = None,
    ) -> None:
        super().__init__()
        self.session = session
        self.position = position
        self.positions = positions
        self.at = at
        self._some_fail = any(map(self._fails, positions))
        self._is_gone = False
        """True if the newest version of the file no longer has the metric."""
        self.small_chart = chart
        """The chart beside the list: its zoom, cursor and choices come along, and go back."""

    def compose(self) -> ComposeResult:
        yield TopBar()
        yield Card(self.session)
        yield BottomBar()

    def on_mount(self) -> None:
        self._show()
        card = self.query_one(Card)
        card.chart.focus()
        if self.small_chart is not None:
            card.chart.take_view(self.small_chart)
        if self.at is not None:
            card.chart.look_at_ns(self.at)

    def _show(self) -> None:
        self.query_one(TopBar).show(self.session)
        self.query_one(Card).show(self.session, self.position)
        self.update_hints()

    def key_hints(self) -> Iterable[Hint]:
        step: tuple[Hint, ...] = ()
        if len(self.positions) > 1:
            failing = (Hint("card.next_failing"),) if self._some_fail else ()
            step = (*failing, Hint("card.next"))
        chart = self.query_one(Card).chart
        query = (Hint("query.open"),) if is_approximate(self.session.document) else ()
        return (*chart.key_hints(), *step, *query, Hint("card.details"), Hint("card.back"))

    def query_path(self) -> Path | None:
        return self.session.document.path

    def query_metric(self) -> str:
        return self.session.document.metrics[self.position].name

    def export_choices(self) -> Sequence[ExportChoice]:
        from resim_inspect.tui.exporting.charts import chart_choices

        return chart_choices(self.query_one(Card).chart)

    @on(ChartView.Read)
    def _chart_read(self) -> None:
        self.update_hints()

    def session_changed(self, old: Session, new: Session) -> None:  # noqa: ARG002
        """Show the same metric in the new session; close if it is gone."""
        position: int | None = self.position
        # The position is in its own session, which is older than `old` while it waits to close.
        if new.document is not self.session.document:
            position = same_metric(self.session, self.position, new)
        self._is_gone = position is None
        if position is None:
            self._close_if_gone()
            return
        if new.document is not self.session.document:
            self.positions = new.catalog.order
        self.session, self.position = new, position
        self._some_fail = any(map(self._fails, self.positions))
        self._show()

    @on(ScreenResume)
    def _close_if_gone(self) -> None:
        # Out of view, the notice would go unread, and the metric may return.
        if self._is_gone and self.is_active:
            self.app.notify("The metric is no longer in the file.", timeout=5)
            self.dismiss(None)

    def on_theme_changed(self) -> None:
        """Repaint in the colours of a new theme."""
        self._show()
        self.query_one(Card).chart.on_theme_changed()

    def action_step(self, by: int) -> None:
        if self.position in self.positions:
            index = list(self.positions).index(self.position) + by
            self.position = self.positions[index % len(self.positions)]
            self._show()

    def _fails(self, position: int) -> bool:
        return self.session.catalog.statuses[position] in FAILING

    def action_failing(self, by: int) -> None:
        positions = list(self.positions)
        here = positions.index(self.position) if self.position in positions else 0
        for step in range(1, len(positions) + 1):
            position = positions[(here + by * step) % len(positions)]
            if self._fails(position):
                self.position = position
                self._show()
                return
        self.app.notify("No metric fails here.", timeout=3)

    def action_details(self) -> None:
        from resim_inspect.tui.document.details import metric_details
        from resim_inspect.tui.widgets.dialogs import DetailsDialog

        metric = self.session.document.metrics[self.position]
        rows = metric_details(self.session.document, metric)
        self.app.push_screen(DetailsDialog(metric.name, rows))

    def action_close(self) -> None:
        chart = self.query_one(Card).chart
        if chart.is_zoomed:
            chart.action_reset()
            return
        if self.small_chart is not None:
            self.small_chart.follow(chart)
        self.dismiss(self.position)
