"""Keys of jump mode."""

from __future__ import annotations

from resim_inspect.tui.keys.binding import key

JUMP = (key("app.jump", "ctrl+g", "app.jump", "Jump", "to a list, chart or field by its label"),)
"""Applies in the app and in its dialogs, which keep other keys of the app out."""
JUMP_SCREEN = (key("jump.close", "escape,ctrl+g", "close", "Cancel jump", hint="cancel"),)
