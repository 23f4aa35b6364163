"""The app in a real browser: drawn without a network, ended with page and server."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from resim_inspect.building.sample import write_sample
from tests.conformance.plotly import browser
from tests.export.report.chromium import Chromium

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="Processes are counted in /proc."),
]
FIRST_BYTE = "document.body.classList.contains('-first-byte')"
CLOSED = "document.body.classList.contains('-closed')"


@pytest.fixture
def chromium(tmp_path: Path) -> Iterator[Chromium]:
    """A browser that may ask for more than files; skips the test if none is installed."""
    if browser.program() is None:
        if os.environ.get("RESIM_REQUIRE_BROWSER") == "1":
            pytest.fail("RESIM_REQUIRE_BROWSER is 1, but Chromium is not installed.")
        pytest.skip("Chromium is not installed")
    with Chromium(tmp_path / "profile") as started:
        started.network(True)
        yield started


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server on the sample, and its address with the token."""
    folder = tmp_path / "it's a sample"
    folder.mkdir()
    write_sample(folder)
    process = subprocess.Popen(
        [sys.executable, "-m", "resim_inspect", "web", folder, "--sessions", "1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    yield process, process.stdout.readline().strip()
    process.kill()
    process.wait()
    process.stdout.close()


def sessions(folder: Path) -> int:
    """Number of processes of the app on this folder."""
    count = 0
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = entry.read_bytes().split(b"\0")
        except OSError:
            continue
        named = any(word.startswith(os.fsencode(folder)) for word in words)
        count += named and b"--images" in words
    return count


def wait_until_none(folder: Path) -> None:
    """Wait until every process of the app has ended."""
    deadline = time.monotonic() + 60
    while sessions(folder):
        assert time.monotonic() < deadline, "A session is left."
        time.sleep(0.1)


def wait_until_painted(chromium: Chromium) -> None:
    """Wait until the page shows more than the ground and a cursor."""
    deadline = time.monotonic() + 60
    while len(chromium.picture().getcolors(1 << 20) or ()) <= 50:
        assert time.monotonic() < deadline, "The app was not drawn."
        time.sleep(0.2)


def test_the_app_is_drawn_takes_keys_and_ends(
    tmp_path: Path, chromium: Chromium, server: tuple[subprocess.Popen[str], str]
) -> None:
    process, address = server
    chromium.open(address)
    chromium.wait(FIRST_BYTE)
    assert "token" not in chromium.evaluate("location.href")
    wait_until_painted(chromium)
    # The page needs nothing from elsewhere, and nothing that the policy refuses.
    assert not [
        url for url in chromium.requests if not url.startswith(("http://127.0.0.1:", "data:"))
    ]
    assert chromium.problems == []
    assert sessions(tmp_path) >= 1
    chromium.evaluate("document.querySelector('.xterm-helper-textarea').focus()")
    chromium.key("q", "KeyQ", text="q")
    chromium.wait(CLOSED)
    wait_until_none(tmp_path)
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_sessions_end_with_the_server(
    tmp_path: Path,
    chromium: Chromium,
    server: tuple[subprocess.Popen[str], str],
    number: signal.Signals,
) -> None:
    process, address = server
    chromium.open(address)
    chromium.wait(FIRST_BYTE)
    process.send_signal(number)
    process.wait(60)
    wait_until_none(tmp_path)
