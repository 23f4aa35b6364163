"""Documents that change while another one is in view."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.tui.app import InspectApp
from resim_inspect.tui.document.metrics.card_screen import CardScreen
from resim_inspect.tui.document.screen import DocumentScreen
from resim_inspect.tui.open.opening import open_path
from tests.tui.conftest import press, running, settle, text


def write(name: str, *metrics: str) -> Path:
    build = DocumentBuilder(name)
    for number, metric in enumerate(metrics):
        build.scalar(metric, float(number))
    return build.write(Path(name) / "metrics.binproto")


async def reloaded(pilot: Pilot[Any], screen: DocumentScreen) -> None:
    screen.action_reload()
    await settle(pilot)


@pytest.mark.parametrize("later", [("Lift",), ("Lift", "Drag")])
async def test_a_document_that_changes_out_of_view_changes_its_own_screens(
    later: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    app = InspectApp(open_path(write("one", "Drag", "Lift")), watch=False)
    async with running(app, (120, 40)) as pilot:
        one, mode = app.screen, app.current_mode
        assert isinstance(one, DocumentScreen)
        await press(pilot, "g", "enter")
        of_one = app.screen
        assert isinstance(of_one, CardScreen)
        await app.documents.show(app.documents.add(open_path(write("two", "Length"))))
        await settle(pilot)
        await press(pilot, "enter")
        of_two = app.screen
        assert isinstance(of_two, CardScreen)

        session = of_two.session
        write("one", "Lift")
        await reloaded(pilot, one)
        write("one", *later)
        await reloaded(pilot, one)
        assert (app.screen, of_two.session) == (of_two, session)

        await app.documents.show(mode)
        await settle(pilot)
        if "Drag" in later:
            assert (app.screen, of_one.session, of_one.position) == (of_one, one.session, 1)
            assert "Drag" in text(pilot)
        else:
            assert app.screen == one
            notices = [notice.message for notice in app._notifications]
            assert notices == ["The metric is no longer in the file."]
