"""A column of few jobs as horizontal bars: the cursor, a click and Enter reach each job."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from resim_inspect.tui.document.screen import DocumentScreen
from resim_inspect.tui.workspace.chart_screen import ColumnChartScreen
from tests.tui.conftest import keys, press, settle, started, text
from tests.tui.state_pilot import until
from tests.tui.workspace.columns_harness import job, lines, select, table_of

JOBS = 5


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A batch of few jobs of long names, that no test changes."""
    root = tmp_path_factory.mktemp("bars") / "batch"
    for number in range(JOBS):
        outputs = root / "jobs" / f"a-scenario-of-a-long-name-{number}" / "outputs"
        job(number).write(outputs / "metrics.binproto")
    return root


async def chart_screen(pilot: Pilot[Any]) -> ColumnChartScreen:
    """The chart of the speeds of all jobs, the fastest first."""
    await until(pilot, lambda: len(table_of(pilot).shown) == JOBS)
    await settle(pilot)
    select(pilot, "Max speed")
    await press(pilot, "o")
    screen = pilot.app.screen
    assert isinstance(screen, ColumnChartScreen)
    return screen


async def test_keys_go_from_bar_to_bar(workspace: Path) -> None:
    async with started(workspace, (90, 24)) as pilot:
        screen = await chart_screen(pilot)
        names = [row.name for row in screen.jobs]
        assert [name[-1] for name in names] == ["4", "3", "2", "1", "0"]
        screen.chart.look_at(0.0)
        for key, wanted in (
            *(("down", 1), ("j", 2), ("right", 3), ("l", 4), ("down", 4)),
            *(("up", 3), ("k", 2), ("left", 1), ("h", 0), ("up", 0), ("L", 4), ("H", 0)),
        ):
            await press(pilot, key)
            assert screen.job is not None
            assert screen.job.name == names[wanted], key
            reading = lines(pilot)[-3]
            assert names[wanted] in reading
            assert f"Max speed {20 + 2.5 * (4 - wanted):g} m/s" in reading
        await press(pilot, "down", "enter")
        assert isinstance(pilot.app.screen, DocumentScreen)
        assert names[1] in str(pilot.app.screen.session.document.path)


async def test_a_click_on_a_bar_goes_to_its_job(workspace: Path) -> None:
    async with started(workspace, (90, 24)) as pilot:
        screen = await chart_screen(pilot)
        rows = text(pilot).splitlines()
        wanted = screen.jobs[3].name
        frame = next(y for y, line in enumerate(rows) if line.startswith("╭"))
        bar = next(y for y, line in enumerate(rows) if f"{wanted} " in line and "█" in line)
        offset = (rows[bar].index("█") + 1, bar - frame)
        await pilot.click(screen.chart, offset=offset)
        await settle(pilot)
        assert screen.job is not None
        assert screen.job.name == wanted
        await pilot.click(screen.chart, offset=offset, times=2)
        await settle(pilot)
        assert isinstance(pilot.app.screen, DocumentScreen)
        assert wanted in str(pilot.app.screen.session.document.path)


async def test_a_single_column_with_a_chart_offers_no_other(workspace: Path) -> None:
    async with started(workspace, (120, 24)) as pilot:
        screen = await chart_screen(pilot)
        assert "PgDn" in keys(pilot)
        table = table_of(pilot)
        others = {c.key for c in table.columns if c.values is not None and c.title != "Max speed"}
        table.set_columns(replace(table.layout_state, hidden=frozenset(others)))
        screen.update_hints()
        assert "PgDn" not in keys(pilot)
