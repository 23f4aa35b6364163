"""The dashboards as pictures, at three sizes, in the light, and without colour."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.conftest import Shot, opened, press, started
from tests.tui.dashboard.test_jobs_dashboard import shown_jobs, workspace
from tests.tui.looks import WAYS, Look

DOCUMENT = {
    "cards": ("D",),
    "wide": ("D", "P", "right_square_bracket", "right"),
    "read": ("D", "P", "G", "P", "g", "n", "n", "L", "L", "z"),
}
"""Keys that lead to each picture of the sample."""


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("picture", DOCUMENT)
async def test_document(picture: str, way: str, sample: Path, shot: Shot, look: Look) -> None:
    async with opened(sample, look.size(), theme=look.theme) as pilot:
        await press(pilot, *DOCUMENT[picture])
        shot(pilot, f"{picture}-{way}")


@pytest.mark.parametrize("way", WAYS)
async def test_jobs(way: str, tmp_path: Path, shot: Shot, look: Look) -> None:
    folder = workspace(tmp_path / "nightly")
    async with started(folder, look.size(), theme=look.theme) as pilot:
        await shown_jobs(pilot)
        await press(pilot, "g", "L")
        shot(pilot, f"jobs-{way}")
