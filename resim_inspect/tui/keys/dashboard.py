"""Keys of the dashboard."""

from __future__ import annotations

from resim_inspect.tui.keys.binding import key

CARDS = (
    key("cards.left", "left,h", "move('left')", "Card to the left"),
    key("cards.right", "right,l", "move('right')", "Card to the right"),
    key("cards.up", "up,k", "move('up')", "Card above"),
    key("cards.down", "down,j", "move('down')", "Card below"),
    key("cards.page_up", "pageup,ctrl+b", "move('page_up')", "Previous page", hint="page"),
    key("cards.page_down", "pagedown,ctrl+f", "move('page_down')", "Next page", hint="page"),
    key("cards.first", "home,g", "move('first')", "First card"),
    key("cards.last", "end,G", "move('last')", "Last card"),
    key("cards.open", "enter", "choose", "Open card", hint="open"),
    key("cards.next_failing", "n", "failing(1)", "Next failing card", hint="next failing"),
    key("cards.previous_failing", "N", "failing(-1)", "Previous failing card"),
    key("cards.read_left", "shift+left,H", "read(-1)", "Cursor left", "on all", hint="read"),
    key("cards.read_right", "shift+right,L", "read(1)", "Cursor right", "on all", hint="read"),
    key("cards.zoom_in", "z", "zoom(0.5)", "Zoom in", "at the cursor", hint="zoom"),
    key("cards.zoom_out", "Z", "zoom(2)", "Zoom out", hint="zoom"),
    key("cards.pan_left", "comma", "pan(-0.25)", "Pan left"),
    key("cards.pan_right", "full_stop", "pan(0.25)", "Pan right"),
    key("cards.reset", "0", "reset", "Reset zoom", "of all cards", hint="all"),
    key("cards.link", "K", "link", "Link zoom", "of charts on one clock, or not", hint="link zoom"),
    key("cards.pin", "P", "pin", "Pin or unpin card", "pinned cards come first", hint="pin"),
    key("cards.earlier", "less_than_sign", "shift(-1)", "Move card forward", hint="move"),
    key("cards.later", "greater_than_sign", "shift(1)", "Move card back", hint="move"),
    key("cards.larger", "plus,equals_sign", "resize(1)", "Enlarge cards", hint="size"),
    key("cards.smaller", "minus", "resize(-1)", "Shrink cards", hint="size"),
    key("cards.narrower", "left_square_bracket", "widen(-1)", "Narrow card", hint="width"),
    key("cards.wider", "right_square_bracket", "widen(1)", "Widen card", "over more columns",
        hint="width"),
    key("cards.copy", "y", "copy", "Copy values", "under the cursor", hint="copy"),
)  # fmt: skip
DASHBOARD = (
    key("dashboard.filter", "slash", "filter", "Filter cards", hint="filter"),
    key("dashboard.group", "b", "group", "Change grouping", "status, type, tag, …", hint="group"),
    key("dashboard.back", "escape", "back", "Back", "first drops filter, cursor and zoom",
        hint="back"),
)  # fmt: skip
JOB_CARDS = (
    key("dashboard.metric", "m", "metric", "Choose metric…", "of all jobs", hint="metric"),
    key("dashboard.scale", "f", "scale", "Share y axis", "or one for each chart", hint="y axis"),
)
