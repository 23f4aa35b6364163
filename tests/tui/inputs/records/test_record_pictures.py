"""Rows of files among the inputs as pictures: a table and a text, sizes, light, without colour."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.conftest import Shot, press
from tests.tui.inputs.records.rows_app import inputs_with, viewing
from tests.tui.looks import WAYS, Look

FILES = {
    "table": (
        "flight.csv",
        "time,state,height,note\n"
        + "".join(
            f"{row / 10},{'CRUISE' if row % 9 else 'TURN'},{row * 1.25},{'gust ' * row}\n"
            if row != 5
            else "0.5,CRUISE\n"
            for row in range(300)
        ),
        ("j", "j", "l", "slash", *"turn", "enter"),
    ),
    "text": (
        "build.log",
        "".join(
            f"step {row}: \x1b[32mpassed\x1b[0m {'in time ' * (row % 30)}\n" for row in range(300)
        ),
        ("f",),
    ),
}
"""File, its text, and the keys that are pressed, by name."""


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", FILES)
async def test_rows(
    name: str,
    way: str,
    tmp_path: Path,
    shot: Shot,
    look: Look,
    notices: list[str],
) -> None:
    file, text, keys = FILES[name]
    folder = tmp_path / "flight-1" / "inputs"
    inputs_with(folder, file, text.encode())
    (folder / "experience/scene.txt").write_text("pier\n")
    async with viewing(folder, look.size(), theme=look.theme) as (pilot, _):
        await press(pilot, *keys)
        shot(pilot, f"rows-{name}-{way}")
    assert len(notices) == (name == "table")
