"""Views of the screens that are open: restored once, and written when they have changed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeGuard
from weakref import WeakKeyDictionary, WeakSet

from textual.css.query import NoMatches
from textual.screen import Screen
from textual.widget import Widget

from resim_inspect.text import clean
from resim_inspect.tui.comparison.host import ComparedScreen
from resim_inspect.tui.dashboard.host import DashboardApp
from resim_inspect.tui.document.pane import Pane
from resim_inspect.tui.document.screen import DocumentScreen
from resim_inspect.tui.graceful_exit import GracefulExitApp
from resim_inspect.tui.key_hints import key_of
from resim_inspect.tui.session_state.model import FIRST_DASHBOARD, SavedScreen, SavedSession
from resim_inspect.tui.session_state.store import forget_view, write_view
from resim_inspect.tui.session_state.writer import StateWriter
from resim_inspect.tui.widgets.filter_host import FilterHost
from resim_inspect.tui.workspace.screen import WorkspaceScreen

if TYPE_CHECKING:
    from resim_inspect.tui.inputs.pane import InputsScreen
    from resim_inspect.tui.runs.runs_screen import RunsScreen


class _Kept(NamedTuple):
    """A screen whose view has been restored."""

    path: Path
    view: SavedSession
    """The view that is in the file; the first one if nothing is."""


class ViewKeeper:
    """The views of the documents and workspaces that are open."""

    def __init__(self, app: GracefulExitApp) -> None:
        self._app = app
        self._kept: WeakKeyDictionary[Screen[Any], _Kept] = WeakKeyDictionary()
        self._is_told = False
        """True once the user has been told that views cannot be written."""
        self._opening: WeakSet[Screen[Any]] = WeakSet()
        """Screens whose view is being restored: those above them may not be open yet."""
        self.writer = StateWriter(self._failed)

    def start(self, screen: Screen[Any], path: Path, view: SavedSession | None) -> None:
        """Restore a screen, and keep its view from now on."""
        if view is None:
            self._kept[screen] = _Kept(path, SavedSession())
            return
        if isinstance(self._app, DashboardApp) and view.dashboard != FIRST_DASHBOARD:
            # One of this run is newer.
            self._app.dashboards.setdefault(str(path), view.dashboard)
        self._run(screen, path, view)

    def _run(self, screen: Screen[Any], path: Path, view: SavedSession) -> None:
        async def restore() -> None:
            before = self._view(screen, SavedSession())
            # A pane that is made meanwhile takes its part from here.
            self._kept[screen] = _Kept(path, view)
            self._opening.add(screen)
            try:
                if isinstance(screen, WorkspaceScreen):
                    # Its dashboard does not wait until all jobs have been read.
                    await asyncio.gather(
                        self._restore(screen, view), self._open_above(screen, view)
                    )
                else:
                    await self._restore(screen, view)
                    await self._open_above(screen, view)
            finally:
                self._opening.discard(screen)
            if before is not None and _is_noticed(before, view):
                text = f"“Forget the saved view” ({key_of('app.commands')}) resets it."
                self._app.notify(text, title="The last view is back", timeout=4)

        screen.run_worker(
            restore(), group="view", exit_on_error=False, description="restoring the view"
        )

    async def _restore(self, screen: Screen[Any], view: SavedSession) -> None:
        if isinstance(screen, DocumentScreen):
            from resim_inspect.tui.session_state.documents import restore_document

            await restore_document(screen, view)
        elif isinstance(screen, WorkspaceScreen):
            from resim_inspect.tui.session_state.tables import restore_table

            await restore_table(screen, view)
        elif _is_inputs(screen):
            from resim_inspect.tui.session_state.inputs import restore_screen

            restore_screen(screen, view)
        elif isinstance(screen, ComparedScreen):
            from resim_inspect.tui.session_state.comparisons import restore_comparison

            await restore_comparison(screen, view)
        elif _is_run(screen):
            from resim_inspect.tui.session_state.runs import restore_run

            await restore_run(screen, view)

    async def _open_above(self, screen: Screen[Any], view: SavedSession) -> None:
        """Open the screens that were above, unless something else has been asked for."""
        asked_for = screen.asked_for if isinstance(screen, DocumentScreen) else None
        if asked_for is not None:
            if self._app.screen is screen:
                # The view has been restored over it.
                screen.post_message(asked_for)
        elif view.above:
            from resim_inspect.tui.session_state.above import open_above

            await open_above(self._app, screen, view.above)

    def restore_pane(self, screen: Screen[Any], pane: Widget) -> None:
        """Bring a new pane into the view that was kept of it."""
        view = self._kept.get(screen)
        if view is not None and isinstance(pane, Pane) and pane.id in dict(view.view.panes):
            from resim_inspect.tui.session_state.documents import restore_pane

            restore_pane(pane, view.view.view_of(pane.id or ""))
            if isinstance(pane, FilterHost):
                pane.call_later(pane.show_filter)

    def base_of(self, screen: Screen[Any]) -> Screen[Any] | None:
        """The screen whose view is kept: this one, or the nearest below it; None without one."""
        stack = self._app.screen_stack
        below = stack[: stack.index(screen) + 1] if screen in stack else [screen]
        return next((each for each in reversed(below) if each in self._kept), None)

    def _view(self, screen: Screen[Any], known: SavedSession) -> SavedSession | None:
        """The present view of a screen; None for one that is half-made or keeps none."""
        try:
            if isinstance(screen, DocumentScreen):
                from resim_inspect.tui.session_state.documents import document_view

                return document_view(screen, known)
            if isinstance(screen, WorkspaceScreen):
                from resim_inspect.tui.session_state.tables import table_view

                return table_view(screen, known, is_restoring=screen in self._opening)
            if _is_inputs(screen):
                from resim_inspect.tui.session_state.inputs import screen_view

                return screen_view(screen, known)
            if isinstance(screen, ComparedScreen):
                from resim_inspect.tui.session_state.comparisons import comparison_view

                return comparison_view(screen, known)
            if _is_run(screen):
                from resim_inspect.tui.session_state.runs import run_view

                return run_view(screen, known)
        except NoMatches:
            pass
        return None

    def keep(self, screens: Iterable[Screen[Any]]) -> None:
        """Write the views that have changed."""
        stack = list(screens)
        for index, screen in enumerate(stack):
            kept_view = self._kept.get(screen)
            view = None if kept_view is None else self._view(screen, kept_view.view)
            if kept_view is None or view is None:
                continue
            path = kept_view.path
            if screen not in self._opening:
                view = replace(view, above=_above(screen, stack[index + 1 :]))
            if isinstance(self._app, DashboardApp):
                dashboard = self._app.dashboards.get(str(path), kept_view.view.dashboard)
                view = replace(view, dashboard=dashboard)
            if view != kept_view.view:
                self._kept[screen] = _Kept(path, view)
                self._write(path, view)

    def _write(self, path: Path, view: SavedSession) -> None:
        self.writer.submit(lambda: write_view(path, view))

    def forget(self, screen: Screen[Any]) -> None:
        """Remove the view of a screen, and show it as at the first time."""
        kept_view = self._kept.pop(screen, None)
        if kept_view is None:
            return
        if isinstance(self._app, DashboardApp):
            self._app.dashboards.pop(str(kept_view.path), None)

        async def reset() -> None:
            while screen in self._app.screen_stack and self._app.screen is not screen:
                await self._app.pop_screen()
            await self._restore(screen, SavedSession())
            self._kept[screen] = _Kept(kept_view.path, SavedSession())

        self.writer.submit(lambda: forget_view(kept_view.path))
        screen.run_worker(
            reset(), group="view", exit_on_error=False, description="resetting the view"
        )

    def _failed(self, error: Exception) -> None:
        """Tell the user once that views cannot be written; called in the writer's thread."""
        if self._is_told or self._app.leaving:
            return
        self._is_told = True
        reason = getattr(error, "strerror", None) or str(error)
        self._app.notify(
            f"The state folder cannot be written: {clean(reason, 200)}.",
            title="Views are not kept",
            severity="warning",
            timeout=6,
            markup=False,
        )


def _is_inputs(screen: Screen[Any]) -> TypeGuard[InputsScreen]:
    # Where it is in view, its module has been imported.
    from resim_inspect.tui.inputs.pane import InputsScreen

    return isinstance(screen, InputsScreen)


def _is_run(screen: Screen[Any]) -> TypeGuard[RunsScreen]:
    # As above.
    from resim_inspect.tui.runs.runs_screen import RunsScreen

    return isinstance(screen, RunsScreen)


def _above(screen: Screen[Any], higher: Sequence[Screen[Any]]) -> tuple[SavedScreen, ...]:
    """Descriptions of the screens above one."""
    if not higher or isinstance(higher[0], DocumentScreen | WorkspaceScreen):
        return ()
    from resim_inspect.tui.session_state.above import screens_above

    return screens_above(screen, higher)


def _is_noticed(before: SavedSession, view: SavedSession) -> bool:
    """Return True if a restored view looks other than the first one, cursors apart."""
    return _without_cursors(before) != _without_cursors(view)


def _without_cursors(view: SavedSession) -> SavedSession:
    table = view.table
    return SavedSession(
        view.pane,
        tuple((name, replace(pane, item=None)) for name, pane in view.panes if name == "metrics"),
        None if table is None else replace(table, job="", column=""),
        above=view.above,
    )
