"""The app as a whole: help, the command palette, themes, error dialogs, quitting."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from textual.widgets import OptionList

from resim_inspect.tui.app import InspectApp
from resim_inspect.tui.command_palette import commands
from resim_inspect.tui.document.metrics.metric_list import MetricList
from resim_inspect.tui.help_screen import HelpScreen
from resim_inspect.tui.key_hints import key_name
from resim_inspect.tui.messages import WorkerFailed
from resim_inspect.tui.widgets.dialogs import ErrorDialog
from tests.tui.conftest import opened, press, settle, text
from tests.tui.document.test_metrics import speeds
from tests.tui.state_pilot import until


@pytest.mark.parametrize(
    ("keys", "name"),
    [("up,k", "↑ k"), ("ctrl+p", "^p"), ("plus", "+"), ("shift+left,H", "⇧← H"), ("f5", "F5")],
)
def test_keys_are_written_as_on_a_keyboard(keys: str, name: str) -> None:
    assert key_name(keys) == name


async def test_help_is_about_what_has_the_focus() -> None:
    async with opened(speeds()) as pilot:
        await press(pilot, "question_mark")
        assert isinstance(pilot.app.screen, HelpScreen)
        assert "Next failing metric" in text(pilot)
        await press(pilot, "escape", "tab", "question_mark")
        assert "Cursor left" in text(pilot)


async def test_commands_depend_on_the_focus_and_run() -> None:
    async with opened(speeds()) as pilot:
        assert isinstance(pilot.app, InspectApp)
        titles = {
            command.title: command
            for command in commands(pilot.app, pilot.app.documents, pilot.app.screen)
        }
        grouping = titles["Change grouping"]
        await grouping.callback()
        await settle(pilot)
        assert pilot.app.screen.query_one(MetricList).grouping.value == "importance"
        await press(pilot, "4")
        elsewhere = {
            command.title for command in commands(pilot.app, pilot.app.documents, pilot.app.screen)
        }
        assert "Next failing metric" not in elsewhere
        assert "Choose validator edition" in elsewhere


@pytest.mark.parametrize("keys", ["", "enter", "tab", "2", "3", "4", "5", "ctrl+o"])
async def test_each_command_is_listed_once(sample: Path, keys: str) -> None:
    async with opened(sample) as pilot:
        assert isinstance(pilot.app, InspectApp)
        await press(pilot, *keys.split())
        titles = [
            command.title for command in commands(pilot.app, pilot.app.documents, pilot.app.screen)
        ]
        assert sorted(titles) == sorted(set(titles))
        assert {"Show help", "Quit", "Save screenshot", "Theme: resim-light"} <= set(titles)
        assert ("Go to data" in titles) == (keys not in ("enter", "ctrl+o"))
        assert any(title.startswith("Switch to flight-017") for title in titles) == (
            keys == "ctrl+o"
        )


async def test_the_palette_opens_and_runs_what_is_typed() -> None:
    async with opened(speeds()) as pilot:
        await press(pilot, "ctrl+p")
        await pilot.press(*"theme resim-light")
        hits = pilot.app.screen.query_one(OptionList)

        def first_is_it() -> bool:
            return hits.highlighted == 0 and "resim-light" in str(
                hits.get_option_at_index(0).prompt
            )

        await until(pilot, first_is_it)
        await press(pilot, "enter")
        assert pilot.app.theme == "resim-light"


async def test_every_theme_can_be_worn(sample: Path) -> None:
    async with opened(sample) as pilot:
        for theme in pilot.app.available_themes:
            pilot.app.theme = theme
            await pilot.pause()
        await settle(pilot)
        assert pilot.app.is_running


async def test_an_error_away_from_the_screen_is_shown_and_can_be_copied(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The traceback in the dialog has the line that raises, without the sentence.
    sentence = "the [b]pencil[/] broke"

    def broken(*_: object) -> object:
        raise RuntimeError(sentence)

    monkeypatch.setattr("resim_inspect.tui.widgets.chart.canvas.paint", broken)
    async with opened(speeds()) as pilot:
        assert isinstance(pilot.app.screen, ErrorDialog)
        await until(pilot, lambda: sentence in text(pilot))
        assert text(pilot).count(sentence) == 1
        await press(pilot, "y")
        assert "RuntimeError: the [b]pencil[/] broke" in pilot.app.clipboard
        assert "drawing the chart" in pilot.app.clipboard
        # The same error once more says nothing new.
        error = RuntimeError("the [b]pencil[/] broke")
        pilot.app.post_message(WorkerFailed("drawing the chart", error))
        await settle(pilot)
        assert len(pilot.app.screen_stack) == 2
        pilot.app.post_message(WorkerFailed("reading the file again", error))
        await settle(pilot)
        assert len(pilot.app.screen_stack) == 3
        await press(pilot, "escape", "escape")
        assert pilot.app.screen.query_one(MetricList).has_focus


async def test_q_quits() -> None:
    async with opened(speeds()) as pilot:
        await pilot.press("q")
        for _ in range(500):
            if not pilot.app.is_running:
                break
            await asyncio.sleep(0.01)
        assert not pilot.app.is_running


def test_nothing_heavy_is_loaded_with_the_app() -> None:
    import subprocess
    import sys

    code = (
        "import sys, resim_inspect.tui.app, resim_inspect.tui.document.screen;"
        "print([m for m in ('numpy', 'plotext', 'PIL', 'requests', 'docker') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
