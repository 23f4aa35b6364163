"""A fake cloud with a batch whose answers a test can hold back, and the app on it."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Iterator
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
from tests.api.misbehaving_server import Behaviour, MisbehavingServer, misbehaving_server
from tests.runner.fetch_harness import BATCH, PROJECT, TOKEN, offer
from tests.tui.state_pilot import until

ADDRESS = BatchAddress(PROJECT, BATCH)


class FakeCloud:
    """A server with a batch; some of its answers wait for a call of `release`."""

    def __init__(self, server: MisbehavingServer, cache: Path) -> None:
        self.server = server
        self.cache = cache
        self._open = threading.Event()

    @property
    def folder(self) -> Path:
        """Cache folder of the batch."""
        return (
            self.cache
            / "resim-inspect"
            / f"127.0.0.1_{self.server.port}"
            / str(PROJECT)
            / str(BATCH)
        )

    def hold(self, *prefixes: str) -> None:
        """Hold back the answers to paths with these prefixes until `release`."""
        for path, script in self.server.scripts():
            if path.startswith(prefixes):
                self.server.on(path, *map(self._held, script))

    def release(self) -> None:
        """Send all answers that were held back."""
        self._open.set()

    def request_count(self, prefix: str) -> int:
        """Return how many requests had a path with this prefix."""
        return sum(n for path, n in self.server.counts().items() if path.startswith(prefix))

    def _held(self, behave: Behaviour) -> Behaviour:
        def wait(client: socket) -> bool:
            self._open.wait(60)
            return behave(client)

        return wait


def fake_cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeCloud]:
    """A cloud with three jobs, and the environment variables that lead to it."""
    with misbehaving_server() as server:
        offer(server)
        monkeypatch.setenv("RESIM_API_URL", server.url)
        monkeypatch.setenv("RESIM_TOKEN", TOKEN)
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
        cloud = FakeCloud(server, tmp_path / "cache")
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
    """The app on a batch, while it fetches."""
    app = InspectApp(None if what is None else open_path(what), watch=watch, theme=theme)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: app.first_frame_drawn)
        yield pilot


async def over(pilot: Pilot[Any]) -> None:
    """Wait until the fetch has ended and the table shows all fetched jobs."""
    bar = pilot.app.screen.query_one(FetchBar)
    await until(pilot, lambda: not bar.fetch.running)
    await until(pilot, lambda: all(worker.is_finished for worker in pilot.app.workers))
