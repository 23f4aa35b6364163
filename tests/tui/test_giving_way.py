"""Background work that leaves the screen's thread its time: pauses for keys, and no table that is
built below another screen."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.app import App

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.tui.app import InspectApp
from resim_inspect.tui.comparison.jobs.screen import ComparedJobsScreen
from resim_inspect.tui.open.opening import open_path
from resim_inspect.tui.workers import ANSWER_TIME, MAX_PAUSE, MAX_WORK_TIME, key_pauses
from resim_inspect.tui.workspace.screen import WorkspaceScreen
from tests.tui.conftest import press, running, settle, started


class Clock:
    """A clock that only a pause or a test moves."""

    def __init__(self) -> None:
        self.now = 100.0
        self.pauses: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(time, "monotonic", clock.monotonic)
    monkeypatch.setattr(time, "sleep", clock.sleep)
    return clock


def worked(clock: Clock, give_way: Callable[[], None]) -> None:
    """Work for a slice and give way."""
    clock.now += MAX_WORK_TIME * 1.5
    give_way()


def test_a_worker_pauses_between_its_slices_while_a_key_is_answered(clock: Clock) -> None:
    app = InspectApp()
    give_way = key_pauses(app)
    worked(clock, give_way)
    assert clock.pauses == []
    app.last_key = clock.now
    give_way()
    assert clock.pauses == []  # The slice has just begun.
    worked(clock, give_way)
    assert clock.pauses == [MAX_PAUSE]
    worked(clock, give_way)
    assert clock.pauses == [MAX_PAUSE, pytest.approx(ANSWER_TIME - MAX_PAUSE - 3 * MAX_WORK_TIME)]
    worked(clock, give_way)
    assert len(clock.pauses) == 2


def test_work_goes_on_while_a_key_is_held_down(clock: Clock) -> None:
    app, began = InspectApp(), clock.now
    give_way = key_pauses(app)
    for _ in range(100):
        app.last_key = clock.now
        worked(clock, give_way)
    share = 100 * MAX_WORK_TIME * 1.5 / (clock.now - began)
    assert share > MAX_WORK_TIME / (MAX_WORK_TIME + MAX_PAUSE)


def test_an_app_of_another_kind_needs_no_pauses(clock: Clock) -> None:
    give_way = key_pauses(App[None]())
    worked(clock, give_way)
    assert clock.pauses == []


def _write_job(folder: Path, number: int) -> None:
    build = DocumentBuilder(f"job {number}")
    build.scalar("Max speed", float(number))
    build.write(folder / "jobs" / f"job-{number}" / "outputs" / "metrics.binproto")


async def test_jobs_read_below_a_comparison_are_shown_after_it(tmp_path: Path) -> None:
    for number in range(3):
        _write_job(tmp_path / "before", number)
        _write_job(tmp_path / "after", number)
    app = InspectApp(open_path(tmp_path / "after"), base=tmp_path / "before", watch=False)
    async with running(app, (120, 40)) as pilot:
        assert isinstance(app.screen_stack[-1], ComparedJobsScreen)
        below = app.screen_stack[-2]
        assert isinstance(below, WorkspaceScreen)
        shown = len(below.table.shown)
        _write_job(tmp_path / "after", 3)
        below.scan()
        await settle(pilot)
        assert len(below.table.shown) == shown
        await press(pilot, "escape")
        assert below.is_current
        assert [row.name for row in below.table.shown] == [f"job-{n}" for n in range(4)]
        assert "Jobs 4" in str(below.query_one("#jobs").border_title)


async def test_sorting_leaves_the_summaries_and_a_filter_makes_them_anew(tmp_path: Path) -> None:
    for number in range(4):
        _write_job(tmp_path, number)
    async with started(tmp_path) as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, WorkspaceScreen)
        table, column = screen.table, screen.table.columns[-1]
        before = table.summary(column)
        assert (before.minimum, before.maximum) == (0.0, 3.0)
        await press(pilot, *["l"] * 4, "s")
        assert [row.name for row in table.shown] == [f"job-{n}" for n in (3, 2, 1, 0)]
        assert table.summary(column) is before
        await press(pilot, "slash", *"job-2", "enter")
        assert table.summary(column).minimum == 2.0
