"""A batch of 30 jobs, and the app on the table of its jobs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.job_rows import JobRow, read_job, read_outline
from resim_inspect.tui.widgets.column_table import Column
from resim_inspect.tui.workspace.jobs_table import JobsTable
from resim_inspect.tui.workspace.screen import WorkspaceScreen
from tests.tui.conftest import settle, started, text
from tests.tui.state_pilot import until


def job(number: int) -> DocumentBuilder:
    """A job with a speed with a status, a pressure far from zero, and metrics that others lack."""
    build = DocumentBuilder(f"job-{number}")
    speed = 20.0 + 2.5 * (number % 13)
    status = "FAIL_BLOCK" if speed > 45 else "FAIL_WARN" if speed < 25 else "PASSED"
    build.scalar("Max speed", speed, unit="m/s", status=status, fails_above=45, fails_below=25)
    build.scalar("Pressure", 1013.0 + number / 10, unit="hPa", status="PASSED")
    build.scalar("Distance", float(number), unit="km" if number % 5 == 0 else "m", status="RAW")
    build.text("Notes", "hello", status="FAIL_WARN" if number == 3 else "PASSED")
    if number % 3 == 0:
        build.scalar("Rare", None if number == 6 else 1.5, unit="s", status="RAW")
    return build


def write_batch(root: Path) -> Path:
    """Write 30 jobs, one of them not run and one unreadable."""
    for number in range(30):
        folder = root / "jobs" / f"job-{number:02}"
        metrics = folder / "outputs" / "metrics.binproto"
        if number == 7:
            (folder / "inputs" / "logs").mkdir(parents=True)
        elif number == 8:
            metrics.parent.mkdir(parents=True)
            metrics.write_bytes(b"\x12\xff")
        else:
            job(number).write(metrics)
    return root


def read_rows(workspace: Path) -> list[JobRow]:
    """Read the rows of the jobs."""
    return [read_job(*outline) for outline in read_outline(workspace).jobs]


def named(columns: Sequence[Column[JobRow]], title: str) -> Column[JobRow]:
    return next(column for column in columns if column.title == title)


def table_of(pilot: Pilot[Any]) -> JobsTable:
    """The table, also below another screen."""
    screens = [screen for screen in pilot.app.screen_stack if isinstance(screen, WorkspaceScreen)]
    return screens[-1].query_one(JobsTable)


@asynccontextmanager
async def showing(
    workspace: Path, size: tuple[int, int] = (100, 30), theme: str | None = None
) -> AsyncIterator[Pilot[Any]]:
    """The app on the workspace, once it has read all jobs."""
    async with started(workspace, size, theme=theme) as pilot:
        await until(pilot, lambda: len(table_of(pilot).shown) == 30)
        await settle(pilot)
        yield pilot


def titles(table: JobsTable) -> list[str]:
    return [column.title for column in table.columns]


def lines(pilot: Pilot[Any]) -> list[str]:
    return [line.strip(" │") for line in text(pilot).splitlines()]


def select(pilot: Pilot[Any], title: str) -> None:
    table = table_of(pilot)
    table.select_column(named(table.columns, title))
