"""The query pane: SQL over the topics of a job or a batch, and its result as table or chart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from resim_inspect.document.approximate import APPROXIMATE_NOTE
from resim_inspect.document.enums import MetricStatus
from resim_inspect.text import clean, count, cut, number
from resim_inspect.tui import clipboard
from resim_inspect.tui.exporting.host import ExportHost
from resim_inspect.tui.key_hints import key_of
from resim_inspect.tui.keymap import Hint
from resim_inspect.tui.keys.app import FOCUS
from resim_inspect.tui.keys.exporting import EXPORT
from resim_inspect.tui.keys.query import QUERY
from resim_inspect.tui.query.database import MAX_ROWS, Catalogue, QueryResult
from resim_inspect.tui.query.editor import SqlEditor
from resim_inspect.tui.query.history import read_queries
from resim_inspect.tui.query.querying import QueryingScreen
from resim_inspect.tui.query.result_table import ResultHeading, ResultTable
from resim_inspect.tui.query.table_list import TableList
from resim_inspect.tui.theme import theme_styles
from resim_inspect.tui.widgets.bottom_bar import BottomBar
from resim_inspect.tui.widgets.chart.painter import Subject
from resim_inspect.tui.widgets.chart.view import ChartView
from resim_inspect.tui.widgets.containers import Box, VerticalBox
from resim_inspect.tui.widgets.row_list import RowList
from resim_inspect.tui.workers import after_first_frame

if TYPE_CHECKING:
    from resim_inspect.emissions.evaluation.specs import MetricSpec
    from resim_inspect.tui.exporting.choices import ExportChoice


class QueryScreen(QueryingScreen, ExportHost):
    """A text area for SQL, the tables that it can read, and the result below."""

    BOXES = ("TableList", "SqlEditor", "#result")
    BINDINGS: ClassVar[list[BindingType]] = [*QUERY, *EXPORT, *FOCUS]
    DEFAULT_CSS = """
    QueryScreen > #location { height: 1; background: $panel; padding: 0 1; }
    QueryScreen > #query { height: 1fr; layout: horizontal; }
    QueryScreen TableList {
        width: 36; border: round $rule; border-title-color: $foreground;
    }
    QueryScreen #asked { width: 1fr; }
    QueryScreen #message { height: auto; max-height: 4; padding: 0 1; }
    QueryScreen #result {
        height: 1fr; border: round $rule; border-title-color: $foreground;
        border-subtitle-color: $quiet;
    }
    QueryScreen TableList:focus, QueryScreen #result:focus-within { border: round $accent; }
    QueryScreen ChartView { display: none; padding: 0 1; }
    QueryScreen.-chart ChartView { display: block; }
    QueryScreen.-chart ResultTable, QueryScreen.-chart ResultHeading { display: none; }
    QueryScreen.-normal TableList { width: 28; }
    QueryScreen.-narrow > #query { layout: vertical; }
    QueryScreen.-narrow TableList { display: none; width: 100%; height: 1fr; }
    QueryScreen.-narrow #asked { width: 100%; height: 1fr; }
    QueryScreen.-narrow.-tables TableList { display: block; }
    QueryScreen.-narrow.-tables #result { display: none; }
    QueryScreen.-narrow.-tables #asked { height: auto; }
    """

    def __init__(self, path: Path, metric: str = "") -> None:
        """`metric`: name of the metric whose query is filled in; empty for none."""
        super().__init__(path)
        self._wanted = metric
        self.catalogue: Catalogue | None = None
        self.result: QueryResult | None = None
        self.spec: MetricSpec | None = None
        """The metric whose query was filled in; its template draws the result."""
        self.running = False
        self._said: tuple[str, MetricStatus | None] = ("", None)

    def compose(self) -> ComposeResult:
        yield Static(id="location", markup=False)
        with Box(id="query"):
            yield TableList()
            with VerticalBox(id="asked"):
                yield SqlEditor()
                yield Static(id="message", markup=False)
                with VerticalBox(id="result"):
                    yield ResultHeading()
                    yield ResultTable()
                    yield ChartView()
        yield BottomBar()

    def on_mount(self) -> None:
        self.set_class(True, "-tables")
        self.query_one(TableList).border_title = "Tables"
        self.editor.focus()
        self._say(f"{key_of('query.run')} runs the query.")
        self._lines()
        after_first_frame(self, self.read_tables)

    @property
    def editor(self) -> SqlEditor:
        """The text of the query."""
        return self.query_one(SqlEditor)

    @property
    def table(self) -> ResultTable:
        """The table of the result."""
        return self.query_one(ResultTable)

    # Reading and running.

    @on(QueryingScreen.Opened)
    def _opened(self, message: QueryingScreen.Opened) -> None:
        message.stop()
        self.catalogue = message.catalogue
        self.query_one(TableList).show(message.catalogue.tables)
        if message.catalogue.note:
            self._say(
                f"The config cannot be read: {message.catalogue.note}", MetricStatus.FAIL_WARN
            )
        spec = message.catalogue.metrics.get(self._wanted)
        if spec is not None and not self.editor.text.strip():
            self._fill_metric(spec)
        self._wanted = ""
        self._lines()

    def session_changed(self, old: object, new: object) -> None:  # noqa: ARG002
        """Follow the emissions when their document has changed; equal files are not read again."""
        if not self.running:
            self.read_tables()

    def action_run(self) -> None:
        if self.running:
            self.app.notify(f"A query is running; {key_of('query.back')} stops it.", timeout=3)
            return
        self.running = True
        self._say("running…")
        self._lines()
        self.run_query(self.editor.text)

    @on(QueryingScreen.Finished)
    def _finished(self, message: QueryingScreen.Finished) -> None:
        message.stop()
        self.running = False
        self.result = result = message.result
        if result.catalogue is not self.catalogue:
            # The emissions have changed, and were read again.
            self.catalogue = result.catalogue
            self.query_one(TableList).show(result.catalogue.tables)
        rows, milliseconds = result.table.rows, result.seconds * 1e3
        took = f"in {number(milliseconds, 3)} ms"
        shown = f"the first {MAX_ROWS:,} rows" if result.is_cut else count(rows, "row")
        summary = f"{shown}, {count(len(result.table.columns), 'column')} {took}"
        self._say(". ".join([summary, *result.table.notes]))
        self.set_class(False, "-tables")
        self.table.show(result.table, "The query returned no rows.")
        if self.has_class("-chart"):
            self.draw_result(result, self.spec)
        self._lines()

    @on(QueryingScreen.Failed)
    def _failed(self, message: QueryingScreen.Failed) -> None:
        message.stop()
        if not message.of_query:
            self.query_one(TableList).show((), "no tables")
            self._say(message.sentence, MetricStatus.FAIL_BLOCK)
            return
        self.running = False
        sentence, position = message.sentence, message.position
        if position is not None:
            sentence += f" (line {position.line}, column {position.column})"
            self.editor.point_at(position)
            self.editor.focus()
        self._say(sentence, MetricStatus.FAIL_BLOCK)
        self._lines()

    # The chart.

    def action_view(self) -> None:
        if self.has_class("-chart"):
            self._show_table()
        elif self.result is None:
            self.app.notify(f"Run a query first: {key_of('query.run')} runs it.", timeout=3)
        else:
            self.draw_result(self.result, self.spec)

    def _show_table(self) -> None:
        had_focus = self.query_one(ChartView).has_focus
        self.set_class(False, "-chart")
        if had_focus:
            self.table.focus()
        self._lines()

    @on(QueryingScreen.Drawn)
    def _drawn(self, message: QueryingScreen.Drawn) -> None:
        message.stop()
        if message.result is not self.result:
            return
        if message.document is None:
            self._say(message.sentence, MetricStatus.FAIL_WARN)
            self._show_table()
            return
        chart = self.query_one(ChartView)
        chart.show_subject(Subject(message.document, "metric", 0))
        had_focus = self.table.has_focus
        self.set_class(True, "-chart")
        if had_focus:
            chart.focus()
        self._lines()

    # Queries from elsewhere.

    def action_metric(self) -> None:
        from resim_inspect.tui.widgets.quick_open import NamePicker

        specs = list(self.catalogue.metrics.values()) if self.catalogue is not None else []
        if not specs:
            self.app.notify("No config has metrics of this scope.", timeout=4)
            return

        def chosen(row: int | None) -> None:
            if row is not None:
                self._fill_metric(specs[row])

        current = specs.index(self.spec) if self.spec in specs else None
        names = [spec.name for spec in specs]
        picker = NamePicker("Query of a metric", "metric", names, current=current)
        self.app.push_screen(picker, chosen)

    def _fill_metric(self, spec: MetricSpec) -> None:
        self.spec = spec
        self.editor.fill(spec.query)
        self._lines()

    def action_history(self) -> None:
        from resim_inspect.tui.widgets.dialogs import ChoiceDialog

        queries = read_queries()
        if not queries:
            self.app.notify("No query has been run yet.", timeout=3)
            return

        def chosen(row: int | None) -> None:
            if row is not None:
                self.spec = None
                self.editor.fill(queries[row])
                self._lines()

        rows = [cut(clean(" ".join(sql.split()), 300), 200) for sql in queries]
        self.app.push_screen(ChoiceDialog("Earlier queries", rows), chosen)

    def action_copy_query(self) -> None:
        clipboard.copy(self.app, self.editor.text)

    def export_choices(self) -> Sequence[ExportChoice]:
        from resim_inspect.tui.query.result_export import result_choices

        if self.result is None or not self.result.table.columns:
            return []
        name = self.spec.name if self.spec is not None else "query"
        return result_choices(self.result, clean(name, 80))

    def action_tables(self) -> None:
        self.set_class(not self.has_class("-tables"), "-tables")
        tables = self.query_one(TableList)
        if self.has_class("-tables") or not self.has_class("-narrow"):
            tables.focus()
        else:
            self.editor.focus()

    @on(RowList.Chosen)
    def _chosen(self, message: RowList.Chosen) -> None:
        message.stop()
        if isinstance(message.list, TableList):
            self.editor.put(message.list.name_at(message.row))
            self.editor.focus()

    def action_back(self) -> None:
        if self.running:
            self.database.cancel()
        else:
            self.dismiss(None)

    # The lines around.

    @on(RowList.Moved)
    def _moved(self, message: RowList.Moved) -> None:
        message.stop()
        if message.list is self.table:
            self.query_one(ResultHeading).refresh()
            self.query_one("#result").border_subtitle = self.table.overflow()

    @on(ChartView.Read)
    def _chart_read(self) -> None:
        self.update_hints()

    def _say(self, text: str, status: MetricStatus | None = None) -> None:
        self._said = text, status
        styles = theme_styles(self.app)
        line = Text(style=styles.quiet if status is None else styles.of(status))
        line.append("" if status is None else f"{status.symbol} ")
        line.append(clean(text, 600))
        self.query_one("#message", Static).update(line)

    def _lines(self) -> None:
        styles = theme_styles(self.app)
        location = Text(no_wrap=True, overflow="ellipsis")
        location.append(clean("/".join(self.path.absolute().parts[-2:]), 60), styles.strong)
        if self.spec is not None:
            location.append("   " + clean(self.spec.name, 60), styles.text)
        location.append(f"   {APPROXIMATE_NOTE}", styles.accent)
        self.query_one("#location", Static).update(location)
        self.query_one("#result").border_title = "Chart" if self.has_class("-chart") else "Result"
        self.update_hints()

    def key_hints(self) -> Iterable[Hint]:
        chart = self.query_one(ChartView)
        view = "table" if self.has_class("-chart") else "chart"
        return (
            *(chart.key_hints() if chart.has_focus else ()),
            Hint("query.run"),
            *((Hint("query.view", view),) if self.result is not None else ()),
            *(() if self.result is None or self.editor.has_focus else (Hint("export.export"),)),
            *((Hint("query.metric"),) if self.catalogue and self.catalogue.metrics else ()),
            Hint("query.history"),
            Hint("query.copy"),
            Hint("query.tables"),
            Hint("query.back", "stop" if self.running else "back"),
        )

    def on_theme_changed(self) -> None:
        """Repaint in the colours of a new theme."""
        self._say(*self._said)
        self._lines()
        self.query_one(ChartView).on_theme_changed()
