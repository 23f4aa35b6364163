"""Metrics pane: the list of metrics, its filter, and the card of the chosen metric."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widget import AwaitMount, Widget

from resim_inspect.document.enums import FAILING
from resim_inspect.tui.document.metrics.metric_list import MetricList
from resim_inspect.tui.document.pane import Pane
from resim_inspect.tui.document.session import Session
from resim_inspect.tui.keymap import Hint
from resim_inspect.tui.keys.document import METRICS
from resim_inspect.tui.keys.lists import SIDE
from resim_inspect.tui.messages import KeyHintsChanged
from resim_inspect.tui.theme import theme_styles
from resim_inspect.tui.widgets.containers import VerticalBox
from resim_inspect.tui.widgets.filter_host import FilterFields, FilterHost
from resim_inspect.tui.widgets.row_list import RowList
from resim_inspect.tui.widgets.side_list import SideHost
from resim_inspect.tui.workers import after_first_frame

if TYPE_CHECKING:
    from resim_inspect.tui.document.metrics.card import Card
    from resim_inspect.tui.exporting.choices import ExportChoice


class MetricsPane(Pane, FilterHost, SideHost):
    """List on the left, card on the right; on narrow terminals the list alone."""

    BOXES = ("#side", "Card > ChartView", "#details-box", "#group")
    BINDINGS: ClassVar[list[BindingType]] = [*METRICS, *SIDE]
    side_id = "side"
    card: Card | None = None
    """Card of the chosen metric; None until it is mounted."""
    _chart_hints: tuple[Hint, ...] = ()

    DEFAULT_CSS = """
    MetricsPane > #side { width: 40; min-width: 30; }
    MetricsPane MetricList {
        border: round $rule; border-title-color: $foreground; border-subtitle-color: $quiet;
    }
    MetricsPane MetricList:focus { border: round $accent; }
    """

    def compose(self) -> ComposeResult:
        with VerticalBox(id="side"):
            yield MetricList(self.session, id="metric-list")

    def on_mount(self) -> None:
        # The card costs as much as all the rest: the list is on the screen before it.
        after_first_frame(self, self._furnish)

    def on_resize(self) -> None:
        self.layout_side()

    async def _furnish(self) -> None:
        from resim_inspect.tui.document.metrics.card import Card

        card = Card(self.session)
        await self.mount(card)
        # Only once it is mounted: other methods show metrics in it.
        self.card = card
        self._show_card()

    def _show_card(self) -> None:
        if self.card is not None and not self.screen.has_class("-narrow"):
            focused, group = self.screen.focused, self.list.group
            if group is None:
                self.card.show(self.session, self.list.position)
            else:
                self.card.show_group(self.session, *group)
            other_list = self.other_list()
            # The widget of the card that had the focus may be out of view now.
            of_card = focused in (self.card.chart, self.card.group_table)
            of_card |= focused is None and self.display and self.is_list_hidden()
            if of_card and other_list is not None and focused is not other_list:
                other_list.focus()

    @property
    def list(self) -> MetricList:
        """The list of metrics."""
        return self.query_one(MetricList)

    def side_list(self) -> MetricList:
        return self.list

    def other_list(self) -> Widget | None:
        if self.card is None:
            return None
        return self.card.group_table if self.card.has_class("-group") else self.card.chart

    def show_session(self, session: Session) -> None:
        self.session = session
        self.list.show_session(session)
        self._title()
        self._show_card()

    def focus_main(self) -> None:
        self.main_widget().focus()

    def go_to(self, position: int, at: float | None = None) -> None:
        self.list.go_to(position)
        for box in self.filter_boxes():
            box.set_text(self.list.query_text)
        if at is not None and self.card is not None:
            self._show_card()
            self.card.chart.look_at_ns(at)
        if self.screen.has_class("-narrow"):
            self.open_card(position, self.list.positions, at)
        self.focus_main()

    def key_hints(self) -> Iterable[Hint]:
        focused = self.screen.focused
        back = self.side_hints()
        leave = () if back else (Hint("focus.next", "list"),)
        if self.card is not None and focused is self.card.chart:
            return (*back, *self.card.chart.key_hints(), *leave)
        if self.card is not None and focused is self.card.group_table:
            return (*back, Hint("rows.choose"), Hint("metrics.next_failing"), *leave)
        if focused is not self.list:
            words = "clear filter" if self.list.query_text else "list"
            return (
                *back,
                Hint("metrics.filter"),
                Hint("filter.done"),
                Hint("document.back", words),
            )
        hints = (
            Hint("document.dashboard"),
            Hint("metrics.filter"),
            Hint("metric_list.group"),
            Hint("metrics.next_failing"),
        )
        if self.list.group is not None:
            return (Hint("metric_list.fold", "unfold"), *hints, Hint("focus.next", "its metrics"))
        whole = Hint("rows.choose")
        # Without a card beside the list, this is the key to know; the last hints are the first
        # that are left out where there is no room.
        return (whole, *hints) if self.screen.has_class("-narrow") else (*hints, whole)

    def export_choices(self) -> Sequence[ExportChoice]:
        """The list, or the group beside it, and the chart."""
        from resim_inspect.tui.exporting.charts import choices_beside
        from resim_inspect.tui.exporting.tables import metric_choices

        positions, card = self.list.positions, self.card
        if card is not None and card.has_class("-group"):
            if self.screen.focused is card.group_table:
                positions = card.group_table.positions
            return metric_choices(self.session.document, positions)
        listed = metric_choices(self.session.document, positions)
        if card is None or not card.display:
            return listed
        return choices_beside(card.chart, listed)

    def on_chart_canvas_read(self) -> None:
        # The drawing decides which keys apply.
        if self.card is not None and self.card.chart.has_focus:
            hints = self.card.chart.key_hints()
            if hints != self._chart_hints:
                self._chart_hints = hints
                self.post_message(KeyHintsChanged())

    def on_theme_changed(self) -> None:
        self._title()
        self._show_card()
        if self.card is not None:
            self.card.chart.on_theme_changed()

    def dismiss_layer(self) -> bool:
        if self.clear_filter():
            return True
        chart = self.card.chart if self.card is not None else None
        if chart is not None and (chart.is_zoomed or chart.cursor_x is not None):
            chart.action_reset()
            return True
        if not self.list.has_focus and not self.is_list_hidden():
            self.focus_main()
            return True
        return False

    def _title(self) -> None:
        metrics, styles = self.list, theme_styles(self.app)
        total = len(self.session.catalog)
        number = f"{total:,}" if metrics.shown == total else f"{metrics.shown:,} of {total:,}"
        title = Text(f"Metrics {number}")
        counts = metrics.shown_counts()
        for status in reversed(FAILING):
            if counts.get(status):
                title.append(" · ", styles.quiet)
                title.append(f"{counts[status]:,} {status.symbol}", styles.of(status))
        title.append(f" · by {metrics.grouping.value}", styles.quiet)
        metrics.border_title = title

    # Messages of the list.

    @on(RowList.Moved)
    def _moved(self, message: RowList.Moved) -> None:
        message.stop()
        if message.list is self.list:
            self._show_card()
            self.post_message(KeyHintsChanged())

    @on(MetricList.Shown)
    def _shown(self, message: MetricList.Shown) -> None:
        message.stop()
        self._title()

    @on(RowList.Chosen)
    def _chosen(self, message: RowList.Chosen) -> None:
        message.stop()
        table = self.card.group_table if self.card is not None else None
        if table is not None and message.list is table:
            self.open_card(table.positions[message.row], table.positions)
        elif self.list.position is not None:
            self.open_card(self.list.position, self.list.positions)

    def open_card(
        self, position: int, positions: Sequence[int], at: float | None = None
    ) -> AwaitMount:
        """Show a metric in full; `positions`: those that its keys step through."""
        from resim_inspect.tui.document.metrics.card_screen import CardScreen

        def closed(last: int | None) -> None:
            if last is not None and (self.card is None or not self.card.choose_member(last)):
                self.list.go_to(last)
            self.post_message(KeyHintsChanged())

        chart = self.card.chart if self.card is not None and self.card.display else None
        screen = CardScreen(self.session, position, positions, at, chart)
        return self.app.push_screen(screen, closed)

    # Keys.

    def filter_parent(self) -> Widget:
        return self.query_one("#side")

    def filter_fields(self) -> FilterFields:
        from resim_inspect.filtering.metrics import MetricFields

        return MetricFields

    def filtered_list(self) -> MetricList:
        return self.list

    def filter_applied(self) -> None:
        self.post_message(KeyHintsChanged())

    def action_failing(self, by: int) -> None:
        self.list.step_failing(by)

    def action_quick_open(self) -> None:
        from resim_inspect.tui.widgets.quick_open import QuickOpen

        def chosen(position: int | None) -> None:
            if position is not None:
                self.go_to(position)

        self.app.push_screen(QuickOpen(self.session.catalog), chosen)

    def action_details(self) -> None:
        from resim_inspect.tui.document.details import metric_details
        from resim_inspect.tui.widgets.dialogs import DetailsDialog

        if self.list.position is not None:
            metric = self.session.document.metrics[self.list.position]
            rows = metric_details(self.session.document, metric)
            self.app.push_screen(DetailsDialog(metric.name, rows))

    def action_browse(self) -> None:
        if self.card is not None:
            self.card.chart.browse()

    def action_data(self) -> None:
        from resim_inspect.tui.messages import GoTo

        if self.list.position is None:
            return
        metric = self.session.document.metrics[self.list.position]
        data = self.session.document.data_of(metric)
        if data:
            at = self.card.chart.cursor_ns if self.card is not None else None
            self.post_message(GoTo("data", data[0].position, at))
        else:
            self.app.notify("This metric has no data of its own.", timeout=3)
