"""Keys of the open screen and of the evaluation of emissions."""

from __future__ import annotations

from resim_inspect.tui.keys.binding import RELOAD, key

OPEN = (
    key("open.path", "slash", "path", "Type a path", "or resim://PROJECT/BATCH", hint="path"),
    key("open.open", "o", "open", "Open folder", "the chosen one, as it is"),
    key("open.up", "backspace", "up", "Parent folder"),
    key("open.back", "escape", "back", "Back", hint="back"),
)
PATH = (key("open.submit", "enter", "submit", "Open path", hint="open"),)
EVALUATING = (
    key(
        "evaluating.stop",
        "escape,x",
        "stop",
        "Stop evaluating",
        "and show what is evaluated",
        hint="stop",
    ),
    key("evaluating.retry", RELOAD, "retry", "Evaluate again", hint="try again"),
)
