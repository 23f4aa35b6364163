"""A new theme reaches everything that is open, in view or not."""

from __future__ import annotations

from pathlib import Path

import pytest

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.contrast import LEAST, contrast, rgb_of
from resim_inspect.tui.app import InspectApp
from resim_inspect.tui.open.opening import open_path
from resim_inspect.tui.theme import backgrounds_of
from tests.tui.conftest import settle, started
from tests.tui.runs.run_harness import under_way

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
            followed = app.export_screenshot()
            # What is in view makes its text anew for certain.
            app.theme = "resim-dark"
            await settle(pilot)
            app.theme = "resim-light"
            await settle(pilot)
            assert followed == app.export_screenshot(), mode


async def test_words_of_the_style_sheet_are_as_legible_as_those_of_lines(paths: list[Path]) -> None:
    async with started(paths[0]) as pilot:
        # Its own accent has a contrast of 1.3 on its backgrounds.
        pilot.app.theme = "textual-light"
        await settle(pilot)
        variables = pilot.app.get_css_variables()
        for name in ("accent", "quiet"):
            for behind in backgrounds_of(pilot.app.current_theme).values():
                assert contrast(rgb_of(variables[name]), behind) >= LEAST, name
