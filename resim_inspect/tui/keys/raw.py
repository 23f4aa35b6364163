"""Keys of the tree of fields of a file, and the key that opens it."""

from __future__ import annotations

from resim_inspect.tui.keys.binding import NEXT, PREVIOUS, RELOAD, key

RAW_HOST = (key("raw.open", "B", "app.raw", "Open raw bytes", "as a tree of fields", hint="raw"),)
RAW_TREE = (
    key("raw.fold", "left,h", "fold", "Fold", "or go to what it is in", hint="fold"),
    key("raw.unfold", "right,l", "unfold", "Unfold", "or go into it", hint="unfold"),
    key("raw.search", "slash", "search", "Find…", "in names and values", hint="find"),
    key("raw.next", NEXT, "hit(1)", "Next match", hint="next"),
    key("raw.previous", PREVIOUS, "hit(-1)", "Previous match", hint="next"),
    key("raw.copy_path", "Y", "copy_path", "Copy path", hint="path"),
)
RAW = (
    key("raw.reload", RELOAD, "reread", "Reload file"),
    key("raw.back", "escape", "back", "Back", "stops the search first", hint="back"),
)
