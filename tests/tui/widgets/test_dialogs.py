"""Dialogs leave in view what they are about."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.notifications import SeverityLevel
from textual.screen import ModalScreen

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.tui.key_hints import fitting_hints
from resim_inspect.tui.widgets.dialogs import ChecklistDialog, DetailsDialog
from tests.tui.conftest import opened, press, settle, text


@pytest.mark.parametrize("key", ["question_mark", "d", "J"])
async def test_the_screen_shows_through_around_a_dialog(sample: Path, key: str) -> None:
    async with opened(sample) as pilot:
        await press(pilot, key)
        assert isinstance(pilot.app.screen, ModalScreen)
        lines = text(pilot).splitlines()
        assert "FAIL_BLOCK" in lines[0]
        assert "Metrics" in lines[-1]


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_hiding_a_series_is_seen_while_the_dialog_is_open(
    sample: Path, size: tuple[int, int]
) -> None:
    async with opened(sample, size) as pilot:
        await press(pilot, "slash", *"against", "enter", "enter", "s")
        assert isinstance(pilot.app.screen, ChecklistDialog)
        shown = text(pilot).splitlines()
        legend = next(row for row, line in enumerate(shown) if "plan" in line and "flown" in line)
        assert "[x]" not in shown[legend]
        assert "╰" not in shown[-1], "the dialog leaves the line of hints"
        assert "Esc back" in shown[-1]
        await press(pilot, "space")
        assert "plan" not in text(pilot).splitlines()[legend]
        await press(pilot, "a")
        assert "plan" in text(pilot).splitlines()[legend]


@pytest.mark.parametrize(
    ("room", "shown"),
    [
        (40, "Space on/off · a all · Esc close"),
        (32, "Space on/off · a all · Esc close"),
        (31, "Space on/off · Esc close"),
        (23, "Esc close"),
        (0, "Esc close"),
    ],
)
def test_hints_without_room_are_left_out_as_a_whole(room: int, shown: str) -> None:
    assert fitting_hints(["Space on/off", "a all", "Esc close"], room) == shown


async def test_a_smaller_terminal_keeps_the_way_out_of_a_dialog(sample: Path) -> None:
    async with opened(sample) as pilot:
        await press(pilot, "slash", *"against", "enter", "enter", "s")
        assert "Space on/off · a all · o only this · Esc close" in text(pilot)
        await pilot.resize_terminal(60, 20)
        await settle(pilot)
        assert "─ Space on/off · Esc close ─" in text(pilot)
        await pilot.resize_terminal(120, 40)
        await settle(pilot)
        assert "o only this · Esc close" in text(pilot)


async def test_a_notice_tells_its_severity_without_colours() -> None:
    notices: list[tuple[SeverityLevel, str, str]] = [
        ("information", "", ""),
        ("information", "Copied", "Copied"),
        ("warning", "Cannot open", "! Cannot open"),
        ("warning", "", "! Warning"),
        ("error", "No run", "✗ No run"),
        ("error", "", "✗ Error"),
    ]
    async with opened(DocumentBuilder("empty")) as pilot:
        for severity, title, shown in notices:
            pilot.app.clear_notifications()
            pilot.app.screen.notify("It is so.", title=title, severity=severity)
            await settle(pilot)
            assert [notice.title for notice in pilot.app._notifications] == [shown]


async def test_a_notice_brings_nothing_of_a_file_to_the_terminal() -> None:
    async with opened(DocumentBuilder("empty")) as pilot:
        pilot.app.screen.notify("a\x1b]0;x\x07\nb", title="c\x1b[2J", markup=False)
        await settle(pilot)
        (notice,) = pilot.app._notifications
        assert (notice.message, notice.title) == ("a�]0;x�\nb", "c�[2J")


async def test_no_part_of_a_long_value_is_cut_where_a_scrollbar_appears() -> None:
    details = [(f"name {row:2}", "Q" * 90) for row in range(18)]
    async with opened(DocumentBuilder("empty")) as pilot:
        pilot.app.push_screen(DetailsDialog("Facts", details))
        await settle(pilot)
        assert text(pilot).count("Q") == 18 * 90
        await pilot.resize_terminal(80, 24)
        await settle(pilot)
        assert "QQQ" in text(pilot)
        assert "Q…" not in text(pilot)
