"""One metric in the jobs of a workspace as cards: each job is opened when its card is drawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from resim_inspect.document import Document, open_document
from resim_inspect.document.model import Metric
from resim_inspect.errors import DocumentError
from resim_inspect.filtering.catalog import Grouping, Heading, View
from resim_inspect.filtering.query import checked_query
from resim_inspect.job_rows import Cell, JobRow
from resim_inspect.text import NOT_RUN, clean
from resim_inspect.tui.dashboard.arrangement import Deck, deck_of, replayed
from resim_inspect.tui.dashboard.bounded_drawing import DrawnCard, draw_within
from resim_inspect.tui.dashboard.cards import (
    NAME_LIMIT,
    CardTitle,
    checked_grouping,
    status_title,
)
from resim_inspect.tui.dashboard.state import DashboardState
from resim_inspect.tui.widgets.column_values import ABSENT

APPROXIMATE = "approximate"
"""Word of a job whose metrics were evaluated here."""


class JobSource:
    """A metric of a job, as it was when its row was read."""

    def __init__(self, row: JobRow, metric: str) -> None:
        self.row = row
        self.metric = metric

    @property
    def scalar(self) -> Cell | None:
        """The metric's cell if it is a scalar, whose value and limits the row knows already."""
        cell = self.row.cells.get(self.metric)
        return None if cell is None or cell.value is None else cell

    @property
    def is_on_disk(self) -> bool:
        """True if the job has the metric and its file can be read."""
        row = self.row
        return row.fetched and row.verdict is not None and self.metric in row.cells

    @property
    def is_surveyed(self) -> bool:
        """True if it is read for the shared axis even while its card is out of view."""
        return self.is_on_disk and not self.row.approximate

    @property
    def file_name(self) -> str:
        return f"{self.row.name} {self.metric}"

    def draw(self, max_samples: int | None) -> DrawnCard:
        from resim_inspect.charts.model.drawing import DrawOptions

        if not self.is_on_disk:
            absent = f'The job does not have the metric "{clean(self.metric, 80)}".'
            return self._message(self.row.why_no_metrics or absent)
        try:
            with open_document(self.row.path) as document:
                metric = metric_of_jobs(document, self.metric)
                if metric is None:
                    return self._message("The metric is not in the file any more.")
                # Jobs are compared by the time since the start of each.
                options = DrawOptions(time="relative")
                return draw_within(document, metric, max_samples, options)
        except DocumentError as error:
            return self._message(f"The metrics of this job cannot be read: {error.sentence}")

    @contextmanager
    def opened(self) -> Iterator[tuple[Document, Metric]]:
        from resim_inspect.export.errors import ExportError

        with open_document(self.row.path) as document:
            metric = metric_of_jobs(document, self.metric)
            if metric is None:
                name = clean(self.metric, 80)
                raise ExportError(f'The metric "{name}" is no longer in the file.')
            yield document, metric

    def _message(self, text: str) -> DrawnCard:
        from resim_inspect.charts.model.drawing import Drawing, Message

        return DrawnCard(Drawing(clean(self.metric), "", (Message(clean(text, 500)),)), None)


def metric_of_jobs(document: Document, name: str) -> Metric | None:
    """The metric of a name that the table of jobs shows: the first one that is not of an event."""
    messages = document.message.job_level_metrics.metrics
    for position in document.display_order():
        if messages[position].name == name and not messages[position].event_metric:
            return document.metrics[position]
    return None


class JobCards:
    """The jobs of a workspace by their place in a list of rows."""

    across_jobs = True

    def __init__(self, rows: Sequence[JobRow], metric: str, known: JobCards | None = None) -> None:
        """`known`: cards of before, whose jobs are not drawn again unless they have changed."""
        self.rows = rows
        self.metric = metric
        self._items = {row.name: item for item, row in enumerate(rows)}
        self._known = known._sources if known is not None and known.metric == metric else {}
        self._sources: dict[str, JobSource] = {}

    def deck(self, state: DashboardState) -> tuple[Deck, str]:
        from resim_inspect.filtering.jobs import JobFields

        test = None
        if state.query:
            test, problem = checked_query(state.query, JobFields(self.rows))
            if problem:
                return Deck([], [], []), problem
        order = replayed(range(len(self.rows)), state.moves, self.item)
        if test is not None:
            order = [item for item in order if test(self.rows[item])]
        pinned = (self.item(key) for key in state.pins)
        view = self._view(order, checked_grouping(state.grouping))
        return deck_of(view, [item for item in pinned if item is not None]), ""

    def _view(self, order: Sequence[int], grouping: Grouping) -> View:
        """Jobs under headings of the metric's status; the ones without the metric come last."""
        if grouping is not Grouping.STATUS:
            return View(order, (), len(order))
        groups: dict[tuple[int, str], list[int]] = {}
        for item in order:
            title = self.title(item)
            rank = 1 if title.status is None else -title.status.rank
            groups.setdefault((rank, title.word), []).append(item)
        rows: list[int] = []
        headings: list[Heading] = []
        for rank_and_word in sorted(groups):
            members, word = groups[rank_and_word], rank_and_word[1]
            rows.append(-1 - len(headings))
            headings.append(Heading(word, len(members), self.title(members[0]).status))
            rows += members
        return View(rows, headings, len(order))

    def key(self, item: int) -> str:
        return self.rows[item].name

    def item(self, key: str) -> int | None:
        return self._items.get(key)

    def title(self, item: int) -> CardTitle:
        row = self.rows[item]
        name = clean(row.name, NAME_LIMIT)
        cell = row.cells.get(self.metric)
        if cell is not None:
            return status_title(cell.status, f"{name} ({APPROXIMATE})" if row.approximate else name)
        if not row.fetched:
            return CardTitle("↓", "pending", name, None)
        if row.verdict is None:
            word = "no metrics" if row.has_run else NOT_RUN
            return CardTitle("E" if row.has_run else "", word, name, None)
        return CardTitle("–", ABSENT, name, None)

    def fails(self, item: int) -> bool:
        row = self.rows[item]
        cell = row.cells.get(self.metric)
        return row.is_broken if cell is None else cell.status.fails

    def source(self, item: int) -> JobSource:
        row = self.rows[item]
        source = self._sources.get(row.name)
        if source is None:
            known = self._known.get(row.name)
            source = (
                known if known is not None and known.row is row else JobSource(row, self.metric)
            )
            self._sources[row.name] = source
        return source

    def next_grouping(self, grouping: Grouping) -> Grouping:
        return Grouping.NONE if grouping is Grouping.STATUS else Grouping.STATUS


def first_metric(rows: Sequence[JobRow]) -> str:
    """Name of the metric that a dashboard of jobs shows first; empty without metrics.

    That of most jobs; a curve is preferred to a number, which the table of jobs shows already, and
    a number to a text.
    """
    from resim_inspect.job_rows import metric_names

    names = metric_names(rows)
    counts = {name: sum(name in row.cells for row in rows) for name in names[:50]}
    widest = [name for name in names[:50] if counts[name] == counts[names[0]]]
    drawn = []
    for name in widest:
        cells = [row.cells[name] for row in rows if name in row.cells]
        if all(cell.is_text for cell in cells):
            continue
        if all(cell.value is None for cell in cells):
            return name
        drawn.append(name)
    return next(iter([*drawn, *names]), "")
