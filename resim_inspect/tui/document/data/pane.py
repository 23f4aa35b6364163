"""Data pane: all metrics data, used by a metric or not, as a table or a chart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message
from textual.widget import Widget
from textual.worker import Worker, WorkerState

from resim_inspect.document import Document
from resim_inspect.document.model import MetricsData
from resim_inspect.tui.document.data.columns import Columns, columns_of
from resim_inspect.tui.document.data.data_list import DataList, data_title
from resim_inspect.tui.document.data.numbers import Numbers
from resim_inspect.tui.document.data.series_table import Heading, SeriesTable
from resim_inspect.tui.document.details import data_details
from resim_inspect.tui.document.pane import Pane
from resim_inspect.tui.document.session import Session
from resim_inspect.tui.keymap import Hint
from resim_inspect.tui.keys.document import DATA
from resim_inspect.tui.keys.lists import SIDE
from resim_inspect.tui.messages import GoTo, KeyHintsChanged
from resim_inspect.tui.theme import theme_styles
from resim_inspect.tui.widgets.chart.view import ChartView
from resim_inspect.tui.widgets.containers import VerticalBox
from resim_inspect.tui.widgets.filter_host import FilterFields, FilterHost
from resim_inspect.tui.widgets.repainting import show_subtitle, show_title
from resim_inspect.tui.widgets.row_list import RowList, overflow_hint
from resim_inspect.tui.widgets.side_list import SideHost

if TYPE_CHECKING:
    from resim_inspect.tui.exporting.choices import ExportChoice

TALL = 20
"""Height in rows from which a chart leaves room for the numbers below it."""
SLOW = 0.2
"""Seconds of decoding after which the numbers of the data before go."""


class DataPane(Pane, FilterHost, SideHost):
    """List on the left; the chosen data as a table, or as a chart, on the right."""

    BOXES = ("#data-side", "#right")
    BINDINGS: ClassVar[list[BindingType]] = [*DATA, *SIDE]
    side_id = "data-side"
    DEFAULT_CSS = """
    DataPane > #data-side { width: 44; }
    DataPane > #right { width: 1fr; }
    DataPane DataList, DataPane > #right { border: round $rule; border-title-color: $foreground;
        border-subtitle-color: $quiet; }
    DataPane DataList:focus, DataPane > #right:focus-within { border: round $accent; }
    DataPane SeriesTable { height: 1fr; }
    DataPane ChartView { display: none; padding: 0 1; }
    DataPane.-chart ChartView { display: block; }
    DataPane.-chart.-short Numbers { display: none; }
    DataPane.-chart.-small > #data-side { max-height: 30%; }
    DataPane.-chart.-small > #right { min-height: 70%; }
    DataPane.-chart SeriesTable, DataPane.-chart Heading { display: none; }
    """

    class Ready(Message):
        """The columns of a data are decoded."""

        def __init__(self, document: Document, columns: Columns) -> None:
            super().__init__()
            self.document = document
            self.columns = columns

    def __init__(self, session: Session, *, id: str | None = None) -> None:
        super().__init__(session, id=id)
        self._busy = False
        self._shown: tuple[Document, int] | None = None
        self.is_chart = False
        self._at: float | None = None
        """A time that the table should stand at, ns as in the file."""

    def compose(self) -> ComposeResult:
        with VerticalBox(id="data-side"):
            yield DataList(self.session)
        with VerticalBox(id="right"):
            yield Heading()
            yield SeriesTable()
            yield ChartView()
            yield Numbers()

    def on_resize(self) -> None:
        short = self.size.height < TALL
        self.set_class(short, "-short")
        # List and chart stand below each other: the chart needs more for a scale.
        self.set_class(short and self.screen.has_class("-narrow"), "-small")
        self.layout_side()

    def on_mount(self) -> None:
        self.query_one(Heading).of(self.table)

    @property
    def list(self) -> DataList:
        """The list of data."""
        return self.query_one(DataList)

    @property
    def table(self) -> SeriesTable:
        """The table of the chosen data."""
        return self.query_one(SeriesTable)

    @property
    def data(self) -> MetricsData | None:
        """The chosen data."""
        position = self.list.position
        return None if position is None else self.session.document.data[position]

    def show_session(self, session: Session) -> None:
        self.session = session
        self.list.show_session(session)
        self._show()

    def side_list(self) -> DataList:
        return self.list

    def other_list(self) -> Widget:
        return self.query_one(ChartView) if self._as_chart() else self.table

    def focus_main(self) -> None:
        self.main_widget().focus()

    def go_to(self, position: int, at: float | None = None) -> None:
        if not 0 <= position < len(self.session.document.data):
            return
        if self.list.row_of(position) is None:
            self.set_filter("")
        self.list.cursor = self.list.row_of(position) or 0
        self.focus_main()
        self._at = at
        if self._shown == (self.session.document, position):
            self._place()

    def _place(self) -> None:
        """Put the table's cursor at the time that was asked for."""
        at, self._at = self._at, None
        row = self.table.row_at_time(at) if at is not None else None
        if row is not None:
            self.table.cursor = row
            self.table.focus()

    def key_hints(self) -> Iterable[Hint]:
        data, columns, focused = self.data, self.table.columns, self.screen.focused
        if self.is_filtering():
            return (Hint("filter.done"), Hint("document.back", "clear filter"))
        if data is None:
            return (Hint("data.filter"),) if self.session.document.data else ()
        view = Hint("data.view", "table" if self.is_chart else "chart")
        side = self.side_hints()
        if focused is self.table:
            trouble = columns is not None and len(columns.trouble)
            failing = (Hint("series.next_failing"),) if trouble else ()
            more = (*self.table.search_hints(), Hint("series.row"), view, Hint("data.details"))
            return (*side, *failing, *more)
        external = data.external_path is not None  # Of a file there is no table.
        if focused is not self.list:
            chart = self.query_one(ChartView).key_hints()
            return (*side, *chart, *(() if external else (view,)), Hint("document.back"))
        hints = []
        if not external:
            hints += [Hint("rows.choose", "read" if self.is_chart else "rows"), view]
        if not self.list.is_unused(data.position):
            hints.append(Hint("data.users"))
        return (*hints, Hint("data.details"), Hint("data.filter"))

    def export_choices(self) -> Sequence[ExportChoice]:
        """The chosen data: as the chart, if it is in view, and as a table."""
        from resim_inspect.tui.exporting.charts import chart_choices, data_choices

        if self.data is None:
            return []
        if self._as_chart():
            return chart_choices(self.query_one(ChartView))
        return data_choices(self.session.document, self.data.position)

    def on_theme_changed(self) -> None:
        self._title()
        self.query_one(ChartView).on_theme_changed()

    def filter_parent(self) -> Widget:
        return self.query_one("#data-side")

    def filter_fields(self) -> FilterFields:
        from resim_inspect.filtering.items import DataFields

        return DataFields

    def filtered_list(self) -> DataList:
        return self.list

    def dismiss_layer(self) -> bool:
        if self.list.has_focus or self.is_filtering() or self.is_list_hidden():
            return self.clear_filter()
        self.focus_main()
        return True

    # What is shown.

    @on(RowList.Moved)
    def _moved(self, message: RowList.Moved) -> None:
        message.stop()
        if message.list is self.list:
            self._show()
        else:
            self._columns()

    @on(ChartView.Read)
    def _read_at(self, message: ChartView.Read) -> None:
        message.stop()
        self._lead()

    @on(RowList.Chosen)
    def _chosen(self, message: RowList.Chosen) -> None:
        message.stop()
        if message.list is self.list:
            self.other_list().focus()

    def _columns(self) -> None:
        """Say which columns are in view, and how many are not."""
        self.query_one(Heading).follow()
        shown = not self._as_chart() and self.data is not None
        hint = overflow_hint(*self.table.outside(self.table.room)) if shown else ""
        show_subtitle(self.query_one("#right"), hint)

    def _as_chart(self) -> bool:
        data = self.data
        return self.is_chart or (data is not None and data.external_path is not None)

    def _show(self) -> None:
        data, chart = self.data, self.query_one(ChartView)
        self._title()
        self.set_class(self._as_chart(), "-chart")
        self._columns()
        self._lead()
        self.table.visible = data is not None
        if data is None:
            chart.clear()
            return
        if self._as_chart():
            chart.show(self.session.document, "data", data.position)
        if self._shown == (self.session.document, data.position):
            return
        if data.external_path is not None:
            self.query_one(Numbers).clear()
            return
        # Without numbers the table would be higher for a moment, and painted once more.
        self.set_timer(SLOW, partial(self._clear_old_numbers, data.position))
        if not self._busy:
            self._busy = True
            # After the frame that shows which data was chosen.
            self.call_after_refresh(self._read, self.session.document, data)

    def _clear_old_numbers(self, position: int) -> None:
        """Clear the numbers of the data before if those at a position are still decoded."""
        chosen = (self.session.document, position)
        if self.list.position == position and self._shown != chosen:
            self.query_one(Numbers).clear()

    def _title(self) -> None:
        data, right = self.data, self.query_one("#right")
        if data is None:
            show_title(right, "")
            return
        linked = self.session.catalog.linked
        index = self.session.document.index_of(data) if linked else None
        show_title(right, data_title(data, index, theme_styles(self.app)))

    @work(
        thread=True,
        group="columns",
        exit_on_error=False,
        description="decoding the data",
    )
    def _read(self, document: Document, data: MetricsData) -> None:
        self.post_message(self.Ready(document, columns_of(document, data)))

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        if event.worker.group == "columns" and event.state in (
            WorkerState.ERROR,
            WorkerState.CANCELLED,
        ):
            self._busy = False

    @on(Ready)
    def _ready(self, message: Ready) -> None:
        message.stop()
        self._busy = False
        data, columns = self.data, message.columns
        if data is None:
            return
        if message.document is not self.session.document or columns.data != data:
            self._show()
            return
        old = self._shown
        self._shown = (self.session.document, data.position)
        keep = old is not None and old[0] is not self.session.document and old[1] == data.position
        self.table.show(columns, keep=keep)
        self.query_one(Numbers).show(columns)
        self._columns()
        self._place()
        self._lead()

    def _lead(self) -> None:
        """The keys of the last line may be others now."""
        self.post_message(KeyHintsChanged())

    # Keys.

    def action_view(self) -> None:
        self.is_chart = not self.is_chart
        self._show()
        if not self.list.has_focus:
            self.other_list().focus()
        self._lead()

    def action_users(self) -> None:
        from resim_inspect.tui.widgets.quick_open import NamePicker

        data = self.data
        metrics = self.session.document.users_of(data) if data is not None else []
        if not metrics:
            self.app.notify("No metric uses these data.", timeout=3)
        elif len(metrics) == 1:
            self.post_message(GoTo("metric", metrics[0].position))
        else:

            def chosen(row: int | None) -> None:
                if row is not None:
                    self.post_message(GoTo("metric", metrics[row].position))

            names, statuses = [m.name for m in metrics], [int(m.status) for m in metrics]
            title = "Metrics that use these data"
            self.app.push_screen(NamePicker(title, "metric", names, statuses=statuses), chosen)

    def action_details(self) -> None:
        from resim_inspect.tui.widgets.dialogs import DetailsDialog

        if self.data is not None:
            of_row = self.table.row_details() if self.table.has_focus else []
            rows = of_row + list(data_details(self.session.document, self.data).items())
            self.app.push_screen(DetailsDialog(self.data.name, rows))
