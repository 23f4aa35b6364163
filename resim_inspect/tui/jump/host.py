"""App with jump mode."""

from __future__ import annotations

from typing import Any, cast

from textual.app import App
from textual.widget import Widget


class JumpApp:
    """An app in which a label goes to each list, chart or field; it comes after the app among the
    bases."""

    def action_jump(self) -> None:
        from resim_inspect.tui.jump.screen import JumpScreen, targets_of

        app = cast(App[Any], self)
        screen = app.screen
        if isinstance(screen, JumpScreen):
            return
        targets = targets_of(screen, screen.focus_chain)
        if not targets:
            app.notify("Nothing here can take the focus.", timeout=3)
            return

        def chosen(widget: Widget | None) -> None:
            if widget is not None and widget.is_mounted and widget.focusable:
                widget.focus()

        app.push_screen(JumpScreen(targets), chosen)
