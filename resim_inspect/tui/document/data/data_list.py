"""List of metrics data: name, length and type in each row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from itertools import takewhile
from typing import ClassVar

from rich.text import Text
from textual import work
from textual.binding import BindingType
from textual.message import Message
from textual.worker import get_current_worker

from resim_inspect.document import Document
from resim_inspect.document.enums import DataType
from resim_inspect.document.model import MetricsData
from resim_inspect.errors import DocumentError
from resim_inspect.text import cell_width, clean, fit
from resim_inspect.tui.document.session import Session
from resim_inspect.tui.key_hints import unmatched_text
from resim_inspect.tui.keys.document import DATA_LIST
from resim_inspect.tui.messages import KeyHintsChanged
from resim_inspect.tui.theme import ThemeStyles
from resim_inspect.tui.widgets.filter_host import open_filter
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
"""Number of rows above and below from whose names a shortened name must differ."""
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

    BINDINGS: ClassVar[list[BindingType]] = [*DATA_LIST]

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
        self.query_text = ""
        self.query_error = ""
        self.shown: Sequence[int] = range(len(session.document.data))
        """Positions of the data that match the filter."""
        self._lengths: dict[int, str] = {}
        self._missing: set[int] = set()
        self._fetching = False
        self._unused: AbstractSet[int] = frozenset()

    def on_mount(self) -> None:
        self.set_count(len(self.shown), 0)
        self._title()
        self.call_after_refresh(self._survey, self.session.document)

    def show_session(self, session: Session) -> None:
        """Take the document of a newer session; the cursor stays on the same data."""
        old, self.session = self.session, session
        if session.document is old.document:
            self.refresh()
            return
        position = self.position
        if position is not None:
            before = old.document.data[position]
            same = session.document.data_by_id(before.id)
            position = None if same is None else same.position
        self._lengths.clear()
        self._missing.clear()
        self._unused = frozenset()
        self._rebuild(position)
        self._survey(session.document)

    @property
    def position(self) -> int | None:
        """Position of the chosen data in the file."""
        return self.shown[self.cursor] if 0 <= self.cursor < len(self.shown) else None

    def row_of(self, position: int) -> int | None:
        """Row of the data at a position; None if the filter hides them."""
        return self.shown.index(position) if position in self.shown else None

    def set_query(self, text: str) -> None:
        """Filter; one that cannot be parsed leaves the list as it is and sets `query_error`."""
        self.query_text = text
        self._rebuild(self.position)

    def _rebuild(self, position: int | None) -> None:
        """Filter again; the cursor stands on the data at a position, if they are shown."""
        document = self.session.document
        self.query_error = ""
        if self.query_text:
            from resim_inspect.filtering.items import DataFields
            from resim_inspect.filtering.query import checked_query

            fields = DataFields(document, self.session.marks_of("data"), self._unused)
            test, self.query_error = checked_query(self.query_text, fields)
            if self.query_error:
                self.shown = [p for p in self.shown if p < len(document.data)]
            else:
                self.shown = [d.position for d in document.data if test is None or test(d)]
        else:
            self.shown = range(len(document.data))
        row = None if position is None else self.row_of(position)
        self.set_count(len(self.shown), max(self.cursor, 0) if row is None else row)
        self._title()

    async def action_filter(self) -> None:
        await open_filter(self)

    def is_unused(self, position: int) -> bool:
        """Return True if it is known that no metric uses these data."""
        return position in self._unused

    def _title(self) -> None:
        total = len(self.session.document.data)
        title = f"Data {total:,}" if self.count == total else f"Data {self.count:,} of {total:,}"
        if self._unused:
            title += f" · {len(self._unused):,} without a metric"
        self.border_title = Text(title)

    def empty_text(self) -> str:
        if self.query_text:
            return unmatched_text("data", self.query_text, "document.back", "match")
        return "no data in this file"

    def copy_text(self, row: int) -> str:
        return self.session.document.data[self.shown[row]].name

    def render_row(self, row: int, width: int, styles: ThemeStyles) -> Sequence[StyledText]:
        position = self.shown[row]
        data = self.session.document.data[position]
        mark = self.session.worst.get(("data", position))
        length = self._length(position)
        kind = fit(KINDS.get(data.type, "?"), 7) if width > 40 else ""
        room = max(6, width - cell_width(length) - len(kind) - 5)
        around = [self._name_of(other) for other in range(row - NEAR, row + NEAR + 1)]
        name = apart(around[NEAR], around, room)
        chosen = row == self.cursor
        unused = position in self._unused
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
        return clean(self.session.document.data[self.shown[row]].name, 200) or "(no name)"

    def _length(self, position: int) -> str:
        known = self._lengths.get(position)
        if known is None and position not in self._missing:
            self._missing.add(position)
            if not self._fetching:
                self._fetching = True
                self.call_after_refresh(self._fetch)
        return known or ""

    def _fetch(self) -> None:
        self._measure(self.session.document, tuple(self._missing))

    @work(thread=True, group="lengths", exit_on_error=False, description="measuring the data")
    def _measure(self, document: Document, positions: tuple[int, ...]) -> None:
        worker = get_current_worker()
        texts: dict[int, str] = {}
        try:
            for position in positions:
                if worker.is_cancelled:
                    break
                texts[position] = "?"  # One that raises is not measured again.
                with suppress(DocumentError):
                    texts[position] = _length_text(document, document.data[position])
        finally:
            self.post_message(self.Lengths(document, texts))

    def on_data_list_lengths(self, message: Lengths) -> None:
        message.stop()
        self._fetching = False
        if message.document is self.session.document:
            self._lengths.update(message.lengths)
            self._missing.difference_update(message.lengths)
        if self._missing:
            self._fetching = True
            self._fetch()
        top = round(self.scroll_offset.y)
        for row in range(top, min(top + self.size.height, self.count)):
            if self.shown[row] in message.lengths:
                self.refresh_line(row)

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
            if "is:" in self.query_text:
                self._rebuild(self.position)
            self._title()
            self.post_message(KeyHintsChanged())
            self.refresh()


def _length_text(document: Document, data: MetricsData) -> str:
    if data.external_path is not None:
        return "–"
    if data.is_per_category:
        return f"{len(data.category_names):,} categ."
    return f"{document.length(data):,}"


def data_title(data: MetricsData, index: MetricsData | None, styles: ThemeStyles) -> Text:
    """Name, type and unit of a data, and its index if that is known."""
    title = Text(clean(data.name, 60) or "(no name)", "bold")
    title.append(f" · {data.type.label}", styles.quiet)
    if data.unit:
        title.append(f" [{clean(data.unit, 16)}]", styles.quiet)
    if index is not None:
        title.append(f" · by {clean(index.name, 40)}", styles.quiet)
    return title
