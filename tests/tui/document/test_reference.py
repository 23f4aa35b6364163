"""The reference document: set, chosen, cleared; in charts, in the list and in the top line."""

from __future__ import annotations

from pathlib import Path

import pytest

from resim_inspect.charts.model.drawing import Plot
from resim_inspect.tui.app import InspectApp
from resim_inspect.tui.document.reference import reference_state
from resim_inspect.tui.document.reference_commands import ReferenceCommands
from resim_inspect.tui.document.screen import DocumentScreen
from resim_inspect.tui.open.opening import open_path
from resim_inspect.tui.widgets.chart.view import ChartView
from resim_inspect.tui.widgets.dialogs import ChoiceDialog
from tests.tui.comparison.documents import flight
from tests.tui.conftest import Shot, press, running, settle, text
from tests.tui.looks import WAYS, Look


@pytest.fixture(autouse=True)
def documents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A working directory with two flights: `one` is the base, `two` is late."""
    monkeypatch.chdir(tmp_path)
    for name in ("one", "two"):
        flight(Path(name) / "outputs/metrics.binproto", late=name == "two")


def titles(app: InspectApp) -> list[str]:
    return [command.title for command in ReferenceCommands(app.screen)._commands()]


async def test_a_reference_is_chosen_and_cleared() -> None:
    app = InspectApp(open_path(Path("two")), watch=False)
    async with running(app, (120, 40)) as pilot:
        screen = app.screen
        assert isinstance(screen, DocumentScreen)
        assert titles(app) == ["Set document as reference", "Choose a reference document"]
        screen.open_reference(Path("one"))
        await settle(pilot)
        shown = text(pilot)
        assert "vs one" in shown
        assert "1,290.5 m  +40 m" in shown
        # What the reference does not have is new.
        assert "7 m/s  new" in shown
        # Where a curve has no room, its difference has.
        assert "-2.9 m" in shown
        chart = screen.query_one(ChartView)
        assert chart.drawing is not None
        main = chart.drawing.main
        assert isinstance(main, Plot)
        assert [curve.name for curve in main.curves] == ["reference", "this"]
        assert "difference, this − reference" in shown
        assert titles(app) == [
            "Set document as reference",
            "Choose a reference document",
            "Clear the reference document",
        ]
        state = reference_state(app)
        assert state is not None
        state.set(None)
        await settle(pilot)
        shown = text(pilot)
        assert "vs one" not in shown
        assert "+40 m" not in shown
        assert "reference" not in shown


async def test_a_document_is_the_reference_of_others() -> None:
    app = InspectApp(open_path(Path("one")), watch=False)
    async with running(app, (120, 40)) as pilot:
        screen = app.screen
        assert isinstance(screen, DocumentScreen)
        screen.set_as_reference()
        await settle(pilot)
        assert "the reference" in text(pilot)
        mode = app.documents.add(open_path(Path("two")))
        await app.documents.show(mode)
        await settle(pilot)
        shown = text(pilot)
        assert "vs " in shown
        assert "+40 m" in shown
        # Another version of the file is matched again.
        flight(Path("two/outputs/metrics.binproto"), late=False)
        await press(pilot, "f5")
        shown = text(pilot)
        assert "vs " in shown
        assert "+40 m" not in shown


@pytest.mark.parametrize(
    ("path", "words"), [("none", "none does not exist"), (".", "has several jobs")]
)
async def test_what_cannot_be_the_reference(path: str, words: str, notices: list[str]) -> None:
    app = InspectApp(open_path(Path("two")), watch=False)
    async with running(app, (120, 40)) as pilot:
        assert isinstance(app.screen, DocumentScreen)
        app.screen.open_reference(Path(path))
        await settle(pilot)
        assert len(notices) == 1
        assert words in notices[0]
        assert "vs " not in text(pilot)


@pytest.mark.parametrize("way", WAYS)
async def test_pictures(way: str, shot: Shot, look: Look) -> None:
    app = InspectApp(open_path(Path("two")), theme=look.theme, watch=False)
    async with running(app, look.size()) as pilot:
        assert isinstance(app.screen, DocumentScreen)
        app.screen.open_reference(Path("one"))
        await settle(pilot)
        shot(pilot, f"reference-{way}")


async def test_the_commands_are_in_the_palette_and_ask_for_a_file() -> None:
    app = InspectApp(open_path(Path("two")), watch=False)
    async with running(app, (120, 40)) as pilot:
        await press(pilot, "ctrl+p", *"choose a ref", "enter")
        assert isinstance(app.screen, ChoiceDialog)
        await press(pilot, "end", "enter", *"one", "enter")
        assert isinstance(app.screen, DocumentScreen)
        assert "vs one" in text(pilot)
        await press(pilot, "ctrl+p", *"clear the ref", "enter")
        assert "vs one" not in text(pilot)
