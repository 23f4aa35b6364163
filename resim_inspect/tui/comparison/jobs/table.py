"""The table of compared jobs, and the totals of its metrics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from resim_inspect.comparison import Direction, MetricTotals
from resim_inspect.comparison.cells import median_text, spread_text
from resim_inspect.comparison.directions import LISTED
from resim_inspect.text import DELTA_DIGITS, clean, fit, number, signed
from resim_inspect.tui.comparison.jobs.columns import CHANGE, PINNED, MetricOrder, compared_columns
from resim_inspect.tui.comparison.jobs.rows import ComparedRow
from resim_inspect.tui.key_hints import key_of, unmatched_text
from resim_inspect.tui.theme import ThemeStyles
from resim_inspect.tui.widgets.column_table import CellFrame, Column, ColumnTable
from resim_inspect.tui.widgets.column_values import metric_key, metric_of
from resim_inspect.tui.widgets.row_list import StyledText

if TYPE_CHECKING:
    from resim_inspect.filtering.query import Test


class ComparedTable(ColumnTable[ComparedRow]):
    """Compared jobs × metrics, the worst first."""

    ARROWS = "↑", "↓"
    """Other marks than those of better and worse."""

    def __init__(self) -> None:
        super().__init__(PINNED)
        self.sort = CHANGE
        self.direction: Direction | None = None
        """The only direction of jobs that are shown; None for all."""
        self.totals: Mapping[str, MetricTotals] = {}
        """Totals by the keys of columns, once all jobs are compared."""
        self._order = MetricOrder()

    @property
    def metric(self) -> str:
        """Name of the metric of the selected column; empty for the other columns."""
        return metric_of(self.selected.key) or ""

    def columns_of(self, rows: list[ComparedRow]) -> list[Column[ComparedRow]]:
        return compared_columns(rows, self._order.names(rows))

    def name_of(self, row: ComparedRow) -> str:
        return row.name

    def is_kept(self, row: ComparedRow) -> bool:
        return self.direction is None or row.direction is self.direction

    def compile_filter(self) -> tuple[Test[ComparedRow] | None, str]:
        from resim_inspect.filtering.query import checked_query
        from resim_inspect.tui.comparison.jobs.fields import ComparedJobFields

        return checked_query(self.query_text, ComparedJobFields(self._order.valued))

    def set_totals(self, totals: Sequence[MetricTotals]) -> None:
        """Take the totals of all metrics, the worst first."""
        by_column: dict[str, MetricTotals] = {}
        for metric_totals in totals:
            by_column.setdefault(metric_key(metric_totals.name), metric_totals)
        self.totals = by_column

    def order_rows(self) -> None:
        """Filter and sort again; the cursor stays on its job, or at the worst one on top."""
        on_top = self.cursor <= 0
        super().order_rows()
        if on_top:
            self.cursor = 0 if self.shown else -1

    def next_worse(self, by: int) -> bool:
        """Go to the next job in which something got worse, cyclically; False without one."""
        worse = [at for at, row in enumerate(self.shown) if row.direction is Direction.WORSE]
        if not worse:
            return False
        after = [at for at in worse if (at > self.cursor if by > 0 else at < self.cursor)]
        self.cursor = (after or worse)[0 if by > 0 else -1]
        return True

    def empty_text(self) -> str:
        if not self.rows:
            return "comparing…"
        if self.direction is not None and not any(map(self.is_kept, self.rows)):
            key = key_of("comparison.direction")
            return f"No job is {self.direction.value} so far; {key} shows others."
        return unmatched_text("job", self.query_text, "comparison.back")

    def summary(self, width: int, styles: ThemeStyles) -> list[StyledText]:
        """Paint the median difference of each metric in view, `~` where it is not significant."""
        label = fit("  median difference", sum(self.width_of(column, width) for column in PINNED))
        pieces: list[StyledText] = [(" ", styles.quiet), (label, styles.quiet)]
        for column in self.in_view(width):
            text = short_totals(self.totals.get(column.key))
            pieces.append((fit(text, column.width - 1) + " ", styles.quiet))
        return pieces

    def render_row(self, row: int, width: int, styles: ThemeStyles) -> Sequence[StyledText]:
        job = self.shown[row]
        on_cursor = row == self.cursor
        pieces: list[StyledText] = [("▌" if on_cursor else " ", styles.accent)]
        used = 1
        for column in (*self.pinned, *self.in_view(width)):
            if job.note and metric_of(column.key) is not None:
                pieces.append((fit(clean(job.note, 300), max(0, width - used)), styles.quiet))
                break
            size = self.width_of(column, width)
            selected = on_cursor and column is self.selected
            pieces += column.paint(job, CellFrame(styles, size, on_cursor, selected))
            used += size
        return pieces


def short_totals(totals: MetricTotals | None) -> str:
    """Median difference for a narrow column: `~ +0.02`; `~` says that it is not significant."""
    if totals is None or totals.median is None:
        return ""
    sign = "  " if totals.significant else "~ "
    return sign + signed(totals.median, "", DELTA_DIGITS)


def long_totals(totals: MetricTotals | None) -> str:
    """Everything about one metric over all jobs, in one line."""
    if totals is None:
        return ""
    counts = " · ".join(
        f"{way.symbol} {totals.counts[way]:,} {way.value}" for way in LISTED if way in totals.counts
    )
    name = clean(totals.name, 60)
    if totals.median is None:
        return f"{name} in all jobs: {counts}"
    words = "" if totals.significant else ", no significant change"
    test = f"p = {number(totals.p_value, 2)}{words}"
    return f"{name}: median {median_text(totals)} ({spread_text(totals)}), {test}; {counts}"
