"""Keys of lists: rows, filter field, width, and dialogs that are lists."""

from __future__ import annotations

from resim_inspect.tui.keys.binding import key

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
    key("side.narrower", "less_than_sign", "side(-1)", "Narrow list", hint="width"),
    key("side.wider", "greater_than_sign", "side(1)", "Widen list", hint="width"),
    key("side.toggle", "backslash", "toggle_side", "Hide or show list", hint="hide"),
)
FILTER = (key("filter.done", "enter", "submit", "Go to the list", hint="list"),)
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
