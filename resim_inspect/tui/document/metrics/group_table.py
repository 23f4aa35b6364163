"""Table of the metrics under a heading of the list: status, name, value and limits."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text
from textual.strip import Strip
from textual.widget import Widget

from resim_inspect.document import Document
from resim_inspect.document.enums import MetricStatus
from resim_inspect.document.model import Metric
from resim_inspect.filtering.catalog import Heading
from resim_inspect.text import cell_width, clean, count, fit, pad
from resim_inspect.tui.document.details import limit_signs
from resim_inspect.tui.document.metrics.value_rows import ValueRows
from resim_inspect.tui.document.session import Session
from resim_inspect.tui.theme import ThemeStyles, theme_styles
from resim_inspect.tui.widgets.row_list import StyledText, strip_of

MEASURED_ROWS = 200
"""Number of rows whose texts determine the width of the columns."""
MIN_NAME = 8
"""Cells that a truncated name has at least."""
NO_LIMIT = "–"
VALUE_TITLE, LIMIT_TITLE = "value or range", "fails"


class GroupTable(ValueRows):
    """The members of a group; Enter opens one."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.heading: Heading | None = None
        self.positions: Sequence[int] = ()
        self._name_width = self._limit_width = 0
        self._laid_out = 0, 0, 0
        """Cells of name, value and limit."""
        self._laid_out_for = 0, 0
        """Cells of the row, and number of values, that these were worked out for."""

    def show(self, session: Session, heading: Heading, positions: Sequence[int]) -> None:
        """Show a group; the cursor stays in its row for a newer state of the same group."""
        same = self.heading is not None and self.heading.label == heading.label
        here = self.session
        if session.document is not here.document or session.reference is not here.reference:
            self.forget_values()
        self.session, self.heading, self.positions = session, heading, positions
        metrics = session.document.metrics
        widths = [cell_width(self._limits(metrics[p])) for p in positions[:MEASURED_ROWS]]
        self._limit_width = max(widths, default=0)
        names = [cell_width(clean(metrics[p].name, 60)) for p in positions[:MEASURED_ROWS]]
        self._name_width = max(names, default=0)
        self._laid_out_for = 0, 0
        self.set_count(len(positions), self.cursor if same else 0)

    def _limits(self, metric: Metric) -> str:
        session = self.session
        return limit_signs(metric, session.document if session.catalog.linked else None)

    def titled(self, styles: ThemeStyles) -> Text:
        """Title of the frame: the group and its size."""
        heading = self.heading
        if heading is None:
            return Text()
        title = Text(no_wrap=True)
        if heading.status is not None:
            title.append(f"{heading.status.symbol} ", styles.of(heading.status))
        title.append(heading.label, "bold")
        return title.append(f" · {count(heading.size, 'metric')}", styles.quiet)

    def read_value(self, document: Document, metric: Metric) -> str:
        from resim_inspect.tui.document.metrics.preview import metric_range

        return metric_range(document, metric)

    def _widths(self, width: int) -> tuple[int, int, int]:
        """Cells of name, value and limit in a row of this many cells."""
        if self._laid_out_for != (width, len(self._values)):
            self._laid_out_for = width, len(self._values)
            self._laid_out = self._lay_out(width)
        return self._laid_out

    def _lay_out(self, width: int) -> tuple[int, int, int]:
        room = max(12, width - 4)
        limit = min(max(self._limit_width, len(LIMIT_TITLE)), room // 4)
        limit = limit + 2 if self._limit_width else 0
        known = [self.known_value(position) or "" for position in self.positions[:MEASURED_ROWS]]
        widest = max([len(VALUE_TITLE), *map(cell_width, known)])
        # The names come first, but numbers are never cut.
        least = max([len(VALUE_TITLE), *(cell_width(_number(text)) for text in known)])
        least = min(least, room - limit - 2 - MIN_NAME)
        value = min(widest, max(least, room - limit - 2 - self._name_width))
        return max(MIN_NAME, room - limit - value - 2), value, limit

    def column_titles(self, width: int) -> str:
        """The titles of the columns."""
        name, value, limit = self._widths(width)
        cells = [pad("   metric", name + 5), fit(VALUE_TITLE, value, right=True)]
        if limit:
            cells.append(fit(LIMIT_TITLE, limit - 2))
        return "  ".join([cells[0].rstrip().ljust(name + 3), *cells[1:]])

    def copy_text(self, row: int) -> str:
        metric = self.session.document.metrics[self.positions[row]]
        cells = (metric.status.name, metric.name, self.value_of(metric.position))
        return "\t".join([*cells, self._limits(metric)]).rstrip()

    def render_row(self, row: int, width: int, styles: ThemeStyles) -> Sequence[StyledText]:
        position = self.positions[row]
        metric = self.session.document.metrics[position]
        status = MetricStatus(metric.status)
        name, value, limit = self._widths(width)
        chosen = row == self.cursor
        shown_name = fit(clean(metric.name, 200) or "(no name)", name)
        text = self.value_of(position)
        if cell_width(text) > value:
            text = _number(text) or text
        pieces: list[StyledText] = [
            ("▌" if chosen and self.has_focus else " ", styles.accent),
            (status.symbol + " ", styles.of(status)),
            (shown_name + "  ", styles.strong if chosen else styles.text),
            (
                fit(text, value, right=True),
                styles.of(status) if status.fails else styles.text,
            ),
        ]
        if limit:
            pieces.append(("  " + fit(self._limits(metric) or NO_LIMIT, limit - 2), styles.quiet))
        return pieces


def _number(text: str) -> str:
    """The part of a value that is not to be cut: a number or range, the first words of counts.

    Empty for texts.
    """
    numeric = text[:1].isdecimal() or text.startswith(("-", "∞", "NaN"))
    return text.split(", ")[0] if numeric else ""


class GroupTitles(Widget):
    """Titles of the columns above a `GroupTable`."""

    DEFAULT_CSS = "GroupTitles { height: 1; }"

    def render_line(self, y: int) -> Strip:  # noqa: ARG002
        table = self.screen.query_one(GroupTable)
        width, styles = self.size.width, theme_styles(self.app)
        titles = table.column_titles(table.scrollable_content_region.width)
        return strip_of([(titles, styles.quiet)], width, self.rich_style)
