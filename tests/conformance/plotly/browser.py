"""Headless Chromium that lets plotly.js compute figures: one start for all of them."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage", "--window-size=800,600",
)  # fmt: skip
TIMEOUT = 240.0
"""Seconds until the answer of the page counts as lost."""


class BrowserError(Exception):
    """The browser gave no answer; the text is its last words."""


def program() -> str | None:
    """Path of a Chromium, or None."""
    return next((path for name in PROGRAMS if (path := shutil.which(name))), None)


def script() -> Path | None:
    """Path of the plotly.min.js of the installed package plotly, found without importing it."""
    spec = importlib.util.find_spec("plotly")
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).parent / "package_data" / "plotly.min.js"
    return path if path.exists() else None


def compute(figures: list[dict[str, Any]], profile: Path) -> list[dict[str, Any]]:
    """Results of plotly.js for each figure: see `page.js` for the shape.

    Raises BrowserError where no answer comes. `profile` is an empty folder for the browser.
    """
    path, library = program(), script()
    if path is None or library is None:
        raise BrowserError("There is no Chromium or no plotly.min.js.")
    answer: list[Any] = []
    ready = threading.Event()
    files = {
        "/": ("text/html", b'<meta charset="utf-8"><div id="figure"></div>'
              b'<script src="plotly.js"></script><script src="page.js"></script>'),
        "/plotly.js": ("text/javascript", library.read_bytes()),
        "/page.js": ("text/javascript", (Path(__file__).parent / "page.js").read_bytes()),
        "/figures.json": ("application/json", json.dumps(figures).encode()),
    }  # fmt: skip

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind, body = files.get(self.path, ("", b""))
            self.send_response(200 if kind else 404)
            self.send_header("Content-Type", kind or "text/plain")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            size = int(self.headers.get("Content-Length", "0"))
            answer.append(json.loads(self.rfile.read(size)))
            self.send_response(204)
            self.end_headers()
            ready.set()

        def log_message(self, format: str, *args: object) -> None:
            """Keep the test output free of request lines."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    serving.start()
    address = f"http://127.0.0.1:{server.server_port}/"
    with (profile / "browser.log").open("w+b") as log:
        process = subprocess.Popen(
            [path, *FLAGS, f"--user-data-dir={profile}", address],
            stdout=log,
            stderr=subprocess.STDOUT,
            env={**os.environ, "HOME": str(profile)},
        )
        try:
            if not ready.wait(TIMEOUT):
                log.seek(0)
                last = log.read()[-2000:].decode(errors="replace")
                raise BrowserError(f"No answer after {TIMEOUT:.0f} s: {last}")
        finally:
            # Asked to end, it ends its children too.
            process.terminate()
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            server.shutdown()
            server.server_close()
    result = answer[0]
    if not isinstance(result, list) or len(result) != len(figures):
        raise BrowserError(f"An answer of another shape: {str(result)[:500]}")
    return result
