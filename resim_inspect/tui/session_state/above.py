"""Screens above that of a document or workspace: what is kept of them, and opening them again."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any, cast

from textual.screen import Screen

from resim_inspect.tui.dashboard.host import DashboardApp
from resim_inspect.tui.document.screen import DocumentScreen
from resim_inspect.tui.document.session import Session
from resim_inspect.tui.graceful_exit import GracefulExitApp
from resim_inspect.tui.raw.host import RawApp
from resim_inspect.tui.session_state.documents import metric_position
from resim_inspect.tui.session_state.model import MAX_ABOVE, NOT_LINKED, SavedItem, SavedScreen
from resim_inspect.tui.workspace.screen import WorkspaceScreen

PAUSE = 0.02
"""Seconds between two looks whether a job with the metric of the dashboard has been read."""


def screens_above(base: Screen[Any], screens: Iterable[Screen[Any]]) -> tuple[SavedScreen, ...]:
    """Descriptions of the screens above the base, the lowest first, up to one that is not kept."""
    descriptions: list[SavedScreen] = []
    for screen in screens:
        description = _description(base, screen)
        if description is None:
            break
        descriptions.append(description)
    return tuple(descriptions[:MAX_ABOVE])


def _description(base: Screen[Any], screen: Screen[Any]) -> SavedScreen | None:
    """Description of a screen; None for one of another kind, or of another file."""
    # Where one of these is in view, its module has been imported.
    from resim_inspect.tui.dashboard.jobs_screen import JobsDashboard
    from resim_inspect.tui.dashboard.metrics_screen import MetricsDashboard
    from resim_inspect.tui.document.metrics.card_screen import CardScreen
    from resim_inspect.tui.raw.screen import RawScreen
    from resim_inspect.tui.workspace.chart_screen import ColumnChartScreen

    if isinstance(screen, MetricsDashboard):
        item = _metric(screen.session, screen.grid.item)
        return SavedScreen("dashboard", item, linked=screen.grid.linking.view())
    if isinstance(screen, JobsDashboard):
        at = screen.grid.item
        item = None if at is None else SavedItem(screen.rows[at].name)
        return SavedScreen("dashboard", item, linked=screen.grid.linking.view())
    if isinstance(screen, CardScreen):
        return SavedScreen("card", _metric(screen.session, screen.position))
    if isinstance(screen, ColumnChartScreen):
        return SavedScreen("column chart", is_histogram=screen.histogram)
    if isinstance(screen, RawScreen) and isinstance(base, DocumentScreen):
        document, node = base.session.document, screen.tree_list.node
        if screen.subject.path == document.path:
            return SavedScreen("raw", steps=() if node is None else node.steps)
    return None


def _metric(session: Session, position: int | None) -> SavedItem | None:
    if position is None:
        return None
    metric = session.document.metrics[position]
    return SavedItem(metric.name, metric.id, position)


async def open_above(app: GracefulExitApp, base: Screen[Any], above: Iterable[SavedScreen]) -> None:
    """Open the screens that were above the base, until one has nothing to show any more.

    Do nothing more as soon as the user has opened something else meanwhile.
    """
    below = base
    for saved in above:
        if isinstance(below, WorkspaceScreen) and not await _has_jobs(app, below, saved):
            return
        if app.screen is not below or app.leaving:
            return
        await _open(app, below, saved)
        if app.screen is below:
            return
        below = app.screen
        if saved.linked != NOT_LINKED:
            from resim_inspect.tui.dashboard.card_grid import CardGrid

            for grid in below.query(CardGrid):
                grid.relink(saved.linked)


async def _has_jobs(app: GracefulExitApp, screen: WorkspaceScreen, saved: SavedScreen) -> bool:
    """Wait until enough jobs have been read for a screen, at most until all of them are."""
    state = cast(DashboardApp, app).state_of(screen.folder.absolute())
    while screen.is_attached and (screen.is_reading or screen.table.is_building):
        is_dashboard = saved.kind == "dashboard"
        if is_dashboard and any(state.metric in row.cells for row in screen.table.rows):
            return True
        await asyncio.sleep(PAUSE)
    return screen.is_attached


async def _open(app: GracefulExitApp, below: Screen[Any], saved: SavedScreen) -> None:
    """Open one screen, unless what it showed is gone."""
    from resim_inspect.tui.document.metrics.pane import MetricsPane

    if isinstance(below, WorkspaceScreen):
        if saved.kind == "column chart":
            await _open_column_chart(app, below, saved)
        elif saved.kind == "dashboard":
            job = None if saved.item is None else saved.item.name
            await cast(DashboardApp, app).reopen_jobs(below, job)
        return
    session = session_of(below)
    if session is None:
        return
    position = None if saved.item is None else metric_position(session, saved.item)
    if saved.kind == "raw":
        await cast(RawApp, app).reopen_raw(session, saved.steps)
    elif saved.kind == "dashboard" and isinstance(below, DocumentScreen):
        await cast(DashboardApp, app).reopen_metrics(below, position)
    elif saved.kind == "card" and position is not None:
        from resim_inspect.tui.dashboard.metrics_screen import MetricsDashboard

        if isinstance(below, MetricsDashboard):
            await below.open_card(position)
        elif isinstance(below, DocumentScreen) and isinstance(below.pane, MetricsPane):
            await below.pane.open_card(position, below.pane.list.positions)


async def _open_column_chart(
    app: GracefulExitApp, screen: WorkspaceScreen, saved: SavedScreen
) -> None:
    from resim_inspect.tui.workspace.chart_screen import ColumnChartScreen

    if screen.table.selected.values is not None and screen.table.shown:
        chart = ColumnChartScreen(screen.table)
        chart.histogram = saved.is_histogram
        await app.push_screen(chart)


def session_of(screen: Screen[Any]) -> Session | None:
    """The document of a screen; None for a screen without one."""
    session: object = getattr(screen, "session", None)
    return session if isinstance(session, Session) else None
