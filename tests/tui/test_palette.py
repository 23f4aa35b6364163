"""The command palette: each command once, and the metrics of the document."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from textual.app import SystemCommand
from textual.command import CommandList, CommandPalette, Hit
from textual.content import Content

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.contrast import contrast
from resim_inspect.tui.app import InspectApp
from resim_inspect.tui.command_palette import PaletteCommands
from resim_inspect.tui.document.metrics.metric_list import MetricList
from resim_inspect.tui.document.palette import MetricCommands
from resim_inspect.tui.document.reference_commands import ReferenceCommands
from resim_inspect.tui.document.screen import DocumentScreen
from resim_inspect.tui.raw.screen import RawScreen
from resim_inspect.tui.widgets.palette_entry import all_commands
from tests.tui.conftest import opened, press, settle, text


async def test_entries_are_there_once_with_the_metrics_among_them(sample: Path) -> None:
    async with opened(sample) as pilot:
        app = pilot.app
        assert isinstance(app, InspectApp)
        commands = list(app.get_system_commands(app.screen))
        titles = Counter(command.title for command in commands)
        assert max(titles.values()) == 1


async def test_ways_back_are_left_to_their_keys(sample: Path) -> None:
    async with opened(sample) as pilot:
        await press(pilot, "enter", "B")
        assert isinstance(pilot.app.screen, RawScreen)
        commands = list(pilot.app.get_system_commands(pilot.app.screen))
        assert "Reload file" in [command.title for command in commands]
        assert not [command for command in commands if "back" in command.title.lower()]


async def test_all_metrics_are_offered_by_a_prefix(sample: Path) -> None:
    async with opened(sample) as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, DocumentScreen)
        hits = [hit async for hit in MetricCommands(screen).search("go to m")]
        assert len(hits) == 19
        assert [hit.text for hit in hits] == [
            f"Go to metric: {screen.session.catalog.names[position]}"
            for position in screen.session.catalog.order
        ]


async def test_names_are_plain_text(tmp_path: Path) -> None:
    names = ["[bold]limit[/bold]", "limit [/nothing] open", "limit [@click=app.quit]x[/]"]
    builder = DocumentBuilder()
    for name in names:
        builder.scalar(name, 1.0)
    path = tmp_path / "[red]metrics[/oops].binproto"
    builder.write(path)
    async with opened(path) as pilot:
        await press(pilot, "ctrl+p")
        await press(pilot, *"limit")
        await settle(pilot)
        for name in names:
            assert f"Go to metric: {name}" in text(pilot)


async def test_a_metric_is_found_and_shown(sample: Path) -> None:
    async with opened(sample) as pilot:
        await press(pilot, "2", "ctrl+p")
        assert isinstance(pilot.app.screen, CommandPalette)
        await press(pilot, *"clearance")
        await settle(pilot)
        assert "Go to metric: Clearance to obstacles" in text(pilot)
        await press(pilot, "down", "enter")
        await settle(pilot)
        metrics = pilot.app.screen.query_one(MetricList)
        assert metrics.has_focus
        assert metrics.position is not None
        assert metrics.session.catalog.names[metrics.position] == "Clearance to obstacles"


@pytest.mark.parametrize("query", ["", "re", "go to m"])
async def test_entries_have_one_order(sample: Path, query: str) -> None:
    async with opened(sample) as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, DocumentScreen)
        scores: dict[str, float] = {}
        for kind in (PaletteCommands, ReferenceCommands, MetricCommands):
            provider = kind(screen)
            hits = provider.search(query) if query else provider.discover()
            async for hit in hits:
                if isinstance(hit, Hit):
                    scores[str(hit.text)] = hit.score
        assert len(scores) > 5
        assert len(set(scores.values())) == len(scores)


async def test_details_are_plain_text(sample: Path) -> None:
    details = ["[bold]x", "[$accent]y[/]", "a\\[b] [/oops]", "[@click=app.quit]z", "back\\"]
    async with opened(sample) as pilot:
        provider = PaletteCommands(pilot.app.screen)
        commands = [SystemCommand("Title", detail, lambda: None) for detail in details]
        hits = list(all_commands(provider, commands))
        assert [Content.from_markup(hit.help or "").plain for hit in hits] == details


async def test_the_chosen_entry_stands_out_without_colour(
    sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with opened(sample) as pilot:
        await press(pilot, "ctrl+p", "down")
        await settle(pilot)
        entries = pilot.app.screen.query_one(CommandList)
        usual = entries.get_visual_style("option-list--option")
        chosen = entries.get_visual_style("option-list--option", "option-list--option-highlighted")
        behind, ink, around = chosen.background, chosen.foreground, usual.background
        assert behind is not None
        assert ink is not None
        assert around is not None
        assert contrast(around.rgb, behind.rgb) > 4.5
        assert contrast(ink.rgb, behind.rgb) > 4.5
