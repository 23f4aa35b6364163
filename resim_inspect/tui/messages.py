"""Messages that widgets of different features send one another: requests, and changed state."""

from __future__ import annotations

from pathlib import Path

from textual.message import Message

from resim_inspect.tui.batch_address import BatchAddress


class OpenRequested(Message):
    """A request to open a path or a batch of the cloud."""

    def __init__(self, path: Path | BatchAddress, metric: int | None = None) -> None:
        super().__init__()
        self.path = path
        self.metric = metric
        """Position of the metric to show."""


class CompareRequested(Message):
    """A request to compare what is open with a base that is to be chosen, or with this one."""

    def __init__(
        self,
        path: Path,
        base: Path | None = None,
        *,
        metric: str = "",
        event: str = "",
        is_batch: bool = False,
    ) -> None:
        super().__init__()
        self.path = path
        self.base = base
        self.metric = metric
        """Name of the metric to show first, and that of its event."""
        self.event = event
        self.is_batch = is_batch
        """True if jobs are compared with jobs."""


class FetchRequested(Message):
    """A request to an open batch of the cloud: fetch again, or fetch and open one of its jobs."""

    def __init__(self, address: BatchAddress) -> None:
        super().__init__()
        self.address = address


class GoTo(Message):
    """A request to show an item of the document: `metric`, `data`, `event` or `findings`."""

    def __init__(self, kind: str, position: int, at: float | None = None) -> None:
        super().__init__()
        self.kind = kind
        self.position = position
        self.at = at
        """Time at which a chart's cursor should stand, in ns as in the file."""


class EditionChosen(Message):
    """A request to validate the document against another edition of the official validator."""

    def __init__(self, edition: str) -> None:
        super().__init__()
        self.edition = edition


class KeyHintsChanged(Message):
    """The keys that apply to the focused widget have changed."""


class WorkerFailed(Message):
    """An error in a worker, which the app shows in a dialog."""

    def __init__(self, doing: str, error: BaseException) -> None:
        super().__init__()
        self.doing = doing
        self.error = error
