"""The command palette: each command once, and the metrics of the document."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from textual.command import CommandPalette

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.tui.app import InspectApp
from resim_inspect.tui.document.metrics.metric_list import MetricList
from resim_inspect.tui.document.palette import MetricCommands
from resim_inspect.tui.document.screen import DocumentScreen
from tests.tui.conftest import opened, press, settle, text


async def test_entries_are_there_once_with_the_metrics_among_them(sample: Path) -> None:
    async with opened(sample) as pilot:
        app = pilot.app
        assert isinstance(app, InspectApp)
        commands = list(app.get_system_commands(app.screen))
        titles = Counter(command.title for command in commands)
        assert max(titles.values()) == 1


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
