"""The build log of one job on a screen of its own, while the job runs and afterwards."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from resim_inspect.text import clean
from resim_inspect.tui.keymap import Hint
from resim_inspect.tui.keys.runs import LOG_SCREEN
from resim_inspect.tui.runs.log_view import LogView
from resim_inspect.tui.theme import theme_styles
from resim_inspect.tui.widgets.bottom_bar import BottomBar
from resim_inspect.tui.widgets.main_screen import MainScreen


class LogScreen(MainScreen[None]):
    """A log that is searched, wrapped and followed as on the screen of a run."""

    BINDINGS: ClassVar[list[BindingType]] = [*LOG_SCREEN]
    DEFAULT_CSS = """
    LogScreen > #location { height: 1; background: $panel; padding: 0 1; }
    """

    def __init__(self, path: Path, name: str, *, watch: bool = True) -> None:
        """`name`: that of the job; `watch`: follow the log while it grows."""
        super().__init__()
        self.path = path
        self.job_name = name
        self._watch = watch

    def compose(self) -> ComposeResult:
        yield Static(id="location", markup=False)
        yield LogView(watch=self._watch)
        yield BottomBar()

    def on_mount(self) -> None:
        self.log_view.focus()
        self.log_view.show(self.path)
        self._lines()

    @property
    def log_view(self) -> LogView:
        """The lines of the log."""
        return self.query_one(LogView)

    def _lines(self) -> None:
        styles = theme_styles(self.app)
        location = Text(self.job_name, styles.strong, no_wrap=True, overflow="ellipsis")
        file_name = "/".join(self.path.parts[-2:])
        location.append(f"   build log · {clean(file_name, 100)}", styles.quiet)
        self.query_one("#location", Static).update(location)
        self.log_view.border_title = Text("Log")
        self.log_view.border_subtitle = self.log_view.summary()
        self.update_hints()

    @on(LogView.StateChanged)
    def _log_changed(self, message: LogView.StateChanged) -> None:
        message.stop()
        self._lines()

    def key_hints(self) -> Iterable[Hint]:
        view = self.log_view
        return (
            *view.state_hints(),
            *view.search_hints(),
            Hint("rows.choose", "whole line"),
            Hint("log.back"),
        )

    def on_theme_changed(self) -> None:
        """Repaint in the colours of a new theme."""
        self._lines()

    def action_back(self) -> None:
        self.dismiss(None)
