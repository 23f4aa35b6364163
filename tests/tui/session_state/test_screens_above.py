"""Dashboards, cards, bytes and column charts that were open when the app was left come back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.building.sample import write_sample
from resim_inspect.tui.app import InspectApp
from resim_inspect.tui.dashboard.jobs_screen import JobsDashboard
from resim_inspect.tui.dashboard.linking import LinkedView, OwnCursor, OwnWindow, SharedCursor
from resim_inspect.tui.dashboard.metrics_screen import MetricsDashboard
from resim_inspect.tui.document.metrics.card_screen import CardScreen
from resim_inspect.tui.document.screen import DocumentScreen
from resim_inspect.tui.messages import OpenRequested
from resim_inspect.tui.raw.screen import RawScreen
from resim_inspect.tui.session_state.model import SavedItem, SavedScreen, session_from_json
from resim_inspect.tui.session_state.store import view_file
from resim_inspect.tui.workspace.chart_screen import ColumnChartScreen
from resim_inspect.tui.workspace.screen import WorkspaceScreen
from tests.tui.conftest import press, settle
from tests.tui.session_state.test_restoring import app_on, choose, chosen


@pytest.fixture
def metrics(tmp_path: Path) -> Path:
    return write_sample(tmp_path / "flight" / "outputs")


def jobs(folder: Path, count: int = 5) -> Path:
    """A workspace whose jobs have a number and a curve."""
    for number in range(count):
        build = DocumentBuilder(f"job-{number}")
        build.scalar("Mass", 2.0 + number)
        clock = build.times("clock", [0.0, 1.0, 2.0, 3.0])
        speed = build.doubles("speed", [float(number), 1.0, 2.0, 3.0], index=clock)
        state = build.statuses("ok", ["PASSED"] * 4, index=clock)
        build.double_over_time("Speed", [(speed, state)])
        build.write(folder / "jobs" / f"job-{number}" / "outputs" / "metrics.binproto")
    return folder


def dashboard(pilot: Pilot[Any]) -> MetricsDashboard:
    screen = pilot.app.screen
    assert isinstance(screen, MetricsDashboard)
    return screen


async def test_a_dashboard_comes_back_with_filter_page_cursor_and_zoom(metrics: Path) -> None:
    async with app_on(metrics, (80, 24)) as pilot:
        await press(pilot, "D", "right_square_bracket")
        grid = dashboard(pilot).grid
        await press(pilot, "slash", "o", "enter")
        grid.go_to(dashboard(pilot).session.catalog.names.index("Flight mode"))
        await settle(pilot)
        await press(pilot, "L", "L", "z")
        assert grid.page_number > 0
        assert grid.linking.is_zoomed
        before = (grid.state, grid.item, grid.page_number, grid.linking.view())
    async with app_on(metrics, (80, 24)) as pilot:
        grid = dashboard(pilot).grid
        assert (grid.state, grid.item, grid.page_number, grid.linking.view()) == before
        card = grid.drawn(grid.cursor)
        assert card is not None
        assert card[0].picture.x_range == grid.linking.window(card[0].request.key, card[1])
        await press(pilot, "escape", "escape", "escape", "escape")
        assert isinstance(pilot.app.screen, DocumentScreen)
        assert chosen(pilot) == "Flight mode", "as after a dashboard that was opened"
    async with app_on(metrics) as pilot:
        assert isinstance(pilot.app.screen, DocumentScreen), "it was closed"


async def test_the_bytes_of_a_card_of_a_dashboard_come_back(metrics: Path) -> None:
    async with app_on(metrics) as pilot:
        await press(pilot, "D", "right", "enter", "B", "down", "down")
        raw = pilot.app.screen
        assert isinstance(raw, RawScreen)
        assert raw.tree_list.node is not None
        steps = raw.tree_list.node.steps
        assert steps
        kinds = [type(screen) for screen in pilot.app.screen_stack]
        assert kinds[1:] == [MetricsDashboard, CardScreen, RawScreen]
    async with app_on(metrics) as pilot:
        assert [type(screen) for screen in pilot.app.screen_stack] == kinds
        raw = pilot.app.screen
        assert isinstance(raw, RawScreen)
        assert raw.tree_list.node is not None
        assert raw.tree_list.node.steps == steps
        await press(pilot, "escape", "escape", "escape")
        assert isinstance(pilot.app.screen, DocumentScreen)


async def test_what_is_gone_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "metrics.binproto"

    def write(*names: str) -> None:
        build = DocumentBuilder("job")
        for name in names:
            build.scalar(name, 1.0)
        build.write(path)

    write("Mass", "Speed")
    async with app_on(path) as pilot:
        await choose(pilot, "Speed")
        await press(pilot, "D", "enter", "B")
        assert len(pilot.app.screen_stack) == 4
    write("Mass")
    async with app_on(path) as pilot:
        # The card is gone, and with it what was above it.
        assert dashboard(pilot).grid.item == 0


async def test_a_metric_that_is_asked_for_goes_before_the_last_view(
    metrics: Path, tmp_path: Path
) -> None:
    async with app_on(metrics) as pilot:
        await choose(pilot, "Clearance to obstacles")
        await press(pilot, "4", "D")
        wanted = dashboard(pilot).session.catalog.names.index("Max speed")
    async with app_on(None) as pilot:
        pilot.app.post_message(OpenRequested(metrics, wanted))
        await settle(pilot)
        assert isinstance(pilot.app.screen, DocumentScreen)
        assert pilot.app.screen.current == "metrics"
        assert chosen(pilot) == "Max speed"


async def test_the_dashboard_of_jobs_comes_back(tmp_path: Path) -> None:
    folder = jobs(tmp_path / "batch")
    async with app_on(folder) as pilot:
        await press(pilot, "D", "end")
        screen = pilot.app.screen
        assert isinstance(screen, JobsDashboard)
        assert screen.metric == "Speed"
        assert screen.grid.item is not None
        job = screen.rows[screen.grid.item].name
        await press(pilot, "L")
        cursor = screen.grid.linking.cursor
        assert cursor is not None
    async with app_on(folder) as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, JobsDashboard)
        assert screen.metric == "Speed"
        assert screen.grid.item is not None
        assert screen.rows[screen.grid.item].name == job
        assert screen.grid.linking.cursor == cursor


async def test_the_chart_of_a_column_comes_back(tmp_path: Path) -> None:
    folder = jobs(tmp_path / "batch")
    async with app_on(folder) as pilot:
        table = pilot.app.screen.query_one("JobsTable")
        screen = pilot.app.screen
        assert isinstance(screen, WorkspaceScreen)
        column = next(each for each in screen.table.columns if each.key == "metric Mass")
        screen.table.select_column(column)
        await press(pilot, "o", "v")
        assert isinstance(pilot.app.screen, ColumnChartScreen)
        assert table.is_attached
    async with app_on(folder) as pilot:
        chart = pilot.app.screen
        assert isinstance(chart, ColumnChartScreen)
        assert (chart.column.key, chart.histogram) == ("metric Mass", True)


async def test_a_workspace_without_its_jobs_has_no_dashboard(tmp_path: Path) -> None:
    folder = jobs(tmp_path / "batch", 2)
    async with app_on(folder) as pilot:
        await press(pilot, "D")
        assert isinstance(pilot.app.screen, JobsDashboard)
    for file in folder.rglob("metrics.binproto"):
        file.unlink()
    async with app_on(folder) as pilot:
        assert isinstance(pilot.app.screen, WorkspaceScreen)


async def test_a_dialog_is_not_kept(metrics: Path) -> None:
    async with app_on(metrics) as pilot:
        await press(pilot, "D", "question_mark")
    async with app_on(metrics) as pilot:
        dashboard(pilot)


async def test_forgetting_opens_nothing_again(metrics: Path) -> None:
    async with app_on(metrics) as pilot:
        await press(pilot, "D")
    async with app_on(metrics) as pilot:
        # The command is offered where the notice of the view is shown.
        await press(pilot, "enter")
        assert len(pilot.app.screen_stack) == 3
        assert isinstance(pilot.app, InspectApp)
        commands = {each.title: each for each in pilot.app.get_system_commands(pilot.app.screen)}
        commands["Forget the saved view"].callback()
        await settle(pilot)
        assert isinstance(pilot.app.screen, DocumentScreen)
    assert not view_file(metrics).exists()


LINKED = LinkedView(
    SharedCursor("UTC", 1.5e18),
    (("UTC", (1.0, 2.0)),),
    (("Speed", OwnWindow("", (0.0, 1.0))), ("Mass", OwnWindow("UTC", None))),
)
ABOVE = (
    SavedScreen("dashboard", SavedItem("Speed", "id", 3), linked=LINKED),
    SavedScreen("card", SavedItem("Speed", "id", 3)),
    SavedScreen("raw", steps=((1, 0), (-1, 7))),
    SavedScreen("column chart", is_histogram=True),
)


def test_screens_survive_json() -> None:
    view = session_from_json({})
    view = type(view)(above=ABOVE)
    assert session_from_json(json.loads(json.dumps(view.to_json(), allow_nan=False))) == view
    own = LINKED._replace(cursor=OwnCursor("Speed", 2.0))
    view = type(view)(above=(SavedScreen("dashboard", linked=own),))
    assert session_from_json(json.loads(json.dumps(view.to_json()))) == view


@pytest.mark.parametrize(
    ("above", "expected"),
    [
        ("raw", ()),
        ([{"kind": "shell"}, {"kind": "raw"}], ()),
        ([{"kind": "raw", "steps": [[1, 2], [1], [3, 4]]}], (SavedScreen("raw", steps=((1, 2),)),)),
        ([{"kind": "raw", "steps": [[1, "2"], [True, 1]]}], (SavedScreen("raw"),)),
        ([{"kind": "card"}] * 9, (SavedScreen("card"),) * 4),
        (
            [
                {
                    "kind": "dashboard",
                    "linked": {
                        "cursor": [True, "UTC", 10**400],
                        "shared": [["UTC", [2, 1]], ["UTC"], 3],
                        "own": [["a", 1, None], ["b", "", [0, 10**400]]],
                    },
                }
            ],
            (SavedScreen("dashboard", linked=LinkedView(own=(("b", OwnWindow("", None)),))),),
        ),
        (
            [{"kind": "dashboard", "linked": {"cursor": [True, "UTC", False]}}],
            (SavedScreen("dashboard"),),
        ),
    ],
)
def test_broken_screens_are_left_out(above: object, expected: tuple[SavedScreen, ...]) -> None:
    assert session_from_json({"above": above}).above == expected
