"""Opening of dashboards from the screens of documents and workspaces, and their states."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from textual.app import App

if TYPE_CHECKING:
    from resim_inspect.tui.dashboard.state import DashboardState
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

    def _state(self, path: object) -> DashboardState:
        from resim_inspect.tui.dashboard.state import DashboardState

        return self.dashboards.get(str(path), DashboardState())

    def _keep(self, path: object, state: DashboardState) -> None:
        self.dashboards[str(path)] = state

    def _show_metrics(self, screen: DocumentScreen) -> None:
        from resim_inspect.tui.dashboard.metrics_screen import MetricsDashboard
        from resim_inspect.tui.document.metrics.pane import MetricsPane

        file = screen.session.document.path
        path = screen.session.label if file is None else file.absolute()
        pane = next(pane for pane in screen.panes if isinstance(pane, MetricsPane))
        metrics = pane.list
        query = "" if metrics.query_error else metrics.query_text
        state = replace(self._state(path), query=query, grouping=metrics.grouping.value)

        def closed(position: int | None) -> None:
            if position is not None:
                metrics.go_to(position)
                screen.update_lines()

        dashboard = MetricsDashboard(
            screen.session, state, lambda state: self._keep(path, state), metrics.position
        )
        cast(App[Any], self).push_screen(dashboard, closed)

    def _show_jobs(self, screen: WorkspaceScreen) -> None:
        from resim_inspect.tui.dashboard.job_cards import first_metric
        from resim_inspect.tui.dashboard.jobs_screen import JobsDashboard

        path, table = screen.folder.absolute(), screen.table
        state = self._state(path)
        known = {name for row in table.rows for name in row.cells}
        chosen = table.selected.key.removeprefix("metric ")
        is_metric = table.selected.key.startswith("metric ")
        metric = chosen if is_metric else state.metric
        if metric not in known:
            metric = first_metric(table.rows)
        if metric not in known:
            text = "No job has a metric yet that could be shown."
            cast(App[Any], self).notify(text, timeout=4)
            return
        query = "" if table.query_error else table.query_text
        if table.only_failing and "is:failing" not in query:
            query = f"{query} is:failing".strip()
        job = None if table.job is None else table.job.name

        def closed(item: int | None) -> None:
            if item is not None:
                table.go_to(dashboard.rows[item].name)

        dashboard = JobsDashboard(
            screen,
            replace(state, query=query, metric=metric),
            lambda state: self._keep(path, state),
            job,
        )
        cast(App[Any], self).push_screen(dashboard, closed)
