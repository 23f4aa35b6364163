"""Background work: the recipe for worker threads, their errors, and work after the first frame."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from typing import ClassVar

from textual.message import Message
from textual.widget import Widget
from textual.worker import NoActiveWorker, Worker, WorkerState, get_current_worker

from resim_inspect.tui.graceful_exit import is_leaving, is_too_late
from resim_inspect.tui.messages import WorkerFailed


def is_worker_cancelled() -> bool:
    """Return True in the thread of a worker that has been cancelled; False elsewhere."""
    try:
        return get_current_worker().is_cancelled
    except NoActiveWorker:
        return False


MAX_WORK_TIME = 0.004
"""Seconds of work of a worker between two pauses."""
ANSWER_TIME = 0.06
"""Seconds after a key in which the screen's thread answers it."""
MAX_PAUSE = 0.04
"""Longest pause in seconds: work goes on while a key is held down."""


class KeyTimes:
    """An app that records when keys arrive; it comes after the app among the bases."""

    last_key = 0.0
    """Time at which the last key or paste arrived, by the monotonic clock."""


def key_pauses(app: object) -> Callable[[], None]:
    """Return a function that a worker calls between small pieces of work in Python.

    It pauses the worker while a key is answered: the interpreter runs one thread at a time, and
    each that computes meanwhile makes the answer take as long again.
    """
    resumed = time.monotonic()

    def give_way() -> None:
        nonlocal resumed
        now = time.monotonic()
        if not isinstance(app, KeyTimes) or now - resumed < MAX_WORK_TIME:
            return
        pause = app.last_key + ANSWER_TIME - now
        if pause > 0:
            time.sleep(min(pause, MAX_PAUSE))
        resumed = time.monotonic()

    return give_way


class FirstFrameMixin:
    """An app that defers callbacks until its first frame has been drawn."""

    def __init__(self) -> None:
        self.first_frame_drawn = False
        self._deferred: list[tuple[Widget, Callable[[], object]]] = []

    def after_first_frame(self, widget: Widget, callback: Callable[[], object]) -> None:
        """Call back on behalf of a widget after the first frame, or after the next frame if the
        first has been drawn: drawing takes precedence over background work."""
        if self.first_frame_drawn:
            widget.call_after_refresh(callback)
        else:
            self._deferred.append((widget, callback))

    def mark_first_frame(self) -> None:
        """Record that the first frame has been drawn and run the deferred callbacks."""
        self.first_frame_drawn = True
        deferred, self._deferred = self._deferred, []
        for widget, callback in deferred:
            widget.call_later(callback)


def after_first_frame(widget: Widget, callback: Callable[[], object]) -> None:
    """Defer work that the first frame does not need, so that it does not delay that frame.

    Nothing is done in an app that is leaving.
    """
    app: object = widget.app

    def unless_leaving() -> object:
        return None if is_leaving(app) else callback()

    if isinstance(app, FirstFrameMixin):
        app.after_first_frame(widget, unless_leaving)
    else:
        widget.call_later(unless_leaving)


class Background(Widget):
    """A widget with workers: an error in one of them becomes `WorkerFailed`.

    Workers are methods under
    `@work(thread=True, exclusive=True, group=…, exit_on_error=False, description=…)`;
    they touch no widget and only post messages, which an app that is leaving drops.
    A worker that a busy flag keeps to one at a time is not exclusive: its last message clears the
    flag while its thread still ends, and an exclusive successor would cancel it. It posts that
    message whatever it raises, or its `ERROR` clears the flag.
    """

    RETRIED: ClassVar[Collection[str]] = ()
    """Names of workers that start again by themselves: an error of theirs is shown once, until
    they succeed. The next one would cover the screen as soon as the user has closed it."""
    _failing: frozenset[str] = frozenset()
    """Workers of `RETRIED` whose error has been shown."""

    def post_message(self, message: Message) -> bool:
        return not is_too_late(self) and super().post_message(message)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        worker = event.worker
        if event.state is WorkerState.SUCCESS:
            self._failing -= {worker.name}
        elif event.state is WorkerState.ERROR and worker.error is not None:
            if worker.name not in self._failing:
                self.post_message(WorkerFailed(worker.description, worker.error))
            self._failing |= {worker.name} & {*self.RETRIED}
