"""Events pane: times, statuses and metrics of the events."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widget import Widget
from textual.widgets import Static

from resim_inspect.document.enums import MetricType
from resim_inspect.text import clean
from resim_inspect.tui.document.events.event_lists import EventList, EventMetrics
from resim_inspect.tui.document.events.timeline import Timeline
from resim_inspect.tui.document.pane import Pane
from resim_inspect.tui.document.session import Session
from resim_inspect.tui.keymap import Hint
from resim_inspect.tui.keys.document import EVENTS
from resim_inspect.tui.messages import GoTo, KeyHintsChanged
from resim_inspect.tui.theme import theme_styles
from resim_inspect.tui.widgets.containers import HorizontalBox, ScrollBox, VerticalBox
from resim_inspect.tui.widgets.facts_text import BETWEEN_FACTS, FactsText, as_fact
from resim_inspect.tui.widgets.filter_host import FilterFields, FilterHost
from resim_inspect.tui.widgets.maximising import BoxHost
from resim_inspect.tui.widgets.repainting import show_text
from resim_inspect.tui.widgets.row_list import RowList

if TYPE_CHECKING:
    from resim_inspect.tui.exporting.choices import ExportChoice

TIMED = frozenset({MetricType.DOUBLE_OVER_TIME, MetricType.STATES_OVER_TIME})
"""Types of metrics whose charts have a time axis."""


class EventText(ScrollBox):
    """Description of an event; it takes the focus only where it can be scrolled."""

    def allow_focus(self) -> bool:
        return super().allow_focus() and self.max_scroll_y > 0


class EventsPane(Pane, FilterHost, BoxHost):
    """The time line above, the events left, the chosen one right."""

    BOXES = ("#event-list", "EventText", "EventMetrics")
    BINDINGS: ClassVar[list[BindingType]] = [*EVENTS]
    DEFAULT_CSS = """
    EventsPane { layout: vertical; }
    EventsPane EventList, EventsPane EventMetrics {
        border: round $rule; border-title-color: $foreground;
    }
    EventsPane #event-list { width: 1fr; }
    EventsPane #event-side { width: 1fr; }
    EventsPane EventMetrics { height: 1fr; }
    EventsPane EventList:focus, EventsPane EventMetrics:focus { border: round $accent; }
    EventsPane EventText {
        border: round $rule; height: 50%; min-height: 4; max-height: 13; padding: 0 1;
        scrollbar-size-vertical: 1;
    }
    EventsPane EventText:focus { border: round $accent; }
    EventsPane #event-line {
        display: none; height: 1; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis;
    }
    EventsPane.-lone #event-line { display: block; }
    """

    def compose(self) -> ComposeResult:
        yield Timeline()
        with HorizontalBox():
            with VerticalBox(id="event-list"):
                yield EventList()
            with VerticalBox(id="event-side"):
                with EventText():
                    yield FactsText(id="event-text")
                yield EventMetrics()
        yield Static(id="event-line", markup=False)

    def on_resize(self) -> None:
        # Where the description has no box of its own, its start has a line.
        self.set_class(self.screen.has_class("-narrow"), "-lone")

    def on_mount(self) -> None:
        self.query_one(Timeline).border_title = "Time"
        self.show_session(self.session)

    @property
    def list(self) -> EventList:
        """The events."""
        return self.query_one(EventList)

    @property
    def members(self) -> EventMetrics:
        """The metrics of the chosen event."""
        return self.query_one(EventMetrics)

    def show_session(self, session: Session) -> None:
        self.session = session
        self.list.show(session)
        self._show()

    def focus_main(self) -> None:
        self.list.focus()

    def go_to(self, position: int, at: float | None = None) -> None:  # noqa: ARG002
        if not any(event.position == position for event in self.list.events):
            self.set_filter("")
        for row, event in enumerate(self.list.events):
            if event.position == position:
                self.list.cursor = row
        self.focus_main()

    def key_hints(self) -> Iterable[Hint]:
        if self.is_filtering():
            return (Hint("filter.done"), Hint("document.back", "clear filter"))
        if self.list.event is None:
            return (Hint("events.filter"),) if self.session.document.events else ()
        hints = []
        if self.members.metrics:
            label = "open" if self.screen.focused is self.members else "its metrics"
            hints.append(Hint("rows.choose", label))
        if not TIMED.isdisjoint(self.session.catalog.types):
            hints.append(Hint("events.moment"))
        return (*hints, Hint("events.details"), Hint("events.filter"))

    def export_choices(self) -> Sequence[ExportChoice]:
        from resim_inspect.tui.exporting.tables import event_choices

        return event_choices(self.session.document, self.list.events)

    def on_theme_changed(self) -> None:
        self._show()

    def filter_parent(self) -> Widget:
        return self.query_one("#event-list")

    def filter_fields(self) -> FilterFields:
        from resim_inspect.filtering.items import EventFields

        return EventFields

    def filtered_list(self) -> EventList:
        return self.list

    def filter_applied(self) -> None:
        self._show()

    def dismiss_layer(self) -> bool:
        if self.list.has_focus or self.is_filtering():
            return self.clear_filter()
        self.focus_main()
        return True

    def _show(self) -> None:
        event, styles = self.list.event, theme_styles(self.app)
        self.query_one(Timeline).show(self.list.events, event)
        self.members.show(self.session, event)
        text = Text()
        if event is not None:
            status = event.status
            # A long description may leave the box; how bad it is must not.
            text.append((clean(event.name, 100) or "(no name)") + "\n", styles.strong)
            text.append(f"{status.symbol} {status.word}", styles.of(status))
            for fact in (f"importance {event.importance.name}", f"at {event.time_text}"):
                text.append(BETWEEN_FACTS + as_fact(fact), styles.quiet)
            for tag in event.tags:
                text.append(BETWEEN_FACTS, styles.quiet)
                text.append(as_fact(clean(tag, 80)), styles.accent)
            if event.description:
                words = clean(event.description, 2000, lines=True).strip()
                text.append("\n" + words, styles.text)
        self.query_one(FactsText).show(text)
        self.query_one(EventText).scroll_home(animate=False)
        start = clean(event.description, 400).strip() if event is not None else ""
        show_text(self.query_one("#event-line", Static), Text(start, styles.quiet))

    @on(RowList.Moved)
    def _moved(self, message: RowList.Moved) -> None:
        message.stop()
        if message.list is self.list:
            self._show()
            self.post_message(KeyHintsChanged())

    @on(Timeline.EventClicked)
    def _picked(self, message: Timeline.EventClicked) -> None:
        message.stop()
        self.go_to(message.position)

    @on(RowList.Chosen)
    def _chosen(self, message: RowList.Chosen) -> None:
        message.stop()
        event = self.list.event
        members = self.members
        if message.list is self.list:
            if len(members.metrics) == 1 or self.screen.has_class("-narrow"):
                self._open(0)
            elif members.metrics:
                members.focus()
        elif event is not None:
            self._open(message.row)

    def _open(self, row: int) -> None:
        event, metrics = self.list.event, self.members.metrics
        if event is not None and row < len(metrics):
            self.post_message(GoTo("metric", metrics[row].position, event.timestamp))

    # Keys.

    def action_moment(self) -> None:
        from resim_inspect.tui.widgets.quick_open import QuickOpen

        event = self.list.event
        if event is None:
            return

        def chosen(position: int | None) -> None:
            if position is not None:
                self.post_message(GoTo("metric", position, event.timestamp))

        catalog = self.session.catalog
        timed = [position for position in catalog.order if catalog.types[position] in TIMED]
        if not timed:
            self.app.notify("No metric of this file has an axis of time.", timeout=3)
            return
        self.app.push_screen(QuickOpen(catalog, f"See {event.time_text} in", timed), chosen)

    def action_details(self) -> None:
        from resim_inspect.tui.widgets.dialogs import DetailsDialog

        event = self.list.event
        if event is None:
            return
        rows = [
            ("name", event.name),
            ("id", event.id),
            ("position in the file", str(event.position)),
            ("status", event.status.name),
            ("importance", event.importance.name),
            ("description", event.description),
            ("timestamp [ns]", str(event.timestamp)),
            ("timestamp_type", event.timestamp_type.name),
            *(("tag", tag) for tag in event.tags),
            *(("metric id", id_) for id_ in event.metrics),
        ]
        self.app.push_screen(DetailsDialog(event.name, rows))
