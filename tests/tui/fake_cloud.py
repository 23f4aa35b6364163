"""A batch in a cloud that is as slow as a test wants, and the app on it."""

from __future__ import annotations

import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from socket import socket
from typing import Any

import pytest
from textual.pilot import Pilot

from resim_inspect.tui.app import InspectApp
from resim_inspect.tui.batch_address import BatchAddress
from resim_inspect.tui.cloud.fetch_bar import FetchBar
from resim_inspect.tui.open.opening import open_path
from tests.api.misbehaving_server import Behaviour, Rude, rude
from tests.runner.fetch_harness import BATCH, PROJECT, TOKEN, offer

ADDRESS = BatchAddress(PROJECT, BATCH)


class Cloud:
    """A server with a batch, some of whose answers wait for a word."""

    def __init__(self, server: Rude, cache: Path) -> None:
        self.server = server
        self.cache = cache
        self._open = threading.Event()

    @property
    def folder(self) -> Path:
        """Where the batch is kept."""
        return (
            self.cache
            / "resim-inspect"
            / f"127.0.0.1_{self.server.port}"
            / str(PROJECT)
            / str(BATCH)
        )

    def hold(self, *starts: str) -> None:
        """Answer what begins so only after `release`."""
        for path, script in self.server.scripts():
            if path.startswith(starts):
                self.server.on(path, *map(self._held, script))

    def release(self) -> None:
        """Answer all of it."""
        self._open.set()

    def asked(self, start: str) -> int:
        """How often something that begins so was asked for."""
        return sum(n for path, n in self.server.counts().items() if path.startswith(start))

    def _held(self, behave: Behaviour) -> Behaviour:
        def wait(client: socket) -> bool:
            self._open.wait(60)
            return behave(client)

        return wait


def clouds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    """A cloud with three jobs, and an environment that leads there."""
    with rude() as server:
        offer(server)
        monkeypatch.setenv("RESIM_API_URL", server.url)
        monkeypatch.setenv("RESIM_TOKEN", TOKEN)
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
        cloud = Cloud(server, tmp_path / "cache")
        yield cloud
        cloud.release()


@asynccontextmanager
async def looking(
    what: BatchAddress | Path | None,
    size: tuple[int, int] = (120, 40),
    *,
    watch: bool = False,
    theme: str | None = None,
) -> AsyncIterator[Pilot[Any]]:
    """The app on a batch, shown but not at rest: it fetches."""
    app = InspectApp(None if what is None else open_path(what), watch=watch, theme=theme)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: app.first_frame_drawn)
        yield pilot


async def until(pilot: Pilot[Any], done: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "it never came to that"
        await pilot.pause(0.02)
    await pilot.pause()


async def over(pilot: Pilot[Any]) -> None:
    """Wait until nothing is fetched any more and the table shows what came."""
    bar = pilot.app.screen.query_one(FetchBar)
    await until(pilot, lambda: not bar.fetch.running)
    await until(pilot, lambda: all(one.is_finished for one in pilot.app.workers))
