"""All keys of the app in one table, from which help, the command palette and key hints are made.

A widget takes its bindings from here (`BINDINGS = [*keymap.CHART]`) and names the bindings that
apply at the moment by id; the keys and words that the last line shows for them come from the
same entry. To change a key, change it here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from textual.binding import Binding


@dataclass(frozen=True)
class KeyBinding(Binding):
    """A binding and the words of its hint: `description` names the action, `tooltip` adds detail.

    The part of the id before the dot is the group under which help lists the binding.
    """

    hint: str = ""

    @property
    def keys(self) -> tuple[str, ...]:
        """The single keys, the one that hints show first."""
        return tuple(self.key.split(","))

    @property
    def group_title(self) -> str:
        """Heading of the binding in the help."""
        return GROUPS[(self.id or "").split(".")[0]]


class Hint(NamedTuple):
    """A reference to a binding that applies now; `label` replaces the binding's own words."""

    id: str
    label: str = ""


GROUPS = {
    "rows": "List",
    "side": "Width of the list",
    "chart": "Chart",
    "metric_list": "Metrics list",
    "metrics": "Metrics",
    "card": "Metric",
    "series": "Table of data",
    "data": "Data",
    "events": "Events",
    "findings": "Findings",
    "document": "Document",
    "inputs": "Inputs",
    "preview": "Text",
    "log": "Log",
    "jobs": "Jobs table",
    "workspace": "Workspace",
    "fetch": "Batch",
    "comparison": "Comparison",
    "run": "Runs",
    "open": "Open",
    "focus": "Focus",
    "filter": "Filter field",
    "dialog": "Dialog",
    "checklist": "Checklist",
    "quick_open": "Quick open",
    "app": "Everywhere",
}
"""Headings of the help, by the first part of the ids."""


def _key(
    id: str,
    keys: str,
    action: str,
    description: str,
    tooltip: str = "",
    *,
    hint: str = "",
    priority: bool = False,
) -> KeyBinding:
    return KeyBinding(
        keys, action, description, tooltip=tooltip, id=id, hint=hint, priority=priority
    )


APP = (
    _key("app.open", "ctrl+o", "open", "Open…", "a file, folder, workspace or batch"),
    _key("app.switch", "w", "switch", "Switch document", "choose among what is open"),
    _key("app.previous", "grave_accent", "previous", "Previous document"),
    _key("app.close", "ctrl+w", "close", "Close document"),
    _key("app.help", "question_mark,f1", "help", "Help", hint="help"),
    _key("app.commands", "ctrl+p", "command_palette", "Command palette"),
    _key("app.quit", "q", "quit", "Quit", hint="quit"),
)
FOCUS = (_key("focus.next", "tab", "app.focus_next", "Next list or box", hint="next list"),)
ROWS = (
    _key("rows.up", "up,k", "move(-1)", "One row up"),
    _key("rows.down", "down,j", "move(1)", "One row down"),
    _key("rows.page_up", "pageup,ctrl+b", "page(-1)", "One page up"),
    _key("rows.page_down", "pagedown,ctrl+f", "page(1)", "One page down"),
    _key("rows.first", "home,g", "edge(-1)", "First row"),
    _key("rows.last", "end,G", "edge(1)", "Last row"),
    _key("rows.choose", "enter", "choose", "Open row", hint="open"),
    _key("rows.copy", "y", "copy", "Copy row", hint="copy"),
)
SIDE = (
    _key("side.narrower", "less_than_sign", "side(-1)", "Narrower list", hint="width"),
    _key("side.wider", "greater_than_sign", "side(1)", "Wider list", hint="width"),
    _key("side.toggle", "backslash", "toggle_side", "Hide or show list", hint="hide"),
)

CHART = (
    _key("chart.left", "left,h", "cursor(-1)", "Cursor left", hint="read"),
    _key("chart.right", "right,l", "cursor(1)", "Cursor right", hint="read"),
    _key("chart.left_10", "shift+left,H", "cursor(-10)", "Cursor ten columns left"),
    _key("chart.right_10", "shift+right,L", "cursor(10)", "Cursor ten columns right"),
    _key(
        "chart.zoom_in", "plus,equals_sign,z", "zoom(0.5)", "Zoom in", "at the cursor", hint="zoom"
    ),
    _key("chart.zoom_out", "minus,Z", "zoom(2)", "Zoom out", hint="zoom"),
    _key("chart.up", "up,k", "vertical(-1)", "Zoom in, or scroll a text up", hint="scroll"),
    _key("chart.down", "down,j", "vertical(1)", "Zoom out, or scroll a text down", hint="scroll"),
    _key("chart.pan_left", "comma", "pan(-0.25)", "Pan left"),
    _key("chart.pan_right", "full_stop", "pan(0.25)", "Pan right"),
    _key("chart.y_in", "shift+up", "zoom_y(0.5)", "Zoom the y axis in"),
    _key("chart.y_out", "shift+down", "zoom_y(2)", "Zoom the y axis out"),
    _key("chart.fit", "f", "fit", "Fit the y axis", "to the values in view, or to limits too"),
    _key("chart.log", "Y", "log", "Logarithmic y axis", "of positive values"),
    _key("chart.reset", "0", "reset", "Reset zoom", hint="all"),
    _key(
        "chart.next_failing",
        "right_square_bracket",
        "failing(1)",
        "Next failing sample",
        "or one without a value",
        hint="failing",
    ),
    _key("chart.previous_failing", "left_square_bracket", "failing(-1)", "Previous failing sample"),
    _key("chart.anchor", "a", "anchor", "Set or drop anchor", "for differences", hint="Δ"),
    _key("chart.series", "s,space", "series", "Show or hide series", hint="series"),
    _key("chart.category", "c", "category", "Choose category"),
    _key("chart.time", "t", "time", "Change time format", "UTC, or since the start"),
    _key("chart.statuses", "o", "statuses", "Show or hide failing samples"),
    _key("chart.next_image", "i", "image(1)", "Next image", hint="images"),
    _key("chart.previous_image", "p", "image(-1)", "Previous image", hint="images"),
    _key("chart.copy", "y", "copy", "Copy values", "under the cursor"),
)
BROWSE = (
    _key(
        "chart.browse",
        "v",
        "browse",
        "View outside",
        "the figure or image, in a browser or viewer",
        hint="view",
    ),
)

METRIC_LIST = (
    _key(
        "metric_list.group",
        "b",
        "group",
        "Change grouping",
        "status, importance, type, …",
        hint="group",
    ),
    _key("metric_list.fold", "space", "fold", "Fold or unfold group"),
)
METRICS = (
    _key("metrics.filter", "slash", "filter", "Filter metrics", hint="filter"),
    _key("metrics.next_failing", "n", "failing(1)", "Next failing metric", hint="next failing"),
    _key("metrics.previous_failing", "N", "failing(-1)", "Previous failing metric"),
    _key("metrics.quick_open", "J", "quick_open", "Go to metric…", "by letters of its name"),
    _key("metrics.details", "d", "details", "Metric details", "all fields and ids"),
    _key("metrics.data", "x", "data", "Go to its data", "at the time of the cursor"),
    *BROWSE,
)
CARD = (
    _key("card.back", "escape,enter,backspace", "close", "Back to list", hint="back"),
    _key("card.next_failing", "n", "failing(1)", "Next failing metric", hint="next failing"),
    _key("card.previous_failing", "N", "failing(-1)", "Previous failing metric"),
    _key("card.next", "pagedown", "step(1)", "Next metric", hint="next"),
    _key("card.previous", "pageup", "step(-1)", "Previous metric"),
    _key("card.details", "d", "details", "Metric details", "all fields and ids", hint="details"),
)

DATA_LIST = (_key("data.filter", "slash", "filter", "Filter data", hint="filter"),)
DATA = (
    _key("data.view", "v", "view", "Switch chart and table", hint="chart"),
    _key("data.users", "u", "users", "Go to its metrics", hint="its metrics"),
    _key("data.details", "d", "details", "Data details", "all fields and ids", hint="details"),
)
SERIES = (
    _key(
        "series.next_failing",
        "right_square_bracket",
        "trouble(1)",
        "Next failing or NaN row",
        hint="next failing",
    ),
    _key(
        "series.previous_failing",
        "left_square_bracket",
        "trouble(-1)",
        "Previous failing or NaN row",
    ),
    _key("series.row", "colon", "row", "Go to row…", hint="row"),
    _key(
        "series.search", "slash", "search", "Find values…", ">40, nan, part of a text", hint="find"
    ),
    _key("series.next_hit", "f3", "hit(1)", "Next match"),
    _key("series.previous_hit", "shift+f3,f15", "hit(-1)", "Previous match"),
    _key("series.left", "left,h", "shift(-1)", "Columns left"),
    _key("series.right", "right,l", "shift(1)", "Columns right"),
)

EVENTS = (
    _key("events.filter", "slash", "filter", "Filter events", hint="filter"),
    _key("events.moment", "m", "moment", "See moment in chart…", hint="see moment in…"),
    _key("events.details", "d", "details", "Event details", "all fields and ids", hint="details"),
)
FINDINGS = (
    _key("findings.filter", "slash", "filter", "Filter findings", hint="filter"),
    _key(
        "findings.group",
        "r",
        "group",
        "Change grouping",
        "by rule, by place, one by one",
        hint="group",
    ),
    _key("findings.edition", "E", "edition", "Choose validator edition…", hint="edition"),
)
DOCUMENT = (
    _key("document.metrics", "1", "pane('metrics')", "Go to metrics", hint="Metrics"),
    _key("document.data", "2", "pane('data')", "Go to data", hint="Data"),
    _key("document.events", "3", "pane('events')", "Go to events", hint="Events"),
    _key("document.findings", "4", "pane('findings')", "Go to findings", hint="Findings"),
    _key("document.inputs", "5", "pane('inputs')", "Go to inputs", hint="Inputs"),
    _key(
        "document.back",
        "escape",
        "dismiss_layer",
        "Back",
        "drop a filter or zoom, leave a pane",
        hint="list",
    ),
    _key("document.reload", "f5,ctrl+r", "reload", "Reload file"),
    _key("document.compare", "C", "compare", "Compare with…", "what changed from a base"),
)

PREVIEW = (
    _key("preview.search", "slash", "search", "Find text…", hint="find"),
    _key("preview.next_hit", "f3", "hit(1)", "Next match"),
    _key("preview.previous_hit", "shift+f3,f15", "hit(-1)", "Previous match"),
)
JSON = (
    _key("preview.fold", "space", "fold", "Fold or unfold block", hint="fold"),
    _key("preview.fold_all", "F", "fold_all", "Fold or unfold all blocks", hint="fold all"),
)
LOG = (
    _key("log.follow", "f", "follow", "Follow the end", "or stay where you are", hint="follow"),
    _key("log.wrap", "l", "wrap", "Wrap long lines", "or cut them", hint="wrap"),
)
INPUTS = (_key("inputs.reload", "f5,ctrl+r", "reread", "Reload folder"),)
FILTER = (_key("filter.done", "enter", "submit", "Go to the list", hint="list"),)
OPEN = (
    _key("open.path", "slash", "path", "Type a path", "or resim://PROJECT/BATCH", hint="path"),
    _key("open.open", "o", "open", "Open folder", "the chosen one, as it is"),
    _key("open.up", "backspace", "up", "Parent folder"),
    _key("open.back", "escape", "back", "Back", hint="back"),
)
PATH = (_key("open.submit", "enter", "submit", "Open path", hint="open"),)

WORKSPACE = (
    _key("workspace.filter", "slash", "filter", "Filter jobs", hint="filter"),
    _key("workspace.batch", "b", "batch", "Open batch metrics", hint="batch"),
    _key("workspace.reload", "f5,ctrl+r", "reread", "Reload jobs"),
    _key("workspace.compare", "C", "compare", "Compare with…", "what changed from a base"),
    _key("workspace.back", "escape", "dismiss_layer", "Clear filter", hint="clear"),
)
JOBS = (
    _key("jobs.left", "left,h", "column(-1)", "Previous column", hint="column"),
    _key("jobs.right", "right,l", "column(1)", "Next column", hint="column"),
    _key("jobs.sort", "s", "sort", "Sort by column", "again: reverse", hint="sort"),
    _key("jobs.failing", "f", "failing", "Failing jobs or all", hint="only failing"),
)
FETCH = (
    _key("fetch.fetch", "f5,ctrl+r", "reread", "Fetch jobs", "new or missing ones", hint="fetch"),
    _key("fetch.stop", "x", "stop", "Stop fetching", "what has arrived is kept", hint="stop"),
    _key("fetch.all", "a", "all", "Fetch all jobs"),
    _key("fetch.missing", "m", "missing", "List what is missing", hint="missing"),
)

RUN_HOST = (
    _key("run.start", "R", "run", "Run…", "a build on these jobs", hint="run"),
    _key("run.watch", "W", "watch", "Watch…", "run again whenever a file changes", hint="watch"),
)
COMPARISON = (
    _key("comparison.next_worse", "n", "worse(1)", "Next one that got worse", hint="next worse"),
    _key("comparison.previous_worse", "N", "worse(-1)", "Previous one that got worse"),
    _key("comparison.direction", "d", "direction", "Filter by direction", hint="all"),
    _key("comparison.back", "escape", "back", "Back", hint="back"),
)
RUNS = (
    _key("run.stop", "x", "stop", "Stop job", "the chosen one", hint="stop"),
    _key("run.stop_all", "X", "stop_all", "Stop run", "all of its jobs", hint="stop all"),
    _key("run.all", "r", "again('all')", "Run all again", "of a watched run", hint="run all"),
    _key("run.failed", "F", "again('failed')", "Run failed again", hint="run failed"),
    _key("run.pause", "p", "again('pause')", "Pause watching, or go on", hint="pause"),
    _key("run.messages", "m", "messages", "Messages of the runner", hint="messages"),
    _key("run.command", "c", "command", "Copy command line", "that does the same", hint="command"),
    _key("run.back", "escape", "back", "Back", "the run goes on", hint="back"),
)
RUN_JOBS = (_key("run.failing", "f", "failing", "Failing jobs or all", hint="only failing"),)
RUN_FIELD = (
    _key("run.next_build", "down", "build(1)", "Next build"),
    _key("run.previous_build", "up", "build(-1)", "Previous build"),
)
RUN_DIALOG = (
    _key("run.rerun", "ctrl+r,r", "rerun", "Choose what runs again", hint="rerun"),
    _key("run.watching", "ctrl+t,w", "watching", "Watch files or run once", hint="watch"),
    _key("run.copy", "ctrl+y", "copy_command", "Copy command line", hint="copy"),
)
DIALOG = (_key("dialog.close", "escape,q", "close", "Close", hint="close"),)
ERROR_DIALOG = (_key("dialog.copy", "y", "copy", "Copy text", hint="copy"),)
TOKEN_DIALOG = (_key("dialog.copy_text", "ctrl+y", "copy", "Copy text", hint="copy"),)
CHECKLIST = (
    _key("checklist.flip", "space", "flip", "Turn on or off", hint="on/off", priority=True),
    _key("checklist.all", "a", "all", "Turn all on", hint="all"),
    _key("checklist.only", "o", "only", "Turn all others off", hint="only this"),
)
QUICK_OPEN = (
    _key("quick_open.down", "down,ctrl+n", "move(1)", "Next match", priority=True),
    _key("quick_open.up", "up,ctrl+p", "move(-1)", "Previous match", priority=True),
    _key("quick_open.close", "escape", "close", "Close", hint="close", priority=True),
)

TABLES = (
    *(APP, FOCUS, ROWS, SIDE, CHART, BROWSE, METRIC_LIST, METRICS, CARD, DATA_LIST, DATA, SERIES),
    *(EVENTS, FINDINGS, DOCUMENT, PREVIEW, JSON, LOG, INPUTS, FILTER, OPEN, PATH, WORKSPACE),
    *(JOBS, FETCH, COMPARISON, RUN_HOST, RUNS, RUN_JOBS, RUN_FIELD, RUN_DIALOG),
    *(DIALOG, TOKEN_DIALOG, ERROR_DIALOG, CHECKLIST, QUICK_OPEN),
)
BINDINGS = {binding.id or "": binding for table in TABLES for binding in table}
"""All bindings by id."""
