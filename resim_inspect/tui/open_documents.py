"""Documents, folders and batches that are open at once: each is a mode of the app."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.app import App
from textual.message import Message
from textual.screen import Screen

from resim_inspect.files import absolute
from resim_inspect.tui.batch_address import BatchAddress
from resim_inspect.tui.document.reference import ReferenceState
from resim_inspect.tui.key_hints import key_of
from resim_inspect.tui.messages import GoTo
from resim_inspect.tui.open.detect import PathKind
from resim_inspect.tui.open.opening import Opened
from resim_inspect.tui.screens import open_screen, screen_for
from resim_inspect.tui.widgets.kept_views import keep_views
from resim_inspect.tui.widgets.main_screen import MainScreen

if TYPE_CHECKING:
    from resim_inspect.charts.build.job_values import JobValues


class OpenDocuments:
    """The open documents by the names of their modes, with the order of their last use."""

    def __init__(self, app: App[Any], *, watch: bool) -> None:
        self.app = app
        self.watch = watch
        self.reference = ReferenceState(app, self._choose_reference)
        self.names: dict[str, str] = {}
        """Names of documents for people, by mode."""
        self.paths: dict[Path | BatchAddress, str] = {}
        """Modes by path or address."""
        self.recency: list[str] = []
        """Modes in recency order, the most recently used first."""
        self._tables: set[str] = set()
        """Modes of workspaces."""
        self._table_of: dict[str, str] = {}
        """Mode of the workspace that a document was last opened from, by the document's mode."""
        self._replaced_by: dict[str, str] = {}
        """Modes of evaluated documents by those of the screens that evaluated them."""
        self._metrics: dict[str, int] = {}
        """Positions of metrics to show when a mode is shown next."""
        self._number = 0
        self._open_mode = ""
        self._first_mode = ""
        self.first_screen: Callable[[], Screen[Any]] = open_screen
        """Factory of the screen that the app shows first."""

    def _choose_reference(self, own: Path, chosen: Callable[[Path], None]) -> None:
        from resim_inspect.tui.comparing import choose_base

        choose_base(self.app, own, self.paths, chosen, title="Choose the reference")

    def begin(self, opened: Opened | None, mode: str) -> None:
        """Set what the app shows first, in its default mode; None for the open screen."""
        self._first_mode = mode
        if opened is None:
            self._open_mode = mode
        else:
            self._register(opened, mode)
            self.first_screen = partial(screen_for, opened, self.replace, watch=self.watch)

    def add_first_mode(self) -> None:
        """Make the first screen a mode like any other, once the app has mounted it."""
        self.app.add_mode(self._first_mode, self.first_screen)

    def add(self, opened: Opened) -> str:
        """Add a mode for an opened document and return the mode's name."""
        self._number += 1
        mode = f"document-{self._number}"
        self._register(opened, mode)
        self.app.add_mode(mode, partial(screen_for, opened, self.replace, watch=self.watch))
        return mode

    def _register(self, opened: Opened, mode: str) -> None:
        self.names[mode] = opened.name
        self.paths[_key(opened.source)] = mode
        if opened.detected.kind is PathKind.WORKSPACE:
            self._tables.add(mode)
        self.recency.append(mode)

    def mode_of(self, path: Path | BatchAddress) -> str | None:
        """Return the mode of a path that is already open."""
        return self.paths.get(_key(path))

    def entries(self) -> list[Path | BatchAddress]:
        """Paths and addresses that are open, the most recently used first."""
        paths = {mode: path for path, mode in self.paths.items()}
        return [paths[mode] for mode in self.recency if mode in paths]

    async def show(self, mode: str, metric: int | None = None) -> None:
        """Switch to a mode, and to the metric at a position of its document.

        The mode may be that of a list that was shown earlier: replaced since then, or closed.
        """
        mode = self._replaced_by.get(mode, mode)
        if mode not in self.names:
            return
        if self.app.current_mode in self._tables and mode not in self._tables:
            self._table_of[mode] = self.app.current_mode
        if mode in self.recency:
            self.recency.remove(mode)
        self.recency.insert(0, mode)
        if self.app.current_mode != mode:
            keep_views(self.app)
            await self.app.switch_mode(mode)
        later = self._metrics.pop(mode, None)
        metric = later if metric is None else metric
        if metric is not None:
            await self.ask(GoTo("metric", metric))

    async def ask(self, request: Message) -> None:
        """Send a request to the screen in view, or close what is above the one that takes it."""
        stack = self.app.screen_stack
        takes = [isinstance(each, MainScreen) and isinstance(request, each.TAKES) for each in stack]
        if any(takes):
            above = stack[len(takes) - takes[::-1].index(True) :]
            for screen in reversed(above):
                await screen.dismiss(None)
            self.app.screen.post_message(request)

    async def replace(self, opened: Opened, metric: int | None) -> None:
        """Put a document that has been evaluated into the place of the screen that did so."""
        old = self.mode_of(opened.source)
        if old is None:
            return  # It was closed.
        new = self.add(opened)
        # The new one was added at the end.
        self.recency.pop()
        self.recency[self.recency.index(old)] = new
        if old in self._table_of:
            self._table_of[new] = self._table_of.pop(old)
        if metric is not None:
            self._metrics[new] = metric
        self._replaced_by[old] = new
        if self.app.current_mode == old:
            await self.show(new)
        del self.names[old]
        await self.app.remove_mode(old)

    async def show_open(self) -> None:
        """Switch to the open screen."""
        if not self._open_mode:
            self._open_mode = "open"
            self.app.add_mode(self._open_mode, open_screen)
        keep_views(self.app)
        await self.app.switch_mode(self._open_mode)

    async def previous(self) -> None:
        """Switch to the previously used document."""
        if self.recency and self.app.current_mode != self.recency[0]:
            await self.show(self.recency[0])
        elif len(self.recency) > 1:
            await self.show(self.recency[1])

    async def show_table(self) -> None:
        """Switch from a document to the workspace that it was opened from, if any."""
        table = self._table_of.get(self.app.current_mode)
        if table in self.names:
            await self.show(table)

    def job_values(self, path: Path, name: str) -> JobValues | None:
        """Values of a metric in all jobs of the workspace that the document was opened from."""
        table = self._table_of.get(self.app.current_mode)
        if table not in self.names:
            return None
        from resim_inspect.tui.workspace.screen import WorkspaceScreen

        for screen in self.app.get_screen_stack(table):
            if isinstance(screen, WorkspaceScreen):
                return screen.table.job_values(path, name)
        return None

    async def close(self) -> str:
        """Close the current document and show the one used before.

        Returns a sentence that says why it cannot be closed; empty if it was.
        """
        mode = self.app.current_mode
        rest = [other for other in self.recency if other != mode]
        if not rest:
            return f"Nothing else is open; {key_of('app.quit')} quits the app."
        if mode not in self.names:
            return f"This screen is not a document; {key_of('open.back')} goes back."
        await self.show(rest[0])
        self.recency.remove(mode)
        del self.names[mode]
        self.paths = {path: name for path, name in self.paths.items() if name != mode}
        await self.app.remove_mode(mode)
        return ""


def _key(path: Path | BatchAddress) -> Path | BatchAddress:
    """Return the identity of an open document: all jobs of a batch share one."""
    return path.whole_batch if isinstance(path, BatchAddress) else absolute(path)
