"""Table of a result of any length: only the rows and columns in view are painted."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.style import Style
from textual.binding import BindingType
from textual.strip import Strip
from textual.widget import Widget

from resim_inspect.text import cell_width, clean, fit, full_number, instant
from resim_inspect.tui.keys.query import QUERY_RESULT
from resim_inspect.tui.theme import ThemeStyles, theme_styles
from resim_inspect.tui.widgets.row_list import RowList, StyledText, overflow_hint, strip_of

if TYPE_CHECKING:
    from resim_inspect.emissions.evaluation.columns import Column, Table

MIN_WIDTH, MAX_WIDTH = 4, 40
"""Cells of a column without the blanks behind it."""
_SAMPLE = 200
"""Rows that the widths are taken from."""
_MAX_COPIED = 100_000
"""Characters of a value that is copied."""
TYPES = {
    "int": "integer",
    "float": "double",
    "bool": "boolean",
    "time": "time",
    "text": "text",
    "json": "json",
}
"""Names of the kinds of columns."""


def cell_text(column: Column, row: int) -> str | None:
    """Text of a value, not cleaned; None for NULL."""
    if column.nulls is not None and column.nulls[row]:
        return None
    value = column.values[row]
    if column.kind in ("text", "json"):
        return column.texts[int(value)] if len(column.texts) else None
    if column.kind == "time":
        return instant(int(value))
    if column.kind == "bool":
        return "true" if value else "false"
    return str(int(value)) if column.kind == "int" else full_number(float(value))


class ResultTable(RowList):
    """The rows of a result, with columns that scroll sideways."""

    BINDINGS: ClassVar[list[BindingType]] = [*QUERY_RESULT]

    def __init__(self) -> None:
        super().__init__()
        self.table: Table | None = None
        self.first = 0
        """First column in view."""
        self._widths: tuple[int, ...] = ()
        self.hint = "no result yet"

    def show(self, table: Table | None, hint: str = "") -> None:
        """Show a result, or a hint in its place."""
        self.table, self.hint, self.first = table, hint, 0
        self._widths = tuple(map(_width, table.columns)) if table is not None else ()
        self.set_count(0 if table is None else table.rows, 0)
        self.post_message(self.Moved(self, self.cursor))

    def empty_text(self) -> str:
        return self.hint

    def copy_text(self, row: int) -> str:
        if self.table is None:
            return ""
        cells = (cell_text(column, row) for column in self.table.columns)
        return "\t".join("NULL" if text is None else text[:_MAX_COPIED] for text in cells)

    def in_view(self, width: int) -> range:
        """Columns that are at least partly in view."""
        room, stop = width - 1, self.first
        while stop < len(self._widths) and room > 0:
            room -= self._widths[stop] + 2
            stop += 1
        return range(self.first, stop)

    def overflow(self) -> str:
        """Number of columns out of view, in words."""
        shown = self.in_view(self.scrollable_content_region.width)
        return overflow_hint(shown.start, len(self._widths) - shown.stop)

    def heading(self, width: int, styles: ThemeStyles) -> list[list[StyledText]]:
        """Names and types above the columns."""
        names: list[StyledText] = [(" ", styles.quiet)]
        types: list[StyledText] = [(" ", styles.quiet)]
        for position in self.in_view(width) if self.table is not None else ():
            assert self.table is not None
            column, cells = self.table.columns[position], self._widths[position]
            right = column.is_number
            names.append((fit(clean(column.name, 80), cells, right=right) + "  ", styles.accent))
            types.append((fit(TYPES[column.kind], cells, right=right) + "  ", styles.quiet))
        return [names, types]

    def render_row(self, row: int, width: int, styles: ThemeStyles) -> list[StyledText]:
        pieces: list[StyledText] = [(" ", styles.text)]
        for position in self.in_view(width) if self.table is not None else ():
            assert self.table is not None
            column, cells = self.table.columns[position], self._widths[position]
            text, style = cell_text(column, row), styles.text
            if text is None:
                # A text may read NULL as well: the style tells the two apart, and the case.
                text, style = "∅ NULL", styles.quiet + Style(italic=True)
            else:
                text = clean(text, 4 * MAX_WIDTH)
            pieces.append((fit(text, cells, right=column.is_number) + "  ", style))
        return pieces

    def action_shift(self, by: int) -> None:
        last = max(0, len(self._widths) - 1)
        self.first = min(max(0, self.first + by), last)
        self.refresh()
        self.post_message(self.Moved(self, self.cursor))


def _width(column: Column) -> int:
    texts = (cell_text(column, row) for row in range(min(_SAMPLE, len(column))))
    longest = max(
        (6 if text is None else cell_width(clean(text, 4 * MAX_WIDTH)) for text in texts), default=0
    )
    title = max(cell_width(clean(column.name, 80)), len(TYPES[column.kind]))
    return min(max(MIN_WIDTH, longest, title), MAX_WIDTH)


class ResultHeading(Widget):
    """Names and types of the columns, above the table."""

    DEFAULT_CSS = "ResultHeading { height: 2; }"

    def render_line(self, y: int) -> Strip:
        table = self.screen.query_one(ResultTable)
        width = self.size.width
        lines = table.heading(table.scrollable_content_region.width, theme_styles(self.app))
        return strip_of(lines[y] if y < len(lines) else [], width, self.rich_style)
