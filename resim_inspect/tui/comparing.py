"""Comparison of what is open: the choice of its base, and the screen above what is in view."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from textual.app import App

from resim_inspect.files import absolute, expanded
from resim_inspect.text import clean, cut_left
from resim_inspect.tui.comparison.host import CompareHost
from resim_inspect.tui.comparison.jobs.screen import ComparedJobsScreen
from resim_inspect.tui.comparison.screen import ComparisonScreen
from resim_inspect.tui.messages import CompareRequested, GoTo, OpenRequested
from resim_inspect.tui.open.recent import read_recent
from resim_inspect.tui.widgets.dialogs import ChoiceDialog
from resim_inspect.tui.widgets.prompt import Prompt

MAX_PATHS = 12
"""Paths in the list."""
OTHER = "another path…"


def compare(app: App[Any], request: CompareRequested, opened: Iterable[object]) -> None:
    """Show a comparison, after asking for its base if the request names none.

    `opened` are the paths of what is open.
    """
    below = app.screen

    def closed(position: int | None) -> None:
        if position is None:
            return
        if isinstance(below, CompareHost):
            below.post_message(GoTo("metric", position))
        else:
            app.post_message(OpenRequested(request.path, position))

    def show(base: Path) -> None:
        if request.is_batch:
            app.push_screen(ComparedJobsScreen(base, request.path))
        else:
            first = request.metric, request.event
            is_part = isinstance(below, ComparedJobsScreen | ComparisonScreen)
            screen = ComparisonScreen(base, request.path, first=first, is_part=is_part)
            app.push_screen(screen, closed)

    if request.base is not None:
        show(request.base)
    else:
        choose_base(app, request.path, opened, show)


def choose_base(
    app: App[Any],
    path: Path,
    opened: Iterable[object],
    chosen: Callable[[Path], None],
    *,
    title: str = "Compare with the base",
) -> None:
    """Ask for a base for what is at a path; `opened` are the paths of what is open."""
    own = absolute(path)
    candidates = (path for path in (*opened, *read_recent()) if isinstance(path, Path))
    paths = [
        path
        for path in dict.fromkeys(absolute(candidate) for candidate in candidates)
        if path != own
    ]
    del paths[MAX_PATHS:]

    def typed(text: str | None) -> None:
        if text and text.strip():
            chosen(expanded(text.strip()))

    def answered(row: int | None) -> None:
        if row is None:
            return
        if row < len(paths):
            chosen(paths[row])
        else:
            app.push_screen(
                Prompt("Compare with", "path of a file, folder or workspace", done="compare"), typed
            )

    rows = [*(clean(str(path), 200) for path in paths), OTHER]
    app.push_screen(ChoiceDialog(title, rows, cut=cut_left), answered)
