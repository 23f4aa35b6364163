"""Factories of the app's screens; each screen's module is imported when it is first used."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.app import App
from textual.screen import Screen

from resim_inspect.tui.messages import CompareRequested
from resim_inspect.tui.open.detect import PathKind
from resim_inspect.tui.open.opening import Opened

if TYPE_CHECKING:
    from resim_inspect.tui.document.pane import Pane
    from resim_inspect.tui.document.screen import PaneFactory
    from resim_inspect.tui.document.session import Session
    from resim_inspect.tui.open.evaluating import ReplaceScreen


def _metrics(session: Session, id: str) -> Pane:
    from resim_inspect.tui.document.metrics.pane import MetricsPane

    return MetricsPane(session, id=id)


def _data(session: Session, id: str) -> Pane:
    from resim_inspect.tui.document.data.pane import DataPane

    return DataPane(session, id=id)


def _events(session: Session, id: str) -> Pane:
    from resim_inspect.tui.document.events.pane import EventsPane

    return EventsPane(session, id=id)


def _findings(session: Session, id: str) -> Pane:
    from resim_inspect.tui.document.findings.pane import FindingsPane

    return FindingsPane(session, id=id)


def _inputs(session: Session, id: str) -> Pane:
    from resim_inspect.tui.inputs.pane import InputsPane

    return InputsPane(session, id=id)


PANES: dict[str, PaneFactory] = {
    "metrics": _metrics,
    "data": _data,
    "events": _events,
    "findings": _findings,
    "inputs": _inputs,
}
"""Panes of a document's screen, in the order of their keys."""


def screen_for(opened: Opened, replace: ReplaceScreen, *, watch: bool = True) -> Screen[Any]:
    """Create the screen of an opened path or batch.

    `replace` puts an evaluated document into the place of a screen; `watch`: follow the disk.
    """
    detected = opened.detected
    if opened.session is not None:
        from resim_inspect.tui.document.screen import DocumentScreen

        return DocumentScreen(opened.session, PANES, watch=watch)
    if detected.kind is PathKind.METRICS:
        from resim_inspect.tui.open.evaluating import EvaluatingScreen

        return EvaluatingScreen(detected, replace)
    if opened.address is not None:
        from resim_inspect.tui.cloud.cache import api_url
        from resim_inspect.tui.cloud.fetch_screen import FetchScreen

        return FetchScreen(detected.path, opened.address, api_url(os.environ), watch=watch)
    if detected.kind is PathKind.WORKSPACE:
        from resim_inspect.tui.workspace.screen import WorkspaceScreen

        return WorkspaceScreen(detected.path, detected.description, watch=watch)
    if detected.kind is PathKind.RUN:
        from resim_inspect.tui.runs.runs_screen import RunsScreen

        return RunsScreen(detected.path, watch=watch)
    from resim_inspect.tui.inputs.pane import InputsScreen

    return InputsScreen(detected.path, detected.description, watch=watch)


def compare_later(app: App[Any], request: CompareRequested) -> None:
    """Request a comparison once its screens are imported, which takes several frames."""

    def imported() -> None:
        import resim_inspect.tui.comparing  # noqa: F401

        app.post_message(request)

    app.run_worker(
        imported, thread=True, group="compare", exit_on_error=False, description="comparing"
    )


def import_screen_of(opened: Opened) -> None:
    """Import the screen of an opened path or batch, in the thread of a worker: this takes
    several frames, and the same for the chart of the first metric."""
    if opened.session is not None:
        import resim_inspect.charts.build.job_values
        import resim_inspect.tui.document.metrics.card
        import resim_inspect.tui.document.screen
    elif opened.detected.kind is PathKind.WORKSPACE:
        import resim_inspect.tui.workspace.screen  # noqa: F401


def open_screen() -> Screen[Any]:
    """Create the open screen on the current directory."""
    from resim_inspect.tui.open.screen import OpenScreen

    return OpenScreen(Path())
