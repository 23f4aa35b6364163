"""The app under a script of keys: `python -m benchmarks.programs.keys SCRIPT PATH WAY [STEP...]`.

WAY is `screen` or `once` (the path is opened on the open screen, or at the start), `pair` (the
folders before and after at the path are compared, and keys are pressed meanwhile), or `bare` (the
bare Textual app, without a path). With names of steps, only those are played.

Prints for each step how long each of its keys took to be answered, the CPU time that the screen's
thread needed for it, and the longest gap of a task that sleeps for 5 ms at a time, all in ms, as
JSON. The step `idle` is the app at rest.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
import time
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, NamedTuple, TypedDict

from textual import events
from textual.app import App
from textual.message_pump import MessagePump
from textual.pilot import Pilot

from benchmarks.programs.bare_app import BareApp
from resim_inspect.tui.app import InspectApp
from resim_inspect.tui.gc_tuning import low_latency_gc
from resim_inspect.tui.key_order import OrderedKeysApp
from resim_inspect.tui.open.opening import open_path

TICK = 0.005
REPEAT = 0.033
"""Seconds between two keys: a key held down."""
LIMIT = 120.0
"""Seconds that the app may work on after the keys of a step."""
QUIET = 3
"""Frames in a row without a worker that end a step."""
NAMES = {
    "/": "slash", ".": "full_stop", "-": "minus", "_": "underscore", " ": "space", ":": "colon",
    ">": "greater_than_sign", "=": "equals_sign", "?": "question_mark", "`": "grave_accent",
    "[": "left_square_bracket", "]": "right_square_bracket", "+": "plus", ",": "comma",
}  # fmt: skip


class Step(NamedTuple):
    """Keys that are pressed one after the other, as fast as one that is held down."""

    name: str
    keys: tuple[str, ...]


class Press(TypedDict):
    """A key that was pressed."""

    key: str
    answer: float
    """ms until its frame."""
    cpu: float
    """ms of CPU time that the screen's thread needed meanwhile."""


class Played(TypedDict):
    """Measurements of a step."""

    step: str
    keys: list[Press]
    gap: float
    """ms of the longest time in which the event loop was blocked."""


def step(name: str, *keys: str) -> Step:
    """Names of keys; a word after `"` is typed."""
    pressed: list[str] = []
    for key in keys:
        pressed += list(key[1:]) if key.startswith('"') else [key]
    return Step(name, tuple(pressed))


READING = (
    step("down and up", *["j"] * 12, *["k"] * 4),
    step("pages and ends", *["pagedown"] * 6, "G", "pageup", "g"),
    step("next failing", "n", "n", "N"),
    step("group, round and round", *["b"] * 7),
    step("filter typed", "/", '"bench 12', "enter"),
    step("filter taken away", "escape"),
    step("filter with fields", "/", '"status:pass importance:>=low NOT bench', "enter"),
    step("second filter taken away", "escape"),
    step("jump mode", "J", '"bnch 7', "down", "enter"),
    step("details", "d", "escape"),
    step("full screen", "enter", "n", "n", "N"),
    step("cursor, zoom, pan", *["l"] * 10, "z", "z", "z", ".", ",", "Z", "0"),
    step("series, statuses, times", "s", "escape", "o", "o", "t", "t", "t"),
    step("back to the list", "escape"),
    step("to its data", "x"),
    step("data: down, pages, ends", *["j"] * 8, "pagedown", "pagedown", "G", "g", "j"),
    step("data: into the rows", "enter"),
    step("rows: down, pages, ends", *["j"] * 8, "pagedown", "pagedown", "G", "k", "g"),
    step("rows: next failing", "]", "]", "["),
    step("rows: go to", ":", '"12345', "enter"),
    step("rows: search", "/", '">1.5', "enter", "n", "n", "N"),
    step("data: as a chart and back", "v", "v"),
    step("data: its metrics", "escape", "u"),
    step("data: from the metrics", "escape", "2"),
    step("events", "3", "j", "j", "G", "g", "enter"),
    step("findings", "4", "j", "j", "pagedown", "G", "g", "r", "r", "r"),
    step("edition", "E", "j", "j", "enter"),
    step("edition back", "E", "g", "enter"),
    step("inputs", "5"),
    step("read again", "1", "f5", "j", "j", "j"),
    step("help", "?", "pagedown", "escape"),
    step("palette", "ctrl+p", '"group', "escape", "escape"),
    step("theme looked for", "ctrl+p", '"theme light'),
    step("theme", "enter"),
)
TABLE = (
    step("down and up", *["j"] * 12, *["k"] * 4),
    step("pages and ends", *["pagedown"] * 6, "G", "pageup", "g"),
    step("sort by each column", *["s", "l"] * 14, "s", "s"),
    step("columns back", *["h"] * 14),
    step("only failing", "f", "j", "f"),
    step("filter typed", "/", '"job-07', "enter"),
    step("filter taken away", "escape"),
    step("read again", "f5", "j", "j", "j"),
    step("open a job", "enter"),
    step("and back", "`"),
    step("open the batch", "b"),
    step("close it", "ctrl+w"),
    step("help", "?", "escape"),
)
COMPARED = (
    step("down and up", *["j"] * 12, *["k"] * 4),
    step("pages and ends", *["pagedown"] * 6, "G", "pageup", "g"),
    step("next worse", *["n"] * 6, "N"),
    step("sort by each column", *["s", "l"] * 14, "s", "s"),
    step("columns back", *["h"] * 14),
    step("each direction", *["d"] * 7),
    step("filter typed", "/", '"scalar 3>1', "enter"),
    step("filter taken away", "escape"),
    step("all changes", "v", *["j"] * 8, "pagedown", "G", "g", "n", "d", "d", "escape"),
    step("a pair and back", "enter", "j", "j", "escape"),
    step("help", "?", "escape"),
)
CHANGES = (
    step("down and up", *["j"] * 12, *["k"] * 4),
    step("pages and ends", *["pagedown"] * 6, "G", "pageup", "g"),
    step("next worse", *["n"] * 6, "N", "N"),
    step("each direction", *["d"] * 7),
    step("search typed", "/", '"metric 4999', "enter", "f3", "f3"),
    step("chart alone", "x", *["n"] * 4, "x"),
    step("into the chart", "tab", "tab", "l", "l", "z", "0"),
    step("a metric", "shift+tab", "shift+tab", "g", "n", "enter"),
    step("reference looked for", "ctrl+p", '"set document'),
    step("as the reference", "enter"),
    step("with a reference", *["j"] * 12, "G", "pageup", "g", *["n"] * 4),
    step("group with a reference", "b"),
    step("help", "?", "escape"),
)
BARE = (
    step("list", *["down"] * 12, *["up"] * 4, "pagedown", "pagedown", "end", "pageup", "home"),
    step("frame", "p", "escape", "p", "escape"),
    step("dialog", "w", "escape", "w", "escape"),
    step("palette", "ctrl+p", '"theme', "escape", "escape"),
    step("command looked for", "ctrl+p", '"second'),
    step("command", "enter", "escape"),
    step("theme looked for", "ctrl+p", '"theme light'),
    step("theme", "enter"),
    step("file", "m", "m", "m", "m"),
)
MEANWHILE = step("while comparing", *["j"] * 40, *["l", "j"] * 40, *["n"] * 20, *["h", "k"] * 40)
SCRIPTS = {
    "document": READING,
    "workspace": TABLE,
    "comparison": COMPARED,
    "changes": CHANGES,
    "bare": BARE,
}


class AppDriver:
    """An app whose keys are pressed and timed."""

    def __init__(self, pilot: Pilot[Any]) -> None:
        self.app = pilot.app
        self.gap = 0.0
        self._held = 0
        self._painting = asyncio.Event()
        self._painting.set()
        self._hold_back = self.app.delay_update
        setattr(self.app, "delay_update", self._delay_update)  # noqa: B010

    def _delay_update(self, delay: float = 0.05) -> None:
        """Hold frames back, as closed palettes and changes of modes do; an answer comes later."""
        self._hold_back(delay)
        self._held += 1
        self._painting.clear()
        self.app.set_timer(delay, self._release)

    def _release(self) -> None:
        self._held -= 1
        if not self._held:
            self._painting.set()

    async def tick(self) -> None:
        """The longest time in which nothing else came to its turn, in ms."""
        last = time.perf_counter()
        while True:
            await asyncio.sleep(TICK)
            now = time.perf_counter()
            self.gap = max(self.gap, 1000 * (now - last) - 1000 * TICK)
            last = now

    async def answered(self) -> None:
        """Wait until the key and the messages that follow from it are handled by all widgets up to
        the screen, and then the next frame of that screen is painted."""
        for _ in range(2):
            focused, screen = self.app.focused, self.app.screen
            nodes = [screen] if focused is None else focused.ancestors_with_self
            for node in (self.app, *nodes):
                await self._done(node, node.call_later)
        await self._wait(self._painting, self.app)
        screen = self.app.screen
        await self._done(screen, screen.call_after_refresh)

    async def _taken(self) -> None:
        """Wait until a key that was pressed is being handled: the app holds it back until the
        effect of the one before it is complete."""
        await self._done(self.app, self.app.call_later)
        while isinstance(self.app, OrderedKeysApp) and self.app.has_keys_typed_ahead:
            await asyncio.sleep(0.001)

    async def _done(self, node: MessagePump, call: Callable[[Callable[[], None]], object]) -> None:
        done = asyncio.Event()
        call(done.set)
        await self._wait(done, node)

    async def _wait(self, done: asyncio.Event, node: MessagePump) -> None:
        while not done.is_set() and node.is_running:
            try:
                await asyncio.wait_for(done.wait(), 0.05)
            except TimeoutError:
                continue  # a closed screen runs no callbacks

    async def press(self, key: str) -> Press:
        """Press a key as a terminal does, and wait for the answer."""
        name = NAMES.get(key, key)
        before, cpu = time.perf_counter(), time.thread_time()
        self.app.post_message(events.Key(name, key if len(key) == 1 else None))
        await self._taken()
        await self.answered()
        return {
            "key": key,
            "answer": 1000 * (time.perf_counter() - before),
            "cpu": 1000 * (time.thread_time() - cpu),
        }

    async def settled(self) -> None:
        """Wait until no worker runs and nothing is left to be drawn."""
        end = time.perf_counter() + LIMIT
        quiet = 0
        while quiet < QUIET and time.perf_counter() < end:
            await asyncio.sleep(0.02)
            await self.answered()
            busy = any(not worker.is_finished for worker in self.app.workers)
            busy |= isinstance(self.app, OrderedKeysApp) and self.app.has_pending_keys
            quiet = 0 if busy else quiet + 1
        if quiet < QUIET:
            print(f"still at work: {list(self.app.workers)}", file=sys.stderr)

    async def take(self, key_step: Step) -> Played:
        """Play a step."""
        self.gap, pressed = 0.0, []
        for key in key_step.keys:
            press = await self.press(key)
            pressed.append(press)
            await asyncio.sleep(max(0.0, REPEAT - press["answer"] / 1000))
        await self.settled()
        return {"step": key_step.name, "keys": pressed, "gap": self.gap}


async def play(script: str, path: Path, way: str, only: Collection[str] = ()) -> list[Played]:
    """Open a path, from the open screen or at once, and press the keys of a script."""
    played: list[Played] = []
    with low_latency_gc() as started:
        app: App[Any]
        if way == "pair":
            app = InspectApp(open_path(path / "after"), base=path / "before")
        elif way == "bare":
            app = BareApp()
        else:
            app = InspectApp(open_path(path) if way == "once" else None)
        app.call_later(started)
        async with app.run_test(size=(120, 40)) as pilot:
            driver = AppDriver(pilot)
            ticker = asyncio.create_task(driver.tick())
            if way == "pair":
                await driver.answered()
                played.append(await driver.take(MEANWHILE))
            await driver.settled()
            played.append({"step": "start", "keys": [], "gap": driver.gap})
            played.append(await driver.take(Step("idle", ())))
            if way == "screen":
                driver.app.screen.query_one("Input").focus()
                played.append(await driver.take(step("path typed", '"' + str(path))))
                played.append(await driver.take(step("opened", "enter")))
            for key_step in SCRIPTS[script]:
                if not only or key_step.name in only:
                    played.append(await driver.take(key_step))
            ticker.cancel()
    return played


def run_before_workers() -> None:
    """Run this thread before its workers under a real-time policy (`chrt -r 10`).

    Such a policy gives each thread of the same priority up to 100 ms at a time; the usual one
    runs a thread at once that has slept most of the time.
    """
    if sys.platform != "linux" or os.sched_getscheduler(0) not in (os.SCHED_RR, os.SCHED_FIFO):
        return
    policy, priority = os.sched_getscheduler(0), os.sched_getparam(0).sched_priority
    run = threading.Thread.run

    def lowered(thread: threading.Thread) -> None:
        os.sched_setscheduler(0, policy, os.sched_param(priority))
        run(thread)

    setattr(threading.Thread, "run", lowered)  # noqa: B010
    highest = os.sched_get_priority_max(policy)
    os.sched_setscheduler(0, policy, os.sched_param(min(priority + 1, highest)))


if __name__ == "__main__":
    run_before_workers()
    _, script, path, way, *only = sys.argv
    print(json.dumps(asyncio.run(play(script, Path(path), way, only))))
