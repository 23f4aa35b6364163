"""Base of lists of metrics: a text about the value of each metric in view, read in a thread."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from textual import work
from textual.message import Message
from textual.worker import get_current_worker

from resim_inspect.document import Document
from resim_inspect.tui.document.session import Session
from resim_inspect.tui.widgets.row_list import RowList
from resim_inspect.tui.workers import Background, after_first_frame

if TYPE_CHECKING:
    from resim_inspect.document.model import Metric  # Its classes take 10 ms of the start.


DELTA_GAP = "  "
"""Gap between a value and its difference from the reference."""


class ValueRows(RowList, Background):
    """Rows of metrics whose values are read when they come into view."""

    class Values(Message):
        """Texts about the values of metrics, by position."""

        def __init__(self, session: Session, values: Mapping[int, str]) -> None:
            super().__init__()
            self.session = session
            self.values = values

    def __init__(self, session: Session, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.session = session
        self._values: dict[int, str] = {}
        self._missing: set[int] = set()
        self._fetching = False

    def read_value(self, document: Document, metric: Metric) -> str:
        """Text about the value of a metric; called in a thread, it may decode series."""
        raise NotImplementedError

    def read_delta(self, session: Session, metric: Metric) -> str:
        """Difference from the reference, behind the value; called in a thread."""
        return "" if session.reference is None else session.reference.delta(metric)

    def known_value(self, position: int) -> str | None:
        """Text of a metric's value if it has been read."""
        return self._values.get(position)

    def value_of(self, position: int) -> str:
        """Text of a metric's value; empty until a thread has read it."""
        known = self._values.get(position)
        if known is not None:
            return known
        if position not in self._missing:
            self._missing.add(position)
            if not self._fetching:
                self._fetching = True
                after_first_frame(self, self._fetch)
        return ""

    def forget_values(self) -> None:
        """Drop all texts: the document is another one."""
        self._values.clear()
        self._missing.clear()

    def _fetch(self) -> None:
        self._read_values(self.session, tuple(self._missing))

    @work(
        thread=True,
        group="values",
        exit_on_error=False,
        description="reading the values of metrics",
    )
    def _read_values(self, session: Session, positions: tuple[int, ...]) -> None:
        worker, document = get_current_worker(), session.document
        values: dict[int, str] = {}
        try:
            for position in positions:
                if worker.is_cancelled:
                    break
                metric = document.metrics[position]
                values[position] = ""  # One that raises is not read again.
                parts = self.read_value(document, metric), self.read_delta(session, metric)
                values[position] = DELTA_GAP.join(part for part in parts if part)
        finally:
            self.post_message(self.Values(session, values))

    def on_value_rows_values(self, message: Values) -> None:
        message.stop()
        self._fetching = False
        read_of, here = message.session, self.session
        if read_of.document is here.document and read_of.reference is here.reference:
            self._values.update(message.values)
            self._missing.difference_update(message.values)
        if self._missing:
            self._fetching = True
            self._fetch()
        self.refresh()
