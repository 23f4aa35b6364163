"""Leaving at any moment: the app exits when nothing is being made any more, a screen closes when no
other is above it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import monotonic
from typing import Any

from rich.console import RenderableType
from textual import on
from textual.app import App
from textual.await_complete import AwaitComplete
from textual.events import Event, InputEvent, ScreenResume
from textual.message import Message
from textual.message_pump import MessagePump
from textual.screen import Screen, ScreenResultType
from textual.widget import Widget

POLL_INTERVAL = 0.005
"""Seconds between two looks at what is still being made."""

EXIT_DEADLINE = 10.0
"""Seconds after which the app exits in any case: a handler that hangs must not keep it open."""


class GracefulExitApp(App[None]):
    """An app whose `exit` first lets every screen, pane and dialog be made completely.

    From its exit on, Textual composes nothing, and a mount handler that looks for what should have
    been composed fails. So `exit` cuts off everything new (keys, the mouse, messages of threads,
    what was put off until after the first frame), waits until every widget is mounted and every
    message is handled, and only then exits. No screen needs a check of its own.
    """

    leaving = False
    """True from the moment `exit` was called."""

    def __init__(self) -> None:
        super().__init__()
        self._mode_names: set[str] = set()
        self._exit_hooks: list[Callable[[], object]] = []

    def before_exit(self, hook: Callable[[], object]) -> None:
        """Call a function when the app exits, while all screens are still there."""
        self._exit_hooks.append(hook)

    def add_mode(self, mode: str, base_screen: str | Callable[[], Screen[Any]]) -> None:
        super().add_mode(mode, base_screen)
        self._mode_names.add(mode)

    def remove_mode(self, mode: str) -> AwaitComplete:
        self._mode_names.discard(mode)
        return super().remove_mode(mode)

    async def _replace_screen(self, screen: Screen[Any]) -> Screen[Any]:
        # Textual keeps what any widget puts off until after the next frame with the screen on top,
        # and it would drop that with a dialog which closes before it is drawn.
        callbacks, screen._callbacks = screen._callbacks, []
        for callback, pump in callbacks:
            pump.call_later(callback)
        return await super()._replace_screen(screen)

    def exit_in_haste(self) -> None:
        """Exit, with what is to be done before at once: the process may not have the time."""
        try:
            self._run_hooks()
        finally:
            self.exit()

    def _run_hooks(self) -> None:
        for hook in self._exit_hooks:
            hook()

    def is_started(self) -> bool:
        """Return True if the first frame is on the screen; the app does not exit before."""
        return True

    async def action_quit(self) -> None:
        self.exit()

    def exit(
        self, result: None = None, return_code: int = 0, message: RenderableType | None = None
    ) -> None:
        """Exit as soon as nothing is being made; return at once. The first call counts."""
        if self.leaving:
            return
        self.leaving = True

        def exit_now() -> None:
            super(GracefulExitApp, self).exit(result, return_code, message)

        self.run_worker(self._exit_when_made(exit_now), group="exit", description="leaving")

    def post_message(self, message: Message) -> bool:
        return not is_too_late(self) and super().post_message(message)

    async def on_event(self, event: Event) -> None:
        if not (self.leaving and isinstance(event, InputEvent)):
            await super().on_event(event)

    async def _exit_when_made(self, exit_now: Callable[[], None]) -> None:
        deadline = monotonic() + EXIT_DEADLINE
        exited = False
        while not exited:
            await asyncio.sleep(POLL_INTERVAL)
            # Two rounds: what is handled in the first may post something.
            if monotonic() < deadline and not (
                self._is_made() and await self._handled(deadline) and await self._handled(deadline)
            ):
                continue
            tried = asyncio.Event()

            def exit_if_made(tried: asyncio.Event = tried) -> None:
                # In the app's own task: with no other message its loop ends before any other
                # task has a turn.
                nonlocal exited
                if monotonic() >= deadline or (self._is_made() and not self.message_queue_size):
                    exited = True
                    self._run_hooks()
                    exit_now()
                tried.set()

            self.call_later(exit_if_made)
            await tried.wait()

    def screen_stacks(self) -> list[list[Screen[Any]]]:
        """The screens of every mode that has been shown, each from its lowest; first the mode in
        view."""
        stacks: list[list[Screen[Any]]] = [self.screen_stack]
        for mode in self._mode_names - {self.current_mode}:
            try:
                stacks.append(self.get_screen_stack(mode))
            except KeyError:
                continue  # A mode that was never shown has no screens.
        return stacks

    def all_screens(self) -> list[Screen[Any]]:
        """The screens of every mode that has been shown."""
        return [screen for stack in self.screen_stacks() for screen in stack]

    def _widgets(self) -> list[Widget]:
        """Every widget of every screen of every mode."""
        screens = self.all_screens()
        return [
            widget for screen in screens for widget in screen.walk_children(Widget, with_self=True)
        ]

    def _is_made(self) -> bool:
        """Return True if every widget is mounted and has no message left to handle."""
        return self.is_started() and all(
            widget.is_mounted and not widget.message_queue_size for widget in self._widgets()
        )

    async def _handled(self, deadline: float) -> bool:
        """Wait until every handler that runs now has returned; return True if that made nothing
        new."""
        widgets = self._widgets()
        pumps: list[MessagePump] = [self, *widgets]
        waiting = []
        for pump in pumps:
            handled = asyncio.Event()
            if pump.call_later(handled.set):
                waiting.append((pump, handled))
        while waiting and monotonic() < deadline:
            await asyncio.sleep(POLL_INTERVAL)
            waiting = [
                (pump, handled)
                for pump, handled in waiting
                if pump.is_running and not handled.is_set()
            ]
        return self._is_made() and set(self._widgets()) == set(widgets)


def screens_above(screen: Screen[Any]) -> list[Screen[Any]]:
    """Return the screens on top of a screen in its own mode, which need not be in view."""
    app: object = screen.app
    for stack in app.screen_stacks() if isinstance(app, GracefulExitApp) else ():
        if screen in stack:
            return stack[stack.index(screen) + 1 :]
    return []


def is_leaving(app: object) -> bool:
    """Return True if the app was asked to exit."""
    return isinstance(app, GracefulExitApp) and app.leaving


def is_too_late(pump: MessagePump) -> bool:
    """Return True in a thread whose app is leaving or whose widget is gone: what it has found is
    not wanted any more."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return is_leaving(pump.app) if isinstance(pump, App) or pump.is_attached else True
    return False


class ClosingScreen(Screen[ScreenResultType]):
    """A screen that closes when it is the uppermost one in view, at once or later.

    Textual closes the uppermost screen, whichever that is, with the callback of the one that was to
    close; the next key that closes a screen then ends the app.
    """

    _late_result: tuple[ScreenResultType | None] | None = None
    """The result with which it closes as soon as it is the uppermost one; None to stay."""

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        if self.is_active:
            return super().dismiss(result)
        self._late_result = (result,)
        return AwaitComplete()

    @on(ScreenResume)
    def _close_late(self) -> None:
        if self._late_result is not None:
            self.dismiss(*self._late_result)
