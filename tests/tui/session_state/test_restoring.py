"""Views that are kept when a document or workspace is left, and come back when it is opened."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.worker import Worker

from resim_inspect.arguments import NO_STATE
from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.building.sample import write_sample
from resim_inspect.filtering.catalog import Grouping
from resim_inspect.tui.app import InspectApp
from resim_inspect.tui.comparison.screen import ComparisonScreen
from resim_inspect.tui.document.data.pane import DataPane
from resim_inspect.tui.document.metrics.pane import MetricsPane
from resim_inspect.tui.document.screen import DocumentScreen
from resim_inspect.tui.messages import CompareRequested, OpenRequested
from resim_inspect.tui.open.opening import open_path
from resim_inspect.tui.open.recent import read_recent
from resim_inspect.tui.session_state.store import view_file
from resim_inspect.tui.user_state import state_file
from resim_inspect.tui.workspace.screen import WorkspaceScreen
from tests.tui.conftest import press, running, settle, text
from tests.tui.state_pilot import until


@asynccontextmanager
async def app_on(
    path: Path | None, size: tuple[int, int] = (120, 40), *, keeps_state: bool = True
) -> AsyncIterator[Pilot[Any]]:
    """The app as the command starts it; what it keeps is on the disk at the end."""
    opened = None if path is None else open_path(path)
    app = InspectApp(opened, watch=False, keeps_state=keeps_state)
    async with running(app, size) as pilot:
        yield pilot
        app.exit()
        while app.is_running and not app._exit:
            await pilot.pause(0.01)
    app.finish_state()


def metrics_of(pilot: Pilot[Any]) -> MetricsPane:
    return pilot.app.screen.query_one(MetricsPane)


def chosen(pilot: Pilot[Any]) -> str:
    """Name of the metric under the cursor."""
    pane = metrics_of(pilot)
    assert pane.list.position is not None
    return pane.session.catalog.names[pane.list.position]


async def choose(pilot: Pilot[Any], name: str) -> None:
    pane = metrics_of(pilot)
    pane.list.go_to(pane.session.catalog.names.index(name))
    await settle(pilot)


def chart_of(pilot: Pilot[Any]) -> Any:
    card = metrics_of(pilot).card
    assert card is not None
    return card.chart


@pytest.fixture
def metrics(tmp_path: Path) -> Path:
    return write_sample(tmp_path / "flight" / "outputs")


async def test_a_document_comes_back_as_it_was_left(metrics: Path, notices: list[str]) -> None:
    async with app_on(metrics) as pilot:
        assert not any("saved view" in text for text in notices)
        pane = metrics_of(pilot)
        pane.set_filter("-type:image")
        pane.list.regroup(Grouping.TYPE, {Grouping.TYPE: {"bar chart"}})
        await choose(pilot, "Clearance to obstacles")
        await press(pilot, "greater_than_sign", "tab", "z", "z", "t")
        assert chart_of(pilot).has_focus
        before = chart_of(pilot).state
        width, time = pane.side_width, chart_of(pilot).options.time
        assert before.window is not None
        rows = pane.list.positions
        await press(pilot, "D", "P")
        while not isinstance(pilot.app.screen, DocumentScreen):
            await press(pilot, "escape")
        await press(pilot, "2", "down", "down", "v")
        data = pilot.app.screen.query_one(DataPane).data
    file = view_file(metrics)
    assert file.stat().st_size < 64 * 1024
    if sys.platform != "win32":
        assert file.stat().st_mode & 0o777 == 0o600
        assert file.parent.stat().st_mode & 0o777 == 0o700
    async with app_on(metrics) as pilot:
        assert any("Forget the saved view" in text for text in notices)
        screen = pilot.app.screen
        assert isinstance(screen, DocumentScreen)
        assert screen.current == "data"
        again = screen.query_one(DataPane)
        assert data is not None
        assert again.data is not None
        assert (again.data.name, again.is_chart) == (data.name, True)
        await press(pilot, "1")
        pane = metrics_of(pilot)
        assert pane.list.query_text == "-type:image"
        assert "-type:image" in text(pilot), "what hides rows is in view"
        assert (pane.list.grouping, pane.list.positions) == (Grouping.TYPE, rows)
        assert chosen(pilot) == "Clearance to obstacles"
        assert (pane.side_width, chart_of(pilot).options.time) == (width, time)
        assert chart_of(pilot).state == before
        assert isinstance(pilot.app, InspectApp)
        [dashboard] = pilot.app.dashboards.values()
        assert dashboard.pins == ("Clearance to obstacles",)


async def test_what_does_not_fit_a_changed_file_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "metrics.binproto"

    def write(names: list[str], samples: int) -> None:
        build = DocumentBuilder("job")
        for name in names:
            build.scalar(name, 1.0)
        clock = build.times("clock", [float(second) for second in range(samples)])
        height = build.doubles("height", [float(n) for n in range(samples)], index=clock)
        build.double_over_time("Height", [(height, build.statuses("ok", height))])
        build.write(path)

    write(["Mass", "Speed", "Range"], 100)
    async with app_on(path) as pilot:
        await choose(pilot, "Height")
        await press(pilot, "tab", "l", "L", "L", "L", "L", "z", "z")
        low, high = chart_of(pilot).window
        assert 10 < low < high
    write(["Mass", "Extra", "Range"], 100)
    async with app_on(path) as pilot:
        assert chosen(pilot) == "Height"
        assert chart_of(pilot).window == (low, high)
    write(["Mass", "Range"], 10)
    async with app_on(path) as pilot:
        assert chosen(pilot) == "Height"
        assert not chart_of(pilot).is_zoomed
        await choose(pilot, "Range")
    write(["Mass", "Speed"], 10)
    async with app_on(path) as pilot:
        assert metrics_of(pilot).list.count
    DocumentBuilder("job").write(path)
    async with app_on(path) as pilot:
        assert metrics_of(pilot).list.position is None


async def test_a_narrow_screen_keeps_the_zoom_of_a_wide_one(metrics: Path) -> None:
    async with app_on(metrics) as pilot:
        await choose(pilot, "Clearance to obstacles")
        await press(pilot, "tab", "z", "z")
        before = chart_of(pilot).state
    async with app_on(metrics, (60, 20)) as pilot:
        assert chosen(pilot) == "Clearance to obstacles"
        await press(pilot, "3")
    async with app_on(metrics) as pilot:
        await press(pilot, "1")
        assert chart_of(pilot).state == before


async def test_a_hidden_list_stays_hidden(metrics: Path) -> None:
    async with app_on(metrics) as pilot:
        await press(pilot, "backslash")
    async with app_on(metrics) as pilot:
        assert metrics_of(pilot).is_list_hidden()
        assert chart_of(pilot).has_focus
        assert "show list" in text(pilot)


async def test_forgetting_shows_a_document_as_at_first(metrics: Path) -> None:
    async with app_on(metrics) as pilot:
        pane = metrics_of(pilot)
        first = chosen(pilot)
        pane.set_filter("speed")
        await press(pilot, "less_than_sign", "greater_than_sign", "o", "4")
    async with app_on(metrics) as pilot:
        assert isinstance(pilot.app, InspectApp)
        commands = {each.title: each for each in pilot.app.get_system_commands(pilot.app.screen)}
        commands["Forget the saved view"].callback()
        await settle(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, DocumentScreen)
        pane = metrics_of(pilot)
        assert (screen.current, pane.list.query_text) == ("metrics", "")
        assert (pane.list.grouping, pane.side_width) == (Grouping.STATUS, None)
        assert chosen(pilot) == first
    assert not view_file(metrics).exists()


async def test_a_view_that_is_as_at_first_is_not_kept(metrics: Path) -> None:
    async with app_on(metrics):
        pass
    assert not view_file(metrics).exists()


async def test_without_state_nothing_is_read_or_written(
    metrics: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with app_on(metrics) as pilot:
        metrics_of(pilot).set_filter("speed")
    folder = state_file("any").parent
    before = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    monkeypatch.setenv(NO_STATE, "1")
    async with app_on(metrics, keeps_state=False) as pilot:
        assert metrics_of(pilot).list.query_text == ""
        metrics_of(pilot).set_filter("flight")
        assert isinstance(pilot.app, InspectApp)
        titles = [each.title for each in pilot.app.get_system_commands(pilot.app.screen)]
        assert "Restore the last session" not in titles
        assert read_recent() == []
    assert {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()} == before


async def test_the_last_of_two_apps_on_a_path_wins_whole(metrics: Path) -> None:
    async with app_on(metrics) as one:
        async with app_on(metrics) as other:
            metrics_of(other).set_filter("speed")
            await press(other, "4")
        metrics_of(one).set_filter("flight")
    view = json.loads(view_file(metrics).read_text())["view"]
    assert (view["panes"]["metrics"]["query"], view["pane"]) == ("flight", "metrics")
    assert sorted(file.suffix for file in view_file(metrics).parent.iterdir()) == [".json"]


async def test_a_state_folder_that_cannot_be_written_is_told_once(
    metrics: Path, tmp_path: Path, notices: list[str]
) -> None:
    second = write_sample(tmp_path / "second")
    (tmp_path / "state").write_text("not a folder")
    async with app_on(metrics) as pilot:
        for number, path in enumerate((second, metrics, second, metrics)):
            current = pilot.app.screen.query_one(MetricsPane)
            current.set_filter(f"speed{number}")
            pilot.app.post_message(OpenRequested(path))
            await settle(pilot)
    assert sum("state folder" in text for text in notices) == 1


async def test_the_table_of_a_workspace_comes_back(tmp_path: Path) -> None:
    for number in range(5):
        build = DocumentBuilder(f"job-{number}")
        build.scalar("Max speed", 9.0 - number, status="FAIL_WARN" if number > 1 else "PASSED")
        build.scalar("Mass", 2.0)
        build.write(tmp_path / "batch" / "jobs" / f"job-{number}" / "outputs" / "metrics.binproto")
    async with app_on(tmp_path / "batch") as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, WorkspaceScreen)
        table = screen.table
        keys = [column.key for column in table.columns]
        table.select_column(table.columns[keys.index("metric Max speed")])
        table.action_sort()
        await press(pilot, "f")
        table.set_columns(table.column_layout.with_hidden("metric Mass", hide=True))
        screen.set_filter("job-")
        table.go_to("job-3")
        layout, shown = table.layout_state, [row.name for row in table.shown]
        assert table.only_failing
    async with app_on(tmp_path / "batch") as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, WorkspaceScreen)
        table = screen.table
        assert table.layout_state == layout
        assert [row.name for row in table.shown] == shown
        assert (table.query_text, table.only_failing) == ("job-", True)
        assert table.has_focus
        assert table.job is not None
        assert (table.job.name, table.selected.key) == ("job-3", "metric Max speed")


def is_restored(workers: Iterable[Worker[Any]]) -> bool:
    """Return True once the view of a screen has been read and is being restored."""
    return any(worker.description == "restoring the view" for worker in workers)


async def test_a_job_that_was_not_read_before_the_end_stays_in_the_view(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        build = DocumentBuilder(f"job-{number}")
        build.scalar("Mass", 2.0)
        build.write(tmp_path / "jobs" / f"job-{number}" / "outputs" / "metrics.binproto")
    async with app_on(tmp_path) as pilot:
        await press(pilot, "G", "l")
    kept = json.loads(view_file(tmp_path).read_text())["view"]["table"]
    assert kept["job"] == "job-2"
    assert kept["column"]

    def endless(screen: WorkspaceScreen) -> None:
        screen._reading = True

    with monkeypatch.context() as patch:
        patch.setattr(WorkspaceScreen, "scan", endless)
        app = InspectApp(open_path(tmp_path), watch=False, keeps_state=True)
        async with app.run_test(size=(120, 40)) as pilot:
            await until(pilot, lambda: is_restored(app.workers))
            await pilot.press("f", "q")
        app.finish_state()
    after = json.loads(view_file(tmp_path).read_text())["view"]["table"]
    assert after == {**kept, "only_failing": True}


async def test_the_last_session_is_opened_again(metrics: Path, tmp_path: Path) -> None:
    second = write_sample(tmp_path / "second")
    gone = write_sample(tmp_path / "gone")
    async with app_on(metrics) as pilot:
        for path in (gone, second):
            pilot.app.post_message(OpenRequested(path))
            await settle(pilot)
        pilot.app.post_message(CompareRequested(second, metrics))
        await settle(pilot)
        assert isinstance(pilot.app.screen, ComparisonScreen)
    gone.unlink()
    async with app_on(None) as pilot:
        assert isinstance(pilot.app, InspectApp)
        commands = {each.title: each for each in pilot.app.get_system_commands(pilot.app.screen)}
        assert "Forget the saved view" not in commands
        commands["Restore the last session"].callback()
        await settle(pilot)
        assert pilot.app.documents.entries() == [second, metrics]
        screen = pilot.app.screen
        assert isinstance(screen, ComparisonScreen)
        assert (screen.base, screen.other) == (metrics, second)


async def test_the_last_session_of_a_first_run_is_a_sentence(notices: list[str]) -> None:
    async with app_on(None) as pilot:
        assert isinstance(pilot.app, InspectApp)
        commands = {each.title: each for each in pilot.app.get_system_commands(pilot.app.screen)}
        commands["Restore the last session"].callback()
        await settle(pilot)
    assert notices == ["No last session has been saved."]
