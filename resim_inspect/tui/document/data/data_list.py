"""List of metrics data: name, length and type in each row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import takewhile

from rich.cells import cell_len
from rich.text import Text
from textual import work
from textual.message import Message
from textual.worker import get_current_worker

from resim_inspect.document import Document
from resim_inspect.document.enums import DataType
from resim_inspect.errors import DocumentError
from resim_inspect.text import clean, fit
from resim_inspect.tui.document.session import Session
from resim_inspect.tui.messages import KeyHintsChanged
from resim_inspect.tui.theme import ThemeStyles
from resim_inspect.tui.widgets.row_list import RowList, StyledText
from resim_inspect.tui.workers import Background

KINDS = {
    DataType.DOUBLE: "number",
    DataType.INDEXED_DOUBLE: "number",
    DataType.TIMESTAMP: "time",
    DataType.INDEXED_TIMESTAMP: "time",
    DataType.UUID: "uuid",
    DataType.INDEXED_UUID: "uuid",
    DataType.STRING: "text",
    DataType.INDEXED_STRING: "text",
    DataType.STATUS: "status",
    DataType.INDEXED_STATUS: "status",
    DataType.EXTERNAL_FILE: "file",
}


NEAR = 4
"""So many rows above and below have names that must not look like this one's."""
MAX_SURVEYED = 20_000
"""Number of data up to which unused ones are marked: finding them takes seconds."""


def apart(name: str, others: Sequence[str], room: int) -> str:
    """A name in `room` cells, so cut that it does not look like the names beside it."""
    plain = fit(name, room)
    alike = [other for other in others if other != name and fit(other, room) == plain]
    if not alike:
        return plain
    shared = max(_shared(name, other) for other in alike)
    most = room - 5  # Four letters of its start and an ellipsis stay in any case.
    rest = name[shared:]
    if len(rest) > most:
        return fit(f"{name[:4]}…{rest}", room)
    tail = name[-max(len(rest), room // 2) :]
    return fit(name[: room - 1 - len(tail)] + "…" + tail, room)


def _shared(a: str, b: str) -> int:
    """Length of the common prefix of two names."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(a, b, strict=False)))


class DataList(RowList, Background):
    """Metrics data in file order."""

    class Lengths(Message):
        """Lengths of some of the data."""

        def __init__(self, document: Document, lengths: Mapping[int, str]) -> None:
            super().__init__()
            self.document = document
            self.lengths = lengths

    class Unused(Message):
        """Positions of the data that no metric uses."""

        def __init__(self, document: Document, positions: AbstractSet[int]) -> None:
            super().__init__()
            self.document = document
            self.positions = positions

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self._lengths: dict[int, str] = {}
        self._missing: set[int] = set()
        self._fetching = False
        self._unused: AbstractSet[int] = frozenset()

    def on_mount(self) -> None:
        self.set_count(len(self.session.document.data), 0)
        self._title()
        self.call_after_refresh(self._survey, self.session.document)

    def show_session(self, session: Session) -> None:
        """Take the document of a newer session; the cursor stays on the same data."""
        old, self.session = self.session, session
        if session.document is old.document:
            self.refresh()
            return
        row = None
        if 0 <= self.cursor < self.count:
            before = old.document.data[self.cursor]
            same = session.document.data_by_id(before.id)
            row = None if same is None else same.position
        self._lengths.clear()
        self._missing.clear()
        self._unused = frozenset()
        self.set_count(len(session.document.data), row)
        self._title()
        self._survey(session.document)

    def is_unused(self, row: int) -> bool:
        """Return True if it is known that no metric uses these data."""
        return row in self._unused

    def _title(self) -> None:
        title = f"Data {self.count:,}"
        if self._unused:
            title += f" · {len(self._unused):,} without a metric"
        self.border_title = Text(title)

    def empty_text(self) -> str:
        return "no data in this file"

    def copy_text(self, row: int) -> str:
        return self.session.document.data[row].name

    def render_row(self, row: int, width: int, styles: ThemeStyles) -> Sequence[StyledText]:
        data = self.session.document.data[row]
        mark = self.session.worst.get(("data", row))
        length = self._length(row)
        kind = fit(KINDS.get(data.type, "?"), 7) if width > 40 else ""
        room = max(6, width - cell_len(length) - len(kind) - 5)
        around = [self._name_of(other) for other in range(row - NEAR, row + NEAR + 1)]
        name = apart(around[NEAR], around, room)
        chosen = row == self.cursor
        unused = row in self._unused
        return [
            ("▌" if chosen else " ", styles.accent),
            (name, styles.strong if chosen else styles.quiet if unused else styles.text),
            (" " + length + " ", styles.quiet),
            (kind, styles.quiet),
            ("∅" if unused else " ", styles.quiet),
            (mark.symbol if mark else " ", styles.severity[mark] if mark else styles.quiet),
        ]

    def _name_of(self, row: int) -> str:
        """The name in a row, empty where there is no such row."""
        if not 0 <= row < self.count:
            return ""
        return clean(self.session.document.data[row].name, 200) or "(no name)"

    def _length(self, row: int) -> str:
        known = self._lengths.get(row)
        if known is None and row not in self._missing:
            self._missing.add(row)
            if not self._fetching:
                self._fetching = True
                self.call_after_refresh(self._fetch)
        return known or ""

    def _fetch(self) -> None:
        self._measure(self.session.document, tuple(self._missing))

    @work(
        thread=True,
        exclusive=True,
        group="lengths",
        exit_on_error=False,
        description="measuring the data",
    )
    def _measure(self, document: Document, positions: tuple[int, ...]) -> None:
        worker = get_current_worker()
        found: dict[int, str] = {}
        for position in positions:
            if worker.is_cancelled:
                break
            data = document.data[position]
            try:
                if data.external_path is not None:
                    found[position] = "–"
                elif data.is_per_category:
                    found[position] = f"{len(data.category_names):,} categ."
                else:
                    found[position] = f"{document.length(data):,}"
            except DocumentError:
                found[position] = "?"
        self.post_message(self.Lengths(document, found))

    def on_data_list_lengths(self, message: Lengths) -> None:
        message.stop()
        self._fetching = False
        if message.document is self.session.document:
            self._lengths.update(message.lengths)
            self._missing.difference_update(message.lengths)
        if self._missing:
            self._fetching = True
            self._fetch()
        self.refresh()

    @work(
        thread=True,
        exclusive=True,
        group="unused",
        exit_on_error=False,
        description="looking for data without a metric",
    )
    def _survey(self, document: Document) -> None:
        worker = get_current_worker()
        if len(document.data) > MAX_SURVEYED:
            return
        unused = set()
        for data in document.data:
            if worker.is_cancelled:
                return
            if not document.users_of(data):
                unused.add(data.position)
        self.post_message(self.Unused(document, unused))

    def on_data_list_unused(self, message: Unused) -> None:
        message.stop()
        if message.document is self.session.document:
            self._unused = message.positions
            self._title()
            self.post_message(KeyHintsChanged())
            self.refresh()
