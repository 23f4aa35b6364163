"""The view of a workspace's screen: taken from its table, and put back as the jobs are read."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from resim_inspect.tui.session_state.model import SavedSession, SavedTable
from resim_inspect.tui.workspace.screen import WorkspaceScreen

SCAN_PAUSE = 0.02
"""Seconds between two looks whether the jobs have been read."""


def table_view(
    screen: WorkspaceScreen, known: SavedSession, *, is_restoring: bool = False
) -> SavedSession:
    """The view of a screen.

    `is_restoring`: the job and the column of before may not have been read yet, and are kept.
    """
    table = screen.table
    before = known.table if is_restoring and known.table is not None else SavedTable()
    saved = SavedTable(
        layout=table.layout_state,
        job=table.job.name if table.cursor > 0 and table.job is not None else before.job,
        column=table.selected.key if table.column > 0 else before.column,
        query="" if table.query_error else table.query_text,
        only_failing=table.only_failing,
        maximised=screen.maximised,
    )
    return replace(known, table=None if saved == SavedTable() else saved)


async def restore_table(screen: WorkspaceScreen, view: SavedSession) -> None:
    """Bring a screen into a view, the default one included; what its jobs lack is left out.

    The layout and the filter apply to jobs as they are read; the cursor moves to its job and its
    column as soon as they are there.
    """
    table, saved = screen.table, view.table or SavedTable()
    table.only_failing = saved.only_failing
    table.restore(saved.layout)
    screen.maximise(saved.maximised)
    screen.set_filter(saved.query)
    await screen.show_filter()
    if not saved.column:
        table.column = 0
    if not saved.job and table.count:
        table.cursor = 0
    job, column = saved.job, saved.column
    while True:
        is_last = not screen.is_reading and not table.is_building
        if column in [each.key for each in table.columns]:
            table.select_column(next(each for each in table.columns if each.key == column))
            column = ""
        if job in [row.name for row in table.shown]:
            table.go_to(job)
            job = ""
        if is_last or not (job or column):
            break
        await asyncio.sleep(SCAN_PAUSE)
    while screen.is_reading or table.is_building:
        await asyncio.sleep(SCAN_PAUSE)
    if table.query_error:  # Another version had other fields, or a metric is gone.
        screen.set_filter("")
    table.action_column(0)
