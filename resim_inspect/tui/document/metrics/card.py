"""Card of one metric: its chart, and below it its description and findings."""

from __future__ import annotations

from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static

from resim_inspect.document.enums import MetricStatus
from resim_inspect.text import clean
from resim_inspect.tui import keymap
from resim_inspect.tui.document.details import card_text
from resim_inspect.tui.document.session import Session
from resim_inspect.tui.theme import theme_styles
from resim_inspect.tui.widgets.chart.view import ChartView


class Card(Vertical):
    """Chart and description of a metric."""

    BINDINGS: ClassVar[list[BindingType]] = [*keymap.BROWSE]

    DEFAULT_CSS = """
    Card > #details-box {
        height: 25%; max-height: 9; min-height: 4;
        border: round $rule; border-title-color: $quiet; padding: 0 1;
        scrollbar-size-vertical: 1;
    }
    Card > ChartView { border: round $rule; border-title-color: $foreground; padding: 0 1; }
    Card > ChartView:focus, Card > #details-box:focus { border: round $accent; }
    """

    def compose(self) -> ComposeResult:
        yield ChartView()
        with VerticalScroll(id="details-box") as box:
            yield Static(id="details-text")
        box.border_title = "About"

    @property
    def chart(self) -> ChartView:
        """The chart."""
        return self.query_one(ChartView)

    def action_browse(self) -> None:
        self.chart.browse()

    def show(self, session: Session, position: int | None) -> None:
        """Show the metric at a position; None clears the card."""
        text, box = self.query_one("#details-text", Static), self.query_one("#details-box")
        if position is None:
            self.chart.clear()
            self.chart.border_title = ""
            text.update("")
            return
        metric = session.document.metrics[position]
        styles = theme_styles(self.app)
        status = metric.status
        word = "unset" if status is MetricStatus.UNSET else status.name
        title = Text(clean(metric.name, 80) or "(no name)", style="bold", no_wrap=True)
        title.append(f" · {metric.type.label} · ", styles.quiet + Style(bold=False))
        title.append(f"{status.symbol} {word}", styles.of(status))
        if metric.importance:
            title.append(f" · {metric.importance.name}", styles.quiet + Style(bold=False))
        self.chart.border_title = title
        self.chart.show(session.document, "metric", position)
        text.update(card_text(session, metric, styles))
        box.scroll_home(animate=False)
