"""A pilot that waits for the state of the app, where Textual's own waits for a quiet processor."""

from __future__ import annotations

import asyncio
import io
import unicodedata
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from time import monotonic
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

import pytest
from rich.console import Console
from textual._compositor import LayoutUpdate
from textual.app import App
from textual.events import Key
from textual.keys import KEY_NAME_REPLACEMENTS, key_to_character
from textual.pilot import Pilot
from textual.widget import Widget

from resim_inspect.tui.graceful_exit import is_leaving
from resim_inspect.tui.key_order import OrderedKeysApp
from resim_inspect.tui.widgets.column_table import ColumnTable

QUIET_ROUNDS = 2
"""Rounds in a row in which nothing may wait or be drawn: what a round handles or draws may lead to
more."""
TURNS = 10
"""Turns of the event loop in a round, for tasks that are not handlers of messages."""
INTERVAL = 0.002
"""Seconds between two looks at threads and timers."""
DEADLINE = 60.0
"""Seconds after which the app should be at rest on any machine."""


class Drawing:
    """Frames that apps have drawn, and drawing that they have postponed: Textual shows neither."""

    frames: ClassVar[Counter[App[Any]]] = Counter()
    """The number of frames that each app has drawn."""
    delays: ClassVar[Counter[App[Any]]] = Counter()
    """The number of times that an app draws nothing for now, as while another mode comes."""

    @classmethod
    def watch(cls, monkeypatch: pytest.MonkeyPatch) -> None:
        """Watch every app until the end of a test."""
        monkeypatch.setattr(cls, "frames", Counter())
        monkeypatch.setattr(cls, "delays", Counter())
        original = App.delay_update

        def drawn(app: App[Any]) -> None:
            cls.frames[app] += 1

        def delay_update(app: App[Any], delay: float = 0.05) -> None:
            cls.delays[app] += 1
            original(app, delay)
            # This timer starts later than that of Textual, and so it ends later.
            app.set_timer(delay, lambda: cls.delays.subtract([app]))

        monkeypatch.setattr(App, "post_display_hook", drawn)
        monkeypatch.setattr(App, "delay_update", delay_update)


class WatchedThreads(ThreadPoolExecutor):
    """Threads of workers; those of a worker that was cancelled go on, and may still post."""

    def __init__(self) -> None:
        super().__init__(thread_name_prefix="worker")
        self.futures: set[Future[Any]] = set()

    @classmethod
    def of_loop(cls, loop: asyncio.AbstractEventLoop) -> WatchedThreads:
        """The threads of an event loop, which end with it."""
        threads = _THREADS.get(loop)
        if threads is None:
            threads = _THREADS[loop] = cls()
            loop.set_default_executor(threads)
        return threads

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future = super().submit(fn, *args, **kwargs)
        self.futures.add(future)
        future.add_done_callback(self.futures.discard)
        return future


_THREADS: WeakKeyDictionary[asyncio.AbstractEventLoop, WatchedThreads] = WeakKeyDictionary()


def key_event(key: str) -> Key:
    """The event of a key, which is given by its name or by its character."""
    if len(key) > 1:
        return Key(key, key_to_character(key))
    if key.isalnum():
        return Key(key, key)
    name = unicodedata.name(key, key).lower().replace("-", "_").replace(" ", "_")
    return Key(KEY_NAME_REPLACEMENTS.get(name, name), key)


class StatePilot(Pilot[Any]):
    """A pilot whose keys have had their effect as soon as nothing is left to be handled."""

    def __init__(self, app: App[Any]) -> None:
        super().__init__(app)
        self._threads = WatchedThreads.of_loop(asyncio.get_running_loop())

    async def press(self, *keys: str) -> None:
        """Press keys, each when every message of the one before is handled and drawn; workers may
        go on."""
        for key in keys:
            self.app.post_message(key_event(key))
            await self._rest(self._has_messages)

    async def pause(self, delay: float | None = None) -> None:
        """Wait some seconds; without them, until every message is handled and drawn. What a pilot
        does with the mouse and the size of the terminal ends with it."""
        if delay is None:
            await self._rest(self._has_messages)
        else:
            await super().pause(delay)

    async def settle(self) -> None:
        """Wait until no worker runs, no message waits and nothing is left to be drawn."""
        await self._rest(lambda: self._has_workers() or self._has_messages())

    async def _rest(self, is_busy: Callable[[], bool]) -> None:
        """Wait until the app is not busy and has drawn all that has changed, or has exited."""
        end = monotonic() + DEADLINE
        await self._until_quiet(is_busy, end)
        while not is_leaving(self.app) and self._draw_covered():
            await self._until_quiet(is_busy, end)
        while is_leaving(self.app) and self.app.is_running and not self.app._exit:
            assert monotonic() < end, "the app does not exit"
            await asyncio.sleep(INTERVAL)

    def _draw_covered(self) -> bool:
        """Draw what has changed in the screens below a dialog; return False if nothing was drawn.

        They have timers of their own, of which `pause` triggers that of the top screen alone.
        """
        has_drawn = False
        for screen in self.app.screen_stack[:-1]:
            is_pending = screen._layout_required or screen._scroll_required
            if screen.is_current and (is_pending or screen._dirty_widgets):
                screen._on_timer_update()
                # Widgets that are out of view stay marked.
                has_drawn = has_drawn or not screen._dirty_widgets
        return has_drawn

    async def _until_quiet(self, is_busy: Callable[[], bool], end: float) -> None:
        quiet = 0
        while not is_leaving(self.app):
            assert monotonic() < end, "the app does not come to rest"
            for _ in range(TURNS):
                await asyncio.sleep(0)
            if is_busy():
                quiet = 0
                if self._has_workers() or self._draws_later():
                    await asyncio.sleep(INTERVAL)
                continue
            if quiet == QUIET_ROUNDS:
                return
            await self.app.animator.wait_until_complete()
            # Every handler that runs now returns, and the screen draws what has changed.
            frames = Drawing.frames[self.app]
            await self.pause(0)
            quiet = quiet + 1 if Drawing.frames[self.app] == frames else 0

    def _has_workers(self) -> bool:
        return bool(self._threads.futures) or any(
            not worker.is_finished for worker in self.app.workers
        )

    def _draws_later(self) -> bool:
        """Return True while a timer of Textual or of a large table runs."""
        tables = self.app.screen.query(ColumnTable)
        return (
            Drawing.delays[self.app] > 0
            or self.app._resize_event is not None
            or any(table.is_building for table in tables)
        )

    def _has_messages(self) -> bool:
        app = self.app
        if self._draws_later():
            return True
        if isinstance(app, OrderedKeysApp) and app.has_pending_keys:
            return True
        widgets = [
            widget
            for screen in app.screen_stack
            for widget in screen.walk_children(Widget, with_self=True)
        ]
        return bool(app.message_queue_size) or any(
            widget.message_queue_size or not widget.is_mounted for widget in widgets
        )


async def until(pilot: Pilot[Any], done: Callable[[], bool], seconds: float = DEADLINE) -> None:
    """Wait until a condition holds: for what a timer, a thread or another process does."""
    end = monotonic() + seconds
    while not done():
        assert monotonic() < end, f"the state never came; the screen is\n{screen_text(pilot.app)}"
        await pilot.pause(0.02)
    await pilot.pause()


def _composed(app: App[Any]) -> LayoutUpdate:
    """Return the whole screen, with what is seen of those below a dialog."""
    compositor = app.screen._compositor
    update = compositor.render_update(full=True, screen_stack=app._background_screens)
    assert isinstance(update, LayoutUpdate)
    return update


def screen_text(app: App[Any]) -> str:
    """Return the text of the screen, row by row, without its blank pieces and blank rows."""
    rows = (
        "".join(words for strip in row for words, *_ in strip if words.strip(" "))
        for row in _composed(app).strips
    )
    return "\n".join(filter(None, rows)).replace("\xa0", " ")


def screen_picture(app: App[Any]) -> str:
    """Return the SVG picture of `App.export_screenshot`, in half of its time.

    That derives an id from all segments, with which the names of classes begin.
    """
    width, height = app.size
    console = Console(
        width=width,
        height=height,
        file=io.StringIO(),
        force_terminal=True,
        color_system="truecolor",
        record=True,
        legacy_windows=False,
        safe_box=False,
    )
    console.print(_composed(app))
    return console.export_svg(title=app.title, unique_id="terminal-0")
