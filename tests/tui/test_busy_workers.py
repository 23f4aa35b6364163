"""Work that a busy flag keeps to one at a time: a finished worker's successor cancels nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.message import Message

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.job_rows import JobRow
from resim_inspect.tui.workspace.jobs_reader import JobsReader
from resim_inspect.tui.workspace.scanning import ScanFinished
from resim_inspect.tui.workspace.screen import WorkspaceScreen
from tests.tui.conftest import settle, started


def write_job(root: Path, number: int) -> None:
    build = DocumentBuilder(f"job {number}")
    build.scalar("Max speed", float(number))
    path = root / "jobs" / f"job-{number}" / "outputs" / "metrics.binproto"
    path.parent.mkdir(parents=True)
    build.write(path)


async def test_scans_never_overlap_and_lose_no_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A scan's thread may linger after its last message, and new scans are asked for all along."""
    post, changed_rows = WorkspaceScreen.post_message, JobsReader.changed_rows
    at_once = most = 0

    def lingering(screen: WorkspaceScreen, message: Message) -> bool:
        sent = post(screen, message)
        if isinstance(message, ScanFinished):
            time.sleep(0.1)
        return sent

    def slow(reader: JobsReader) -> Iterator[JobRow]:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        try:
            for row in changed_rows(reader):
                yield row
                time.sleep(0.05)
            time.sleep(0.05)
        finally:
            at_once -= 1

    monkeypatch.setattr(WorkspaceScreen, "post_message", lingering)
    monkeypatch.setattr(JobsReader, "changed_rows", slow)
    write_job(tmp_path, 0)
    async with started(tmp_path) as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, WorkspaceScreen)
        for number in range(1, 8):
            write_job(tmp_path, number)
            for _ in range(5):
                screen.scan()
                await pilot.pause(0.02)
        await settle(pilot)
        assert most == 1
        assert sorted(row.name for row in screen.table.rows) == [f"job-{n}" for n in range(8)]
