"""Lines above and below the table of jobs: the titles, and the summary of each column."""

from __future__ import annotations

from textual import events
from textual.strip import Strip
from textual.widget import Widget

from resim_inspect.column_values import ColumnSummary
from resim_inspect.job_rows import JobRow
from resim_inspect.text import align_point, decimals, fit
from resim_inspect.tui.theme import ThemeStyles, theme_styles
from resim_inspect.tui.widgets.column_table import Column
from resim_inspect.tui.widgets.column_values import ColumnValues
from resim_inspect.tui.widgets.row_list import LineWidget, StyledText, strip_of
from resim_inspect.tui.workspace.jobs_table import JobsTable

SUMMARY_ROWS = ("min", "median", "max", "failing")
MIN_HEIGHT = 16
"""Rows of the screen from which on the summary has room."""


class JobsHeading(Widget):
    """Titles above the table; a click selects a column, a second one sorts by it."""

    DEFAULT_CSS = "JobsHeading { height: 1; }"

    def render_line(self, y: int) -> Strip:  # noqa: ARG002
        table = self.screen.query_one(JobsTable)
        width = self.size.width
        title = table.heading(table.scrollable_content_region.width, theme_styles(self.app))
        return strip_of(title, width, self.rich_style)

    def on_click(self, event: events.Click) -> None:
        event.stop()
        table = self.screen.query_one(JobsTable)
        column = table.column_at(event.x, table.scrollable_content_region.width)
        if column is None:
            return
        table.focus()
        if column is table.selected and event.chain >= 2:
            table.action_sort()
        else:
            table.select_column(column)


class JobsSummary(LineWidget):
    """Minimum, median, maximum and failing jobs of each column, for the jobs of the table."""

    DEFAULT_CSS = (
        f"JobsSummary {{ height: {len(SUMMARY_ROWS)}; display: none; background: $panel; }}"
    )

    def show(self) -> None:
        """Follow the table; with fewer than two jobs there is nothing to summarize."""
        table = self.screen.query_one(JobsTable)
        has_room = self.screen.size.height >= MIN_HEIGHT
        self.display = table.column_layout.summary and len(table.shown) > 1 and has_room
        self.refresh()

    def render_line(self, y: int) -> Strip:
        table = self.screen.query_one(JobsTable)
        styles, width = theme_styles(self.app), table.scrollable_content_region.width
        pieces: list[StyledText] = [(" ", styles.quiet)]
        for column in (*table.held(width), *table.in_view(width)):
            size = table.width_of(column, width)
            if column is table.pinned[0]:
                pieces.append((fit(SUMMARY_ROWS[y], size), styles.quiet))
            else:
                pieces += _cell(column, table.summary(column), y, size, styles)
        return strip_of(pieces, self.size.width, self.base)


def _cell(
    column: Column[JobRow], summary: ColumnSummary, row: int, width: int, styles: ThemeStyles
) -> list[StyledText]:
    values = column.values
    if row == len(SUMMARY_ROWS) - 1:
        status = summary.worst
        text = f"{summary.failing:,}" if status is not None or summary.has_status else ""
        # Aligned as the cells are: numbers to the right, words to the left.
        is_number = summary.minimum is not None
        text = fit(text, width - 4, right=is_number) + "  "
        if status is None:
            return [("  " + text, styles.quiet)]
        style = styles.of(status)
        return [(f"{status.symbol} ", style), (text, style)]
    value = summary[row]
    if values is None or not isinstance(value, float):
        text = "mixed" if values is not None and values.has_mixed_units and row == 1 else ""
        return [(fit(text, width - 2, right=True) + "  ", styles.quiet)]
    return [(fit(_aligned(values, value), width - 2, right=True) + "  ", styles.text)]


def _aligned(values: ColumnValues[JobRow], value: float) -> str:
    """The text of a number with its point below those of the column."""
    text = values.number_text(value)
    extra = decimals(text) - values.fraction
    if values.fraction and extra > 0 and "e" not in text:
        # The decimals of the column are those of its first jobs.
        text = text[:-extra]
    return align_point(text, values.fraction)
