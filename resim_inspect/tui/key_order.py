"""Order of typed keys: a key is handled when all that the key before it started is done.

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
from textual.message import Message
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


class KeyPassed(Message):
    """A marker that follows a key up from the focused widget: the key has been handled."""


class OrderedKeysApp(GracefulExitApp, KeyTimes):
    """An app that handles keys and pastes one after the other."""

    def __init__(self) -> None:
        super().__init__()
        self._typed_ahead: deque[Event] = deque()
        self._current_key: Event | None = None
        """Key or paste whose effects are not yet complete."""
        self._following: asyncio.Task[None] | None = None
        self._passed = asyncio.Event()

    @property
    def has_pending_keys(self) -> bool:
        """True until every key that has arrived has had its effect."""
        return self._current_key is not None

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
            self._passed.clear()
            # The task begins before the handlers: one that never returns must not hold up the keys.
            target = self._key_target()
            self._following = asyncio.create_task(self._follow())
            await super().on_event(event)
            if not target.post_message(KeyPassed()):
                self._passed.set()

    def _key_target(self) -> MessagePump:
        return self.focused or self.screen

    def on_key_passed(self) -> None:
        self._passed.set()

    async def _follow(self) -> None:
        """Wait until the current key has had its effect, then handle the next one."""
        deadline = monotonic() + DEADLINE
        try:
            async with asyncio.timeout(DEADLINE):
                await self._passed.wait()
            stable = 0
            state = self._focus_state()
            for _ in range(MAX_ROUNDS):
                await self._round(deadline)
                former, state = state, self._focus_state()
                stable = stable + 1 if state == former and self._is_ready() else 0
                if stable >= 2 or monotonic() > deadline:
                    break
        except (TimeoutError, ScreenStackError):
            pass  # The next key is handled as things are.
        finally:
            self._current_key = self._typed_ahead.popleft() if self._typed_ahead else None
            if self._current_key is not None and not self.post_message(self._current_key):
                self._current_key = None

    async def _round(self, deadline: float) -> None:
        """Wait until the app and the widgets on the focus path have handled their messages."""
        focused = self.focused or self.screen
        for pump in (*focused.ancestors_with_self, self):
            handled = asyncio.Event()
            if isinstance(pump, MessagePump) and pump.call_later(handled.set):
                async with asyncio.timeout(max(0.01, deadline - monotonic())):
                    await handled.wait()

    def _focus_state(self) -> tuple[object, object, int]:
        return self.screen, self.focused, len(self.screen_stack)

    def _is_ready(self) -> bool:
        """Return True if every widget of the current screen is mounted."""
        return all(w.is_mounted for w in self.screen.walk_children(Widget, with_self=True))
