"""Opening of dashboards from the screens of documents and workspaces, and their states."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from textual.app import App
from textual.widget import AwaitMount

if TYPE_CHECKING:
    from pathlib import Path

    from resim_inspect.job_rows import JobRow
    from resim_inspect.tui.dashboard.state import DashboardState
    from resim_inspect.tui.document.metrics.metric_list import MetricList
    from resim_inspect.tui.document.screen import DocumentScreen
    from resim_inspect.tui.workspace.screen import WorkspaceScreen


class DashboardApp:
    """An app that opens dashboards; it comes after the app among the bases."""

    def __init__(self) -> None:
        self.dashboards: dict[str, DashboardState] = {}
        """States of dashboards by the path of their document or workspace."""

    def action_dashboard(self) -> None:
        from resim_inspect.tui.document.screen import DocumentScreen
        from resim_inspect.tui.workspace.screen import WorkspaceScreen

        screen = cast(App[Any], self).screen
        if isinstance(screen, DocumentScreen):
            self._show_metrics(screen)
        elif isinstance(screen, WorkspaceScreen):
            self._show_jobs(screen)

    def state_of(self, path: object) -> DashboardState:
        """The state of a dashboard; the first one if it has not been shown."""
        from resim_inspect.tui.dashboard.state import DashboardState

        return self.dashboards.get(str(path), DashboardState())

    def _keep(self, path: object, state: DashboardState) -> None:
        self.dashboards[str(path)] = state

    def _show_metrics(self, screen: DocumentScreen) -> None:
        path, metrics = _path_of(screen), _list_of(screen)
        query = "" if metrics.query_error else metrics.query_text
        state = replace(self.state_of(path), query=query, grouping=metrics.grouping.value)
        self._push_metrics(screen, state, metrics.position)

    def reopen_metrics(self, screen: DocumentScreen, position: int | None) -> AwaitMount:
        """Show the dashboard of a document as it was left, at the card of a metric."""
        return self._push_metrics(screen, self.state_of(_path_of(screen)), position)

    def _push_metrics(
        self, screen: DocumentScreen, state: DashboardState, position: int | None
    ) -> AwaitMount:
        from resim_inspect.tui.dashboard.metrics_screen import MetricsDashboard

        path, metrics = _path_of(screen), _list_of(screen)

        def closed(position: int | None) -> None:
            if position is not None:
                metrics.go_to(position)
                screen.update_lines()

        dashboard = MetricsDashboard(
            screen.session, state, lambda state: self._keep(path, state), position
        )
        return cast(App[Any], self).push_screen(dashboard, closed)

    def _show_jobs(self, screen: WorkspaceScreen) -> None:
        table = screen.table
        state = self.state_of(screen.folder.absolute())
        # Late, as the first frame does not need it.
        from resim_inspect.tui.widgets.column_values import metric_of

        metric = metric_of(table.selected.key)
        if metric is not None:
            state = replace(state, metric=metric)
        state = _with_known_metric(state, table.rows)
        if not state.metric:
            text = "No job has a metric yet that could be shown."
            cast(App[Any], self).notify(text, timeout=4)
            return
        query = "" if table.query_error else table.query_text
        if table.only_failing and "is:failing" not in query:
            query = f"{query} is:failing".strip()
        job = None if table.job is None else table.job.name
        self._push_jobs(screen, replace(state, query=query), job)

    async def reopen_jobs(self, screen: WorkspaceScreen, job: str | None) -> None:
        """Show the dashboard of a workspace as it was left, at the card of a job.

        Without a job that has a metric, there is none.
        """
        state = self.state_of(screen.folder.absolute())
        state = _with_known_metric(state, screen.table.rows)
        if state.metric:
            await self._push_jobs(screen, state, job)

    def _push_jobs(
        self, screen: WorkspaceScreen, state: DashboardState, job: str | None
    ) -> AwaitMount:
        from resim_inspect.tui.dashboard.jobs_screen import JobsDashboard

        def closed(item: int | None) -> None:
            if item is not None:
                screen.table.go_to(dashboard.rows[item].name)

        path = screen.folder.absolute()
        dashboard = JobsDashboard(screen, state, lambda state: self._keep(path, state), job)
        return cast(App[Any], self).push_screen(dashboard, closed)


def _path_of(screen: DocumentScreen) -> Path | str:
    """The path by which the dashboard of a document is kept."""
    file = screen.session.document.path
    return screen.session.label if file is None else file.absolute()


def _list_of(screen: DocumentScreen) -> MetricList:
    from resim_inspect.tui.document.metrics.pane import MetricsPane

    return next(pane for pane in screen.panes if isinstance(pane, MetricsPane)).list


def _with_known_metric(state: DashboardState, rows: Sequence[JobRow]) -> DashboardState:
    """The state with a metric that some job has; with an empty one if no job has any."""
    from resim_inspect.tui.dashboard.job_cards import first_metric

    known = {name for row in rows for name in row.cells}
    metric = state.metric if state.metric in known else first_metric(rows)
    return replace(state, metric=metric if metric in known else "")
