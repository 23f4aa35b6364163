"""Several things open at once: each a mode of the app, and quick ways between them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resim_inspect.tui.cloud.address import Address
from resim_inspect.tui.open.detect import Kind
from resim_inspect.tui.open.opening import Opened

if TYPE_CHECKING:
    from textual.screen import Screen

    from resim_inspect.tui.app import InspectApp


def open_screen() -> Screen[Any]:
    """The open screen, on the folder of the moment."""
    from resim_inspect.tui.open.screen import OpenScreen

    return OpenScreen(Path())


class Shelf:
    """What is open, by the names of its modes; the one used last stands first in `lately`."""

    def __init__(self, app: InspectApp, *, watch: bool) -> None:
        self.app = app
        self.watch = watch
        self.names: dict[str, str] = {}
        self.paths: dict[Path | Address, str] = {}
        self.lately: list[str] = []
        self._tables: set[str] = set()
        """The modes of workspaces."""
        self._table_of: dict[str, str] = {}
        """The table that a document was last opened from."""
        self._number = 0
        self._open = ""
        self._first = ""
        self.first: Callable[[], Screen[Any]] = open_screen
        """Makes the screen that the app shows first."""

    def begin(self, opened: Opened | None, mode: str) -> None:
        """What the app shows first, in a mode that it has by itself; None: the open screen."""
        self._first = mode
        if opened is None:
            self._open = mode
        else:
            self._note(opened, mode)
            self.first = partial(opened.screen, watch=self.watch)

    def up(self) -> None:
        """The app shows its first screen: from now on that is a mode like any other."""
        self.app.add_mode(self._first, self.first)

    def add(self, opened: Opened) -> str:
        """Give something a mode; returns the mode's name."""
        self._number += 1
        mode = f"thing-{self._number}"
        self._note(opened, mode)
        self.app.add_mode(mode, partial(opened.screen, watch=self.watch))
        return mode

    def _note(self, opened: Opened, mode: str) -> None:
        self.names[mode] = opened.name
        self.paths[_key(opened.source)] = mode
        if opened.place.kind is Kind.WORKSPACE:
            self._tables.add(mode)
        self.lately.append(mode)

    def mode_of(self, path: Path | Address) -> str | None:
        """The mode of what is open already."""
        return self.paths.get(_key(path))

    async def show(self, mode: str) -> None:
        """Switch to a mode."""
        if self.app.current_mode in self._tables and mode not in self._tables:
            self._table_of[mode] = self.app.current_mode
        if mode in self.lately:
            self.lately.remove(mode)
        self.lately.insert(0, mode)
        if self.app.current_mode != mode:
            await self.app.switch_mode(mode)

    async def show_open(self) -> None:
        """Switch to the open screen."""
        if not self._open:
            self._open = "open"
            self.app.add_mode(self._open, open_screen)
        await self.app.switch_mode(self._open)

    async def previous(self) -> None:
        """To what was shown before: from a thing to the one before it, else back to it."""
        if self.lately and self.app.current_mode != self.lately[0]:
            await self.show(self.lately[0])
        elif len(self.lately) > 1:
            await self.show(self.lately[1])

    async def to_table(self) -> None:
        """From a document to the table it was opened from, where there is one."""
        table = self._table_of.get(self.app.current_mode)
        if table in self.names:
            await self.show(table)

    async def close(self) -> bool:
        """Close what is shown and go to what was shown before it; False: nothing is left."""
        mode = self.app.current_mode
        rest = [other for other in self.lately if other != mode]
        if mode not in self.names or not rest:
            return False
        await self.show(rest[0])
        self.lately.remove(mode)
        del self.names[mode]
        self.paths = {path: name for path, name in self.paths.items() if name != mode}
        await self.app.remove_mode(mode)
        return True


def _key(path: Path | Address) -> Path | Address:
    """By what something is known: the jobs of a batch are one thing."""
    return path.whole if isinstance(path, Address) else path.absolute()
