"""Leaving at any moment: the app just ends, without a traceback."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.tui.app import InspectApp
from resim_inspect.tui.open.opening import open_path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    build = DocumentBuilder("left")
    build.scalar("speed", 1.0)
    return build.write(tmp_path / "metrics.binproto")


async def _run(app: InspectApp, leave: asyncio.Task[None]) -> None:
    await app.run_async(headless=True, size=(120, 40))
    await leave
    assert app.return_code == 0


@pytest.mark.parametrize("turns", range(0, 60, 2))
async def test_while_it_starts(path: Path, turns: int, capsys: pytest.CaptureFixture[str]) -> None:
    async def leave(app: InspectApp) -> None:
        while not app.is_running:
            await asyncio.sleep(0)
        for _ in range(turns):
            await asyncio.sleep(0.001)
        app.call_later(app.action_quit)

    app = InspectApp(open_path(path), watch=False)
    await _run(app, asyncio.create_task(leave(app)))
    assert "Traceback" not in "".join(capsys.readouterr())


@pytest.mark.parametrize("turns", range(0, 30, 3))
@pytest.mark.parametrize("key", ["2", "4", "question_mark", "ctrl+o", "f5"])
async def test_while_a_pane_or_screen_is_being_made(
    path: Path, key: str, turns: int, capsys: pytest.CaptureFixture[str]
) -> None:
    async def leave(app: InspectApp) -> None:
        while not app.first_frame_drawn:
            await asyncio.sleep(0.001)
        app.simulate_key(key)
        for _ in range(turns):
            await asyncio.sleep(0.001)
        app.call_later(app.action_quit)

    app = InspectApp(open_path(path), watch=False)
    await _run(app, asyncio.create_task(leave(app)))
    assert "Traceback" not in "".join(capsys.readouterr())


async def test_an_error_before_that_is_told(path: Path) -> None:
    async def fail(app: InspectApp) -> None:
        while not app.first_frame_drawn:
            await asyncio.sleep(0.001)

        def wrong() -> None:
            raise RuntimeError("wrong")

        app.screen.call_later(wrong)

    app = InspectApp(open_path(path), watch=False)
    failing = asyncio.create_task(fail(app))
    await app.run_async(headless=True, size=(120, 40))
    await failing
    assert app.return_code == 1
