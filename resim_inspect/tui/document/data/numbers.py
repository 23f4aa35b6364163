"""Numbers below the table of a data: statistics of its series, and rows that fail."""

from __future__ import annotations

from rich.text import Text
from textual.widgets import Static

from resim_inspect.text import count
from resim_inspect.tui.document.data.columns import Columns, describe
from resim_inspect.tui.key_hints import key_of
from resim_inspect.tui.widgets.repainting import show_text

MAX_CATEGORIES = 3
"""Categories whose statistics are in view."""


class Numbers(Static):
    """Statistics of the data in the table, a line for each category."""

    DEFAULT_CSS = "Numbers { height: auto; max-height: 5; color: $quiet; padding: 0 1; }"

    def show(self, columns: Columns) -> None:
        """Show the numbers of a data."""
        show_text(self, numbers_text(columns))

    def clear(self) -> None:
        """Show no numbers."""
        show_text(self, Text())


def numbers_text(columns: Columns) -> Text:
    """Lines with the statistics and notes of a data, and with the number of rows that fail."""
    stats = list(describe(columns))
    lines = [*stats[:MAX_CATEGORIES], *columns.notes]
    if len(stats) > MAX_CATEGORIES:
        lines.append(count(len(stats) - MAX_CATEGORIES, "more category", "more categories"))
    if len(columns.trouble):
        rows, key = count(len(columns.trouble), "row"), key_of("series.next_failing")
        lines.append(f"{rows} failing or NaN, {key} goes there")
    return Text("\n".join(lines))
