"""Screens that are to close, or to ask, while another is above them or another mode in view."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from textual.message import Message
from textual.pilot import Pilot
from textual.screen import Screen

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.errors import InspectError
from resim_inspect.tui.comparison.jobs.screen import ComparedJobsScreen
from resim_inspect.tui.comparison.paths import CompareFailed
from resim_inspect.tui.comparison.screen import ComparisonScreen
from resim_inspect.tui.document.metrics.card_screen import CardScreen
from resim_inspect.tui.exporting.choices import ExportChoice
from resim_inspect.tui.exporting.dialog import ExportDialog
from resim_inspect.tui.help_screen import HelpScreen
from resim_inspect.tui.messages import OpenRequested
from resim_inspect.tui.runs.run_request import RunTarget
from resim_inspect.tui.runs.started_runs import StartedRuns
from resim_inspect.tui.widgets.dialogs import ChoiceDialog
from tests.tui.comparison.documents import flight
from tests.tui.conftest import opened, press, session_of, settle
from tests.tui.widgets.chart_documents import waves

Place = tuple[Callable[[Path], Screen[Any]], Callable[[Screen[Any]], object]]
"""A screen, and what closes it."""


def _card(_: Path) -> CardScreen:
    return CardScreen(session_of(waves()), 0, [0])


def _comparison(folder: Path) -> ComparisonScreen:
    before, after = (folder / name / "metrics.binproto" for name in ("before", "after"))
    return ComparisonScreen(flight(before, late=False), flight(after, late=True))


def _compared_jobs(folder: Path) -> ComparedJobsScreen:
    waves().write(folder / "jobs/a/outputs/metrics.binproto")
    return ComparedJobsScreen(folder, folder)


def _export(folder: Path) -> ExportDialog:
    choice = ExportChoice("chart", "SVG", "chart", ".svg", lambda _path, _cancelled: "")
    return ExportDialog([choice], folder)


def _lose_the_metric(screen: Screen[Any]) -> None:
    """Show the card versions of its file without the metric, the last one once more."""
    assert isinstance(screen, CardScreen)
    new = DocumentBuilder()
    new.text("Another", "one")
    empty = session_of(DocumentBuilder())
    for before, after in pairwise([screen.session, session_of(new), empty, empty]):
        screen.call_later(screen.session_changed, before, after)


def _post(message: Callable[[], Message]) -> Callable[[Screen[Any]], object]:
    return lambda screen: screen.post_message(message())


def _failed() -> Message:
    return CompareFailed(InspectError("The sides cannot be compared."))


PLACES: dict[str, Place] = {
    "card": (_card, _lose_the_metric),
    "comparison": (_comparison, _post(_failed)),
    "compared-jobs": (_compared_jobs, _post(_failed)),
    "written": (_export, _post(lambda: ExportDialog.Written(Path("a.svg"), "a chart"))),
    "cancelled": (_export, _post(lambda: ExportDialog.Refused(""))),
}


@pytest.fixture(params=PLACES)
def place(request: pytest.FixtureRequest) -> Place:
    return PLACES[request.param]


async def _shown(pilot: Pilot[Any], screen: Screen[Any], answers: list[object]) -> None:
    pilot.app.push_screen(screen, answers.append)
    await settle(pilot)


@asynccontextmanager
async def _late(place: Place, folder: Path, cover: str) -> AsyncIterator[Pilot[Any]]:
    """The app on a screen that covers one which is to close; it does once the block uncovers it."""
    make, act = place
    answers: list[object] = []
    async with opened(waves(), (80, 24)) as pilot:
        first = pilot.app.screen
        lower = make(folder)
        await _shown(pilot, lower, answers)
        await pilot.app.run_action(cover)
        await settle(pilot)
        above = pilot.app.screen
        act(lower)
        await settle(pilot)
        assert pilot.app.screen is above
        assert not answers
        yield pilot
        await settle(pilot)
        assert pilot.app.screen is first
        assert len(answers) == 1


async def test_a_screen_closes_when_it_is_uppermost_again(place: Place, tmp_path: Path) -> None:
    async with _late(place, tmp_path, "app.help") as pilot:
        assert isinstance(pilot.app.screen, HelpScreen)
        await press(pilot, "escape")


async def test_a_screen_closes_when_its_mode_is_in_view_again(place: Place, tmp_path: Path) -> None:
    async with _late(place, tmp_path, "app.open") as pilot:
        await pilot.app.run_action("app.previous")


@pytest.mark.parametrize("leave", ["app.open", "app.close"])
async def test_the_question_at_quitting_is_asked_in_each_mode(
    leave: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another mode that comes into view does not silence it, nor the removal of its own."""
    run = SimpleNamespace(request=SimpleNamespace(target=RunTarget(tmp_path / "flights")))
    monkeypatch.setattr(StartedRuns, "active", lambda _: [run])
    other = waves().write(tmp_path / "metrics.binproto")
    async with opened(waves(), (80, 24)) as pilot:
        pilot.app.post_message(OpenRequested(other))
        await settle(pilot)
        await press(pilot, "q")
        assert isinstance(pilot.app.screen, ChoiceDialog)
        await pilot.app.run_action(leave)
        await settle(pilot)
        assert not isinstance(pilot.app.screen, ChoiceDialog)
        await press(pilot, "q")
        assert isinstance(pilot.app.screen, ChoiceDialog)
        await press(pilot, "escape")
        await pilot.app.run_action("app.previous")
        await settle(pilot)
        assert not isinstance(pilot.app.screen, ChoiceDialog)
