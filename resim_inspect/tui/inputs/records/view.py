"""A file's rows with the names of their columns above and the selected cell below."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.strip import Strip
from textual.widget import Widget

from resim_inspect.inputs.records.record_file import RecordFile
from resim_inspect.inputs.records.table_page import TablePage
from resim_inspect.text import cut
from resim_inspect.tui.inputs.records.record_list import RecordList
from resim_inspect.tui.theme import theme_styles
from resim_inspect.tui.widgets.containers import VerticalBox
from resim_inspect.tui.widgets.row_list import RowList, StyledText, strip_of
from resim_inspect.validation.findings import Severity


class RecordHeading(Widget):
    """Names of the columns, above the rows."""

    DEFAULT_CSS = "RecordHeading { height: 1; }"

    def __init__(self, rows: RecordList) -> None:
        super().__init__()
        self._rows = rows

    def render_line(self, y: int) -> Strip:  # noqa: ARG002
        width = self._rows.scrollable_content_region.width
        pieces = self._rows.painter.heading(width, theme_styles(self.app))
        return strip_of(pieces, self.size.width, self.rich_style)


class RecordDetail(Widget):
    """Problem of the file or of the row at the cursor, or else the selected cell."""

    DEFAULT_CSS = "RecordDetail { height: 1; }"

    def __init__(self, rows: RecordList) -> None:
        super().__init__()
        self._rows = rows

    def render_line(self, y: int) -> Strip:  # noqa: ARG002
        styles, width = theme_styles(self.app), self.size.width
        row = self._rows.row(self._rows.cursor)
        problem = self._rows.note or ("" if row is None else row.problem)
        pieces: list[StyledText] = []
        if problem:
            warning = Severity.WARNING
            text = cut(f" {warning.symbol} {problem}", width)
            pieces.append((text, styles.severity[warning]))
        elif row is not None and not self._rows.painter.is_text:
            name, cell = self._rows.painter.cell_line(row)
            pieces = [(f" {name}: " if name else " ", styles.quiet), (cell, styles.text)]
        return strip_of(pieces, width, self.rich_style)


class RecordView(VerticalBox):
    """Rows of a file; lines of text have no heading."""

    DEFAULT_CSS = """
    RecordView { height: 1fr; }
    RecordView RecordList { height: 1fr; }
    RecordView.-text RecordHeading { display: none; }
    RecordView.-text RecordDetail { display: none; }
    RecordView.-note RecordDetail { display: block; }
    """

    def __init__(self, *, watch: bool = True) -> None:
        super().__init__()
        self.rows = RecordList(watch=watch)

    def compose(self) -> ComposeResult:
        yield RecordHeading(self.rows)
        yield self.rows
        yield RecordDetail(self.rows)

    def show(self, records: RecordFile, page: TablePage, *, coloured: bool = False) -> None:
        """Show a file from its start; `coloured`: lines of text as JSON."""
        self.set_class(records.is_text, "-text")
        self.rows.show(records, page, coloured=coloured)

    @on(RowList.Moved)
    def _moved(self, message: RowList.Moved) -> None:
        message.stop()
        self._repaint()

    @on(RecordList.StateChanged)
    def _state_changed(self) -> None:
        self._repaint()

    def _repaint(self) -> None:
        self.set_class(bool(self.rows.note), "-note")
        for widget in (*self.query(RecordHeading), *self.query(RecordDetail)):
            widget.refresh()
