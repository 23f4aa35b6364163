"""The screen of a workspace: its table of jobs, sorted, filtered, opened and reread."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.document import Document, open_document
from resim_inspect.filtering.jobs import JobFields
from resim_inspect.filtering.query import compile_query
from resim_inspect.job_rows import WorkspaceOutline, metric_names, read_job, read_outline
from resim_inspect.tui.app import InspectApp
from resim_inspect.tui.document.screen import DocumentScreen
from resim_inspect.tui.open_documents import OpenDocuments
from resim_inspect.tui.widgets.column_table import select_rows
from resim_inspect.tui.workspace import screen as workspace_screen
from resim_inspect.tui.workspace.columns import table_columns
from resim_inspect.tui.workspace.jobs_table import JobsTable
from resim_inspect.tui.workspace.screen import WorkspaceScreen
from runner.workspace.errors import WorkspaceError
from tests.tui.cloud.fake_cloud import looking
from tests.tui.conftest import Shot, press, settle, started, text
from tests.tui.looks import Look
from tests.tui.state_pilot import until
from tests.tui.workspace.workspace_harness import job


def documents_of(pilot: Pilot[Any]) -> OpenDocuments:
    assert isinstance(pilot.app, InspectApp)
    return pilot.app.documents


def test_rows_of_a_workspace(workspace: Path) -> None:
    rows = [read_job(*job) for job in read_outline(workspace).jobs]
    assert [row.name for row in rows] == [
        "broken", "flight-a", "flight-b", "flight-c", "never-run", "parking",
    ]  # fmt: skip
    assert rows[0].verdict is None
    assert "cut short" in rows[0].note
    assert rows[4].note == "not run yet"
    assert metric_names(rows) == ["Latency", "Max speed", "Notes"]
    assert rows[2].cells["Max speed"].full == "44.75 m/s"

    column = {column.key: column for column in table_columns(rows)}

    def names(sort: str = "job", **how: Any) -> list[str]:
        return [row.name for row in select_rows(rows, sort=column[sort], **how)]

    assert names(matches=compile_query("FLIGHT b", JobFields(rows))) == ["flight-b"]
    assert names(is_kept=lambda row: row.is_failing) == ["broken", "flight-b", "flight-c"]
    assert names(sort="metric Max speed", descending=True)[:2] == ["flight-b", "flight-c"]
    assert names(sort="metric Max speed")[-2:] == ["broken", "never-run"]
    assert names(sort="verdict")[-1] == names(sort="verdict", descending=True)[-1] == "never-run"
    assert names(sort="verdict", descending=True)[0] == "flight-b"


async def test_the_table_sorts_filters_and_opens(workspace: Path) -> None:
    async with started(workspace) as pilot:
        table = pilot.app.screen.query_one(JobsTable)
        shown = text(pilot)
        assert "Jobs 6" in shown
        assert "1 blocked" in shown
        assert "1 without metrics" in shown
        assert "1 not run yet" in shown
        assert "E not run" not in shown
        await press(pilot, "l", "l", "l", "s")
        assert table.shown[0].name == "flight-b"
        assert "Max speed 44.75 m/s ✗ FAIL_BLOCK" in text(pilot)
        await press(pilot, "s")
        assert table.shown[0].name == "parking"
        await press(pilot, "f")
        assert len(table.shown) == 3
        await press(pilot, "f", "slash", *"flight-c", "enter", "g", "enter")
        assert isinstance(pilot.app.screen, DocumentScreen)
        assert "40.5 m/s" in text(pilot)
        await press(pilot, "grave_accent")
        assert isinstance(pilot.app.screen, WorkspaceScreen)
        await press(pilot, "escape")
        assert len(table.shown) == 6


async def test_units_are_in_the_title_or_in_each_cell(tmp_path: Path) -> None:
    for name, unit in (("a", "m"), ("b", "km")):
        build = job(name, 31.5, "PASSED")
        build.scalar("Distance", 4.5, unit=unit)
        build.scalar("A name that is much too long for its column", 12.0, unit="m/s")
        build.write(tmp_path / "ws" / "jobs" / name / "outputs" / "metrics.binproto")
    async with started(tmp_path / "ws", (120, 24)) as pilot:
        title, first, second = text(pilot).splitlines()[2:5]
        assert "Max speed [m/s]" in title
        assert re.search(r"A name .*… \[m/s\]", title)
        assert "Distance " in title
        assert "31.5 m/s" not in first
        assert "4.5 m " in first
        assert "4.5 km" in second
        assert len({line.index("31.5") - line.index("✓") for line in (first, second)}) == 1


async def test_the_title_counts_the_jobs_that_are_shown(workspace: Path) -> None:
    async with started(workspace, (120, 40)) as pilot:
        assert "E 1 without metrics" in text(pilot)
        await press(pilot, "slash", *"flight-b", "enter")
        title = next(line for line in text(pilot).splitlines() if "Jobs 1 of 6" in line)
        assert "✗ 1 blocked" in title
        assert not any(word in title for word in ("warned", "not run", "without metrics"))


async def test_the_frame_counts_metrics_out_of_view(tmp_path: Path) -> None:
    build = DocumentBuilder("many")
    for n in range(10, 22):
        build.scalar(f"Metric {n}", float(n))
    build.write(tmp_path / "ws" / "jobs" / "a" / "outputs" / "metrics.binproto")

    async with started(tmp_path / "ws", (80, 24)) as pilot:
        jobs = pilot.app.screen.query_one("#jobs")
        assert "Metric 13" in text(pilot)
        assert jobs.border_subtitle == "→ 8 more"
        await press(pilot, *["right"] * 14)
        assert jobs.border_subtitle == "← 8 more"
        await press(pilot, "left", "left", "left", "left")
        assert jobs.border_subtitle == "← 7 more · → 1 more"
        await press(pilot, *["right"] * 4)
        await pilot.resize_terminal(140, 24)
        await settle(pilot)
        # Columns on the left come back into view where there is room.
        assert "Metric 14 Metric 15" in re.sub(" +", " ", text(pilot))
        assert jobs.border_subtitle == "← 3 more"
        await pilot.resize_terminal(190, 24)
        await settle(pilot)
        assert jobs.border_subtitle == ""


async def test_the_batch_opens_and_a_job_without_metrics_shows_the_reason(workspace: Path) -> None:
    async with started(workspace) as pilot:
        table = pilot.app.screen.query_one(JobsTable)
        while table.job is None or table.job.name != "never-run":
            await press(pilot, "down")
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, WorkspaceScreen)
        assert "not run yet" in text(pilot)
        await press(pilot, "b")
        assert isinstance(pilot.app.screen, DocumentScreen)


async def test_open_documents_can_be_switched_and_closed(workspace: Path) -> None:
    async with started(workspace) as pilot:
        await press(pilot, "b", "w")
        assert "Open documents" in text(pilot)
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, WorkspaceScreen)
        await press(pilot, "b")
        assert len(documents_of(pilot).names) == 2
        await press(pilot, "ctrl+w")
        assert isinstance(pilot.app.screen, WorkspaceScreen)
        await press(pilot, "ctrl+w")
        assert isinstance(pilot.app.screen, WorkspaceScreen)
        assert len(documents_of(pilot).names) == 1


async def test_rereading_shows_new_jobs(workspace: Path) -> None:
    async with started(workspace) as pilot:
        table = pilot.app.screen.query_one(JobsTable)
        job("e", 9.0, "PASSED").write(workspace / "jobs" / "late" / "outputs" / "metrics.binproto")
        await press(pilot, "f5")
        assert "late" in [row.name for row in table.shown]


async def test_the_table_keeps_up_with_the_disk(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workspace_screen, "SCAN_INTERVAL", 0.05)
    monkeypatch.setattr(workspace_screen, "MAX_SCAN_SHARE", 1.0)
    opened: list[Path] = []

    def counted(path: Path) -> Document:
        opened.append(path)
        return open_document(path)

    monkeypatch.setattr("resim_inspect.job_rows.open_document", counted)
    async with looking(workspace, watch=True) as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, WorkspaceScreen)
        table = screen.query_one(JobsTable)
        await until(pilot, lambda: len(table.rows) == 6)
        await pilot.press("l", "l", "l")
        await until(pilot, lambda: len(opened) == 6)
        outputs = {name: workspace / "jobs" / name / "outputs" for name in ("flight-a", "late")}
        b = job("a", 77.5, "FAIL_BLOCK")
        b.scalar("Aardvarks", 3.0)
        b.write(outputs["flight-a"] / "metrics.binproto")
        await until(pilot, lambda: "77.5" in text(pilot))
        # The selected column stays selected, though another is now before it.
        assert table.selected.title == "Max speed"
        job("e", 9.0, "PASSED").write(outputs["late"] / "metrics.binproto")
        await until(pilot, lambda: "late" in [row.name for row in table.shown])
        # Only what changed was read again.
        assert sorted(path.parents[1].name for path in opened[6:]) == ["flight-a", "late"]
        shutil.rmtree(workspace / "jobs" / "flight-b")
        await until(pilot, lambda: "flight-b" not in [row.name for row in table.shown])
        assert screen.outline is not None
        assert screen.outline.batch is not None
        shutil.rmtree(workspace / "batch")
        await until(pilot, lambda: screen.outline is not None and screen.outline.batch is None)
        # A workspace that is deleted is reported once, and the app keeps running.
        shutil.rmtree(workspace)
        await until(pilot, lambda: bool(table.problem))
        scanned = screen.last_scan
        await until(pilot, lambda: screen.last_scan > scanned)
        assert [each.message for each in pilot.app._notifications] == [table.problem]


@pytest.mark.parametrize(
    ("way", "size"), [("60x20", (60, 20)), ("80x24", (80, 24)), ("120x40", (120, 40))]
)
async def test_screen(ran: Path, shot: Shot, way: str, size: tuple[int, int]) -> None:
    async with started(ran, size) as pilot:
        await press(pilot, "l", "l", "j")
        shot(pilot, f"workspace-{way}")


@pytest.mark.parametrize("way", ["light", "no-color"])
async def test_screen_in_other_colours(ran: Path, shot: Shot, look: Look, way: str) -> None:
    async with started(ran, theme=look.theme) as pilot:
        await press(pilot, "l", "l", "j")
        shot(pilot, f"workspace-{way}")


async def test_a_workspace_that_cannot_be_listed_says_why(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = f"{workspace / 'jobs'} cannot be read: Permission denied."
    refused = [True]

    def list_jobs(folder: Path) -> WorkspaceOutline:
        if refused:
            raise WorkspaceError(problem)
        return read_outline(folder)

    monkeypatch.setattr("resim_inspect.tui.workspace.jobs_reader.read_outline", list_jobs)
    async with started(workspace) as pilot:
        assert isinstance(pilot.app.screen, WorkspaceScreen)
        table = pilot.app.screen.table
        assert table.empty_text() == problem
        refused.clear()
        await press(pilot, "f5")
        await settle(pilot)
        assert (table.problem, table.count) == ("", 6)
