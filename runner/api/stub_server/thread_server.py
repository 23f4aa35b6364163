"""The stub server on a thread of this process, for builds without a container and for tests."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from runner.api.stub_server.server import Server
from runner.errors import EngineError


class ThreadServer:
    """A server as a context manager: `with ThreadServer(folder) as api:` serves in the block."""

    def __init__(
        self, folder: Path, host: str = "127.0.0.1", port: int = 0, index: bytes | None = None
    ) -> None:
        self._host = host
        self._port = port
        self._server = Server(folder, index=index)
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._error: OSError | None = None
        self._ended: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._run, name="api", daemon=True)

    @property
    def port(self) -> int:
        """Port of the server."""
        return self._server.port

    @property
    def url(self) -> str:
        """URL of the API, for a config's `apiURL`."""
        return f"http://{self._host}:{self.port}/v1"

    def counts(self) -> dict[str, Any]:
        """Counts of what was served so far; after the block, the final ones."""
        if not self._thread.is_alive():
            return self._server.counts(final=True)

        async def ask() -> dict[str, Any]:
            return self._server.counts()

        return asyncio.run_coroutine_threadsafe(ask(), self._loop).result()

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        if self._error is not None:
            self._thread.join()
            reason = self._error.strerror or self._error
            raise EngineError(f"the API cannot listen on {self._host}:{self._port}: {reason}.")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._ended is not None:
            self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join()

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        self._ended = asyncio.Event()
        try:
            await self._server.start(self._host, self._port)
        except OSError as error:
            self._error = error
            self._ended = None
            return
        finally:
            self._ready.set()
        await self._ended.wait()
        await self._server.stop()
