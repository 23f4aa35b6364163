"""All keys of the app in one table, from which help, the command palette and key hints are made.

A widget takes its bindings from here (`BINDINGS = [*keymap.CHART]`) and names the bindings that
apply at the moment by id; the keys and words that the last line shows for them come from the
same entry. To change a key, change it here.
"""

from __future__ import annotations

from resim_inspect.tui.keys.binding import GROUPS, NEXT, PREVIOUS, RELOAD, Hint, KeyBinding, key
from resim_inspect.tui.keys.columns import COLUMN_CHART, COLUMN_HOST, COLUMN_LIST, JOB_COLUMNS
from resim_inspect.tui.keys.dashboard import CARDS, DASHBOARD, JOB_CARDS
from resim_inspect.tui.keys.jump import JUMP, JUMP_SCREEN
from resim_inspect.tui.keys.raw import RAW, RAW_HOST, RAW_TREE
from resim_inspect.tui.keys.records import RECORDS
from resim_inspect.tui.keys.runs import (
    LOG,
    LOG_HOST,
    LOG_SCREEN,
    RUN_DIALOG,
    RUN_FIELD,
    RUN_HOST,
    RUN_JOBS,
    RUNS,
)
from resim_inspect.tui.keys.searching import CHANGE_HITS, HITS, PREVIEW

__all__ = ["BINDINGS", "GROUPS", "TABLES", "Hint", "KeyBinding"]

APP = (
    key("app.open", "ctrl+o", "open", "Open…", "a file, folder, workspace or batch"),
    key("app.switch", "w", "switch", "Switch document", "choose among what is open"),
    key("app.previous", "grave_accent", "previous", "Previous document"),
    key("app.close", "ctrl+w", "close", "Close document"),
    key("app.help", "question_mark,f1", "help", "Help", hint="help"),
    key("app.commands", "ctrl+p", "command_palette", "Command palette"),
    *JUMP,
    key("app.quit", "q", "quit", "Quit", hint="quit"),
)
FOCUS = (
    key("focus.next", "tab", "app.focus_next", "Next list or box", hint="next list"),
    key("focus.maximise", "M", "maximise", "Maximise list or box", "or restore it, as Esc does",
        hint="maximise"),
)  # fmt: skip
ROWS = (
    key("rows.up", "up,k", "move(-1)", "One row up"),
    key("rows.down", "down,j", "move(1)", "One row down"),
    key("rows.page_up", "pageup,ctrl+b", "page(-1)", "One page up"),
    key("rows.page_down", "pagedown,ctrl+f", "page(1)", "One page down"),
    key("rows.first", "home,g", "edge(-1)", "First row"),
    key("rows.last", "end,G", "edge(1)", "Last row"),
    key("rows.choose", "enter", "choose", "Open row", hint="open"),
    key("rows.copy", "y", "copy", "Copy row", hint="copy"),
)
SIDE = (
    key("side.narrower", "less_than_sign", "side(-1)", "Narrower list", hint="width"),
    key("side.wider", "greater_than_sign", "side(1)", "Wider list", hint="width"),
    key("side.toggle", "backslash", "toggle_side", "Hide or show list", hint="hide"),
)

CHART = (
    key("chart.left", "left,h", "cursor(-1)", "Cursor left", hint="read"),
    key("chart.right", "right,l", "cursor(1)", "Cursor right", hint="read"),
    key("chart.left_10", "shift+left,H", "cursor(-10)", "Cursor ten columns left"),
    key("chart.right_10", "shift+right,L", "cursor(10)", "Cursor ten columns right"),
    key(
        "chart.zoom_in", "plus,equals_sign,z", "zoom(0.5)", "Zoom in", "at the cursor", hint="zoom"
    ),
    key("chart.zoom_out", "minus,Z", "zoom(2)", "Zoom out", hint="zoom"),
    key(
        "chart.up", "up,k", "vertical(-1)", "Bar above, zoom in, or scroll a text up", hint="scroll"
    ),
    key(
        "chart.down",
        "down,j",
        "vertical(1)",
        "Bar below, zoom out, or scroll a text down",
        hint="scroll",
    ),
    key("chart.pan_left", "comma", "pan(-0.25)", "Pan left"),
    key("chart.pan_right", "full_stop", "pan(0.25)", "Pan right"),
    key("chart.y_in", "shift+up", "zoom_y(0.5)", "Zoom the y axis in"),
    key("chart.y_out", "shift+down", "zoom_y(2)", "Zoom the y axis out"),
    key("chart.fit", "f", "fit", "Fit the y axis", "to the values in view, or to limits too"),
    key("chart.log", "Y", "log", "Logarithmic y axis", "of positive values"),
    key("chart.reset", "0", "reset", "Reset zoom", hint="all"),
    key(
        "chart.next_failing",
        "right_square_bracket",
        "failing(1)",
        "Next failing sample",
        "or one without a value",
        hint="failing",
    ),
    key("chart.previous_failing", "left_square_bracket", "failing(-1)", "Previous failing sample"),
    key("chart.anchor", "a", "anchor", "Set or drop anchor", "for differences", hint="anchor"),
    key("chart.series", "s,space", "series", "Show or hide series", hint="series"),
    key("chart.category", "c", "category", "Choose category"),
    key("chart.time", "t", "time", "Change time format", "UTC, or since the start"),
    key("chart.statuses", "o", "statuses", "Show or hide failing samples"),
    key("chart.next_image", "i", "image(1)", "Next image", hint="images"),
    key("chart.previous_image", "p", "image(-1)", "Previous image", hint="images"),
    key("chart.difference", "I", "difference", "Difference of images", hint="difference"),
    key("chart.copy", "y", "copy", "Copy values", "under the cursor"),
)
BROWSE = (
    key(
        "chart.browse",
        "v",
        "browse",
        "View outside",
        "the figure or image, in a browser or viewer",
        hint="view",
    ),
)

METRIC_LIST = (
    key(
        "metric_list.group",
        "b",
        "group",
        "Change grouping",
        "status, importance, type, …",
        hint="group",
    ),
    key("metric_list.fold", "space", "fold", "Fold or unfold group"),
)
METRICS = (
    key("metrics.filter", "slash", "filter", "Filter metrics", hint="filter"),
    key("metrics.next_failing", "n", "failing(1)", "Next failing metric", hint="next failing"),
    key("metrics.previous_failing", "N", "failing(-1)", "Previous failing metric"),
    key("metrics.quick_open", "J", "quick_open", "Go to metric…", "by letters of its name"),
    key("metrics.details", "d", "details", "Metric details", "all fields and ids"),
    key("metrics.data", "x", "data", "Go to its data", "at the time of the cursor"),
    *BROWSE,
)
CARD = (
    key("card.back", "escape,enter,backspace", "close", "Back to list", hint="back"),
    key("card.next_failing", "n", "failing(1)", "Next failing metric", hint="next failing"),
    key("card.previous_failing", "N", "failing(-1)", "Previous failing metric"),
    key("card.next", "pagedown", "step(1)", "Next metric", hint="next"),
    key("card.previous", "pageup", "step(-1)", "Previous metric"),
    key("card.details", "d", "details", "Metric details", "all fields and ids", hint="details"),
)

DATA_LIST = (key("data.filter", "slash", "filter", "Filter data", hint="filter"),)
DATA = (
    key("data.view", "v", "view", "Switch chart and table", hint="chart"),
    key("data.users", "u", "users", "Go to its metrics", hint="its metrics"),
    key("data.details", "d", "details", "Data details", "all fields and ids", hint="details"),
)
SERIES = (
    key(
        "series.next_failing",
        "right_square_bracket",
        "trouble(1)",
        "Next failing or NaN row",
        hint="next failing",
    ),
    key(
        "series.previous_failing",
        "left_square_bracket",
        "trouble(-1)",
        "Previous failing or NaN row",
    ),
    key("series.row", "colon", "row", "Go to row…", hint="row"),
    key(
        "series.search", "slash", "search", "Find values…", ">40, nan, part of a text", hint="find"
    ),
    key("series.next_hit", NEXT, "hit(1)", "Next match", hint="next"),
    key("series.previous_hit", PREVIOUS, "hit(-1)", "Previous match", hint="next"),
    key("series.left", "left,h", "shift(-1)", "Columns left"),
    key("series.right", "right,l", "shift(1)", "Columns right"),
)

EVENTS = (
    key("events.filter", "slash", "filter", "Filter events", hint="filter"),
    key("events.moment", "m", "moment", "See moment in chart…", hint="see moment in…"),
    key("events.details", "d", "details", "Event details", "all fields and ids", hint="details"),
)
FINDINGS = (
    key("findings.filter", "slash", "filter", "Filter findings", hint="filter"),
    key(
        "findings.group",
        "r",
        "group",
        "Change grouping",
        "by rule, by place, one by one",
        hint="group",
    ),
    key("findings.edition", "E", "edition", "Choose validator edition…", hint="edition"),
)
DOCUMENT = (
    key("document.metrics", "1", "pane('metrics')", "Go to metrics", hint="Metrics"),
    key("document.data", "2", "pane('data')", "Go to data", hint="Data"),
    key("document.events", "3", "pane('events')", "Go to events", hint="Events"),
    key("document.findings", "4", "pane('findings')", "Go to findings", hint="Findings"),
    key("document.inputs", "5", "pane('inputs')", "Go to inputs", hint="Inputs"),
    key(
        "document.back",
        "escape",
        "dismiss_layer",
        "Back",
        "drop a filter or zoom, leave a pane",
        hint="list",
    ),
    key("document.reload", RELOAD, "reload", "Reload file"),
    key("document.compare", "C", "compare", "Compare with…", "what changed from a base"),
    key("document.dashboard", "D", "app.dashboard", "Dashboard", "many charts", hint="dashboard"),
)

JSON = (
    key("preview.fold", "space", "fold", "Fold or unfold block", hint="fold"),
    key("preview.fold_all", "F", "fold_all", "Fold or unfold all blocks", hint="fold all"),
)
INPUTS = (key("inputs.reload", RELOAD, "reread", "Reload folder"),)
FILTER = (key("filter.done", "enter", "submit", "Go to the list", hint="list"),)
OPEN = (
    key("open.path", "slash", "path", "Type a path", "or resim://PROJECT/BATCH", hint="path"),
    key("open.open", "o", "open", "Open folder", "the chosen one, as it is"),
    key("open.up", "backspace", "up", "Parent folder"),
    key("open.back", "escape", "back", "Back", hint="back"),
)
EVALUATING = (
    key(
        "evaluating.stop",
        "escape,x",
        "stop",
        "Stop evaluating",
        "and show what is evaluated",
        hint="stop",
    ),
    key("evaluating.retry", RELOAD, "retry", "Evaluate again", hint="try again"),
)
PATH = (key("open.submit", "enter", "submit", "Open path", hint="open"),)

WORKSPACE = (
    key("workspace.filter", "slash", "filter", "Filter jobs", hint="filter"),
    key("workspace.batch", "b", "batch", "Open batch metrics", hint="batch"),
    key("workspace.reload", RELOAD, "reread", "Reload jobs"),
    key("workspace.compare", "C", "compare", "Compare with…", "what changed from a base"),
    key(
        "workspace.dashboard",
        "D",
        "app.dashboard",
        "Dashboard",
        "a metric in all jobs",
        hint="dashboard",
    ),
    key("workspace.back", "escape", "dismiss_layer", "Clear filter", hint="clear"),
)
TABLE = (
    key("jobs.left", "left,h", "column(-1)", "Previous column", hint="column"),
    key("jobs.right", "right,l", "column(1)", "Next column", hint="column"),
    key("jobs.sort", "s", "sort", "Sort by column", "again: reverse", hint="sort"),
)
JOBS = (
    key("jobs.failing", "f", "failing", "Failing jobs or all", hint="only failing"),
    key("jobs.reference", "B", "reference", "Set reference of tables…", "this workspace or a job"),
    key(
        "jobs.values",
        "v",
        "values",
        "Values, differences or both",
        "from the reference",
        hint="values",
    ),
)
FETCH = (
    key("fetch.fetch", RELOAD, "reread", "Fetch jobs", "new or missing ones", hint="fetch"),
    key("fetch.stop", "x", "stop", "Stop fetching", "what has arrived is kept", hint="stop"),
    key("fetch.all", "a", "all", "Fetch all jobs"),
    key("fetch.missing", "m", "missing", "List what is missing", hint="missing"),
)

QUERY_HOST = (key("query.open", "S", "query", "Query…", "SQL over the emissions", hint="query"),)
QUERY = (
    key("query.run", "ctrl+r,f5,ctrl+j,ctrl+enter", "run", "Run query", hint="run"),
    key("query.view", "f4,v", "view", "Switch table and chart", hint="chart"),
    key("query.metric", "f2", "metric", "Query of a metric…", hint="query of metric"),
    key("query.history", "f3", "history", "Earlier queries…", hint="history"),
    key("query.copy", "f8", "copy_query", "Copy query", hint="copy"),
    key("query.tables", "f9", "tables", "Go to tables", hint="tables"),
    key("query.back", "escape", "back", "Stop the query, or back", hint="back"),
)
QUERY_RESULT = (
    key("query.left", "left,h", "shift(-1)", "Columns left"),
    key("query.right", "right,l", "shift(1)", "Columns right"),
)
COMPARISON = (
    key("comparison.next_worse", "n", "worse(1)", "Next one that got worse", hint="next worse"),
    key("comparison.previous_worse", "N", "worse(-1)", "Previous one that got worse"),
    key("comparison.direction", "d", "direction", "Filter by direction", hint="all"),
    key("comparison.chart", "x", "chart", "Chart alone", "or beside the list", hint="chart"),
    key("comparison.back", "escape", "back", "Back", hint="back"),
)
COMPARED_BATCHES = (
    key("compared_jobs.filter", "slash", "filter", "Filter jobs", hint="filter"),
    key("compared_jobs.list", "v", "changes", "List of all changes", hint="all changes"),
    key("compared_jobs.batch", "b", "batch", "Changes of the batch metrics", hint="batch"),
)
EXPORT = (
    key("export.export", "e", "export", "Export…", "the chart or table in view", hint="export"),
)
EXPORT_DIALOG = (key("export.path", "slash", "path", "Change the path", hint="path"),)
DIALOG = (key("dialog.close", "escape,q", "close", "Close", hint="close"), *JUMP)
ERROR_DIALOG = (key("dialog.copy", "y", "copy", "Copy text", hint="copy"),)
TOKEN_DIALOG = (key("dialog.copy_text", "ctrl+y", "copy", "Copy text", hint="copy"),)
CHECKLIST = (
    key("checklist.flip", "space", "flip", "Turn on or off", hint="on/off", priority=True),
    key("checklist.all", "a", "all", "Turn all on", hint="all"),
    key("checklist.only", "o", "only", "Turn all others off", hint="only this"),
)
QUICK_OPEN = (
    key("quick_open.down", "down,ctrl+n", "move(1)", "Next match", priority=True),
    key("quick_open.up", "up,ctrl+p", "move(-1)", "Previous match", priority=True),
    key("quick_open.page_down", "pagedown", "page(1)", "One page down", priority=True),
    key("quick_open.page_up", "pageup", "page(-1)", "One page up", priority=True),
    key("quick_open.copy", "ctrl+y", "copy", "Copy name", hint="copy", priority=True),
    key("quick_open.close", "escape", "close", "Close", hint="close", priority=True),
)

TABLES = (
    *(APP, FOCUS, ROWS, SIDE, CHART, BROWSE, METRIC_LIST, METRICS, CARD, DATA_LIST, DATA, SERIES),
    *(EVENTS, FINDINGS, DOCUMENT, PREVIEW, HITS, CHANGE_HITS, JSON, LOG, LOG_HOST, LOG_SCREEN),
    *(INPUTS, FILTER, OPEN, PATH, WORKSPACE),
    *(TABLE, JOBS, FETCH, COMPARISON, COMPARED_BATCHES, RUN_HOST, RUNS, RUN_JOBS, RUN_FIELD),
    *(RUN_DIALOG, EVALUATING, QUERY_HOST, QUERY, QUERY_RESULT, EXPORT, EXPORT_DIALOG, DIALOG),
    *(TOKEN_DIALOG, ERROR_DIALOG, CHECKLIST, QUICK_OPEN, CARDS, DASHBOARD, JOB_CARDS),
    *(COLUMN_HOST, JOB_COLUMNS, COLUMN_LIST, COLUMN_CHART, RAW_HOST, RAW_TREE, RAW, JUMP_SCREEN),
    RECORDS,
)
BINDINGS = {binding.id or "": binding for table in TABLES for binding in table}
"""All bindings by id."""
