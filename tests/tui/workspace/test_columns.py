"""Columns of the table of jobs: summary rows, hiding, pinning and moving."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from resim_inspect.job_rows import JobRow
from resim_inspect.tui.workspace.column_layout import ColumnLayout
from resim_inspect.tui.workspace.columns import table_columns
from resim_inspect.tui.workspace.columns_dialog import ColumnsDialog
from resim_inspect.tui.workspace.screen import WorkspaceScreen
from resim_inspect.tui.workspace.table_lines import JobsHeading, JobsSummary
from tests.tui.conftest import Shot, press, settle, text
from tests.tui.looks import WAYS, Look
from tests.tui.state_pilot import until
from tests.tui.workspace.columns_harness import (
    lines,
    named,
    select,
    showing,
    table_of,
    titles,
)

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


async def test_summary_rows_follow_the_filter_and_the_columns(batch: Path) -> None:
    async with showing(batch, (120, 40)) as pilot:
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


async def test_summary_rows_stay_while_the_jobs_scroll(batch: Path) -> None:
    async with showing(batch, (80, 24)) as pilot:
        before = summary_lines(pilot)
        await press(pilot, "G")
        assert "job-29" in text(pilot)
        assert summary_lines(pilot) == before
        await pilot.resize_terminal(80, 12)
        await settle(pilot)
        assert summary_lines(pilot) == {}


# Hiding, pinning, moving.


async def test_columns_are_hidden_and_come_back(batch: Path) -> None:
    async with showing(batch) as pilot:
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


async def test_pinned_columns_stay_in_view(batch: Path) -> None:
    async with showing(batch, (70, 24)) as pilot:
        table = table_of(pilot)
        select(pilot, "Pressure")
        await press(pilot, "p", *["l"] * 6)
        assert table.selected.title == "Rare"
        assert "Pressure" in lines(pilot)[2]
        assert "Rare" in lines(pilot)[2]
        # In a narrow terminal the selected column has its room.
        await pilot.resize_terminal(46, 24)
        await settle(pilot)
        assert "Rare" in lines(pilot)[2]
        select(pilot, "Pressure")
        await press(pilot, "p")
        assert titles(table).index("Pressure") > 2


async def test_a_job_without_metrics_has_its_note_beside_any_layout(batch: Path) -> None:
    async with showing(batch, (100, 40)) as pilot:
        table = table_of(pilot)
        layout = ColumnLayout(pinned=("job", "metric Pressure", "verdict"))
        table.set_columns(layout)
        await settle(pilot)
        assert re.search(r"job-08 +E no metrics +the file is cut", text(pilot))
        assert re.search(r"job-07 +not run yet", text(pilot))
        table.set_columns(layout.with_hidden("verdict", hide=True))
        await settle(pilot)
        assert re.search(r"job-07 +not run yet", text(pilot))


@pytest.mark.parametrize("size", [(120, 40), (60, 20)])
async def test_the_line_of_letters_leaves_no_keys_beside_it(
    batch: Path, size: tuple[int, int]
) -> None:
    async with showing(batch, size) as pilot:
        await press(pilot, "c")
        assert text(pilot).splitlines()[-1].strip() == "letters of a column's name"


async def test_the_list_of_columns_finds_hides_pins_and_moves(batch: Path) -> None:
    async with showing(batch) as pilot:
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


async def test_a_layout_is_restored_before_its_columns_are_there(batch: Path) -> None:
    async with showing(batch) as pilot:
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


async def test_a_click_on_a_title_selects_a_second_one_sorts(batch: Path) -> None:
    async with showing(batch) as pilot:
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


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("scene", list(KEYS))
async def test_screen(batch: Path, shot: Shot, look: Look, scene: str, way: str) -> None:
    async with showing(batch, look.size((80, 24)), theme=look.theme) as pilot:
        select(pilot, "Max speed")
        await press(pilot, *KEYS[scene])
        shot(pilot, f"{scene}-{way}")
