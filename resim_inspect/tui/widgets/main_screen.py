"""Base of the screens that fill the terminal: their breakpoints and their line of key hints."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.message import Message
from textual.screen import ScreenResultType

from resim_inspect.tui.graceful_exit import ClosingScreen
from resim_inspect.tui.key_hints import KeyHint, active_hints
from resim_inspect.tui.keymap import Hint
from resim_inspect.tui.messages import KeyHintsChanged
from resim_inspect.tui.themes.following import ThemedScreen
from resim_inspect.tui.widgets.bottom_bar import BottomBar
from resim_inspect.tui.widgets.containers import ContainerLines
from resim_inspect.tui.widgets.maximising import BoxHost, MaximisingScreen


class MainScreen(
    MaximisingScreen[ScreenResultType], ClosingScreen[ScreenResultType], BoxHost, ThemedScreen,
    ContainerLines,
):  # fmt: skip
    """A screen with a `BottomBar`, which follows the focus and `KeyHintsChanged`."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (80, "-normal"), (110, "-wide")]  # noqa: RUF012
    COMMON_HINTS: ClassVar[tuple[Hint, ...]] = (Hint("app.help"), Hint("app.quit"))
    """Hints that follow those of the screen."""
    TAKES: ClassVar[tuple[type[Message], ...]] = ()
    """Requests to what is open that this screen carries out."""

    def has_equal_lines(self) -> bool:
        # Another screen may show through one that is not opaque.
        return self.styles.background.a == 1 and super().has_equal_lines()

    def key_hints(self) -> Iterable[Hint]:
        """Bindings that do something now; those that the focus does not reach are left out."""
        return ()

    def tab_hints(self) -> tuple[KeyHint, ...]:
        """Hints of the panes, on the left; none by default."""
        return ()

    def active_tab(self) -> str:
        """Key of the pane in view."""
        return ""

    def update_hints(self) -> None:
        """Show the hints that apply now."""
        self.follow_focus()
        wanted = [*self.with_restore_hint(list(self.key_hints())), *self.COMMON_HINTS]
        hints = active_hints(self, wanted)
        self.query_one(BottomBar).show(self.tab_hints(), self.active_tab(), hints)

    @on(KeyHintsChanged)
    def _hints_changed(self, message: KeyHintsChanged) -> None:
        message.stop()
        self.update_hints()

    def maximised_shown(self) -> None:
        self.update_hints()

    def on_descendant_focus(self) -> None:
        self.update_hints()
