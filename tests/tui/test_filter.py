"""Filters of all lists: the same language, a framed field with its error, and titles that count."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.document.enums import FAILING
from resim_inspect.tui.document.metrics.card_screen import CardScreen
from resim_inspect.tui.document.metrics.metric_list import MetricList
from resim_inspect.tui.messages import GoTo
from resim_inspect.tui.widgets.filter_box import FilterBox
from resim_inspect.tui.widgets.row_list import RowList
from resim_inspect.tui.workspace.jobs_table import JobsTable
from tests.tui.conftest import opened, press, settle, started, text


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """Three jobs; two fail."""
    for name, speed, status in (
        ("a", 44.7, "FAIL_BLOCK"),
        ("b", 20.0, "FAIL_WARN"),
        ("c", 5.0, ""),
    ):
        build = DocumentBuilder(name)
        build.scalar("Max speed", speed, unit="m/s", status=status or "PASSED")
        build.write(tmp_path / "jobs" / name / "outputs" / "metrics.binproto")
    return tmp_path


async def type_filter(pilot: Pilot[Any], words: str) -> FilterBox:
    """Open the filter of the list in view and type words into it."""
    await press(pilot, "slash")
    for key in words:
        await pilot.press({" ": "space", ":": "colon", ">": "greater_than_sign"}.get(key, key))
    await settle(pilot)
    return pilot.app.screen.query_one(FilterBox)


@pytest.mark.parametrize(
    ("pane", "query", "title"),
    [
        ("1", "status:fail", "Metrics 8 of 19 · 2 ✗ · 6 !"),
        ("1", "Max speed>10", "Metrics 1 of 19 · 1 ✗ · by"),
        ("2", "type:time", "Data 5 of 39"),
        ("2", "has:error", "Data 0 of 39"),
        ("3", "status:warn", "Events 1 of 2"),
        ("3", "time>100", "Events 1 of 2"),
        ("4", "severity:warning", "Findings 0 of 2"),
    ],
)
async def test_a_list_is_filtered_and_its_title_counts(
    sample: Path, pane: str, query: str, title: str
) -> None:
    async with opened(sample) as pilot:
        await press(pilot, pane)
        box = await type_filter(pilot, query)
        assert title in text(pilot)
        assert not box.has_class("-invalid")
        await press(pilot, "enter")
        assert isinstance(pilot.app.focused, RowList)
        await press(pilot, "escape")
        assert not box.display
        assert title not in text(pilot)


@pytest.mark.parametrize("pane", ["1", "2", "3", "4"])
async def test_an_unknown_field_is_an_error_below_the_field(sample: Path, pane: str) -> None:
    async with opened(sample) as pilot:
        await press(pilot, pane)
        box = await type_filter(pilot, "colour:red")
        assert box.has_class("-invalid")
        lines = text(pilot).splitlines()
        field = next(row for row, line in enumerate(lines) if "colour:red" in line)
        assert any("there is no field colour" in line for line in lines[field + 1 : field + 4])
        await press(pilot, "escape")
        assert not box.has_class("-invalid")


async def test_an_unknown_value_is_an_error(sample: Path) -> None:
    async with opened(sample) as pilot:
        await type_filter(pilot, "value>10")
        assert "no value has the name value" in text(pilot)


async def test_a_workspace_is_filtered_by_verdict_and_value(workspace: Path) -> None:
    async with started(workspace) as pilot:
        table = pilot.app.screen.query_one(JobsTable)
        box = await type_filter(pilot, "status:block")
        assert [job.name for job in table.shown] == ["a"]
        assert "Jobs 1 of 3" in text(pilot)
        await press(pilot, "escape")
        await type_filter(pilot, "Max speed>10")
        assert [job.name for job in table.shown] == ["a", "b"]
        box.input.value = "height>1"
        await settle(pilot)
        assert "no value has the name height" in text(pilot)
        assert [job.name for job in table.shown] == ["a", "b"]
        await press(pilot, "escape")
        assert table.count == 3


@pytest.mark.parametrize(("pane", "kind"), [("2", "data"), ("3", "event")])
async def test_an_item_that_the_filter_hides_is_shown_when_gone_to(
    sample: Path, pane: str, kind: str
) -> None:
    async with opened(sample) as pilot:
        await press(pilot, pane)
        box = await type_filter(pilot, "name:nothing")
        pilot.app.screen.post_message(GoTo(kind, 1))
        await settle(pilot)
        assert not box.display
        assert isinstance(pilot.app.focused, RowList)
        assert pilot.app.focused.cursor >= 0


async def test_help_shows_the_fields_of_the_list_in_view(sample: Path, workspace: Path) -> None:
    async with opened(sample, (120, 60)) as pilot:
        for pane, field in (("1", "importance:"), ("2", "unit:"), ("4", "severity:")):
            await press(pilot, pane, "question_mark", "end")
            assert field in text(pilot)
            await press(pilot, "escape")
        await press(pilot, "5", "question_mark", "end")
        assert "importance:" not in text(pilot)
    async with started(workspace, (120, 60)) as pilot:
        await press(pilot, "question_mark", "end")
        assert "verdict:" in text(pilot)


async def test_n_goes_to_the_next_failing_metric_in_list_card_and_full_screen(sample: Path) -> None:
    async with opened(sample) as pilot:
        metrics = pilot.app.screen.query_one(MetricList)
        statuses = metrics.session.catalog.statuses
        failing = [p for p in metrics.positions if statuses[p] in FAILING]
        assert metrics.position == failing[0]
        await press(pilot, "n")
        assert metrics.position == failing[1]
        await press(pilot, "tab", "n")
        assert not metrics.has_focus
        assert metrics.position == failing[2]
        await press(pilot, "N", "N", "enter")
        await press(pilot, "escape", "end", "enter")
        card = pilot.app.screen
        assert isinstance(card, CardScreen)
        assert statuses[card.position] not in FAILING
        for position in (*failing, failing[0]):
            await press(pilot, "n")
            assert card.position == position
        await press(pilot, "N")
        assert card.position == failing[-1]
        await press(pilot, "pagedown")
        assert statuses[card.position] not in FAILING
        await press(pilot, "pageup")
        assert card.position == failing[-1]
