"""The dashboard under keys: `python -m benchmarks.programs.dashboard document|workspace|bare PATH`.

Prints as JSON, in ms: for each step the slowest key until its frame, and for each page the time
until all of its cards are painted. `bare` is an app of Textual alone that fills the same screen
with a new text for each key; PATH is not read.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

from textual.app import App, ComposeResult
from textual.widgets import Static

from benchmarks.programs.keys import AppDriver, Step, step
from resim_inspect.tui.app import InspectApp
from resim_inspect.tui.dashboard.card_grid import CardGrid
from resim_inspect.tui.gc_tuning import low_latency_gc
from resim_inspect.tui.open.opening import open_path

SIZE = (120, 40)
PAGES = 20
PAINT_LIMIT = 30.0
"""Seconds to wait for the cards of a page."""
STEPS = (
    step("from card to card", *["l"] * 6, *["j"] * 6, "k", "h"),
    step("ends", "G", "g"),
    step("next failing", "n", "n", "N"),
    step("cursor", *["L"] * 10, "H"),
    step("zoom and pan", "z", "z", ".", ",", "Z", "0"),
    step("link", "K", "z", "K", "0"),
    step("pin and unpin", "P", "G", "P", "P", "g", "P"),
    step("move", ">", ">", "<", ">"),
    step("size", "+", "+", "-", "-", "-", "+"),
    step("group, round and round", *["b"] * 6),
    step("filter typed", "/", '"bench 12', "enter"),
    step("filter taken away", "escape"),
    step("open and back", "enter", "escape"),
    step("back and again", "escape", "escape", "D"),
)
JOB_STEPS = (
    *STEPS[:8],
    step("size", "+", "-", "-", "+"),
    step("own axes and one", "f", "f"),
    step("group", "b", "b"),
    step("filter typed", "/", '"job-07', "enter"),
    step("filter taken away", "escape"),
)


class Bare(App[None]):
    """A screen full of text, another one for each key."""

    def __init__(self) -> None:
        super().__init__()
        self.number = 0

    def compose(self) -> ComposeResult:
        yield Static(self._text())

    def _text(self) -> str:
        width, height = SIZE
        return "\n".join(f"{self.number + row:0{width}}" for row in range(height))

    def on_key(self) -> None:
        self.number += 1
        self.query_one(Static).update(self._text())


class GridDriver(AppDriver):
    """An app with a dashboard."""

    @property
    def grid(self) -> CardGrid:
        """The cards in view."""
        return self.app.screen.query_one(CardGrid)

    def is_painted(self) -> bool:
        """Return True once every card in view is there."""
        grids = self.app.screen.query(CardGrid)
        if not grids:
            return False
        grid = grids.first()
        count = len(grid.page.cells)
        return count > 0 and all(grid.drawn(grid.page.first + slot) for slot in range(count))

    async def page(self, key: str) -> float:
        """Press a key; return the ms until all cards of the page are on the screen."""
        started = time.perf_counter()
        await self.press(key)
        while not self.is_painted() and time.perf_counter() < started + PAINT_LIMIT:
            await asyncio.sleep(0.001)
        await self.answered()
        return 1000 * (time.perf_counter() - started)


async def grid_keys(path: Path, steps: tuple[Step, ...]) -> dict[str, Any]:
    """Times of pages and of keys of a dashboard on a path."""
    with low_latency_gc() as started:
        app = InspectApp(open_path(path), watch=False)
        app.call_later(started)
        async with app.run_test(size=SIZE) as pilot:
            driver = GridDriver(pilot)
            await driver.settled()
            ticker = asyncio.create_task(driver.tick())
            opened = await driver.page("D")
            await driver.settled()
            pages = [await driver.page("pagedown") for _ in range(PAGES)]
            taken = [await driver.take(key_step) for key_step in steps]
            ticker.cancel()
    return {"opened": opened, "pages": pages, "steps": taken}


async def bare_keys() -> dict[str, Any]:
    """Times of keys of a bare app."""
    app = Bare()
    async with app.run_test(size=SIZE) as pilot:
        driver = AppDriver(pilot)
        await driver.answered()
        pages = [(await driver.press("pagedown"))["answer"] for _ in range(PAGES)]
    return {"opened": 0.0, "pages": pages, "steps": []}


if __name__ == "__main__":
    _, kind, path = sys.argv
    if kind == "bare":
        print(json.dumps(asyncio.run(bare_keys())))
    else:
        chosen = STEPS if kind == "document" else JOB_STEPS
        print(json.dumps(asyncio.run(grid_keys(Path(path), chosen))))
