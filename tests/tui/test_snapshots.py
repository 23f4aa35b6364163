"""Every screen as a picture, at three sizes, in the light, and without colour."""

from __future__ import annotations

from pathlib import Path

import pytest

from resim_inspect.building.builder import DocumentBuilder
from tests.tui.conftest import Shot, opened, press, session_of

SIZES = {"60x20": (60, 20), "80x24": (80, 24), "120x40": (120, 40)}
WAYS = [*SIZES, "light", "no-color"]

FLAWS = "flaws"
"""Screens that are shown with a file that has something wrong."""

SCREENS: dict[str, tuple[str, tuple[str, ...]]] = {
    "metrics": ("sample", ()),
    "card": ("sample", ("enter",)),
    "group": ("sample", ("j", "j", "space")),
    "filter": ("sample", ("slash", *"speed")),
    "data": ("sample", ("2", "j", "j", "enter", "right_square_bracket")),
    "data-chart": ("sample", ("2", "j", "j", "v")),
    "data-file": ("sample", ("2", "G", "k")),
    "events": ("sample", ("3",)),
    "findings": (FLAWS, ("4",)),
    "help": ("sample", ("question_mark",)),
    "details": ("sample", ("d",)),
    "jump": ("sample", ("J", *"al")),
}
"""By name: the document, and the keys that lead there."""


def flawed() -> DocumentBuilder:
    """A document with several things wrong."""
    build = DocumentBuilder("flaws")
    times = build.times("clock", [0.0, 0.1, 0.2])
    latency = build.doubles("latency", [10.0, 12.3, 11.0], unit="ms", index=times)
    short = build.statuses("latency status", ["PASSED", "FAIL_WARN"], index=times)
    build.double_over_time("Detection latency", [(latency, short)], status="FAIL_WARN")
    build.scalar("Max speed", float("nan"), unit="m/s", status="FAIL_BLOCK")
    build.scalar("Max speed", 44.7, unit="m/s")
    build.image("Landing", build.file("picture", "images/none.png"))
    return build


DIALOGS = {"filter", "help", "details", "jump"}
"""These look alike at any size: the two small ones will do."""


@pytest.mark.parametrize(
    ("screen", "way"),
    [
        (screen, way)
        for screen in SCREENS
        for way in WAYS
        if screen not in DIALOGS or way in ("60x20", "80x24")
    ],
)
async def test_screen(
    screen: str, way: str, sample: Path, shot: Shot, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, keys = SCREENS[screen]
    if way == "no-color":
        monkeypatch.setenv("NO_COLOR", "1")
    theme = "resim-light" if way == "light" else None
    size = SIZES.get(way, (120, 40))
    async with opened(flawed() if source == FLAWS else sample, size, theme=theme) as pilot:
        await press(pilot, *keys)
        shot(pilot, f"{screen}-{way}")


def test_the_label_is_the_same_everywhere(sample: Path) -> None:
    assert session_of(sample).label == "flight-017/outputs/metrics.binproto"
