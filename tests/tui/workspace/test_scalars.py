"""A scalar of a job beside its values in the other jobs of the workspace."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.tui.document.screen import DocumentScreen
from resim_inspect.tui.theme import theme_styles
from resim_inspect.tui.workspace.jobs_table import JobsTable
from tests.tui.conftest import Shot, press, settle, started, text
from tests.tui.looks import WAYS, Look
from tests.tui.workspace.workspace_harness import job


async def test_a_scalar_shows_its_values_in_all_jobs(workspace: Path) -> None:
    async with started(workspace, (120, 40)) as pilot:
        table = pilot.app.screen.query_one(JobsTable)
        table.go_to("flight-b")
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, DocumentScreen)
        await press(pilot, "enter")
        shown = text(pilot)
        assert "▸ flight-b" in shown
        for part in ("31.5", "44.75", "40.5", "flight-a", "parking", "4 jobs of the workspace"):
            assert part in shown, part
        # A text has no value in other jobs.
        await press(pilot, "G", "enter")
    async with started(
        workspace / "jobs" / "flight-b" / "outputs" / "metrics.binproto", (120, 40)
    ) as pilot:
        await press(pilot, "enter")
        assert "flight-a" not in text(pilot)


async def test_a_metric_that_a_job_lacks_is_said_to_be_absent(tmp_path: Path) -> None:
    build = job("b", 2.0, "PASSED")
    build.scalar("Rare", 0.5)
    job("a", 1.0, "PASSED").write(tmp_path / "jobs" / "a" / "outputs" / "metrics.binproto")
    build.write(tmp_path / "jobs" / "b" / "outputs" / "metrics.binproto")
    async with started(tmp_path, (120, 40)) as pilot:
        row = next(line for line in text(pilot).splitlines() if "▌a" in line)
        assert "absent" in row
        assert "← → column" in text(pilot).splitlines()[-1]
        await press(pilot, *["right"] * 9)
        assert "Rare: this job does not have the metric" in text(pilot)
        await press(pilot, "down")
        assert "Rare 0.5" in text(pilot)


async def test_decimals_are_aligned_across_jobs_and_digits_are_never_cut(tmp_path: Path) -> None:
    values = [8.53, 8.1212, 100.0, 10.0000004, 0.000123456789]
    for at, value in enumerate(values):
        path = tmp_path / "jobs" / f"job-{at}" / "outputs" / "metrics.binproto"
        build = DocumentBuilder(str(at))
        build.scalar("Err", value, unit="m")
        build.write(path)
    async with started(tmp_path, (120, 40)) as pilot:
        table = pilot.app.screen.query_one(JobsTable)
        width = table.scrollable_content_region.width
        styles = theme_styles(pilot.app)
        rows = ["".join(t for t, _ in table.render_row(r, width, styles)) for r in range(5)]
        numbers = [re.search(r"✓ +([\d.]+)", row.split("PASSED")[1]) for row in rows]
        assert [found.group(1) for found in numbers if found] == [
            "8.53", "8.1212", "100", "10.0000004", "0.000123457"
        ]  # fmt: skip
        points = {row.index(".", 20) for row in rows if "100" not in row}
        assert len(points) == 1
        whole = next(row for row in rows if "100 " in row)
        assert whole.index("100") + 3 in points
        # In full below the table, and when copied.
        await press(pilot, "G", "right", "right", "right")
        assert "Err 0.000123456789 m" in text(pilot)
        await press(pilot, "y")
        assert pilot.app.clipboard == "0.000123456789 m"


@pytest.mark.parametrize("way", WAYS)
async def test_a_scalar_of_a_job_as_a_picture(
    workspace: Path, shot: Shot, look: Look, way: str
) -> None:
    async with started(workspace, look.size(), theme=look.theme) as pilot:
        pilot.app.screen.query_one(JobsTable).go_to("flight-b")
        await press(pilot, "enter", "enter")
        # Messages would cover the chart.
        pilot.app.clear_notifications()
        await settle(pilot)
        shot(pilot, f"scalar-{way}")
