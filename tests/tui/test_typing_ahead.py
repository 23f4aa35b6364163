"""Keys and messages that come while what an earlier one started is still being made."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import textual.screen
from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.pilot import Pilot
from textual.screen import ModalScreen
from textual.widgets import Input

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.building.sample import write_sample
from resim_inspect.tui import key_order
from resim_inspect.tui.app import InspectApp
from resim_inspect.tui.document.metrics.card_screen import CardScreen
from resim_inspect.tui.document.screen import DocumentScreen
from resim_inspect.tui.messages import GoTo
from resim_inspect.tui.open.opening import open_path
from resim_inspect.tui.open.screen import PathInput
from resim_inspect.tui.screens import PANES
from resim_inspect.tui.widgets.dialogs import ChoiceDialog
from resim_inspect.tui.widgets.quick_open import QuickOpen
from resim_inspect.validation.editions import NEWEST
from tests.tui.conftest import opened, press, running, settle, started


@pytest.fixture
def app(tmp_path: Path) -> InspectApp:
    build = DocumentBuilder("typed")
    build.scalar("speed", 1.0)
    return InspectApp(open_path(build.write(tmp_path / "metrics.binproto")), watch=False)


@pytest.mark.parametrize(("key", "name"), [("2", "data"), ("3", "events"), ("4", "findings")])
async def test_a_file_is_validated_while_a_pane_is_being_made(
    app: InspectApp, key: str, name: str
) -> None:
    async with running(app, (120, 40)) as pilot:
        screen = app.screen
        assert isinstance(screen, DocumentScreen)
        report = screen.session.report
        assert report is not None
        app.simulate_key(key)
        while screen.current != name:
            screen.post_message(screen.ValidationFinished(screen.session, report, ""))
            await asyncio.sleep(0)
        await pilot.pause()
        for pane in screen.panes:
            assert pane.session is screen.session, pane


async def test_two_want_a_pane_at_once(app: InspectApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        screen = app.screen
        assert isinstance(screen, DocumentScreen)
        app.simulate_key("2")
        while screen.current != "data":
            screen.post_message(GoTo("data", 0))
            await asyncio.sleep(0)
        await pilot.pause()
        assert [pane.id for pane in screen.panes] == ["metrics", "data"]


async def test_all_panes_are_wanted_at_once(app: InspectApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        screen = app.screen
        assert isinstance(screen, DocumentScreen)
        await type_ahead(pilot, "42531425")
        assert {pane.id for pane in screen.panes} == set(PANES)
        assert screen.current == list(PANES)[4]


async def type_ahead(pilot: Pilot[Any], keys: Sequence[str]) -> None:
    """Send keys as a terminal does that delivers all of them in one read."""
    for key in keys:
        pilot.app.simulate_key(key)
    await settle(pilot)


@pytest.mark.parametrize("pane", ["1", "2", "3", "4"])
async def test_keys_after_the_key_of_a_filter_are_typed_into_it(sample: Path, pane: str) -> None:
    async with opened(sample) as pilot:
        await press(pilot, pane)
        await type_ahead(pilot, ["slash", *"qw2"])
        focused = pilot.app.focused
        assert isinstance(focused, Input)
        assert focused.value == "qw2"


async def test_a_filter_typed_ahead_is_submitted_and_its_first_metric_opened(sample: Path) -> None:
    async with opened(sample) as pilot:
        await type_ahead(pilot, ["slash", *"max", "enter", "enter"])
        assert isinstance(pilot.app.screen, CardScreen)
        shown = pilot.app.screen
        assert shown.session.catalog.names[shown.position] == "Max speed"


async def test_keys_after_the_key_of_a_dialog_are_typed_into_it(sample: Path) -> None:
    async with opened(sample) as pilot:
        await type_ahead(pilot, ["J", *"jqw"])
        assert isinstance(pilot.app.screen, QuickOpen)
        assert pilot.app.screen.query_one(Input).value == "jqw"


async def test_a_choice_in_a_dialog_is_typed_ahead(sample: Path) -> None:
    async with opened(sample) as pilot:
        await press(pilot, "4")
        screen = pilot.app.screen
        assert isinstance(screen, DocumentScreen)
        before = screen.session.report
        await type_ahead(pilot, ["E", "end", "enter"])
        assert not isinstance(pilot.app.screen, ChoiceDialog)
        after = screen.session.report
        assert before is not None
        assert after is not None
        assert (before.edition, after.edition) == (NEWEST, "0.0.19")


async def test_keys_after_the_key_of_the_path_are_typed_into_it() -> None:
    async with started(None) as pilot:
        await type_ahead(pilot, ["slash", *"qw"])
        assert isinstance(pilot.app.focused, PathInput)
        assert pilot.app.focused.value == "qw"


async def test_a_workspace_filter_is_typed_ahead(tmp_path: Path) -> None:
    write_sample(tmp_path / "jobs" / "one" / "outputs")
    write_sample(tmp_path / "jobs" / "two" / "outputs")
    async with started(tmp_path) as pilot:
        await type_ahead(pilot, ["slash", *"qb"])
        assert isinstance(pilot.app.focused, Input)
        assert pilot.app.focused.value == "qb"


async def test_a_slow_handler_does_not_block_the_keys(
    sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key_order, "DEADLINE", 0.2)
    async with opened(sample) as pilot:
        app = pilot.app
        assert isinstance(app, InspectApp)
        going_on = asyncio.Event()
        app.screen.call_later(going_on.wait)
        for key in ("slash", "x"):
            app.simulate_key(key)
        async with asyncio.timeout(60):
            while not app.has_pending_keys:
                await asyncio.sleep(0)
            # Both have their turn, although what the first one started is never complete.
            while app.has_pending_keys:
                await asyncio.sleep(0.01)
        going_on.set()
        await settle(pilot)


class ClosingInput(Input):
    """An input that closes its screen by its own hand, before it has passed the key on."""

    def on_key(self, event: events.Key) -> None:
        if event.key == "escape":
            event.stop()
            self.app.pop_screen()


class NestedInput(ModalScreen[None]):
    """A dialog whose input lies deep enough for a message to be on its way when it closes."""

    def compose(self) -> ComposeResult:
        with Vertical(), Vertical(), Vertical():
            yield ClosingInput()


async def test_a_closed_dialog_does_not_hold_the_keys_after_it(sample: Path) -> None:
    async with opened(sample) as pilot:
        for key, pane in (("2", "data"), ("4", "findings"), ("1", "metrics")) * 4:
            await pilot.app.push_screen(NestedInput())
            await settle(pilot)
            await type_ahead(pilot, ["escape", key])
            assert isinstance(pilot.app.screen, DocumentScreen)
            assert pilot.app.screen.current == pane


@pytest.mark.parametrize("key", ["J", "question_mark", "ctrl+p", "d", "slash", "L", "enter"])
async def test_keys_typed_ahead_of_a_closing_screen_are_handled_after_it(
    sample: Path, key: str
) -> None:
    async with opened(sample) as pilot:
        await type_ahead(pilot, [key, "escape", "2", key, "escape", "4"])
        assert isinstance(pilot.app.screen, DocumentScreen)
        assert pilot.app.screen.current == "findings"


@pytest.mark.parametrize("words", ["/flights/017", "resim://p/b", " 'a b.binproto'\n"])
async def test_a_paste_on_the_open_screen_fills_the_path(words: str) -> None:
    async with started(None) as pilot:
        pilot.app.post_message(events.Paste(words))
        await settle(pilot)
        focused = pilot.app.focused
        assert isinstance(focused, PathInput)
        assert focused.value == words.strip().strip("'")


async def test_what_waits_for_a_frame_outlives_a_dialog_that_is_never_drawn(
    sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(textual.screen, "UPDATE_PERIOD", 3600.0)
    async with opened(sample) as pilot:
        waiting, called = pilot.app.screen, asyncio.Event()
        dialog = NestedInput()
        await pilot.app.push_screen(dialog)
        await settle(pilot)
        dialog.refresh()
        waiting.call_after_refresh(called.set)
        for _ in range(100):
            await asyncio.sleep(0)
        assert not called.is_set()
        # As a key does: in the app's own task, with no turn of the dialog in between.
        pilot.app.call_later(pilot.app.pop_screen)
        await settle(pilot)
        assert called.is_set()
