"""Lists of the events pane: the events by time, and the metrics of one event."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from resim_inspect.document.model import Event, Metric
from resim_inspect.document.summary import headline
from resim_inspect.text import clean, fit
from resim_inspect.tui.document.session import Session
from resim_inspect.tui.key_hints import unmatched_text
from resim_inspect.tui.theme import ThemeStyles
from resim_inspect.tui.widgets.row_list import RowList, StyledText


class EventList(RowList):
    """Events by time."""

    def __init__(self) -> None:
        super().__init__()
        self.session: Session | None = None
        self.events: list[Event] = []
        """The events that match the filter, by time."""
        self.query_text = ""
        self.query_error = ""

    @property
    def event(self) -> Event | None:
        """The chosen event."""
        return self.events[self.cursor] if 0 <= self.cursor < len(self.events) else None

    def show(self, session: Session) -> None:
        """Show the events of a document; the cursor stays on the same event."""
        here, self.session = self.event, session
        all_ = sorted(
            session.document.events, key=lambda e: (e.timestamp_type, e.timestamp, e.position)
        )
        self.events = self._matching(session, all_)
        row = None
        if here is not None:
            same = [i for i, e in enumerate(self.events) if (e.id, e.name) == (here.id, here.name)]
            row = same[0] if same else None
        self.set_count(len(self.events), max(self.cursor, 0) if row is None else row)
        total = f"{len(all_):,}"
        number = total if len(self.events) == len(all_) else f"{len(self.events):,} of {total}"
        self.border_title = Text(f"Events {number}")

    def set_query(self, text: str) -> None:
        """Filter; one that cannot be parsed leaves the list as it is and sets `query_error`."""
        self.query_text = text
        if self.session is not None:
            self.show(self.session)

    def _matching(self, session: Session, all_: list[Event]) -> list[Event]:
        self.query_error = ""
        if not self.query_text:
            return all_
        from resim_inspect.filtering.items import EventFields
        from resim_inspect.filtering.query import checked_query

        fields = EventFields(session.document, session.marks_of("event"))
        test, self.query_error = checked_query(self.query_text, fields)
        if self.query_error:
            shown = {event.position for event in self.events}
            return [event for event in all_ if event.position in shown]
        return [event for event in all_ if test is None or test(event)]

    def empty_text(self) -> str:
        if self.query_text:
            return unmatched_text("event", self.query_text, "document.back")
        return "no events in this file"

    def copy_text(self, row: int) -> str:
        event = self.events[row]
        return f"{event.time_text}\t{event.status.name}\t{event.name}"

    def render_row(self, row: int, width: int, styles: ThemeStyles) -> Sequence[StyledText]:
        event = self.events[row]
        chosen = row == self.cursor
        mark = self.session.worst.get(("event", event.position)) if self.session else None
        time = event.time_text
        metrics = f"{len(event.metrics)} metrics" if len(event.metrics) != 1 else "1 metric"
        tail = f"  {metrics:>10} " if width > 56 else " "
        name = clean(event.name, 200) or "(no name)"
        room = max(6, width - len(tail) - max(11, len(time)) - 6)
        return [
            ("▌" if chosen else " ", styles.accent),
            (fit(time, max(11, len(time)), right=True) + " ", styles.quiet),
            (event.status.symbol + " ", styles.of(event.status)),
            (fit(name, room), styles.strong if chosen else styles.text),
            (tail, styles.quiet),
            (mark.symbol if mark else " ", styles.severity[mark] if mark else styles.quiet),
        ]


class EventMetrics(RowList):
    """The metrics of one event."""

    def __init__(self) -> None:
        super().__init__()
        self.session: Session | None = None
        self.event: Event | None = None
        self.metrics: list[Metric] = []
        self.missing = 0
        self._values: dict[int, str] = {}

    def show(self, session: Session, event: Event | None) -> None:
        """Show the metrics that an event names."""
        metrics = [session.document.metric_by_id(id_) for id_ in event.metrics] if event else []
        self.session = session
        self.metrics = [metric for metric in metrics if metric is not None]
        self.missing = len(metrics) - len(self.metrics)
        self._values = {}
        self.event = event
        title = "Its metrics" if event is None else f"Its metrics {len(self.metrics):,}"
        if self.missing:
            title += f" · {self.missing:,} not in the file"
        self.border_title = Text(title)
        self.set_count(len(self.metrics), 0)

    def empty_text(self) -> str:
        return "names no metric of this file" if self.event is not None else ""

    def copy_text(self, row: int) -> str:
        return self.metrics[row].name

    def render_row(self, row: int, width: int, styles: ThemeStyles) -> Sequence[StyledText]:
        metric = self.metrics[row]
        value = self._values.get(row)
        if value is None and self.session is not None:
            value = self._values[row] = headline(self.session.document, metric)
        shown = fit(value or "", min(len(value or ""), max(10, width // 3)))
        return [
            ("▌" if row == self.cursor else " ", styles.accent),
            (metric.status.symbol + " ", styles.of(metric.status)),
            (fit(clean(metric.name, 200), max(4, width - 5 - len(shown))), styles.text),
            (" " + shown, styles.quiet),
        ]
