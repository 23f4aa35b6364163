"""The view of a document's screen: taken from its panes, and put back as far as it still fits."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace

from textual.css.query import NoMatches

from resim_inspect.document.model import Event, Metric, MetricsData
from resim_inspect.filtering.catalog import Grouping
from resim_inspect.tui.document.data.pane import DataPane
from resim_inspect.tui.document.events.pane import EventsPane
from resim_inspect.tui.document.findings.pane import FindingGrouping, FindingsPane
from resim_inspect.tui.document.metrics.pane import MetricsPane
from resim_inspect.tui.document.pane import Pane
from resim_inspect.tui.document.screen import DocumentScreen
from resim_inspect.tui.document.session import Session
from resim_inspect.tui.inputs.pane import InputsPane
from resim_inspect.tui.inputs.view import InputsView
from resim_inspect.tui.session_state.inputs import restore_files, with_files
from resim_inspect.tui.session_state.model import (
    NO_ZOOM,
    PANE_NAMES,
    SavedItem,
    SavedPane,
    SavedSession,
)
from resim_inspect.tui.widgets.chart.view import ChartView
from resim_inspect.tui.widgets.filter_host import FilterHost
from resim_inspect.tui.widgets.maximising import box_host
from resim_inspect.tui.widgets.side_list import SideHost

CARD_PAUSE = 0.01
"""Seconds between two looks for the card of the metrics."""


def document_view(screen: DocumentScreen, known: SavedSession) -> SavedSession:
    """The view of a screen; of a pane that has not been opened yet, the one that is known."""
    panes = dict(known.panes)
    for pane in screen.panes:
        saved = pane_view(pane)
        # A pane as at first has its cursor on the first item, also if that is another one later.
        panes[pane.id or ""] = SavedPane() if _is_as_at_first(pane, saved) else saved
    first = SavedPane()
    named = tuple((name, panes[name]) for name in PANE_NAMES if panes.get(name, first) != first)
    return replace(known, pane=screen.current, panes=named)


def _is_as_at_first(pane: Pane, saved: SavedPane) -> bool:
    rows = pane.list if isinstance(pane, MetricsPane | DataPane | EventsPane) else None
    is_first = saved.item is None if rows is None else rows.cursor == rows.first_row
    return is_first and replace(saved, item=None) == SavedPane()


async def restore_document(screen: DocumentScreen, view: SavedSession) -> None:
    """Bring a screen into a view; what its document does not have is left as at the start."""
    for pane in screen.panes:
        while isinstance(pane, MetricsPane) and pane.card is None:
            await asyncio.sleep(CARD_PAUSE)  # It is made after the first frame.
        restore_pane(pane, view.view_of(pane.id or ""))
        if isinstance(pane, FilterHost):
            await pane.show_filter()
    # A pane that is made now is restored by the screen.
    await screen.show_pane(view.pane)
    screen.focus_pane()
    screen.update_lines()


def pane_view(pane: Pane) -> SavedPane:
    """The view of a pane."""
    view = SavedPane()
    if isinstance(pane, FilterHost):
        filtered = pane.filtered_list()
        view = replace(view, query="" if filtered.query_error else filtered.query_text)
    host = box_host(pane)
    if isinstance(host, SideHost):
        view = replace(view, side_width=host.side_width, is_side_hidden=host.side_hidden)
    if host is not None:
        view = replace(view, maximised=host.maximised)
    if isinstance(pane, MetricsPane):
        metrics = pane.list
        is_default = metrics.grouping is metrics.default_grouping
        view = replace(
            view,
            grouping="" if is_default else metrics.grouping.value,
            folded=tuple((by.value, tuple(sorted(shut))) for by, shut in metrics.folds if shut),
        )
    elif isinstance(pane, DataPane):
        view = replace(view, is_chart=pane.is_chart)
    elif isinstance(pane, FindingsPane) and pane.by is not FindingGrouping.NOTHING:
        view = replace(view, grouping=pane.by.value)
    chart = _chart(pane)
    if chart is not None:
        time = chart.options.time
        chosen = None if time == chart.default_time else time
        view = replace(view, time=chosen, chart=chart.state)
    if isinstance(pane, InputsPane):
        return next((with_files(view, inputs) for inputs in pane.query(InputsView)), view)
    return replace(view, item=_item(pane))


def restore_pane(pane: Pane, view: SavedPane) -> None:
    """Bring a pane into a view, the default one included."""
    if isinstance(pane, MetricsPane):
        wanted = next((by for by in Grouping if by.value == view.grouping), None)
        folds = {by: frozenset(labels) for by, labels in view.folded}
        pane.list.regroup(
            wanted or pane.list.default_grouping, {by: folds.get(by, ()) for by in Grouping}
        )
    elif isinstance(pane, FindingsPane):
        pane.by = next(
            (by for by in FindingGrouping if by == view.grouping), FindingGrouping.NOTHING
        )
    elif isinstance(pane, DataPane) and pane.is_chart != view.is_chart:
        pane.action_view()
    if isinstance(pane, FilterHost):
        pane.set_filter(view.query)
        if pane.filtered_list().query_error:  # Another version had other fields.
            pane.set_filter("")
    _restore_layout(pane, view)
    if isinstance(pane, InputsPane):
        for inputs in pane.query(InputsView):
            restore_files(inputs, view)
        return
    position = None if view.item is None else _position(pane, view.item)
    if position is not None:
        _put_cursor(pane, position)
    elif view.item is None and isinstance(pane, MetricsPane | DataPane | EventsPane):
        pane.list.action_edge(-1)
    _restore_chart(pane, view, position)


def _restore_layout(pane: Pane, view: SavedPane) -> None:
    host = box_host(pane)
    if isinstance(host, SideHost):
        host.side_width = view.side_width
        host.side_hidden = view.is_side_hidden
        host.layout_side()
    if host is not None:
        host.maximise(view.maximised)


def _chart(pane: Pane) -> ChartView | None:
    """The chart of a pane, also one out of view; None before it is mounted."""
    if isinstance(pane, MetricsPane):
        return None if pane.card is None else pane.card.chart
    try:
        return pane.query_one(ChartView) if isinstance(pane, DataPane) else None
    except NoMatches:
        return None


def _restore_chart(pane: Pane, view: SavedPane, position: int | None) -> None:
    chart = _chart(pane)
    if chart is None:
        return
    chart.options = replace(chart.options, time=view.time or chart.default_time, log_y=False)
    if position is None or view.chart == NO_ZOOM:
        chart.restore("", 0, NO_ZOOM)
        chart.action_reset()
    else:
        chart.restore("data" if isinstance(pane, DataPane) else "metric", position, view.chart)


# Items, which are found again by their names and ids.


def _item(pane: Pane) -> SavedItem | None:
    document = pane.session.document
    if isinstance(pane, MetricsPane) and pane.list.position is not None:
        metric = document.metrics[pane.list.position]
        return SavedItem(metric.name, metric.id, metric.position)
    if isinstance(pane, DataPane) and pane.data is not None:
        return SavedItem(pane.data.name, pane.data.id, pane.data.position)
    if isinstance(pane, EventsPane) and pane.list.event is not None:
        event = pane.list.event
        return SavedItem(event.name, event.id, event.position)
    return None


def _position(pane: Pane, item: SavedItem) -> int | None:
    """Position of an item in the pane's document: of the same name, if possible of the same id."""
    document = pane.session.document
    if isinstance(pane, MetricsPane):
        return metric_position(pane.session, item)
    if isinstance(pane, DataPane):
        return _same(document.data, (message.name for message in document.data_messages), item)
    return _same(document.events, (message.name for message in document.message.events), item)


def metric_position(session: Session, item: SavedItem) -> int | None:
    """Position of a metric in a document; None if it does not have it any more."""
    return _same(session.document.metrics, session.catalog.names, item)


def _same(
    items: Sequence[Metric] | Sequence[MetricsData] | Sequence[Event],
    names: Iterable[str],
    item: SavedItem,
) -> int | None:
    here = [item.position] if item.position < len(items) else []
    if here and (items[here[0]].name, items[here[0]].id) == (item.name, item.id):
        return item.position
    same = [position for position, name in enumerate(names) if name == item.name]
    return next((each for each in same if items[each].id == item.id), same[0] if same else None)


def _put_cursor(pane: Pane, position: int) -> None:
    """Put the cursor of a list on an item, unless its filter hides it."""
    if isinstance(pane, MetricsPane):
        if position in pane.list.positions:
            pane.list.go_to(position)
    elif isinstance(pane, DataPane):
        pane.list.cursor = pane.list.row_of(position) or 0
    elif isinstance(pane, EventsPane):
        rows = [row for row, event in enumerate(pane.list.events) if event.position == position]
        pane.list.cursor = rows[0] if rows else pane.list.cursor
