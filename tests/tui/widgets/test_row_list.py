"""Lists that are longer than the screen: nothing in their rows is lost to the scrollbar."""

from __future__ import annotations

import pytest
from rich.style import Style

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.tui.widgets.row_list import strip_of
from tests.tui.conftest import opened, text


@pytest.mark.parametrize("metrics", [3, 60])
async def test_the_mark_of_a_finding_stands_beside_the_scrollbar(metrics: int) -> None:
    build = DocumentBuilder("long")
    build.scalar("Broken", None, status="FAIL_BLOCK")
    for number in range(metrics):
        build.scalar(f"Fine {number}", 1.0)
    async with opened(build, (80, 24)) as pilot:
        line = next(line for line in text(pilot).splitlines() if "Broken no value" in line)
        assert "no value E│" in line.replace(" │", "│")


async def test_at_60_columns_the_key_that_opens_a_metric_is_told() -> None:
    build = DocumentBuilder("small")
    build.scalar("Speed", 1.0)
    async with opened(build, (60, 20)) as pilot:
        assert "Enter open" in text(pilot)


@pytest.mark.parametrize(
    ("pieces", "shown"),
    [
        (["max ", "speed"], "max speed "),
        (["max ", "speed 1"], "max speed…"),
        (["max ", "speed    ", "  "], "max speed "),
        (["速度速度速", "m"], "速度速度 …"),
        ([], "          "),
    ],
)
def test_a_line_that_is_cut_says_so(pieces: list[str], shown: str) -> None:
    strip = strip_of([(text, Style(bold=True)) for text in pieces], 10, Style())
    assert (strip.text, strip.cell_length) == (shown, 10)
