"""Screens with a table of jobs whose columns are listed and charted."""

from __future__ import annotations

from typing import Any, cast

from textual.screen import Screen

from resim_inspect.tui.workspace.jobs_table import JobsTable


class ColumnHost:
    """A screen with a table of jobs; it comes after the screen among the bases.

    Textual takes bindings from the first base alone: the screen lists `COLUMN_HOST`.
    """

    def action_column_chart(self) -> None:
        """Show the chart of the selected column."""
        screen = cast(Screen[Any], self)
        table = screen.query_one(JobsTable)
        if table.selected.values is None:
            text = "The names of the jobs have no chart; choose another column."
            screen.app.notify(text, timeout=4)
        elif not table.shown:
            screen.app.notify("The table shows no job to draw.", timeout=3)
        else:
            from resim_inspect.tui.workspace.chart_screen import ColumnChartScreen

            screen.app.push_screen(ColumnChartScreen(table))

    def action_columns(self) -> None:
        """Show the list of the columns, and select the one that is chosen there."""
        from resim_inspect.tui.workspace.columns_dialog import ColumnsDialog

        screen = cast(Screen[Any], self)
        table = screen.query_one(JobsTable)

        def chosen(key: str | None) -> None:
            column = next((column for column in table.columns if column.key == key), None)
            if column is not None:
                table.select_column(column)

        screen.app.push_screen(ColumnsDialog(table), chosen)
