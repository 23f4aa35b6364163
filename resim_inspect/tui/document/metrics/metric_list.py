"""List of metrics, grouped and filtered: status, name and value in each row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.binding import BindingType
from textual.message import Message

from resim_inspect.document import Document
from resim_inspect.document.enums import FAILING, MetricStatus, MetricType
from resim_inspect.filtering.catalog import Grouping, Heading, View, folded
from resim_inspect.schema import metrics_pb2 as pb
from resim_inspect.text import cell_width, clean, cut, pad, quantity
from resim_inspect.tui.document.metrics.value_rows import DELTA_GAP, ValueRows
from resim_inspect.tui.document.session import Session, same_metric
from resim_inspect.tui.key_hints import unmatched_text
from resim_inspect.tui.keys.document import METRIC_LIST
from resim_inspect.tui.preferences.model import preferences_of
from resim_inspect.tui.theme import BLOCKING_MARK, HIDDEN_MARK, ThemeStyles
from resim_inspect.tui.widgets.row_list import StyledText

if TYPE_CHECKING:
    from resim_inspect.document.model import Metric  # Its classes take 10 ms of the start.

MIN_WORDS = 8
"""Cells below which the start of a text is left out of a row."""


def row_marks(metric: pb.Metric) -> str:
    """Marks of a metric that blocks, and of one that is hidden in ReSim; empty for neither."""
    hidden = metric.HasField("should_display") and not metric.should_display
    marks = (BLOCKING_MARK if metric.blocking else "") + (HIDDEN_MARK if hidden else "")
    return f" {marks}" if marks else ""


class MetricList(ValueRows):
    """Metrics by position, under headings."""

    BINDINGS: ClassVar[list[BindingType]] = [*METRIC_LIST]

    class Shown(Message):
        """The metrics in the list have changed."""

    def __init__(self, session: Session, *, id: str | None = None) -> None:
        super().__init__(session, id=id)
        self.grouping = Grouping.STATUS
        self.query_text = ""
        self.query_error = ""
        self._whole = View()
        """View with the rows that are folded away."""
        self._view = View()
        self._kept: Sequence[int] = ()
        """Positions, in the whole list, of the rows that are not folded away."""
        self._folded: dict[Grouping, set[str]] = {}
        self.default_grouping = self.grouping

    def on_mount(self) -> None:
        self.grouping = self.session.catalog.available_grouping(preferences_of(self.app).grouping)
        self.default_grouping = self.grouping
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
        """Number of metrics that pass the filter."""
        return self._view.total

    def shown_counts(self) -> Mapping[MetricStatus, int]:
        """Number of metrics of each status among those that pass the filter."""
        catalog = self.session.catalog
        if self.shown == len(catalog):
            return catalog.counts()
        return Counter(MetricStatus(catalog.statuses[p]) for p in self._whole.row_of if p >= 0)

    @property
    def group(self) -> tuple[Heading, Sequence[int]] | None:
        """The heading under the cursor and the positions of its metrics; None on a metric."""
        if self._heading_at(self.cursor) is None:
            return None
        heading = self._view.headings[-1 - self._view.rows[self.cursor]]
        first = self._kept[self.cursor] + 1
        return heading, self._whole.rows[first : first + heading.size]

    @property
    def positions(self) -> Sequence[int]:
        """The metrics from top to bottom."""
        return [position for position in self._view.rows if position >= 0]

    def show_session(self, session: Session) -> None:
        """Take the document of a newer session; the cursor stays on the same metric."""
        if session.document is not self.session.document:
            here, old = self.position, self.session
            self.session = session
            self.forget_values()
            self._rebuild(None if here is None else same_metric(old, here, session))
        else:
            if session.reference is not self.session.reference:
                self.forget_values()
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
        if position in self._view.row_of:
            self.cursor = self._view.row_of[position]
            return True
        if position not in self._whole.row_of:
            self.query_text = ""
            self._rebuild(position)
        if position not in self._view.row_of:
            self._unfold(self._whole.row_of[position])
        return True

    def _rebuild(self, position: int | None) -> None:
        test = None
        self.query_error = ""
        if self.query_text:
            from resim_inspect.filtering.metrics import MetricFields
            from resim_inspect.filtering.query import checked_query

            fields = MetricFields(self.session.catalog, self.session.marks)
            test, self.query_error = checked_query(self.query_text, fields)
            if self.query_error:
                self.post_message(self.Shown())
                return
        before, heading = self._view.rows, self._heading_at(self.cursor)
        self._whole = self.session.catalog.view(self.grouping, test)
        self._view, self._kept = folded(self._whole, self._shut)
        row = None if position is None else self._view.row_of.get(position)
        if row is None and heading is not None:
            row = self._row_of_heading(heading)
        if row is None:
            row = min(max(self.cursor, 0), len(self._view.rows) - 1) if before else 0
        self.set_count(len(self._view.rows), row)
        self.post_message(self.Shown())

    # Groups that are folded.

    @property
    def folds(self) -> Sequence[tuple[Grouping, AbstractSet[str]]]:
        """The labels of the folded groups by their grouping."""
        return tuple(self._folded.items())

    def regroup(self, grouping: Grouping, folds: Mapping[Grouping, Iterable[str]]) -> None:
        """Take another grouping, and fold these groups alone; the cursor stays on its metric."""
        position = self.position
        self.grouping = grouping
        self._folded = {by: set(labels) for by, labels in folds.items()}
        self._rebuild(position)

    @property
    def _shut(self) -> set[str]:
        """The labels of the headings that are folded in this grouping."""
        return self._folded.setdefault(self.grouping, set())

    def _heading_at(self, row: int) -> str | None:
        """The label of the heading in this row; None for a metric."""
        if 0 <= row < len(self._view.rows) and self._view.rows[row] < 0:
            return self._view.headings[-1 - self._view.rows[row]].label
        return None

    def _row_of_heading(self, label: str) -> int | None:
        for number, heading in enumerate(self._view.headings):
            if heading.label == label:
                return self._view.rows.index(-1 - number)
        return None

    def _toggle(self, label: str) -> None:
        """Fold a group or unfold it; the cursor goes to its heading or its first metric."""
        self._shut.symmetric_difference_update({label})
        self._view, self._kept = folded(self._whole, self._shut)
        row = self._row_of_heading(label) or 0
        self.set_count(len(self._view.rows), row if label in self._shut else row + 1)

    def _unfold(self, row: int) -> None:
        """Put the cursor on a row of the whole, which a fold hides."""
        at = row
        while self._whole.rows[at] >= 0:
            at -= 1
        self._shut.discard(self._whole.headings[-1 - self._whole.rows[at]].label)
        self._view, self._kept = folded(self._whole, self._shut)
        self.set_count(len(self._view.rows), self._kept.index(row))

    def action_fold(self) -> None:
        row = self.cursor
        while row > 0 and self._heading_at(row) is None:
            row -= 1
        label = self._heading_at(row)
        if label is not None:
            self._toggle(label)

    def action_choose(self) -> None:
        label = self._heading_at(self.cursor)
        if label is None:
            super().action_choose()
        else:
            self._toggle(label)

    def on_click(self, event: events.Click) -> None:
        row = self.row_at(event)
        label = None if row is None else self._heading_at(row)
        if label is not None:
            event.stop()
            event.prevent_default()
            self._toggle(label)

    # Keys.

    def action_group(self) -> None:
        position = self.position
        self.grouping = self.session.catalog.next_grouping(self.grouping)
        self._rebuild(position)

    def step_failing(self, by: int) -> None:
        """Move the cursor to the next failing metric, or with -1 to the previous one."""
        rows, statuses = self._whole.rows, self.session.catalog.statuses
        here = self._kept[self.cursor] if self.cursor >= 0 else 0
        for step in range(1, len(rows) + 1):
            row = (here + by * step) % len(rows)
            if rows[row] >= 0 and statuses[rows[row]] in FAILING:
                if row in self._kept:
                    self.cursor = self._kept.index(row)
                else:
                    self._unfold(row)
                return
        self.app.notify("No metric fails here.", timeout=3)

    # Looks.

    def selectable(self, row: int) -> bool:
        if not 0 <= row < self.count:
            return False
        return self._view.rows[row] >= 0 or self._heading_at(row) in self._shut

    def copy_text(self, row: int) -> str:
        position = self._view.rows[row]
        if position < 0:
            return self._heading_at(row) or ""
        value = self.known_value(position) or ""
        return f"{self.session.catalog.names[position]}\t{value}".strip()

    def empty_text(self) -> str:
        if self.query_text:
            return unmatched_text("metric", self.query_text, "document.back")
        return "no metrics in this file"

    def render_row(self, row: int, width: int, styles: ThemeStyles) -> Sequence[StyledText]:
        position = self._view.rows[row]
        if position < 0:
            return self._heading(-1 - position, styles, chosen=row == self.cursor)
        catalog = self.session.catalog
        status = MetricStatus(catalog.statuses[position])
        mark = self.session.worst.get(("metric", position))
        metric = catalog.messages[position]
        name = clean(metric.name, 200) or "(no name)"
        marks = row_marks(metric)
        # The name has the row's room, then the event and the value; a number is never cut.
        room = max(0, width - 6 - len(marks))
        shown_name = cut(name, room)
        rest = room - cell_width(shown_name)
        value = self.value_of(position)
        numeric = value[:1].isdecimal() or value[:1] == "-"
        # A number comes before an event's name that is whole, and leaves room for its start.
        value_width = cell_width(value) if numeric and cell_width(value) <= rest - MIN_WORDS else 0
        extra = ""
        if metric.event_metric:
            events = catalog.events_of.get(position)
            event = catalog.document.events[events[0]].name if events else ""
            extra = cut(f"  @ {clean(event, 40)}".rstrip(), rest - value_width)
        left = rest - cell_width(extra)
        if cell_width(value) > left and self.session.reference is not None:
            # With a reference, the difference matters more than the value.
            value = value.rpartition(DELTA_GAP)[2]
            numeric = True
        if cell_width(value) > left and ", " in value:
            # Of values by category the first is not all there is to say.
            value = value.split(", ")[0] + ("" if numeric else ", …")
        if cell_width(value) > left:
            # A number that has no room leaves a sign that there is one.
            is_word = left >= MIN_WORDS and value[:1].isalpha()
            value = cut(value, left) if is_word else "…"[:left]
        rest -= cell_width(value)
        chosen = row == self.cursor
        change = self.session.changes.get(position)
        return [
            ("▌" if chosen else " ", styles.accent),
            (status.symbol, styles.of(status)),
            (change.direction.symbol, change.style(styles)) if change else (" ", styles.text),
            (shown_name, styles.strong if chosen else styles.text),
            (marks, styles.accent),
            (pad(extra, rest), styles.quiet),
            (" " + value + " ", styles.of(status) if status.fails else styles.quiet),
            (mark.symbol if mark else " ", styles.severity[mark] if mark else styles.quiet),
        ]

    def _heading(self, number: int, styles: ThemeStyles, *, chosen: bool) -> Sequence[StyledText]:
        heading = self._view.headings[number]
        style = styles.quiet if heading.status is None else styles.of(heading.status)
        sign = f"{heading.status.symbol} " if heading.status is not None else ""
        fold = "▸" if heading.label in self._shut else "▾"
        return [
            (fold if sign else fold + " ", styles.accent if chosen else styles.quiet),
            (sign + heading.label, style + styles.quiet if not sign else style),
            (f" {heading.size:,}", styles.quiet),
        ]

    def read_value(self, document: Document, metric: Metric) -> str:
        from resim_inspect.tui.document.metrics.preview import metric_preview

        return metric_preview(document, metric)

    def value_of(self, position: int) -> str:
        if self.known_value(position) is None and self.session.reference is None:
            catalog = self.session.catalog
            if catalog.types[position] == MetricType.SCALAR:
                values = catalog.messages[position].metric_values.scalar_metric_values
                if values.HasField("value"):
                    self._values[position] = quantity(values.value, values.unit)
        return super().value_of(position)
