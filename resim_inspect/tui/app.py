"""The app: its modes, the keys that work everywhere, and what happens when a worker fails."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from textual import on
from textual.app import App
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.theme import Theme

from resim_inspect.tui.background import Failed
from resim_inspect.tui.document_screen import DocumentScreen
from resim_inspect.tui.loading import load
from resim_inspect.tui.session import Session
from resim_inspect.tui.theme import DARK, LIGHT, defaults

Opener = Callable[[], Screen[Any]]
"""Makes the screen of something that was opened."""


class InspectApp(App[int]):
    """Shows what it is given; each thing that is open is a mode of its own."""

    TITLE = "resim-inspect"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q", "quit", "Quit", tooltip="leave the app"),
        Binding("question_mark,f1", "help", "Help", tooltip="this help"),
        Binding("ctrl+p", "command_palette", "Commands", show=False, tooltip="all commands"),
    ]
    CSS = """
    Screen { background: $background; color: $foreground; }
    Toast { background: $panel; }
    .-wide MetricsPane > #side { width: 35%; max-width: 64; }
    .-narrow MetricsPane > #side { width: 1fr; }
    .-narrow MetricsPane > Card { display: none; }
    .-normal DataPane DataList { width: 34; }
    .-narrow EventsPane #event-side { display: none; }
    .-narrow DataPane { layout: vertical; }
    .-narrow DataPane DataList { width: 1fr; height: 40%; }
    .-narrow DataPane > #right { width: 1fr; height: 60%; }
    """

    def __init__(self, opener: Opener, *, theme: str | None = None) -> None:
        super().__init__()
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        wanted = theme or os.environ.get("TEXTUAL_THEME", "")
        self.theme = wanted if wanted in self.available_themes else DARK.name
        self._opener = opener

    def get_default_screen(self) -> Screen[Any]:
        return self._opener()

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return defaults(self.current_theme.dark)

    def on_mount(self) -> None:
        self.theme_changed_signal.subscribe(self, self._restyle)

    def _restyle(self, _: Theme) -> None:
        for screen in self.screen_stack:
            restyle = getattr(screen, "restyle", None)
            if restyle is not None:
                restyle()

    # Keys.

    def action_help(self) -> None:
        from resim_inspect.tui.help_screen import HelpScreen

        if isinstance(self.screen, HelpScreen):
            return
        focused = self.focused
        nodes = [] if focused is None else [*focused.ancestors_with_self]
        if focused is None:
            nodes = [self.screen, self]
        self.push_screen(HelpScreen(focused, nodes))

    # Errors of workers.

    @on(Failed)
    def _failed(self, message: Failed) -> None:
        from resim_inspect.tui.dialogs import ErrorDialog

        message.stop()
        self.push_screen(ErrorDialog(message.doing, message.error))


def document_opener(session: Session, *, watch: bool = True) -> Opener:
    """Makes the screen of a document."""
    return lambda: DocumentScreen(session, watch=watch)


def run_app(path: Path | None, *, watch: bool = True) -> int:
    """Start the app on a path and return its exit code. Raises DocumentError before it starts."""
    from resim_inspect.tui.recognise import recognise

    # A collection in the middle of the start would cost a tenth of it.
    gc.disable()
    try:
        session = Session.of(load(recognise(path)))
        app = InspectApp(document_opener(session, watch=watch))
        app.call_later(gc.enable)
        code = app.run()
    finally:
        gc.enable()
    return app.return_code or code or 0
