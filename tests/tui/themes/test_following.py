"""A new theme reaches everything that is open, in view or not."""

from __future__ import annotations

from pathlib import Path

import pytest

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.contrast import MIN_CONTRAST, contrast, rgb_of
from resim_inspect.tui.app import InspectApp
from resim_inspect.tui.open.opening import open_path
from resim_inspect.tui.theme import backgrounds_of
from tests.tui.conftest import press, settle, started
from tests.tui.gallery.cells import Picture, cells_of
from tests.tui.runs.run_harness import under_way
from tests.tui.state_pilot import screen_picture

STATUSES = ("PASSED", "FAIL_WARN", "FAIL_BLOCK", "NOT_APPLICABLE", "RAW")


@pytest.fixture
def paths(tmp_path: Path) -> list[Path]:
    """A document, a workspace, a run, and inputs."""
    build = DocumentBuilder("job")
    for number, status in enumerate(STATUSES):
        build.scalar(f"Metric {number}", number, status=status)
    build.write(tmp_path / "flights/jobs/one/outputs/metrics.binproto")
    run = under_way(tmp_path / "nightly")
    inputs = tmp_path / "nightly/jobs/flight-000/inputs"
    return [tmp_path / "flights/jobs/one/outputs", tmp_path / "flights", run.record.path, inputs]


async def test_documents_in_the_background_follow(paths: list[Path]) -> None:
    async with started(paths[0]) as pilot:
        app = pilot.app
        assert isinstance(app, InspectApp)
        for path in paths[1:]:
            await app.documents.show(app.documents.add(open_path(path)))
            await settle(pilot)
        modes = list(app.documents.recency)
        assert len(modes) == len(paths)
        app.theme = "resim-light"
        await settle(pilot)
        for mode in modes:
            await app.documents.show(mode)
            app.clear_notifications()
            await settle(pilot)
            followed = screen_picture(app)
            # What is in view makes its text again for certain.
            app.theme = "resim-dark"
            await settle(pilot)
            app.theme = "resim-light"
            await settle(pilot)
            assert followed == screen_picture(app), mode


@pytest.mark.parametrize(
    ("before", "after"),
    [
        # Panes that are not in view; then the card in full above the document's screen.
        (["2", "3", "4", "1"], [["2"], ["3"], ["4"], ["1"]]),
        (["2", "1", "enter"], [["escape"], ["2"]]),
        # Dialogs above the screen, and above the card in full.
        (["d"], [["escape"]]),
        (["enter", "d"], [["escape"], ["escape"]]),
    ],
    ids=["panes", "card", "dialog", "dialog above the card"],
)
async def test_what_was_out_of_view_is_as_in_an_app_that_started_in_the_theme(
    sample: Path, before: list[str], after: list[list[str]]
) -> None:
    seen: list[list[Picture]] = []
    for first in ("resim-dark", "resim-light"):
        async with started(sample, theme=first) as pilot:
            app, pictures = pilot.app, []
            await press(pilot, *before)
            app.theme = "resim-light"
            await settle(pilot)
            for keys in after:
                await press(pilot, *keys)
                app.clear_notifications()
                await settle(pilot)
                pictures.append(cells_of(app.export_screenshot(), *app.size))
            seen.append(pictures)
    assert seen[0] == seen[1]


async def test_words_of_the_style_sheet_are_as_legible_as_those_of_lines(paths: list[Path]) -> None:
    async with started(paths[0]) as pilot:
        # Its own accent has a contrast of 1.3 on its backgrounds.
        pilot.app.theme = "textual-light"
        await settle(pilot)
        variables = pilot.app.get_css_variables()
        for name in ("accent", "quiet"):
            for behind in backgrounds_of(pilot.app.current_theme).values():
                assert contrast(rgb_of(variables[name]), behind) >= MIN_CONTRAST, name
