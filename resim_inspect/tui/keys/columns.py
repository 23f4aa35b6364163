"""Keys of the columns of the table of jobs, of the list of these columns, and of their charts."""

from __future__ import annotations

from resim_inspect.tui.keys.binding import key

COLUMN_HOST = (
    key(
        "jobs.chart",
        "o",
        "column_chart",
        "Show chart of column",
        "over the jobs, or counted",
        hint="chart",
    ),
    key(
        "jobs.columns", "c", "columns", "Choose columns…", "hide, pin or move them", hint="columns"
    ),
)
JOB_COLUMNS = (
    key("jobs.pin", "p", "pin", "Pin or unpin column", "at the left"),
    key("jobs.hide", "minus", "hide", "Hide column"),
    key(
        "jobs.all_columns",
        "0",
        "all_columns",
        "Reset columns",
        "default order and pins",
        hint="all columns",
    ),
    key(
        "jobs.summary",
        "t",
        "summary",
        "Show or hide summary rows",
        "minimum, median, maximum, failing",
    ),
)
COLUMN_LIST = (
    key("columns.flip", "space", "flip", "Hide or show column", hint="hide"),
    key("columns.pin", "p", "pin", "Pin or unpin column", "at the left", hint="pin"),
    key("columns.up", "K,shift+up", "shift(-1)", "Move column to the left", hint="move"),
    key("columns.down", "J,shift+down", "shift(1)", "Move column to the right", hint="move"),
    key("columns.only", "o", "only", "Hide all other columns", hint="only this"),
    key("columns.all", "a,0", "all", "Reset columns", "default order and pins", hint="all"),
    key("columns.find", "slash", "find", "Find columns", "by letters of their names", hint="find"),
)
COLUMN_CHART = (
    key("column_chart.job", "enter", "job", "Open job", "at the metric", hint="open job"),
    key("column_chart.view", "v", "view", "Switch jobs and histogram", hint="histogram"),
    key("column_chart.next", "pagedown", "step(1)", "Next column", hint="next"),
    key("column_chart.previous", "pageup", "step(-1)", "Previous column"),
    key("column_chart.back", "escape,backspace", "back", "Back to table", hint="back"),
)
