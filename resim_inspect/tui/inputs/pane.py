"""The pane of inputs that belong to the open document, and a screen for an inputs folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import Static

from resim_inspect.text import clean
from resim_inspect.tui.document.pane import Pane
from resim_inspect.tui.document.session import Session
from resim_inspect.tui.inputs.view import InputsView
from resim_inspect.tui.messages import KeyHintsChanged
from resim_inspect.tui.widgets.status_bars import BottomBar, Key


class InputsPane(Pane):
    """Pane of the inputs beside the document, if there are any."""

    def compose(self) -> ComposeResult:
        if self.session.inputs is None:
            yield Static(
                "This file has no inputs. They are expected in a folder “inputs” next to the "
                "folder “outputs”.",
                classes="none",
            )
        else:
            yield InputsView(self.session.inputs)

    def show_session(self, session: Session) -> None:
        self.session = session
        for view in self.query(InputsView):
            view.action_reread()

    def focus_main(self) -> None:
        for view in self.query(InputsView):
            view.files.focus()

    def go_to(self, position: int, at: float | None = None) -> None:  # noqa: ARG002
        self.focus_main()

    def main_keys(self) -> Sequence[Key]:
        for view in self.query(InputsView):
            return view.main_keys()
        return ()

    def on_theme_changed(self) -> None:
        for view in self.query(InputsView):
            view.on_theme_changed()


class InputsScreen(Screen[None]):
    """Screen of an inputs folder that was opened on its own."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f5,ctrl+r", "reread", "Reload", tooltip="read the folder again"),
    ]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (80, "-normal"), (110, "-wide")]  # noqa: RUF012
    DEFAULT_CSS = """
    InputsScreen > #location { height: 1; background: $panel; padding: 0 1; text-style: bold; }
    """

    def __init__(self, folder: Path, description: str) -> None:
        super().__init__()
        self.folder = folder
        self.description = description

    def compose(self) -> ComposeResult:
        location = clean("/".join(self.folder.absolute().parts[-2:]), 100)
        yield Static(f"{location}   {self.description}", id="location", markup=False)
        yield InputsView(self.folder)
        yield BottomBar()

    def on_mount(self) -> None:
        self.query_one(InputsView).files.focus()

    @on(KeyHintsChanged)
    def _keys_changed(self, message: KeyHintsChanged) -> None:
        message.stop()
        self._lines()

    def on_descendant_focus(self) -> None:
        self._lines()

    def _lines(self) -> None:
        keys = self.query_one(InputsView).main_keys()
        keys = (*keys, Key("?", "help", "app.help"), Key("q", "quit", "app.quit"))
        self.query_one(BottomBar).show((), "", keys)

    def action_reread(self) -> None:
        self.query_one(InputsView).action_reread()

    def on_theme_changed(self) -> None:
        """Repaint in the colours of a new theme."""
        self.query_one(InputsView).on_theme_changed()
