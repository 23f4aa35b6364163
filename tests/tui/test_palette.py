"""The command palette: each command once, and the metrics of the document."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from textual.command import CommandPalette

from resim_inspect.tui.app import InspectApp
from resim_inspect.tui.document.metrics.metric_list import MetricList
from tests.tui.conftest import opened, press, settle, text


async def test_entries_are_there_once_with_the_metrics_among_them(sample: Path) -> None:
    async with opened(sample) as pilot:
        app = pilot.app
        assert isinstance(app, InspectApp)
        commands = list(app.get_system_commands(app.screen))
        titles = Counter(command.title for command in commands)
        assert max(titles.values()) == 1
        metrics = [command for command in commands if command.title.startswith("Go to metric: ")]
        assert len(metrics) == 19
        assert not any(command.discover for command in metrics)


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
