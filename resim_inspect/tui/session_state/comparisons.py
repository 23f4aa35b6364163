"""The views of comparisons: the change or job under the cursor, and what is shown."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from resim_inspect.comparison.changes import Change
from resim_inspect.comparison.directions import Direction
from resim_inspect.tui.comparison.host import ComparedScreen
from resim_inspect.tui.comparison.jobs.screen import ComparedJobsScreen
from resim_inspect.tui.comparison.screen import ComparisonScreen
from resim_inspect.tui.session_state.model import SavedItem, SavedSession, SavedTable

PAUSE = 0.02
"""Seconds between two looks whether the comparison has been made."""


def comparison_view(screen: ComparedScreen, known: SavedSession) -> SavedSession:
    """The view of a screen; that of before while the sides are still being compared."""
    if isinstance(screen, ComparedJobsScreen):
        if screen.comparison is None:
            return known
        table = screen.table
        saved = SavedTable(
            job=table.row.name if table.cursor > 0 and table.row is not None else "",
            column=table.selected.key if table.column > 0 else "",
            query="" if table.query_error else table.query_text,
            direction=table.direction or "",
            maximised=screen.maximised,
        )
        return replace(known, table=None if saved == SavedTable() else saved)
    if not isinstance(screen, ComparisonScreen) or screen.comparison is None:
        return known
    change = screen.list.change
    is_first = screen.list.cursor <= screen.list.first_row
    saved = SavedTable(
        item=None if change is None or is_first else _identity(change),
        direction=screen.direction or "",
        maximised=screen.maximised,
    )
    return replace(known, table=None if saved == SavedTable() else saved)


def _identity(change: Change) -> SavedItem:
    """Name and place of a change: a name alone may be that of a metric and of an event."""
    return SavedItem(change.name, f"{change.type}/{change.event}/{change.job}")


async def restore_comparison(screen: ComparedScreen, view: SavedSession) -> None:
    """Bring a screen into a view, the default one included, once its sides have been compared."""
    saved = view.table or SavedTable()
    if isinstance(screen, ComparedJobsScreen):
        await _restore_jobs(screen, saved)
        return
    if not isinstance(screen, ComparisonScreen):
        return
    screen.maximise(saved.maximised)
    while screen.comparison is None:
        if not screen.is_attached:
            return
        await asyncio.sleep(PAUSE)
    if screen.first[0]:
        return  # What was asked for goes before the last view.
    screen.show_direction(_direction(saved.direction))
    changes = [row for row in screen.list.rows if isinstance(row, Change)]
    found_again = [change for change in changes if _identity(change) == saved.item]
    if found_again:
        screen.list.go_to(found_again[0])
    elif saved.item is None:
        screen.list.cursor = screen.list.first_row


async def _restore_jobs(screen: ComparedJobsScreen, saved: SavedTable) -> None:
    table = screen.table
    screen.maximise(saved.maximised)
    table.direction = _direction(saved.direction)
    screen.set_filter(saved.query)
    await screen.show_filter()
    while screen.comparison is None or table.is_building:
        if not screen.is_attached:
            return
        await asyncio.sleep(PAUSE)
    if table.query_error:  # Another version had other fields, or a metric is gone.
        screen.set_filter("")
    if table.direction is not None and not any(map(table.is_kept, table.rows)):
        table.direction = None  # No job has it any more.
        table.order_rows()
    keys = [column.key for column in table.columns]
    table.column = keys.index(saved.column) if saved.column in keys else 0
    if saved.job:
        table.go_to(saved.job)
    elif table.count:
        table.cursor = 0
    screen.update_lines()


def _direction(value: str) -> Direction | None:
    return next((way for way in Direction if way == value), None)
