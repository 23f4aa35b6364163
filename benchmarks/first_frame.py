"""Time from start to the first frame in a terminal: header and list visible, against a bare app."""

from __future__ import annotations

import atexit
import fcntl
import os
import pty
import re
import select
import shutil
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from benchmarks import Row, files
from benchmarks.measure import ROOT, duration, memory

BARE = """
from textual.app import App
from textual.widgets import Static
class Bare(App):
    def compose(self):
        yield Static("bench 00 visible")
Bare().run()
"""
LIMIT = 60.0
"""Seconds to wait for a frame."""
# Sequences that say how to show, not what.
_CONTROL = re.compile(rb"\x1b(?:\[[0-9;:<=>?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()].|.)")


class Frame(NamedTuple):
    """One start."""

    seconds: float
    memory: int
    """Bytes of the process that belong to no file, when the frame is there."""


def run() -> list[Row]:
    """The rows for the first frame."""
    # As the installed command starts it; with `-m`, Python would load runpy as well.
    app = [sys.executable, "-c", "from resim_inspect.__main__ import run; run()"]
    names = ("S", "XL", "wide")
    candidates = [[sys.executable, "-c", BARE]]
    candidates += [[*app, str(files.path(name))] for name in names]
    bare, small, large, wide = frames(candidates, 9)
    rows: list[Row] = []
    for name, measured, other, goal in (
        ("first frame S / bare Textual app", small, bare, 1.25),
        ("first frame XL / S", large, small, 1.3),
        ("first frame 50,000 metrics / S", wide, small, 2.0),
    ):
        rows.append(
            {
                "name": name,
                "ratio": measured.seconds / other.seconds,
                "goal": goal,
                "better": "lower",
                "note": f"{duration(measured.seconds)} / {duration(other.seconds)}",
            }
        )
    rows.append(
        {
            "name": "memory at XL's first frame, MB above S",
            "ratio": (large.memory - small.memory) / 1e6,
            "goal": 10,
            "better": "lower",
            "note": f"{memory(large.memory)} and {memory(small.memory)}",
        }
    )
    return rows


def frames(candidates: Sequence[Sequence[str]], repeat: int) -> list[Frame]:
    """The medians of several starts, the candidates taking turns."""
    frames_of: list[list[Frame]] = [[] for _ in candidates]
    for _ in range(repeat):
        for position, words in enumerate(candidates):
            frames_of[position].append(first_frame(words))
    return [
        Frame(
            statistics.median(frame.seconds for frame in runs),
            round(statistics.median(frame.memory for frame in runs)),
        )
        for runs in frames_of
    ]


def first_frame(words: Sequence[str]) -> Frame:
    """Start a program in a terminal of 120 × 40 and wait until a metric's name is on it."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    env = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", **own_folders()}
    env.pop("NO_COLOR", None)
    before = time.perf_counter()
    process = subprocess.Popen(
        words, cwd=ROOT, env=env, stdin=slave, stdout=slave, stderr=slave, start_new_session=True
    )
    os.close(slave)
    try:
        seen = b""
        while not re.search(rb"bench \w", _CONTROL.sub(b"", seen)):
            left = before + LIMIT - time.perf_counter()
            ready, _, _ = select.select([master], [], [], max(0.0, left))
            try:
                piece = os.read(master, 1 << 16) if ready else b""
            except OSError:
                piece = b""
            if not piece:
                shown = _CONTROL.sub(b"", seen)[-2000:].decode("utf-8", "replace")
                raise RuntimeError(f"no first frame of {words[-1]}:\n{shown}")
            seen += piece
        seconds = time.perf_counter() - before
        return Frame(seconds, _anonymous_memory(process.pid))
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
        os.close(master)


@cache
def own_folders() -> dict[str, str]:
    """Variables of a user without settings, recent files and views."""
    folder = tempfile.mkdtemp(prefix="resim-first-frame-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return {f"XDG_{kind}_HOME": f"{folder}/{kind}" for kind in ("CACHE", "CONFIG", "STATE")}


def _anonymous_memory(pid: int) -> int:
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return 0
    for line in status.read_text().splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) * 1024
    return 0
