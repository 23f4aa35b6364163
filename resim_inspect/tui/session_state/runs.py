"""The view of the screen of a run: the job under the cursor, and whether only failing ones show."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from resim_inspect.tui.runs.runs_screen import RunsScreen
from resim_inspect.tui.session_state.model import SavedSession, SavedTable

PAUSE = 0.02
"""Seconds between two looks whether the run has been read."""


def run_view(screen: RunsScreen, known: SavedSession) -> SavedSession:
    """The view of a screen; that of before until the run has been read."""
    table = screen.table
    if not screen.is_read:
        return known
    saved = SavedTable(
        job=table.job.name if table.cursor > 0 and table.job is not None else "",
        only_failing=table.only_failing,
        maximised=screen.maximised,
    )
    return replace(known, table=None if saved == SavedTable() else saved)


async def restore_run(screen: RunsScreen, view: SavedSession) -> None:
    """Bring a screen into a view, the default one included; a job that is gone is left out."""
    saved, table = view.table or SavedTable(), screen.table
    screen.maximise(saved.maximised)
    while not screen.is_read:
        if not screen.is_attached:
            return
        await asyncio.sleep(PAUSE)
    if table.only_failing != saved.only_failing:
        table.action_failing()
    keys = [job.key for job in table.shown if job.name == saved.job]
    if keys:
        table.go_to(keys[0])
    elif not saved.job and table.count:
        table.cursor = 0
