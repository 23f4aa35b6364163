"""The guard of the web server: its own origin only, a token, and a bound on sessions.

textual-serve checks neither Host nor Origin nor any token: a page of another site could reach it
through the browser (DNS rebinding, cross-site WebSockets), and so could every user of the machine.
"""

from __future__ import annotations

import secrets

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self' {ws}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""The page's script evaluates strings and writes styles into the page, hence both `unsafe`."""
HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
SOCKET = "/ws"


class Guard:
    """A middleware of aiohttp that refuses every request but those of the page it let in.

    `host` is the server's own `ADDRESS:PORT`. The address with the token sets a cookie that later
    requests carry; the token then leaves the address bar.
    """

    def __init__(self, host: str, token: str, sessions: int) -> None:
        self.host = host
        self.origin = f"http://{host}"
        self.token = token
        self.sessions = sessions
        self.open_sessions = 0
        # Browsers share cookies among the ports of a host, so that each server names its own.
        self.cookie = f"resim-inspect-{host.rpartition(':')[2]}"

    @property
    def address(self) -> str:
        """The address that lets a browser in."""
        return f"{self.origin}/?token={self.token}"

    @property
    def is_full(self) -> bool:
        """True if no further session is allowed."""
        return self.open_sessions >= self.sessions

    def middleware(self) -> Middleware:
        """The middleware for `aiohttp.web.Application`."""

        @web.middleware
        async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
            refusal = self._refusal(request)
            response = refusal if refusal is not None else await self._admit(request, handler)
            if not response.prepared:
                response.headers.update(HEADERS)
                policy = POLICY.format(ws=f"ws://{self.host}")
                response.headers["Content-Security-Policy"] = policy
            return response

        return guard

    def _refusal(self, request: web.Request) -> web.Response | None:
        """Answer to a request of another origin, or without the token; None to let it in."""
        if request.headers.get("Host") != self.host:
            return _text(403, f"This server answers at {self.origin} only.")
        origin = request.headers.get("Origin")
        if origin != self.origin and (origin is not None or request.path == SOCKET):
            return _text(403, "This server answers its own page only.")
        if self._equals(request.query.get("token")):
            # The address is a secret itself: it may be followed from anywhere.
            return None
        if request.headers.get("Sec-Fetch-Site", "none") not in {"none", "same-origin"}:
            return _text(403, "This server answers its own page only.")
        if self._equals(request.cookies.get(self.cookie)):
            return None
        return _text(403, "Open the address that `resim-inspect web` printed, with its token.")

    async def _admit(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if "token" in request.query and request.path == "/":
            response = web.Response(status=303, headers={"Location": "/"})
            response.set_cookie(self.cookie, self.token, httponly=True, samesite="Strict")
            return response
        if request.path in {"/", SOCKET} and self.is_full:
            return _text(
                503,
                f"{self.sessions} sessions are open, which is the limit. Close one, or start the "
                "server with a larger --sessions.",
            )
        if request.path != SOCKET:
            return await handler(request)
        self.open_sessions += 1
        try:
            return await handler(request)
        finally:
            self.open_sessions -= 1

    def _equals(self, text: str | None) -> bool:
        return text is not None and secrets.compare_digest(text.encode(), self.token.encode())


def _text(status: int, sentence: str) -> web.Response:
    return web.Response(status=status, text=f"{sentence}\n")
