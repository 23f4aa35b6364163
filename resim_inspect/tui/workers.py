"""Work that leaves the screen alone: one recipe for threads, and how their errors come back."""

from __future__ import annotations

from collections.abc import Callable

from textual.message import Message
from textual.widget import Widget
from textual.worker import Worker, WorkerState


class Starting:
    """An app that says when its first frame is on the screen."""

    def __init__(self) -> None:
        self.up = False
        self._waiting: list[tuple[Widget, Callable[[], object]]] = []

    def when_up(self, widget: Widget, callback: Callable[[], object]) -> None:
        """Call back on a widget's behalf once there is a first frame; if there is, after the next
        one: what is being shown comes before what is worked out for it."""
        if self.up:
            widget.call_after_refresh(callback)
        else:
            self._waiting.append((widget, callback))

    def is_up(self) -> None:
        """The first frame is on the screen."""
        self.up = True
        waiting, self._waiting = self._waiting, []
        for widget, callback in waiting:
            widget.call_later(callback)


def when_up(widget: Widget, callback: Callable[[], object]) -> None:
    """Do what the first frame does not show when it is on the screen: before, it delays it."""
    app: object = widget.app
    if isinstance(app, Starting):
        app.when_up(widget, callback)
    else:
        widget.call_later(callback)


class Failed(Message):
    """Something went wrong away from the screen; the app shows it in a dialog."""

    def __init__(self, doing: str, error: BaseException) -> None:
        super().__init__()
        self.doing = doing
        self.error = error


class Background(Widget):
    """A widget with workers: an error in one of them becomes `Failed`.

    Workers are methods under
    `@work(thread=True, exclusive=True, group=…, exit_on_error=False, description=…)`;
    they touch no widget and only post messages.
    """

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            self.post_message(Failed(event.worker.description, event.worker.error))
