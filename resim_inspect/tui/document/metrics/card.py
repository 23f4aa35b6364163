"""The card of one metric: its chart, and below it what the file says about it."""

from __future__ import annotations

from rich.style import Style
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static

from resim_inspect.document.enums import MetricStatus
from resim_inspect.text import clean
from resim_inspect.tui.document.details import about
from resim_inspect.tui.document.session import Session
from resim_inspect.tui.theme import tones
from resim_inspect.tui.widgets.chart.view import ChartView


class Card(Vertical):
    """A metric, whole."""

    DEFAULT_CSS = """
    Card > #about-box {
        height: 25%; max-height: 9; min-height: 4;
        border: round $rule; border-title-color: $quiet; padding: 0 1;
        scrollbar-size-vertical: 1;
    }
    Card > ChartView { border: round $rule; border-title-color: $foreground; padding: 0 1; }
    Card > ChartView:focus, Card > #about-box:focus { border: round $accent; }
    """

    def compose(self) -> ComposeResult:
        yield ChartView()
        with VerticalScroll(id="about-box") as box:
            yield Static(id="about-text")
        box.border_title = "About"

    @property
    def chart(self) -> ChartView:
        """The chart."""
        return self.query_one(ChartView)

    def show(self, session: Session, position: int | None) -> None:
        """Show a metric; None where there is none."""
        text, box = self.query_one("#about-text", Static), self.query_one("#about-box")
        if position is None:
            self.chart.clear()
            self.chart.border_title = ""
            text.update("")
            return
        metric = session.document.metrics[position]
        look = tones(self.app)
        status = metric.status
        word = "unset" if status is MetricStatus.UNSET else status.name
        title = Text(clean(metric.name, 80) or "(no name)", style="bold", no_wrap=True)
        title.append(f" · {metric.type.label} · ", look.quiet + Style(bold=False))
        title.append(f"{status.symbol} {word}", look.of(status))
        if metric.importance:
            title.append(f" · {metric.importance.name}", look.quiet + Style(bold=False))
        self.chart.border_title = title
        self.chart.show(session.document, "metric", position)
        text.update(about(session, metric, look))
        box.scroll_home(animate=False)
