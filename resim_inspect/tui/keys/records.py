"""Keys of the rows of a file among the inputs: a table, or lines of text."""

from __future__ import annotations

from resim_inspect.tui.keys.binding import NEXT, PREVIOUS, key

RECORDS = (
    key("records.search", "slash", "search", "Find text…", "in the whole file", hint="find"),
    key("records.next_hit", NEXT, "hit(1)", "Next match", hint="next"),
    key("records.previous_hit", PREVIOUS, "hit(-1)", "Previous match", hint="next"),
    key("records.stop", "x", "stop", "Stop searching", "and keep what was found", hint="stop"),
    key("records.row", "colon", "row", "Go to row…", hint="row"),
    key("records.left", "left,h", "column(-1)", "Previous column", "or the text to the left"),
    key("records.right", "right,l", "column(1)", "Next column", "or the text to the right"),
    key("records.follow", "f", "follow", "Follow the end", "of a file that grows", hint="follow"),
)
