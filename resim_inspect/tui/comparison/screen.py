"""Screen of a comparison: the list of changes, and the chosen one explained."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message
from textual.widgets import Static

from resim_inspect.comparison.changes import EVENT, FINDING, JOB, Change
from resim_inspect.comparison.directions import LISTED, Direction
from resim_inspect.document import Document
from resim_inspect.document.enums import MetricType
from resim_inspect.text import clean
from resim_inspect.tui.comparison.change_list import (
    ChangeList,
    direction_style,
    named_change,
    next_filter,
)
from resim_inspect.tui.comparison.charted import is_charted, open_both, show_change
from resim_inspect.tui.comparison.explained import explained
from resim_inspect.tui.comparison.host import ComparedScreen
from resim_inspect.tui.comparison.location import show_location
from resim_inspect.tui.comparison.paths import (
    Compared,
    CompareFailed,
    Files,
    compare_paths,
    notify_of_failure,
    notify_of_tolerances,
)
from resim_inspect.tui.exporting.host import ExportHost
from resim_inspect.tui.keymap import Hint
from resim_inspect.tui.keys.app import FOCUS
from resim_inspect.tui.keys.comparison import COMPARISON
from resim_inspect.tui.keys.exporting import EXPORT
from resim_inspect.tui.messages import CompareRequested, OpenRequested
from resim_inspect.tui.theme import theme_styles
from resim_inspect.tui.widgets.bottom_bar import BottomBar
from resim_inspect.tui.widgets.chart.view import ChartView
from resim_inspect.tui.widgets.containers import Box, ScrollBox
from resim_inspect.tui.widgets.kept_views import keep_views, restore_later
from resim_inspect.tui.widgets.main_screen import MainScreen
from resim_inspect.tui.widgets.repainting import show_text, show_title
from resim_inspect.tui.widgets.row_list import RowList
from resim_inspect.tui.workers import Background, after_first_frame

if TYPE_CHECKING:
    from resim_inspect.comparison import Comparison
    from resim_inspect.tui.exporting.choices import ExportChoice


class ComparisonScreen(MainScreen[int | None], Background, ExportHost, ComparedScreen):
    """Changes against a base; returns the position of the metric to go to, if any."""

    BOXES = ("ChangeList", "#explained-box", "#chosen > ChartView")
    BINDINGS: ClassVar[list[BindingType]] = [*COMPARISON, *EXPORT, *FOCUS]
    DEFAULT_CSS = """
    ComparisonScreen > #location { height: auto; max-height: 2; background: $panel; padding: 0 1; }
    ComparisonScreen > #changes { height: 1fr; layout: vertical; }
    ComparisonScreen ChangeList { border: round $rule; height: 1fr; }
    ComparisonScreen ChangeList:focus, ComparisonScreen ChartView:focus { border: round $accent; }
    ComparisonScreen #chosen { height: 40%; min-height: 6; layout: vertical; }
    ComparisonScreen #explained-box {
        border: round $rule; border-title-color: $quiet; padding: 0 1; height: 1fr; width: 1fr;
        scrollbar-size-vertical: 1;
    }
    ComparisonScreen ChartView { border: round $rule; padding: 0 1; width: 2fr; display: none; }
    ComparisonScreen #explained-box:focus { border: round $accent; }
    """

    class Opened(Message):
        """The documents of a job are open, for charts; None for one that cannot be opened."""

        def __init__(self, job: str, before: Document | None, after: Document | None) -> None:
            super().__init__()
            self.job = job
            self.documents = before, after

    class Progressed(Message):
        """Some jobs of a batch have been compared."""

        def __init__(self, done: int, total: int) -> None:
            super().__init__()
            self.done = done
            self.total = total

    def __init__(
        self,
        base: Path,
        other: Path,
        *,
        first: tuple[str, str] = ("", ""),
        known: tuple[Comparison, Files] | None = None,
        is_part: bool = False,
    ) -> None:
        """`first`: metric and event to go to; `known`: the comparison and its files, if made;
        `is_part`: a job of compared batches, whose other jobs may have the metrics it lacks."""
        super().__init__()
        self.first = first
        self._known = known
        self._is_part = is_part or known is not None
        self.base = base
        self.other = other
        self.comparison: Comparison | None = None
        self.direction: Direction | None = None
        self._files: Files = ({}, {})
        self._job = ""
        self._documents: tuple[Document | None, Document | None] | None = None
        """Open documents of the job whose metric was charted last."""

    def compose(self) -> ComposeResult:
        yield Static(id="location", markup=False)
        with Box(id="changes"):
            yield ChangeList(id="change-list")
            with Box(id="chosen"):
                with ScrollBox(id="explained-box"):
                    yield Static(id="explained", markup=False)
                yield ChartView()
        yield BottomBar()

    def on_mount(self) -> None:
        self.list.focus()
        restore_later(self, self.view_path())
        if self._known is not None:
            self.post_message(Compared(*self._known))
        else:
            self._lines()
            after_first_frame(self, self._compare)

    @property
    def list(self) -> ChangeList:
        """The list of changes."""
        return self.query_one(ChangeList)

    @work(
        thread=True, exclusive=True, group="compare", exit_on_error=False, description="comparing"
    )
    def _compare(self) -> None:
        def progress(done: int, total: int) -> None:
            if total > 1:
                self.post_message(self.Progressed(done, total))

        compare_paths(self, self.base, self.other, progress)

    @on(Progressed)
    def _progressed(self, message: Progressed) -> None:
        message.stop()
        self.list.border_title = Text(f"Comparing {message.done:,} of {message.total:,} jobs")

    @on(CompareFailed)
    def _failed(self, message: CompareFailed) -> None:
        message.stop()
        notify_of_failure(self, message.error)
        self.dismiss(None)

    @on(Compared)
    def _compared(self, message: Compared) -> None:
        message.stop()
        self.comparison, self._files = message.comparison, message.files
        changes = message.comparison.changes
        first = named_change(changes, *self.first)
        if first is not None and first.direction is Direction.SAME:
            self.direction = Direction.SAME
        self.list.show(message.comparison.by_direction, self.direction)
        self.list.go_to(first)
        self._lines()
        if not self._is_part:
            notify_of_tolerances(self, message.comparison)

    def _lines(self) -> None:
        styles, comparison = theme_styles(self.app), self.comparison
        show_location(self, (self.base, self.other), self.comparison)
        if comparison is not None:
            title = Text("Changes" if self.direction is not Direction.SAME else "The same")
            counts = comparison.summary
            for way in LISTED:
                if counts[way]:
                    title.append(" · ", styles.quiet)
                    words = f"{way.symbol} {way.value} {counts[way]:,}"
                    title.append(words, direction_style(styles, way))
            show_title(self.list, title)
        self._explain()
        self.update_hints()

    def on_resize(self) -> None:
        show_location(self, (self.base, self.other), self.comparison)

    def _explain(self) -> None:
        change = self.list.change
        box = self.query_one("#explained-box")
        box.border_title = Text("Explained" if change is None else clean(change.name, 80))
        text = Text() if change is None else explained(change, theme_styles(self.app))
        show_text(self.query_one("#explained", Static), text)
        box.scroll_home(animate=False)
        self._draw(change)

    def _draw(self, change: Change | None) -> None:
        """Draw both sides of a metric, or the only one; hide the chart for anything else.

        The diff of a text stands among the reasons, unless the chart is alone.
        """
        chart = self.query_one(ChartView)
        drawn = is_charted(change)
        if self.has_class("-chart") and not drawn:
            self.action_chart()
        alone = self.has_class("-chart")
        drawn &= alone or change is None or change.type != MetricType.TEXT.name
        chart.set_class(drawn, "-drawn")
        if change is None or not drawn:
            chart.clear()
        elif self._documents is None or self._job != change.job:
            chart.clear()
            self._open(change.job)
        else:
            show_change(chart, change, self._documents, titled=alone)

    @work(
        thread=True, exclusive=True, group="documents", exit_on_error=False,
        description="opening both documents",
    )  # fmt: skip
    def _open(self, job: str) -> None:
        before, after = open_both([files.get(job) for files in self._files])
        self.post_message(self.Opened(job, before, after))

    @on(Opened)
    def _opened(self, message: Opened) -> None:
        message.stop()
        self._job, self._documents = message.job, message.documents
        change = self.list.change
        if change is not None and change.job == message.job:
            self._draw(change)

    @on(ChartView.Read)
    def _chart_read(self) -> None:
        # The drawing decides which keys apply.
        if self.query_one(ChartView).has_focus:
            self.update_hints()

    def key_hints(self) -> Iterable[Hint]:
        chart = self.query_one(ChartView)
        if self.has_class("-chart"):
            next_worse = Hint("comparison.next_worse")
            return (*chart.key_hints(), next_worse, Hint("comparison.chart", "list"))
        if chart.has_focus:
            return (*chart.key_hints(), Hint("focus.next", "changes"), Hint("comparison.back"))
        change = self.list.change
        direction = "all" if self.direction is None else self.direction.value
        return (
            *((Hint("rows.choose", "open"),) if change is not None and self._place(change) else ()),
            Hint("comparison.next_worse"),
            *((Hint("comparison.chart"),) if is_charted(change) else ()),
            Hint("comparison.direction", f"shown: {direction}"),
            *self.list.search_hints(),
            Hint("comparison.back"),
        )

    def export_choices(self) -> Sequence[ExportChoice]:
        from resim_inspect.tui.exporting.comparisons import comparison_choices

        return comparison_choices(self.other, self.list.rows, self.query_one(ChartView))

    def on_theme_changed(self) -> None:
        """Repaint in the colours of a new theme."""
        self._lines()
        self.list.refresh()
        self.query_one(ChartView).on_theme_changed()

    @on(RowList.Moved)
    def _moved(self, message: RowList.Moved) -> None:
        message.stop()
        self._explain()
        self.update_hints()

    @on(RowList.Chosen)
    def _chosen(self, message: RowList.Chosen) -> None:
        message.stop()
        change = self.list.change
        if change is None:
            return
        side_file = self._place(change)
        base, other = (files.get(change.job) for files in self._files)
        in_batch = self.comparison is not None and self.comparison.is_batch
        if side_file is None:
            self.app.notify("Neither side has a file to open for this.", timeout=3)
        elif in_batch and change.type != JOB and base is not None and other is not None:
            metric = CompareRequested(other, base, metric=change.name, event=change.event)
            self.post_message(metric)
        elif in_batch or change.after is None:
            self.post_message(OpenRequested(side_file))
        else:
            self.dismiss(change.position)

    def _place(self, change: Change) -> Path | None:
        """File that has the changed item: that of the other side, else of the base."""
        if change.type in (FINDING, EVENT) and not change.job:
            return None
        return self._files[0 if change.after is None else 1].get(change.job)

    def action_worse(self, by: int) -> None:
        # Until then the list says that both sides are being compared.
        if self.comparison is not None and not self.list.next_worse(by):
            self.app.notify("Nothing here got worse.", timeout=3)

    def action_direction(self) -> None:
        if self.comparison is not None:
            counts = self.comparison.summary
            present = [way for way in LISTED if counts[way]]
            self.show_direction(next_filter(self.direction, present))

    def show_direction(self, direction: Direction | None) -> None:
        """Show the changes of one direction, if there are any; None for all that differ."""
        if self.comparison is not None:
            has_changes = direction is None or self.comparison.summary[direction]
            self.direction = direction if has_changes else None
            self.list.show(self.comparison.by_direction, self.direction)
            self._lines()

    def action_chart(self) -> None:
        alone = not self.has_class("-chart")
        if self.comparison is None:
            return
        if alone and not is_charted(self.list.change):
            self.app.notify("Only metrics have a chart.", timeout=3)
            return
        self.set_class(alone, "-chart")
        self._draw(self.list.change)
        (self.query_one(ChartView) if alone else self.list).focus()
        self.update_hints()

    def action_back(self) -> None:
        if self.has_class("-chart"):
            self.action_chart()
        else:
            keep_views(self.app)
            self.dismiss(None)
