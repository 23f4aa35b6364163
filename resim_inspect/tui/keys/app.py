"""Keys that apply everywhere, and those that move the focus."""

from __future__ import annotations

from resim_inspect.tui.keys.binding import key
from resim_inspect.tui.keys.jump import JUMP

APP = (
    key("app.open", "ctrl+o", "open", "Open…", "a file, folder, workspace or batch"),
    key("app.switch", "w", "switch", "Switch document", "choose among what is open"),
    key("app.previous", "grave_accent", "previous", "Previous document"),
    key("app.close", "ctrl+w", "close", "Close document"),
    key("app.help", "question_mark,f1", "help", "Show help", hint="help"),
    key("app.commands", "ctrl+p", "command_palette", "Open command palette"),
    *JUMP,
    key("app.quit", "q", "quit", "Quit", hint="quit"),
)
FOCUS = (
    key("focus.next", "tab", "app.focus_next", "Next list or box", hint="next list"),
    key("focus.maximise", "M", "maximise", "Maximise list or box", "or restore it",
        hint="maximise"),
)  # fmt: skip
