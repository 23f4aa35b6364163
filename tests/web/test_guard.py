"""The guard of the web server: what it lets in, and what it refuses."""

from __future__ import annotations

import asyncio
import re
import shlex
import socket
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from resim_inspect.cli import main
from resim_inspect.terminal import shell_line
from resim_inspect.web.server import AppServer, ServeError

# A session that says what textual-serve waits for, and ends with its first input.
SESSION = "import sys; print('__GANGLION__', flush=True); sys.stdin.buffer.read(1)"


@dataclass
class Served:
    """A running server, and a client without cookies."""

    server: AppServer
    client: aiohttp.ClientSession

    @property
    def origin(self) -> str:
        return self.server.guard.origin

    async def status(self, path: str = "/", **headers: str) -> int:
        """Status of the answer to a GET, without following redirects."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.client.get(
            self.origin + path, headers=named, allow_redirects=False
        ) as answer:
            return answer.status

    def cookie(self) -> str:
        """The header of a browser that was let in."""
        return f"{self.server.guard.cookie}={self.server.guard.token}"


def with_server(check: Callable[[Served], Awaitable[None]], sessions: int = 1) -> None:
    """Run a check on a server of one session."""

    async def run() -> None:
        server = AppServer(shell_line([sys.executable, "-c", SESSION]), "sample", 0, sessions)
        runner = web.AppRunner(server.application(), access_log=None)
        await runner.setup()
        await web.SockSite(runner, server._listener).start()
        try:
            async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as client:
                await check(Served(server, client))
        finally:
            await runner.cleanup()

    asyncio.run(run())


def test_the_address_with_the_token_lets_a_browser_in() -> None:
    async def check(served: Served) -> None:
        async with served.client.get(served.server.guard.address, allow_redirects=False) as answer:
            assert (answer.status, answer.headers["Location"]) == (303, "/")
            cookie = answer.headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        async with served.client.get(
            served.origin, headers={"Cookie": cookie.partition(";")[0]}
        ) as page:
            text = await page.text()
            assert page.status == 200
            assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
            assert page.headers["Cache-Control"] == "no-store"
        assert "sample" in text
        assert served.server.guard.token not in text

    with_server(check)


def test_requests_without_the_token_or_of_other_sites_are_refused() -> None:
    async def check(served: Served) -> None:
        cookie = served.cookie()
        assert await served.status() == 403
        assert await served.status("/?token=wrong") == 403
        assert await served.status("/?token=") == 403
        assert await served.status(Cookie=f"{served.server.guard.cookie}=wrong") == 403
        assert await served.status(Cookie=cookie) == 200
        assert await served.status(Cookie=cookie, Host="evil.example") == 403
        assert await served.status(Cookie=cookie, Origin="http://evil.example") == 403
        assert await served.status(Cookie=cookie, Origin="null") == 403
        assert await served.status(Cookie=cookie, Sec_Fetch_Site="cross-site") == 403
        assert await served.status("/ws", Cookie=cookie) == 403
        assert await served.status("/static/js/textual.js") == 403

    with_server(check)


LOADED = re.compile(
    r"""(?:\b(?:src|href|action)\s*=\s*["']?|url\(\s*["']?|@import\s+["']?)([^"')\s>]+)"""
)
"""An address that a page or a style sheet loads or links."""


def test_nothing_that_is_served_loads_from_another_host() -> None:
    async def check(served: Served) -> None:
        statics = Path(served.server._pages.statics_path)
        files = [path.relative_to(statics) for path in statics.rglob("*") if path.is_file()]
        names = ["/", *(f"/static/{path.as_posix()}" for path in files)]
        loaded = set()
        for name in names:
            async with served.client.get(
                served.origin + name, headers={"Cookie": served.cookie()}
            ) as answer:
                assert answer.status == 200
                if answer.content_type in {"text/html", "text/css"}:
                    loaded |= set(LOADED.findall(await answer.text()))
        here = f"{served.origin}/static"
        assert {f"{here}/css/xterm.css", f"{here}/js/textual.js"} <= loaded
        # The page itself is opened again from a link of its own.
        elsewhere = {url for url in loaded if not url.startswith((served.origin, "data:", "/"))}
        assert elsewhere == set()
        assert not {url for url in loaded if url.startswith("//")}

    with_server(check)


def test_the_page_has_its_files_and_no_folder_is_listed() -> None:
    async def check(served: Served) -> None:
        cookie = served.cookie()
        assert await served.status("/static/js/textual.js", Cookie=cookie) == 200
        assert await served.status("/favicon.ico", Cookie=cookie) == 204
        assert await served.status("/static/", Cookie=cookie) in {403, 404}
        assert await served.status("/static/../server.py", Cookie=cookie) == 404
        assert await served.status("/static/%2e%2e/server.py", Cookie=cookie) == 404

    with_server(check)


def test_sessions_are_bounded_and_end_with_their_pages() -> None:
    async def check(served: Served) -> None:
        headers = {"Cookie": served.cookie(), "Origin": served.origin}
        socket_address = served.origin + "/ws"
        async with served.client.ws_connect(socket_address, headers=headers):
            assert served.server.guard.open_sessions == 1
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await served.client.ws_connect(socket_address, headers=headers)
            assert refused.value.status == 503
            async with served.client.get(served.origin, headers=headers) as page:
                assert page.status == 503
                assert "--sessions" in await page.text()
        for _ in range(100):
            if not served.server.guard.open_sessions:
                break
            await asyncio.sleep(0.05)
        assert await served.status(Cookie=served.cookie()) == 200

    with_server(check)


def test_sockets_of_other_origins_are_refused() -> None:
    async def check(served: Served) -> None:
        for headers in (
            {"Cookie": served.cookie(), "Origin": "http://evil.example"},
            {"Cookie": served.cookie()},
            {"Origin": served.origin},
        ):
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await served.client.ws_connect(served.origin + "/ws", headers=headers)
            assert refused.value.status == 403

    with_server(check)


def test_a_port_in_use_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ServeError, match="cannot be used"):
            AppServer("true", "sample", port, 1)
        assert main(["web", "--port", str(port)]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_wrong_calls_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["web", str(tmp_path / "missing")]) == 2
    assert "does not exist" in capsys.readouterr().err
    assert main(["web", "--port", "65536"]) == 2
    assert "is not a port" in capsys.readouterr().err
    assert main(["web", "--sessions", "0"]) == 2


@pytest.mark.parametrize("word", ["--no-config", "--config"])
def test_pages_have_the_settings_of_the_call(
    word: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    commands: list[str] = []

    def refuse(command: str, *_: object) -> None:
        commands.append(command)
        raise ServeError("no server in this test")

    monkeypatch.setattr("resim_inspect.web.server.AppServer", refuse)
    monkeypatch.chdir(tmp_path)
    Path("own.toml").write_text("mouse = true\n", "utf-8")
    assert main(["web", word, *(["own.toml"] if word == "--config" else [])]) == 2
    assert "no server in this test" in capsys.readouterr().err
    given = [word, *([str(tmp_path / "own.toml")] if word == "--config" else [])]
    assert shlex.split(commands[0])[-len(given) :] == given
