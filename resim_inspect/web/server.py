"""The server: textual-serve's page and sessions, on loopback, behind the guard."""

from __future__ import annotations

import asyncio
import secrets
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import aiohttp_jinja2
import jinja2
from aiohttp import web
from textual_serve.server import Server

from resim_inspect.web.guard import SOCKET, Guard

HOST = "127.0.0.1"
END_SECONDS = 5.0
"""Seconds that sessions have to end when the server ends."""


class ServeError(Exception):
    """The server cannot start: one clause."""


class AppServer:
    """Sessions of one command, each a process of its own that ends with its page.

    `command` is a line for the system's shell. Port 0 takes any free port.
    """

    def __init__(self, command: str, title: str, port: int, sessions: int) -> None:
        self._listener = _listen(port)
        host = f"{HOST}:{self._listener.getsockname()[1]}"
        self.guard = Guard(host, secrets.token_urlsafe(24), sessions)
        self._pages = Server(command, HOST, title=title, public_url=self.guard.origin)
        self._running: set[asyncio.Task[object]] = set()

    def application(self) -> web.Application:
        """The application with its routes; no folder is listed."""
        app = web.Application(middlewares=[self.guard.middleware()])
        # The page of textual-serve asks another host for a font.
        loader = jinja2.FileSystemLoader(Path(__file__).parent / "assets")
        aiohttp_jinja2.setup(app, loader=loader, autoescape=True)
        app.add_routes(
            [
                web.get("/", self._pages.handle_index, name="index"),
                web.get(SOCKET, self._session, name="websocket"),
                web.get("/download/{key}", self._pages.handle_download, name="download"),
                web.get("/favicon.ico", _no_icon),
                web.static("/static", self._pages.statics_path, name="static"),
            ]
        )
        app.on_shutdown.append(self._end_sessions)
        return app

    async def serve(self, started: Callable[[str], object]) -> None:
        """Serve until SIGINT or SIGTERM; call `started` with the address first."""
        runner = web.AppRunner(self.application(), access_log=None, shutdown_timeout=END_SECONDS)
        await runner.setup()
        try:
            await web.SockSite(runner, self._listener).start()
            started(self.guard.address)
            await _interruption()
        finally:
            await runner.cleanup()

    async def _session(self, request: web.Request) -> web.StreamResponse:
        task = asyncio.current_task()
        assert task is not None
        self._running.add(task)
        try:
            return await self._pages.handle_websocket(request)
        finally:
            self._running.discard(task)

    async def _end_sessions(self, _app: web.Application) -> None:
        for task in self._running:
            task.cancel()
        if self._running:
            await asyncio.wait(set(self._running), timeout=END_SECONDS)


def _listen(port: int) -> socket.socket:
    """Return a listening socket on loopback; raises ServeError."""
    listener = socket.socket()
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen()
    except (OSError, OverflowError) as error:
        listener.close()
        reason = getattr(error, "strerror", None) or error
        raise ServeError(f"port {port} of {HOST} cannot be used: {reason}") from error
    return listener


async def _interruption() -> None:
    """Wait for SIGINT or SIGTERM; where the loop takes no signals, Ctrl-C cancels the wait."""
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    with suppress(NotImplementedError):
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, ended.set)
    await ended.wait()


async def _no_icon(_request: web.Request) -> web.Response:
    return web.Response(status=204)
