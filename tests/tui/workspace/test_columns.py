"""Columns of the table of jobs: summary rows, hiding, pinning, moving, and their charts."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.job_rows import JobRow, read_job, read_outline
from resim_inspect.tui.document.screen import DocumentScreen
from resim_inspect.tui.widgets.column_table import Column
from resim_inspect.tui.workspace.chart_screen import ColumnChartScreen
from resim_inspect.tui.workspace.column_data import column_data
from resim_inspect.tui.workspace.column_layout import ColumnLayout
from resim_inspect.tui.workspace.columns import table_columns
from resim_inspect.tui.workspace.columns_dialog import ColumnsDialog
from resim_inspect.tui.workspace.jobs_table import JobsTable
from resim_inspect.tui.workspace.screen import WorkspaceScreen
from resim_inspect.tui.workspace.table_lines import JobsHeading, JobsSummary
from tests.tui.cloud.fake_cloud import until
from tests.tui.conftest import Shot, press, settle, started, text


def job(number: int) -> DocumentBuilder:
    """A job with a judged speed, a pressure far from zero, and metrics that some jobs lack."""
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


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """30 jobs, one of them not run and one unreadable; not to be changed."""
    root = tmp_path_factory.mktemp("columns") / "batch-9"
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


@pytest.fixture(scope="module")
def rows(workspace: Path) -> list[JobRow]:
    """The rows of the jobs."""
    return [read_job(*each) for each in read_outline(workspace).jobs]


def named(columns: Sequence[Column[JobRow]], title: str) -> Column[JobRow]:
    return next(column for column in columns if column.title == title)


def table_of(pilot: Pilot[Any]) -> JobsTable:
    """The table, also below another screen."""
    screens = [one for one in pilot.app.screen_stack if isinstance(one, WorkspaceScreen)]
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


# The layout.


def test_a_layout_survives_json_and_foreign_values(rows: list[JobRow]) -> None:
    columns = table_columns(rows)
    layout = ColumnLayout().with_hidden("metric Notes", hide=True)
    layout = layout.with_pinned("metric Pressure", pin=True)
    layout = layout.with_moved("metric Distance", 1, columns)
    assert ColumnLayout.from_json(json.loads(json.dumps(layout.as_json()))) == layout
    assert [one.title for one in layout.visible(columns)] == [
        "job", "verdict", "Pressure", "Max speed", "Distance", "Rare",
    ]  # fmt: skip
    assert layout.hidden_words(columns, "job") == "1 column hidden"
    assert layout.hidden_words(columns, "metric Notes") == "1 column hidden, one sorts"
    foreign: tuple[object, ...] = (None, 3, [], {"order": 4, "hidden": [1], "sort": {}})
    for value in foreign:
        assert ColumnLayout.from_json(value) == ColumnLayout()


def test_the_names_of_the_jobs_are_neither_hidden_nor_moved(rows: list[JobRow]) -> None:
    columns = table_columns(rows)
    layout = ColumnLayout()
    assert layout.with_hidden("job", hide=True) == layout
    assert layout.with_pinned("job", pin=False) == layout
    assert layout.with_moved("job", 1, columns) == layout
    assert layout.with_moved("verdict", -1, columns) == layout
    foreign = ColumnLayout.from_json({"hidden": ["job"], "pinned": ["verdict"]})
    assert (foreign.hidden, foreign.pinned) == (frozenset(), ("job", "verdict"))


# Summary rows.


def summary_lines(pilot: Pilot[Any]) -> dict[str, str]:
    found = {}
    for line in lines(pilot):
        word, _, rest = line.partition(" ")
        if word in ("min", "median", "max", "failing"):
            found[word] = re.sub(" +", " ", rest).strip()
    return found


async def test_summary_rows_follow_the_filter_and_the_columns(workspace: Path) -> None:
    async with showing(workspace, (120, 40)) as pilot:
        table = table_of(pilot)
        summary = summary_lines(pilot)
        # Distance has two units; Notes has no numbers.
        assert summary["min"] == "20 1,013 1.5"
        assert summary["max"] == "50 1,015.9 1.5"
        assert summary["median"].startswith("mixed 31.25 1,014.")
        assert summary["failing"].split(" ")[:3] == ["✗", "12", "0"]
        summary_rows = pilot.app.screen.query_one(JobsSummary)
        drawn = [table.render_line(1).text, *(summary_rows.render_line(y).text for y in range(3))]
        starts = {match.start() for line in drawn if (match := re.search(r"1,0\d\d", line))}
        assert len(starts) == 1
        await press(pilot, "slash", *"job-0", "enter")
        assert summary_lines(pilot)["max"] == "42.5 1,013.9 1.5"
        await press(pilot, "t")
        assert summary_lines(pilot) == {}
        assert not table.column_layout.summary


async def test_summary_rows_stay_while_the_jobs_scroll(workspace: Path) -> None:
    async with showing(workspace, (80, 24)) as pilot:
        before = summary_lines(pilot)
        await press(pilot, "G")
        assert "job-29" in text(pilot)
        assert summary_lines(pilot) == before
        await pilot.resize_terminal(80, 12)
        await settle(pilot)
        assert summary_lines(pilot) == {}


# Hiding, pinning, moving.


async def test_columns_are_hidden_and_come_back(workspace: Path) -> None:
    async with showing(workspace) as pilot:
        table = table_of(pilot)
        select(pilot, "Max speed")
        await press(pilot, "s", "minus")
        assert "Max speed" not in titles(table)
        # The table stays sorted by the hidden column, and its frame says so.
        assert "1 column hidden, one sorts" in text(pilot)
        assert table.sort.title == "Max speed"
        await press(pilot, "0")
        assert "Max speed" in titles(table)
        assert "hidden" not in text(pilot)


async def test_pinned_columns_stay_in_view(workspace: Path) -> None:
    async with showing(workspace, (70, 24)) as pilot:
        table = table_of(pilot)
        select(pilot, "Pressure")
        await press(pilot, "p", *["l"] * 6)
        assert table.selected.title == "Rare"
        assert "Pressure" in lines(pilot)[3]
        assert "Rare" in lines(pilot)[3]
        # In a narrow terminal the selected column has its room.
        await pilot.resize_terminal(46, 24)
        await settle(pilot)
        assert "Rare" in lines(pilot)[3]
        select(pilot, "Pressure")
        await press(pilot, "p")
        assert titles(table).index("Pressure") > 2


async def test_a_job_without_metrics_has_its_note_beside_any_layout(workspace: Path) -> None:
    async with showing(workspace, (100, 40)) as pilot:
        table = table_of(pilot)
        layout = ColumnLayout(pinned=("job", "metric Pressure", "verdict"))
        table.set_columns(layout)
        await settle(pilot)
        assert re.search(r"job-08 +E no metrics +the file is cut", text(pilot))
        assert re.search(r"job-07 +not run yet", text(pilot))
        table.set_columns(layout.with_hidden("verdict", hide=True))
        await settle(pilot)
        assert re.search(r"job-07 +not run yet", text(pilot))


async def test_the_list_of_columns_finds_hides_pins_and_moves(workspace: Path) -> None:
    async with showing(workspace) as pilot:
        table = table_of(pilot)
        await press(pilot, "c", "slash", *"press", "enter", "p")
        assert titles(table)[:3] == ["job", "verdict", "Pressure"]
        await press(pilot, "K")
        assert titles(table)[:3] == ["job", "Pressure", "verdict"]
        assert "pinned" in text(pilot)
        # The first Esc drops the letters, the second closes.
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, ColumnsDialog)
        await press(pilot, "slash", *"rare", "enter", "o")
        assert titles(table) == ["job", "Rare"]
        await press(pilot, "a")
        assert len(titles(table)) == 7
        await press(pilot, "space")
        assert "1 hidden" in text(pilot)
        await press(pilot, "space", "enter")
        assert isinstance(pilot.app.screen, WorkspaceScreen)
        assert table.selected.title == "Rare"


async def test_a_layout_is_restored_before_its_columns_are_there(workspace: Path) -> None:
    async with showing(workspace) as pilot:
        table = table_of(pilot)
        select(pilot, "Pressure")
        await press(pilot, "s", "minus")
        state = ColumnLayout.from_json(table.layout_state.as_json())
        assert (state.sort, state.descending) == ("metric Pressure", True)
        all_rows = table.rows
        table.show([])
        table.restore(ColumnLayout())
        assert table.sort.title == "job"
        table.restore(state)
        table.show(all_rows)
        await until(pilot, lambda: len(table.shown) == 30)
        assert table.sort.title == "Pressure"
        assert table.shown[0].name == "job-29"
        assert "Pressure" not in titles(table)


# Charts.


async def test_a_chart_of_a_column_reads_and_opens_its_jobs(workspace: Path) -> None:
    async with showing(workspace) as pilot:
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
        await press(pilot, "grave_accent")
        assert isinstance(pilot.app.screen, ColumnChartScreen)
        await press(pilot, "escape")
        assert table_of(pilot).row is not None
        assert table_of(pilot).row == next(row for row in table_of(pilot).rows if row.name == name)


async def test_a_click_goes_to_the_job(workspace: Path) -> None:
    async with showing(workspace) as pilot:
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


async def test_a_histogram_counts_the_same_jobs(workspace: Path) -> None:
    async with showing(workspace) as pilot:
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


async def test_columns_without_numbers_are_counted(workspace: Path) -> None:
    async with showing(workspace) as pilot:
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


async def test_the_names_of_the_jobs_have_no_chart(workspace: Path, notices: list[str]) -> None:
    async with showing(workspace) as pilot:
        await press(pilot, "o")
        assert isinstance(pilot.app.screen, WorkspaceScreen)
        assert notices == ["The names of the jobs have no chart; choose another column."]


async def test_a_click_on_a_title_selects_a_second_one_sorts(workspace: Path) -> None:
    async with showing(workspace) as pilot:
        table = table_of(pilot)
        width = table.scrollable_content_region.width
        pressure = named(table.columns, "Pressure")
        at = next(x for x in range(width) if table.column_at(x, width) is pressure)
        await pilot.click(JobsHeading, offset=(at, 0))
        await settle(pilot)
        assert table.selected.title == "Pressure"
        assert table.sort.title == "job"
        await pilot.click(JobsHeading, offset=(at, 0), times=2)
        await settle(pilot)
        assert table.sort.title == "Pressure"


# Pictures.

KEYS = {"chart": ("o", "left"), "histogram": ("o", "v"), "columns": ("minus", "c", "j", "p")}
SIZES = {"60x20": (60, 20), "80x24": (80, 24), "120x40": (120, 40)}


@pytest.mark.parametrize("way", [*SIZES, "light", "no-color"])
@pytest.mark.parametrize("scene", list(KEYS))
async def test_screen(
    workspace: Path, shot: Shot, scene: str, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if way == "no-color":
        monkeypatch.setenv("NO_COLOR", "1")
    theme = "resim-light" if way == "light" else None
    async with showing(workspace, SIZES.get(way, (80, 24)), theme=theme) as pilot:
        select(pilot, "Max speed")
        await press(pilot, *KEYS[scene])
        shot(pilot, f"{scene}-{way}")
