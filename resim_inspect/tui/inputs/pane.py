"""The pane of inputs that belong to the open document, and a screen for an inputs folder."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from resim_inspect.text import clean
from resim_inspect.tui.document.pane import Pane
from resim_inspect.tui.document.reloading import ReloadingScreen
from resim_inspect.tui.document.session import Session
from resim_inspect.tui.inputs.view import InputsView
from resim_inspect.tui.keymap import Hint
from resim_inspect.tui.keys.app import FOCUS
from resim_inspect.tui.keys.document import INPUTS
from resim_inspect.tui.keys.runs import RUN_HOST
from resim_inspect.tui.runs.run_host import RunHost
from resim_inspect.tui.runs.run_request import RunTarget, target_of_inputs
from resim_inspect.tui.widgets.bottom_bar import BottomBar
from resim_inspect.tui.widgets.kept_views import restore_later
from resim_inspect.tui.widgets.main_screen import MainScreen


class InputsPane(Pane):
    """Pane of the inputs beside the document, if there are any."""

    DEFAULT_CSS = """
    InputsPane > .none {
        border: round $rule; border-title-color: $foreground; padding: 0 1; height: 1fr;
    }
    """

    def compose(self) -> ComposeResult:
        if self.session.inputs is None:
            missing = Static(
                "This file has no inputs. They are expected in a folder “inputs” next to the "
                "folder “outputs”.",
                classes="none",
            )
            missing.border_title = "Inputs"
            yield missing
        else:
            screen = self.screen
            watch = not isinstance(screen, ReloadingScreen) or screen.follows_disk
            yield InputsView(self.session.inputs, watch=watch)

    @property
    def _views(self) -> list[InputsView]:
        """The view of the inputs, if there are any, once it is ready."""
        return [view for view in self.query(InputsView) if view.is_mounted]

    def show_session(self, session: Session) -> None:
        before, self.session = self.session, session
        if session.inputs != before.inputs:
            self.refresh(recompose=True)
        for view in self._views:
            view.reload()

    def focus_main(self) -> None:
        for view in self._views:
            view.focus_main()

    def go_to(self, position: int, at: float | None = None) -> None:  # noqa: ARG002
        self.focus_main()

    def key_hints(self) -> Iterable[Hint]:
        for view in self._views:
            return view.key_hints()
        return ()

    def dismiss_layer(self) -> bool:
        return any(view.stop_search() for view in self._views)

    def reload(self) -> None:
        for view in self._views:
            view.reload()

    def on_theme_changed(self) -> None:
        for view in self._views:
            view.on_theme_changed()


class InputsScreen(MainScreen[None], RunHost):
    """Screen of an inputs folder, or of one file, that was opened on its own."""

    BINDINGS: ClassVar[list[BindingType]] = [*INPUTS, *RUN_HOST, *FOCUS]
    DEFAULT_CSS = """
    InputsScreen > #location { height: 1; background: $panel; padding: 0 1; text-style: bold; }
    """

    def __init__(self, folder: Path, description: str, *, watch: bool = True) -> None:
        super().__init__()
        self._watch = watch
        self.folder = folder
        self.description = description

    def compose(self) -> ComposeResult:
        location = clean("/".join(self.folder.absolute().parts[-2:]), 100)
        yield Static(f"{location}   {self.description}", id="location", markup=False)
        yield InputsView(self.folder, watch=self._watch)
        yield BottomBar()

    def on_mount(self) -> None:
        self.query_one(InputsView).focus_main()
        restore_later(self, self.folder)

    def key_hints(self) -> Iterable[Hint]:
        view = self.query_one(InputsView)
        return view.key_hints() if view.is_single else (*view.key_hints(), Hint("run.start"))

    def run_target(self) -> RunTarget | None:
        return None if self.query_one(InputsView).is_single else target_of_inputs(self.folder)

    def nothing_to_run(self) -> str:
        return "A build runs on a folder of inputs or on a job, not on one file."

    def action_reread(self) -> None:
        self.query_one(InputsView).reload()

    def on_theme_changed(self) -> None:
        """Repaint in the colours of a new theme."""
        self.query_one(InputsView).on_theme_changed()
