"""Leaving at any moment of the start: the app just ends."""

from __future__ import annotations

import asyncio
from pathlib import Path

from resim_inspect.document.builder import DocumentBuilder
from resim_inspect.tui.app import InspectApp
from resim_inspect.tui.opening import open_path


async def test_an_app_that_is_left_while_it_starts_just_ends(tmp_path: Path) -> None:
    build = DocumentBuilder("left")
    build.scalar("speed", 1.0)
    path = build.write(tmp_path / "metrics.binproto")

    async def leave(app: InspectApp, turns: int) -> None:
        while not app.is_running:
            await asyncio.sleep(0)
        for _ in range(turns):
            await asyncio.sleep(0.001)
        await app.action_quit()

    for turns in range(40):
        app = InspectApp(open_path(path), watch=False)
        leaving = asyncio.create_task(leave(app, turns))
        await app.run_async(headless=True, size=(120, 40))
        await leaving
        assert app.return_code == 0, turns
