"""Headless Chromium over its debugging pipe: pages of files, scripts, pictures, input."""

from __future__ import annotations

import base64
import io
import json
import os
import select
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from PIL import Image

from tests.conformance.plotly.browser import FLAGS, BrowserError, program

TIMEOUT = 240.0
_START = """
import fcntl, os, sys
ends = [fcntl.fcntl(int(end), fcntl.F_DUPFD, 20) for end in sys.argv[1:3]]
os.dup2(ends[0], 3), os.dup2(ends[1], 4)
os.execv(sys.argv[3], sys.argv[3:])
"""


class Chromium:
    """One browser with one page at a time; `network` allows it more than files."""

    def __init__(self, profile: Path) -> None:
        path = program()
        if path is None:
            raise BrowserError("Chromium is not installed.")
        commands, self._write = os.pipe()
        self._read, answers = os.pipe()
        # The browser reads commands from descriptor 3 and writes to descriptor 4.
        self._process = subprocess.Popen(
            [sys.executable, "-c", _START, str(commands), str(answers), path, *FLAGS,
             "--remote-debugging-pipe", "--allow-file-access=0", f"--user-data-dir={profile}",
             "about:blank"],
            pass_fds=(commands, answers),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "HOME": str(profile)},
        )  # fmt: skip
        os.close(commands)
        os.close(answers)
        self._buffer = b""
        self._last = 0
        self._session = ""
        self.problems: list[str] = []
        """Errors of the console and exceptions of the page."""
        self.frames: list[str] = []
        """Sessions of the frames that share no process with the page."""
        self.requests: list[str] = []
        """Addresses that the page asked for, of any scheme."""
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        flat = self._call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = flat["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self._call(f"{domain}.enable")
        self._call("Target.setAutoAttach", autoAttach=True, waitForDebuggerOnStart=False,
                   flatten=True)  # fmt: skip
        self.network(False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._process.terminate()
        try:
            self._process.wait(60)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._write)
        os.close(self._read)

    def _call(self, method: str, **params: Any) -> Any:
        self._last += 1
        wanted = self._last
        message: dict[str, Any] = {"id": wanted, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        content = json.dumps(message).encode() + b"\0"
        while content:
            content = content[os.write(self._write, content) :]
        deadline = time.monotonic() + TIMEOUT
        while time.monotonic() < deadline:
            answer = self._receive(deadline - time.monotonic())
            if answer is not None and answer.get("id") == wanted:
                if "error" in answer:
                    raise BrowserError(f"{method}: {answer['error']}")
                return answer["result"]
        raise BrowserError(f"{method}: no answer after {TIMEOUT:.0f} s")

    def _receive(self, wait: float) -> Any:
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._read], [], [], max(0.0, wait))
            if not ready:
                return None
            part = os.read(self._read, 1 << 16)
            if not part:
                raise BrowserError("The browser ended.")
            self._buffer += part
        message, _, self._buffer = self._buffer.partition(b"\0")
        answer = json.loads(message)
        self._note(answer)
        return answer

    def _note(self, message: dict[str, Any]) -> None:
        params = message.get("params", {})
        match message.get("method"):
            case "Log.entryAdded" if params["entry"]["level"] == "error":
                self.problems.append(params["entry"]["text"])
            case "Runtime.exceptionThrown":
                details = params["exceptionDetails"]
                words = details.get("exception", {}).get("description", "")
                self.problems.append(f"{details['text']} {words}")
            case "Runtime.consoleAPICalled" if params["type"] == "error":
                self.problems.append(f"console: {params['args']}")
            case "Target.attachedToTarget" if params["targetInfo"]["type"] == "iframe":
                self.frames.append(params["sessionId"])
            case "Network.requestWillBeSent":
                self.requests.append(params["request"]["url"])

    def network(self, allowed: bool) -> None:
        """Allow or refuse everything that is not a file."""
        self._call("Network.emulateNetworkConditions", offline=not allowed, latency=0,
                   downloadThroughput=-1, uploadThroughput=-1)  # fmt: skip

    def open(
        self, address: str, *, width: int = 1200, height: int = 900, dark: bool = False
    ) -> None:
        """Open a page and wait until it is loaded; forgets the problems of the one before."""
        self.problems.clear()
        self.requests.clear()
        self.frames.clear()
        self._call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                   deviceScaleFactor=1, mobile=width < 500)  # fmt: skip
        scheme = "dark" if dark else "light"
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self._call("Emulation.setEmulatedMedia", features=features)
        self._call("Page.navigate", url="about:blank")
        self._call("Page.navigate", url=address)
        self.wait("document.readyState === 'complete' && location.href !== 'about:blank'")

    def evaluate(self, expression: str, frame: str = "") -> Any:
        """The value of a script in the page or in a frame of `frames`; a promise is awaited.

        Raises BrowserError.
        """
        page = self._session
        self._session = frame or page
        try:
            result = self._call(
                "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
            )
        finally:
            self._session = page
        if "exceptionDetails" in result:
            raise BrowserError(str(result["exceptionDetails"])[:800])
        return result["result"].get("value")

    def wait(self, condition: str, seconds: float = TIMEOUT) -> None:
        """Wait until a script is true in the page; raises BrowserError."""
        deadline = time.monotonic() + seconds
        while not self.evaluate(condition):
            if time.monotonic() > deadline:
                raise BrowserError(f"Not true after {seconds:.0f} s: {condition}")
            self._receive(0.05)

    def picture(self, *, whole: bool = False) -> Image.Image:
        """The page as it is painted, or all of it however long."""
        answer = self._call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        return Image.open(io.BytesIO(base64.b64decode(answer["data"]))).convert("RGB")

    def mouse(self, kind: str, x: float, y: float, *, pressed: bool = False) -> None:
        """Send a mouse event: `mouseMoved`, `mousePressed` or `mouseReleased`."""
        button = "none" if kind == "mouseMoved" and not pressed else "left"
        self._call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button=button,
                   buttons=int(pressed), clickCount=0 if kind == "mouseMoved" else 1)  # fmt: skip

    def key(self, key: str, code: str, *, control: bool = False, text: str = "") -> None:
        """Press and release a key, such as `p` with the code `KeyP`; `text` is what it types."""
        for kind in ("keyDown", "keyUp"):
            typed = {"text": text} if text and kind == "keyDown" else {}
            self._call("Input.dispatchKeyEvent", type=kind, key=key, code=code,
                       modifiers=2 if control else 0, **typed)  # fmt: skip
