"""Notices of screens to an app that keeps their views; an app of another kind keeps none."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from textual.app import App
from textual.screen import Screen
from textual.widget import Widget

from resim_inspect.tui.workers import after_first_frame


@runtime_checkable
class ViewKeepingApp(Protocol):
    """An app that keeps the views of its screens between its runs."""

    def restore_view(self, screen: Screen[Any], path: Path | None) -> None:
        """Bring the screen of a path into the view that was kept of it; called once it is drawn."""

    def pane_made(self, screen: Screen[Any], pane: Widget) -> None:
        """Bring a pane that has just been mounted into the view that was kept of it."""

    def keep_views(self) -> None:
        """Keep the views of the screens of the mode in view, which is about to be left."""


def restore_later(screen: Screen[Any], path: Path | None) -> None:
    """Restore the view of a screen after the first frame, which does not wait for it."""
    app: object = screen.app
    if isinstance(app, ViewKeepingApp):
        after_first_frame(screen, lambda: app.restore_view(screen, path))


def pane_made(screen: Screen[Any], pane: Widget) -> None:
    """Restore the view of a new pane."""
    app: object = screen.app
    if isinstance(app, ViewKeepingApp):
        app.pane_made(screen, pane)


def keep_views(app: App[Any]) -> None:
    """Keep the views of the mode in view, which is about to be left."""
    keeper: object = app
    if isinstance(keeper, ViewKeepingApp):
        keeper.keep_views()
