"""Order of typed keys: a key is handled when the messages that follow from the key before it are.

Textual passes a key to the focused widget at once, while the action of the key before it may still
be moving the focus or opening a dialog. Keys that arrive in one read (a paste, a slow connection)
would then go to the former widget: `/` and `q` would quit the app.
"""

from __future__ import annotations

import asyncio
from collections import deque
from time import monotonic

from textual.app import ScreenStackError
from textual.events import Event, Key, Paste
from textual.message_pump import MessagePump
from textual.widget import Widget

from resim_inspect.tui.graceful_exit import GracefulExitApp
from resim_inspect.tui.widgets.maximising import escape_restores
from resim_inspect.tui.workers import KeyTimes

DEADLINE = 2.0
"""Seconds after which the next key is handled in any case: a slow handler must not block the keys.
"""
MAX_ROUNDS = 200
"""Number of rounds of messages after which the next key is handled in any case."""
CLOSED_CHECK = 0.01
"""Seconds between two looks at whether a widget that is waited for has been closed."""


class OrderedKeysApp(GracefulExitApp, KeyTimes):
    """An app that handles keys and pastes one after the other."""

    def __init__(self) -> None:
        super().__init__()
        self._typed_ahead: deque[Event] = deque()
        self._current_key: Event | None = None
        """Key or paste whose effects are not yet complete."""
        self._following: asyncio.Task[None] | None = None
        self._delivered = asyncio.Event()
        """Set once the app has handled the current key or passed it to the focused widget."""

    @property
    def has_pending_keys(self) -> bool:
        """True until every key that the app has received has had its effect."""
        return self._current_key is not None

    @property
    def has_keys_typed_ahead(self) -> bool:
        """True while a key that has arrived waits for the effect of the one before it."""
        return bool(self._typed_ahead)

    @property
    def escape_to_minimize(self) -> bool:
        return escape_restores(self.screen)

    async def on_event(self, event: Event) -> None:
        if not isinstance(event, (Key, Paste)) or event.is_forwarded:
            await super().on_event(event)
            return
        self.last_key = monotonic()
        if self._current_key is not None and event is not self._current_key:
            self._typed_ahead.append(event)
        else:
            self._current_key = event
            self._delivered.clear()
            # The task begins before the handlers: one that never returns must not hold up the keys.
            self._following = asyncio.create_task(self._follow(self._focus_path()))
            await super().on_event(event)
            self._delivered.set()

    def _focus_path(self) -> list[MessagePump]:
        """Return the focused widget and all that it lies in, up to the app."""
        node = self.focused or self.screen
        return [pump for pump in node.ancestors_with_self if isinstance(pump, MessagePump)]

    async def _follow(self, path: list[MessagePump]) -> None:
        """Wait until the current key has had its effect, then handle the next one.

        A key passes from the focused widget up the path that it lay on when the key arrived.
        """
        try:
            async with asyncio.timeout(DEADLINE):
                await self._delivered.wait()
                await self._round(path)
                stable = 0
                state = self._focus_state()
                for _ in range(MAX_ROUNDS):
                    await self._round(self._focus_path())
                    former, state = state, self._focus_state()
                    stable = stable + 1 if state == former and self._is_ready() else 0
                    if stable >= 2:
                        break
        except (TimeoutError, ScreenStackError):
            pass  # The next key is handled as things are.
        finally:
            self._current_key = self._typed_ahead.popleft() if self._typed_ahead else None
            if self._current_key is not None and not self.post_message(self._current_key):
                self._current_key = None

    async def _round(self, path: list[MessagePump]) -> None:
        """Wait until widgets, one after the other, have handled the messages in their queues.

        What a key closes drops its messages, and a message does not bubble out of a closed screen:
        only those that still run are waited for.
        """
        loop = asyncio.get_running_loop()
        for pump in path:
            handled: asyncio.Future[None] = loop.create_future()
            if pump.call_later(handled.set_result, None):
                while pump.is_running and not handled.done():
                    await asyncio.wait((handled,), timeout=CLOSED_CHECK)

    def _focus_state(self) -> tuple[object, object, int]:
        return self.screen, self.focused, len(self.screen_stack)

    def _is_ready(self) -> bool:
        """Return True if every widget of the current screen is mounted."""
        return all(w.is_mounted for w in self.screen.walk_children(Widget, with_self=True))
