"""Frames of cards are as wide as the card, whatever stands in them."""

from __future__ import annotations

from typing import Any

import pytest
from rich.cells import cell_len
from rich.style import Style

from resim_inspect.document.enums import MetricStatus
from resim_inspect.filtering.catalog import Heading
from resim_inspect.tui.app import InspectApp
from resim_inspect.tui.dashboard.card_frame import foot_line, title_line
from resim_inspect.tui.dashboard.cards import CardTitle, status_title
from resim_inspect.tui.dashboard.page_view import heading_text
from resim_inspect.tui.theme import theme_styles

TITLES = (
    status_title(MetricStatus.PASSED, "Speed"),
    status_title(MetricStatus.NOT_APPLICABLE, "Clearance to obstacles on either side"),
    status_title(MetricStatus.FAIL_BLOCK, "漢字" * 20),
    status_title(MetricStatus.UNSET, ""),
    CardTitle("", "not run yet", "job", None),
)


@pytest.mark.parametrize("title", TITLES)
@pytest.mark.parametrize("width", [12, 20, 25, 37, 60, 120])
@pytest.mark.parametrize("pinned", [False, True])
@pytest.mark.parametrize("chosen", [False, True])
def test_a_title_fills_the_width_and_ends_in_its_corner(
    title: CardTitle, width: int, pinned: bool, chosen: bool
) -> None:
    app: Any = InspectApp()
    styles = theme_styles(app)
    pieces = title_line(title, width, styles, Style(), chosen=chosen, pinned=pinned)
    text = "".join(part for part, _ in pieces)
    assert cell_len(text) == width
    assert text.endswith("┓" if chosen else "╮")
    assert title.symbol in text
    assert ("★" in text) is pinned
    if width >= 60:
        assert title.word in text
        assert ("★ pinned" in text) is pinned


@pytest.mark.parametrize("reading", ["", "5 m/s", " 8.420 s   speed 12.3 m/s ✓", "漢字" * 40])
@pytest.mark.parametrize("width", [2, 5, 12, 25, 60])
def test_a_foot_fills_the_width(reading: str, width: int) -> None:
    strip = foot_line([(reading, Style())], width, Style(), Style(), chosen=False)
    assert strip.cell_length == width
    assert strip.text.startswith("╰")
    assert strip.text.endswith("╯")


def test_a_group_that_began_on_a_page_before_is_continued() -> None:
    heading = Heading("FAIL_WARN", 1200, MetricStatus.FAIL_WARN)
    assert heading_text(heading, is_first=True) == "▾ ! FAIL_WARN 1,200"
    assert heading_text(heading, is_first=False) == "▾ ! FAIL_WARN 1,200, continued"
