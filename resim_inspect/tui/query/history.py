"""Queries that have been run, the latest first, in the state folder of the user."""

from __future__ import annotations

from resim_inspect.tui.user_state import read_list, write_state

STATE = "queries"
"""Name of the state file."""
MAX_QUERIES = 50
MAX_LENGTH = 20_000
"""Characters of a query that is remembered."""


def read_queries() -> list[str]:
    """Read the queries, the latest first."""
    queries = read_list(STATE, "queries")
    return [query for query in queries if isinstance(query, str) and query.strip()][:MAX_QUERIES]


def remember_query(sql: str) -> None:
    """Put a query on top of the list; do nothing if the file cannot be written."""
    text = sql.strip()
    if text and len(text) <= MAX_LENGTH:
        others = [query for query in read_queries() if query != text]
        write_state(STATE, {"queries": [text, *others][:MAX_QUERIES]})
