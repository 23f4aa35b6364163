"""The chart of a change: of both sides of a metric, or of the only side that has it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.text import Text

from resim_inspect.comparison.cells import title
from resim_inspect.comparison.changes import Change
from resim_inspect.document import Document, open_document
from resim_inspect.document.enums import MetricType
from resim_inspect.errors import DocumentError
from resim_inspect.text import cut
from resim_inspect.tui.widgets.chart.painter import Base, Subject
from resim_inspect.tui.widgets.chart.view import ChartView

_NAME = 60


def is_charted(change: Change | None) -> bool:
    """Return True if a change is about a metric."""
    return change is not None and change.type in MetricType.__members__


def open_both(paths: Sequence[Path | None]) -> list[Document | None]:
    """Open the documents at some paths; None for one that is missing or cannot be read.

    The reasons of the change are shown without them.
    """
    documents: list[Document | None] = []
    for path in paths:
        try:
            documents.append(None if path is None else open_document(path))
        except DocumentError:
            documents.append(None)
    return documents


def show_change(
    chart: ChartView,
    change: Change,
    documents: tuple[Document | None, Document | None],
    *,
    titled: bool,
) -> None:
    """Draw a change in a chart, with its name and direction as the title if `titled`."""
    subject = subject_of(change, *documents)
    chart.border_title = chart_title(change) if titled else ""
    if subject is None:
        chart.clear()
    else:
        chart.show_subject(subject)


def subject_of(change: Change, before: Document | None, after: Document | None) -> Subject | None:
    """Subject of the chart of a change; None if no document with the metric could be opened."""
    old = None
    if before is not None and change.base_position is not None:
        old = Base(before, change.base_position)
    if after is not None and change.position is not None:
        return Subject(after, "metric", change.position, base=old)
    return None if old is None else Subject(old.document, "metric", old.position)


def chart_title(change: Change) -> Text:
    """Name and direction of a change, and the side that is not there."""
    words = [cut(title(change), _NAME), f"{change.direction.symbol} {change.direction.value}"]
    if change.before is None or change.after is None:
        words.append("only after" if change.before is None else "only before")
    return Text(" · ".join(words), no_wrap=True)
