"""Text on a screen can be read in every theme and form, and has its colours."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from resim_inspect.contrast import MIN_CONTRAST, MIN_CONTRAST_OF_SERIES, contrast, rgb_of
from tests.tui.gallery.cells import Picture
from tests.tui.gallery.pages import ALL_THEMES, read
from tests.tui.gallery.roles import THEMES, role_table
from tests.tui.gallery.scenes import VIEWS

PAGES = Path(__file__).parent / "screens"
HALF_BLOCK = "▀"
"""Pixels of pictures, which have colours of their own."""
FRAMES = ("rule", "chart-grid")
"""Roles of lines that lead the eye and say nothing."""
MIN_CONTRAST_OF_FRAMES = 1.3


@cache
def pictures(name: str) -> dict[str, list[Picture]]:
    """The pictures of a screen by form, as they are stored."""
    return read((PAGES / f"{name}.txt").read_text("utf-8"), role_table())


@cache
def contrast_of(ink: str, back: str) -> float:
    """Contrast of two colours, of which the screens have few."""
    return contrast(rgb_of(ink), rgb_of(back))


def is_shape(char: str) -> bool:
    """Return True for lines, blocks, marks, and the dots of curves."""
    return "\u2500" <= char <= "\u25ff" or "\u2800" <= char <= "\u28ff"


def least_of(char: str, *, is_frame: bool) -> float:
    """The contrast that a character needs."""
    if not is_shape(char[:1]):
        return MIN_CONTRAST
    return MIN_CONTRAST_OF_FRAMES if is_frame else MIN_CONTRAST_OF_SERIES


@cache
def named(prefixes: tuple[str, ...], theme: int) -> set[str]:
    """Colours of all roles whose name begins so, in a theme."""
    roles = role_table()
    return {values[theme] for name, values in roles.items() if name.startswith(prefixes)}


def unreadable(picture: Picture, roles: Picture, theme: int) -> Iterator[str]:
    """Words for each character with too little contrast; what a dialog covers may be pale.

    `roles` is the same screen in the first theme, which tells the roles of greys as well.
    """
    frames, first_frames, covered = named(FRAMES, theme), named(FRAMES, 0), named(("dim:",), 0)
    for y, row in enumerate(picture):
        for x, cell in enumerate(row):
            ink, back, _ = cell.style
            if not cell.char.strip() or cell.char == HALF_BLOCK or not ink or not back:
                continue
            role = roles[y][x].style
            if covered & {role.fg, role.bg}:
                continue
            reached = contrast_of(ink, back)
            is_frame = ink in frames or role.fg in first_frames
            if reached < least_of(cell.char, is_frame=is_frame):
                yield f"{cell.char} {ink} on {back} has {reached:.2f} (row {y + 1}, column {x + 1})"


@pytest.mark.parametrize("name", VIEWS)
def test_everything_written_can_be_read(name: str) -> None:
    forms = pictures(name)
    large = forms[f"120x40 {ALL_THEMES}"]
    found = []
    for form, shown in forms.items():
        for theme, picture in enumerate(shown):
            roles = large[0] if form.startswith("120x40") else picture
            where = f"{form} {THEMES[theme]}"
            found += [f"{where}: {words}" for words in unreadable(picture, roles, theme)]
    assert found == []


@pytest.mark.parametrize("name", VIEWS)
def test_no_colour_of_another_theme_is_left(name: str) -> None:
    dark, light = pictures(name)[f"120x40 {ALL_THEMES}"][:2]
    left = {
        (a.style.fg, a.style.bg)
        for row, other in zip(dark, light, strict=True)
        for a, b in zip(row, other, strict=True)
        if a.char.strip() and a.char != HALF_BLOCK
        if a.style.fg == b.style.fg or a.style.bg == b.style.bg
    }
    assert left == set()
