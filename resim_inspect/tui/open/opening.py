"""Asking for something to be opened, and reading it away from the screen."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.message import Message

from resim_inspect.tui.cloud.address import Address, api_of, cache_folder, make_private
from resim_inspect.tui.document.loading import load
from resim_inspect.tui.document.session import Session, place_name
from resim_inspect.tui.open.detect import Kind, Place, recognise

if TYPE_CHECKING:
    from textual.screen import Screen


class Open(Message):
    """Somebody wants to see what lies at a path, or a batch of the cloud."""

    def __init__(self, path: Path | Address) -> None:
        super().__init__()
        self.path = path


class Again(Message):
    """A batch of the cloud that is open is wanted again, or another job of it."""

    def __init__(self, address: Address) -> None:
        super().__init__()
        self.address = address


class Opened:
    """What was opened: where, under which name, and how its screen is made."""

    def __init__(
        self, place: Place, session: Session | None, address: Address | None = None
    ) -> None:
        self.place = place
        self.session = session
        self.address = address
        """Where it is a batch of the cloud, or a job of one; its place is where it is kept."""

    @property
    def source(self) -> Path | Address:
        """What opens it again."""
        return self.place.path if self.address is None else self.address

    @property
    def name(self) -> str:
        """The thing in few words."""
        if self.session is not None:
            return self.session.label
        if self.address is not None:
            return self.address.name
        return place_name(self.place.path)

    def screen(self, *, watch: bool = True) -> Screen[Any]:
        """Its screen, new."""
        if self.session is not None:
            from resim_inspect.tui.document.screen import DocumentScreen

            return DocumentScreen(self.session, watch=watch)
        if self.address is not None:
            from resim_inspect.tui.cloud.fetch_screen import FetchScreen

            return FetchScreen(self.place.path, self.address, api_of(os.environ), watch=watch)
        if self.place.kind is Kind.WORKSPACE:
            from resim_inspect.tui.workspace.screen import WorkspaceScreen

            return WorkspaceScreen(self.place.path, watch=watch)
        from resim_inspect.tui.inputs.pane import InputsScreen

        return InputsScreen(self.place.path, self.place.said)


def open_path(path: Path | Address) -> Opened:
    """Recognise a path and read what must be read first. Raises DocumentError."""
    if isinstance(path, Address):
        folder = cache_folder(path, api_of(os.environ), os.environ)
        make_private(folder)
        return Opened(Place(Kind.WORKSPACE, folder, "a batch of the cloud"), None, path)
    place = recognise(path)
    if place.kind is Kind.METRICS:
        return Opened(place, Session.of(load(place.path), inputs=place.inputs))
    return Opened(place, None)
