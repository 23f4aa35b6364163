"""The part of the app that keeps the views of what is open, and opens the last session again."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from textual import work
from textual.app import SystemCommand
from textual.message import Message
from textual.screen import Screen
from textual.widget import Widget

from resim_inspect.tui.batch_address import BatchAddress
from resim_inspect.tui.graceful_exit import GracefulExitApp

if TYPE_CHECKING:
    from resim_inspect.tui.open_documents import OpenDocuments
    from resim_inspect.tui.session_state.keeping import ViewKeeper
    from resim_inspect.tui.session_state.model import SavedSession
    from resim_inspect.tui.session_state.reopening import OpenedAgain


class SessionApp:
    """An app that keeps views between its runs; it comes after the app among the bases."""

    class ViewRead(Message):
        """The saved view of a screen's path has been read; None without one."""

        def __init__(self, screen: Screen[Any], path: Path, view: SavedSession | None) -> None:
            super().__init__()
            self.screen = screen
            self.path = path
            self.view = view

    class SessionOpened(Message):
        """The documents of the last session have been opened."""

        def __init__(self, again: OpenedAgain) -> None:
            super().__init__()
            self.again = again

    documents: OpenDocuments

    def __init__(self, *, keeps_state: bool) -> None:
        self.keeps_state = keeps_state
        """True if views are read from the user's state folder and written to it."""
        self._keeper: ViewKeeper | None = None
        if keeps_state:
            self._app.before_exit(self._keep_everything)

    @property
    def _app(self) -> GracefulExitApp:
        return cast(GracefulExitApp, self)

    @property
    def _views(self) -> ViewKeeper:
        """The views of the screens; their module is imported after the first frame."""
        if self._keeper is None:
            from resim_inspect.tui.session_state.keeping import ViewKeeper

            self._keeper = ViewKeeper(self._app)
        return self._keeper

    # Views.

    def restore_view(self, screen: Screen[Any], path: Path | None) -> None:
        """Bring the screen of a path into the view that was kept of it; called once it is drawn."""
        if self.keeps_state and path is not None:
            self._read_view(screen, path.absolute())

    @work(thread=True, group="view", exit_on_error=False, description="reading the saved view")
    def _read_view(self, screen: Screen[Any], path: Path) -> None:
        # What restores and keeps is imported here: the thread of the screen handles keys already.
        from resim_inspect.tui.session_state import documents, keeping, reopening, tables  # noqa: F401
        from resim_inspect.tui.session_state.store import read_view

        self._app.post_message(self.ViewRead(screen, path, read_view(path)))

    def on_session_app_view_read(self, message: ViewRead) -> None:
        message.stop()
        if message.screen.is_attached and not self._app.leaving:
            self._views.start(message.screen, message.path, message.view)

    def pane_made(self, screen: Screen[Any], pane: Widget) -> None:
        """Bring a pane that has just been mounted into the view that was kept of it."""
        if self._keeper is not None:
            self._keeper.restore_pane(screen, pane)

    def keep_views(self) -> None:
        """Keep the views of the screens of the mode in view, which is about to be left."""
        if self._keeper is not None:
            self._keeper.keep(self._app.screen_stack)

    def _keep_everything(self) -> None:
        from resim_inspect.tui.session_state.reopening import keep_session

        self._views.keep(self._app.all_screens())
        keep_session(self._views.writer, self._app.all_screens(), self.documents.entries())

    def finish_state(self) -> None:
        """Wait for what is being written, at most a second; called when the app has ended."""
        if self._keeper is not None:
            self._keeper.writer.finish()

    def session_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Commands of the palette about views and sessions."""
        if not self.keeps_state:
            return
        base = None if self._keeper is None else self._keeper.base_of(screen)
        if base is not None:
            yield SystemCommand(
                "Forget the saved view",
                "Show this as if it were opened for the first time",
                lambda: self._views.forget(base),
            )
        yield SystemCommand(
            "Restore the last session",
            "Open again what was open when the app was left",
            self._reopen,
        )

    # The last session.

    def _reopen(self) -> None:
        self._open_again(frozenset(self.documents.entries()))

    @work(
        thread=True,
        exclusive=True,
        group="open",
        exit_on_error=False,
        description="opening the last session",
    )
    def _open_again(self, known: frozenset[Path | BatchAddress]) -> None:
        from resim_inspect.tui.session_state.reopening import open_again

        self._app.post_message(self.SessionOpened(open_again(known)))

    async def on_session_app_session_opened(self, message: SessionOpened) -> None:
        message.stop()
        from resim_inspect.tui.session_state.reopening import show_again

        await show_again(self._app, self.documents, message.again)

    @work(
        thread=True,
        exclusive=True,
        group="recent",
        exit_on_error=False,
        description="saving recents",
    )
    def remember_opened(self, path: Path | BatchAddress) -> None:
        """Put what was opened on top of the list of recent files."""
        from resim_inspect.tui.open.recent import remember

        remember(path)
