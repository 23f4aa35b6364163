"""Card of one metric: its chart, and below it its description and findings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Protocol, runtime_checkable

from rich.style import Style
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType

from resim_inspect.document.model import Metric, ScalarValues
from resim_inspect.filtering.catalog import Heading
from resim_inspect.text import clean
from resim_inspect.tui.document.details import card_text
from resim_inspect.tui.document.metrics.group_table import GroupTable, GroupTitles
from resim_inspect.tui.document.session import Session
from resim_inspect.tui.keys.chart import BROWSE
from resim_inspect.tui.theme import theme_styles
from resim_inspect.tui.widgets.chart.painter import Subject
from resim_inspect.tui.widgets.chart.view import ChartView
from resim_inspect.tui.widgets.containers import ScrollBox, VerticalBox
from resim_inspect.tui.widgets.facts_text import FactsText
from resim_inspect.tui.widgets.repainting import show_title

if TYPE_CHECKING:
    from resim_inspect.charts.build.job_values import JobValues


@runtime_checkable
class JobValuesSource(Protocol):
    """An app that knows the workspaces which documents were opened from."""

    def job_values(self, path: Path, name: str) -> JobValues | None:
        """Values of a metric in the jobs of the current document's workspace, if it has one."""


class Card(VerticalBox):
    """Chart and description of a metric, or the table of a group of metrics."""

    BINDINGS: ClassVar[list[BindingType]] = [*BROWSE]

    DEFAULT_CSS = """
    Card > #details-box {
        height: auto; max-height: 25%; min-height: 3;
        border: round $rule; border-title-color: $quiet; padding: 0 1;
        scrollbar-size-vertical: 1;
    }
    Card > ChartView { border: round $rule; border-title-color: $foreground; padding: 0 1; }
    Card > #group { display: none; border: round $rule; border-title-color: $foreground; }
    Card > ChartView:focus, Card > #details-box:focus, Card > #group:focus-within {
        border: round $accent;
    }
    Card.-group > ChartView, Card.-group > #details-box { display: none; }
    Card.-group > #group { display: block; }
    """

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session

    def compose(self) -> ComposeResult:
        yield ChartView()
        with ScrollBox(id="details-box") as box:
            yield FactsText(id="details-text")
        box.border_title = "About"
        with VerticalBox(id="group"):
            yield GroupTitles()
            yield GroupTable(self.session)

    @property
    def chart(self) -> ChartView:
        """The chart."""
        return self.query_one(ChartView)

    @property
    def group_table(self) -> GroupTable:
        """The table of a group, in view while the card has the class `-group`."""
        return self.query_one(GroupTable)

    def _job_values(self, session: Session, metric: Metric) -> JobValues | None:
        """Values of a scalar in the jobs of the workspace that the document was opened from."""
        app: object = self.app
        path = session.document.path
        if not isinstance(metric.values, ScalarValues) or metric.event_metric or path is None:
            return None
        return app.job_values(path, metric.name) if isinstance(app, JobValuesSource) else None

    def choose_member(self, position: int) -> bool:
        """Put the cursor of the group in view on a metric; False if it does not have it."""
        if not self.has_class("-group") or position not in self.group_table.positions:
            return False
        self.group_table.cursor = list(self.group_table.positions).index(position)
        return True

    def action_browse(self) -> None:
        self.chart.browse()

    def show(self, session: Session, position: int | None) -> None:
        """Show the metric at a position; None clears the card."""
        self.remove_class("-group")
        text, box = self.query_one(FactsText), self.query_one("#details-box")
        if position is None:
            self.chart.clear()
            self.chart.border_title = ""
            text.show(Text())
            return
        metric = session.document.metrics[position]
        styles = theme_styles(self.app)
        status = metric.status
        title = Text(clean(metric.name, 80) or "(no name)", style="bold", no_wrap=True)
        title.append(f" · {metric.type.label} · ", styles.quiet + Style(bold=False))
        title.append(f"{status.symbol} {status.word}", styles.of(status))
        if metric.importance:
            title.append(f" · {metric.importance.name}", styles.quiet + Style(bold=False))
        show_title(self.chart, title)
        base = None if session.reference is None else session.reference.base(position)
        jobs = self._job_values(session, metric)
        self.chart.show_subject(Subject(session.document, "metric", position, None, jobs, base))
        text.show(card_text(session, metric, styles))
        box.scroll_home(animate=False)

    def show_group(self, session: Session, heading: Heading, positions: Sequence[int]) -> None:
        """Show the metrics under a heading of the list."""
        self.group_table.show(session, heading, positions)
        self.query_one("#group").border_title = self.group_table.titled(theme_styles(self.app))
        self.add_class("-group")
