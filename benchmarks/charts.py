"""Cost of a chart of 3 million points: first, again, and to an event loop beside it."""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks import Row
from benchmarks.files import FOLDER
from benchmarks.measure import duration
from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.charts import draw, render
from resim_inspect.charts.plotext_backend import terminal_type
from resim_inspect.document import open_document

POINTS = 3_000_000
WIDTH, HEIGHT = 120, 40
TICK = 0.005
"""Seconds between two ticks of the event loop's clock."""
ALLOWED = 0.050
"""Seconds that the longest gap between ticks may exceed that of an idle loop."""


def run() -> list[Row]:
    """The rows for drawing."""
    path = _file()
    _first(path)
    decoding: list[float] = []
    first: list[float] = []
    for _ in range(7):
        decoding.append(_decode(path))
        first.append(_first(path))
    again, plotext = _again(path)
    idle, busy = _gaps(path)
    decode_time, first_time = statistics.median(decoding), statistics.median(first)
    again_time, plotext_time = statistics.median(again), statistics.median(plotext)
    busy_gap, idle_gap = statistics.median(busy), statistics.median(idle)
    return [
        {
            "name": "chart of 3 M points, first time / decoding its values and times",
            "ratio": first_time / decode_time,
            "goal": 1.7,
            "better": "lower",
            "note": f"{duration(first_time)} / {duration(decode_time)}",
        },
        {
            "name": "the same at another size / plotext with 1,000 points",
            "ratio": again_time / plotext_time,
            "goal": 2,
            "better": "lower",
            "note": f"{duration(again_time)} / {duration(plotext_time)}",
        },
        {
            "name": "longest gap of a 5 ms ticker beyond an idle one / 50 ms",
            "ratio": max(0.0, busy_gap - idle_gap) / ALLOWED,
            "goal": 1,
            "better": "lower",
            "note": f"{duration(busy_gap)}, idle {duration(idle_gap)}",
        },
    ]


def _file() -> Path:
    """A random walk over absolute times, a failing sample here and there."""
    path = FOLDER / "charts-1.binproto"
    if path.exists():
        return path
    print(f"making {path.name}", file=sys.stderr)
    FOLDER.mkdir(parents=True, exist_ok=True)
    build = DocumentBuilder("charts")
    start = 1_760_000_000 * 10**9
    clock = build.times("clock", (start + np.arange(POINTS) * 10_000_019).tolist())
    walk = np.cumsum(np.random.default_rng(0).normal(size=POINTS))
    values = build.doubles("walk", walk.tolist(), unit="m", index=clock)
    marks = ["FAIL_WARN" if k % 100_003 == 0 else "PASSED" for k in range(POINTS)]
    build.double_over_time("Walk", [(values, build.statuses("marks", marks, index=clock))])
    half = path.with_suffix(".half")
    build.write(half)
    half.replace(path)
    return path


def _decode(path: Path) -> float:
    with open_document(path) as document:
        before = time.perf_counter()
        for name in ("clock", "walk"):
            data = document.data_named(name)
            if data is not None:
                document.series(data)
        return time.perf_counter() - before


def _first(path: Path) -> float:
    with open_document(path) as document:
        before = time.perf_counter()
        render(draw(document, document.metrics[0]), WIDTH, HEIGHT)
        return time.perf_counter() - before


def _again(path: Path) -> tuple[list[float], list[float]]:
    """Drawing at other sizes, and plotext alone with 1,000 points, taking turns."""
    import plotext

    x = np.linspace(0, 1, 1000)
    y = np.sin(x * 20) + np.random.default_rng(0).normal(0, 0.1, 1000)
    again: list[float] = []
    alone: list[float] = []
    with open_document(path) as document:
        drawing = draw(document, document.metrics[0])
        render(drawing, WIDTH, HEIGHT)
        for more in range(20):
            before = time.perf_counter()
            render(drawing, WIDTH - more, HEIGHT - 2)
            again.append(time.perf_counter() - before)
            before = time.perf_counter()
            terminal = terminal_type()()
            terminal.limit(False, False)
            figure = terminal._master
            figure.plot_size(WIDTH - more, HEIGHT - 2)
            marker = plotext.marker("braille")
            figure.draw(figure.signal(x.tolist(), y.tolist(), marker=marker).lines())
            figure.build().string()
            alone.append(time.perf_counter() - before)
    return again, alone


def _gaps(path: Path) -> tuple[list[float], list[float]]:
    """The longest gap of each run: idle, and while a chart is built in a thread."""

    def work() -> None:
        _first(path)

    idle: list[float] = []
    busy: list[float] = []
    for _ in range(7):
        before = time.perf_counter()
        busy.append(asyncio.run(_longest_gap(work)))
        took = time.perf_counter() - before
        idle.append(asyncio.run(_longest_gap(lambda took=took: time.sleep(took))))  # type: ignore[misc]
    return idle, busy


async def _longest_gap(work: Callable[[], None]) -> float:
    longest = 0.0
    task = asyncio.get_running_loop().run_in_executor(None, work)
    before = time.perf_counter()
    while not task.done():
        await asyncio.sleep(TICK)
        now = time.perf_counter()
        longest = max(longest, now - before)
        before = now
    await task
    return longest
