"""Charts of a column of the table of jobs: their data, and what they read and open."""

from __future__ import annotations

import re
from pathlib import Path

from resim_inspect.job_rows import JobRow
from resim_inspect.tui.document.metrics.card_screen import CardScreen
from resim_inspect.tui.document.screen import DocumentScreen
from resim_inspect.tui.workspace.chart_screen import ColumnChartScreen
from resim_inspect.tui.workspace.column_data import column_data
from resim_inspect.tui.workspace.columns import table_columns
from resim_inspect.tui.workspace.screen import WorkspaceScreen
from tests.tui.conftest import press, settle, text
from tests.tui.state_pilot import until
from tests.tui.workspace.columns_harness import (
    lines,
    named,
    select,
    showing,
    table_of,
)

# The data of a chart.


def test_missing_numbers_have_their_reasons(rows: list[JobRow]) -> None:
    values = named(table_columns(rows), "Rare").values
    assert values is not None
    data = column_data("Rare", values, rows)
    assert data.column.numbers == (1.5,) * 9
    assert dict(data.column.missing) == {
        "without the metric": 18,
        "without a value": 1,
        "not run yet": 1,
        "unreadable": 1,
    }
    assert data.column.total == len(rows)


def test_numbers_of_another_unit_are_not_mixed_in(rows: list[JobRow]) -> None:
    values = named(table_columns(rows), "Distance").values
    assert values is not None
    data = column_data("Distance", values, rows)
    assert (values.unit, values.has_mixed_units) == ("m", True)
    assert dict(data.column.missing)["in another unit"] == 6
    assert all(number % 5 for number in data.column.numbers)


def test_jobs_are_in_the_order_of_their_values_with_their_limits(rows: list[JobRow]) -> None:
    values = named(table_columns(rows), "Max speed").values
    assert values is not None
    column = column_data("Max speed", values, rows).column
    assert list(column.numbers) == sorted(column.numbers, reverse=True)
    assert {(one.fails_above, one.fails_below) for one in column.limits} == {(45.0, 25.0)}
    ascending = column_data("Max speed", values, rows, descending=False).column
    assert list(ascending.numbers) == sorted(column.numbers)


# Charts.


async def test_a_chart_of_a_column_reads_and_opens_its_jobs(batch: Path) -> None:
    async with showing(batch) as pilot:
        select(pilot, "Max speed")
        await press(pilot, "o")
        screen = pilot.app.screen
        assert isinstance(screen, ColumnChartScreen)
        shown = text(pilot)
        assert "Max speed   sorted by value   30 jobs   ✗ 10 failing" in shown
        assert "fails above 45 m/s" in shown
        assert "fails below 25 m/s" in shown
        assert "2 of 30 jobs not drawn: 1 not run yet, 1 unreadable." in shown
        # The cursor is at the job of the table.
        assert screen.job is not None
        assert screen.job.name == "job-00"
        assert re.search(r"job-00 +Max speed 20 m/s !", shown)
        await press(pilot, "right_square_bracket")
        assert screen.job.name == screen.jobs[round(screen.chart.cursor_x or 0)].name
        assert "✗ FAIL_BLOCK" in lines(pilot)[0] or "! FAIL_WARN" in lines(pilot)[0]
        name = screen.job.name
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, DocumentScreen)
        assert "Max speed" in text(pilot)
        # What is above the document would hide the metric.
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, CardScreen)
        await press(pilot, "grave_accent", "enter")
        assert isinstance(pilot.app.screen, DocumentScreen)
        await press(pilot, "grave_accent")
        assert isinstance(pilot.app.screen, ColumnChartScreen)
        await press(pilot, "escape")
        assert table_of(pilot).row is not None
        assert table_of(pilot).row == next(row for row in table_of(pilot).rows if row.name == name)


async def test_the_chart_follows_a_table_that_is_still_read(batch: Path) -> None:
    async with showing(batch) as pilot:
        select(pilot, "Max speed")
        table = table_of(pilot)
        rows = table.rows
        table.show(rows[:10])
        await press(pilot, "G", "o")
        screen = pilot.app.screen
        assert isinstance(screen, ColumnChartScreen)
        assert "10 jobs" in lines(pilot)[0]
        assert screen.job is not None
        name, place = screen.job.name, screen.chart.cursor_x
        table.show(rows)
        await until(pilot, lambda: "30 jobs" in lines(pilot)[0])
        assert screen.job is not None
        assert (screen.job.name, screen.chart.cursor_x == place) == (name, False)
        # No column of values is left.
        table.set_columns(table.column_layout.with_hidden("verdict", hide=True))
        table.show([])
        await until(pilot, lambda: isinstance(pilot.app.screen, WorkspaceScreen))


async def test_a_click_goes_to_the_job(batch: Path) -> None:
    async with showing(batch) as pilot:
        select(pilot, "Max speed")
        await press(pilot, "o")
        screen = pilot.app.screen
        assert isinstance(screen, ColumnChartScreen)
        await pilot.click(screen.chart, offset=(20, 15))
        await settle(pilot)
        assert isinstance(pilot.app.screen, ColumnChartScreen)
        job_under = screen.job
        assert job_under is not None
        await pilot.click(screen.chart, offset=(20, 15), times=2)
        await settle(pilot)
        assert isinstance(pilot.app.screen, DocumentScreen)
        assert job_under.name in str(pilot.app.screen.session.document.path)


async def test_a_histogram_counts_the_same_jobs(batch: Path) -> None:
    async with showing(batch) as pilot:
        select(pilot, "Max speed")
        await press(pilot, "o", "v")
        shown = text(pilot)
        assert "28 jobs in 7 bins" in shown
        assert "2 of 30 jobs not drawn" in shown
        assert "fails above 45 m/s" in shown
        assert "✗ FAIL_BLOCK 4" in shown
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, ColumnChartScreen)
        await press(pilot, "right")
        assert re.search(r"\d jobs? in \d", lines(pilot)[-3])
        await press(pilot, "v")
        assert "sorted by value" in text(pilot)


async def test_columns_without_numbers_are_counted(batch: Path) -> None:
    async with showing(batch) as pilot:
        select(pilot, "verdict")
        await press(pilot, "o")
        shown = text(pilot)
        assert "E no metrics" in shown
        assert "not run yet" in shown
        assert "✓ PASSED" in shown
        assert "30 jobs, 5 values" in shown
        await press(pilot, "pagedown")
        # The next column has numbers.
        assert "Distance   sorted by value" in text(pilot)
        assert "6 in another unit" in text(pilot)
        await press(pilot, "pagedown", "pagedown")
        assert re.search("Notes +jobs by value", text(pilot))


async def test_the_names_of_the_jobs_have_no_chart(batch: Path, notices: list[str]) -> None:
    async with showing(batch) as pilot:
        await press(pilot, "o")
        assert isinstance(pilot.app.screen, WorkspaceScreen)
        assert notices == ["The names of the jobs have no chart; choose another column."]
