"""The screens of a run and of comparisons come back with their row and what they show."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.comparison.directions import Direction
from resim_inspect.tui.comparison.host import ComparedScreen
from resim_inspect.tui.comparison.jobs.screen import ComparedJobsScreen
from resim_inspect.tui.comparison.screen import ComparisonScreen
from resim_inspect.tui.messages import CompareRequested
from resim_inspect.tui.runs.run_bar import RunBar
from resim_inspect.tui.runs.runs_screen import RunsScreen
from tests.tui.conftest import press, settle
from tests.tui.runs.run_harness import START, under_way
from tests.tui.session_state.test_restoring import app_on
from tests.tui.state_pilot import until


async def test_a_run_comes_back_at_its_job_and_with_failing_jobs_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RunBar, "now", lambda _: START + 9)
    run = under_way(tmp_path / "flights")
    async with app_on(run.record.path) as pilot:
        await press(pilot, "f", "j")
        screen = pilot.app.screen
        assert isinstance(screen, RunsScreen)
        assert screen.job is not None
        before = screen.job.key
    async with app_on(run.record.path) as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, RunsScreen)
        table = screen.table
        await until(pilot, lambda: table.job is not None and table.job.key == before)
        assert table.only_failing
        await press(pilot, "f", "g")
    async with app_on(run.record.path) as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, RunsScreen)
        assert not screen.table.only_failing
        assert screen.table.cursor == 0


def documents(folder: Path) -> tuple[Path, Path]:
    """Two documents; all of its metrics have other values in the second."""
    paths = []
    for name, factor in (("before", 1.0), ("after", 2.0)):
        build = DocumentBuilder(name)
        for number in range(3):
            build.scalar(f"Error {number}", factor, fails_above=5, status="PASSED")
        build.scalar("Range", factor, fails_below=0, status="PASSED")
        paths.append(build.write(folder / name / "metrics.binproto"))
    return paths[0], paths[1]


@asynccontextmanager
async def compared(
    before: Path, after: Path, *, is_batch: bool = False
) -> AsyncIterator[Pilot[Any]]:
    """The app on the comparison of two paths, once they are compared."""
    async with app_on(after) as pilot:
        pilot.app.post_message(CompareRequested(after, before, is_batch=is_batch))
        await settle(pilot)

        def is_compared() -> bool:
            screen = pilot.app.screen
            kinds = ComparisonScreen | ComparedJobsScreen
            return isinstance(screen, kinds) and screen.comparison is not None

        await until(pilot, is_compared)
        await settle(pilot)
        yield pilot


async def test_a_comparison_comes_back_at_its_change_and_with_its_direction(tmp_path: Path) -> None:
    before, after = documents(tmp_path)
    async with compared(before, after) as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, ComparisonScreen)
        await press(pilot, "d", "j", "j")
        kept = (screen.direction, screen.list.change and screen.list.change.name)
        assert kept == (Direction.CHANGED, "Error 2")
    async with compared(before, after) as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, ComparisonScreen)
        assert (screen.direction, screen.list.change and screen.list.change.name) == kept
        await press(pilot, "escape")
        pilot.app.post_message(CompareRequested(after, before, metric="Range"))
        await settle(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, ComparisonScreen)
        asked = screen
        await until(pilot, lambda: asked.comparison is not None)
        await settle(pilot)
        assert asked.list.change is not None
        assert asked.list.change.name == "Range", "what is asked for goes before the last view"


def batches(folder: Path) -> tuple[Path, Path]:
    """Two batches with four jobs each, all of which got worse."""
    for side, factor in (("before", 1.0), ("after", 2.0)):
        for number in range(4):
            build = DocumentBuilder(f"job-{number}")
            build.scalar("Error", factor + number, fails_above=50, status="PASSED")
            outputs = folder / side / "jobs" / f"job-{number}" / "outputs"
            build.write(outputs / "metrics.binproto")
    return folder / "before", folder / "after"


async def test_compared_batches_come_back_with_filter_job_and_column(tmp_path: Path) -> None:
    before, after = batches(tmp_path)
    async with compared(before, after, is_batch=True) as pilot:
        await press(pilot, "slash", *"NOT name:0", "enter", "j", "l", "l")
        screen = pilot.app.screen
        assert isinstance(screen, ComparedJobsScreen)
        assert screen.table.row is not None
        kept = (screen.table.query_text, screen.table.row.name, screen.table.selected.key)
        assert kept[0] == "NOT name:0"
        assert screen.table.cursor == 1
    async with compared(before, after, is_batch=True) as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, ComparedJobsScreen)
        table = screen.table
        await until(
            pilot,
            lambda: (
                table.row is not None
                and (table.query_text, table.row.name, table.selected.key) == kept
            ),
        )


async def test_a_direction_without_jobs_is_not_restored(tmp_path: Path) -> None:
    before, after = batches(tmp_path)
    job, elsewhere = after / "jobs" / "job-0", tmp_path / "job-0"
    job.rename(elsewhere)
    async with compared(before, after, is_batch=True) as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, ComparedJobsScreen)
        await press(pilot, "d")
        assert screen.table.direction is Direction.GONE
    elsewhere.rename(job)
    async with compared(before, after, is_batch=True) as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, ComparedJobsScreen)
        table = screen.table
        await until(pilot, lambda: table.count == 4)
        assert table.direction is None
        # While the jobs are still being compared, it is in force.
        table.direction = Direction.GONE
        assert table.empty_text() == "No job is gone so far; d shows others."


def test_each_comparison_has_a_view_of_its_own() -> None:
    def path(base: str, other: str, *, jobs: bool = False) -> Path:
        screen = ComparedScreen()
        screen.base, screen.other, screen.compares_jobs = Path(base), Path(other), jobs
        return screen.view_path()

    assert path("a", "b") == path("a", "b")
    assert len({path("a", "b"), path("b", "a"), path("a", "b", jobs=True), path("c", "b")}) == 4
