"""Asking for something to be opened, and reading it away from the screen."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.message import Message

from resim_inspect.tui.loading import load
from resim_inspect.tui.recognise import Kind, Place, recognise
from resim_inspect.tui.session import Session, place_name

if TYPE_CHECKING:
    from textual.screen import Screen


class Open(Message):
    """Somebody wants to see what lies at a path."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path


class Opened:
    """What was opened: where, under which name, and how its screen is made."""

    def __init__(self, place: Place, session: Session | None) -> None:
        self.place = place
        self.session = session

    @property
    def name(self) -> str:
        """The thing in few words."""
        if self.session is not None:
            return self.session.label
        return place_name(self.place.path)

    def screen(self, *, watch: bool = True) -> Screen[Any]:
        """Its screen, new."""
        if self.session is not None:
            from resim_inspect.tui.document_screen import DocumentScreen

            return DocumentScreen(self.session, watch=watch)
        if self.place.kind is Kind.WORKSPACE:
            from resim_inspect.tui.workspace_screen import WorkspaceScreen

            return WorkspaceScreen(self.place.path)
        from resim_inspect.tui.inputs_pane import InputsScreen

        return InputsScreen(self.place.path, self.place.said)


def open_path(path: Path) -> Opened:
    """Recognise a path and read what must be read first. Raises DocumentError."""
    place = recognise(path)
    if place.kind is Kind.METRICS:
        return Opened(place, Session.of(load(place.path), inputs=place.inputs))
    return Opened(place, None)
