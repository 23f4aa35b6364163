"""What the panes of a document's screen have in common."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, runtime_checkable

from resim_inspect.tui.document.session import Session
from resim_inspect.tui.keymap import Hint
from resim_inspect.tui.workers import Background


@runtime_checkable
class SessionObserver(Protocol):
    """A screen on top of a document's that keeps up with it."""

    def session_changed(self, old: Session, new: Session) -> None:
        """Show the newer state."""


class Pane(Background):
    """One of the panes that the numbers choose."""

    DEFAULT_CSS = "Pane { height: 1fr; width: 1fr; layout: horizontal; }"

    def __init__(self, session: Session, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.session = session

    def show_session(self, session: Session) -> None:
        """Take a newer state of the document; what was looked at stays in view."""
        raise NotImplementedError

    def focus_main(self) -> None:
        """Give the focus to what is used first."""
        raise NotImplementedError

    def go_to(self, position: int, at: float | None = None) -> None:
        """Show the thing at a place of the file."""
        raise NotImplementedError

    def reload(self) -> None:
        """Read again what the pane shows besides the document."""

    def key_hints(self) -> Iterable[Hint]:
        """Bindings that do something now."""
        return ()

    def on_theme_changed(self) -> None:
        """The theme is another one."""

    def dismiss_layer(self) -> bool:
        """Esc: take away one layer (a filter, a zoom); False where there is none."""
        return False
