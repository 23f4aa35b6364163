"""Base class of the panes of a document's screen, and what observes its session."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from resim_inspect.tui.document.session import Session
from resim_inspect.tui.keymap import Hint
from resim_inspect.tui.themes.following import ThemeFollower
from resim_inspect.tui.widgets.containers import ContainerLines
from resim_inspect.tui.workers import Background

if TYPE_CHECKING:
    from resim_inspect.tui.exporting.choices import ExportChoice


@runtime_checkable
class SessionObserver(Protocol):
    """A screen on top of the document's screen that follows changes of its session."""

    def session_changed(self, old: Session, new: Session) -> None:
        """Show the new session in place of the old one."""


class Pane(Background, ThemeFollower, ContainerLines):
    """One pane of a document's screen."""

    DEFAULT_CSS = "Pane { height: 1fr; width: 1fr; layout: horizontal; }"

    def __init__(self, session: Session, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.session = session

    def show_session(self, session: Session) -> None:
        """Show another session of the document; the chosen item stays in view."""
        raise NotImplementedError

    def focus_main(self) -> None:
        """Focus the main widget of the pane."""
        raise NotImplementedError

    def go_to(self, position: int, at: float | None = None) -> None:
        """Choose the item at a position in the file; `at`: time of a chart's cursor, in ns."""
        raise NotImplementedError

    def reload(self) -> None:
        """Read again what the pane shows besides the document."""

    def key_hints(self) -> Iterable[Hint]:
        """Bindings that do something now."""
        return ()

    def export_choices(self) -> Sequence[ExportChoice]:
        """Return the things in view in all their formats, that of the focus first."""
        return ()

    def dismiss_layer(self) -> bool:
        """Drop one layer, such as a filter or a zoom; return False if there is none."""
        return False
