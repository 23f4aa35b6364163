"""Keys of dialogs."""

from __future__ import annotations

from resim_inspect.tui.keys.binding import key
from resim_inspect.tui.keys.jump import JUMP

DIALOG = (key("dialog.close", "escape,q", "close", "Close", hint="close"), *JUMP)
ERROR_DIALOG = (key("dialog.copy", "y", "copy", "Copy text", hint="copy"),)
TOKEN_DIALOG = (key("dialog.copy_text", "ctrl+y", "copy", "Copy text", hint="copy"),)
