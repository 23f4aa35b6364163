"""Keys of a workspace: its table of jobs, and the download of a batch."""

from __future__ import annotations

from resim_inspect.tui.keys.binding import RELOAD, key

WORKSPACE = (
    key("workspace.filter", "slash", "filter", "Filter jobs", hint="filter"),
    key("workspace.batch", "b", "batch", "Open batch metrics", hint="batch"),
    key("workspace.reload", RELOAD, "reread", "Reload jobs"),
    key("workspace.compare", "C", "compare", "Compare with…", "what changed from a base"),
    key(
        "workspace.dashboard",
        "D",
        "app.dashboard",
        "Open dashboard",
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
    key("jobs.failing", "f", "failing", "Show only failing jobs", "or all", hint="only failing"),
    key("jobs.reference", "B", "reference", "Set reference of tables…", "this workspace or a job"),
    key(
        "jobs.values",
        "v",
        "values",
        "Switch values and differences",
        "from the reference, or both",
        hint="values",
    ),
)
FETCH = (
    key("fetch.fetch", RELOAD, "reread", "Fetch jobs", "new or missing ones", hint="fetch"),
    key("fetch.stop", "x", "stop", "Stop fetching", "what has arrived is kept", hint="stop"),
    key("fetch.all", "a", "all", "Fetch all jobs"),
    key("fetch.missing", "m", "missing", "List what is missing", hint="missing"),
)
