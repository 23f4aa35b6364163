"""Keys of comparisons of documents and of batches."""

from __future__ import annotations

from resim_inspect.tui.keys.binding import key

COMPARISON = (
    key("comparison.next_worse", "n", "worse(1)", "Next worse change", hint="next worse"),
    key("comparison.previous_worse", "N", "worse(-1)", "Previous worse change"),
    key("comparison.direction", "d", "direction", "Filter by direction", hint="all"),
    key("comparison.chart", "x", "chart", "Show chart alone", "or beside the list", hint="chart"),
    key("comparison.back", "escape", "back", "Back", hint="back"),
)
COMPARED_BATCHES = (
    key("compared_jobs.filter", "slash", "filter", "Filter jobs", hint="filter"),
    key("compared_jobs.list", "v", "changes", "Show all changes", hint="all changes"),
    key("compared_jobs.batch", "b", "batch", "Go to changes of the batch", hint="batch"),
)
