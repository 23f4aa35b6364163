"""One metric in the jobs of a workspace as small multiples."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.job_rows import read_job
from resim_inspect.tui.dashboard import bounded_drawing
from resim_inspect.tui.dashboard.card_grid import CardGrid
from resim_inspect.tui.dashboard.job_cards import first_metric
from resim_inspect.tui.dashboard.jobs_screen import JobsDashboard
from resim_inspect.tui.document.screen import DocumentScreen
from resim_inspect.tui.raw.screen import RawScreen
from resim_inspect.tui.workspace.screen import WorkspaceScreen
from runner.workspace.layout import RunFolder
from tests.tui.conftest import press, settle, started, text
from tests.tui.state_pilot import until

START = 1_700_000_000


def job(folder: Path, name: str, top: float, *, start: float = START, unit: str = "m/s") -> None:
    """A job with a curve whose times begin at `start` and whose values end at `top`."""
    build = DocumentBuilder(name)
    clock = build.times("clock", [start + float(at) for at in range(11)])
    values = build.doubles("speed", [top * at / 10 for at in range(11)], unit=unit, index=clock)
    fine = build.statuses("speed ok", ["PASSED"] * 11, index=clock)
    status = "FAIL_BLOCK" if top > 50 else "PASSED"
    build.double_over_time("Speed", [(values, fine)], status=status)
    build.scalar("Top", top, unit=unit, status=status, fails_above=50)
    build.write(folder / "jobs" / name / "outputs" / "metrics.binproto")


def workspace(folder: Path) -> Path:
    """Three jobs with the metric, one without it, one that is unreadable."""
    for number, (name, top) in enumerate((("a", 10.0), ("b", 40.0), ("c", 90.0))):
        job(folder, name, top, start=START + 1000 * number)
    other = DocumentBuilder("other")
    other.scalar("Other", 1.0)
    other.write(folder / "jobs" / "d" / "outputs" / "metrics.binproto")
    broken = folder / "jobs" / "e" / "outputs" / "metrics.binproto"
    broken.parent.mkdir(parents=True)
    broken.write_bytes(b"\x0a\xff\xff")
    return folder


def grid(pilot: Pilot[Any]) -> CardGrid:
    return pilot.app.screen.query_one(CardGrid)


async def shown_jobs(pilot: Pilot[Any]) -> str:
    """The dashboard of the metric `Speed`, with every job read."""
    await press(pilot, "D")
    screen = pilot.app.screen
    assert isinstance(screen, JobsDashboard)
    await until(pilot, lambda: "not read" not in text(pilot) and not screen.is_surveying)
    await settle(pilot)
    return text(pilot)


async def test_each_job_is_a_card_on_one_axis(tmp_path: Path) -> None:
    async with started(workspace(tmp_path)) as pilot:
        shown = await shown_jobs(pilot)
        assert "Speed   in 5 jobs" in shown
        assert "✗ FAIL_BLOCK c" in shown
        assert "✓ PASSED a" in shown
        assert "– absent d" in shown
        assert "E no metrics e" in shown
        assert "The job does not have the metric" in shown
        assert "The job has no metrics:" in shown
        assert "one y axis -4.5 … 94.5 m/s (f)" in shown
        ranges = {card.picture.y_range for card in _plots(pilot)}
        assert ranges == {grid(pilot).y_window}
        assert _hints(pilot) == ["dashboard.metric", "dashboard.scale"]
        await press(pilot, "f")
        assert "own y axes (f)" in text(pilot)
        assert len({card.picture.y_range for card in _plots(pilot)}) == 3


def _hints(pilot: Pilot[Any]) -> list[str]:
    screen = pilot.app.screen
    assert isinstance(screen, JobsDashboard)
    return [hint.id for hint in screen.more_hints()]


def _plots(pilot: Pilot[Any]) -> list[Any]:
    cards = grid(pilot)
    drawn = (cards.drawn(cards.page.first + slot) for slot in range(len(cards.page.cells)))
    return [one[0] for one in drawn if one is not None and one[0].picture.plot is not None]


async def test_dated_jobs_are_read_at_the_time_since_their_starts(tmp_path: Path) -> None:
    async with started(workspace(tmp_path)) as pilot:
        await shown_jobs(pilot)
        await press(pilot, "g", "L")
        shown = text(pilot)
        assert "5.000 s since the start on 3 cards" in shown
        for value in ("5 m/s", "20 m/s", "45 m/s"):
            assert value in shown


async def test_units_that_differ_are_not_drawn_on_one_axis(tmp_path: Path) -> None:
    job(tmp_path, "a", 10.0)
    job(tmp_path, "b", 36.0, unit="km/h")
    async with started(tmp_path) as pilot:
        shown = await shown_jobs(pilot)
        assert "own y axes: units differ" in shown
        assert _hints(pilot) == ["dashboard.metric"]
        assert grid(pilot).y_window is None


async def test_a_number_has_one_scale_too_without_reading_the_files(tmp_path: Path) -> None:
    async with started(workspace(tmp_path)) as pilot:
        await press(pilot, "right", "right", "right")
        while "Top" not in pilot.app.screen.query_one("#cell").render().plain:  # type: ignore[union-attr]
            await press(pilot, "right")
        shown = await shown_jobs(pilot)
        assert "one y axis 10 … 90 m/s" in shown


async def test_a_card_that_draws_less_than_the_survey_does_not_narrow_the_axis(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A curve has 22 samples: one card may draw it, each of several cards may not.
    monkeypatch.setattr(bounded_drawing, "PAGE_SAMPLES", 60)
    async with started(workspace(tmp_path)) as pilot:
        shown = await shown_jobs(pilot)
        assert "This card has 22 samples" in shown
        assert "one y axis -4.5 … 94.5 m/s (f)" in shown


async def test_enter_opens_the_job_at_the_metric_and_escape_comes_back(tmp_path: Path) -> None:
    async with started(workspace(tmp_path)) as pilot:
        await shown_jobs(pilot)
        await press(pilot, "g", "enter")
        screen = pilot.app.screen
        assert isinstance(screen, DocumentScreen)
        assert screen.session.document.path == tmp_path / "jobs/c/outputs/metrics.binproto"
        position = screen.pane.list.position  # type: ignore[attr-defined]
        assert screen.session.catalog.names[position] == "Speed"
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, JobsDashboard)


async def test_jobs_without_metrics_are_opened_as_from_the_table(
    tmp_path: Path, notices: list[str]
) -> None:
    (workspace(tmp_path) / "jobs" / "f" / "inputs" / "logs").mkdir(parents=True)
    async with started(tmp_path) as pilot:
        for keys in ((), ("D",)):
            await press(pilot, *keys, "slash", *"name:f", "enter", "enter")
            assert notices.pop() == "The job has not run yet."
            await press(pilot, "escape", "slash", *"is:broken", "enter", "enter")
            assert isinstance(pilot.app.screen, RawScreen)
            await press(pilot, "escape", "escape")


async def test_another_metric_and_the_order_of_the_table(tmp_path: Path) -> None:
    async with started(workspace(tmp_path)) as pilot:
        await shown_jobs(pilot)
        before = list(map(grid(pilot).painted.drawn, "abcde"))
        await press(pilot, "m", *"oth", "enter")
        assert "Other   in 5 jobs" in text(pilot)
        assert None not in before
        for old, new in zip(before, map(grid(pilot).painted.drawn, "abcde"), strict=True):
            assert new is not old
        await press(pilot, "b")
        assert "sorted by job" in text(pilot)
        rows = grid(pilot).cards
        assert [rows.key(item) for item in grid(pilot).deck.items] == list("abcde")


async def test_a_job_that_is_rewritten_is_drawn_again_in_place(tmp_path: Path) -> None:
    async with started(workspace(tmp_path)) as pilot:
        await shown_jobs(pilot)
        await press(pilot, "b", "G", "P", "g", "right")
        key = grid(pilot).cards.key(grid(pilot).item or 0)
        job(tmp_path, "b", 400.0, start=START)
        host = pilot.app.screen_stack[0]
        assert isinstance(host, WorkspaceScreen)
        host.scan()
        await until(pilot, lambda: (grid(pilot).y_window or (0, 0))[1] > 400)
        await settle(pilot)
        assert grid(pilot).cards.key(grid(pilot).item or 0) == key
        assert grid(pilot).deck.pinned == 1


async def test_a_workspace_without_metrics_has_no_dashboard(
    tmp_path: Path, notices: list[str]
) -> None:
    (tmp_path / "jobs" / "a" / "inputs").mkdir(parents=True)
    async with started(tmp_path) as pilot:
        await press(pilot, "D")
        assert isinstance(pilot.app.screen, WorkspaceScreen)
        assert notices[-1] == "No job has a metric yet that could be shown."


def test_a_curve_comes_first_then_a_number_then_a_text(tmp_path: Path) -> None:
    def first(*kinds: str) -> str:
        build = DocumentBuilder("job")
        for kind in kinds:
            if kind == "text":
                build.text("Notes", "Nothing happened.")
            elif kind == "number":
                build.scalar("Top", 1.0)
            else:
                times = build.times("clock", [0.0, 1.0])
                values = build.doubles("speed", [1.0, 2.0], index=times)
                fine = build.statuses("fine", ["PASSED"] * 2, index=times)
                build.double_over_time("Speed", [(values, fine)])
        folder = RunFolder(tmp_path / "-".join(kinds))
        build.write(folder.metrics)
        return first_metric([read_job("job", folder)])

    assert first("text", "number", "curve") == "Speed"
    assert first("text", "number") == "Top"
    assert first("text") == "Notes"
