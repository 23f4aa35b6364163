"""Keys of a document's screen and of its panes."""

from __future__ import annotations

from resim_inspect.tui.keys.binding import NEXT, PREVIOUS, RELOAD, key
from resim_inspect.tui.keys.chart import BROWSE

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
    key(
        "document.dashboard",
        "D",
        "app.dashboard",
        "Open dashboard",
        "many charts",
        hint="dashboard",
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
    key("series.left", "left,h", "shift(-1)", "Scroll columns left"),
    key("series.right", "right,l", "shift(1)", "Scroll columns right"),
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
JSON = (
    key("preview.fold", "space", "fold", "Fold or unfold block", hint="fold"),
    key("preview.fold_all", "F", "fold_all", "Fold or unfold all blocks", hint="fold all"),
)
INPUTS = (key("inputs.reload", RELOAD, "reread", "Reload folder"),)
