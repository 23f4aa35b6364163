"""Keys of lists of text that are searched: to the next match with `n`, as everywhere in the app."""

from __future__ import annotations

from resim_inspect.tui.keys.binding import NEXT, PREVIOUS, key

PREVIEW = (key("preview.search", "slash", "search", "Find text…", hint="find"),)
HITS = (
    key("preview.next_hit", NEXT, "hit(1)", "Next match", hint="next"),
    key("preview.previous_hit", PREVIOUS, "hit(-1)", "Previous match", hint="next"),
)
CHANGE_HITS = (
    # `n` goes to what got worse there.
    key("comparison.next_hit", "f3", "hit(1)", "Next match", hint="next"),
    key("comparison.previous_hit", "shift+f3,f15", "hit(-1)", "Previous match", hint="next"),
)
