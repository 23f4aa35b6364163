"""Messages that come while what they ask for is still being made."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.tui.app import InspectApp
from resim_inspect.tui.document.screen import DocumentScreen
from resim_inspect.tui.messages import GoTo
from resim_inspect.tui.open.opening import open_path
from resim_inspect.tui.screens import PANES


@pytest.fixture
def app(tmp_path: Path) -> InspectApp:
    build = DocumentBuilder("typed")
    build.scalar("speed", 1.0)
    return InspectApp(open_path(build.write(tmp_path / "metrics.binproto")), watch=False)


@pytest.mark.parametrize(("key", "name"), [("2", "data"), ("3", "events"), ("4", "findings")])
async def test_a_file_is_judged_while_a_pane_is_being_made(
    app: InspectApp, key: str, name: str
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await app.workers.wait_for_complete()
        await pilot.pause()
        screen = app.screen
        assert isinstance(screen, DocumentScreen)
        report = screen.session.report
        assert report is not None
        app.simulate_key(key)
        while screen.current != name:
            screen.post_message(screen.ValidationFinished(screen.session, report, ""))
            await asyncio.sleep(0)
        await pilot.pause()
        for pane in screen.panes:
            assert pane.session is screen.session, pane


async def test_two_want_a_pane_at_once(app: InspectApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        screen = app.screen
        assert isinstance(screen, DocumentScreen)
        app.simulate_key("2")
        while screen.current != "data":
            screen.post_message(GoTo("data", 0))
            await asyncio.sleep(0)
        await pilot.pause()
        assert [pane.id for pane in screen.panes] == ["metrics", "data"]


async def test_all_panes_are_wanted_at_once(app: InspectApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        screen = app.screen
        assert isinstance(screen, DocumentScreen)
        for key in "42531425":
            app.simulate_key(key)
        await pilot.pause()
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert {pane.id for pane in screen.panes} == set(PANES)
        assert screen.current == list(PANES)[4]
