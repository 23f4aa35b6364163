"""Dialogs leave in view what they are about."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.screen import ModalScreen

from resim_inspect.tui.widgets.dialogs import ChecklistDialog
from tests.tui.conftest import opened, press, text


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
        await press(pilot, "space")
        assert "plan" not in text(pilot).splitlines()[legend]
        await press(pilot, "a")
        assert "plan" in text(pilot).splitlines()[legend]
