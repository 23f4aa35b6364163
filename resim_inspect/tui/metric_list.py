"""The list of metrics: grouped, filtered, a status, a name and a value a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual import work
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.worker import get_current_worker

from resim_inspect.document import Document
from resim_inspect.document.enums import MetricStatus, MetricType
from resim_inspect.document.text import clean, quantity, symbol
from resim_inspect.tui.background import Background, when_up
from resim_inspect.tui.catalog import Grouping, View
from resim_inspect.tui.lines import LineList, Piece, fit
from resim_inspect.tui.session import Session
from resim_inspect.tui.theme import Tones

FINDING_MARK = {"error": "E", "warning": "W", "info": "i"}
FAILING = (MetricStatus.FAIL_WARN, MetricStatus.FAIL_BLOCK)


class MetricList(LineList, Background):
    """Metrics by position, under headings."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("b", "group", "Group by", tooltip="group by the next: status, importance, type …"),
        Binding("n", "failing(1)", "Next failing", tooltip="to the next failing metric"),
        Binding("N", "failing(-1)", "Previous failing", tooltip="to the failing metric before"),
    ]

    class Shown(Message):
        """Other metrics stand in the list than before."""

    class Values(Message):
        """One-line values are ready."""

        def __init__(self, document: Document, values: Mapping[int, str]) -> None:
            super().__init__()
            self.document = document
            self.values = values

    def __init__(self, session: Session, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.session = session
        self.grouping = Grouping.STATUS
        self.query_text = ""
        self.query_error = ""
        self._view = View()
        self._values: dict[int, str] = {}
        self._missing: set[int] = set()
        self._fetching = False

    def on_mount(self) -> None:
        self._rebuild(None)

    # State.

    @property
    def position(self) -> int | None:
        """The chosen metric's place in the file."""
        if 0 <= self.cursor < self.count:
            position = self._view.rows[self.cursor]
            return position if position >= 0 else None
        return None

    @property
    def shown(self) -> int:
        """How many metrics pass the filter."""
        return self._view.total

    @property
    def positions(self) -> Sequence[int]:
        """The metrics from top to bottom."""
        return [position for position in self._view.rows if position >= 0]

    def show_session(self, session: Session) -> None:
        """Take the document of a newer session; the cursor stays on the same metric."""
        if session.document is not self.session.document:
            here, old = self.position, self.session
            self.session = session
            self._values.clear()
            self._missing.clear()
            self._rebuild(None if here is None else same_metric(old, here, session))
        else:
            self.session = session
            if "has:" in self.query_text:
                self._rebuild(self.position)
            self.refresh()

    def set_query(self, text: str) -> None:
        """Filter; a query that cannot be understood leaves the list as it is."""
        self.query_text = text
        self._rebuild(self.position)

    def go_to(self, position: int) -> bool:
        """Put the cursor on a metric; drops the filter if it hides it. False: no such metric."""
        if not 0 <= position < len(self.session.catalog):
            return False
        if position not in self._view.row_of:
            self.query_text = ""
            self._rebuild(position)
        else:
            self.cursor = self._view.row_of[position]
        return True

    def _rebuild(self, position: int | None) -> None:
        test = None
        self.query_error = ""
        if self.query_text:
            from resim_inspect.tui.query import QueryError, compile_query

            try:
                test = compile_query(self.query_text, self.session.catalog, self.session.marks)
            except QueryError as error:
                self.query_error = str(error)
                self.post_message(self.Shown())
                return
        before = self._view.rows
        self._view = self.session.catalog.view(self.grouping, test)
        row = None if position is None else self._view.row_of.get(position)
        if row is None:
            row = min(max(self.cursor, 0), len(self._view.rows) - 1) if before else 0
        self.set_count(len(self._view.rows), row)
        self.post_message(self.Shown())

    # Keys.

    def action_group(self) -> None:
        position = self.position
        self.grouping = self.grouping.next
        if self.grouping is Grouping.TAG and not self.session.catalog.tags_of:
            self.grouping = self.grouping.next
        if self.grouping is Grouping.EVENT and not self.session.catalog.events_of:
            self.grouping = self.grouping.next
        self._rebuild(position)

    def action_failing(self, by: int) -> None:
        rows, statuses = self._view.rows, self.session.catalog.statuses
        for step in range(1, len(rows) + 1):
            row = (self.cursor + by * step) % len(rows)
            if rows[row] >= 0 and statuses[rows[row]] in FAILING:
                self.cursor = row
                return
        self.app.notify("No metric fails here.", timeout=3)

    # Looks.

    def rests(self, row: int) -> bool:
        return 0 <= row < self.count and self._view.rows[row] >= 0

    def copied(self, row: int) -> str:
        position = self._view.rows[row]
        value = self._values.get(position, "")
        return f"{self.session.catalog.names[position]}\t{value}".strip()

    def empty_note(self) -> str:
        return "no metric passes the filter" if self.query_text else "no metrics in this file"

    def pieces(self, row: int, width: int, look: Tones) -> Sequence[Piece]:
        position = self._view.rows[row]
        if position < 0:
            return self._heading(-1 - position, look)
        catalog = self.session.catalog
        status = MetricStatus(catalog.statuses[position])
        mark = self.session.worst.get(("metric", position))
        metric = catalog.messages[position]
        name = clean(metric.name, 200) or "(no name)"
        # A name keeps its room before a long value does, but a number is never cut.
        value = self._value(position)
        value = fit(value, min(cell_len(value), max(width - 6 - cell_len(name), 12)))
        room = max(0, width - 6 - cell_len(value))
        hidden = metric.HasField("should_display") and not metric.should_display
        extra = "  hidden" if hidden else ""
        if metric.event_metric:
            events = catalog.events_of.get(position)
            extra += (
                f"  @ {clean(catalog.document.events[events[0]].name, 40)}" if events else "  @"
            )
        shown_name = fit(name, room) if cell_len(name) >= room else name
        rest = max(0, room - cell_len(shown_name))
        chosen = row == self.cursor
        return [
            ("▌" if chosen else " ", look.accent),
            (symbol(status) + " ", look.of(status)),
            (shown_name, look.strong if chosen else look.text),
            (fit(extra, rest), look.quiet),
            (" " + value + " ", look.of(status) if status in FAILING else look.quiet),
            (FINDING_MARK[mark] if mark else " ", look.severity[mark] if mark else look.quiet),
        ]

    def _heading(self, number: int, look: Tones) -> Sequence[Piece]:
        heading = self._view.headings[number]
        style = look.quiet if heading.status is None else look.of(heading.status)
        sign = f"{symbol(heading.status)} " if heading.status is not None else ""
        return [
            (sign + heading.label, style + look.quiet if not sign else style),
            (f" {heading.size:,}", look.quiet),
        ]

    def _value(self, position: int) -> str:
        known = self._values.get(position)
        if known is not None:
            return known
        if self.session.catalog.types[position] == MetricType.SCALAR:
            metric = self.session.catalog.messages[position]
            values = metric.metric_values.scalar_metric_values
            if values.HasField("value"):
                text = quantity(values.value, values.unit)
                self._values[position] = text
                return text
        if position not in self._missing:
            self._missing.add(position)
            if not self._fetching:
                self._fetching = True
                when_up(self, self._fetch)
        return ""

    def _fetch(self) -> None:
        self._read_values(self.session.document, tuple(self._missing))

    @work(
        thread=True,
        exclusive=True,
        group="values",
        exit_on_error=False,
        description="reading the values of metrics",
    )
    def _read_values(self, document: Document, positions: tuple[int, ...]) -> None:
        from resim_inspect.tui.glance import glance

        worker = get_current_worker()
        values: dict[int, str] = {}
        for position in positions:
            if worker.is_cancelled:
                break
            values[position] = glance(document, document.metrics[position])
        self.post_message(self.Values(document, values))

    def on_metric_list_values(self, message: Values) -> None:
        message.stop()
        self._fetching = False
        if message.document is not self.session.document:
            return
        self._values.update(message.values)
        self._missing.difference_update(message.values)
        if self._missing:
            self._fetching = True
            self._fetch()
        self.refresh()


def same_metric(old: Session, position: int, new: Session) -> int | None:
    """Where the metric of an older document stands in the newer one: by id, else by name."""
    metric = old.document.metrics[position]
    same = new.document.metric_by_id(metric.id) if metric.id else None
    if same is None or same.name != metric.name:
        same = new.document.metric_named(metric.name) or same
    return None if same is None else same.position
