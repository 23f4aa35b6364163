"""Keys of queries over the emissions."""

from __future__ import annotations

from resim_inspect.tui.keys.binding import key

QUERY_HOST = (key("query.open", "S", "query", "Query emissions…", "with SQL", hint="query"),)
QUERY = (
    key("query.run", "ctrl+r,f5,ctrl+j,ctrl+enter", "run", "Run query", hint="run"),
    key("query.view", "f4,v", "view", "Switch table and chart", hint="chart"),
    key("query.metric", "f2", "metric", "Choose query of a metric…", hint="query of metric"),
    key("query.history", "f3", "history", "Choose earlier query…", hint="history"),
    key("query.copy", "f8", "copy_query", "Copy query", hint="copy"),
    key("query.tables", "f9", "tables", "Go to tables", hint="tables"),
    key("query.back", "escape", "back", "Back", "stops the query first", hint="back"),
)
QUERY_RESULT = (
    key("query.left", "left,h", "shift(-1)", "Scroll columns left"),
    key("query.right", "right,l", "shift(1)", "Scroll columns right"),
)
