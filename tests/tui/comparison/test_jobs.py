"""Two workspaces compared in the app: jobs × metrics, their keys and ways, and their pictures."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.comparison import Direction
from resim_inspect.tui.app import InspectApp
from resim_inspect.tui.comparison.jobs.screen import ComparedJobsScreen
from resim_inspect.tui.comparison.jobs.table import ComparedTable
from resim_inspect.tui.comparison.screen import ComparisonScreen
from resim_inspect.tui.document.metrics.metric_list import MetricList
from resim_inspect.tui.document.screen import DocumentScreen
from resim_inspect.tui.open.opening import open_path
from resim_inspect.tui.workspace.screen import WorkspaceScreen
from tests.tui.conftest import Shot, press, running, text
from tests.tui.looks import WAYS, Look

SPEEDS = {
    "one": {"a": 30.0, "b": 31.0, "c": 45.0, "d": 33.0, "e": 34.0, "lost": 35.0},
    "two": {"a": 30.0, "b": 44.5, "c": 38.0, "d": 33.25, "e": 34.0, "fresh": 36.0},
}
"""Max speed of each job in m/s: more than 42 fails."""


def _job(path: Path, speed: float, side: str) -> None:
    build = DocumentBuilder()
    build.scalar("Mass", 3.2, unit="kg")
    status = "FAIL_BLOCK" if speed > 42 else "PASSED"
    build.scalar("Max speed", speed, unit="m/s", fails_above=42, status=status)
    build.text("Notes", f"Flown by the {side} build.")
    build.write(path)


@pytest.fixture
def batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Workspaces with a job that got worse, a better one, one gone, one new, and a broken one."""
    monkeypatch.chdir(tmp_path)
    for side, speeds in SPEEDS.items():
        for job, speed in speeds.items():
            _job(Path(side, "jobs", job, "outputs", "metrics.binproto"), speed, side)
        batch = DocumentBuilder()
        batch.scalar("Jobs that failed", 1.0 + (side == "two"))
        batch.write(Path(side, "batch", "outputs", "metrics.binproto"))
    Path("two/jobs/e/outputs/metrics.binproto").write_bytes(b"\x0a\x99")
    return Path("one"), Path("two")


@asynccontextmanager
async def table_of(
    batches: tuple[Path, Path], size: tuple[int, int] = (120, 40), *, theme: str | None = None
) -> AsyncIterator[tuple[Pilot[Any], ComparedTable]]:
    app = InspectApp(open_path(batches[1]), base=batches[0], theme=theme, watch=False)
    async with running(app, size) as pilot:
        assert isinstance(pilot.app.screen, ComparedJobsScreen)
        yield pilot, pilot.app.screen.table


def names(table: ComparedTable) -> list[str]:
    return [row.name for row in table.shown]


async def test_jobs_by_metrics_the_worst_first(batches: tuple[Path, Path]) -> None:
    async with table_of(batches) as (pilot, table):
        assert names(table) == ["e", "b", "lost", "d", "(batch)", "a", "c", "fresh"]
        assert [row.direction for row in table.shown] == [
            Direction.WORSE, Direction.WORSE, Direction.GONE, Direction.CHANGED,
            Direction.CHANGED, Direction.CHANGED, Direction.BETTER, Direction.ADDED,
        ]  # fmt: skip
        assert [column.title for column in table.columns][:4] == [
            "job", "change", "verdict", "Max speed",
        ]  # fmt: skip
        shown = text(pilot)
        assert "▼ PASSED → FAIL_BLOCK 1" in shown
        assert "▲ FAIL_BLOCK → PASSED 1" in shown
        assert "no significant change" in shown
        assert "▼ unreadable" in shown
        assert "the file is cut short" in shown
        assert "only before: job with 3 metrics" in shown
        assert "+13.5 ✓→✗" in shown
        assert "▼ 2 worse · − 1 gone" in shown


async def test_a_file_that_is_broken_on_both_sides_is_described_once(
    batches: tuple[Path, Path],
) -> None:
    before, after = batches
    for side in batches:
        metrics = side / "jobs" / "c" / "outputs" / "metrics.binproto"
        metrics.write_bytes(b"\x0a\xff\xff")
    async with table_of((before, after)) as (_, table):
        note = next(row.note for row in table.shown if row.name == "c")
        assert note.startswith("before and after: the file is cut short")
        assert note.count("cut short") == 1


async def test_the_selected_cell_and_its_metric_are_in_full(batches: tuple[Path, Path]) -> None:
    async with table_of(batches) as (pilot, table):
        await press(pilot, "j", "l", "l", "l")
        assert table.metric == "Max speed"
        shown = text(pilot)
        assert "Max speed ▼ worse: 31 → 44.5 m/s, PASSED → FAIL_BLOCK" in shown
        words = "~ +0.125 m/s (-7 … +13.5 m/s), p = 1, no significant change; ▼ 1 worse"
        assert words in shown


async def test_enter_goes_to_the_pair_of_jobs_and_escape_back(batches: tuple[Path, Path]) -> None:
    async with table_of(batches) as (pilot, table):
        await press(pilot, "j", "l", "l", "l", "enter")
        screen = pilot.app.screen
        assert isinstance(screen, ComparisonScreen)
        assert screen.base == Path("one/jobs/b/outputs/metrics.binproto")
        assert screen.other == Path("two/jobs/b/outputs/metrics.binproto").absolute()
        assert screen.list.change is not None
        assert screen.list.change.name == "Max speed"
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, ComparedJobsScreen)
        assert table.row is not None
        assert table.row.name == "b"
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, WorkspaceScreen)


async def test_a_metric_that_is_the_same_is_found_in_the_pair(batches: tuple[Path, Path]) -> None:
    async with table_of(batches) as (pilot, table):
        table.column = [column.title for column in table.columns].index("Mass")
        await press(pilot, "j", "enter")
        screen = pilot.app.screen
        assert isinstance(screen, ComparisonScreen)
        assert screen.direction is Direction.SAME
        assert screen.list.change is not None
        assert screen.list.change.name == "Mass"


async def test_jobs_of_one_side_are_opened_and_broken_ones_explained(
    batches: tuple[Path, Path], notices: list[str]
) -> None:
    async with table_of(batches) as (pilot, table):
        table.go_to("lost")
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, DocumentScreen)
        assert "one/jobs/lost" in str(pilot.app.screen.compared_path())
        await press(pilot, "grave_accent")
        table.go_to("e")
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, DocumentScreen)
        assert "cut short" in notices[-2]


async def test_keys_and_filter_narrow_the_jobs(batches: tuple[Path, Path]) -> None:
    async with table_of(batches) as (pilot, table):
        await press(pilot, "G", "n")
        assert table.row is not None
        assert table.row.name == "e"
        await press(pilot, "d")
        assert names(table) == ["e", "b"]
        await press(pilot, *"ddd")
        assert table.direction is Direction.BETTER
        assert names(table) == ["c"]
        await press(pilot, *"dd")
        assert table.direction is None
        filters = {
            "Max speed>5": ["b"],
            "direction:better": ["c"],
            "metric:speed": ["b"],
            "verdict:block": ["b"],
            "before:block": ["c"],
            "is:broken": ["e"],
            "is:failing": ["e", "b"],
            "fresh": ["fresh"],
        }
        for query, expected in filters.items():
            table.set_query(query)
            assert names(table) == expected, query
        table.set_query("direction:sideways")
        assert "direction:sideways is not valid" in table.query_error
        await press(pilot, "slash", *"zz", "enter")
        assert isinstance(pilot.app.screen, ComparedJobsScreen)
        await press(pilot, "escape")
        assert len(names(table)) == 8


async def test_the_list_of_all_changes_leads_to_the_pair(batches: tuple[Path, Path]) -> None:
    async with table_of(batches) as (pilot, _):
        await press(pilot, "v", "slash", *"max speed", "enter")
        screen = pilot.app.screen
        assert isinstance(screen, ComparisonScreen)
        assert screen.base == Path("one")
        assert screen.list.change is not None
        assert screen.list.change.job == "b"
        await press(pilot, "enter")
        pair = pilot.app.screen
        assert isinstance(pair, ComparisonScreen)
        assert pair.base == Path("one/jobs/b/outputs/metrics.binproto")
        assert pair.list.change is not None
        assert pair.list.change.name == "Max speed"
        position = pair.list.change.position
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, DocumentScreen)
        assert "two/jobs/b" in str(pilot.app.screen.compared_path())
        assert pilot.app.screen.query_one(MetricList).position == position


async def test_the_batches_own_metrics_are_a_pair(batches: tuple[Path, Path]) -> None:
    async with table_of(batches) as (pilot, _):
        await press(pilot, "b")
        assert isinstance(pilot.app.screen, ComparisonScreen)
        assert pilot.app.screen.other == Path("two/batch/outputs/metrics.binproto").absolute()


@pytest.mark.parametrize("way", WAYS)
async def test_screen(way: str, batches: tuple[Path, Path], shot: Shot, look: Look) -> None:
    async with table_of(batches, look.size(), theme=look.theme) as (pilot, _):
        await press(pilot, "j", "l", "l", "l")
        shot(pilot, f"compared-jobs-{way}")
