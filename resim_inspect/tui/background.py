"""Work that leaves the screen alone: one recipe for threads, and how their errors come back."""

from __future__ import annotations

from textual.message import Message
from textual.widget import Widget
from textual.worker import Worker, WorkerState


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
